//! The schedule of a loan as its disbursements leave it.

use domain::arrangement::tranche::{LoanEvent, Tranche, replay_loan};
use domain::money::Money;

use super::product::Product;
use super::{dates, rows, strategy, waterfall};
use crate::scale::{Scale, number, rule};
use crate::{Answer, CalcError, Case};

pub fn compute(case: Case) -> Result<Answer, CalcError> {
    let scale = Scale::of(case)?;
    let product = Product(case.text_or_none("loan_product").unwrap_or(""));
    let mut events = if case.has("events") { waterfall::events(case, scale)? } else { vec![] };
    let paid_out = !events.is_empty();
    if !paid_out {
        let expected = Tranche { on: case.date("submitted")?, amount: scale.field(case, "principal")? };
        events.push(LoanEvent::PaidOut(expected));
    }
    let start = waterfall::first_tranche(&events)?;
    let (frequency, why) = dates::repayment_period(case, start, &events)?;
    let periods = dates::schedule_periods(case, start, frequency)?;
    let order = strategy::order(
        case.text_or_none("strategy").unwrap_or("PENALTIES_FEES_INTEREST_PRINCIPAL_ORDER"),
        product.0,
    )?;
    let terms = product.terms(case, scale, frequency)?;
    let automatic = paid_out && product.is_automatic();
    let loan = replay_loan(&terms, &periods, &events, &order, automatic).map_err(rule)?;
    let amounts = events.iter().filter_map(|event| match event {
        LoanEvent::PaidOut(tranche) => Some(tranche.amount),
        _ => None,
    });
    let total = Money::sum(scale.currency, amounts).map_err(rule)?;
    Ok(Answer::default()
        .with("schedule", rows::schedule(&loan, paid_out)?)
        .with("total_principal", number(total))
        .because(why)
        .because("the last instalment absorbs what rounding left"))
}
