//! Names of repayment strategies: the parts in order, for what is due and for what is not.

use domain::arrangement::tranche::{Part, PaymentOrder};
use domain::ledger::waterfall::Direction;

use crate::CalcError;

/// The order of an advanced allocation whose rules the case does not give.
const ADVANCED: [Part; 4] = [Part::Penalty, Part::Fee, Part::Principal, Part::Interest];

/// `PENALTIES_FEES_INTEREST_PRINCIPAL_ORDER`, `DUE_…_IN_ADVANCE_…`, or
/// `ADVANCED_PAYMENT_ALLOCATION`, which the product's name makes vertical.
pub fn order(strategy: &str, product: &str) -> Result<PaymentOrder, CalcError> {
    if strategy == "ADVANCED_PAYMENT_ALLOCATION" {
        let direction =
            if product.contains("VERTICAL") { Direction::Vertical } else { Direction::Horizontal };
        return Ok(PaymentOrder::Timed {
            past_due: ADVANCED,
            due: ADVANCED,
            in_advance: ADVANCED,
            direction,
        });
    }
    let unknown = || {
        CalcError::Unsupported(format!(
            "the strategy {strategy} is not known; use a name of its parts in order"
        ))
    };
    let (due, in_advance) =
        match strategy.strip_prefix("DUE_").and_then(|rest| rest.split_once("_IN_ADVANCE_")) {
            Some((due, in_advance)) => (due, in_advance),
            None => (strategy, strategy),
        };
    let due = parts(due).ok_or_else(unknown)?;
    let in_advance = parts(in_advance).ok_or_else(unknown)?;
    Ok(PaymentOrder::Installments { due, in_advance })
}

fn parts(name: &str) -> Option<[Part; 4]> {
    let words = name.trim_end_matches("_ORDER").split('_');
    let parts: Option<Vec<_>> = words
        .map(|word| match word {
            "PENALTY" | "PENALTIES" => Some(Part::Penalty),
            "FEE" | "FEES" => Some(Part::Fee),
            "INTEREST" => Some(Part::Interest),
            "PRINCIPAL" => Some(Part::Principal),
            _ => None,
        })
        .collect();
    let parts: [Part; 4] = parts?.try_into().ok()?;
    let once = Part::ALL.iter().all(|part| parts.contains(part));
    once.then_some(parts)
}
