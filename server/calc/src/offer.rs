//! `saldar calc offer`: what is offered for a debt, and what becomes of a proposal.
//!
//! ```json
//! {"currency": "MXN", "as_of": "2026-11-27", "debt": {"principal": "1000.00", "default_interest": "200.00"},
//!  "policy": {"rules": [...]}, "due_on": "2026-05-01",
//!  "proposal": {"total": "1100.00", "first_on": "2026-12-05", "payments": 3, "every": "monthly"}}
//! ```
//!
//! Without `policy` (or a `menu` alone) the standard one holds. With `household` (`income` and
//! `expenses` a month) the offers that it can pay are given. Neither who asks nor where is part of a
//! case: everybody is told the same.

use chrono::NaiveDate;
use domain::account::{Balance, Component, Stage};
use domain::arrangement::negotiation::{
    Affordability, Deal, Decision, Menu, Proposal, ProposalError, Reason, affordable, negotiate, offers,
};
use domain::arrangement::schedule::Frequency;
use domain::arrangement::{OfferPolicy, OfferSubject};
use domain::calendar::days_past_due;
use domain::ids::CreditorId;
use domain::money::{Currency, Money, Rounding};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::case::{amount_of, malformed};
use crate::{Answer, CalcError, Case};

/// # Errors
/// Fields are missing or malformed, a policy that cannot be published, or a proposal that cannot be
/// understood.
pub fn compute(case: Case) -> Result<Answer, CalcError> {
    let currency = case
        .currency_or_none("currency")?
        .ok_or(CalcError::Missing { field: "currency".to_owned(), form: "an ISO 4217 currency code" })?;
    let today = case.date("as_of")?;
    let debt = balance(case.object("debt")?, currency)?;
    let menu = menu(case, &debt, today)?;
    if case.has("proposal") {
        let proposal = proposal(case.object("proposal")?, currency)?;
        let decision = negotiate(&menu, &debt, &proposal, today).map_err(refused)?;
        return Ok(decided(decision));
    }
    if case.has("household") {
        let household = case.object("household")?;
        let money = |field| money(field, household.amount(field, currency.exponent())?, currency);
        let household = Affordability { income: money("income")?, expenses: money("expenses")? };
        let first_on = case.date_or_none("first_on")?.unwrap_or(today);
        return Ok(decided(affordable(&menu, &debt, &household, first_on, today).map_err(refused)?));
    }
    let deals = offers(&menu, &debt, today).map_err(refused)?;
    let answer = deals.iter().fold(Answer::default(), |answer, deal| answer.because(sentence(deal)));
    Ok(answer.with("offers", deals.iter().map(shown).collect::<Vec<_>>()))
}

fn balance(case: Case, currency: Currency) -> Result<Balance, CalcError> {
    let mut debt = Balance::zero(currency);
    for (name, value) in case.fields() {
        let component: Component =
            name.parse().map_err(|_| malformed("debt", &json!(name), "the name of a component"))?;
        let amount = amount_of(name, value, currency.exponent())?;
        debt = debt.with(component, money(name, amount, currency)?)?;
    }
    Ok(debt)
}

fn money(field: &str, amount: domain::money::Decimal, currency: Currency) -> Result<Money, CalcError> {
    let money = amount.to_money(currency, Rounding::Down)?;
    if domain::money::Decimal::from_money(money) == amount {
        return Ok(money);
    }
    Err(CalcError::Refused(format!("{field} has more decimals than {currency}; leave them out")))
}

/// The menu of the rule that fits the debt.
fn menu(case: Case, debt: &Balance, today: NaiveDate) -> Result<Menu, CalcError> {
    if case.has("menu") {
        let menu: Menu = read(case, "menu", "a menu of published offers")?;
        menu.check(None).map_err(|error| CalcError::Refused(error.to_string()))?;
        return Ok(menu);
    }
    let policy = if case.has("policy") {
        read(case, "policy", "an offer policy with its rules")?
    } else {
        OfferPolicy::standard()
    };
    policy.check().map_err(|error| CalcError::Refused(error.to_string()))?;
    let due_on = case.date_or_none("due_on")?.unwrap_or(today);
    let subject = OfferSubject {
        creditors: case
            .text_or_none("creditor")
            .and_then(|id| id.parse().ok())
            .map(CreditorId)
            .into_iter()
            .collect(),
        products: vec![case.text_or_none("product").map(ToOwned::to_owned)],
        stage: Stage::of(debt.total_minor(), due_on, None, today),
        days_past_due: days_past_due(due_on, today),
        total: debt.total()?,
    };
    Ok(policy.rule(&subject).map(|rule| rule.published.clone()).unwrap_or_default())
}

fn read<T: DeserializeOwned>(case: Case, field: &'static str, form: &'static str) -> Result<T, CalcError> {
    let value = case.get(field).ok_or(CalcError::Missing { field: field.to_owned(), form })?;
    serde_json::from_value(value.clone()).map_err(|error| CalcError::Refused(format!("{field}: {error}")))
}

fn proposal(case: Case, currency: Currency) -> Result<Proposal, CalcError> {
    let amount = |field: &str| match case.get(field) {
        None => Ok(None),
        Some(value) => money(field, amount_of(field, value, currency.exponent())?, currency).map(Some),
    };
    let payments = case.whole_or("payments", 1)?;
    let many = || malformed("payments", &json!(payments), "a number of payments");
    Ok(Proposal {
        total: amount("total")?,
        first: amount("first")?,
        first_on: case.date("first_on")?,
        payments: u32::try_from(payments).map_err(|_| many())?,
        every: every(case)?,
        is_all_they_can: case.yes_or("is_all_they_can", false)?,
    })
}

fn every(case: Case) -> Result<Frequency, CalcError> {
    let Some(value) = case.get("every") else { return Ok(Frequency::MONTHLY) };
    match value.as_str() {
        Some("monthly") => Ok(Frequency::MONTHLY),
        Some("biweekly") => Ok(Frequency::BIWEEKLY),
        Some("weekly") => Ok(Frequency::Weeks(1)),
        _ => serde_json::from_value(value.clone())
            .map_err(|_| malformed("every", value, "monthly, biweekly, weekly, or such as {\"days\": 10}")),
    }
}

fn decided(decision: Decision) -> Answer {
    match decision {
        Decision::Accepted { deal } => {
            let answer = Answer::default().with("decision", "accepted").with("deal", shown(&deal));
            answer.because(sentence(&deal))
        }
        Decision::Countered { deals, reasons } => {
            let answer = Answer::default()
                .with("decision", "countered")
                .with("deals", deals.iter().map(shown).collect::<Vec<_>>());
            deals.iter().fold(because(answer, &reasons), |answer, deal| answer.because(sentence(deal)))
        }
        Decision::Referred { reasons } => because(Answer::default().with("decision", "referred"), &reasons),
    }
}

fn because(answer: Answer, reasons: &[Reason]) -> Answer {
    let answer = answer.with("reasons", json!(reasons));
    reasons.iter().fold(answer, |answer, reason| answer.because(reason.says().en))
}

fn shown(deal: &Deal) -> Value {
    let forgiven: serde_json::Map<_, _> = deal
        .agreed
        .forgiven
        .iter()
        .map(|(component, amount)| (component.as_str().to_owned(), json!(amount.to_decimal())))
        .collect();
    let schedule: Vec<_> = deal
        .schedule
        .iter()
        .map(|due| json!({ "due_on": due.due_on, "amount": due.amount.to_decimal() }))
        .collect();
    json!({
        "offer": deal.offer,
        "kind": deal.terms.kind,
        "to_pay": deal.agreed.to_pay.to_decimal(),
        "forgiven": forgiven,
        "schedule": schedule,
        "valid_until": deal.valid_until,
    })
}

fn sentence(deal: &Deal) -> String {
    let given: i64 = deal.agreed.forgiven.iter().map(|(_, part)| part.minor()).sum();
    let given = Money::from_minor(given, deal.agreed.to_pay.currency());
    format!(
        "{}: {} in {} payment(s), {given} given up, valid until {}",
        deal.offer,
        deal.agreed.to_pay,
        deal.schedule.len(),
        deal.valid_until
    )
}

fn refused(error: ProposalError) -> CalcError {
    CalcError::Refused(error.to_string())
}
