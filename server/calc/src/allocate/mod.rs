//! `saldar calc allocate`: where a payment goes.

mod components;
mod debts;
mod instalments;
mod reversal;

pub use reversal::payments;

use domain::ledger::waterfall::Waterfall;
use domain::money::Money;
use serde_json::{Map, Value};

use crate::scale::{Scale, rule, text};
use crate::{Answer, CalcError, Case, fineract};

/// # Errors
/// Fields are missing or malformed, or the order does not fit the components.
pub fn compute(case: Case) -> Result<Answer, CalcError> {
    let mode = case.text_or_none("mode").unwrap_or("").to_lowercase();
    if case.has("events") {
        fineract::waterfall(case)
    } else if case.has("before") || mode.contains("reversal") {
        reversal::compute(case)
    } else if case.has("instalments") || case.has("installments") {
        instalments::compute(case, &mode)
    } else if case.has("debts") {
        debts::compute(case, &mode)
    } else {
        components::compute(case)
    }
}

/// Components by name.
pub type Amounts = Vec<(String, Money)>;

/// The amounts of an object, by name.
pub fn amounts(scale: Scale, object: Case) -> Result<Amounts, CalcError> {
    object.fields().map(|(name, value)| Ok((name.to_owned(), scale.money(name, value)?))).collect()
}

/// The order in `order`, over `components`; `designated` goes first.
pub fn waterfall(case: Case, components: &[(String, Money)]) -> Result<Waterfall<String>, CalcError> {
    let names: Vec<String> = components.iter().map(|(name, _)| name.clone()).collect();
    let order = texts(case, "order")?;
    let waterfall = Waterfall::new(order, &names).map_err(rule)?;
    if !case.has("designated") {
        return Ok(waterfall);
    }
    waterfall.designated(texts(case, "designated")?).map_err(rule)
}

/// An array of text.
pub fn texts(case: Case, field: &str) -> Result<Vec<String>, CalcError> {
    let text = |value: &Value| {
        value
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| crate::case::malformed(field, value, "an array of names"))
    };
    case.list(field)?.iter().map(text).collect()
}

/// Amounts by name, as text.
pub fn figures<'a>(parts: impl IntoIterator<Item = &'a (String, Money)>) -> Map<String, Value> {
    parts.into_iter().map(|(name, amount)| (name.clone(), Value::from(text(*amount)))).collect()
}
