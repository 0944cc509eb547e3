//! One reported payment: how it stands, and what to do.

use axum::extract::{Path, Query, State};
use chrono_tz::Tz;
use domain::ids::ReportId;
use domain::reported::ReportStatus;
use leptos::prelude::*;
use serde::Deserialize;
use services::Services;
use services::cases::EvidenceLine;
use services::reports::{ReportLine, ReportView};
use ui::prelude::*;
use uuid::Uuid;
use web::{Debtor, attachment};

use super::ADDRESS;
use crate::pages::SIGN_OUT;
use crate::shell::{Answer, fail, id, own_page};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Done {
    #[serde(rename = "hecho")]
    what: String,
}

/// `GET /pagos-reportados/{id}`
pub async fn show(
    State(services): State<Services>,
    debtor: Debtor,
    Path(report): Path<String>,
    Query(done): Query<Done>,
) -> Answer {
    let no = |error| fail(error, &debtor.visitor);
    let report: ReportId = id(&report, &debtor.visitor)?;
    let report = services.my_report(debtor.actor(), report).await.map_err(no)?;
    let zone = services.organization(debtor.actor().organization_id).await.map_err(no)?.zone;
    let page = own_page(&services, &debtor, title(debtor.lang())).await?;
    let told = done.what == "avisado";
    Ok(page.render(move || view! { <Report report zone told/> }))
}

/// `GET /pagos-reportados/{id}/archivos/{file}`
pub async fn file(
    State(services): State<Services>,
    debtor: Debtor,
    Path((report, file)): Path<(String, String)>,
) -> Answer {
    let report: ReportId = id(&report, &debtor.visitor)?;
    let file: Uuid = id(&file, &debtor.visitor)?;
    let found = services.report_file(debtor.actor(), report, file).await;
    let (line, bytes) = found.map_err(|error| fail(error, &debtor.visitor))?;
    Ok(attachment(bytes, &line.media_type, &line.file_name()))
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Tu aviso de pago", "The payment you told us of", "Seu aviso de pagamento")
}

#[component]
fn Report(report: ReportView, zone: Tz, told: bool) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let line = report.line;
    let sent = format::date_time(&line.reported_at.with_timezone(&zone), locale);
    let files: Vec<_> = report.files.iter().map(|file| attached(line.id, file, locale)).collect();
    let reference = line.reference.clone().map(|text| {
        view! { <Pair term=tr!(lang, "Referencia", "Reference", "Referência")>{text}</Pair> }
    });
    let account = line.account.clone();
    let status = line.status;
    view! {
        <PortalLayout title=title(lang) back=format!("/deudas/{}", line.account_id) sign_out=SIGN_OUT>
            {told.then(|| view! {
                <Notice tone=Tone::Success title=tr!(lang, "Recibimos tu aviso", "We have your message", "Recebemos seu aviso")/>
            })}
            <Outcome line=line.clone()/>
            <section class="card">
                <Amount money=line.amount label=tr!(lang, "Dices que pagaste", "You say you paid", "Você diz que pagou") small=true/>
                <KeyValue>
                    <Pair term=tr!(lang, "Estado", "Status", "Situação")>
                        <Badge tone=labels::report_tone(status)>{labels::report_status(status, lang)}</Badge>
                    </Pair>
                    <Pair term=tr!(lang, "Deuda", "Debt", "Dívida")><a href=format!("/deudas/{}", line.account_id)>{account}</a></Pair>
                    <Pair term=tr!(lang, "Día del pago", "Day of the payment", "Dia do pagamento")>{format::date_long(line.paid_on, locale)}</Pair>
                    <Pair term=tr!(lang, "Cómo", "How", "Como")>{labels::report_way(line.way, lang)}</Pair>
                    <Pair term=tr!(lang, "Dónde", "Where", "Onde")>{line.place}</Pair>
                    {reference}
                    <Pair term=tr!(lang, "Nos avisaste", "You told us", "Você avisou")>{sent}</Pair>
                </KeyValue>
            </section>
            {(!files.is_empty()).then(|| view! { <Card title=tr!(lang, "Archivos", "Files", "Arquivos")><ul>{files}</ul></Card> })}
        </PortalLayout>
    }
    .into_any()
}

/// What it came to, and the next step.
#[component]
fn Outcome(line: ReportLine) -> impl IntoView {
    let lang = use_lang();
    match line.status {
        ReportStatus::Received | ReportStatus::Checking => view! {
            <Notice tone=Tone::Info title=tr!(lang, "Estamos buscando tu pago", "We are looking for your payment", "Estamos procurando seu pagamento")>
                {tr!(
                    lang,
                    "No tienes que hacer nada más. La respuesta aparece aquí. Mientras tanto la cantidad de tu deuda no cambia.",
                    "There is nothing else you need to do. The answer appears here. Meanwhile the amount of your debt does not change.",
                    "Você não precisa fazer mais nada. A resposta aparece aqui. Enquanto isso o valor da dívida não muda."
                )}
            </Notice>
        }
        .into_any(),
        ReportStatus::Confirmed => {
            let receipt = line.payment_id.map(|payment| view! {
                <p><LinkButton href=format!("/recibos/{payment}") icon=Glyph::Receipt>{tr!(lang, "Ver mi recibo", "See my receipt", "Ver meu recibo")}</LinkButton></p>
            });
            view! {
                <Notice tone=Tone::Success title=tr!(lang, "Encontramos tu pago", "We found your payment", "Encontramos seu pagamento")>
                    <p>{tr!(lang, "Ya cuenta en tu deuda.", "It counts towards your debt.", "Já conta na sua dívida.")}</p>
                </Notice>
                {receipt}
            }
            .into_any()
        }
        ReportStatus::NotFound => {
            let again = format!("/deudas/{}/ya-pague", line.account_id);
            let disagree = format!("/deudas/{}/no-estoy-de-acuerdo", line.account_id);
            view! {
                <Notice tone=Tone::Warn title=tr!(lang, "No encontramos este pago", "We did not find this payment", "Não encontramos este pagamento")>
                    <p class="message-body">{line.reason}</p>
                </Notice>
                <Ways>
                    <Way href=again icon=Glyph::Receipt
                        title=tr!(lang, "Avisar otra vez", "Tell us again", "Avisar de novo")
                        hint=tr!(lang, "Con otro dato o una foto del comprobante", "With another detail or a photo of the slip", "Com outro dado ou uma foto do comprovante")/>
                    <Way href=disagree icon=Glyph::Scale
                        title=tr!(lang, "No estoy de acuerdo", "I do not agree", "Não concordo")
                        hint=tr!(lang, "Abre un caso: detenemos el cobro mientras lo revisamos", "Opens a case: we stop collecting while we check it", "Abre um caso: paramos a cobrança enquanto analisamos")/>
                </Ways>
            }
            .into_any()
        }
    }
}

fn attached(report: ReportId, line: &EvidenceLine, locale: Locale) -> impl IntoView + use<> {
    let href = format!("{ADDRESS}/{report}/archivos/{}", line.id);
    let kilobytes = format::count((line.bytes + 1023) / 1024, locale);
    let name = line.name.clone();
    view! { <li><a href=href>{name}</a>" "<span class="soft small">{kilobytes}" kB"</span></li> }
}
