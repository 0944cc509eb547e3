//! The answer to a proposal: what can be agreed instead, or that a person takes over.

use axum::extract::{Path, State};
use domain::arrangement::negotiation::{Decision, Reason};
use leptos::prelude::*;
use services::arrangements::Negotiation;
use services::{ServiceError, Services};
use ui::prelude::*;
use uuid::Uuid;
use web::{Debtor, Form, form_state, see_other};

use super::SIGN_OUT;
use super::deal::{DealParts, name};
use crate::shell::{Answer, fail, id, own_page};

/// `GET /propuestas/{id}`
pub async fn show(State(services): State<Services>, debtor: Debtor, Path(asked): Path<String>) -> Answer {
    page(&services, &debtor, id(&asked, &debtor.visitor)?, None).await
}

/// `POST /propuestas/{id}`: takes one of the answers.
pub async fn take(
    State(services): State<Services>,
    debtor: Debtor,
    Path(asked): Path<String>,
    form: Form,
) -> Answer {
    let asked: Uuid = id(&asked, &debtor.visitor)?;
    let deal = form.get("deal").parse().unwrap_or(usize::MAX);
    match services.take_deal(debtor.actor(), asked, deal).await {
        Ok(agreement) => Ok(see_other(&format!("/acuerdos/{agreement}"))),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, debtor.lang());
            page(&services, &debtor, asked, Some(state)).await
        }
        Err(error) => Err(fail(error, &debtor.visitor)),
    }
}

async fn page(services: &Services, debtor: &Debtor, asked: Uuid, form: Option<FormState>) -> Answer {
    let found = services.negotiation(debtor.actor(), asked).await;
    let found = found.map_err(|error| fail(error, &debtor.visitor))?;
    let page = own_page(services, debtor, title(&found.decision, debtor.lang())).await?.form(form);
    Ok(page.render(move || view! { <Answered found/> }))
}

const fn title(decision: &Decision, lang: Lang) -> &'static str {
    match decision {
        Decision::Accepted { .. } => {
            tr!(lang, "Se puede acordar", "It can be agreed", "Dá para combinar")
        }
        Decision::Countered { .. } => tr!(lang, "Esto sí podemos", "This we can do", "Isto nós podemos"),
        Decision::Referred { .. } => {
            tr!(
                lang,
                "Lo ve una persona contigo",
                "A person will look at it with you",
                "Uma pessoa vai ver isso com você"
            )
        }
    }
}

fn reasons(list: &[Reason], locale: Locale) -> AnyView {
    let items: Vec<_> = list
        .iter()
        .map(|reason| {
            let says =
                reason.says_in(|amount| format::money(amount, locale), |day| format::date_long(day, locale));
            view! { <li>{says.pick(locale.lang().tag()).to_owned()}</li> }
        })
        .collect();
    view! { <ul>{items}</ul> }.into_any()
}

#[component]
fn Answered(found: Negotiation) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let back = format!("/deudas/{}/acuerdo", found.account_id);
    let action = format!("/propuestas/{}", found.id);
    let why: Vec<Reason> = match &found.decision {
        Decision::Accepted { .. } => Vec::new(),
        Decision::Countered { reasons, .. } | Decision::Referred { reasons } => reasons.clone(),
    };
    let referred = matches!(found.decision, Decision::Referred { .. }) && found.answered.is_none();
    let answered = found.answered.as_ref().map(|answer| answer_card(answer.declined.clone(), &found, lang));
    let cards: Vec<_> = found
        .deals()
        .iter()
        .cloned()
        .enumerate()
        .map(|(at, deal)| {
            let title = name(deal.schedule.len(), lang);
            let action = action.clone();
            view! {
                <Card title=title>
                    <DealParts deal/>
                    <PostForm action>
                        <input type="hidden" name="deal" value=at.to_string()/>
                        <Button kind=ButtonKind::Secondary>{tr!(lang, "Elegir esta", "Choose this one", "Escolher esta")}</Button>
                    </PostForm>
                </Card>
            }
        })
        .collect();
    view! {
        <PortalLayout title=title(&found.decision, lang) back=back.clone() sign_out=SIGN_OUT>
            <ErrorSummary/>
            {answered}
            {(!why.is_empty()).then(|| reasons(&why, locale))}
            {cards}
            {referred.then(|| view! {
                <Card>
                    <p>{tr!(
                        lang,
                        "Guardamos tu propuesta y la verá una persona del equipo. No tienes que hacer nada más, y puedes pagar lo que quieras mientras tanto.",
                        "We kept your proposal and a person of the team will see it. You need not do anything else, and you may pay what you like in the meantime.",
                        "Guardamos sua proposta e uma pessoa da equipe vai ver. Você não precisa fazer mais nada, e pode pagar o que quiser enquanto isso.",
                    )}</p>
                </Card>
            })}
            <p><a href=back>{tr!(lang, "Proponer otra cosa", "Propose something else", "Propor outra coisa")}</a></p>
        </PortalLayout>
    }
    .into_any()
}

/// What a person said of it.
fn answer_card(declined: Option<String>, found: &Negotiation, lang: Lang) -> AnyView {
    match (declined, found.arrangement_id) {
        (Some(reason), _) => view! {
            <Card title=tr!(lang, "La vimos contigo y así no podemos", "We looked at it, and this way we cannot", "Vimos com você e assim não podemos")>
                <p>{reason}</p>
                <p>{tr!(
                    lang,
                    "Puedes proponer otra cosa o elegir una de las opciones de tu deuda.",
                    "You can propose something else or choose one of the options for your debt.",
                    "Você pode propor outra coisa ou escolher uma das opções da sua dívida.",
                )}</p>
            </Card>
        }
        .into_any(),
        (None, Some(offer)) => view! {
            <Card title=tr!(lang, "Sí podemos", "Yes, we can", "Sim, podemos")>
                <p>{tr!(
                    lang,
                    "Preparamos el acuerdo como lo propusiste. Revísalo y acéptalo si estás de acuerdo.",
                    "We made the agreement as you proposed it. Look at it, and accept it if you agree.",
                    "Preparamos o acordo como você propôs. Confira e aceite se concordar.",
                )}</p>
                <LinkButton href=format!("/acuerdos/{offer}")>{tr!(lang, "Ver el acuerdo", "See the agreement", "Ver o acordo")}</LinkButton>
            </Card>
        }
        .into_any(),
        (None, None) => ().into_any(),
    }
}
