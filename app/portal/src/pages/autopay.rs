//! Automatic payment of an agreement: what it will charge and when, agreeing to it, and stopping it.

use axum::extract::{Path, Query, State};
use domain::arrangement::Due;
use domain::ids::ArrangementId;
use leptos::prelude::*;
use serde::Deserialize;
use services::autopay::{AUTHENTICATION, AutopayCard, AutopayCharge, AutopayPage, AutopayStatus, NewAutopay};
use services::debtors::{CodeAnswer, Standing};
use services::{ServiceError, Services};
use ui::prelude::*;
use uuid::Uuid;
use web::{Debtor, Form, form_state, see_other};

use super::SIGN_OUT;
use super::confirm::Accept;
use super::deal::Payments;
use crate::shell::{Answer, agency, fail, id, is_demo, own_page};
use crate::words;

/// Which consent was given: changes whenever its sentence does.
const CONSENT: &str = "portal-autopay-2026-11";

#[derive(Debug, Deserialize)]
pub struct Asked {
    /// The challenge of a code that was asked for.
    #[serde(rename = "codigo")]
    challenge: Option<String>,
    /// To use another card, or to agree anew.
    #[serde(default)]
    cambiar: bool,
}

/// `GET /acuerdos/{id}/pago-automatico`
pub async fn show(
    State(services): State<Services>,
    debtor: Debtor,
    Path(which): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let challenge: Option<Uuid> = asked.challenge.and_then(|text| text.parse().ok());
    let changes = asked.cambiar || challenge.is_some();
    page(&services, &debtor, id(&which, &debtor.visitor)?, (challenge, changes), None).await
}

/// `POST /acuerdos/{id}/pago-automatico`: agrees and goes on to save the card, sends the code that
/// agreeing needs (`step=code`), or stops it (`step=stop`).
pub async fn submit(
    State(services): State<Services>,
    debtor: Debtor,
    Path(which): Path<String>,
    form: Form,
) -> Answer {
    let which: ArrangementId = id(&which, &debtor.visitor)?;
    let (lang, here) = (debtor.lang(), format!("/acuerdos/{which}/pago-automatico"));
    let fault = |error: ServiceError| fail(error, &debtor.visitor);
    let challenge: Option<Uuid> = form.get("challenge").parse().ok();
    if form.get("step") == "stop" {
        services.stop_autopay(debtor.actor(), which).await.map_err(fault)?;
        return Ok(see_other(&here));
    }
    let view = services.autopay(debtor.actor(), which).await.map_err(fault)?;
    if form.get("step") == "code" {
        return match services.send_fresh_code(&debtor.session).await {
            Ok(challenge) => Ok(see_other(&format!("{here}?codigo={challenge}#aceptar"))),
            Err(ServiceError::Invalid(issues)) => {
                let state = form_state(&form, &issues, lang);
                page(&services, &debtor, which, (None, true), Some(state)).await
            }
            Err(error) => Err(fault(error)),
        };
    }
    if form.get("consent") != "true" {
        let says = tr!(
            lang,
            "Marca que autorizas los cobros.",
            "Tick that you authorise the charges.",
            "Marque que autoriza as cobranças."
        );
        let state = form_state(&form, &[], lang).with_error("consent", says);
        return page(&services, &debtor, which, (challenge, true), Some(state)).await;
    }
    // The form carries its key and the revision that was shown, as one.
    let (key, revision) = form.get("terms").split_once('.').unwrap_or_default();
    let new = NewAutopay {
        id: key.parse().unwrap_or_else(|_| domain::ids::AutopayId(services.new_id())),
        arrangement_id: which,
        revision: revision.parse().unwrap_or(0),
        words: format!(
            "{CONSENT}: {}",
            consent(&view, &agency(&services, &debtor).await?, debtor.visitor.locale)
        ),
        origin: Some(debtor.visitor.address.clone()),
    };
    let answer = challenge.map(|challenge| CodeAnswer { challenge, code: form.get("code").to_owned() });
    match services.start_autopay(&debtor.session, new, answer).await {
        Ok(url) => Ok(see_other(&url)),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, lang);
            page(&services, &debtor, which, (challenge, true), Some(state)).await
        }
        Err(error) => Err(fault(error)),
    }
}

async fn page(
    services: &Services,
    debtor: &Debtor,
    which: ArrangementId,
    (challenge, changes): (Option<Uuid>, bool),
    form: Option<FormState>,
) -> Answer {
    let fault = |error: ServiceError| fail(error, &debtor.visitor);
    let view = services.autopay(debtor.actor(), which).await.map_err(fault)?;
    let asks = view.can_start && (changes || view.current.is_none());
    let standing =
        if asks { Some(services.standing(&debtor.session, challenge).await.map_err(fault)?) } else { None };
    let sentence = consent(&view, &agency(services, debtor).await?, debtor.visitor.locale);
    let key = format!("{}.{}", services.new_id(), view.arrangement.revision);
    let page = own_page(services, debtor, title(debtor.lang())).await?.form(form);
    let demo = is_demo(services);
    Ok(page.render(move || view! { <Autopay view standing sentence key demo/> }))
}

pub(super) const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Pago automático", "Automatic payment", "Pagamento automático")
}

/// The sentence that is agreed to; it is kept as it was shown.
fn consent(view: &AutopayPage, agency: &str, locale: Locale) -> String {
    let left = domain::money::Money::sum(
        view.arrangement.agreed.to_pay.currency(),
        view.open.iter().map(|due| due.amount),
    );
    let left = left.map(|left| format::money(&left, locale)).unwrap_or_default();
    let first = view.open.first();
    trf!(
        locale.lang(),
        "Autorizo a {0} a cobrar a mi tarjeta los {1} pago(s) de arriba, cada uno en su fecha: el próximo, de {2}, el {3}; {4} en total. Si cambio mi plan, se cobra como quede. Puedo detenerlo cuando quiera.",
        "I authorise {0} to charge the {1} payment(s) above to my card, each on its day: the next one, {2}, on {3}; {4} in all. If I change my plan, it is charged as it then is. I can stop this whenever I like.",
        "Autorizo {0} a cobrar no meu cartão os {1} pagamento(s) acima, cada um na sua data: o próximo, de {2}, em {3}; {4} no total. Se eu mudar meu plano, cobra-se como ficar. Posso parar quando quiser.",
        agency,
        view.open.len(),
        first.map(|due| format::money(&due.amount, locale)).unwrap_or_default(),
        first.map(|due| format::date_long(due.due_on.max(view.today), locale)).unwrap_or_default(),
        left
    )
}

#[component]
fn Autopay(
    view: AutopayPage,
    standing: Option<Standing>,
    sentence: String,
    key: String,
    demo: bool,
) -> impl IntoView {
    let lang = use_lang();
    let back = format!("/acuerdos/{}", view.arrangement.id);
    let here = format!("{back}/pago-automatico");
    let on = view.current.is_some();
    let waits = view.pending.is_some() && !on;
    let state = state(&view, &here, lang);
    let form = standing.map(|standing| {
        let title = if on {
            tr!(lang, "Usar otra tarjeta", "Use another card", "Usar outro cartão")
        } else {
            tr!(lang, "Qué se cobraría", "What would be charged", "O que seria cobrado")
        };
        let button = tr!(lang, "Autorizar y guardar tarjeta", "Authorise and save card", "Autorizar e salvar cartão");
        view! {
            <Card title=title>
                <Payments schedule=view.open.clone()/>
                <p class="soft small">{tr!(
                    lang,
                    "La tarjeta la pide la página de pago: nosotros no vemos el número. Guardamos solo la marca, las últimas 4 cifras y el vencimiento. Te avisamos 3 días antes de cada cobro.",
                    "The payment page asks for the card: we do not see its number. We keep only its brand, the last 4 figures and when it expires. We tell you 3 days before each charge.",
                    "O cartão é pedido pela página de pagamento: nós não vemos o número. Guardamos só a bandeira, os últimos 4 números e o vencimento. Avisamos 3 dias antes de cada cobrança."
                )}</p>
                <Accept action=here.clone() terms_hash=key sentence=sentence standing=standing demo button/>
            </Card>
        }
    });
    let charges = (!view.charges.is_empty()).then(|| view! { <Charges charges=view.charges.clone()/> });
    view! {
        <PortalLayout title=title(lang) back=back sign_out=SIGN_OUT>
            <ErrorSummary/>
            {waits.then(|| view! {
                <Notice title=tr!(lang, "Falta guardar la tarjeta", "The card is not saved yet", "Falta salvar o cartão")>
                    {tr!(
                        lang,
                        "No terminaste la página de la tarjeta, así que no se cobra nada. Puedes empezar de nuevo aquí.",
                        "You did not finish the card's page, so nothing is charged. You can start again here.",
                        "Você não terminou a página do cartão, então nada é cobrado. Pode começar de novo aqui."
                    )}
                </Notice>
            })}
            {state}
            {form}
            {charges}
        </PortalLayout>
    }
    .into_any()
}

/// How it stands: on with its next charge, paused, off, or not to be had.
fn state(page: &AutopayPage, here: &str, lang: Lang) -> AnyView {
    let Some(current) = &page.current else {
        let says = if page.can_start {
            tr!(
                lang,
                "Está apagado. Si lo activas, cada pago de tu plan se cobra solo, en su fecha.",
                "It is off. If you switch it on, each payment of your plan is charged by itself, on its day.",
                "Está desativado. Se ativar, cada pagamento do seu plano é cobrado sozinho, na data."
            )
        } else {
            tr!(
                lang,
                "No está disponible para este acuerdo.",
                "It is not available for this agreement.",
                "Não está disponível para este acordo."
            )
        };
        return view! { <p>{says}</p> }.into_any();
    };
    let paused = current.status == AutopayStatus::Paused;
    let (tone, badge) = if paused {
        (Tone::Warn, tr!(lang, "En pausa", "Paused", "Em pausa"))
    } else {
        (Tone::Success, tr!(lang, "Activado", "On", "Ativado"))
    };
    let card = current.card.clone().map(|card| {
        view! { <Pair term=tr!(lang, "Tarjeta", "Card", "Cartão")>{named(&card, lang)}</Pair> }
    });
    let held = page.is_held;
    let next = page.next.filter(|_| !held).map(|next| view! { <Next next/> });
    let says = if paused {
        Some(tr!(
            lang,
            "Tu banco no aceptó el cobro y no lo intentamos más con esta tarjeta. Puedes poner otra, o pagar tú.",
            "Your bank did not accept the charge, and we do not try this card again. You can use another one, or pay yourself.",
            "Seu banco não aceitou a cobrança e não tentamos mais com este cartão. Você pode usar outro, ou pagar você mesmo."
        ))
    } else if held {
        Some(tr!(
            lang,
            "Mientras revisamos tu caso no cobramos nada.",
            "While we look at your case, nothing is charged.",
            "Enquanto analisamos seu caso, não cobramos nada."
        ))
    } else if page.next.is_none() {
        Some(tr!(
            lang,
            "Ya no hay otro intento para este pago: págalo tú desde tu deuda.",
            "There is no other try for this payment: pay it yourself from your debt.",
            "Não há outra tentativa para este pagamento: pague você mesmo pela sua dívida."
        ))
    } else {
        None
    };
    view! {
        <section class="card">
            <p><Badge tone>{badge}</Badge></p>
            {next}
            {says.map(|says| view! { <p>{says}</p> })}
            <KeyValue>{card}</KeyValue>
            <p><LinkButton href=format!("{here}?cambiar=true#aceptar") kind=ButtonKind::Secondary>{tr!(lang, "Usar otra tarjeta", "Use another card", "Usar outro cartão")}</LinkButton></p>
            <PostForm action=here.to_owned()>
                <input type="hidden" name="step" value="stop"/>
                <Button kind=ButtonKind::Secondary>{tr!(lang, "Detener el pago automático", "Stop automatic payment", "Parar o pagamento automático")}</Button>
            </PostForm>
        </section>
    }
    .into_any()
}

#[component]
fn Next(next: Due) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let on = format::date_long(next.due_on, locale);
    view! {
        <Amount money=next.amount label=tr!(lang, "Próximo cobro", "Next charge", "Próxima cobrança")/>
        <p>{trf!(lang, "El {}.", "On {}.", "Em {}.", on)}</p>
    }
}

fn named(card: &AutopayCard, lang: Lang) -> String {
    let expires = format!("{:02}/{}", card.exp_month, card.exp_year);
    let brand = brand(&card.brand);
    trf!(
        lang,
        "{0} terminada en {1}, vence {2}",
        "{0} ending in {1}, expires {2}",
        "{0} com final {1}, vence {2}",
        brand,
        card.last4,
        expires
    )
}

fn brand(code: &str) -> String {
    match code {
        "amex" => "American Express".to_owned(),
        other => {
            let mut letters = other.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
    }
}

#[component]
fn Charges(charges: Vec<AutopayCharge>) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let items: Vec<_> = charges
        .into_iter()
        .map(|charge| {
            let (tone, says) = match charge.outcome.as_deref() {
                Some("paid") => (Tone::Success, tr!(lang, "Cobrado", "Charged", "Cobrado").to_owned()),
                Some(AUTHENTICATION) => (
                    Tone::Info,
                    tr!(
                        lang,
                        "Tu banco pide que confirmes",
                        "Your bank asks you to confirm",
                        "Seu banco pede confirmação"
                    )
                    .to_owned(),
                ),
                Some("declined") => {
                    (Tone::Warn, words::failure(charge.failure.as_deref(), lang).0.to_owned())
                }
                Some(_) => (Tone::Neutral, tr!(lang, "No se cobró", "Not charged", "Não cobrado").to_owned()),
                None => (Tone::Info, tr!(lang, "En curso", "On its way", "Em andamento").to_owned()),
            };
            let what = format!(
                "{} · {}",
                format::date_short(charge.made_on, locale),
                format::money(&charge.amount, locale)
            );
            view! { <li class="pair"><span>{what}</span><Badge tone>{says}</Badge></li> }
        })
        .collect();
    view! {
        <Card title=tr!(lang, "Cobros", "Charges", "Cobranças")>
            <ul class="plain-list parts">{items}</ul>
        </Card>
    }
}
