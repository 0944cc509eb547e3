//! When automatic payment charges a card, and when it lets it be. The one place that says so.

use chrono::{Days, NaiveDate};

use super::{InstallmentStatus, Progress};

/// How many days before a charge its debtor is told of it.
pub const NOTICE_DAYS: u64 = 3;

/// How often a declined instalment is tried in all.
const TRIES: u64 = 3;

/// Declines after which the same card is not asked again: it is gone, or its bank forbids it.
/// Codes as in docs.stripe.com/declines/codes; card networks fine those who go on.
const FINAL: [&str; 9] = [
    "expired_card",
    "lost_card",
    "stolen_card",
    "pickup_card",
    "fraudulent",
    "restricted_card",
    "revocation_of_authorization",
    "revocation_of_all_authorizations",
    "stop_payment_order",
];

/// The days on which an instalment is tried: the first on its own day, the last on the last day of the
/// grace, the others spread between. Never a day twice, never after the grace: then the plan is broken.
pub fn try_days(due_on: NaiveDate, grace_days: u16) -> Vec<NaiveDate> {
    let grace = u64::from(grace_days);
    let mut days: Vec<_> = (0..TRIES)
        .filter_map(|number| due_on.checked_add_days(Days::new(grace * number / (TRIES - 1))))
        .collect();
    days.dedup();
    days
}

/// May the same card be asked again after this decline?
pub fn may_try_again(code: &str) -> bool {
    !FINAL.contains(&code)
}

/// The instalment to charge on `on` after `tries` declined tries, the last one on `last`: the oldest
/// that is due, within its grace, and whose turn it is.
pub fn due_now(
    progress: &Progress,
    grace_days: u16,
    on: NaiveDate,
    tried: impl Fn(NaiveDate) -> (usize, Option<NaiveDate>),
) -> Option<InstallmentStatus> {
    let open = progress.installments.iter().find(|part| part.left.is_positive())?;
    let days = try_days(open.due_on, grace_days);
    let within = days.last().is_some_and(|last| on <= *last);
    let (tries, last) = tried(open.due_on);
    let turn = days.get(tries).is_some_and(|day| *day <= on) && last.is_none_or(|last| last < on);
    (within && turn).then_some(*open)
}

/// The day of the try after `tries` declined ones, if there is one after `on`.
pub fn next_try(due_on: NaiveDate, grace_days: u16, tries: usize, on: NaiveDate) -> Option<NaiveDate> {
    let days = try_days(due_on, grace_days);
    let day = (*days.get(tries)?).max(on.succ_opt()?);
    (day <= *days.last()?).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::super::Due;
    use super::*;
    use crate::money::{Currency, Money};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn progress(paid: i64, on: NaiveDate) -> Progress {
        let due =
            |due_on, minor| Due { due_on: day(due_on), amount: Money::from_minor(minor, Currency::MXN) };
        let schedule = [due("2026-12-01", 1_000), due("2027-01-01", 1_000)];
        Progress::of(&schedule, Money::from_minor(paid, Currency::MXN), 6, on).unwrap()
    }

    #[test]
    fn tries_are_spread_over_the_grace() {
        let days = |grace| try_days(day("2026-12-01"), grace);
        assert_eq!(days(6), [day("2026-12-01"), day("2026-12-04"), day("2026-12-07")]);
        assert_eq!(days(1), [day("2026-12-01"), day("2026-12-02")]);
        assert_eq!(days(0), [day("2026-12-01")]);
    }

    #[test]
    fn an_instalment_is_charged_on_its_day_and_on_the_days_of_its_tries() {
        let left = |paid, on: &str, tries: usize, last: Option<&str>| {
            let on = day(on);
            due_now(&progress(paid, on), 6, on, |_| (tries, last.map(day))).map(|part| part.left.minor())
        };
        assert_eq!(left(0, "2026-11-30", 0, None), None, "not before its day");
        assert_eq!(left(0, "2026-12-01", 0, None), Some(1_000));
        assert_eq!(left(400, "2026-12-01", 0, None), Some(600), "only what is left");
        assert_eq!(left(1_000, "2026-12-01", 0, None), None, "paid by hand");
        assert_eq!(left(0, "2026-12-01", 1, Some("2026-12-01")), None);
        assert_eq!(left(0, "2026-12-03", 1, Some("2026-12-01")), None);
        assert_eq!(left(0, "2026-12-04", 1, Some("2026-12-01")), Some(1_000));
        assert_eq!(left(0, "2026-12-07", 1, Some("2026-12-07")), None, "one a day");
        assert_eq!(left(0, "2026-12-07", 3, Some("2026-12-06")), None);
        assert_eq!(left(0, "2026-12-08", 0, None), None, "the plan is broken");
    }

    #[test]
    fn the_next_try_is_a_later_day_within_the_grace() {
        let next = |tries, on: &str| next_try(day("2026-12-01"), 6, tries, day(on));
        assert_eq!(next(1, "2026-12-01"), Some(day("2026-12-04")));
        assert_eq!(next(1, "2026-12-05"), Some(day("2026-12-06")));
        assert_eq!(next(2, "2026-12-07"), None);
        assert_eq!(next(3, "2026-12-04"), None);
        assert!(may_try_again("insufficient_funds") && !may_try_again("lost_card"));
    }
}
