//! Reported payments: the queue, and one of them with its slip, to be confirmed or declined.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::access::Permission;
use domain::ids::ReportId;
use domain::ledger::PaymentMethod;
use domain::reported::ReportWay;
use leptos::prelude::*;
use serde::Deserialize;
use services::cases::{EvidenceLine, TEXT_CHARS};
use services::reports::{Confirmation, ReportLine, ReportView};
use services::{ServiceError, Services};
use ui::prelude::*;
use uuid::Uuid;
use web::{Form, attachment, form_state, see_other};

use super::account::{address, id_of};
use crate::desk::{Desk, Frame, Section};
use crate::typed::{self, keep};

pub const ADDRESS: &str = "/console/pagos-reportados";

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    cerrados: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Done {
    #[serde(rename = "hecho")]
    what: String,
}

/// `GET /console/pagos-reportados`
pub async fn list(State(services): State<Services>, desk: Desk, Query(wish): Query<Wish>) -> Response {
    let result = queue_page(&services, &desk, wish.cerrados).await;
    desk.answer(result)
}

async fn queue_page(services: &Services, desk: &Desk, closed: bool) -> Result<Response, ServiceError> {
    let found = services.report_queue(desk.actor(), closed).await?;
    let lines: Vec<_> = found.into_iter().map(|line| (desk.time(line.reported_at), line)).collect();
    let page = desk.page(Section::Reports.label(desk.lang()));
    let desk = desk.clone();
    Ok(page.render(move || view! { <Queue desk lines closed/> }))
}

/// `GET /console/pagos-reportados/{id}`
pub async fn show(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let result = page(&services, &desk, &id, done.what, None).await;
    desk.answer(result)
}

/// `POST /console/pagos-reportados/{id}`: the step that the pressed button names.
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
    let (actor, report): (_, ReportId) = (desk.actor(), id_of(id)?);
    match form.get("step") {
        "take" => services.take_report(actor, report).await.map(|()| "tomado"),
        "confirm" => {
            let currency = services.report_view(actor, report).await?.line.amount.currency();
            let mut issues = Vec::new();
            let amount =
                keep(&mut issues, typed::amount("amount", form.get("amount"), currency, desk.locale()));
            let received_on = keep(&mut issues, typed::date("received_on", form.get("received_on")));
            let method = keep(&mut issues, typed::choice("method", form.get("method")));
            let (Some(amount), Some(received_on), Some(method)) = (amount, received_on, method) else {
                return Err(ServiceError::Invalid(issues));
            };
            let found = Confirmation { amount, received_on, method };
            services.confirm_report(actor, report, found).await.map(|_| "confirmado")
        }
        "decline" => {
            services.decline_report(actor, report, form.get("reason")).await.map(|()| "no-encontrado")
        }
        _ => Err(ServiceError::NotFound),
    }
}

/// `GET /console/pagos-reportados/{id}/archivos/{file}`
pub async fn file(
    State(services): State<Services>,
    desk: Desk,
    Path((report, file)): Path<(String, String)>,
) -> Response {
    let result = async {
        let (report, file): (ReportId, Uuid) = (id_of(&report)?, id_of(&file)?);
        let (line, bytes) = services.report_file(desk.actor(), report, file).await?;
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
    let report = services.report_view(desk.actor(), id_of(id)?).await?;
    let staff = services.staff_by_audit_name(desk.actor()).await?;
    let by = report
        .line
        .taken_by
        .as_ref()
        .map(|by| staff.iter().find(|(known, _)| known == by).map_or(by, |(_, name)| name).clone());
    let reported = desk.time(report.line.reported_at);
    let page = desk.page(title(desk.lang())).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <One desk report by reported done/> }))
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Pago reportado", "Reported payment")
}

#[component]
fn One(desk: Desk, report: ReportView, by: Option<String>, reported: String, done: String) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let ReportView { line, files, same, reported_again } = report;
    let crumbs = vec![Crumb::new(ADDRESS, Section::Reports.label(lang)), Crumb::here(line.debtor.clone())];
    let files: Vec<_> = files.iter().map(|file| attached(line.id, file, lang)).collect();
    let none = files.is_empty();
    let doubles = (!same.is_empty()).then(|| {
        let links: Vec<_> = same
            .iter()
            .map(|one| view! { <li><a href=format!("/console/recibos/{}", one.payment_id)>{one.receipt_no.clone()}</a></li> })
            .collect();
        view! {
            <Notice tone=Tone::Warn title=tr!(lang, "Ya hay un pago igual en esta deuda", "The debt already has a payment like this")>
                <p>{tr!(lang, "Mismo importe y mismo día. Mire si es el mismo antes de confirmar.", "Same amount and same day. See whether it is the same one before you confirm.")}</p>
                <ul>{links}</ul>
            </Notice>
        }
    });
    let again = (!reported_again.is_empty()).then(|| {
        let links: Vec<_> = reported_again
            .iter()
            .map(|id| view! { <li><a href=format!("{ADDRESS}/{id}")>{tr!(lang, "Ver el otro aviso", "See the other report")}</a></li> })
            .collect();
        view! {
            <Notice tone=Tone::Warn title=tr!(lang, "La persona avisó dos veces de un pago así", "The person told of such a payment twice")>
                <ul>{links}</ul>
            </Notice>
        }
    });
    let may_post = desk.may(Permission::PaymentPost);
    let told = told(&done, lang);
    let status = line.status;
    let facts = line.clone();
    view! {
        <Frame desk section=Section::Reports title=title(lang) crumbs>
            <ErrorSummary/>
            {told}
            {doubles}
            {again}
            <div class="split">
                <div>
                    <Card title=tr!(lang, "Comprobantes", "Slips")>
                        {if none {
                            view! { <p>{tr!(lang, "No adjuntó ninguno.", "None was attached.")}</p> }.into_any()
                        } else {
                            view! { <ul>{files}</ul> }.into_any()
                        }}
                    </Card>
                    <Steps line=line.clone() may_post/>
                </div>
                <aside aria-label=tr!(lang, "Lo que dice la persona", "What the person says")>
                    <Card>
                        <Amount money=facts.amount label=tr!(lang, "Importe que dice", "Amount told") small=true/>
                        <KeyValue>
                            <Pair term=tr!(lang, "Estado", "Status")><Badge tone=labels::report_tone(status)>{labels::report_status(status, lang)}</Badge></Pair>
                            <Pair term=tr!(lang, "Persona", "Person")>{facts.debtor}</Pair>
                            <Pair term=tr!(lang, "Deuda", "Debt")><a href=address(facts.account_id)>{facts.account}</a></Pair>
                            <Pair term=tr!(lang, "Día del pago", "Day of the payment")>{format::date_short(facts.paid_on, locale)}</Pair>
                            <Pair term=tr!(lang, "Cómo", "How")>{labels::report_way(facts.way, lang)}</Pair>
                            <Pair term=tr!(lang, "Dónde", "Where")>{facts.place}</Pair>
                            {facts.reference.map(|text| view! { <Pair term=tr!(lang, "Referencia", "Reference")>{text}</Pair> })}
                            <Pair term=tr!(lang, "Avisó", "Told us")>{reported}</Pair>
                            {by.map(|by| view! { <Pair term=tr!(lang, "Quién lo busca", "Who looks for it")>{by}</Pair> })}
                        </KeyValue>
                    </Card>
                </aside>
            </div>
        </Frame>
    }
    .into_any()
}

/// Where the money most likely is.
const fn likely(way: ReportWay) -> PaymentMethod {
    match way {
        ReportWay::Office => PaymentMethod::OfficeCash,
        ReportWay::Transfer
        | ReportWay::Deposit
        | ReportWay::Store
        | ReportWay::Creditor
        | ReportWay::Other => PaymentMethod::BankTransfer,
    }
}

#[component]
fn Steps(line: ReportLine, may_post: bool) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let action = format!("{ADDRESS}/{}", line.id);
    if let Some(payment) = line.payment_id {
        let href = format!("/console/recibos/{payment}");
        return view! { <Card><p><a href=href>{tr!(lang, "Ver el recibo", "See the receipt")}</a></p></Card> }.into_any();
    }
    if let Some(reason) = line.reason {
        return view! { <Card title=tr!(lang, "Lo que se le dijo", "What the person was told")><p class="message-body">{reason}</p></Card> }.into_any();
    }
    let take = (line.taken_by.is_none()).then(|| {
        let action = action.clone();
        view! { <Card><PostForm action><Step step="take"/><Button kind=ButtonKind::Secondary>{tr!(lang, "Lo busco yo", "I look for it")}</Button></PostForm></Card> }
    });
    let currency = line.amount.currency();
    let confirm = may_post.then(|| {
        let action = action.clone();
        let options = [PaymentMethod::BankTransfer, PaymentMethod::OfficeCash]
            .iter()
            .map(|method| Choice::new(method.as_str(), labels::payment_method(*method, lang)))
            .collect();
        view! {
            <Card title=tr!(lang, "Lo encontré", "I found it")>
                <PostForm action>
                    <Step step="confirm"/>
                    <Field
                        name="amount" short=true inputmode="decimal" value=format::money_bare(&line.amount, locale)
                        label=tr!(lang, "Importe que llegó", "Amount that came") suffix=currency.code()
                    />
                    <Field
                        name="received_on" kind="date" short=true value=line.paid_on.to_string()
                        label=tr!(lang, "Día en que cuenta", "Day from which it counts")
                        hint=tr!(lang, "El día en que el dinero llegó, según el banco o la caja.", "The day on which the money came, by the bank or the till.")
                    />
                    <RadioGroup name="method" legend=tr!(lang, "Dónde está el dinero", "Where the money is") options value=likely(line.way).as_str()/>
                    <Button>{tr!(lang, "Confirmar y dar recibo", "Confirm and give a receipt")}</Button>
                </PostForm>
            </Card>
        }
    });
    let limit = u32::try_from(TEXT_CHARS).unwrap_or(u32::MAX);
    view! {
        {take}
        {confirm}
        <Card title=tr!(lang, "No lo encontré", "I did not find it")>
            <PostForm action>
                <Step step="decline"/>
                <Textarea
                    name="reason" rows=3 maxlength=limit label=tr!(lang, "Por qué, y qué puede hacer", "Why, and what the person can do")
                    hint=tr!(lang, "La persona lo lee tal cual, por ejemplo: ese día no llegó nada de su banco; envíe el comprobante completo.", "The person reads it as it is, for example: nothing came from your bank on that day; send the whole slip.")
                />
                <Button kind=ButtonKind::Secondary>{tr!(lang, "Responder que no se encontró", "Answer that it was not found")}</Button>
            </PostForm>
        </Card>
    }
    .into_any()
}

#[component]
fn Step(step: &'static str) -> impl IntoView {
    view! { <input type="hidden" name="step" value=step/> }
}

fn attached(report: ReportId, line: &EvidenceLine, lang: Lang) -> impl IntoView + use<> {
    let href = format!("{ADDRESS}/{report}/archivos/{}", line.id);
    let says = trf!(lang, "Descargar {}", "Download {}", line.name);
    let kilobytes = format::count((line.bytes + 1023) / 1024, use_locale());
    view! { <li><a href=href>{says}</a>" "<span class="soft small">{kilobytes}" kB"</span></li> }
}

fn told(done: &str, lang: Lang) -> Option<AnyView> {
    let title = match done {
        "tomado" => tr!(lang, "La persona ve que lo está buscando.", "The person sees that you look for it."),
        "confirmado" => {
            tr!(
                lang,
                "El pago quedó registrado y la persona tiene su recibo.",
                "The payment is posted and the person has the receipt."
            )
        }
        "no-encontrado" => {
            tr!(lang, "La persona ya puede leer el motivo.", "The person can read the reason now.")
        }
        _ => return None,
    };
    Some(view! { <Notice tone=Tone::Success title/> }.into_any())
}

#[component]
fn Queue(desk: Desk, lines: Vec<(String, ReportLine)>, closed: bool) -> impl IntoView {
    let lang = use_lang();
    let none = lines.is_empty();
    let rows: Vec<_> = lines.into_iter().map(|line| row(line, lang)).collect();
    let columns = vec![
        Column::new(tr!(lang, "Avisó", "Told us")),
        Column::new(tr!(lang, "Persona", "Person")),
        Column::new(tr!(lang, "Deuda", "Debt")),
        Column::new(tr!(lang, "Día del pago", "Day of the payment")),
        Column::number(tr!(lang, "Importe", "Amount")),
        Column::new(tr!(lang, "Estado", "Status")),
    ];
    let (other, says) = if closed {
        (ADDRESS.to_owned(), tr!(lang, "Ver los que esperan", "See those that wait"))
    } else {
        (format!("{ADDRESS}?cerrados=true"), tr!(lang, "Ver los respondidos", "See the answered ones"))
    };
    let title = Section::Reports.label(lang);
    view! {
        <Frame desk section=Section::Reports title>
            <p class="lead">{tr!(
                lang,
                "Pagos que las personas dicen haber hecho fuera de aquí. Búsquelos en el banco o en la caja; nada cambia en la deuda hasta que se confirma.",
                "Payments that people say they made elsewhere. Look for them at the bank or in the till; nothing changes on the debt until one is confirmed.",
            )}</p>
            <p><a href=other>{says}</a></p>
            {if none {
                view! { <Card><EmptyState title=tr!(lang, "No hay pagos por buscar", "There are no payments to look for") icon=Glyph::Receipt/></Card> }.into_any()
            } else {
                view! { <div class="card"><DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable></div> }.into_any()
            }}
        </Frame>
    }
}

fn row((reported, line): (String, ReportLine), lang: Lang) -> AnyView {
    let locale = use_locale();
    let href = format!("{ADDRESS}/{}", line.id);
    view! {
        <tr>
            <td class="nowrap" data-label=tr!(lang, "Avisó", "Told us")>{reported}</td>
            <th scope="row"><a href=href data-row="">{line.debtor}</a></th>
            <td data-label=tr!(lang, "Deuda", "Debt")><a href=address(line.account_id)>{line.account}</a></td>
            <td class="nowrap" data-label=tr!(lang, "Día del pago", "Day of the payment")>{format::date_short(line.paid_on, locale)}</td>
            <td class="num" data-label=tr!(lang, "Importe", "Amount")>{format::money(&line.amount, locale)}</td>
            <td data-label=tr!(lang, "Estado", "Status")><Badge tone=labels::report_tone(line.status)>{labels::report_status(line.status, lang)}</Badge></td>
        </tr>
    }
    .into_any()
}
