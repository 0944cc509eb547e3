//! One case: what the person said and sent, and what staff do with it.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::cases::{CaseOutcome, CaseStatus, deadline_cite};
use domain::ids::CaseId;
use leptos::prelude::*;
use serde::Deserialize;
use services::cases::{CaseView, EvidenceLine, TEXT_CHARS};
use services::{ServiceError, Services};
use ui::prelude::*;
use uuid::Uuid;
use web::{Form, attachment, form_state, see_other};

use super::ADDRESS;
use crate::desk::{Desk, Frame, Section};
use crate::pages::account::{address, id_of};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Done {
    #[serde(rename = "hecho")]
    what: String,
}

/// `GET /console/casos/{id}`
pub async fn show(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let result = page(&services, &desk, &id, done.what, None).await;
    desk.answer(result)
}

/// `POST /console/casos/{id}`: the step that the pressed button names.
pub async fn act(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let answer = match done(&services, &desk, &id, &form).await {
        Ok(what) => Ok(see_other(&format!("{ADDRESS}/{id}?hecho={what}"))),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, desk.lang());
            page(&services, &desk, &id, String::new(), Some(state)).await
        }
        Err(error) => Err(error),
    };
    desk.answer(answer)
}

async fn done(services: &Services, desk: &Desk, id: &str, form: &Form) -> Result<&'static str, ServiceError> {
    let (actor, case): (_, CaseId) = (desk.actor(), id_of(id)?);
    let key = form.get("key").parse().unwrap_or_else(|_| services.new_id());
    match form.get("step") {
        "take" => services.take_case(actor, case).await.map(|()| "tomado"),
        "write" => {
            let asks = form.get("asks") == "true";
            services.write_to_person(actor, case, (key, form.get("body")), asks).await.map(|()| "mensaje")
        }
        "answer" => {
            let outcome = form.get("outcome").parse::<CaseOutcome>().map_err(|_| {
                ServiceError::invalid("outcome", "Elija qué se decidió", "Choose what was decided")
            })?;
            services.answer_case(actor, case, outcome, form.get("answer")).await.map(|()| "respondido")
        }
        "close" => services.close_case(actor, case).await.map(|()| "cerrado"),
        "lift" => services.lift_hold(actor, case, form.get("reason")).await.map(|()| "levantada"),
        _ => Err(ServiceError::NotFound),
    }
}

/// `GET /console/casos/{id}/archivos/{file}`
pub async fn file(
    State(services): State<Services>,
    desk: Desk,
    Path((case, file)): Path<(String, String)>,
) -> Response {
    let result = async {
        let (case, file): (CaseId, Uuid) = (id_of(&case)?, id_of(&file)?);
        let (line, bytes) = services.case_file(desk.actor(), case, file).await?;
        Ok(attachment(bytes, &line.media_type, &line.file_name()))
    };
    let result = result.await;
    desk.answer(result)
}

async fn page(
    services: &Services,
    desk: &Desk,
    id: &str,
    done: String,
    form: Option<FormState>,
) -> Result<Response, ServiceError> {
    let case = services.case_view(desk.actor(), id_of(id)?).await?;
    let staff = services.staff_by_audit_name(desk.actor()).await?;
    let key = services.new_id();
    let page = desk.page(labels::case_kind(case.line.kind, desk.lang())).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <CasePage desk case staff key done/> }))
}

#[component]
fn CasePage(
    desk: Desk,
    case: CaseView,
    staff: Vec<(String, String)>,
    key: Uuid,
    done: String,
) -> impl IntoView {
    let lang = use_lang();
    let title = labels::case_kind(case.line.kind, lang);
    let crumbs = vec![Crumb::new(ADDRESS, Section::Cases.label(lang)), Crumb::here(case.line.debtor.clone())];
    let name = |by: &str| {
        let known = staff.iter().find(|(known, _)| known == by);
        known.map_or(by.to_owned(), |(_, name)| name.clone())
    };
    let messages: Vec<_> = case
        .messages
        .iter()
        .map(|message| {
            let who = if message.from_person { case.line.debtor.clone() } else { name(&message.author) };
            let (when, body) = (desk.time(message.at), message.body.clone());
            view! { <TimelineItem when title=who><p class="message-body">{body}</p></TimelineItem> }
        })
        .collect();
    let files: Vec<_> = case.evidence.iter().map(|line| attached(case.line.id, line, lang)).collect();
    let answer = case.answer.clone().zip(case.line.progress.outcome).map(|(text, outcome)| {
        let by = case.answered_by.as_deref().map(name);
        let at = case.line.progress.answered_at.map(|at| desk.time(at));
        view! {
            <Card title=tr!(lang, "Respuesta", "Answer")>
                <p><Badge tone=Tone::Info>{labels::case_outcome(outcome, lang)}</Badge></p>
                <p class="message-body">{text}</p>
                <p class="soft small">{by}" · "{at}</p>
            </Card>
        }
    });
    let says = if case.says.is_empty() {
        tr!(lang, "No escribió nada más.", "Nothing more was written.").to_owned()
    } else {
        case.says.clone()
    };
    let facts =
        view! { <Facts desk=desk.clone() case=case.clone() by=case.line.taken_by.as_deref().map(name)/> };
    let told = told(&done, lang);
    view! {
        <Frame desk section=Section::Cases title crumbs>
            <ErrorSummary/>
            {told}
            <div class="split">
                <div>
                    <Card title=tr!(lang, "Lo que dijo", "What was said")><p class="message-body">{says}</p></Card>
                    {(!files.is_empty()).then(|| view! { <Card title=tr!(lang, "Archivos", "Files")><ul>{files}</ul></Card> })}
                    {(!messages.is_empty()).then(|| view! { <Card title=tr!(lang, "Mensajes", "Messages")><Timeline>{messages}</Timeline></Card> })}
                    {answer}
                    <Steps case key/>
                </div>
                <aside aria-label=tr!(lang, "Datos del caso", "Case data")>{facts}</aside>
            </div>
        </Frame>
    }
}

#[component]
fn Facts(desk: Desk, case: CaseView, by: Option<String>) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let line = case.line.clone();
    let late = line.is_late(case.today).then(|| {
        view! { " "<Badge tone=Tone::Warn>{tr!(lang, "Fuera de plazo", "Past its deadline")}</Badge> }
    });
    let debt = line.account_id.zip(line.account.clone()).map(|(id, number)| {
        view! { <Pair term=tr!(lang, "Deuda", "Debt")><a href=address(id)>{number}</a></Pair> }
    });
    let hours = case.call_hours.clone().map(|hours| {
        view! { <Pair term=tr!(lang, "Llamar", "Call")>{hours}</Pair> }
    });
    let holds = (!case.holds.is_empty()).then(|| {
        let says = if case.holds.contains(&domain::contact::StopKind::Dispute) {
            tr!(lang, "La cobranza de esta deuda está detenida", "Collection of this debt is held")
        } else {
            tr!(lang, "No se contacta a esta persona para cobrar", "This person is not contacted to collect")
        };
        view! { <Notice tone=Tone::Warn title=says/> }
    });
    let status = line.progress.status;
    let cite = deadline_cite(line.kind);
    let deadline = if cite.policy {
        tr!(lang, "Norma interna, no la ley", "Our own rule, not the law").to_owned()
    } else {
        cite.to_string()
    };
    view! {
        {holds}
        <Card>
            <KeyValue>
                <Pair term=tr!(lang, "Persona", "Person")>{line.debtor}</Pair>
                {debt}
                <Pair term=tr!(lang, "Estado", "Status")><Badge tone=labels::case_tone(status)>{labels::case_status(status, lang)}</Badge></Pair>
                <Pair term=tr!(lang, "Recibido", "Received")>{desk.time(line.opened_at)}</Pair>
                <Pair term=tr!(lang, "Responder a más tardar", "Answer by")>{format::date_short(line.due_on, locale)}{late}</Pair>
                <Pair term=tr!(lang, "Plazo según", "Deadline from")>{deadline}</Pair>
                {hours}
                {by.map(|by| view! { <Pair term=tr!(lang, "Quién lo ve", "Who looks into it")>{by}</Pair> })}
            </KeyValue>
        </Card>
    }
    .into_any()
}

fn attached(case: CaseId, line: &EvidenceLine, lang: Lang) -> impl IntoView + use<> {
    let href = format!("{ADDRESS}/{case}/archivos/{}", line.id);
    let says = trf!(lang, "Descargar {}", "Download {}", line.name);
    let kilobytes = format::count((line.bytes + 1023) / 1024, use_locale());
    view! { <li><a href=href>{says}</a>" "<span class="soft small">{kilobytes}" kB"</span></li> }
}

/// What can be done with the case as it is.
#[component]
fn Steps(case: CaseView, key: Uuid) -> impl IntoView {
    let lang = use_lang();
    let action = format!("{ADDRESS}/{}", case.line.id);
    let limit = u32::try_from(TEXT_CHARS).unwrap_or(u32::MAX);
    let status = case.line.progress.status;
    let working = matches!(status, CaseStatus::InReview | CaseStatus::WaitingForPerson);
    let take = (status == CaseStatus::Open).then(|| {
        let action = action.clone();
        view! {
            <Card>
                <PostForm action><Step step="take"/><Button>{tr!(lang, "Tomar el caso", "Take the case")}</Button></PostForm>
            </Card>
        }
    });
    let answer = working.then(|| {
        let action = action.clone();
        let outcome = |outcome: &CaseOutcome| Choice::new(outcome.as_str(), labels::case_outcome(*outcome, lang));
        let options: Vec<_> = CaseOutcome::ALL.iter().map(outcome).collect();
        view! {
            <Card title=tr!(lang, "Responder", "Answer")>
                <PostForm action>
                    <Step step="answer"/>
                    <RadioGroup name="outcome" legend=tr!(lang, "Qué se decidió", "What was decided") options/>
                    <Textarea
                        name="answer" label=tr!(lang, "La respuesta", "The answer") maxlength=limit
                        hint=tr!(lang, "La persona la lee tal cual: qué se decidió, por qué y qué sigue.", "The person reads it as it is: what was decided, why, and what comes next.")
                    />
                    <Button>{tr!(lang, "Enviar respuesta", "Send answer")}</Button>
                </PostForm>
            </Card>
        }
    });
    let close = (status == CaseStatus::Answered).then(|| {
        let action = action.clone();
        view! {
            <Card>
                <p>{tr!(lang, "Ciérrelo cuando lo decidido esté hecho; la suspensión de una disputa termina entonces.", "Close it when what was decided is done; the hold of a dispute ends then.")}</p>
                <PostForm action><Step step="close"/><Button kind=ButtonKind::Secondary>{tr!(lang, "Cerrar el caso", "Close the case")}</Button></PostForm>
            </Card>
        }
    });
    let lift = (status == CaseStatus::Closed && !case.holds.is_empty()).then(|| {
        let action = action.clone();
        view! {
            <Card title=tr!(lang, "Levantar la suspensión", "Lift the hold")>
                <PostForm action>
                    <Step step="lift"/>
                    <Textarea name="reason" rows=2 maxlength=500 label=tr!(lang, "Motivo", "Reason") hint=tr!(lang, "La persona lo lee.", "The person reads it.")/>
                    <Button kind=ButtonKind::Danger>{tr!(lang, "Levantar", "Lift")}</Button>
                </PostForm>
            </Card>
        }
    });
    let write = (status != CaseStatus::Closed).then(|| view! {
        <Card title=tr!(lang, "Escribir a la persona", "Write to the person")>
            <PostForm action>
                <Step step="write"/>
                <input type="hidden" name="key" value=key.to_string()/>
                <Textarea name="body" rows=3 maxlength=limit label=tr!(lang, "Mensaje", "Message")/>
                {working.then(|| view! { <CheckBox name="asks" label=tr!(lang, "Necesitamos que conteste", "We need an answer to it")/> })}
                <Button kind=ButtonKind::Secondary>{tr!(lang, "Enviar mensaje", "Send message")}</Button>
            </PostForm>
        </Card>
    });
    view! { {take}{answer}{close}{lift}{write} }.into_any()
}

#[component]
fn Step(step: &'static str) -> impl IntoView {
    view! { <input type="hidden" name="step" value=step/> }
}

fn told(done: &str, lang: Lang) -> Option<AnyView> {
    let title = match done {
        "tomado" => tr!(lang, "El caso es suyo.", "The case is yours."),
        "mensaje" => tr!(lang, "El mensaje quedó en el caso.", "The message is in the case."),
        "respondido" => {
            tr!(lang, "La persona ya puede leer la respuesta.", "The person can read the answer now.")
        }
        "cerrado" => tr!(lang, "El caso quedó cerrado.", "The case is closed."),
        "levantada" => tr!(lang, "La suspensión quedó levantada.", "The hold is lifted."),
        _ => return None,
    };
    Some(view! { <Notice tone=Tone::Success title/> }.into_any())
}
