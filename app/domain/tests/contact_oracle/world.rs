//! Packs, holidays and clocks as the oracle reads them.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{NaiveDate, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use domain::contact::{HolidayTable, RulePack, Zone};
use serde_json::Value;

/// Days since 1970-01-01.
pub type Day = i64;
/// Minutes since 1970-01-01 in UTC.
pub type Minute = i64;

/// Wall time in minutes, `[from, to)`.
pub type Hours = (i64, i64);

pub const DAY: i64 = 24 * 60;
const QUARTER: i64 = 15;
/// Kinds of day by number: Monday is 0.
pub const KINDS: [&str; 8] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"];
pub const HOLIDAY: usize = 7;

const PACKS: [&str; 12] = ["AR", "BR", "CL", "CO", "EC", "ES", "GT", "MX", "PA", "PE", "PY", "US"];
const ZONES: [&str; 30] = [
    "America/Bogota",
    "America/Mexico_City",
    "America/Tijuana",
    "America/Hermosillo",
    "America/Cancun",
    "America/Santiago",
    "America/Punta_Arenas",
    "America/Coyhaique",
    "Pacific/Easter",
    "America/Lima",
    "America/Argentina/Buenos_Aires",
    "America/Sao_Paulo",
    "America/Manaus",
    "America/Noronha",
    "America/Rio_Branco",
    "Europe/Madrid",
    "Atlantic/Canary",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Guayaquil",
    "Pacific/Galapagos",
    "America/Asuncion",
    "America/Panama",
    "America/Guatemala",
    "America/St_Johns",
];

/// Offsets from UTC for every quarter of an hour of the years that the test visits.
pub struct Clock {
    pub zone: Zone,
    first: Minute,
    offsets: Vec<i64>,
    /// Minutes at which the clock is put forward or back.
    pub changes: Vec<Minute>,
}

impl Clock {
    fn named(tz: Tz) -> Self {
        let first = day_of("2024-11-01") * DAY;
        let last = day_of("2031-09-01") * DAY;
        let mut clock = Self { zone: Zone::Named(tz), first, offsets: Vec::new(), changes: Vec::new() };
        for at in (first..last).step_by(15) {
            let utc = Utc.timestamp_opt(at * 60, 0).unwrap().naive_utc();
            let offset = i64::from(tz.offset_from_utc_datetime(&utc).fix().local_minus_utc());
            assert_eq!(offset % 60, 0, "{tz} has seconds");
            if clock.offsets.last().is_some_and(|before| *before != offset / 60) {
                clock.changes.push(at);
            }
            clock.offsets.push(offset / 60);
        }
        clock
    }

    pub fn fixed(minutes: i32) -> Self {
        let zone = Zone::Fixed(chrono::FixedOffset::east_opt(minutes * 60).unwrap());
        Self { zone, first: 0, offsets: vec![i64::from(minutes)], changes: Vec::new() }
    }

    /// The wall clock: day, and minute of the day.
    pub fn read(&self, at: Minute) -> (Day, i64) {
        let index = if self.offsets.len() == 1 { 0 } else { (at - self.first).div_euclid(QUARTER) };
        let local = at + self.offsets[usize::try_from(index).unwrap()];
        (local.div_euclid(DAY), local.rem_euclid(DAY))
    }
}

#[derive(Debug)]
pub struct Rule {
    pub open: Option<Hours>,
    pub cite: (String, String),
}

/// The pack of a country: as `decide` takes it, and as it is written.
pub struct Pack {
    pub country: &'static str,
    pub ours: RulePack,
    pub json: Value,
    /// Rules by kind of day; by region, the nation's under the empty text.
    rules: BTreeMap<String, Vec<Rule>>,
}

impl Pack {
    pub fn rule(&self, region: Option<&str>, kind: usize) -> &Rule {
        let rules = region.and_then(|code| self.rules.get(code)).unwrap_or_else(|| &self.rules[""]);
        &rules[kind]
    }
}

pub struct Holidays {
    pub years: std::ops::RangeInclusive<i32>,
    pub days: HashSet<Day>,
}

pub struct World {
    pub packs: Vec<Pack>,
    pub clocks: Vec<Clock>,
    pub fixed: Vec<Clock>,
    pub table: &'static HolidayTable,
    holidays: BTreeMap<String, Holidays>,
}

impl World {
    pub fn read() -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
        let text = |name: String| std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
        let packs = PACKS.map(|country| {
            let packs: Value =
                serde_json::from_str(&text(format!("contact/{}.json", country.to_lowercase()))).unwrap();
            let [json] = packs.as_array().unwrap().as_slice() else { panic!("{country}: one pack") };
            pack(country, json)
        });
        let clocks = ZONES.iter().filter_map(|name| name.parse().ok()).map(Clock::named).collect();
        Self {
            packs: packs.into(),
            clocks,
            fixed: [-300, -180, 0, 345].map(Clock::fixed).into(),
            table: HolidayTable::embedded().unwrap(),
            holidays: holidays(&text("holidays.txt".to_owned())),
        }
    }

    pub fn countries(&self) -> impl Iterator<Item = &'static str> {
        self.packs.iter().map(|pack| pack.country)
    }

    pub fn holidays(&self, country: &str, region: Option<&str>) -> &Holidays {
        let own = region.and_then(|region| self.holidays.get(&format!("{country}-{region}")));
        own.unwrap_or_else(|| &self.holidays[country])
    }

    /// The clock of a pack that names one.
    pub fn clock_of(&self, pack: &Pack) -> Option<&Clock> {
        let zone = Zone::Named(pack.json["zone"].as_str()?.parse().unwrap());
        Some(self.clocks.iter().find(|clock| clock.zone == zone).unwrap())
    }
}

fn pack(country: &'static str, json: &Value) -> Pack {
    let mut rules = BTreeMap::from([(String::new(), by_kind(&json["windows"]))]);
    for own in json["subdivisions"].as_array().into_iter().flatten() {
        rules.insert(own["code"].as_str().unwrap().to_owned(), by_kind(&own["windows"]));
    }
    Pack { country, ours: serde_json::from_value(json.clone()).unwrap(), json: json.clone(), rules }
}

fn by_kind(windows: &Value) -> Vec<Rule> {
    KINDS
        .iter()
        .map(|kind| {
            let has = |rule: &&Value| rule["days"].as_array().unwrap().contains(&Value::from(*kind));
            let rule = windows.as_array().unwrap().iter().find(has).unwrap();
            Rule { open: rule["open"].as_str().map(hours), cite: cite(&rule["cite"]).unwrap() }
        })
        .collect()
}

/// `07:00-19:00`
fn hours(text: &str) -> Hours {
    let numbers: Vec<i64> = text.split(['-', ':']).map(|part| part.parse().unwrap()).collect();
    (numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3])
}

/// Law and article.
pub fn cite(json: &Value) -> Option<(String, String)> {
    Some((json["law"].as_str()?.to_owned(), json["article"].as_str()?.to_owned()))
}

fn holidays(text: &str) -> BTreeMap<String, Holidays> {
    let mut all = BTreeMap::new();
    let mut place = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some(heading) = line.strip_prefix('[') {
            let (name, years) = heading.split_once("] ").unwrap();
            let (first, last) = years.split_once('-').unwrap();
            let years = first.parse().unwrap()..=last.parse().unwrap();
            name.clone_into(&mut place);
            all.insert(place.clone(), Holidays { years, days: HashSet::new() });
        } else {
            let dates = line.split_once('|').unwrap().1;
            all.get_mut(&place).unwrap().days.extend(dates.split(' ').map(day_of));
        }
    }
    all
}

pub fn day_of(text: &str) -> Day {
    number(text.parse().unwrap())
}

pub fn number(date: NaiveDate) -> Day {
    date.signed_duration_since(NaiveDate::default()).num_days()
}

pub fn date(day: Day) -> NaiveDate {
    NaiveDate::default() + chrono::TimeDelta::days(day)
}

/// Monday is 0; the first of January 1970 was a Thursday.
pub fn weekday(day: Day) -> usize {
    usize::try_from((day + 3).rem_euclid(7)).unwrap()
}

/// Kinds of day that are named in a set of texts.
pub fn named(days: &BTreeSet<domain::contact::DayKind>) -> Vec<usize> {
    let number = |kind: &domain::contact::DayKind| KINDS.iter().position(|name| *name == kind.as_str());
    days.iter().filter_map(number).collect()
}
