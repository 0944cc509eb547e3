//! What is seen through the window of an envelope: a name and an address, and no word of a debt.

use domain::party::ContactPoint;
use domain::text::words;

/// Lines of an address that the window shows, and characters that fit a line.
const LINES: usize = 5;
const CHARS: usize = 44;

/// The lines of an address, broken at blanks where they are too long; none if they do not fit.
/// `country` is named where the letter leaves the sender's.
pub(super) fn address(name: &str, point: &ContactPoint, country: Option<&str>) -> Option<Vec<String>> {
    let town = [point.postal_code.as_deref(), point.city.as_deref()];
    let town = town.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let place = [Some(town.as_str()), point.region.as_deref()];
    let place = place.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let mut lines = Vec::new();
    for text in [name, point.value.as_str(), place.as_str(), country.map_or("", country_name)] {
        lines.extend(broken(text)?);
    }
    (lines.len() <= LINES).then_some(lines)
}

/// The text in lines; none if a word alone does not fit.
fn broken(text: &str) -> Option<Vec<String>> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if length > CHARS {
            return None;
        }
        match lines.last_mut().filter(|line| line.chars().count() + 1 + length <= CHARS) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    Some(lines)
}

/// Countries as the post of Spanish-speaking countries reads them; others by their code.
fn country_name(code: &str) -> &str {
    match code {
        "AR" => "ARGENTINA",
        "BR" => "BRASIL",
        "CL" => "CHILE",
        "CO" => "COLOMBIA",
        "CR" => "COSTA RICA",
        "EC" => "ECUADOR",
        "ES" => "ESPAÑA",
        "GT" => "GUATEMALA",
        "MX" => "MÉXICO",
        "PA" => "PANAMÁ",
        "PE" => "PERÚ",
        "PY" => "PARAGUAY",
        "US" => "ESTADOS UNIDOS",
        "UY" => "URUGUAY",
        other => other,
    }
}

/// Beginnings of words by which a name tells that its bearer collects debts.
const TELLING: [&str; 9] =
    ["cobran", "cobro", "recuper", "deud", "moros", "collect", "debt", "recover", "divida"];

/// Whether a text on the outside would tell a neighbour what the letter is about. In the United States an
/// envelope may bear the collector's name only if it does not (15 U.S.C. 1692f(8)); elsewhere nobody but
/// the debtor may learn of the debt.
fn tells_of_debt(text: &str) -> bool {
    words(text).iter().any(|word| TELLING.iter().any(|telling| word.starts_with(telling)))
}

/// The small line above the address: where the letter goes back to. A name that tells of debts is left
/// out: the address alone brings it back. `sender` is the name and the lines of the address.
pub(super) fn return_line(sender: &str) -> String {
    let mut lines = sender.lines();
    let name = lines.next().filter(|name| !tells_of_debt(name));
    name.into_iter().chain(lines.filter(|line| !tells_of_debt(line))).collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::{ContactPointId, PartyId};
    use domain::party::ContactKind;

    fn point(value: &str) -> ContactPoint {
        ContactPoint {
            id: ContactPointId(uuid::Uuid::nil()),
            party_id: PartyId(uuid::Uuid::nil()),
            kind: ContactKind::Address,
            value: value.to_owned(),
            city: Some("Puebla".to_owned()),
            region: Some("Puebla".to_owned()),
            postal_code: Some("72000".to_owned()),
            latitude: None,
            longitude: None,
            is_suppressed: false,
        }
    }

    #[test]
    fn an_address_fits_the_window_or_is_none() {
        let lines = address("Ana Prueba", &point("Av. Juárez 12, Centro"), None).unwrap();
        assert_eq!(lines, ["Ana Prueba", "Av. Juárez 12, Centro", "72000 Puebla, Puebla"]);
        let abroad = address("Ana Prueba", &point("Av. Juárez 12"), Some("MX")).unwrap();
        assert_eq!(abroad.last().unwrap(), "MÉXICO");
        let long = "Circuito Interior de los Insurgentes de Puebla 1234, Edificio B, Piso 3, Depto. 12";
        let lines = address("Ana Prueba", &point(long), None).unwrap();
        assert!(lines.len() == 4 && lines.iter().all(|line| line.chars().count() <= CHARS), "{lines:?}");
        assert_eq!(address("Ana Prueba", &point(&long.repeat(3)), None), None);
        assert_eq!(address("Ana Prueba", &point(&"x".repeat(50)), None), None);
    }

    #[test]
    fn the_outside_says_nothing_of_debts() {
        assert_eq!(return_line("Puente S.A.\nCalle 1\nPuebla"), "Puente S.A. · Calle 1 · Puebla");
        for name in ["Cobranzas del Sur", "Recuperadora Andina", "ACME Debt Recovery", "Agência de Cobrança"]
        {
            assert_eq!(return_line(&format!("{name}\nCalle 1\nPuebla")), "Calle 1 · Puebla", "{name}");
        }
    }
}
