//! Payments that a person has to look at: the queue, and closing a line of it.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use leptos::prelude::*;
use serde::Deserialize;
use services::payments::{ExceptionKind, PaymentException};
use services::{ServiceError, Services};
use ui::prelude::*;
use uuid::Uuid;
use web::{Form, form_state, see_other};

use super::account::address;
use super::payouts::difference;
use crate::desk::{Desk, Frame, Section};

pub const ADDRESS: &str = "/console/excepciones";

#[derive(Deserialize)]
pub struct Wish {
    #[serde(default)]
    cerradas: bool,
}

/// `GET /console/excepciones`
pub async fn show(State(services): State<Services>, desk: Desk, Query(wish): Query<Wish>) -> Response {
    let result = page(&services, &desk, wish.cerradas).await;
    desk.answer(result)
}

/// `GET /console/excepciones/{id}`
pub async fn show_one(State(services): State<Services>, desk: Desk, Path(id): Path<Uuid>) -> Response {
    let result = one(&services, &desk, id, None).await;
    desk.answer(result)
}

/// `POST /console/excepciones/{id}`
pub async fn resolve(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<Uuid>,
    form: Form,
) -> Response {
    let answer = match services.resolve_exception(desk.actor(), id, form.get("resolution")).await {
        Ok(()) => Ok(see_other(ADDRESS)),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, desk.lang());
            one(&services, &desk, id, Some(state)).await
        }
        Err(error) => Err(error),
    };
    desk.answer(answer)
}

async fn page(services: &Services, desk: &Desk, closed: bool) -> Result<Response, ServiceError> {
    let found = services.payment_exceptions(desk.actor(), closed).await?;
    let staff = services.staff_by_audit_name(desk.actor()).await?;
    let lines: Vec<_> = found
        .into_iter()
        .map(|line| (desk.time(line.opened_at), closing(desk, &staff, &line), line))
        .collect();
    let page = desk.page(Section::Exceptions.label(desk.lang()));
    let desk = desk.clone();
    Ok(page.render(move || view! { <Queue desk lines closed/> }))
}

async fn one(
    services: &Services,
    desk: &Desk,
    id: Uuid,
    form: Option<FormState>,
) -> Result<Response, ServiceError> {
    let line = services.payment_exception(desk.actor(), id).await?;
    let since = desk.time(line.opened_at);
    let staff = services.staff_by_audit_name(desk.actor()).await?;
    let closed = closing(desk, &staff, &line);
    let page = desk.page(happened(&line, desk.lang())).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <One desk line since closed/> }))
}

const fn what(kind: ExceptionKind, lang: Lang) -> &'static str {
    match kind {
        ExceptionKind::Excess => tr!(
            lang,
            "Llegó más de lo que se debía; el resto quedó a favor",
            "More came than was owed; the rest is in the debtor's favour"
        ),
        ExceptionKind::Currency => tr!(
            lang,
            "Llegó en otra moneda; no se aplicó a la deuda",
            "It came in another currency; it is not on the debt"
        ),
        ExceptionKind::Chargeback => {
            tr!(lang, "El banco del pagador retiró el dinero", "The payer's bank took the money back")
        }
        ExceptionKind::RefundFailed => {
            tr!(lang, "La devolución no llegó al pagador", "The refund did not reach the payer")
        }
        ExceptionKind::Settlement => {
            tr!(lang, "El proveedor y el libro no concuerdan", "The provider and the ledger do not match")
        }
    }
}

/// What happened: of a difference, which.
const fn happened(line: &PaymentException, lang: Lang) -> &'static str {
    match line.cause {
        Some(cause) => difference(cause, lang).0,
        None => what(line.kind, lang),
    }
}

/// Where the payment, or else the account, is.
fn place(line: &PaymentException, lang: Lang) -> Option<(String, &'static str)> {
    match (line.payment_id, line.account_id) {
        (Some(id), _) => Some((format!("/console/recibos/{id}"), tr!(lang, "Ver recibo", "See receipt"))),
        (None, Some(id)) => Some((address(id), tr!(lang, "Ver cuenta", "See account"))),
        (None, None) => line.payout_id.map(|id| {
            let href = format!("{}/{id}", super::payouts::ADDRESS);
            (href, tr!(lang, "Ver depósito", "See payout"))
        }),
    }
}

#[component]
fn One(desk: Desk, line: PaymentException, since: String, closed: Option<Closed>) -> impl IntoView {
    let lang = use_lang();
    let title = happened(&line, lang);
    let remedy = line.cause.map(|cause| view! { <p>{difference(cause, lang).1}</p> });
    let crumbs = vec![Crumb::new(ADDRESS, Section::Exceptions.label(lang)), Crumb::here(title)];
    let action = format!("{ADDRESS}/{}", line.id);
    let link = place(&line, lang).map(|(href, says)| view! { <p><a href=href>{says}</a></p> });
    let chargeback = line.kind == ExceptionKind::Chargeback && line.resolved.is_none();
    let paused = chargeback.then(|| view! {
        <p>{tr!(
            lang,
            "Mientras tanto no se contacta por esta deuda. La pausa termina si se gana la disputa, o al cerrar aquí.",
            "Meanwhile nobody is contacted about this debt. The pause ends when the dispute is won, or when this is closed."
        )}</p>
    });
    let form = line.resolved.is_none().then(|| view! {
        <PostForm action>
            <Textarea
                name="resolution" label=tr!(lang, "Qué se hizo", "What was done") rows=3 maxlength=1000
                hint=tr!(lang, "Quedará en la auditoría, por ejemplo: se acordó otra fecha con el titular.", "It is kept for audit, for example: another date was agreed with the debtor.")
            />
            <Button>{tr!(lang, "Cerrar", "Close")}</Button>
        </PostForm>
    });
    view! {
        <Frame desk section=Section::Exceptions title crumbs>
            <ErrorSummary/>
            <Card>
                <Amount money=line.amount label=tr!(lang, "Importe", "Amount") small=true/>
                <KeyValue><Pair term=tr!(lang, "Desde", "Since")>{since}</Pair></KeyValue>
                {link}
                {remedy}
                {paused}
                {closed.map(outcome)}
                {form}
            </Card>
        </Frame>
    }
    .into_any()
}

/// When, by whom, and what was done.
type Closed = (String, String, String);
type Line = (String, Option<Closed>, PaymentException);

fn closing(desk: &Desk, staff: &[(String, String)], line: &PaymentException) -> Option<Closed> {
    let name = |by: &String| staff.iter().find(|(known, _)| known == by).map_or(by, |(_, name)| name).clone();
    line.resolved.as_ref().map(|(at, by, what)| (desk.time(*at), name(by), what.clone()))
}

fn outcome((at, by, what): Closed) -> impl IntoView {
    view! { <p>{what}<br/><small>{by} " · " {at}</small></p> }
}

#[component]
fn Queue(desk: Desk, lines: Vec<Line>, closed: bool) -> impl IntoView {
    let lang = use_lang();
    let none = lines.is_empty();
    let rows: Vec<_> = lines.into_iter().map(|line| row(line, lang)).collect();
    let columns = vec![
        Column::new(tr!(lang, "Desde", "Since")),
        Column::new(tr!(lang, "Qué pasó", "What happened")),
        Column::number(tr!(lang, "Importe", "Amount")),
        Column::new(tr!(lang, "Pago", "Payment")),
        Column::new(tr!(lang, "Qué se hizo", "What was done")),
    ];
    let (other, says) = if closed {
        (ADDRESS.to_owned(), tr!(lang, "Ver las abiertas", "See the open ones"))
    } else {
        (format!("{ADDRESS}?cerradas=true"), tr!(lang, "Ver las cerradas", "See the closed ones"))
    };
    view! {
        <Frame desk section=Section::Exceptions title=Section::Exceptions.label(lang)>
            <p class="lead">{tr!(
                lang,
                "Pagos que necesitan a una persona: dinero de más, en otra moneda, contracargos, devoluciones que no llegaron y diferencias con el proveedor.",
                "Payments that need a person: too much money, another currency, chargebacks, refunds that did not arrive, and differences with the provider.",
            )}</p>
            <p><a href=other>{says}</a></p>
            {if none {
                view! { <Card><EmptyState title=tr!(lang, "No hay nada que revisar", "There is nothing to look at")/></Card> }.into_any()
            } else {
                view! {
                    <div class="card">
                        <DataTable caption=Section::Exceptions.label(lang) caption_hidden=true stacked=true columns>{rows}</DataTable>
                    </div>
                }.into_any()
            }}
        </Frame>
    }
}

fn row((since, closed, line): Line, lang: Lang) -> impl IntoView {
    let locale = use_locale();
    let payment = place(&line, lang);
    let done = if let Some(closed) = closed {
        outcome(closed).into_any()
    } else {
        let href = format!("{ADDRESS}/{}", line.id);
        view! { <a href=href>{tr!(lang, "Revisar", "Look at it")}</a> }.into_any()
    };
    view! {
        <tr>
            <th scope="row" class="nowrap">{since}</th>
            <td data-label=tr!(lang, "Qué pasó", "What happened")>{happened(&line, lang)}</td>
            <td class="num" data-label=tr!(lang, "Importe", "Amount")>{format::money(&line.amount, locale)}</td>
            <td data-label=tr!(lang, "Pago", "Payment")>{payment.map(|(href, says)| view! { <a href=href>{says}</a> })}</td>
            <td data-label=tr!(lang, "Qué se hizo", "What was done")>{done}</td>
        </tr>
    }
    .into_any()
}
