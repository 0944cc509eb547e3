//! The statement of one account (estado de cuenta): what is owed, what it is made of, every movement.

use axum::extract::{Path, State};
use axum::response::Response;
use documents::{Issuer, Line, Movement, Paper, StatementData, account_statement};
use domain::access::Actor;
use domain::ids::AccountId;
use domain::ledger::movements;
use domain::money::Money;
use services::accounts::AccountView;
use services::{ServiceError, Services};
use ui::i18n::Locale;
use ui::{format, labels, tr};
use uuid::Uuid;
use web::{Debtor, Staff, Surface};

use super::{file, language, masked_document, typeset};

pub async fn for_debtor(State(services): State<Services>, debtor: Debtor, Path(id): Path<Uuid>) -> Response {
    let (actor, locale) = (debtor.actor(), debtor.visitor.locale);
    let made =
        async { render(&services, actor, locale, services.my_debt(actor, AccountId(id)).await?).await };
    file(made.await, &debtor.visitor, Surface::Portal)
}

pub async fn for_staff(State(services): State<Services>, staff: Staff, Path(id): Path<Uuid>) -> Response {
    let (actor, locale) = (staff.actor(), staff.visitor.locale);
    let made =
        async { render(&services, actor, locale, services.account_view(actor, AccountId(id)).await?).await };
    file(made.await, &staff.visitor, Surface::Console)
}

async fn render(
    services: &Services,
    actor: &Actor,
    locale: Locale,
    view: AccountView,
) -> Result<(String, Vec<u8>), ServiceError> {
    let organization = services.organization(actor.organization_id).await?;
    let now = services.now();
    let data = StatementData {
        issuer: Issuer { name: organization.name, details: Vec::new() },
        sandbox: !services.livemode(),
        issued_at: now,
        issued_on: format::date_time(&now.with_timezone(&organization.zone), locale),
        ..data(&view, locale)?
    };
    let name = format!("saldar-{}", data.content_hash.chars().take(12).collect::<String>());
    let lang = language(locale);
    Ok((name, typeset(move || account_statement(&data, lang)).await?))
}

/// All but who issues it, and when.
fn data(view: &AccountView, locale: Locale) -> Result<StatementData, ServiceError> {
    let lang = locale.lang();
    let summary = &view.summary;
    let currency = summary.account.currency;
    let money = |amount: Money| format::money(&amount, locale);
    let closing = summary.balance.total()?;
    let history = movements(&view.journal, currency);
    let mut lines: Vec<Movement> = history
        .iter()
        .map(|line| Movement {
            date: format::date_short(line.on, locale),
            label: labels::movement(line.kind, lang).to_owned(),
            amount: money(line.change),
            balance: money(line.after),
        })
        .collect();
    if !summary.grown.is_zero() {
        let label = tr!(
            lang,
            "Intereses desde el último movimiento",
            "Interest since the last movement",
            "Juros desde o último movimento"
        );
        lines.push(Movement {
            date: format::date_short(view.today, locale),
            label: label.to_owned(),
            amount: money(summary.grown),
            balance: money(closing),
        });
    }
    let as_of = format::date_long(view.today, locale);
    let from = history.first().map_or(summary.account.due_on, |line| line.on);
    let content: Vec<String> =
        history.iter().map(|line| format!("{}|{}|{}", line.on, line.change, line.after)).collect();
    let content = format!("{}|{}|{closing}\n{}", summary.account.id, view.today, content.join("\n"));
    Ok(StatementData {
        issuer: Issuer { name: String::new(), details: Vec::new() },
        creditor: summary.creditor.name.clone(),
        debtor_name: view.debtor.name.clone(),
        debtor_document: masked_document(&view.debtor),
        account_external_id: summary.account.external_id.clone(),
        period: format!("{} – {}", format::date_short(from, locale), format::date_short(view.today, locale)),
        as_of,
        opening_balance: money(Money::zero(currency)),
        closing_balance: money(closing),
        components: summary
            .balance
            .components()
            .filter(|(_, amount)| !amount.is_zero())
            .map(|(component, amount)| Line {
                label: labels::component(component, lang).to_owned(),
                amount: money(amount),
            })
            .collect(),
        movements: lines,
        content_hash: services::api::fingerprint(&content),
        sandbox: false,
        issued_at: chrono::DateTime::UNIX_EPOCH,
        issued_on: String::new(),
        paper: Paper::of(&summary.creditor.country),
    })
}
