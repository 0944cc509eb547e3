//! The versions of a segment, and going back to one.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::access::Permission;
use domain::ids::SegmentId;
use leptos::prelude::*;
use services::strategy::SegmentVersion;
use services::{ServiceError, Services};
use ui::prelude::*;
use web::{Form, form_state, see_other};

use super::{ADDRESS, words};
use crate::desk::{Desk, Frame, Section};
use crate::pages::account::id_of;

/// `GET /console/segmentos/{id}/versiones`
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
    let id: SegmentId = id_of(id)?;
    let found = services.segment_versions(desk.actor(), id).await?;
    let page = desk.page(tr!(desk.lang(), "Versiones", "Versions")).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <VersionsPage desk id found/> }))
}

/// `POST /console/segmentos/{id}/versiones`: saves an earlier one as the next.
pub async fn go_back(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let result: Result<Response, ServiceError> = async {
        let segment: SegmentId = id_of(&id)?;
        let to = form.get("to").parse().map_err(|_| ServiceError::NotFound)?;
        let based_on = form.get("based_on").parse().unwrap_or(0);
        match services.segment_back(desk.actor(), segment, to, based_on).await {
            Ok(_) => Ok(see_other(&format!("{ADDRESS}/{segment}?hecho=guardado"))),
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
fn VersionsPage(desk: Desk, id: SegmentId, found: Vec<SegmentVersion>) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let title = tr!(lang, "Versiones", "Versions");
    let latest = found.first().map_or(0, |own| own.version);
    let name = found.first().map(|own| own.name.clone()).unwrap_or_default();
    let here = format!("{ADDRESS}/{id}");
    let crumbs = vec![
        Crumb::new(ADDRESS, Section::Segments.label(lang)),
        Crumb::new(here.clone(), name),
        Crumb::here(title),
    ];
    let may_write = desk.may(Permission::StrategyWrite);
    let whole = ui::forms::form_state().and_then(|state| state.error("name").map(str::to_owned));
    let whole = whole.map(|says| view! { <Notice tone=Tone::Error title=says/> });
    let cards: Vec<_> = found
        .into_iter()
        .map(|own| {
            let title = trf!(lang, "Versión {0}: {1}", "Version {0}: {1}", own.version, own.name);
            let back = (may_write && own.version != latest).then(|| {
                view! {
                    <PostForm action=format!("{here}/versiones")>
                        <input type="hidden" name="to" value=own.version.to_string()/>
                        <input type="hidden" name="based_on" value=latest.to_string()/>
                        <Button kind=ButtonKind::Secondary>{trf!(lang, "Volver a la versión {}", "Go back to version {}", own.version)}</Button>
                    </PostForm>
                }
            });
            let saved = desk.time(own.saved_at);
            view! {
                <Card title>
                    <p class="soft small">{saved}</p>
                    <div>{words::rule_lines(&own.rule, locale)}</div>
                    {back}
                </Card>
            }
            .into_any()
        })
        .collect();
    view! {
        <Frame desk section=Section::Segments title crumbs>
            <ErrorSummary/>
            <div id="name">{whole}</div>
            <p>{tr!(lang, "Los recorridos siguen con la versión con la que se guardaron hasta que se guarden otra vez.", "Journeys keep to the version they were saved with until they are saved again.")}</p>
            {cards}
        </Frame>
    }
}
