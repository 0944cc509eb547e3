//! Stages of delinquency.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::bucket::days_before;
use crate::calendar::days_past_due;
use crate::party::text_enum;

/// Where a debt stands. A function of due date, charge-off and balance, so it is never stored
/// as a fact of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing is owed.
    Settled,
    /// Not yet due (mora preventiva).
    PreDelinquency,
    /// 1–30 days (mora temprana).
    Early,
    /// 31–90 days (mora tardía).
    Late,
    /// More than 90 days (mora residual).
    Residual,
    /// Written off in the creditor's books, still owed (cartera castigada).
    ChargedOff,
}

text_enum!(Stage {
    Settled = "settled",
    PreDelinquency = "pre_delinquency",
    Early = "early",
    Late = "late",
    Residual = "residual",
    ChargedOff = "charged_off",
});

impl Stage {
    /// Last day of the early and of the late stage, in days past due.
    pub const EARLY_UP_TO: i64 = 30;
    pub const LATE_UP_TO: i64 = 90;

    pub fn of(
        total_minor: i64,
        due_on: NaiveDate,
        charged_off_on: Option<NaiveDate>,
        as_of: NaiveDate,
    ) -> Self {
        if total_minor <= 0 {
            return Self::Settled;
        }
        if charged_off_on.is_some_and(|on| on <= as_of) {
            return Self::ChargedOff;
        }
        match days_past_due(due_on, as_of) {
            0 => Self::PreDelinquency,
            days if days <= Self::EARLY_UP_TO => Self::Early,
            days if days <= Self::LATE_UP_TO => Self::Late,
            _ => Self::Residual,
        }
    }

    /// The stages that follow from the due date alone, each with the earliest due date that is
    /// still in it on `as_of`, latest first; what is due before all of them is residual. For
    /// comparing due dates without counting days.
    pub fn earliest_due(as_of: NaiveDate) -> [(NaiveDate, Self); 3] {
        [
            (as_of, Self::PreDelinquency),
            (days_before(as_of, Self::EARLY_UP_TO), Self::Early),
            (days_before(as_of, Self::LATE_UP_TO), Self::Late),
        ]
    }

    /// The number under which the stage is stored.
    pub const fn code(self) -> i16 {
        self as i16
    }

    /// The stage stored as `code`.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.iter().copied().find(|stage| stage.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_belong_to_the_earlier_stage() {
        let due = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let on = |days| Stage::of(1, due, None, due + chrono::Days::new(days));
        assert_eq!(on(0), Stage::PreDelinquency);
        assert_eq!((on(1), on(30)), (Stage::Early, Stage::Early));
        assert_eq!((on(31), on(90)), (Stage::Late, Stage::Late));
        assert_eq!(on(91), Stage::Residual);
        assert_eq!(Stage::of(0, due, Some(due), due), Stage::Settled);
        assert_eq!(Stage::of(1, due, Some(due), due), Stage::ChargedOff);
    }

    #[test]
    fn due_dates_compare_as_days_count() {
        let as_of = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        for days in -40..=400 {
            let due = as_of - chrono::Duration::days(days);
            let by_date = Stage::earliest_due(as_of).into_iter().find(|(from, _)| due >= *from);
            let by_date = by_date.map_or(Stage::Residual, |(_, stage)| stage);
            assert_eq!(by_date, Stage::of(1, due, None, as_of), "{days} days");
        }
    }

    #[test]
    fn codes_are_stored_and_never_change() {
        let codes: Vec<i16> = Stage::ALL.iter().map(|stage| stage.code()).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5]);
        assert!(Stage::ALL.iter().all(|stage| Stage::from_code(stage.code()) == Some(*stage)));
        assert_eq!(Stage::from_code(6), None);
    }
}
