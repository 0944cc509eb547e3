//! An agreement: what it says, accepting it, and how it goes.

use axum::extract::{Path, Query, State};
use domain::arrangement::{Approval, ArrangementStatus};
use domain::ids::ArrangementId;
use domain::money::Money;
use leptos::prelude::*;
use serde::Deserialize;
use services::arrangements::{AcceptArrangement, ArrangementView, PlanOptions};
use services::debtors::{CodeAnswer, Standing};
use services::{ServiceError, Services};
use ui::prelude::*;
use uuid::Uuid;
use web::{Debtor, Form, form_state, see_other};

use super::change::ChangeCard;
use super::confirm::Accept;
use super::deal::{Payments, name};
use super::{SIGN_OUT, autopay};
use crate::shell::{Answer, fail, id, is_demo, own_page};

/// Which consent was given: changes whenever its sentence does.
const CONSENT: &str = "portal-2026-11";

#[derive(Debug, Deserialize)]
pub struct Asked {
    /// The challenge of a code that was asked for.
    #[serde(rename = "codigo")]
    challenge: Option<String>,
}

/// `GET /acuerdos/{id}`
pub async fn show(
    State(services): State<Services>,
    debtor: Debtor,
    Path(which): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let challenge = asked.challenge.and_then(|text| text.parse().ok());
    page(&services, &debtor, id(&which, &debtor.visitor)?, challenge, None).await
}

/// `POST /acuerdos/{id}`: accepts it, or sends the code that accepting needs (`step=code`).
pub async fn accept(
    State(services): State<Services>,
    debtor: Debtor,
    Path(which): Path<String>,
    form: Form,
) -> Answer {
    let which: ArrangementId = id(&which, &debtor.visitor)?;
    let lang = debtor.lang();
    let fault = |error: ServiceError| fail(error, &debtor.visitor);
    let view = services.arrangement(debtor.actor(), which).await.map_err(fault)?;
    if form.get("step") == "code" {
        return match services.send_fresh_code(&debtor.session).await {
            Ok(challenge) => Ok(see_other(&format!("/acuerdos/{which}?codigo={challenge}#aceptar"))),
            Err(ServiceError::Invalid(issues)) => {
                let state = form_state(&form, &issues, lang);
                page(&services, &debtor, which, None, Some(state)).await
            }
            Err(error) => Err(fault(error)),
        };
    }
    let challenge: Option<Uuid> = form.get("challenge").parse().ok();
    if form.get("consent") != "true" {
        let says = tr!(
            lang,
            "Marca que leíste y aceptas las condiciones.",
            "Tick that you have read and accept the terms.",
            "Marque que leu e aceita as condições."
        );
        let state = form_state(&form, &[], lang).with_error("consent", says);
        return page(&services, &debtor, which, challenge, Some(state)).await;
    }
    let answer = challenge.map(|challenge| CodeAnswer { challenge, code: form.get("code").to_owned() });
    let accept = AcceptArrangement {
        terms_hash: form.get("terms").to_owned(),
        channel: "portal".to_owned(),
        words: format!("{CONSENT}: {}", consent(&view, debtor.visitor.locale)),
        origin: Some(debtor.visitor.address.clone()),
    };
    match services.accept_my_arrangement(&debtor.session, which, accept, answer).await {
        Ok(()) => Ok(see_other(&format!("/acuerdos/{which}"))),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, lang);
            page(&services, &debtor, which, challenge, Some(state)).await
        }
        Err(error) => Err(fault(error)),
    }
}

pub(super) async fn page(
    services: &Services,
    debtor: &Debtor,
    which: ArrangementId,
    challenge: Option<Uuid>,
    form: Option<FormState>,
) -> Answer {
    let fault = |error: ServiceError| fail(error, &debtor.visitor);
    let view = services.arrangement(debtor.actor(), which).await.map_err(fault)?;
    let standing = match view.arrangement.status {
        ArrangementStatus::Offered => services.standing(&debtor.session, challenge).await.map_err(fault)?,
        _ => Standing::Fresh,
    };
    let changes = if view.arrangement.status == ArrangementStatus::Active {
        let options = services.plan_options(debtor.actor(), which).await.map_err(fault)?;
        Some((options, services.new_id()))
    } else {
        None
    };
    let is_automatic = view.arrangement.status.is_running()
        && services.has_autopay(debtor.actor(), which).await.map_err(fault)?;
    let page = own_page(services, debtor, title(debtor.lang())).await?.form(form);
    let demo = is_demo(services);
    Ok(page.render(move || view! { <AgreementPage view standing changes is_automatic demo/> }))
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Tu acuerdo", "Your agreement", "Seu acordo")
}

/// The sentence that is agreed to; it is kept as it was shown.
fn consent(view: &ArrangementView, locale: Locale) -> String {
    let agreed = &view.arrangement.agreed;
    trf!(
        locale.lang(),
        "Leí las condiciones y acepto pagar {0} en {1} pago(s), en las fechas de arriba.",
        "I have read the terms and agree to pay {0} in {1} payment(s), on the dates above.",
        "Li as condições e aceito pagar {0} em {1} pagamento(s), nas datas acima.",
        format::money(&agreed.to_pay, locale),
        view.arrangement.schedule.len()
    )
}

/// How it stands, for its debtor.
pub const fn status(status: ArrangementStatus, lang: Lang) -> (Tone, &'static str) {
    match status {
        ArrangementStatus::Offered => (
            Tone::Info,
            tr!(lang, "Falta que lo aceptes", "You have not accepted it yet", "Falta você aceitar"),
        ),
        ArrangementStatus::Accepted => (
            Tone::Info,
            tr!(
                lang,
                "Empieza con el primer pago",
                "It begins with the first payment",
                "Começa com o primeiro pagamento"
            ),
        ),
        ArrangementStatus::Active => (Tone::Success, tr!(lang, "Vigente", "Active", "Vigente")),
        ArrangementStatus::Completed => (Tone::Success, tr!(lang, "Cumplido", "Completed", "Cumprido")),
        ArrangementStatus::Broken => (
            Tone::Warn,
            tr!(
                lang,
                "Ya no vale: faltó un pago",
                "No longer valid: a payment was missed",
                "Não vale mais: faltou um pagamento"
            ),
        ),
        ArrangementStatus::Cancelled => (Tone::Neutral, tr!(lang, "Cancelado", "Cancelled", "Cancelado")),
        ArrangementStatus::Expired => {
            (Tone::Neutral, tr!(lang, "Pasó de fecha", "Past its day", "Passou da data"))
        }
    }
}

#[component]
fn AgreementPage(
    view: ArrangementView,
    standing: Standing,
    changes: Option<(PlanOptions, Uuid)>,
    is_automatic: bool,
    demo: bool,
) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let of = view.arrangement.clone();
    let here = format!("/acuerdos/{}", of.id);
    let back = view
        .debts
        .first()
        .map_or_else(|| "/deudas".to_owned(), |debt| format!("/deudas/{}", debt.account_id));
    let (tone, state) = status(of.status, lang);
    let offered = of.status == ArrangementStatus::Offered;
    let open = offered && !matches!(of.approval, Approval::Needed { .. });
    let off = of.agreed.forgiven_total().ok();
    let when = ui::agreement::when_forgiven(of.terms.when_forgiven, locale);
    let conditions: Vec<_> = ui::agreement::conditions(&of.terms, locale)
        .into_iter()
        .map(|says| view! { <li>{says}</li> })
        .collect();
    let debts: Vec<_> = view
        .debts
        .iter()
        .map(|debt| {
            let (term, number) = (debt.creditor_name.clone(), debt.external_id.clone());
            view! { <Pair term=term>{number}</Pair> }
        })
        .collect();
    let sentence = consent(&view, locale);
    let pay = (of.status.is_running()).then(|| {
        view! { <LinkButton href=format!("{back}/pagar?choice=next")>{tr!(lang, "Pagar", "Pay", "Pagar")}</LinkButton> }
    });
    let automatic = (of.status.is_running()).then(|| {
        let says = if is_automatic {
            tr!(lang, "Pago automático: activado", "Automatic payment: on", "Pagamento automático: ativado")
        } else {
            autopay::title(lang)
        };
        view! { <LinkButton href=format!("{here}/pago-automatico") kind=ButtonKind::Secondary>{says}</LinkButton> }
    });
    let accepted = of.acceptance.as_ref().map(|acceptance| {
        let on = format::date_long(acceptance.at.date_naive(), locale);
        view! { <p>{trf!(lang, "Lo aceptaste el {}.", "You accepted it on {}.", "Você aceitou em {}.", on)}</p> }
    });
    view! {
        <PortalLayout title=title(lang) back=back sign_out=SIGN_OUT>
            <ErrorSummary/>
            <section class="card">
                <p><Badge tone>{state}</Badge></p>
                <Amount money=of.agreed.to_pay label=tr!(lang, "Pagas en total", "You pay in all", "Você paga no total")/>
                {accepted}
                <KeyValue>
                    {debts}
                    {off.filter(Money::is_positive).map(|off| view! {
                        <Pair term=when>{format::money(&off, locale)}</Pair>
                    })}
                </KeyValue>
                <h2>{name(of.schedule.len(), lang)}</h2>
                <Payments schedule=of.schedule.clone()/>
                {pay}
                {automatic}
            </section>
            {changes.map(|(options, key)| view! { <ChangeCard options key plan=of.id revision=of.revision action=here.clone()/> })}
            <Card title=tr!(lang, "Qué más dice", "What else it says", "O que mais diz")>
                <ul>{conditions}</ul>
            </Card>
            {open.then(|| view! {
                <Accept action=here.clone() terms_hash=view.terms_hash.clone() sentence=sentence.clone() standing=standing.clone() demo/>
            })}
            <p><LinkButton href=format!("{here}/pdf") icon=Glyph::Download kind=ButtonKind::Secondary>{tr!(lang, "Descargar en PDF", "Download as PDF", "Baixar em PDF")}</LinkButton></p>
        </PortalLayout>
    }
    .into_any()
}

/// The agreements on a debt that a debtor may still want to see.
#[component]
pub fn Agreements(agreements: Vec<ArrangementView>) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let items: Vec<_> = agreements
        .into_iter()
        .filter(|one| {
            !matches!(one.arrangement.status, ArrangementStatus::Cancelled | ArrangementStatus::Expired)
        })
        .map(|one| {
            let (tone, standing) = status(one.arrangement.status, lang);
            let text = format!(
                "{} · {}",
                name(one.arrangement.schedule.len(), lang),
                format::money(&one.arrangement.agreed.to_pay, locale)
            );
            view! {
                <li class="pair">
                    <a href=format!("/acuerdos/{}", one.arrangement.id)>{text}</a>
                    <Badge tone>{standing}</Badge>
                </li>
            }
        })
        .collect();
    (!items.is_empty()).then(|| {
        view! {
            <Card title=tr!(lang, "Tus acuerdos", "Your agreements", "Seus acordos")>
                <ul class="plain-list parts">{items}</ul>
            </Card>
        }
    })
}
