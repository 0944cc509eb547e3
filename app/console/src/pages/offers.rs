//! What a debtor is told for a debt, and the proposals that wait for a person.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::access::Permission;
use domain::arrangement::negotiation::{Deal, Decision, Reason};
use domain::ids::AccountId;
use leptos::prelude::*;
use services::arrangements::{Ask, Negotiation, Offers, ProposalAnswer};
use services::{ServiceError, Services};
use ui::prelude::*;
use uuid::Uuid;
use web::{Form, form_state, see_other};

use super::account::{address, id_of};
use super::policy::{self, words};
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
            words::shown(rule, lang),
            offers.policy_version
        ),
    };
    let sees_policy = desk.may(Permission::ArrangementExceed) || desk.may(Permission::AuditRead);
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
            {sees_policy.then(|| view! { <p><a href=format!("{}?cuenta={id}", policy::ADDRESS)>{tr!(lang, "Por qué se le ofrece esto: la política", "Why it is offered this: the policy")}</a></p> })}
        </Frame>
    }
    .into_any()
}

fn row(deal: &Deal, lang: Lang, locale: Locale) -> AnyView {
    let off = deal.agreed.forgiven_total().ok().map(|off| format::money(&off, locale));
    let first = deal.schedule.first().map(|due| format::date_short(due.due_on, locale));
    view! {
        <tr>
            <th scope="row">{words::shown(&deal.offer, lang)}</th>
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
        Column::new(tr!(lang, "Respuesta", "Answer")),
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

/// What was asked for, in a line.
fn asked(ask: &Ask, lang: Lang, locale: Locale) -> String {
    match ask {
        Ask::Offer(name) => words::shown(name, lang),
        Ask::Proposal(proposal) => {
            let total = proposal.total.map_or_else(
                || tr!(lang, "lo que se pida", "what is asked").to_owned(),
                |total| format::money(&total, locale),
            );
            trf!(
                lang,
                "{0} en {1} pago(s), {2}, desde el {3}",
                "{0} in {1} payment(s), {2}, from {3}",
                total,
                proposal.payments,
                words::frequency(proposal.every, lang),
                format::date_short(proposal.first_on, locale)
            )
        }
        Ask::Household { household, .. } => trf!(
            lang,
            "Entran {0} y gasta {1} al mes",
            "{0} comes in and {1} is spent a month",
            format::money(&household.income, locale),
            format::money(&household.expenses, locale)
        ),
    }
}

/// Why a person has to look at it.
fn why(decision: &Decision, lang: Lang, locale: Locale) -> String {
    let says = |reason: &Reason| {
        let says =
            reason.says_in(|amount| format::money(amount, locale), |day| format::date_short(day, locale));
        says.pick(lang.tag()).to_owned()
    };
    let all: Vec<_> = match decision {
        Decision::Referred { reasons } | Decision::Countered { reasons, .. } => {
            reasons.iter().map(says).collect()
        }
        Decision::Accepted { .. } => Vec::new(),
    };
    all.join(" ")
}

fn referred_row((since, line): (String, Negotiation), lang: Lang, locale: Locale) -> AnyView {
    let href = format!("{ADDRESS}/{}", line.id);
    view! {
        <tr>
            <th scope="row" class="nowrap">{since}</th>
            <td data-label=tr!(lang, "Qué propuso", "What was proposed")>{asked(&line.ask, lang, locale)}</td>
            <td data-label=tr!(lang, "Por qué lo ve una persona", "Why a person looks at it")>{why(&line.decision, lang, locale)}</td>
            <td data-label=tr!(lang, "Respuesta", "Answer")><a href=href>{tr!(lang, "Responder", "Answer")}</a></td>
        </tr>
    }
    .into_any()
}

/// `GET /console/propuestas/{id}`
pub async fn one(State(services): State<Services>, desk: Desk, Path(id): Path<String>) -> Response {
    let result = proposal(&services, &desk, &id, None).await;
    desk.answer(result)
}

/// `POST /console/propuestas/{id}`: accepts it as it is (`act=accept`), or declines it with a reason.
pub async fn answer(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let result = answered(&services, &desk, &id, &form).await;
    desk.answer(result)
}

async fn answered(services: &Services, desk: &Desk, id: &str, form: &Form) -> Result<Response, ServiceError> {
    let asked: Uuid = id_of(id)?;
    let says = match form.get("act") {
        "accept" => ProposalAnswer::Accept,
        _ => ProposalAnswer::Decline(form.get("reason").to_owned()),
    };
    match services.answer_proposal(desk.actor(), asked, says).await {
        Ok(Some(offer)) => Ok(see_other(&format!("{}/{offer}?hecho=oferta", super::arrangements::ADDRESS))),
        Ok(None) => Ok(see_other(&format!("{ADDRESS}/{id}"))),
        Err(ServiceError::Invalid(mut issues)) => {
            // Limits that the offer goes beyond have no fields here.
            for issue in issues.iter_mut().filter(|issue| issue.field != "reason") {
                issue.field = "answer";
            }
            proposal(services, desk, id, Some(form_state(form, &issues, desk.lang()))).await
        }
        Err(error) => Err(error),
    }
}

async fn proposal(
    services: &Services,
    desk: &Desk,
    id: &str,
    form: Option<FormState>,
) -> Result<Response, ServiceError> {
    desk.actor().require(Permission::ArrangementOffer)?;
    let found = services.negotiation(desk.actor(), id_of(id)?).await?;
    let name = services.account_view(desk.actor(), found.account_id).await?.debtor.name;
    let page = desk.page(proposal_title(desk.lang())).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <One desk name found/> }))
}

const fn proposal_title(lang: Lang) -> &'static str {
    tr!(lang, "Propuesta del deudor", "The debtor's proposal")
}

#[component]
fn One(desk: Desk, name: String, found: Negotiation) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let crumbs = vec![Crumb::new(ADDRESS, queue_title(lang)), Crumb::here(name.clone())];
    let owed = found.debt.total().ok().map(|owed| format::money(&owed, locale));
    let errors: Vec<_> = ui::forms::form_state()
        .map(|state| state.errors)
        .unwrap_or_default()
        .into_iter()
        .filter(|error| error.field == "answer")
        .map(|error| view! { <Notice tone=Tone::Error title=error.message/> })
        .collect();
    let told = found.answered.as_ref().map(|answer| {
        let on = desk.time(answer.at);
        match &answer.declined {
            Some(reason) => trf!(lang, "Rechazada el {0}: {1}", "Declined on {0}: {1}", on, reason),
            None => trf!(lang, "Aceptada el {}.", "Accepted on {}.", on),
        }
    });
    let offer = found.arrangement_id.map(|offer| {
        let href = format!("{}/{offer}", super::arrangements::ADDRESS);
        view! { <p><a href=href>{tr!(lang, "Ver el convenio", "See the arrangement")}</a></p> }
    });
    let open = found.answered.is_none() && matches!(found.decision, Decision::Referred { .. });
    let is_plan = matches!(found.ask, Ask::Proposal(_));
    let here = format!("{ADDRESS}/{}", found.id);
    let builder = format!("{}/convenio", address(found.account_id));
    let to_accept = here.clone();
    view! {
        <Frame desk=desk.clone() section=Section::Arrangements title=proposal_title(lang) crumbs>
            <ErrorSummary/>
            <div id="answer">{errors}</div>
            <Card>
                <KeyValue>
                    <Pair term=tr!(lang, "Quién", "Who")><a href=address(found.account_id)>{name}</a></Pair>
                    <Pair term=tr!(lang, "Cuándo", "When")>{desk.time(found.asked_at)}</Pair>
                    <Pair term=tr!(lang, "Debía entonces", "Owed then")>{owed}</Pair>
                    <Pair term=tr!(lang, "Qué propuso", "What was proposed")>{asked(&found.ask, lang, locale)}</Pair>
                    <Pair term=tr!(lang, "Por qué lo ve una persona", "Why a person looks at it")>{why(&found.decision, lang, locale)}</Pair>
                </KeyValue>
                {told.map(|text| view! { <p>{text}</p> })}
                {offer}
            </Card>
            {(open && is_plan).then(|| view! {
                <Card title=tr!(lang, "Aceptarla como está", "Accept it as it is")>
                    <p>{tr!(
                        lang,
                        "Se hace una oferta igual a la propuesta, dentro de los límites de su función; la persona la revisa y la acepta en el portal.",
                        "An offer equal to the proposal is made, within the limits of your role; the person looks at it and accepts it in the portal.",
                    )}</p>
                    <PostForm action=to_accept>
                        <input type="hidden" name="act" value="accept"/>
                        <Button>{tr!(lang, "Hacer la oferta", "Make the offer")}</Button>
                    </PostForm>
                </Card>
            })}
            {open.then(|| view! {
                <Card title=tr!(lang, "Decir que no, con el motivo", "Say no, with the reason")>
                    <PostForm action=here.clone()>
                        <input type="hidden" name="act" value="decline"/>
                        <Textarea name="reason" label=tr!(lang, "Motivo", "Reason") rows=3 maxlength=1000
                            hint=tr!(lang, "Lo leerá la persona, tal como se escriba.", "The person will read it as you write it.")/>
                        <Button kind=ButtonKind::Secondary>{tr!(lang, "Responder", "Answer")}</Button>
                    </PostForm>
                </Card>
                <p><a href=builder.clone()>{tr!(lang, "Proponer otro convenio", "Propose another arrangement")}</a></p>
            })}
        </Frame>
    }
    .into_any()
}
