//! Random cases: every pack, clocks that change, ends of the holiday table, stops and consents.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc, Weekday};
use domain::contact::{
    Channel, Circumstances, Consents, ContactCase, DayKind, LegalStop, Outcome, Overrides, OwnHours, OwnSlot,
    PastContact, Purpose, Reading, Recipient, Site, StopKind, Window,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::oracle::Asked;
use super::world::{Clock, DAY, Minute, Pack, World, date, day_of};

pub struct Chance(ChaCha8Rng);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    fn per_cent(&mut self, chance: u32) -> bool {
        self.0.random_range(0..100) < chance
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.0.random_range(0..all.len())]
    }

    pub fn case<'a>(&mut self, world: &'a World) -> Asked<'a> {
        let pack = self.of(&world.packs);
        let region = self.region(pack.country);
        let (zones, clocks) = self.clocks(world, pack);
        let at = self.instant(world, pack, clocks[0]);
        let second = if self.per_cent(20) { self.0.random_range(0..60) } else { 0 };
        let mut case = ContactCase::new(*self.of(Channel::ALL), instant(at) + TimeDelta::seconds(second));
        case.subdivision = region.map(str::to_owned);
        case.zones = zones;
        case.recipient = if self.per_cent(90) { Recipient::Debtor } else { *self.of(Recipient::ALL) };
        case.purpose = if self.per_cent(90) { Purpose::Collection } else { Purpose::Location };
        case.site = if self.per_cent(85) { Site::Home } else { Site::Work };
        case.creditor = self.name(&["one", "two"]);
        case.debt = self.name(&["first", "second"]);
        case.history = self.history(at);
        case.consents = self.consents(at);
        case.stops = self.stops(at);
        case.own_hours = if self.per_cent(20) { Some(self.own_hours()) } else { None };
        case.circumstances = self.circumstances();
        let overrides = self.overrides(world, pack, region, at);
        Asked { pack, case, overrides, clocks }
    }

    fn region(&mut self, country: &str) -> Option<&'static str> {
        let regions: &[&str] = match country {
            "BR" => &["SP", "RJ", "ES", "AL", "AM", "MG"],
            "ES" => &["MD", "CT", "AN"],
            _ => &["XX"],
        };
        let known = self.per_cent(60);
        known.then(|| *self.of(regions))
    }

    fn clocks<'a>(
        &mut self,
        world: &'a World,
        pack: &'a Pack,
    ) -> (Vec<domain::contact::Zone>, Vec<&'a Clock>) {
        if let Some(own) = world.clock_of(pack).filter(|_| self.per_cent(30)) {
            return (Vec::new(), vec![own]);
        }
        let many = if self.per_cent(20) { 2 } else { 1 };
        let clocks: Vec<&Clock> = (0..many)
            .map(|_| if self.per_cent(5) { self.of(&world.fixed) } else { self.of(&world.clocks) })
            .collect();
        (clocks.iter().map(|clock| clock.zone).collect(), clocks)
    }

    /// Any minute of the table's years and a little around; changes of the clock, ends of years and
    /// holidays more often than chance would have them; by day more often than by night.
    fn instant(&mut self, world: &World, pack: &Pack, clock: &Clock) -> Minute {
        let (first, last) = (day_of("2024-12-30"), day_of("2031-01-03"));
        let day = match self.0.random_range(0..100) {
            0..15 if !clock.changes.is_empty() => {
                self.of(&clock.changes).div_euclid(DAY) - self.0.random_range(0..8)
            }
            15..25 => {
                *self.of(&[first, last, day_of("2025-12-30"), day_of("2030-11-20")])
                    + self.0.random_range(-2..3)
            }
            25..40 => {
                let holidays = &world.holidays(pack.country, None).days;
                let skip = self.0.random_range(0..holidays.len());
                let mut sorted: Vec<_> = holidays.iter().collect();
                sorted.sort_unstable();
                sorted[skip] - self.0.random_range(0..3)
            }
            _ => self.0.random_range(first..last),
        };
        let day = day.clamp(first, last);
        let night = self.0.random_range(0..DAY);
        if self.per_cent(35) {
            return day * DAY + night;
        }
        let noon = day * DAY + 12 * 60;
        let (_, local) = clock.read(noon);
        noon + self.0.random_range(7 * 60..20 * 60) - local
    }

    fn name(&mut self, names: &[&str]) -> Option<String> {
        let known = self.per_cent(50);
        known.then(|| (*self.of(names)).to_owned())
    }

    fn history(&mut self, at: Minute) -> Vec<PastContact> {
        let most = *self.of(&[0, 0, 1, 2, 3, 5, 8, 14]);
        let span = *self.of(&[DAY, 3 * DAY, 8 * DAY, 15 * DAY]);
        let count = self.0.random_range(most / 2..=most);
        (0..count)
            .map(|_| PastContact {
                at: instant(at - self.0.random_range(1..span)),
                channel: *self.of(Channel::ALL),
                outcome: *self.of(Outcome::ALL),
                creditor: self.name(&["one", "two"]),
                debt: self.name(&["first", "second"]),
                prior_consent: self.per_cent(10),
            })
            .collect()
    }

    fn consents(&mut self, at: Minute) -> Consents {
        let authorised = if self.per_cent(85) { 95 } else { 30 };
        let refused = if self.per_cent(92) { 0 } else { 50 };
        let some = |chance: &mut Self, per_cent: u32| -> BTreeSet<Channel> {
            Channel::ALL.iter().copied().filter(|_| chance.per_cent(per_cent)).collect()
        };
        let direct = self.per_cent(10);
        Consents {
            authorised: some(self, authorised),
            refused: some(self, refused),
            direct_prior: direct.then(|| instant(at - self.0.random_range(-DAY..9 * DAY))),
        }
    }

    fn stops(&mut self, at: Minute) -> Vec<LegalStop> {
        let count = *self.of(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 3]);
        (0..count)
            .map(|_| {
                let from = at + self.0.random_range(-5 * DAY..4 * DAY);
                let long = *self.of(&[60, DAY, 3 * DAY, 12 * DAY]);
                let until = from + self.0.random_range(0..long);
                LegalStop {
                    kind: *self.of(StopKind::ALL),
                    from: if self.per_cent(60) { Some(instant(from)) } else { None },
                    until: if self.per_cent(85) { Some(instant(until)) } else { None },
                }
            })
            .collect()
    }

    fn own_hours(&mut self) -> OwnHours {
        let all = [
            Weekday::Mon,
            Weekday::Tue,
            Weekday::Wed,
            Weekday::Thu,
            Weekday::Fri,
            Weekday::Sat,
            Weekday::Sun,
        ];
        let count = *self.of(&[1, 1, 2, 3]);
        let slots = (0..count)
            .map(|_| {
                let by_day = self.per_cent(97);
                let (from, to) = if by_day { (5 * 60, 20 * 60) } else { (0, 24 * 60 - 2) };
                let start = self.0.random_range(from..to);
                let longest = if by_day { (24 * 60 - 1).min(start + 600) } else { 24 * 60 - 1 };
                let end = self.0.random_range(start + 1..=longest);
                let time = |minutes: u32| NaiveTime::from_hms_opt(minutes / 60, minutes % 60, 0).unwrap();
                let mut days: Vec<Weekday> = all.into_iter().filter(|_| self.per_cent(70)).collect();
                if days.is_empty() {
                    days.push(Weekday::Wed);
                }
                OwnSlot { days, open: Window::new(time(start), time(end)).unwrap() }
            })
            .collect();
        OwnHours { slots, separate_instrument: self.per_cent(50) }
    }

    fn circumstances(&mut self) -> Circumstances {
        let product = self.name(&["microcredit", "card", "rural"]);
        Circumstances {
            product,
            visit_authorised: self.per_cent(50),
            no_contact_data: self.per_cent(40),
            failure_documented: self.per_cent(50),
            employer_forbids: self.per_cent(25),
            address_given: self.per_cent(50),
            location_asked: self.per_cent(50),
        }
    }

    fn overrides(&mut self, world: &World, pack: &Pack, region: Option<&str>, at: Minute) -> Overrides {
        let mut overrides = Overrides::default();
        overrides.reading = if self.per_cent(50) { Reading::Strict } else { Reading::Lenient };
        if self.per_cent(15) {
            let keep = *self.of(&[90, 90, 80, 50]);
            overrides.days = Some(DayKind::ALL.iter().copied().filter(|_| self.per_cent(keep)).collect());
        }
        if self.per_cent(15) {
            for _ in 0..self.0.random_range(1..4) {
                let near = date(at.div_euclid(DAY) + self.0.random_range(-2..6));
                overrides.extra_holidays.insert(near, "decreed".to_owned());
            }
        }
        if self.per_cent(15) {
            let today = at.div_euclid(DAY);
            let near = world
                .holidays(pack.country, region)
                .days
                .iter()
                .filter(|day| (today - 3..today + 9).contains(*day));
            overrides.called_off = near.map(|day| date(*day)).collect();
        }
        overrides
    }
}

fn instant(minute: Minute) -> DateTime<Utc> {
    DateTime::from_timestamp(minute * 60, 0).unwrap()
}
