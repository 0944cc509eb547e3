//! The editor of a new version, and the preview of what it would change.

use domain::account::Component;
use domain::money::Rounding;
use domain::terms::InterestKind;
use leptos::prelude::*;
use services::ledger::{TermsChange, TermsLine, TermsPreview};
use ui::prelude::*;

use super::form::{KINDS, LIMITATION_BOXES, MOST_ROWS, method_name, methods, rows};
use super::list::product_name;
use super::{ADDRESS, words};
use crate::desk::{Desk, Frame, Section};
use crate::pages::account::address;
use crate::pages::ledger::formula;

pub use services::ledger::Creditor;

/// Accounts in the preview's table.
const SHOWN: usize = 10;

/// The product whose terms are written, and what holds until now.
#[derive(Clone, Debug)]
pub struct Product {
    pub creditor: Creditor,
    pub name: String,
    pub latest: Option<TermsLine>,
}

#[component]
pub fn EditPage(
    desk: Desk,
    product: Product,
    series: Vec<String>,
    preview: Option<(TermsPreview, String)>,
) -> impl IntoView {
    let lang = use_lang();
    let title = tr!(lang, "Nueva versión de condiciones", "New version of terms");
    let crumbs = vec![Crumb::new(ADDRESS, Section::Terms.label(lang)), Crumb::here(title)];
    let subject = format!("{} · {}", product.creditor.name, product_name(&product.name, lang));
    let pairs = form_state().map(|state| state.values).unwrap_or_default();
    let accruals: Vec<_> = KINDS.into_iter().map(|(kind, name)| accrual(kind, name, &series)).collect();
    let count = rows(&pairs, "charges");
    let charges: Vec<_> = (0..count).map(|at| charge(at, &pairs)).collect();
    let stamp = preview.as_ref().map(|(_, stamp)| stamp.clone());
    let previewed = stamp.is_some();
    let preview = preview.map(|(preview, _)| view! { <Preview preview/> });
    let law = formula::order_law(&product.creditor.country, lang);
    let until_now = product.latest.as_ref().map(|line| {
        trf!(
            lang,
            "Parte de la versión {0}, que rige desde el {1}.",
            "Starts from version {0}, which holds from {1}.",
            line.version,
            format::date_short(line.effective_from, desk.locale())
        )
    });
    let whole = form_state().and_then(|state| state.error("terms").map(str::to_owned));
    let whole = whole.map(|says| view! { <Notice tone=Tone::Error title=says/> });
    view! {
        <Frame desk section=Section::Terms title crumbs>
            <ErrorSummary/>
            <p class="lead"><strong>{subject}</strong>" "{until_now}</p>
            <PostForm action=format!("{ADDRESS}/nueva") class="form terms-form">
                // Pressing Enter in a field previews; it neither adds a row nor saves.
                <button type="submit" name="act" value="preview" class="visually-hidden" tabindex="-1" aria-hidden="true">{tr!(lang, "Ver qué cambiaría", "See what would change")}</button>
                <input type="hidden" name="creditor" value=product.creditor.id.to_string()/>
                <input type="hidden" name="product" value=product.name/>
                <input type="hidden" name="charges" value=count.to_string()/>
                {stamp.map(|stamp| view! { <input type="hidden" name="previewed" value=stamp/> })}
                <div id="terms">{whole}</div>
                {accruals}
                <Card title=tr!(lang, "Cargos por mora", "Late charges")>
                    {(count == 0).then(|| view! { <p class="soft small">{tr!(lang, "Ninguno.", "None.")}</p> })}
                    {charges}
                    {(count < MOST_ROWS).then(|| act("add_charge".to_owned(), tr!(lang, "Añadir cargo", "Add a charge").to_owned(), Glyph::Plus))}
                </Card>
                <Order law/>
                <LimitationFields/>
                <Card title=tr!(lang, "Desde cuándo y por qué", "From when, and why")>
                    <div class="grid">
                        <Field name="effective_from" label=tr!(lang, "Rige desde el", "Holds from") kind="date" short=true/>
                        <Select name="rounding" label=tr!(lang, "Redondeo", "Rounding") options=roundings(lang) short=true/>
                    </div>
                    <Textarea name="note" label=tr!(lang, "Nota", "Note") rows=2 maxlength=500 required=false
                        hint=tr!(lang, "Qué documento o acuerdo lo dice; la leerá quien pregunte por una cifra.", "Which document or agreement says so; whoever asks about a figure will read it.")/>
                </Card>
                {preview}
                <div class="row">
                    {previewed.then(|| view! { <Button name="act" value="save">{tr!(lang, "Guardar versión", "Save the version")}</Button> })}
                    <Button kind=if previewed { ButtonKind::Secondary } else { ButtonKind::Primary } name="act" value="preview">{tr!(lang, "Ver qué cambiaría", "See what would change")}</Button>
                    <a class="btn btn-quiet" href=ADDRESS>{tr!(lang, "Cancelar", "Cancel")}</a>
                </div>
            </PostForm>
        </Frame>
    }
}

fn act(value: String, label: String, icon: Glyph) -> AnyView {
    view! { <p><Button kind=ButtonKind::Secondary name="act" value icon>{label}</Button></p> }.into_any()
}

fn roundings(lang: Lang) -> Vec<Choice> {
    Rounding::ALL.iter().map(|item| Choice::new(item.as_str(), formula::rounding(*item, lang))).collect()
}

fn accrual(kind: InterestKind, name: &'static str, series: &[String]) -> AnyView {
    let lang = use_lang();
    let field = move |part: &str| format!("{name}_{part}");
    let sources = vec![
        Choice::new("account", tr!(lang, "La que trae cada cuenta", "The one that came with each account")),
        Choice::new("fixed", tr!(lang, "Fija", "Fixed")),
        Choice::new("series", tr!(lang, "Serie publicada más puntos", "Published series plus points")),
    ];
    let codes: Vec<_> = series.iter().map(|code| Choice::new(code.clone(), code.clone())).collect();
    let methods = methods()
        .into_iter()
        .map(|item| Choice::new(method_name(item), formula::method(item, lang)))
        .collect();
    let modes = vec![
        Choice::new("retroactive", tr!(lang, "Perdona si se paga en ellos", "Forgives if paid within them")),
        Choice::new("excluded", tr!(lang, "Nunca generan intereses", "Never earn interest")),
    ];
    let none = tr!(lang, "No crece", "Does not grow");
    // Grace counts from the due date on, so only default interest has it.
    let grace = (kind == InterestKind::Default).then(|| {
        view! {
            <Field name=field("grace_days") label=tr!(lang, "Días de gracia", "Days of grace") inputmode="numeric" required=false short=true/>
            <Select name=field("grace_mode") label=tr!(lang, "La gracia", "Grace") options=modes required=false short=true/>
        }
    });
    view! {
        <Card title=words::kind(kind, lang)>
            <div class="grid">
                <Select name=field("source") label=tr!(lang, "Tasa anual", "Yearly rate") blank=none options=sources required=false/>
                <Field name=field("pct") label=tr!(lang, "Si es fija", "If fixed") inputmode="decimal" suffix="%" required=false short=true/>
                <Select name=field("series") label=tr!(lang, "Si es de una serie", "If from a series") blank="–" options=codes.clone() required=false short=true/>
                <Field name=field("plus") label=tr!(lang, "Más puntos", "Plus points") inputmode="decimal" required=false short=true/>
                <Select name=field("method") label=tr!(lang, "Método y días", "Method and days") options=methods required=false/>
                {grace}
                <Select name=field("cap") label=tr!(lang, "Tope legal", "Legal cap") blank=tr!(lang, "Sin tope", "No cap") options=codes required=false short=true/>
                <Field name=field("vat") label=tr!(lang, "IVA sobre el interés", "VAT on the interest") inputmode="decimal" suffix="%" required=false short=true/>
            </div>
        </Card>
    }
    .into_any()
}

fn charge(at: usize, pairs: &[(String, String)]) -> AnyView {
    let lang = use_lang();
    let field = move |part: &str| format!("c{at}_{part}");
    let value =
        |name: String| pairs.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value.as_str());
    let tiered = matches!(value(field("by")), "days" | "overdue");
    let tiers = if tiered { rows(pairs, &field("tiers")).max(1) } else { 1 };
    let parts =
        [Component::LateCharge, Component::CollectionCost, Component::DefaultInterest, Component::Tax];
    let parts = parts.map(|part| Choice::new(part.as_str(), labels::component(part, lang))).to_vec();
    let keepers = vec![
        Choice::new("creditor", tr!(lang, "El acreedor", "The creditor")),
        Choice::new("agency", tr!(lang, "La agencia", "The agency")),
    ];
    let by = vec![
        Choice::new("flat", tr!(lang, "Siempre igual", "Always the same")),
        Choice::new("days", tr!(lang, "Por tramos de días de mora", "By tiers of days past due")),
        Choice::new("overdue", tr!(lang, "Por tramos de importe vencido", "By tiers of overdue amount")),
    ];
    let recurs = vec![
        Choice::new("once", tr!(lang, "Una vez", "Once")),
        Choice::new("days", tr!(lang, "Cada tantos días", "Every so many days")),
        Choice::new("months", tr!(lang, "Cada tantos meses", "Every so many months")),
    ];
    let tier_rows: Vec<_> = (0..tiers).map(|row| tier(at, row, tiered)).collect();
    let legend = trf!(lang, "Cargo {}", "Charge {}", at + 1);
    let drop = trf!(lang, "Quitar cargo {}", "Remove charge {}", at + 1);
    view! {
        <fieldset class="charge-row">
            <legend>{legend}</legend>
            <input type="hidden" name=field("tiers") value=tiers.to_string()/>
            <div class="grid">
                <Field name=field("code") label=tr!(lang, "Nombre corto", "Short name") maxlength=40 short=true/>
                <Select name=field("component") label=tr!(lang, "Entra en", "Becomes") options=parts short=true/>
                <Select name=field("beneficiary") label=tr!(lang, "Lo cobra", "Kept by") options=keepers short=true/>
                <Field name=field("grace_days") label=tr!(lang, "Días de gracia", "Days of grace") inputmode="numeric" required=false short=true/>
                <Select name=field("by") label=tr!(lang, "Importe", "Amount") options=by/>
            </div>
            {tier_rows}
            <div class="row">
                {act(format!("add_tier:{at}"), tr!(lang, "Añadir tramo", "Add a tier").to_owned(), Glyph::Plus)}
                {(tiers > 1).then(|| act(format!("drop_tier:{at}"), tr!(lang, "Quitar último tramo", "Remove the last tier").to_owned(), Glyph::Close))}
            </div>
            <div class="grid">
                <Select name=field("recurs") label=tr!(lang, "Se repite", "Recurs") options=recurs short=true/>
                <Field name=field("every") label=tr!(lang, "Cada", "Every") inputmode="numeric" required=false short=true/>
                <Field name=field("least") label=tr!(lang, "Mínimo", "At least") inputmode="decimal" required=false short=true/>
                <Field name=field("most") label=tr!(lang, "Máximo", "At most") inputmode="decimal" required=false short=true/>
                <Field name=field("most_times") label=tr!(lang, "Veces como máximo", "Times at most") inputmode="numeric" required=false short=true/>
            </div>
            {act(format!("drop_charge:{at}"), drop, Glyph::Close)}
        </fieldset>
    }
    .into_any()
}

fn tier(at: usize, row: usize, tiered: bool) -> AnyView {
    let lang = use_lang();
    let field = move |part: &str| format!("c{at}_t{row}_{part}");
    let kinds = vec![
        Choice::new("fixed", tr!(lang, "Importe fijo", "Fixed amount")),
        Choice::new("percent", tr!(lang, "% de lo vencido", "% of what is overdue")),
    ];
    let from = tiered.then(|| view! { <Field name=field("from") label=tr!(lang, "Desde", "From") inputmode="decimal" short=true/> });
    view! {
        <div class="grid">
            {from}
            <Select name=field("kind") label=tr!(lang, "Se cobra", "Costs") options=kinds short=true/>
            <Field name=field("value") label=tr!(lang, "Cuánto", "How much") inputmode="decimal" short=true/>
        </div>
    }
    .into_any()
}

#[component]
fn Order(law: &'static str) -> impl IntoView {
    let lang = use_lang();
    let selects: Vec<_> = (0..Component::ALL.len())
        .map(|at| {
            let parts = Component::ALL.iter().map(|part| Choice::new(part.as_str(), labels::component(*part, lang))).collect();
            view! { <Select name=format!("order_{at}") label=trf!(lang, "{}.º", "{}.", at + 1) options=parts required=true short=true/> }
        })
        .collect();
    let by = vec![
        Choice::new("law", tr!(lang, "El que da la ley", "As the law gives it")).hint(law),
        Choice::new("own", tr!(lang, "El pactado, que se elige abajo", "As agreed, chosen below")),
    ];
    view! {
        <Card title=tr!(lang, "A qué va cada pago", "Where payments go")>
            <RadioGroup name="order" legend=tr!(lang, "Orden", "Order") options=by/>
            <div class="grid order">{selects}</div>
        </Card>
    }
    .into_any()
}

/// Until when the debt can be claimed.
#[component]
fn LimitationFields() -> impl IntoView {
    let lang = use_lang();
    let [payment, agreement, stops] = LIMITATION_BOXES;
    view! {
        <Card title=tr!(lang, "Prescripción", "Limitation")>
            <p class="soft small">{tr!(lang, "Vacío si no la conoce: Saldar no la supone.", "Empty if you do not know it: Saldar assumes none.")}</p>
            <div class="grid">
                <Field name="limit_months" label=tr!(lang, "Prescribe a los", "Barred after") suffix=tr!(lang, "meses", "months") hint=tr!(lang, "Desde el vencimiento", "From the due date") inputmode="numeric" maxlength=4 required=false short=true/>
                <Field name="limit_norm" label=tr!(lang, "Norma", "Norm") hint=tr!(lang, "Ley y artículo", "Law and article") maxlength=200 required=false/>
            </div>
            <CheckBox name=payment label=tr!(lang, "Un pago la hace empezar de nuevo", "A payment begins it again")/>
            <CheckBox name=agreement label=tr!(lang, "Un convenio aceptado la hace empezar de nuevo", "An accepted agreement begins it again")/>
            <CheckBox name=stops label=tr!(lang, "No contactar por una deuda prescrita", "No contact about a debt that is barred")/>
        </Card>
    }
    .into_any()
}

/// How many accounts the version touches, and the first of them now and then.
#[component]
fn Preview(preview: TermsPreview) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let computed = preview.changes.len();
    let changed: Vec<_> = preview.changes.into_iter().filter(|change| !change.parts.is_empty()).collect();
    let accounts = i64::try_from(preview.accounts).unwrap_or(i64::MAX);
    let says = trf!(
        lang,
        "{0} cuentas tienen este producto. De las primeras {1}, hoy cambiarían {2}.",
        "{0} accounts have this product. Of the first {1}, {2} would change today.",
        format::count(accounts, locale),
        computed,
        changed.len()
    );
    let rows: Vec<_> = changed.into_iter().take(SHOWN).map(|change| changed_row(change, locale)).collect();
    let columns = vec![
        Column::new(tr!(lang, "Cuenta", "Account")),
        Column::number(tr!(lang, "Debe hoy", "Owes today")),
        Column::number(tr!(lang, "Debería", "Would owe")),
        Column::new(tr!(lang, "Qué parte cambia", "Which part changes")),
    ];
    let title = tr!(lang, "Qué cambiaría hoy", "What would change today");
    let table = (!rows.is_empty()).then(|| {
        view! { <DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable> }
    });
    view! { <Card title class="preview"><p>{says}</p>{table}</Card> }.into_any()
}

fn changed_row(change: TermsChange, locale: Locale) -> AnyView {
    let lang = locale.lang();
    let parts: Vec<_> = change
        .parts
        .iter()
        .map(|(part, amount)| {
            format!("{}: {}", labels::component(*part, lang), format::money_bare(amount, locale))
        })
        .collect();
    view! {
        <tr>
            <th scope="row"><a href=address(change.account_id)>{change.external_id}</a></th>
            <td class="num" data-label=tr!(lang, "Debe hoy", "Owes today")>{format::money(&change.now, locale)}</td>
            <td class="num" data-label=tr!(lang, "Debería", "Would owe")>{format::money(&change.then, locale)}</td>
            <td data-label=tr!(lang, "Qué parte cambia", "Which part changes")>{parts.join(" · ")}</td>
        </tr>
    }
    .into_any()
}
