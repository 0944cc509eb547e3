//! One line of a statement: whose is it?

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::access::Permission;
use leptos::prelude::*;
use serde::Deserialize;
use services::bank::{BankLine, LineStatus, Seen};
use services::{ServiceError, Services};
use ui::prelude::*;
use uuid::Uuid;
use web::{Form, form_state, see_other};

use super::{ADDRESS, status_label, status_tone};
use crate::desk::{Desk, Frame, Section};
use crate::pages::account::{address, id_of};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Done {
    #[serde(rename = "hecho")]
    what: String,
}

/// `GET /console/estados-de-cuenta/{line}`
pub async fn show(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let result = page(&services, &desk, &id, done.what, None).await;
    desk.answer(result)
}

/// `POST /console/estados-de-cuenta/{line}`: the step that the pressed button names.
pub async fn act(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let answer = match done(&services, &desk, &id, &form).await {
        Ok(()) => Ok(see_other(&format!("{ADDRESS}/{id}?hecho=resuelta"))),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, desk.lang());
            page(&services, &desk, &id, String::new(), Some(state)).await
        }
        Err(error) => Err(error),
    };
    desk.answer(answer)
}

async fn done(services: &Services, desk: &Desk, id: &str, form: &Form) -> Result<(), ServiceError> {
    let (actor, line): (_, Uuid) = (desk.actor(), id_of(id)?);
    match form.get("step") {
        "assign" => services.assign_line(actor, line, form.get("account")).await.map(|_| ()),
        "seen" => services.line_seen_before(actor, line, id_of(form.get("payment"))?).await,
        "payout" => services.line_is_payout(actor, line, id_of(form.get("payout"))?).await,
        "not-ours" => services.line_not_ours(actor, line, form.get("note")).await,
        _ => Err(ServiceError::NotFound),
    }
}

async fn page(
    services: &Services,
    desk: &Desk,
    id: &str,
    done: String,
    form: Option<FormState>,
) -> Result<Response, ServiceError> {
    let line = services.bank_line(desk.actor(), id_of(id)?).await?;
    let told = done == "resuelta";
    let page = desk.page(title(desk.lang())).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <One desk line told/> }))
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Línea del estado de cuenta", "Line of the statement")
}

#[component]
fn One(desk: Desk, line: BankLine, told: bool) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let crumbs = vec![Crumb::new(ADDRESS, Section::Statements.label(lang)), Crumb::here(title(lang))];
    let may_post = desk.may(Permission::PaymentPost);
    let open = matches!(line.status, LineStatus::Waiting | LineStatus::NotOurs);
    let receipt = line.payment_id.map(|payment| {
        let href = format!("/console/recibos/{payment}");
        view! { <Pair term=tr!(lang, "Pago", "Payment")><a href=href>{tr!(lang, "Ver recibo", "See receipt")}</a></Pair> }
    });
    let account = line.account_id.map(|account| {
        view! { <Pair term=tr!(lang, "Cuenta", "Account")><a href=address(account)>{tr!(lang, "Ver cuenta", "See account")}</a></Pair> }
    });
    let note = line.note.clone().map(|note| view! { <Pair term=tr!(lang, "Nota", "Note")>{note}</Pair> });
    let reference = Some(line.reference.clone()).filter(|text| !text.is_empty());
    let reference =
        reference.map(|text| view! { <Pair term=tr!(lang, "Referencia", "Reference")>{text}</Pair> });
    let action = format!("{ADDRESS}/{}", line.id);
    let suggestions: Vec<_> =
        line.suggestions.iter().map(|seen| suggestion(seen, &action, may_post, lang)).collect();
    let payouts: Vec<_> = line.payouts.iter().map(|one| payout(one, &action, lang, locale)).collect();
    let assign = (open && may_post).then(|| {
        let action = action.clone();
        view! {
            <Card title=tr!(lang, "Es de una deuda", "It belongs to a debt")>
                <PostForm action>
                    <Step step="assign"/>
                    <Field
                        name="account" short=true autocomplete="off" label=tr!(lang, "Número de cuenta o referencia", "Account number or reference")
                        hint=tr!(lang, "Como está en la página de la cuenta.", "As it stands on the account's page.")
                    />
                    <Button>{tr!(lang, "Registrar el pago", "Post the payment")}</Button>
                </PostForm>
            </Card>
        }
    });
    let not_ours = (line.status == LineStatus::Waiting).then(|| {
        let action = action.clone();
        view! {
            <Card title=tr!(lang, "No es de ninguna deuda", "It belongs to no debt")>
                <PostForm action>
                    <Step step="not-ours"/>
                    <Textarea name="note" rows=2 maxlength=500 label=tr!(lang, "De quién es, o por qué", "Whose it is, or why")/>
                    <Button kind=ButtonKind::Secondary>{tr!(lang, "Marcar como no nuestro", "Mark as not ours")}</Button>
                </PostForm>
            </Card>
        }
    });
    let status = line.status;
    view! {
        <Frame desk section=Section::Statements title=title(lang) crumbs>
            <ErrorSummary/>
            {told.then(|| view! { <Notice tone=Tone::Success title=tr!(lang, "La línea quedó resuelta.", "The line is settled.")/> })}
            <div class="split">
                <div>{suggestions}{payouts}{assign}{not_ours}</div>
                <aside aria-label=tr!(lang, "Lo que dice el banco", "What the bank says")>
                    <Card>
                        <Amount money=line.amount label=tr!(lang, "Llegó", "Came in") small=true/>
                        <KeyValue>
                            <Pair term=tr!(lang, "Estado", "Status")><Badge tone=status_tone(status)>{status_label(status, lang)}</Badge></Pair>
                            <Pair term=tr!(lang, "Fecha", "Date")>{format::date_short(line.booked_on, locale)}</Pair>
                            <Pair term=tr!(lang, "Descripción", "Description")>{line.description}</Pair>
                            {reference}
                            {account}
                            {receipt}
                            {note}
                        </KeyValue>
                    </Card>
                </aside>
            </div>
        </Frame>
    }
    .into_any()
}

/// A payout of the payment provider that it may be.
fn payout(
    (id, name, on): &(Uuid, String, chrono::NaiveDate),
    action: &str,
    lang: Lang,
    locale: Locale,
) -> AnyView {
    let says = trf!(
        lang,
        "Un depósito del proveedor de pagos por el mismo importe, para el {0} ({1})",
        "A payout of the payment provider of the same amount, for {0} ({1})",
        format::date_short(*on, locale),
        name
    );
    let (action, id) = (action.to_owned(), id.to_string());
    view! {
        <Card title=tr!(lang, "Puede ser", "It may be")>
            <p>{says}</p>
            <PostForm action>
                <Step step="payout"/>
                <input type="hidden" name="payout" value=id/>
                <Button kind=ButtonKind::Secondary>{tr!(lang, "Es ese depósito", "It is that payout")}</Button>
            </PostForm>
        </Card>
    }
    .into_any()
}

/// A debt that it may be, and payments that it may be already.
fn suggestion(seen: &Seen, action: &str, may_post: bool, lang: Lang) -> AnyView {
    let says = if seen.exact {
        trf!(lang, "La referencia es la de la cuenta {}", "The reference is that of account {}", seen.account)
    } else {
        trf!(
            lang,
            "Con un carácter corregido, o dos en su orden, sería la referencia de la cuenta {}",
            "With one character mended, or two in their order, it would be the reference of account {}",
            seen.account
        )
    };
    let before: Vec<_> = seen
        .payments
        .iter()
        .map(|(payment, receipt)| {
            let (action, payment) = (action.to_owned(), payment.to_string());
            let says = trf!(
                lang,
                "Es el pago del recibo {}: no registrar otro",
                "It is the payment of receipt {}: post no other",
                receipt
            );
            view! {
                <PostForm action=action>
                    <Step step="seen"/>
                    <input type="hidden" name="payment" value=payment/>
                    <Button kind=ButtonKind::Secondary>{says}</Button>
                </PostForm>
            }
        })
        .collect();
    let double = (!before.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Warn title=tr!(lang, "En esa cuenta ya hay un pago igual", "That account already has a payment like this")>
                {tr!(lang, "Mismo importe y fecha cercana. Puede ser este mismo dinero, registrado a mano.", "Same amount and a near date. It may be this same money, posted by hand.")}
            </Notice>
        }
    });
    let post = may_post.then(|| {
        let (action, account) = (action.to_owned(), seen.account.clone());
        view! {
            <PostForm action=action>
                <Step step="assign"/>
                <input type="hidden" name="account" value=account/>
                <Button kind=ButtonKind::Secondary>{tr!(lang, "Registrar en esa cuenta", "Post on that account")}</Button>
            </PostForm>
        }
    });
    let href = address(seen.account_id);
    view! {
        <Card title=tr!(lang, "Puede ser", "It may be")>
            <p><a href=href>{says}</a></p>
            {double}
            {before}
            {post}
        </Card>
    }
    .into_any()
}

#[component]
fn Step(step: &'static str) -> impl IntoView {
    view! { <input type="hidden" name="step" value=step/> }
}
