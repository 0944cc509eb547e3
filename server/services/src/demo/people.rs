//! Debtors and guarantors: names, documents that look right and belong to nobody, and ways to
//! reach them that reach nobody.

use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};
use domain::ids::{ContactPointId, PartyId};
use domain::party::{ContactKind, ContactPoint, Party, PartyKind};
use domain::text::fold;

use super::dice::Dice;
use super::names::{BRANDS, MEN, SURNAMES, TRADES, WOMEN};
use super::places::{City, STREETS};

/// Gives out people and remembers what was given.
pub struct People {
    pub parties: Vec<Party>,
    pub contact_points: Vec<ContactPoint>,
    made_at: DateTime<Utc>,
}

/// Someone to be made.
pub struct Profile {
    pub name: String,
    pub kind: PartyKind,
    pub document_type: &'static str,
    pub document: String,
    pub email: Option<String>,
}

impl People {
    pub const fn new(made_at: DateTime<Utc>) -> Self {
        Self { parties: Vec::new(), contact_points: Vec::new(), made_at }
    }

    /// A debtor of a city: nine in ten are people, the rest small companies.
    pub fn debtor(&mut self, dice: &mut Dice, city: &City) -> PartyId {
        let number = self.parties.len();
        let mut profile = if dice.chance(90) { person(dice, city) } else { company(dice, city, number) };
        profile.email = dice.chance(78).then(|| email(&profile.name, number));
        self.add(dice, city, profile, true)
    }

    /// Someone who answers for another's debt; no address is known.
    pub fn guarantor(&mut self, dice: &mut Dice, city: &City) -> PartyId {
        let profile = person(dice, city);
        self.add(dice, city, profile, false)
    }

    /// Adds a party with a phone, perhaps a second one, an e-mail and an address.
    pub fn add(&mut self, dice: &mut Dice, city: &City, profile: Profile, with_address: bool) -> PartyId {
        let id = PartyId(dice.id(self.made_at));
        let phones = 1 + i64::from(dice.chance(25));
        for _ in 0..phones {
            let phone = phone(dice, city);
            self.contact(dice, id, ContactKind::Phone, phone);
        }
        if let Some(email) = profile.email {
            self.contact(dice, id, ContactKind::Email, email);
        }
        if with_address {
            self.address(dice, id, city);
        }
        self.parties.push(Party {
            id,
            kind: profile.kind,
            name: profile.name,
            document_type: Some(profile.document_type.to_owned()),
            document: Some(profile.document),
            language: "es".to_owned(),
            country: city.country.to_owned(),
            time_zone: city.zone.parse().ok(),
        });
        id
    }

    fn contact(&mut self, dice: &mut Dice, party_id: PartyId, kind: ContactKind, value: String) {
        let id = ContactPointId(dice.id(self.made_at));
        let nowhere = ContactPoint {
            id,
            party_id,
            kind,
            value,
            city: None,
            region: None,
            postal_code: None,
            latitude: None,
            longitude: None,
            is_suppressed: false,
        };
        self.contact_points.push(nowhere);
    }

    fn address(&mut self, dice: &mut Dice, party_id: PartyId, city: &City) {
        let area = dice.pick(city.areas);
        let street = if city.country == "CO" {
            let road = dice.pick(&["Calle", "Carrera", "Transversal", "Diagonal"]);
            format!("{road} {} # {}-{:02}", dice.range(4, 140), dice.range(3, 98), dice.range(2, 98))
        } else {
            format!("{} {}", dice.pick(STREETS), dice.range(3, 980))
        };
        let district = if city.country == "CO" { "Barrio" } else { "Col." };
        let id = ContactPointId(dice.id(self.made_at));
        self.contact_points.push(ContactPoint {
            id,
            party_id,
            kind: ContactKind::Address,
            value: format!("{street}, {district} {}", area.name),
            city: Some(city.name.to_owned()),
            region: Some(city.region.to_owned()),
            postal_code: Some(area.postal_code.to_owned()),
            latitude: Some(degrees(area.latitude_e5 + dice.range(-700, 700))),
            longitude: Some(degrees(area.longitude_e5 + dice.range(-700, 700))),
            is_suppressed: false,
        });
    }
}

/// Whole hundred-thousandths into degrees; exact in the fifth decimal on every machine.
fn degrees(e5: i64) -> f64 {
    i32::try_from(e5).map_or(0.0, f64::from) / 100_000.0
}

fn person(dice: &mut Dice, city: &City) -> Profile {
    let given = if dice.chance(52) { dice.pick(WOMEN) } else { dice.pick(MEN) };
    let (first, second) = (dice.pick(SURNAMES), dice.pick(SURNAMES));
    let (document_type, document) = if city.country == "CO" {
        // Numbers from 1,900 million on have not been given out.
        ("CC", (1_900_000_000 + dice.range(0, 99_999_999)).to_string())
    } else {
        ("RFC", rfc_of_person(dice, given, first, second))
    };
    let name = format!("{given} {first} {second}");
    Profile { name, kind: PartyKind::Person, document_type, document, email: None }
}

fn company(dice: &mut Dice, city: &City, number: usize) -> Profile {
    let trade = dice.pick(TRADES);
    let base = format!("{trade} {} {}", dice.pick(BRANDS), dice.pick(SURNAMES));
    let (document_type, document, form) = if city.country == "CO" {
        ("NIT", nit(990_000_000 + i64::try_from(number).unwrap_or(0) % 9_000_000), "S.A.S.")
    } else {
        let letters: String = ascii(&base).chars().filter(char::is_ascii_alphabetic).take(3).collect();
        let founded = day_between(dice, 1_990, 2_018);
        let rfc = format!("{letters:X<3}{}{}", founded.format("%y%m%d"), homoclave(dice));
        ("RFC", rfc, "S. de R.L. de C.V.")
    };
    let name = format!("{base} {form}");
    Profile { name, kind: PartyKind::Company, document_type, document, email: None }
}

/// Mexico's tax number of a person: letters of the name, birthday, three signs of which the
/// first is a zero, which the authority does not give.
fn rfc_of_person(dice: &mut Dice, given: &str, first: &str, second: &str) -> String {
    let initial = |text: &str| ascii(text).chars().next().unwrap_or('X');
    let vowel = ascii(first).chars().skip(1).find(|c| "AEIOU".contains(*c)).unwrap_or('X');
    let born = day_between(dice, 1_958, 2_003);
    let letters = [initial(first), vowel, initial(second), initial(given)];
    format!("{}{}{}", letters.iter().collect::<String>(), born.format("%y%m%d"), homoclave(dice))
}

fn homoclave(dice: &mut Dice) -> String {
    let letter = dice.pick(&['A', 'B', 'C', 'H', 'J', 'K', 'N', 'T', 'U', 'V']);
    format!("0{letter}{}", dice.range(0, 9))
}

/// Colombia's tax number of a company with its check digit.
fn nit(number: i64) -> String {
    let weights = [3, 7, 13, 17, 19, 23, 29, 37, 41];
    let mut rest = number;
    let mut sum = 0;
    for weight in weights {
        sum += rest % 10 * weight;
        rest /= 10;
    }
    let check = match sum % 11 {
        small @ (0 | 1) => small,
        other => 11 - other,
    };
    format!("{number}-{check}")
}

fn day_between(dice: &mut Dice, from_year: i32, to_year: i32) -> NaiveDate {
    let start = NaiveDate::from_ymd_opt(from_year, 1, 1).unwrap_or(NaiveDate::MIN);
    let days = i64::from(to_year - from_year) * 365;
    let day = start + Duration::days(dice.range(0, days));
    day.with_day(day.day().min(28)).unwrap_or(day)
}

fn phone(dice: &mut Dice, city: &City) -> String {
    format!("{}{:06}", city.phone, dice.range(0, 999_999))
}

fn email(name: &str, number: usize) -> String {
    let folded = fold(name);
    let mut words = folded.split(' ');
    let (given, surname) = (words.next().unwrap_or("x"), words.next_back().unwrap_or("y"));
    format!("{given}.{surname}{number}@example.com")
}

fn ascii(text: &str) -> String {
    fold(text).to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::places::{BOGOTA, MEXICO_CITY};

    #[test]
    fn the_check_digit_of_a_nit() {
        // Published examples of the tax authority's method.
        assert_eq!(nit(860_002_964), "860002964-4");
        assert_eq!(nit(890_903_938), "890903938-8");
    }

    #[test]
    fn documents_have_the_form_of_their_country() {
        let mut dice = Dice::new(3);
        for _ in 0..200 {
            let rfc = person(&mut dice, &MEXICO_CITY).document;
            assert_eq!(rfc.len(), 13, "{rfc}");
            assert!(rfc.bytes().take(4).all(|b| b.is_ascii_uppercase()), "{rfc}");
            assert!(rfc.bytes().skip(4).take(6).all(|b| b.is_ascii_digit()), "{rfc}");
            assert_eq!(company(&mut dice, &MEXICO_CITY, 1).document.len(), 12);
            let cc = person(&mut dice, &BOGOTA).document;
            assert!(cc.starts_with("19") && cc.len() == 10, "{cc}");
        }
    }

    #[test]
    fn contacts_reach_nobody() {
        let mut dice = Dice::new(4);
        let mut people = People::new("2026-11-20T12:00:00Z".parse().unwrap());
        for _ in 0..50 {
            people.debtor(&mut dice, &MEXICO_CITY);
        }
        for point in &people.contact_points {
            match point.kind {
                ContactKind::Email => assert!(point.value.ends_with("@example.com")),
                // Local numbers do not begin with zero.
                ContactKind::Phone => assert!(point.value.starts_with("+525500") && point.value.len() == 13),
                ContactKind::Address => assert!(point.latitude.is_some()),
            }
        }
    }
}
