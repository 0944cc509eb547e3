//! One statement: its lines and totals, as a page and as CSV, and its payment.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use domain::access::Permission;
use http::{HeaderValue, header};
use leptos::prelude::*;
use serde::Deserialize;
use services::remittances::{RemittanceLine, RemittanceStatus, RemittanceView};
use services::{ServiceError, Services};
use ui::prelude::*;
use web::{Form, form_state, see_other};

use super::ADDRESS;
use super::view::status;
use crate::desk::{ACCOUNTS, Desk, Frame, Section};
use crate::pages::account::id_of;
use crate::typed;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Told {
    /// What was just done, told once after the redirect.
    #[serde(rename = "hecho")]
    done: String,
}

/// `GET /console/rendiciones/{id}`
pub async fn show(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    Query(told): Query<Told>,
) -> Response {
    let result = page(&services, &desk, &id, told.done, None).await;
    desk.answer(result)
}

/// `POST /console/rendiciones/{id}`: it was paid.
pub async fn pay(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let result = match paid(&services, &desk, &id, &form).await {
        Ok(()) => Ok(see_other(&format!("{ADDRESS}/{id}?hecho=pagada"))),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, desk.lang());
            page(&services, &desk, &id, String::new(), Some(state)).await
        }
        Err(error) => Err(error),
    };
    desk.answer(result)
}

async fn paid(services: &Services, desk: &Desk, id: &str, form: &Form) -> Result<(), ServiceError> {
    let id = id_of(id)?;
    let on =
        typed::date("paid_on", form.get("paid_on")).map_err(|issue| ServiceError::Invalid(vec![issue]))?;
    services.pay_remittance(desk.actor(), id, on).await?;
    Ok(())
}

/// `GET /console/rendiciones/{id}/csv`
pub async fn csv(State(services): State<Services>, desk: Desk, Path(id): Path<String>) -> Response {
    let result = download(&services, &desk, &id).await;
    desk.answer(result)
}

async fn download(services: &Services, desk: &Desk, id: &str) -> Result<Response, ServiceError> {
    let id = id_of(id)?;
    let found = services.remittance(desk.actor(), id).await?;
    let text = services.remittance_csv(desk.actor(), id).await?;
    // Creditors' codes are letters, digits, hyphen and dot; whatever else there is stays out.
    let code: String =
        found.creditor.code.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')).collect();
    let name = format!("attachment; filename=\"{code}-{}-{}.csv\"", found.net.currency(), found.number);
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let fallback = HeaderValue::from_static("attachment");
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).unwrap_or(fallback));
    Ok(response)
}

async fn page(
    services: &Services,
    desk: &Desk,
    id: &str,
    done: String,
    form: Option<FormState>,
) -> Result<Response, ServiceError> {
    let found = services.remittance(desk.actor(), id_of(id)?).await?;
    let today = services.today(desk.actor().organization_id).await?;
    let page = desk.page(found.creditor.name.clone()).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <StatementPage desk found today done/> }))
}

#[component]
fn StatementPage(desk: Desk, found: RemittanceView, today: chrono::NaiveDate, done: String) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let title = trf!(lang, "Rendición {0} a {1}", "Remittance {0} to {1}", found.number, found.creditor.name);
    let crumbs = vec![
        Crumb::new(ADDRESS, Section::Remittances.label(lang)),
        Crumb::here(format!("{} {}", found.creditor.code, found.number)),
    ];
    let (tone, says) = status(found.status, lang);
    let told = match done.as_str() {
        "rendida" => Some(tr!(lang, "La rendición quedó hecha.", "The remittance is made.")),
        "pagada" => Some(tr!(
            lang,
            "El pago al acreedor quedó registrado.",
            "The payment to the creditor is recorded."
        )),
        _ => None,
    };
    let may_pay = found.status == RemittanceStatus::Stated
        && found.net.is_positive()
        && desk.may(Permission::RemittanceMake);
    let action = format!("{ADDRESS}/{}", found.id);
    let file = format!("{action}/csv");
    let made = desk.time(found.created_at);
    let period = format!(
        "{} – {}",
        format::date_short(found.period_from, locale),
        format::date_short(found.period_to, locale)
    );
    let money = move |amount| format::money(&amount, locale);
    let pay = may_pay.then(|| {
        view! {
            <Card title=tr!(lang, "Pagar al acreedor", "Pay the creditor")>
                <PostForm action>
                    <Field name="paid_on" kind="date" label=tr!(lang, "Día del pago", "Day of the payment") short=true value=today.to_string() max=today.to_string()
                        hint=tr!(lang, "Cuando el dinero ya salió", "Once the money has gone out")/>
                    <Button icon=Glyph::Check>{tr!(lang, "Registrar el pago", "Record the payment")}</Button>
                </PostForm>
            </Card>
        }
    });
    let rows: Vec<_> = found.lines.into_iter().map(|line| row(line, lang, locale)).collect();
    let columns = vec![
        Column::number(tr!(lang, "N.º", "No.")),
        Column::new(tr!(lang, "Concepto", "Item")),
        Column::new(tr!(lang, "Fecha", "Date")),
        Column::new(tr!(lang, "Cuenta", "Account")),
        Column::number(tr!(lang, "Base", "Base")),
        Column::number(tr!(lang, "Tasa", "Rate")),
        Column::number(tr!(lang, "Importe", "Amount")),
    ];
    let caption = tr!(lang, "Líneas", "Lines");
    view! {
        <Frame desk section=Section::Remittances title crumbs>
            <ErrorSummary/>
            {told.map(|title| view! { <Notice tone=Tone::Success title/> })}
            <div class="split">
                <div>
                    <div class="card"><DataTable caption=caption caption_hidden=true stacked=true columns>{rows}</DataTable></div>
                </div>
                <aside aria-label=tr!(lang, "Totales", "Totals")>
                    <Card>
                        <Amount money=found.net label=tr!(lang, "Se entrega", "Paid out")/>
                        <p class="row"><Badge tone>{says}</Badge>{found.net.is_negative().then_some(tr!(lang, "Se compensa con la próxima", "Set off with the next one"))}</p>
                        <KeyValue>
                            <Pair term=tr!(lang, "Cobrado", "Collected")>{money(found.collected)}</Pair>
                            <Pair term=tr!(lang, "Comisión", "Commission")>{money(found.commission)}</Pair>
                            <Pair term=tr!(lang, "Cargos por pago", "Fees by payment")>{money(found.fees)}</Pair>
                            <Pair term=tr!(lang, "Impuesto", "Tax")>{money(found.tax)}</Pair>
                            <Pair term=tr!(lang, "Se entrega", "Paid out") strong=true>{money(found.net)}</Pair>
                            <Pair term=tr!(lang, "Período", "Period")>{period}</Pair>
                            <Pair term=tr!(lang, "Hecha", "Made")>{made}</Pair>
                        </KeyValue>
                        <LinkButton href=file kind=ButtonKind::Secondary icon=Glyph::Download download=true>{tr!(lang, "Descargar CSV", "Download CSV")}</LinkButton>
                    </Card>
                    {pay}
                </aside>
            </div>
        </Frame>
    }
}

fn row(line: RemittanceLine, lang: Lang, locale: Locale) -> AnyView {
    let what = match line.kind.as_str() {
        "collected" => tr!(lang, "Cobro", "Collection"),
        "agency_charge" => tr!(lang, "Cargo propio", "Charge of ours"),
        "commission" => tr!(lang, "Comisión", "Commission"),
        "fee" => tr!(lang, "Cargo por pago", "Fee by payment"),
        "tax" => tr!(lang, "Impuesto", "Tax"),
        _ => tr!(lang, "Otro", "Other"),
    };
    let account = match (line.account_id, line.external_id) {
        (Some(id), Some(number)) => {
            let href = format!("{ACCOUNTS}/{id}");
            view! { <a href=href>{number}</a> }.into_any()
        }
        _ => "–".into_any(),
    };
    let rate = line.rate_pct.map_or("–".to_owned(), |rate| format!("{rate} %"));
    view! {
        <tr>
            <th scope="row" class="num">{line.number}</th>
            <td data-label=tr!(lang, "Concepto", "Item")>{what}</td>
            <td class="nowrap" data-label=tr!(lang, "Fecha", "Date")>{format::date_short(line.on, locale)}</td>
            <td data-label=tr!(lang, "Cuenta", "Account")>{account}</td>
            <td class="num" data-label=tr!(lang, "Base", "Base")>{format::money_bare(&line.base, locale)}</td>
            <td class="num" data-label=tr!(lang, "Tasa", "Rate")>{rate}</td>
            <td class="num" data-label=tr!(lang, "Importe", "Amount")>{format::money_bare(&line.amount, locale)}</td>
        </tr>
    }
    .into_any()
}
