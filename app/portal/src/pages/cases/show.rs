//! One of one's own cases: how it stands, the answer, and the messages both ways.

use axum::extract::{Path, Query, State};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::cases::{CaseStatus, REOPEN_DAYS};
use domain::ids::CaseId;
use leptos::prelude::*;
use serde::Deserialize;
use services::cases::{CaseMessage, CaseView, EvidenceLine, TEXT_CHARS};
use services::{FieldIssue, ServiceError, Services};
use ui::prelude::*;
use uuid::Uuid;
use web::{Debtor, Form, Upload, attachment, form_state, see_other};

use super::{ADDRESS, Files, Key, files_of, key_of};
use crate::pages::SIGN_OUT;
use crate::shell::{Answer, agency, fail, id, own_page};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Done {
    #[serde(rename = "hecho")]
    what: String,
}

/// `GET /casos/{id}`
pub async fn show(
    State(services): State<Services>,
    debtor: Debtor,
    Path(case): Path<String>,
    Query(done): Query<Done>,
) -> Answer {
    let case: CaseId = id(&case, &debtor.visitor)?;
    page(&services, &debtor, case, done.what, None).await
}

/// `POST /casos/{id}`: a message.
pub async fn write(
    State(services): State<Services>,
    debtor: Debtor,
    Path(case): Path<String>,
    upload: Upload,
) -> Answer {
    let case: CaseId = id(&case, &debtor.visitor)?;
    let form = upload.form.clone();
    let key = key_of(&form, services.new_id());
    let done = match files_of(upload) {
        Ok(files) => services.write_in_case(debtor.actor(), case, (key, form.get("body")), files).await,
        Err(issue) => Err(ServiceError::Invalid(vec![issue])),
    };
    after(&services, &debtor, case, &form, done.map(|()| "mensaje")).await
}

/// `POST /casos/{id}/reabrir`
pub async fn reopen(
    State(services): State<Services>,
    debtor: Debtor,
    Path(case): Path<String>,
    form: Form,
) -> Answer {
    let case: CaseId = id(&case, &debtor.visitor)?;
    let key = key_of(&form, services.new_id());
    let done = services.reopen_case(debtor.actor(), case, (key, form.get("why"))).await;
    after(&services, &debtor, case, &form, done.map(|()| "reabierto")).await
}

async fn after(
    services: &Services,
    debtor: &Debtor,
    case: CaseId,
    form: &Form,
    done: Result<&'static str, ServiceError>,
) -> Answer {
    match done {
        Ok(what) => Ok(see_other(&format!("{ADDRESS}/{case}?hecho={what}"))),
        Err(ServiceError::Invalid(issues)) => {
            let issues: Vec<FieldIssue> = issues;
            let state = form_state(form, &issues, debtor.lang());
            page(services, debtor, case, String::new(), Some(state)).await
        }
        Err(error) => Err(fail(error, &debtor.visitor)),
    }
}

/// `GET /casos/{id}/archivos/{file}`
pub async fn file(
    State(services): State<Services>,
    debtor: Debtor,
    Path((case, file)): Path<(String, String)>,
) -> Answer {
    let case: CaseId = id(&case, &debtor.visitor)?;
    let file: Uuid = id(&file, &debtor.visitor)?;
    let found = services.case_file(debtor.actor(), case, file).await;
    let (line, bytes) = found.map_err(|error| fail(error, &debtor.visitor))?;
    Ok(attachment(bytes, &line.media_type, &line.file_name()))
}

async fn page(
    services: &Services,
    debtor: &Debtor,
    case: CaseId,
    done: String,
    form: Option<FormState>,
) -> Answer {
    let no = |error| fail(error, &debtor.visitor);
    let case = services.my_case(debtor.actor(), case).await.map_err(no)?;
    let zone = services.organization(debtor.actor().organization_id).await.map_err(no)?.zone;
    let agency = agency(services, debtor).await?;
    let (now, keys) = (services.now(), (services.new_id(), services.new_id()));
    let title = labels::case_kind(case.line.kind, debtor.lang());
    let page = own_page(services, debtor, title).await?.form(form);
    Ok(page.render(move || view! { <Case case done now zone keys agency/> }))
}

#[component]
fn Case(
    case: CaseView,
    done: String,
    now: DateTime<Utc>,
    zone: Tz,
    keys: (Uuid, Uuid),
    agency: String,
) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let id = case.line.id;
    let time = move |at: DateTime<Utc>| format::date_time(&at.with_timezone(&zone), locale);
    let debt = case.line.account_id.zip(case.line.account.clone()).map(|(id, number)| {
        view! { <Pair term=tr!(lang, "Deuda", "Debt", "Dívida")><a href=format!("/deudas/{id}")>{number}</a></Pair> }
    });
    let hours = case.call_hours.clone().map(|hours| {
        view! { <Pair term=tr!(lang, "Hora para llamarte", "Time to call you", "Hora para ligar")>{hours}</Pair> }
    });
    let status = case.line.progress.status;
    let said = (!case.says.is_empty()).then(|| {
        let says = case.says.clone();
        view! { <Card title=tr!(lang, "Lo que nos dijiste", "What you told us", "O que você nos disse")><p class="message-body">{says}</p></Card> }
    });
    let messages: Vec<_> =
        case.messages.iter().map(|message| bubble(message, time(message.at), &agency, lang)).collect();
    let files: Vec<_> = case.evidence.iter().map(|line| attached(id, line, locale)).collect();
    let can_reopen = case.can_reopen(now);
    let limit = u32::try_from(TEXT_CHARS).unwrap_or(u32::MAX);
    let write = (status != CaseStatus::Closed).then(|| view! {
        <Card title=tr!(lang, "Escribir un mensaje", "Write a message", "Escrever uma mensagem")>
            <PostForm action=format!("{ADDRESS}/{id}") upload=true>
                <Key key=keys.0/>
                <Textarea name="body" required=false maxlength=limit label=tr!(lang, "Tu mensaje", "Your message", "Sua mensagem")/>
                <Files/>
                <Button kind=ButtonKind::Secondary>{tr!(lang, "Enviar mensaje", "Send message", "Enviar mensagem")}</Button>
            </PostForm>
        </Card>
    });
    let reopen = can_reopen.then(|| view! {
        <Card title=tr!(lang, "¿No estás de acuerdo con la respuesta?", "Do you not agree with the answer?", "Não concorda com a resposta?")>
            <p>{trf!(
                lang,
                "Puedes reabrir el caso durante {} días desde la respuesta.",
                "You can reopen the case for {} days from the answer.",
                "Você pode reabrir o caso durante {} dias desde a resposta.",
                REOPEN_DAYS
            )}</p>
            <PostForm action=format!("{ADDRESS}/{id}/reabrir")>
                <Key key=keys.1/>
                <Textarea name="why" rows=3 maxlength=limit label=tr!(lang, "Por qué", "Why", "Por quê")/>
                <Button kind=ButtonKind::Secondary>{tr!(lang, "Reabrir el caso", "Reopen the case", "Reabrir o caso")}</Button>
            </PostForm>
        </Card>
    });
    view! {
        <PortalLayout title=labels::case_kind(case.line.kind, lang) back=ADDRESS sign_out=SIGN_OUT>
            <ErrorSummary/>
            {told(&done, lang)}
            {answer(&case, time, &agency, lang)}
            <section class="card">
                <KeyValue>
                    <Pair term=tr!(lang, "Estado", "Status", "Situação")>
                        <Badge tone=labels::case_tone(status)>{labels::case_status(status, lang)}</Badge>
                    </Pair>
                    {debt}
                    {hours}
                    <Pair term=tr!(lang, "Enviado", "Sent", "Enviado")>{time(case.line.opened_at)}</Pair>
                    {case.line.progress.outcome.is_none().then(|| view! {
                        <Pair term=tr!(lang, "Te respondemos a más tardar", "We answer by", "Respondemos até")>{format::date_long(case.line.due_on, locale)}</Pair>
                    })}
                </KeyValue>
                {(!case.holds.is_empty()).then(|| view! { <p>{held_says(case.holds.first() == Some(&domain::contact::StopKind::Dispute), lang)}</p> })}
            </section>
            {said}
            {(!files.is_empty()).then(|| view! { <Card title=tr!(lang, "Archivos", "Files", "Arquivos")><ul>{files}</ul></Card> })}
            {(!messages.is_empty()).then(|| view! { <Card title=tr!(lang, "Mensajes", "Messages", "Mensagens")><Timeline>{messages}</Timeline></Card> })}
            {write}
            {reopen}
        </PortalLayout>
    }
    .into_any()
}

/// What the case keeps back, said to the person.
pub fn held_says(dispute: bool, lang: Lang) -> &'static str {
    if dispute {
        tr!(
            lang,
            "Mientras la revisamos no te cobramos esta deuda.",
            "While we check it we do not collect this debt.",
            "Enquanto analisamos não cobramos esta dívida."
        )
    } else {
        tr!(
            lang,
            "Mientras lo vemos contigo no te buscamos para cobrar.",
            "While we look at it with you we do not contact you to collect.",
            "Enquanto vemos isso com você não procuramos você para cobrar."
        )
    }
}

fn told(done: &str, lang: Lang) -> Option<AnyView> {
    let title = match done {
        "abierto" => tr!(
            lang,
            "Lo recibimos. Aquí verás la respuesta.",
            "We have received it. You will see the answer here.",
            "Recebemos. Aqui você verá a resposta."
        ),
        "mensaje" => tr!(lang, "Recibimos tu mensaje.", "We have your message.", "Recebemos sua mensagem."),
        "reabierto" => tr!(
            lang,
            "El caso está abierto otra vez.",
            "The case is open again.",
            "O caso está aberto de novo."
        ),
        _ => return None,
    };
    Some(view! { <Notice tone=Tone::Success title/> }.into_any())
}

fn answer(
    case: &CaseView,
    time: impl Fn(DateTime<Utc>) -> String,
    agency: &str,
    lang: Lang,
) -> Option<AnyView> {
    let (outcome, text) = (case.line.progress.outcome?, case.answer.clone()?);
    let at = case.line.progress.answered_at.map(time);
    let by = agency.to_owned();
    Some(
        view! {
            <section class="card" aria-labelledby="answer">
                <h2 id="answer">{tr!(lang, "Nuestra respuesta", "Our answer", "Nossa resposta")}</h2>
                <p><Badge tone=Tone::Info>{labels::case_outcome(outcome, lang)}</Badge></p>
                <p class="message-body">{text}</p>
                <p class="soft small">{by} " · " {at}</p>
            </section>
        }
        .into_any(),
    )
}

fn bubble(message: &CaseMessage, when: String, agency: &str, lang: Lang) -> impl IntoView + use<> {
    let title =
        if message.from_person { tr!(lang, "Tú", "You", "Você").to_owned() } else { agency.to_owned() };
    let body = message.body.clone();
    view! { <TimelineItem when title><p class="message-body">{body}</p></TimelineItem> }
}

fn attached(case: CaseId, line: &EvidenceLine, locale: Locale) -> impl IntoView + use<> {
    let href = format!("{ADDRESS}/{case}/archivos/{}", line.id);
    let kilobytes = format::count((line.bytes + 1023) / 1024, locale);
    let name = line.name.clone();
    view! { <li><a href=href>{name}</a>" "<span class="soft small">{kilobytes}" kB"</span></li> }
}
