//! The query of the list's address, read and written.

use domain::account::Stage;
use domain::ids::AccountId;
use domain::text::Say;
use serde::{Deserialize, Serialize};
use services::FieldIssue;
use services::accounts::{AccountFilter, AccountSort, PageKey};
use ui::i18n::Locale;

use crate::typed::{self, keep};

/// The fields as they stand in the address; empty ones are as good as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub q: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub creditor: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub stage: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub days_from: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub days_to: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub amount_from: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub amount_to: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sort: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub after: String,
}

/// The stage of "whatever still owes", which is no stage of an account.
pub const OWING: &str = "owing";

impl ListQuery {
    /// Without any wish, the accounts that still owe; a search looks at all.
    #[must_use]
    pub fn or_default(mut self) -> Self {
        if self == Self::default() {
            OWING.clone_into(&mut self.stage);
        } else if self.stage == OWING && !self.q.trim().is_empty() {
            self.stage.clear();
        }
        self
    }

    /// The filter it stands for, and what could not be read. Amounts are read in the currency
    /// of `country`.
    pub fn filter(&self, country: &str, locale: Locale) -> (AccountFilter, Vec<FieldIssue>) {
        let mut issues = Vec::new();
        let currency = typed::currency_of(country);
        let mut amount = |field: &'static str, text: &str| {
            let given = !text.trim().is_empty();
            given.then(|| keep(&mut issues, typed::amount(field, text, currency, locale))).flatten()
        };
        let owing = self.stage == OWING;
        let amount_from = amount("amount_from", &self.amount_from).map(|money| money.minor());
        let amount_from = if owing { Some(amount_from.unwrap_or(1).max(1)) } else { amount_from };
        let amount_to = amount("amount_to", &self.amount_to).map(|money| money.minor());
        let days_from = days(&mut issues, "days_from", &self.days_from);
        let days_to = days(&mut issues, "days_to", &self.days_to);
        let sort = if self.sort == "largest" { AccountSort::Largest } else { AccountSort::Oldest };
        let filter = AccountFilter {
            text: self.q.trim().to_owned(),
            creditor: optional(&mut issues, "creditor", &self.creditor),
            stage: optional::<Stage>(&mut issues, "stage", if owing { "" } else { &self.stage }),
            days_from,
            days_to,
            amount_from,
            amount_to,
            sort,
            after: read_key(&self.after, sort),
        };
        (filter, issues)
    }

    /// Name and value of every field, for showing the form again.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let Self { q, creditor, stage, days_from, days_to, amount_from, amount_to, sort, after: _ } = self;
        [
            ("q", q),
            ("creditor", creditor),
            ("stage", stage),
            ("days_from", days_from),
            ("days_to", days_to),
            ("amount_from", amount_from),
            ("amount_to", amount_to),
            ("sort", sort),
        ]
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .to_vec()
    }

    /// How many filters beside the search are set.
    pub fn filters_set(&self) -> usize {
        let fields =
            [&self.creditor, &self.stage, &self.days_from, &self.days_to, &self.amount_from, &self.amount_to];
        fields.into_iter().filter(|value| !value.trim().is_empty() && *value != OWING).count()
    }

    /// The address of this list, from `key` on.
    pub fn at(&self, key: Option<&PageKey>) -> String {
        self.href(|query| query.after = key.map(write_key).unwrap_or_default())
    }

    /// The address of this list in another order, from its start.
    pub fn sorted(&self, sort: &str) -> String {
        self.href(|query| {
            query.after.clear();
            sort.clone_into(&mut query.sort);
        })
    }

    fn href(&self, change: impl FnOnce(&mut Self)) -> String {
        let mut query = self.clone();
        change(&mut query);
        let text = serde_urlencoded::to_string(&query).unwrap_or_default();
        format!("{}?{text}", crate::desk::ACCOUNTS)
    }
}

fn days(issues: &mut Vec<FieldIssue>, field: &'static str, text: &str) -> Option<i64> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let says = || {
        Say::new(
            "Escriba un número entero de días, por ejemplo 30",
            "Write a whole number of days, for example 30",
        )
    };
    let read = text.parse().map_err(|_| FieldIssue { field, says: says() });
    keep(issues, read)
}

fn optional<T: std::str::FromStr>(
    issues: &mut Vec<FieldIssue>,
    field: &'static str,
    text: &str,
) -> Option<T> {
    if text.is_empty() { None } else { keep(issues, typed::choice(field, text)) }
}

/// The key as one short word: value of the order, then id.
fn write_key(key: &PageKey) -> String {
    match key {
        PageKey::Oldest(on, id) => format!("{on}.{id}"),
        PageKey::Largest(minor, id) => format!("{minor}.{id}"),
    }
}

/// A key that cannot be read begins at the start, as does one of another order.
fn read_key(text: &str, sort: AccountSort) -> Option<PageKey> {
    let (value, id) = text.split_once('.')?;
    let id: AccountId = id.parse().ok()?;
    match sort {
        AccountSort::Oldest => Some(PageKey::Oldest(value.parse().ok()?, id)),
        AccountSort::Largest => Some(PageKey::Largest(value.parse().ok()?, id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_key_survives_the_address() {
        let id = AccountId(Uuid::from_u128(7));
        let oldest = PageKey::Oldest("2026-01-31".parse().unwrap(), id);
        assert_eq!(read_key(&write_key(&oldest), AccountSort::Oldest), Some(oldest));
        let largest = PageKey::Largest(-5, id);
        assert_eq!(read_key(&write_key(&largest), AccountSort::Largest), Some(largest));
        assert_eq!(read_key(&write_key(&oldest), AccountSort::Largest), None);
        assert_eq!(read_key("nonsense", AccountSort::Oldest), None);
    }

    #[test]
    fn filters_are_read_or_refused_by_field() {
        let query = ListQuery {
            q: " lópez ".into(),
            stage: "early".into(),
            days_from: "10".into(),
            amount_from: "1,000".into(),
            ..ListQuery::default()
        };
        let (filter, issues) = query.filter("MX", Locale::EsMx);
        assert_eq!((filter.text.as_str(), filter.stage), ("lópez", Some(Stage::Early)));
        assert_eq!((filter.days_from, filter.amount_from), (Some(10), Some(100_000)));
        assert_eq!((issues.len(), query.filters_set()), (0, 3));

        let bad = ListQuery {
            days_to: "x".into(),
            amount_to: "1,00".into(),
            stage: "late-ish".into(),
            ..ListQuery::default()
        };
        let fields: Vec<_> = bad.filter("MX", Locale::EsMx).1.iter().map(|issue| issue.field).collect();
        assert_eq!(fields, ["amount_to", "days_to", "stage"]);
    }

    #[test]
    fn the_list_begins_with_what_is_owed_and_a_search_looks_at_all() {
        let start = ListQuery::default().or_default();
        let (filter, issues) = start.filter("MX", Locale::EsMx);
        assert_eq!((filter.stage, filter.amount_from, issues.len()), (None, Some(1), 0));
        assert_eq!(start.filters_set(), 0);
        let search = ListQuery { q: "ana".into(), ..start }.or_default();
        assert_eq!(search.filter("MX", Locale::EsMx).0.amount_from, None);
    }

    #[test]
    fn the_next_page_keeps_the_filter() {
        let query = ListQuery { q: "a&b".into(), sort: "largest".into(), ..ListQuery::default() };
        let next = query.at(Some(&PageKey::Largest(10, AccountId(Uuid::nil()))));
        assert_eq!(
            next,
            "/console/cuentas?q=a%26b&sort=largest&after=10.00000000-0000-0000-0000-000000000000"
        );
        assert_eq!(query.sorted("oldest"), "/console/cuentas?q=a%26b&sort=oldest");
    }
}
