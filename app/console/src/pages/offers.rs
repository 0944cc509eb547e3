//! What a debtor is told for a debt, and the proposals that wait for a person.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::arrangement::negotiation::{Deal, Decision, Reason};
use domain::ids::AccountId;
use leptos::prelude::*;
use services::arrangements::{Ask, Negotiation, Offers};
use services::{ServiceError, Services};
use ui::prelude::*;

use super::account::{address, id_of};
use crate::desk::{ACCOUNTS, Desk, Frame, Section};

pub const ADDRESS: &str = "/console/propuestas";

/// `GET /console/cuentas/{id}/ofertas`
pub async fn show(State(services): State<Services>, desk: Desk, Path(id): Path<String>) -> Response {
    let result = page(&services, &desk, &id).await;
    desk.answer(result)
}

/// `GET /console/propuestas`
pub async fn referred(State(services): State<Services>, desk: Desk) -> Response {
    let result = queue(&services, &desk).await;
    desk.answer(result)
}

async fn page(services: &Services, desk: &Desk, id: &str) -> Result<Response, ServiceError> {
    let id: AccountId = id_of(id)?;
    let offers = services.offers_for(desk.actor(), id).await?;
    let account = services.account_view(desk.actor(), id).await?;
    let page = desk.page(title(desk.lang()));
    let (desk, name) = (desk.clone(), account.debtor.name);
    Ok(page.render(move || view! { <Told desk id name offers/> }))
}

async fn queue(services: &Services, desk: &Desk) -> Result<Response, ServiceError> {
    let found = services.referred_negotiations(desk.actor()).await?;
    let lines: Vec<_> = found.into_iter().map(|line| (desk.time(line.asked_at), line)).collect();
    let page = desk.page(queue_title(desk.lang()));
    let desk = desk.clone();
    Ok(page.render(move || view! { <Queue desk lines/> }))
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Qué se le ofrece", "What is offered")
}

const fn queue_title(lang: Lang) -> &'static str {
    tr!(lang, "Propuestas para una persona", "Proposals for a person")
}

#[component]
fn Told(desk: Desk, id: AccountId, name: String, offers: Offers) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let crumbs = vec![
        Crumb::new(ACCOUNTS, Section::Accounts.label(lang)),
        Crumb::new(address(id), name),
        Crumb::here(title(lang)),
    ];
    let why = match (offers.running, &offers.rule) {
        (Some(_), _) => tr!(
            lang,
            "Ya hay un convenio vigente: no se ofrece otro.",
            "An arrangement runs already: no other is offered."
        )
        .to_owned(),
        (None, None) => tr!(
            lang,
            "Ninguna regla de la política se ajusta a esta deuda: decide una persona.",
            "No rule of the policy fits this debt: a person decides."
        )
        .to_owned(),
        (None, Some(rule)) => trf!(
            lang,
            "Regla «{0}», versión {1} de la política. El portal, el teléfono y la visita dicen lo mismo.",
            "Rule “{0}”, version {1} of the policy. Portal, phone and visit say the same.",
            rule,
            offers.policy_version
        ),
    };
    let rows: Vec<_> = offers.deals.iter().map(|deal| row(deal, lang, locale)).collect();
    let none = rows.is_empty();
    let columns = vec![
        Column::new(tr!(lang, "Oferta", "Offer")),
        Column::number(tr!(lang, "Se paga", "To pay")),
        Column::number(tr!(lang, "Se condona", "Forgiven")),
        Column::number(tr!(lang, "Pagos", "Payments")),
        Column::new(tr!(lang, "Primer pago", "First payment")),
        Column::new(tr!(lang, "Vale hasta", "Valid until")),
    ];
    view! {
        <Frame desk section=Section::Accounts title=title(lang) crumbs>
            <p class="lead">{why}</p>
            {if none {
                view! { <Card><EmptyState title=tr!(lang, "No se ofrece nada sin una persona", "Nothing is offered without a person")/></Card> }.into_any()
            } else {
                view! { <div class="card"><DataTable caption=title(lang) caption_hidden=true stacked=true columns>{rows}</DataTable></div> }.into_any()
            }}
            <p><a href=format!("{}/convenio", address(id))>{tr!(lang, "Proponer otro convenio", "Propose another arrangement")}</a></p>
        </Frame>
    }
    .into_any()
}

fn row(deal: &Deal, lang: Lang, locale: Locale) -> AnyView {
    let off = deal.agreed.forgiven_total().ok().map(|off| format::money(&off, locale));
    let first = deal.schedule.first().map(|due| format::date_short(due.due_on, locale));
    view! {
        <tr>
            <th scope="row">{deal.offer.clone()}</th>
            <td class="num" data-label=tr!(lang, "Se paga", "To pay")>{format::money(&deal.agreed.to_pay, locale)}</td>
            <td class="num" data-label=tr!(lang, "Se condona", "Forgiven")>{off}</td>
            <td class="num" data-label=tr!(lang, "Pagos", "Payments")>{deal.schedule.len()}</td>
            <td class="nowrap" data-label=tr!(lang, "Primer pago", "First payment")>{first}</td>
            <td class="nowrap" data-label=tr!(lang, "Vale hasta", "Valid until")>{format::date_short(deal.valid_until, locale)}</td>
        </tr>
    }
    .into_any()
}

#[component]
fn Queue(desk: Desk, lines: Vec<(String, Negotiation)>) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let none = lines.is_empty();
    let rows: Vec<_> = lines.into_iter().map(|line| referred_row(line, lang, locale)).collect();
    let columns = vec![
        Column::new(tr!(lang, "Cuándo", "When")),
        Column::new(tr!(lang, "Qué propuso", "What was proposed")),
        Column::new(tr!(lang, "Por qué lo ve una persona", "Why a person looks at it")),
        Column::new(tr!(lang, "Cuenta", "Account")),
    ];
    view! {
        <Frame desk section=Section::Arrangements title=queue_title(lang)>
            <p class="lead">{tr!(
                lang,
                "Personas que no pueden pagar lo que se ofrece. Su propuesta espera respuesta.",
                "People who cannot pay what is offered. Their proposal waits for an answer.",
            )}</p>
            {if none {
                view! { <Card><EmptyState title=tr!(lang, "No espera ninguna", "None is waiting")/></Card> }.into_any()
            } else {
                view! { <div class="card"><DataTable caption=queue_title(lang) caption_hidden=true stacked=true columns>{rows}</DataTable></div> }.into_any()
            }}
        </Frame>
    }
    .into_any()
}

fn referred_row((since, line): (String, Negotiation), lang: Lang, locale: Locale) -> AnyView {
    let asked = match &line.ask {
        Ask::Offer(name) => name.clone(),
        Ask::Proposal(proposal) => {
            let total = proposal.total.map_or_else(
                || tr!(lang, "lo que se pida", "what is asked").to_owned(),
                |total| format::money(&total, locale),
            );
            trf!(lang, "{0} en {1} pago(s)", "{0} in {1} payment(s)", total, proposal.payments)
        }
        Ask::Household { household, .. } => trf!(
            lang,
            "Entran {0} y gasta {1} al mes",
            "{0} comes in and {1} is spent a month",
            format::money(&household.income, locale),
            format::money(&household.expenses, locale)
        ),
    };
    let why = match &line.decision {
        Decision::Referred { reasons } | Decision::Countered { reasons, .. } => {
            let says = |reason: &Reason| {
                reason.says_in(|amount| format::money(amount, locale), |day| format::date_short(day, locale))
            };
            reasons.iter().map(|reason| says(reason).pick(lang.tag()).to_owned()).collect()
        }
        Decision::Accepted { .. } => Vec::new(),
    }
    .join(" ");
    let href = format!("{}/convenio", address(line.account_id));
    view! {
        <tr>
            <th scope="row" class="nowrap">{since}</th>
            <td data-label=tr!(lang, "Qué propuso", "What was proposed")>{asked}</td>
            <td data-label=tr!(lang, "Por qué lo ve una persona", "Why a person looks at it")>{why}</td>
            <td data-label=tr!(lang, "Cuenta", "Account")><a href=href>{tr!(lang, "Proponer convenio", "Propose an arrangement")}</a></td>
        </tr>
    }
    .into_any()
}
