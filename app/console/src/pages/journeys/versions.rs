//! The versions of a journey, and going back to one.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::access::Permission;
use domain::ids::JourneyId;
use leptos::prelude::*;
use services::strategy::JourneyVersion;
use services::{ServiceError, Services};
use ui::prelude::*;
use web::{Form, form_state, see_other};

use super::ADDRESS;
use super::words::{act_name, day_words};
use crate::desk::{Desk, Frame, Section};
use crate::pages::account::id_of;
use crate::pages::segments::words;

/// `GET /console/recorridos/{id}/versiones`
pub async fn show(State(services): State<Services>, desk: Desk, Path(id): Path<String>) -> Response {
    let result = page(&services, &desk, &id, None).await;
    desk.answer(result)
}

async fn page(
    services: &Services,
    desk: &Desk,
    id: &str,
    form: Option<FormState>,
) -> Result<Response, ServiceError> {
    let found = services.journey_versions(desk.actor(), id_of(id)?).await?;
    let page = desk.page(tr!(desk.lang(), "Versiones", "Versions")).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <VersionsPage desk found/> }))
}

/// `POST /console/recorridos/{id}/versiones`: saves an earlier one as the next, and shows what that
/// would change. Nothing changes until it is set going.
pub async fn back(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let result: Result<Response, ServiceError> = async {
        let journey: JourneyId = id_of(&id)?;
        let to = form.get("to").parse().map_err(|_| ServiceError::NotFound)?;
        let based_on = form.get("based_on").parse().unwrap_or(0);
        match services.journey_back(desk.actor(), journey, to, based_on).await {
            Ok(_) => Ok(see_other(&format!("{ADDRESS}/{journey}/impacto"))),
            Err(ServiceError::Invalid(issues)) => {
                page(&services, &desk, &id, Some(form_state(&form, &issues, desk.lang()))).await
            }
            Err(error) => Err(error),
        }
    }
    .await;
    desk.answer(result)
}

#[component]
fn VersionsPage(desk: Desk, found: Vec<JourneyVersion>) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let title = tr!(lang, "Versiones", "Versions");
    let newest = found.first().map(|own| own.journey.clone());
    let name = newest.as_ref().map(|journey| journey.name.clone()).unwrap_or_default();
    let (id, latest) = newest.map_or((String::new(), 0), |own| (own.id.to_string(), own.version));
    let here = format!("{ADDRESS}/{id}");
    let crumbs = vec![
        Crumb::new(ADDRESS, Section::Journeys.label(lang)),
        Crumb::new(here.clone(), name),
        Crumb::here(title),
    ];
    let may_write = desk.may(Permission::StrategyWrite);
    let whole = ui::forms::form_state().and_then(|state| state.error("name").map(str::to_owned));
    let whole = whole.map(|says| view! { <Notice tone=Tone::Error title=says/> });
    let cards: Vec<_> = found
        .into_iter()
        .map(|own| {
            let JourneyVersion { journey, segment_name, rule, .. } = own;
            let title = trf!(lang, "Versión {}", "Version {}", journey.version);
            let from = journey.steps.counts_from;
            let steps: Vec<_> = journey
                .steps
                .steps
                .iter()
                .map(|step| {
                    let act = act_name(&step.act, lang);
                    view! { <li>{format!("{}: {act}", day_words(step.day, from, lang))}</li> }
                })
                .collect();
            let going = journey.running.then(|| {
                view! { <Badge tone=Tone::Success>{tr!(lang, "Activa", "Going")}</Badge> }
            });
            let back = (may_write && journey.version != latest).then(|| {
                view! {
                    <PostForm action=format!("{here}/versiones")>
                        <input type="hidden" name="to" value=journey.version.to_string()/>
                        <input type="hidden" name="based_on" value=latest.to_string()/>
                        <Button kind=ButtonKind::Secondary>{trf!(lang, "Volver a la versión {}", "Go back to version {}", journey.version)}</Button>
                    </PostForm>
                }
            });
            let saved = desk.time(journey.saved_at);
            let rule = rule.map(|rule| words::rule_lines(&rule, locale));
            view! {
                <Card title>
                    <p class="row">{going}<span class="soft small">{saved}</span></p>
                    <p>{trf!(lang, "Segmento: {0}, versión {1}", "Segment: {0}, version {1}", segment_name, journey.segment_version)}</p>
                    <div>{rule}</div>
                    <ol class="stack">{steps}</ol>
                    {back}
                </Card>
            }
            .into_any()
        })
        .collect();
    view! {
        <Frame desk section=Section::Journeys title crumbs>
            <ErrorSummary/>
            <div id="name">{whole}</div>
            <p>{tr!(lang, "Volver a una versión la guarda como la siguiente, con el segmento como era. Antes de activarla se ve a quién le cambia algo.", "Going back to a version saves it as the next one, with the segment as it was. Before it is set going you see for whom anything changes.")}</p>
            {cards}
        </Frame>
    }
}
