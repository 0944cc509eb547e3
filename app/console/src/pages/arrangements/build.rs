//! Proposing: the form is read, previewed as often as one likes, and offered.

use axum::extract::{Path, State};
use axum::response::Response;
use chrono::{Days, NaiveDate};
use domain::access::Permission;
use domain::account::Component;
use domain::arrangement::schedule::{DownPayment, Frequency};
use domain::arrangement::{
    Activation, ArrangementKind, ArrangementTerms, Cap, Consequence, Discount, DownPaymentTerms, Due,
    OfferLevel, OfferLimits, OfferSubject, Prepayment, ScheduleSpec, WhenForgiven,
};
use domain::ids::{AccountId, ArrangementId};
use domain::money::{Currency, Decimal, Money};
use domain::text::Say;
use leptos::prelude::*;
use services::accounts::{AccountFilter, AccountView};
use services::arrangements::{ArrangementPreview, ArrangementView, NewArrangement};
use services::{FieldIssue, ServiceError, Services};
use ui::prelude::*;
use web::{Form, form_state, see_other};

use super::builder::BuilderPage;
use super::{ADDRESS, words};
use crate::desk::Desk;
use crate::pages::account::id_of;
use crate::typed::{self, keep};

/// What the form shows beside what was typed.
#[derive(Clone)]
pub struct Proposal {
    pub account: AccountView,
    /// The debtor's debts that could be included: id, the creditor's number, creditor, owed.
    pub debts: Vec<(AccountId, String, String, Money)>,
    /// Those that exist on this account, newest first.
    pub others: Vec<ArrangementView>,
    pub limits: Option<OfferLimits>,
    pub level: OfferLevel,
    pub id: ArrangementId,
    pub preview: Option<ArrangementPreview>,
}

/// The names of the discount fields: field names have to be known when the program is built.
pub const fn discount_field(component: Component) -> &'static str {
    match component {
        Component::Principal => "discount_principal",
        Component::Interest => "discount_interest",
        Component::DefaultInterest => "discount_default_interest",
        Component::LateCharge => "discount_late_charge",
        Component::CollectionCost => "discount_collection_cost",
        Component::Tax => "discount_tax",
    }
}

/// `GET /console/cuentas/{id}/convenio`
pub async fn show_builder(State(services): State<Services>, desk: Desk, Path(id): Path<String>) -> Response {
    let result = page(&services, &desk, &id, None, None).await;
    desk.answer(result)
}

/// `POST /console/cuentas/{id}/convenio`: shows what the proposal would be, or offers it.
pub async fn propose(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let result = proposed(&services, &desk, &id, &form).await;
    desk.answer(result)
}

async fn proposed(services: &Services, desk: &Desk, id: &str, form: &Form) -> Result<Response, ServiceError> {
    let currency = services.account_view(desk.actor(), id_of(id)?).await?.summary.account.currency;
    let refused = |issues: Vec<FieldIssue>| form_state(form, &own_names(issues), desk.lang());
    let new = match read(form, currency, desk.locale(), services) {
        Ok(new) => new,
        Err(issues) => return page(services, desk, id, Some(refused(issues)), None).await,
    };
    let preview = match services.preview_arrangement(desk.actor(), &new).await {
        Ok(preview) => preview,
        Err(ServiceError::Invalid(issues)) => {
            return page(services, desk, id, Some(refused(issues)), None).await;
        }
        Err(error) => return Err(error),
    };
    if form.get("act") != "offer" {
        let typed = FormState::new(form.0.clone());
        return page(services, desk, id, Some(typed), Some(preview)).await;
    }
    if !preview.is_allowed {
        let issue = |limit| {
            let (field, text) = words::limit(limit, desk.locale());
            FieldIssue { field, says: words::said(text) }
        };
        let issues = preview.beyond.iter().map(issue).collect();
        return page(services, desk, id, Some(refused(issues)), Some(preview)).await;
    }
    match services.offer_arrangement(desk.actor(), new).await {
        Ok(id) => Ok(see_other(&format!("{ADDRESS}/{id}?hecho=oferta"))),
        Err(ServiceError::Invalid(issues)) => page(services, desk, id, Some(refused(issues)), None).await,
        Err(error) => Err(error),
    }
}

async fn page(
    services: &Services,
    desk: &Desk,
    id: &str,
    form: Option<FormState>,
    preview: Option<ArrangementPreview>,
) -> Result<Response, ServiceError> {
    desk.actor().require(Permission::ArrangementOffer)?;
    let account_id: AccountId = id_of(id)?;
    let account = services.account_view(desk.actor(), account_id).await?;
    let others = services.arrangements_of(desk.actor(), account_id).await?;
    let debts = debts_of(services, desk, &account).await?;
    let level = level(desk);
    let limits = limits(services, desk, &account, level).await?;
    let sent = form.as_ref().and_then(|form| form.value("id")).and_then(|text| text.parse().ok());
    let id = sent.unwrap_or_else(|| ArrangementId(services.new_id()));
    let title = tr!(desk.lang(), "Proponer convenio", "Propose an arrangement");
    let page = desk.page(title).form(form);
    let desk = desk.clone();
    let proposal = Proposal { account, debts, others, limits, level, id, preview };
    Ok(page.render(move || view! { <BuilderPage desk proposal/> }))
}

/// This debt and the same person's others in its currency. Who has no document is known by one
/// debt only.
async fn debts_of(
    services: &Services,
    desk: &Desk,
    account: &AccountView,
) -> Result<Vec<(AccountId, String, String, Money)>, ServiceError> {
    let summary = &account.summary;
    let own = Money::from_minor(summary.balance.total_minor(), summary.account.currency);
    let mut debts =
        vec![(summary.account.id, summary.account.external_id.clone(), summary.creditor.name.clone(), own)];
    let Some(document) = account.debtor.document.clone() else { return Ok(debts) };
    let filter = AccountFilter { text: document.clone(), amount_from: Some(1), ..AccountFilter::default() };
    let currency = summary.account.currency.to_string();
    for line in services.list_accounts(desk.actor(), &filter).await?.lines {
        let same =
            line.document.as_deref() == Some(document.as_str()) && line.debtor_name == account.debtor.name;
        if same && line.currency == currency && line.id != summary.account.id.0 {
            let owed = Money::from_minor(line.total, summary.account.currency);
            debts.push((AccountId(line.id), line.external_id, line.creditor_name, owed));
        }
    }
    Ok(debts)
}

fn level(desk: &Desk) -> OfferLevel {
    match () {
        () if desk.may(Permission::ArrangementApprove) => OfferLevel::Manager,
        () if desk.may(Permission::ArrangementExceed) => OfferLevel::Supervisor,
        () => OfferLevel::Agent,
    }
}

async fn limits(
    services: &Services,
    desk: &Desk,
    account: &AccountView,
    level: OfferLevel,
) -> Result<Option<OfferLimits>, ServiceError> {
    let policy = services.offer_policy(desk.actor()).await?.policy;
    let summary = &account.summary;
    let subject = OfferSubject {
        creditors: vec![summary.account.creditor_id],
        products: vec![summary.account.product.clone()],
        stage: summary.stage,
        days_past_due: summary.days_past_due,
        total: Money::from_minor(summary.balance.total_minor(), summary.account.currency),
    };
    Ok(policy.rule(&subject).and_then(|rule| rule.limits(level)).cloned())
}

fn read(
    form: &Form,
    currency: Currency,
    locale: Locale,
    services: &Services,
) -> Result<NewArrangement, Vec<FieldIssue>> {
    let mut issues = Vec::new();
    let debts: Vec<AccountId> = form
        .0
        .iter()
        .filter(|(name, _)| name == "debts")
        .filter_map(|(_, value)| value.trim().parse().ok())
        .collect();
    if debts.is_empty() {
        let says = Say::new("Elija al menos una deuda", "Choose at least one debt");
        issues.push(FieldIssue { field: "debts", says });
    }
    let kind = keep(&mut issues, typed::choice::<ArrangementKind>("kind", form.get("kind")));
    let down_payment = down_payment(form, currency, locale, &mut issues);
    let schedule = schedule(form, currency, locale, &mut issues);
    let settles = kind == Some(ArrangementKind::Settlement);
    let concession = if settles { concession(form, &mut issues) } else { Vec::new() };
    let when_forgiven = WhenForgiven::ALL.iter().find(|when| when.as_str() == form.get("when_forgiven"));
    let grace_days = whole("grace_days", form.get("grace_days"), &mut issues);
    let valid_until = optional_date("valid_until", form.get("valid_until"), &mut issues);
    let (Some(kind), Some(schedule), Some(grace_days), true) =
        (kind, schedule, grace_days, issues.is_empty())
    else {
        return Err(issues);
    };
    let terms = ArrangementTerms {
        kind,
        schedule,
        activation: Activation::OnAcceptance,
        down_payment,
        concession,
        when_forgiven: when_forgiven.copied().unwrap_or_default(),
        cap: Cap::default(),
        grace_days,
        on_breach: Consequence::default(),
        prepayment: Prepayment::default(),
        min_installment: None,
    };
    let id = ArrangementId(typed::key(form.get("id"), || services.new_id()));
    Ok(NewArrangement { id, debts, terms, valid_until })
}

fn down_payment(
    form: &Form,
    currency: Currency,
    locale: Locale,
    issues: &mut Vec<FieldIssue>,
) -> Option<DownPaymentTerms> {
    let text = form.get("down_payment");
    if text.is_empty() {
        return None;
    }
    let amount = keep(issues, typed::amount("down_payment", text, currency, locale));
    let due_on = keep(issues, typed::date("down_payment_on", form.get("down_payment_on")));
    Some(DownPaymentTerms { amount: DownPayment::Amount(amount?), due_on: due_on? })
}

fn schedule(
    form: &Form,
    currency: Currency,
    locale: Locale,
    issues: &mut Vec<FieldIssue>,
) -> Option<ScheduleSpec> {
    if form.get("schedule") == "custom" {
        let installments = custom(form.get("installments"), currency, locale, issues)?;
        return Some(ScheduleSpec::Custom { installments });
    }
    let count = whole::<u32>("count", form.get("count"), issues);
    let first_due_on = keep(issues, typed::date("first_due_on", form.get("first_due_on")));
    let every = match form.get("every") {
        "weekly" => Frequency::Weeks(1),
        "biweekly" => Frequency::BIWEEKLY,
        _ => Frequency::MONTHLY,
    };
    let count = count?;
    if count == 0 {
        let says = Say::new("Escriba al menos una cuota", "Write at least one instalment");
        issues.push(FieldIssue { field: "count", says });
        return None;
    }
    Some(ScheduleSpec::Regular { first_due_on: first_due_on?, every, count })
}

/// One instalment a line: its date, a space, its amount.
fn custom(text: &str, currency: Currency, locale: Locale, issues: &mut Vec<FieldIssue>) -> Option<Vec<Due>> {
    let mut dues = Vec::new();
    for (number, line) in (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty()) {
        let (on, amount) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let read = typed::date("installments", on).and_then(|due_on| {
            Ok(Due { due_on, amount: typed::amount("installments", amount, currency, locale)? })
        });
        match read {
            Ok(due) => dues.push(due),
            Err(issue) => {
                let says = Say::new(
                    format!("Línea {number}: {}", issue.says.es),
                    format!("Line {number}: {}", issue.says.en),
                );
                issues.push(FieldIssue { says, ..issue });
                return None;
            }
        }
    }
    if dues.is_empty() {
        let says = Say::new(
            "Escriba una cuota por línea, por ejemplo 2026-12-15 500.00",
            "Write one instalment a line, for example 2026-12-15 500.00",
        );
        issues.push(FieldIssue { field: "installments", says });
        return None;
    }
    Some(dues)
}

fn concession(form: &Form, issues: &mut Vec<FieldIssue>) -> Vec<(Component, Discount)> {
    let mut concession = Vec::new();
    for component in Component::ALL {
        let field = discount_field(*component);
        let text = form.get(field).trim_end_matches('%').trim().replace(',', ".");
        if text.is_empty() {
            continue;
        }
        match text.parse::<Decimal>() {
            Ok(percent) if percent.is_zero() => {}
            Ok(percent) if !percent.is_negative() && percent <= Decimal::from(100) => {
                concession.push((*component, Discount::Percent(percent)));
            }
            _ => {
                let says = Say::new(
                    "Escriba un porcentaje de 0 a 100, por ejemplo 50",
                    "Write a percentage from 0 to 100, for example 50",
                );
                issues.push(FieldIssue { field, says });
            }
        }
    }
    concession
}

fn whole<T: std::str::FromStr + Default>(
    field: &'static str,
    text: &str,
    issues: &mut Vec<FieldIssue>,
) -> Option<T> {
    if text.is_empty() {
        return Some(T::default());
    }
    let says = || Say::new("Escriba un número entero, por ejemplo 6", "Write a whole number, for example 6");
    keep(issues, text.parse().map_err(|_| FieldIssue { field, says: says() }))
}

fn optional_date(field: &'static str, text: &str, issues: &mut Vec<FieldIssue>) -> Option<NaiveDate> {
    if text.is_empty() { None } else { keep(issues, typed::date(field, text)) }
}

/// The first instalment, unless something else is typed: a month from today.
pub fn first_date(today: NaiveDate) -> NaiveDate {
    domain::calendar::add_months(today, 1).unwrap_or(today)
}

/// How long an offer is valid, unless something else is typed: a week.
pub fn last_day(today: NaiveDate) -> NaiveDate {
    today.checked_add_days(Days::new(7)).unwrap_or(today)
}

/// The use case speaks of parts of the terms; the page has a field of its own for each.
fn own_names(issues: Vec<FieldIssue>) -> Vec<FieldIssue> {
    let rename = |issue: FieldIssue| match issue.field {
        "concession" => FieldIssue { field: "discount_principal", ..issue },
        _ => issue,
    };
    issues.into_iter().map(rename).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Form {
        Form(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn instalments_of_ones_own_are_read_line_by_line() {
        let mut issues = Vec::new();
        let dues =
            custom("2026-12-15 500.00\n\n2027-01-15  1,250.50\n", Currency::MXN, Locale::EsMx, &mut issues);
        let minor: Vec<_> = dues.unwrap().iter().map(|due| due.amount.minor()).collect();
        assert_eq!((minor, issues.len()), (vec![50_000, 125_050], 0));
        assert!(custom("2026-12-15 500\n15/01/2027 10", Currency::MXN, Locale::EsMx, &mut issues).is_none());
        assert!(issues.first().unwrap().says.es.starts_with("Línea 2"), "{issues:?}");
    }

    #[test]
    fn discounts_are_percentages_of_components() {
        let mut issues = Vec::new();
        let read = concession(&form(&[("discount_principal", "12,5 %"), ("discount_tax", "0")]), &mut issues);
        assert_eq!(read, [(Component::Principal, Discount::Percent("12.5".parse().unwrap()))]);
        assert!(issues.is_empty());
        concession(&form(&[("discount_tax", "101"), ("discount_interest", "-1")]), &mut issues);
        assert_eq!(issues.len(), 2);
    }

    #[test]
    fn a_plan_needs_at_least_one_instalment() {
        let mut issues = Vec::new();
        let form = form(&[("count", "0"), ("first_due_on", "2026-12-15")]);
        assert!(schedule(&form, Currency::MXN, Locale::EsMx, &mut issues).is_none());
        assert_eq!(issues.first().unwrap().field, "count");
    }
}
