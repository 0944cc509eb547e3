//! The pages of segments.

use domain::access::Permission;
use domain::money::Money;
use leptos::prelude::*;
use services::strategy::{SegmentLine, SegmentPage, Tested};
use ui::prelude::*;

use super::form::{Draft, NAMES};
use super::{ADDRESS, words};
use crate::desk::{Desk, Frame, Section};

fn how_many(count: u64, lang: Lang) -> String {
    if count == 1 {
        tr!(lang, "1 cuenta hoy", "1 account today").to_owned()
    } else {
        trf!(lang, "{} cuentas hoy", "{} accounts today", count)
    }
}

#[component]
pub fn ListPage(desk: Desk, segments: Vec<SegmentLine>) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let may_write = desk.may(Permission::StrategyWrite);
    let title = Section::Segments.label(lang);
    let none = segments.is_empty();
    let rows: Vec<_> = segments
        .into_iter()
        .map(|segment| {
            let href = format!("{ADDRESS}/{}", segment.id);
            view! {
                <tr>
                    <th scope="row"><a href=href data-row="">{segment.name}</a></th>
                    <td data-label=tr!(lang, "Regla", "Rule")>{words::rule_lines(&segment.rule, locale)}</td>
                    <td class="num" data-label=tr!(lang, "Cuentas hoy", "Accounts today")>{segment.accounts}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::new(tr!(lang, "Segmento", "Segment")),
        Column::new(tr!(lang, "Regla", "Rule")),
        Column::number(tr!(lang, "Cuentas hoy", "Accounts today")),
    ];
    let new = move || {
        may_write.then(|| {
            view! { <LinkButton href=format!("{ADDRESS}/nuevo") icon=Glyph::Plus>{tr!(lang, "Nuevo segmento", "New segment")}</LinkButton> }
        })
    };
    view! {
        <Frame desk section=Section::Segments title actions=new>
            {if none {
                view! {
                    <Card><EmptyState title=tr!(lang, "Todavía no hay segmentos", "There are no segments yet") icon=Glyph::ListFilter>
                        <p>{tr!(lang, "Un segmento reúne las cuentas que cumplen una regla.", "A segment gathers the accounts for which a rule holds.")}</p>
                    </EmptyState></Card>
                }.into_any()
            } else {
                view! { <div class="card"><DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable></div> }.into_any()
            }}
        </Frame>
    }
}

#[component]
pub fn SegmentView(desk: Desk, found: SegmentPage, tested: Option<Tested>, done: bool) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let SegmentPage { segment, accounts, next } = found;
    let crumbs = vec![Crumb::new(ADDRESS, Section::Segments.label(lang)), Crumb::here(segment.name.clone())];
    let may_write = desk.may(Permission::StrategyWrite);
    let here = format!("{ADDRESS}/{}", segment.id);
    let versions = format!("{here}/versiones");
    let edit = format!("{here}/editar");
    let change = move || {
        let href = edit.clone();
        may_write.then(|| view! { <LinkButton href kind=ButtonKind::Secondary>{tr!(lang, "Cambiar la regla", "Change the rule")}</LinkButton> })
    };
    let rows: Vec<_> = accounts
        .into_iter()
        .map(|account| {
            let href = format!("{}/{}", crate::desk::ACCOUNTS, account.id);
            let owed = account.currency.parse().map(|currency| Money::from_minor(account.total, currency));
            let owed = owed.map(|money| format::money(&money, locale)).unwrap_or_default();
            view! {
                <tr>
                    <th scope="row"><a href=href data-row="">{account.debtor_name}</a></th>
                    <td data-label=tr!(lang, "Cuenta", "Account")>{account.external_id}</td>
                    <td class="nowrap" data-label=tr!(lang, "Vence", "Due")>{format::date_short(account.due_on, locale)}</td>
                    <td class="num" data-label=tr!(lang, "Saldo", "Owed")>{owed}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::new(tr!(lang, "Persona", "Person")),
        Column::new(tr!(lang, "Cuenta", "Account")),
        Column::new(tr!(lang, "Vence", "Due")),
        Column::number(tr!(lang, "Saldo", "Owed")),
    ];
    let next = next.map(|after| format!("{here}?desde={after}"));
    let why = tested.map(|tested| {
        let title = if tested.why.holds {
            trf!(lang, "La cuenta {} está en el segmento", "Account {} is in the segment", tested.external_id)
        } else {
            trf!(
                lang,
                "La cuenta {} no está en el segmento",
                "Account {} is not in the segment",
                tested.external_id
            )
        };
        let tone = if tested.why.holds { Tone::Success } else { Tone::Info };
        view! { <Notice tone title>{words::explained(&tested.why, locale)}</Notice> }
    });
    let found = how_many(segment.accounts, lang);
    let saved =
        trf!(lang, "Versión {0}, {1}", "Version {0}, {1}", segment.version, desk.time(segment.saved_at));
    view! {
        <Frame desk section=Section::Segments title=segment.name.clone() crumbs actions=change>
            <ErrorSummary/>
            {done.then(|| view! { <Notice tone=Tone::Success title=tr!(lang, "El segmento quedó guardado.", "The segment is saved.")/> })}
            <div class="split">
                <div class="stack">
                    {why}
                    <Card title=found.clone()>
                        <DataTable caption=found caption_hidden=true stacked=true columns>{rows}</DataTable>
                    </Card>
                    <Pager next/>
                </div>
                <aside class="stack" aria-label=tr!(lang, "Regla", "Rule")>
                    <Card title=tr!(lang, "Regla", "Rule")>
                        <div>{words::rule_lines(&segment.rule, locale)}</div>
                        <p class="soft small">{saved}</p>
                        <p><a href=versions>{tr!(lang, "Versiones", "Versions")}</a></p>
                    </Card>
                    <Card title=tr!(lang, "Probar con una cuenta", "Try it on an account")>
                        <PostForm action=format!("{here}/probar")>
                            <Field name="account" label=tr!(lang, "Número de cuenta", "Account number") short=true/>
                            <Button kind=ButtonKind::Secondary>{tr!(lang, "Probar", "Try")}</Button>
                        </PostForm>
                    </Card>
                </aside>
            </div>
        </Frame>
    }
}

#[component]
pub fn EditPage(desk: Desk, draft: Draft, count: Option<u64>) -> impl IntoView {
    let lang = use_lang();
    let title = if draft.based_on == 0 {
        tr!(lang, "Nuevo segmento", "New segment")
    } else {
        tr!(lang, "Cambiar segmento", "Change segment")
    };
    let crumbs = vec![Crumb::new(ADDRESS, Section::Segments.label(lang)), Crumb::here(title)];
    let (fields, ways) = (words::field_choices(lang), words::way_choices(lang));
    let rows: Vec<_> = (1..)
        .zip(NAMES)
        .map(|(number, (field, is, value))| {
            let (fields, ways) = (fields.clone(), ways.clone());
            view! {
                <fieldset>
                    <legend>{trf!(lang, "Condición {}", "Condition {}", number)}</legend>
                    <div class="grid">
                        <Select name=field label=tr!(lang, "Dato", "Fact") options=fields blank=tr!(lang, "Ninguno", "None") required=false/>
                        <Select name=is label=tr!(lang, "Comparación", "Comparison") options=ways required=false/>
                        <Field name=value label=tr!(lang, "Valor", "Value") required=false/>
                    </div>
                </fieldset>
            }
        })
        .collect();
    let joins = vec![
        Choice::new("all", tr!(lang, "Se cumplen todas", "All of them hold")),
        Choice::new("any", tr!(lang, "Se cumple al menos una", "At least one holds")),
    ];
    let whole = form_state().and_then(|state| state.error("rule").map(str::to_owned));
    let whole = whole.map(|says| view! { <Notice tone=Tone::Error title=says/> });
    let counted = count.map(|count| view! { <Notice tone=Tone::Info title=how_many(count, lang)/> });
    view! {
        <Frame desk section=Section::Segments title crumbs>
            <ErrorSummary/>
            <PostForm action=format!("{ADDRESS}/nuevo")>
                // Enter in a field counts; it does not save.
                <button type="submit" name="act" value="count" class="visually-hidden" tabindex="-1" aria-hidden="true">{tr!(lang, "Contar", "Count")}</button>
                <input type="hidden" name="id" value=draft.id.to_string()/>
                <input type="hidden" name="based_on" value=draft.based_on.to_string()/>
                <div id="rule">{whole}</div>
                <Field name="name" label=tr!(lang, "Nombre", "Name") maxlength=120/>
                <RadioGroup name="join" legend=tr!(lang, "Cómo se unen las condiciones", "How the conditions are joined") options=joins/>
                <p class="soft small">{tr!(lang, "Importes con su moneda, por ejemplo 1500.00 MXN; fechas como 2026-11-30. Deje en «Ninguno» lo que no use.", "Amounts with their currency, for example 1500.00 MXN; dates like 2026-11-30. Leave what you do not use at “None”.")}</p>
                {rows}
                {counted}
                <div class="row">
                    <Button name="act" value="save">{tr!(lang, "Guardar", "Save")}</Button>
                    <Button kind=ButtonKind::Secondary name="act" value="count">{tr!(lang, "Contar cuentas", "Count accounts")}</Button>
                    <a class="btn btn-quiet" href=ADDRESS>{tr!(lang, "Cancelar", "Cancel")}</a>
                </div>
            </PostForm>
        </Frame>
    }
}
