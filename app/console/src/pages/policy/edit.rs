//! The editor of a new version, with the draft tried on a debt beside what holds.

use domain::account::{Component, Stage};
use domain::arrangement::OfferLevel;
use domain::arrangement::schedule::Frequency;
use leptos::prelude::*;
use services::arrangements::PolicyTrial;
use ui::prelude::*;

use super::form::{Context, MOST_ROWS, every_name, every_of, rows};
use super::{ADDRESS, trial, words};
use crate::desk::{Desk, Frame, Section};

const STAGES: [Stage; 5] =
    [Stage::PreDelinquency, Stage::Early, Stage::Late, Stage::Residual, Stage::ChargedOff];
/// What is offered to choose from; another one that a version holds is kept.
const EVERY: [Frequency; 4] =
    [Frequency::Weeks(1), Frequency::BIWEEKLY, Frequency::MONTHLY, Frequency::Months(2)];

pub const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Cambiar la política de ofertas", "Change the offer policy")
}

#[component]
pub fn EditPage(desk: Desk, context: Context, version: i32, trials: Vec<PolicyTrial>) -> impl IntoView {
    let lang = use_lang();
    let state = form_state().unwrap_or_default();
    let crumbs = vec![Crumb::new(ADDRESS, Section::Policy.label(lang)), Crumb::here(title(lang))];
    let count = rows(&state.values, "rules");
    let based_on = state.value("based_on").unwrap_or_default().to_owned();
    let stale = based_on != version.to_string();
    let whole = ["policy", "rules"].into_iter().find_map(|name| state.error(name).map(str::to_owned));
    let whole = whole.map(|title| view! { <Notice tone=Tone::Error title/> });
    let stale = stale.then(|| {
        let title = trf!(
            lang,
            "La versión {} se guardó mientras usted editaba.",
            "Version {} was saved while you were editing.",
            version
        );
        view! { <Notice tone=Tone::Warn title><p>
            <a href=ADDRESS>{tr!(lang, "Ver qué cambió", "See what changed")}</a>" · "
            <a href=format!("{ADDRESS}/editar")>{tr!(lang, "Empezar de la nueva", "Start from the new one")}</a>
        </p></Notice> }
    });
    let rules: Vec<_> = (0..count).map(|at| rule(at, count, &state, &context)).collect();
    let tried = trial::results(trials);
    view! {
        <Frame desk section=Section::Policy title=title(lang) crumbs>
            <ErrorSummary/>
            <div id="policy">{whole}</div>
            {stale}
            <p class="lead">{tr!(
                lang,
                "Rige la primera regla que se ajusta a la deuda. Nada cambia hasta guardar; lo ya ofrecido se respeta.",
                "The first rule that fits the debt holds. Nothing changes until you save; what was offered stands.",
            )}</p>
            <PostForm action=format!("{ADDRESS}/editar") class="form terms-form">
                // Pressing Enter in a field tries the draft; it neither adds a row nor saves.
                <button type="submit" name="act" value="test" class="visually-hidden" tabindex="-1" aria-hidden="true">{tr!(lang, "Probar", "Try")}</button>
                <input type="hidden" name="based_on" value=based_on/>
                <input type="hidden" name="rules" value=count.to_string()/>
                {rules}
                {(count < MOST_ROWS).then(|| act("add_rule".to_owned(), tr!(lang, "Añadir regla", "Add a rule").to_owned(), Glyph::Plus))}
                <Card title=tr!(lang, "Probar antes de guardar", "Try before saving")>
                    <Field name="account" label=tr!(lang, "Número de cuenta", "Account number") required=false short=true
                        hint=tr!(lang, "Muestra qué se le ofrece hoy y qué se le ofrecería.", "Shows what it is offered today, and what it would be offered.")/>
                    <Button kind=ButtonKind::Secondary name="act" value="test">{tr!(lang, "Probar", "Try")}</Button>
                </Card>
                {tried}
                <Card title=tr!(lang, "Por qué cambia", "Why it changes")>
                    <Textarea name="note" label=tr!(lang, "Motivo", "Reason") rows=2 maxlength=500
                        hint=tr!(lang, "Lo leerá quien revise las versiones.", "Whoever looks at the versions will read it.")/>
                </Card>
                <div class="row">
                    <Button name="act" value="save">{tr!(lang, "Guardar versión", "Save the version")}</Button>
                    <a class="btn btn-quiet" href=ADDRESS>{tr!(lang, "Cancelar", "Cancel")}</a>
                </div>
            </PostForm>
        </Frame>
    }
}

fn act(value: String, label: String, icon: Glyph) -> AnyView {
    view! { <Button kind=ButtonKind::Secondary name="act" value icon>{label}</Button> }.into_any()
}

fn rule(at: usize, count: usize, state: &FormState, context: &Context) -> AnyView {
    let lang = use_lang();
    let field = move |part: &str| format!("r{at}_{part}");
    let name = state.value(&field("name")).unwrap_or_default();
    let title = if name.is_empty() {
        trf!(lang, "Regla {}", "Rule {}", at + 1)
    } else {
        trf!(lang, "Regla {0}: {1}", "Rule {0}: {1}", at + 1, name)
    };
    let creditors =
        context.creditors.iter().map(|(id, name)| Choice::new(id.to_string(), name.clone())).collect();
    let known = if context.products.is_empty() {
        tr!(lang, "Separados por comas; vacío, todos.", "Separated by commas; empty, all.").to_owned()
    } else {
        trf!(
            lang,
            "Separados por comas; vacío, todos. Hay: {}.",
            "Separated by commas; empty, all. There are: {}.",
            context.products.join(", ")
        )
    };
    let stages: Vec<_> = STAGES
        .into_iter()
        .map(|stage| {
            view! { <CheckBox name=field("stages") id=field(&format!("stages_{stage}")) value=stage.as_str() label=labels::stage(stage, lang)/> }
        })
        .collect();
    let offers = rows(&state.values, &field("offers"));
    let published: Vec<_> = (0..offers).map(|row| offer(at, row, state, context.locale)).collect();
    let levels: Vec<_> = OfferLevel::ALL.iter().map(|level| limits(at, *level, state)).collect();
    let raise = (at > 0).then(|| {
        act(
            format!("raise_rule:{at}"),
            trf!(lang, "Subir regla {}", "Move rule {} up", at + 1),
            Glyph::RefreshCw,
        )
    });
    let drop = (count > 1).then(|| {
        act(format!("drop_rule:{at}"), trf!(lang, "Quitar regla {}", "Remove rule {}", at + 1), Glyph::Close)
    });
    view! {
        <Card title>
            <input type="hidden" name=field("offers") value=offers.to_string()/>
            <fieldset>
                <legend>{tr!(lang, "Para qué deudas; lo que quede vacío no importa", "For which debts; what is left empty does not matter")}</legend>
                <div class="grid">
                    <Field name=field("name") label=tr!(lang, "Nombre", "Name") maxlength=60/>
                    <Select name=field("creditor") label=tr!(lang, "Acreedor", "Creditor") blank=tr!(lang, "Todos", "All") options=creditors required=false/>
                    <Field name=field("products") label=tr!(lang, "Productos", "Products") hint=known required=false/>
                    <Field name=field("days_from") label=tr!(lang, "Días de atraso, desde", "Days past due, from") inputmode="numeric" required=false short=true/>
                    <Field name=field("days_to") label=tr!(lang, "Días de atraso, hasta", "Days past due, up to") inputmode="numeric" required=false short=true/>
                    <Field name=field("total_from") label=tr!(lang, "Deuda, desde", "Debt, from") required=false short=true/>
                    <Field name=field("total_to") label=tr!(lang, "Deuda, hasta", "Debt, up to") required=false short=true/>
                </div>
                <div class="grid">{stages}</div>
            </fieldset>
            <h3>{tr!(lang, "Qué se ofrece sin preguntar a nadie", "What is offered without asking anybody")}</h3>
            {(offers == 0).then(|| view! { <p class="soft small">{tr!(lang, "Nada: decide una persona.", "Nothing: a person decides.")}</p> })}
            {published}
            <div class="row">{(offers < MOST_ROWS).then(|| act(format!("add_offer:{at}"), trf!(lang, "Añadir oferta a la regla {}", "Add an offer to rule {}", at + 1), Glyph::Plus))}</div>
            <h3>{tr!(lang, "Hasta dónde llega el equipo", "How far staff may go")}</h3>
            {levels}
            <fieldset>
                <legend>{tr!(lang, "Qué puede cambiar el deudor en un plan al día", "What debtors may change in a plan that they keep")}</legend>
                <div class="grid">
                    <Field name=field("changes_days") label=tr!(lang, "Mover hasta (días)", "Move by up to (days)") inputmode="numeric" short=true/>
                    <Field name=field("changes_moves") label=tr!(lang, "Veces que puede mover", "Times to move") inputmode="numeric" short=true/>
                    <Field name=field("changes_skips") label=tr!(lang, "Veces que puede saltar", "Times to skip") inputmode="numeric" short=true/>
                    <Field name=field("changes_splits") label=tr!(lang, "Veces que puede dividir", "Times to split") inputmode="numeric" short=true/>
                </div>
            </fieldset>
            <div class="row">{raise}{drop}</div>
        </Card>
    }
    .into_any()
}

fn discounts(prefix: &str, lang: Lang) -> Vec<AnyView> {
    Component::ALL
        .iter()
        .map(|part| {
            let label = trf!(lang, "Descuento: {}", "Discount: {}", labels::component(*part, lang));
            view! { <Field name=format!("{prefix}_{part}") label inputmode="decimal" suffix="%" required=false short=true/> }.into_any()
        })
        .collect()
}

fn offer(at: usize, row: usize, state: &FormState, locale: Locale) -> AnyView {
    let lang = locale.lang();
    let prefix = format!("r{at}_o{row}");
    let field = |part: &str| format!("{prefix}_{part}");
    let mut choices = EVERY.to_vec();
    for (_, text) in state.values.iter().filter(|(name, _)| *name == field("every")) {
        choices.extend(every_of(text).filter(|every| !EVERY.contains(every)));
    }
    let every: Vec<_> = choices
        .into_iter()
        .enumerate()
        .map(|(place, every)| {
            let label = words::frequency(every, lang);
            view! { <CheckBox name=field("every") id=field(&format!("every_{place}")) value=every_name(every) label/> }
        })
        .collect();
    let wrong =
        state.error(&field("every")).map(|says| view! { <p class="field-error">{says.to_owned()}</p> });
    let drop =
        trf!(lang, "Quitar oferta {0} de la regla {1}", "Remove offer {0} of rule {1}", row + 1, at + 1);
    view! {
        <fieldset class="charge-row" id=field("every")>
            <legend>{trf!(lang, "Oferta {}", "Offer {}", row + 1)}</legend>
            <div class="grid">
                <Field name=field("name") label=tr!(lang, "Nombre", "Name") maxlength=60/>
                <Field name=field("payments") label=tr!(lang, "Pagos como máximo", "Payments at most") inputmode="numeric" short=true/>
                <Field name=field("first") label=tr!(lang, "Primer pago, al menos", "First payment, at least") inputmode="decimal" suffix="%" required=false short=true/>
                <Field name=field("within") label=tr!(lang, "Primer pago dentro de (días)", "First payment within (days)") inputmode="numeric" short=true/>
                <Field name=field("least") label=tr!(lang, "Pago mínimo", "Least payment") required=false short=true hint=tr!(lang, "Por ejemplo MXN 200", "For example MXN 200")/>
                <Field name=field("grace") label=tr!(lang, "Días de gracia", "Days of grace") inputmode="numeric" short=true/>
                <Field name=field("valid") label=tr!(lang, "Vale (días)", "Valid for (days)") inputmode="numeric" short=true/>
            </div>
            <p class="small">{tr!(lang, "Cada cuánto, si son varios pagos:", "How often, for several payments:")}</p>
            {wrong}
            <div class="grid">{every}</div>
            <div class="grid">{discounts(&prefix, lang)}</div>
            {act(format!("drop_offer:{at}:{row}"), drop, Glyph::Close)}
        </fieldset>
    }
    .into_any()
}

/// Folded up, unless something in it is to be mended.
fn limits(at: usize, level: OfferLevel, state: &FormState) -> AnyView {
    let lang = use_lang();
    let prefix = format!("r{at}_{level}");
    let field = |part: &str| format!("{prefix}_{part}");
    let wrong = state.errors.iter().any(|error| error.field.starts_with(&format!("{prefix}_")));
    let fresh = state.value(&field("months")).is_none_or(str::is_empty);
    let manager = level == OfferLevel::Manager;
    let who = match level {
        OfferLevel::Agent => tr!(lang, "Agente", "Agent"),
        OfferLevel::Supervisor => tr!(lang, "Supervisión", "Supervisor"),
        OfferLevel::Manager => tr!(lang, "Gerencia", "Manager"),
    };
    let free = manager.then(|| {
        view! { <CheckBox name=field("free") label=tr!(lang, "Gerencia puede aprobar cualquier cosa", "A manager may approve anything")/> }
    });
    view! {
        <details open=wrong || (fresh && !manager)>
            <summary>{who}</summary>
            {free}
            <div class="grid">
                {discounts(&prefix, lang)}
                <Field name=field("months") label=tr!(lang, "Meses como máximo", "Months at most") inputmode="numeric" required=!manager short=true/>
                <Field name=field("least") label=tr!(lang, "Cuota mínima", "Least instalment") required=false short=true/>
                <Field name=field("first") label=tr!(lang, "Primer pago, al menos", "First payment, at least") inputmode="decimal" suffix="%" required=false short=true/>
                <Field name=field("grace") label=tr!(lang, "Días de gracia", "Days of grace") inputmode="numeric" required=!manager short=true/>
            </div>
        </details>
    }
    .into_any()
}
