//! Limitation (prescripción): until when a debt can be claimed in court.
//!
//! How long that is depends on the debt and the country (Chile: Código Civil art. 2515; México: Código
//! de Comercio art. 1047; Colombia: Código Civil art. 2536; España: Código Civil art. 1964), and what
//! begins the period again too (acknowledgement: Código Civil of Chile art. 2518, of Colombia art. 2539,
//! of España art. 1973). So the creditor says both, with the norm, and nothing is assumed.

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// The limitation of a product's debts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limitation {
    /// From the due date on.
    pub months: u32,
    /// Whoever pays a part acknowledges the rest: the period begins again.
    #[serde(default)]
    pub payment_restarts: bool,
    /// So does an agreement that the debtor accepts.
    #[serde(default)]
    pub agreement_restarts: bool,
    /// Nobody pursues the debt once it is barred.
    #[serde(default)]
    pub stops_contact: bool,
    /// Law and article.
    pub norm: String,
}

/// The longest period that can be given: a hundred years.
pub const MOST_MONTHS: u32 = 1_200;
/// The longest name of a norm.
pub const MOST_NORM: usize = 200;

impl Limitation {
    pub fn is_possible(&self) -> bool {
        let norm = self.norm.trim();
        (1..=MOST_MONTHS).contains(&self.months) && !norm.is_empty() && norm.chars().count() <= MOST_NORM
    }

    /// The first day on which the debt can no longer be claimed.
    pub fn barred_from(&self, due_on: NaiveDate, known: Acknowledged) -> Option<NaiveDate> {
        let paid = known.paid_on.filter(|_| self.payment_restarts);
        let agreed = known.agreed_on.filter(|_| self.agreement_restarts);
        let begins = [paid, agreed].into_iter().flatten().fold(due_on, NaiveDate::max);
        begins.checked_add_months(Months::new(self.months))?.succ_opt()
    }
}

/// What the debtor did that may begin the period again: the newest of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Acknowledged {
    pub paid_on: Option<NaiveDate>,
    pub agreed_on: Option<NaiveDate>,
}

/// Where a debt stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitationState {
    pub barred_from: NaiveDate,
    pub stops_contact: bool,
    /// A payment begins the period again: who pays should know that before.
    pub payment_restarts: bool,
    pub norm: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_period_ends_on_the_same_day_of_the_month_and_begins_again() {
        let five_years = Limitation {
            months: 60,
            payment_restarts: true,
            agreement_restarts: false,
            stops_contact: true,
            norm: "Código Civil, art. 2515".to_owned(),
        };
        let barred = |known| five_years.barred_from(day("2020-02-29"), known).unwrap();
        assert_eq!(barred(Acknowledged::default()), day("2025-03-01"));
        let paid = Acknowledged { paid_on: Some(day("2023-06-10")), agreed_on: Some(day("2024-01-01")) };
        assert_eq!(barred(paid), day("2028-06-11"), "an agreement does not count here");
        let before = Acknowledged { paid_on: Some(day("2019-01-01")), ..paid };
        assert_eq!(barred(before), day("2025-03-01"), "what came before the due date restarts nothing");
        assert!(five_years.is_possible());
        assert!(!Limitation { months: 0, ..five_years.clone() }.is_possible());
        assert!(!Limitation { norm: " ".to_owned(), ..five_years }.is_possible());
    }

    #[test]
    fn dates_beyond_the_calendar_are_none() {
        let forever = Limitation {
            months: MOST_MONTHS,
            payment_restarts: false,
            agreement_restarts: false,
            stops_contact: false,
            norm: "x".to_owned(),
        };
        assert_eq!(forever.barred_from(NaiveDate::MAX, Acknowledged::default()), None);
    }
}
