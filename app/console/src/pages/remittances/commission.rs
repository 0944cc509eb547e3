//! What was agreed with a creditor, by version.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::access::Permission;
use domain::ids::CreditorId;
use domain::money::{Currency, Decimal, Rounding};
use domain::remittance::{CommissionBracket, CommissionTerms};
use domain::text::Say;
use leptos::prelude::*;
use services::remittances::CommissionVersion;
use services::{FieldIssue, ServiceError, Services};
use ui::prelude::*;
use web::{Form, form_state, see_other};

use super::ADDRESS;
use super::view::Creditor;
use crate::desk::{Desk, Frame, Section};
use crate::pages::account::id_of;
use crate::typed::{self, keep};

/// `GET /console/rendiciones/comision/{creditor}`
pub async fn commission(State(services): State<Services>, desk: Desk, Path(id): Path<String>) -> Response {
    let result = page(&services, &desk, &id, None).await;
    desk.answer(result)
}

/// `POST /console/rendiciones/comision/{creditor}`: a new version.
pub async fn agree(
    State(services): State<Services>,
    desk: Desk,
    Path(id): Path<String>,
    form: Form,
) -> Response {
    let result = match agreed(&services, &desk, &id, &form).await {
        Ok(()) => Ok(see_other(&format!("{ADDRESS}/comision/{id}"))),
        Err(ServiceError::Invalid(issues)) => {
            let rename = |issue: FieldIssue| match issue.field {
                "terms" => FieldIssue { field: "brackets", ..issue },
                _ => issue,
            };
            let issues: Vec<_> = issues.into_iter().map(rename).collect();
            page(&services, &desk, &id, Some(form_state(&form, &issues, desk.lang()))).await
        }
        Err(error) => Err(error),
    };
    desk.answer(result)
}

async fn agreed(services: &Services, desk: &Desk, id: &str, form: &Form) -> Result<(), ServiceError> {
    desk.actor().require(Permission::RemittanceMake)?;
    let creditor = creditor(services, desk, id).await?;
    let currency = typed::currency_of(&creditor.country);
    let mut issues = Vec::new();
    let from = keep(&mut issues, typed::date("effective_from", form.get("effective_from")));
    let terms = read(form, currency, desk.locale(), &mut issues);
    let (Some(from), Some(terms), true) = (from, terms, issues.is_empty()) else {
        return Err(ServiceError::Invalid(issues));
    };
    services.add_commission_terms(desk.actor(), creditor.id, from, terms).await?;
    Ok(())
}

fn read(
    form: &Form,
    currency: Currency,
    locale: Locale,
    issues: &mut Vec<FieldIssue>,
) -> Option<CommissionTerms> {
    let brackets = keep(issues, brackets(form.get("brackets")));
    let mut amount = |field: &'static str| {
        let text = form.get(field);
        let given = (!text.is_empty()).then(|| keep(issues, typed::amount(field, text, currency, locale)));
        given.flatten().into_iter().collect::<Vec<_>>()
    };
    let (minimum, fee_per_item) = (amount("minimum"), amount("fee_per_item"));
    let tax_pct = match form.get("tax_pct") {
        "" => Some(Decimal::ZERO),
        text => keep(issues, percent("tax_pct", text)),
    };
    Some(CommissionTerms {
        brackets: brackets?,
        minimum,
        fee_per_item,
        tax_pct: tax_pct?,
        rounding: Rounding::HalfUp,
    })
}

fn percent(field: &'static str, text: &str) -> Result<Decimal, FieldIssue> {
    let plain = text.trim().trim_end_matches('%').trim().replace(',', ".");
    plain.parse().map_err(|_| FieldIssue {
        field,
        says: Say::new("Escriba un porcentaje, por ejemplo 12.5", "Write a percentage, for example 12.5"),
    })
}

/// One bracket a line: from how many days past due, a space, per cent.
fn brackets(text: &str) -> Result<Vec<CommissionBracket>, FieldIssue> {
    let line = |line: &str| {
        let (days, rate) = line.trim().split_once(char::is_whitespace)?;
        Some(CommissionBracket { from_days: days.parse().ok()?, rate_pct: percent("brackets", rate).ok()? })
    };
    let read: Option<Vec<_>> = text.lines().filter(|line| !line.trim().is_empty()).map(line).collect();
    read.filter(|brackets| !brackets.is_empty()).ok_or_else(|| FieldIssue {
        field: "brackets",
        says: Say::new(
            "Escriba un tramo por línea: días de mora y porcentaje, por ejemplo 0 15",
            "Write one bracket a line: days past due and per cent, for example 0 15",
        ),
    })
}

async fn creditor(services: &Services, desk: &Desk, id: &str) -> Result<Creditor, ServiceError> {
    let id: CreditorId = id_of(id)?;
    super::creditors(services, desk)
        .await?
        .into_iter()
        .find(|creditor| creditor.id == id)
        .ok_or(ServiceError::NotFound)
}

async fn page(
    services: &Services,
    desk: &Desk,
    id: &str,
    form: Option<FormState>,
) -> Result<Response, ServiceError> {
    let creditor = creditor(services, desk, id).await?;
    let versions = services.commission_terms(desk.actor(), creditor.id).await?;
    let today = services.today(desk.actor().organization_id).await?;
    let title = trf!(desk.lang(), "Comisión de {}", "Commission of {}", creditor.name);
    let page = desk.page(title.clone()).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <CommissionPage desk title creditor versions today/> }))
}

#[component]
fn CommissionPage(
    desk: Desk,
    title: String,
    creditor: Creditor,
    versions: Vec<CommissionVersion>,
    today: chrono::NaiveDate,
) -> impl IntoView {
    let lang = use_lang();
    let crumbs =
        vec![Crumb::new(ADDRESS, Section::Remittances.label(lang)), Crumb::here(creditor.name.clone())];
    let action = format!("{ADDRESS}/comision/{}", creditor.id);
    let code = typed::currency_of(&creditor.country).to_string();
    let none = versions.is_empty();
    let form = desk.may(Permission::RemittanceMake).then(|| {
        view! {
            <Card title=tr!(lang, "Versión nueva", "New version")>
                <PostForm action>
                    <Field name="effective_from" kind="date" label=tr!(lang, "Vale desde", "Holds from") short=true value=today.to_string()/>
                    <Textarea
                        name="brackets" label=tr!(lang, "Comisión por tramos", "Commission by brackets") rows=3
                        hint=tr!(lang, "Un tramo por línea: desde cuántos días de mora y qué porcentaje. «0 15» es 15 % para todo.", "One bracket a line: from how many days past due, and per cent. “0 15” is 15 % for all.")
                    />
                    <div class="grid">
                        <Field name="minimum" label=tr!(lang, "Mínimo por pago", "Least by payment") required=false short=true inputmode="decimal" autocomplete="off" suffix=code.clone()/>
                        <Field name="fee_per_item" label=tr!(lang, "Cargo por pago", "Fee by payment") required=false short=true inputmode="decimal" autocomplete="off" suffix=code.clone()/>
                        <Field name="tax_pct" label=tr!(lang, "Impuesto sobre comisión y cargos", "Tax on commission and fees") required=false short=true inputmode="decimal" autocomplete="off" suffix="%"/>
                    </div>
                    <Button icon=Glyph::Check>{tr!(lang, "Guardar la versión", "Keep the version")}</Button>
                </PostForm>
            </Card>
        }
    });
    let list: Vec<_> = versions.into_iter().rev().map(|version| view! { <Version version/> }).collect();
    view! {
        <Frame desk section=Section::Remittances title crumbs>
            <ErrorSummary/>
            {none.then(|| view! { <Notice tone=Tone::Info title=tr!(lang, "Todavía no se acordó ninguna comisión con este acreedor.", "No commission has been agreed with this creditor yet.")/> })}
            {list}
            {form}
        </Frame>
    }
}

/// One version in words.
#[component]
pub fn Version(version: CommissionVersion) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let CommissionVersion { version, effective_from, terms, .. } = version;
    let title = trf!(
        lang,
        "Comisión, versión {0}: desde el {1}",
        "Commission, version {0}: from {1}",
        version,
        format::date_short(effective_from, locale)
    );
    let flat = terms.brackets.len() == 1;
    let brackets: Vec<_> = terms
        .brackets
        .iter()
        .map(|bracket| {
            let term = if flat {
                tr!(lang, "Sobre lo cobrado", "Of what is collected").to_owned()
            } else {
                trf!(lang, "Desde {} de mora", "From {} past due", format::days(bracket.from_days, locale))
            };
            let rate = bracket.rate_pct.to_string();
            view! { <Pair term>{rate}" %"</Pair> }
        })
        .collect();
    let amounts = move |term: &'static str, amounts: &[domain::money::Money]| {
        let text: Vec<_> = amounts.iter().map(|amount| format::money(amount, locale)).collect();
        (!text.is_empty()).then(|| view! { <Pair term>{text.join(" · ")}</Pair> })
    };
    view! {
        <Card title>
            <KeyValue>
                {brackets}
                {amounts(tr!(lang, "Mínimo por pago", "Least by payment"), &terms.minimum)}
                {amounts(tr!(lang, "Cargo por pago", "Fee by payment"), &terms.fee_per_item)}
                {(!terms.tax_pct.is_zero()).then(|| view! { <Pair term=tr!(lang, "Impuesto", "Tax")>{terms.tax_pct.to_string()}" %"</Pair> })}
            </KeyValue>
        </Card>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_read_line_by_line() {
        let read = brackets("0 8\n\n31  12,5 %\n").unwrap();
        let pairs: Vec<_> = read.iter().map(|b| (b.from_days, b.rate_pct.to_string())).collect();
        assert_eq!(pairs, [(0, "8".to_owned()), (31, "12.5".to_owned())]);
        for text in ["", "8", "x 8", "0 mucho"] {
            assert_eq!(brackets(text).unwrap_err().field, "brackets", "{text:?}");
        }
    }
}
