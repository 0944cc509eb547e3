//! What is done once a day by itself, and how it went.

use axum::extract::{Query, State};
use axum::response::Response;
use domain::access::Permission;
use leptos::prelude::*;
use serde::Deserialize;
use services::jobs::{Job, JobLine, JobState};
use services::{ServiceError, Services};
use ui::prelude::*;
use web::{Form, see_other};

use crate::desk::{Desk, Frame, Section};

pub const ADDRESS: &str = "/console/tareas";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Done {
    #[serde(rename = "hecho")]
    what: String,
}

/// `GET /console/tareas`
pub async fn show(State(services): State<Services>, desk: Desk, Query(done): Query<Done>) -> Response {
    let result: Result<Response, ServiceError> = async {
        let lines = services.daily_work(desk.actor()).await?;
        let page = desk.page(Section::Jobs.label(desk.lang()));
        let (desk, retried) = (desk.clone(), done.what == "otra-vez");
        Ok(page.render(move || view! { <JobsPage desk lines retried/> }))
    }
    .await;
    desk.answer(result)
}

/// `POST /console/tareas`: tries dead work again.
pub async fn retry(State(services): State<Services>, desk: Desk, form: Form) -> Response {
    let result: Result<Response, ServiceError> = async {
        let on = form.get("on").parse().map_err(|_| ServiceError::NotFound)?;
        services.retry_work(desk.actor(), form.get("job"), on).await?;
        Ok(see_other(&format!("{ADDRESS}?hecho=otra-vez")))
    }
    .await;
    desk.answer(result)
}

fn job_name(job: &str, lang: Lang) -> String {
    match Job::ALL.into_iter().find(|known| known.as_str() == job) {
        Some(Job::EndOfDay) => tr!(lang, "Cierre del día", "End of day").to_owned(),
        Some(Job::Reconcile) => tr!(lang, "Conciliación de depósitos", "Reconciling of payouts").to_owned(),
        Some(Job::Strategy) => tr!(lang, "Recorridos", "Journeys").to_owned(),
        None => job.to_owned(),
    }
}

fn state_words(state: JobState, lang: Lang) -> (Tone, &'static str) {
    match state {
        JobState::Running => (Tone::Info, tr!(lang, "En curso", "Running")),
        JobState::Done => (Tone::Success, tr!(lang, "Hecha", "Done")),
        JobState::Waiting => {
            (Tone::Warn, tr!(lang, "Falló; se intentará otra vez", "Failed; will be tried again"))
        }
        JobState::Dead => (Tone::Error, tr!(lang, "Falló demasiadas veces", "Failed too often")),
    }
}

fn failure_words(code: &str, lang: Lang) -> &'static str {
    match code {
        "database" => tr!(lang, "La base de datos no respondió bien", "The database did not answer well"),
        "outside" => tr!(lang, "Falló un sistema externo", "A system outside failed"),
        "invalid" => tr!(lang, "Los datos no permiten hacerla", "The data do not allow it"),
        _ => tr!(lang, "Vea el registro del servidor", "See the server's log"),
    }
}

#[component]
fn JobsPage(desk: Desk, lines: Vec<JobLine>, retried: bool) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let title = Section::Jobs.label(lang);
    let may_write = desk.may(Permission::StrategyWrite);
    let none = lines.is_empty();
    let rows: Vec<_> = lines
        .into_iter()
        .map(|line| {
            let (tone, says) = state_words(line.state, lang);
            let told = match (line.state, &line.failure, line.next_try_at) {
                (JobState::Waiting, Some(code), Some(next)) => {
                    format!("{} · {}", failure_words(code, lang), desk.time(next))
                }
                (JobState::Dead, Some(code), _) => failure_words(code, lang).to_owned(),
                _ => line.finished_at.map(|at| desk.time(at)).unwrap_or_default(),
            };
            let (job, on) = (line.job.clone(), line.on.to_string());
            let again = (line.state == JobState::Dead && may_write).then(|| {
                view! {
                    <PostForm action=ADDRESS>
                        <input type="hidden" name="job" value=job/>
                        <input type="hidden" name="on" value=on/>
                        <Button kind=ButtonKind::Secondary>{tr!(lang, "Intentar otra vez", "Try again")}</Button>
                    </PostForm>
                }
            });
            view! {
                <tr>
                    <th scope="row">{job_name(&line.job, lang)}</th>
                    <td data-label=tr!(lang, "Día", "Day")>{format::date_short(line.on, locale)}</td>
                    <td data-label=tr!(lang, "Estado", "Status")><Badge tone>{says}</Badge></td>
                    <td class="num" data-label=tr!(lang, "Intentos", "Tries")>{line.tries}</td>
                    <td data-label=tr!(lang, "Cuándo o por qué", "When or why")>{told}{again}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::new(tr!(lang, "Tarea", "Work")),
        Column::new(tr!(lang, "Día", "Day")),
        Column::new(tr!(lang, "Estado", "Status")),
        Column::number(tr!(lang, "Intentos", "Tries")),
        Column::new(tr!(lang, "Cuándo o por qué", "When or why")),
    ];
    view! {
        <Frame desk section=Section::Jobs title>
            {retried.then(|| view! { <Notice tone=Tone::Success title=tr!(lang, "Se intentará otra vez enseguida.", "It will be tried again at once.")/> })}
            {if none {
                view! {
                    <Card><EmptyState title=tr!(lang, "Todavía no se ha hecho nada", "Nothing has been done yet") icon=Glyph::Clock>
                        <p>{tr!(lang, "El cierre del día, los recorridos y la conciliación se hacen solos cada día. En la demostración no.", "The end of the day, the journeys and reconciling are done by themselves every day. In the demonstration they are not.")}</p>
                    </EmptyState></Card>
                }.into_any()
            } else {
                view! { <div class="card"><DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable></div> }.into_any()
            }}
        </Frame>
    }
}
