//! An organization's own contact rules by form.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::contact::{Caps, DayKind, Overrides, Reading, Window};
use domain::text::Say;
use services::FieldIssue;
use ui::forms::FormState;
use web::Form;

/// The fields of a kind of day.
pub struct Names {
    pub day: DayKind,
    pub open: &'static str,
    pub from: &'static str,
    pub to: &'static str,
}

macro_rules! days {
    ($($day:ident $name:literal),*) => {
        [$(Names {
            day: DayKind::$day,
            open: concat!($name, "_open"),
            from: concat!($name, "_from"),
            to: concat!($name, "_to"),
        }),*]
    };
}

pub const DAYS: [Names; 8] = days!(
    Mon "mon", Tue "tue", Wed "wed", Thu "thu", Fri "fri", Sat "sat", Sun "sun", Holiday "holiday"
);

/// Most dates in a list.
const DATES: usize = 200;
/// Most letters of a holiday's name.
const NAME: usize = 80;

/// What was typed, or what is wrong with it.
pub fn read(form: &Form) -> Result<Overrides, Vec<FieldIssue>> {
    let mut issues = Vec::new();
    let mut days = BTreeSet::new();
    let mut hours = BTreeMap::new();
    for names in &DAYS {
        if form.get(names.open).is_empty() {
            continue;
        }
        days.insert(names.day);
        match window(form.get(names.from), form.get(names.to)) {
            Ok(Some(window)) => drop(hours.insert(names.day, window)),
            Ok(None) => {}
            Err(()) => issues.push(issue(
                names.from,
                "Escriba desde y hasta qué hora, la primera antes; o deje las dos vacías",
                "Give from and to, the first before the second; or leave both empty",
            )),
        }
    }
    let dates = |field: &'static str, issues: &mut Vec<FieldIssue>| {
        let lines: Vec<&str> =
            form.get(field).lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let read: Option<Vec<(NaiveDate, String)>> = lines.iter().map(|line| dated(line)).collect();
        let read = read.filter(|read| read.len() <= DATES);
        if read.is_none() {
            issues.push(issue(
                field,
                "Una fecha por línea, como 2026-12-12 y su nombre; hasta 200",
                "A date a line, such as 2026-12-12 and its name; up to 200",
            ));
        }
        read.unwrap_or_default()
    };
    let extra_holidays = dates("extra", &mut issues).into_iter().collect();
    let called_off = dates("called_off", &mut issues).into_iter().map(|(day, _)| day).collect();
    let mut cap = |field: &'static str| {
        let text = form.get(field);
        let read = text.parse::<u32>().ok().filter(|most| (1..=999).contains(most));
        if read.is_none() && !text.is_empty() {
            issues.push(issue(
                field,
                "Un número de 1 a 999, o vacío si no hay límite propio",
                "A number from 1 to 999, or empty for no limit of your own",
            ));
        }
        read
    };
    let caps = Caps { day: cap("cap_day"), week: cap("cap_week") };
    let reading = form.get("reading").parse().unwrap_or(Reading::Strict);
    let days = (days.len() < DayKind::ALL.len()).then_some(days);
    let own = Overrides { extra_holidays, called_off, days, hours, caps, reading };
    if issues.is_empty() { Ok(own) } else { Err(issues) }
}

/// Nothing if both are empty.
fn window(from: &str, to: &str) -> Result<Option<Window>, ()> {
    if from.is_empty() && to.is_empty() {
        return Ok(None);
    }
    Window::try_from(format!("{from}-{to}")).map(Some).map_err(|_| ())
}

fn dated(line: &str) -> Option<(NaiveDate, String)> {
    let (day, name) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let name = name.trim();
    let day = day.parse().ok()?;
    (name.chars().count() <= NAME).then(|| (day, name.to_owned()))
}

fn issue(field: &'static str, es: &str, en: &str) -> FieldIssue {
    FieldIssue { field, says: Say::new(es, en) }
}

/// The rules as the form shows them.
pub fn fields(own: &Overrides) -> FormState {
    let mut pairs = Vec::new();
    for names in DAYS.iter().filter(|names| !own.bars(names.day)) {
        pairs.push((names.open.to_owned(), "true".to_owned()));
        if let Some(window) = own.hours.get(&names.day) {
            pairs.push((names.from.to_owned(), window.start().format("%H:%M").to_string()));
            pairs.push((names.to.to_owned(), window.end().format("%H:%M").to_string()));
        }
    }
    let extra: Vec<_> = own.extra_holidays.iter().map(|(day, name)| format!("{day} {name}")).collect();
    let off: Vec<_> = own.called_off.iter().map(ToString::to_string).collect();
    pairs.push(("extra".to_owned(), extra.join("\n")));
    pairs.push(("called_off".to_owned(), off.join("\n")));
    for (name, cap) in [("cap_day", own.caps.day), ("cap_week", own.caps.week)] {
        pairs.extend(cap.map(|most| (name.to_owned(), most.to_string())));
    }
    pairs.push(("reading".to_owned(), own.reading.as_str().to_owned()));
    FormState::new(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_what_is_read() {
        let own = Overrides {
            extra_holidays: [("2026-12-12".parse().unwrap(), "Guadalupe".to_owned())].into(),
            called_off: ["2026-12-25".parse().unwrap(), "2026-12-26".parse().unwrap()].into(),
            days: Some(DayKind::ALL.iter().copied().filter(|day| *day != DayKind::Sun).collect()),
            hours: [(DayKind::Mon, Window::try_from("09:00-18:30".to_owned()).unwrap())].into(),
            caps: Caps { day: Some(1), week: None },
            reading: Reading::Lenient,
        };
        assert_eq!(read(&Form::of(fields(&own).values)).unwrap(), own);
        assert_eq!(read(&Form::of(fields(&Overrides::default()).values)).unwrap(), Overrides::default());
    }

    #[test]
    fn what_cannot_be_is_named() {
        let typed = [
            ("mon_open", "true"),
            ("mon_from", "18:00"),
            ("mon_to", "09:00"),
            ("extra", "Navidad"),
            ("cap_day", "0"),
        ];
        let form = Form::of(typed.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let fields: Vec<_> = read(&form).unwrap_err().into_iter().map(|issue| issue.field).collect();
        assert_eq!(fields, ["mon_from", "extra", "cap_day"]);
    }
}
