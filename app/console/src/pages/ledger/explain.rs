//! Why what is owed is what it is: steps that add up, interest stretch by stretch, terms, order.

use domain::account::{Balance, Component};
use domain::ids::AccountId;
use domain::ledger::EntryKind;
use domain::money::{Currency, Decimal, Money};
use leptos::prelude::*;
use services::ledger::{AccruedLine, AccruedPart, AppliedOrder, Explained, Step};
use ui::prelude::*;

use super::journal::used;
use super::query::LedgerQuery;
use super::{TimesForm, address, crumbs, explanation, formula};
use crate::desk::{Desk, Frame, Section};
use crate::pages::terms::words;

#[component]
pub fn ExplainPage(
    desk: Desk,
    id: AccountId,
    query: LedgerQuery,
    explained: Option<Explained>,
) -> impl IntoView {
    let lang = use_lang();
    let title = tr!(lang, "¿Cómo se calcula?", "How is it computed?");
    let crumbs = crumbs(id, explained.as_ref(), title, lang);
    let ledger = query.at(&address(id));
    let times =
        view! { <TimesForm action=explanation(id) query desk=desk.clone() explained=explained.clone()/> };
    let back = move || view! { <a class="btn btn-secondary" href=ledger.clone()>{tr!(lang, "Ver el libro", "See the ledger")}</a> };
    let content = explained.map(|explained| {
        let currency = explained.account.currency;
        let total = Money::from_minor(explained.owed.total.total_minor(), currency);
        let label = trf!(lang, "{0} debe", "{0} owes", explained.debtor);
        view! {
            <section class="card"><Amount money=total label/></section>
            <Sum explained=explained.clone()/>
            <Interest explained=explained.clone()/>
            <Payments explained=explained.clone()/>
            <InForce explained/>
        }
    });
    view! {
        <Frame desk section=Section::Accounts title crumbs actions=back>
            <ErrorSummary/>
            {times}
            {content}
        </Frame>
    }
}

/// Every step from the opening to what is owed; the columns add up to the last line.
#[component]
fn Sum(explained: Explained) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let currency = explained.account.currency;
    let total = explained.owed.total;
    let after = explained.steps.iter().map(|step| step.after).collect::<Vec<_>>();
    let parts = used(after.into_iter().chain([total]));
    let mut rows: Vec<_> = explained.steps.iter().map(|step| step_row(step, &parts, locale)).collect();
    if !explained.grown.is_empty() {
        let grown = |part: Component| {
            let found = explained.grown.iter().find(|(component, _)| *component == part);
            found.map_or(0, |(_, amount)| amount.minor())
        };
        let day = format::date_short(explained.owed.as_of, locale);
        let says =
            tr!(lang, "Intereses desde entonces, con su impuesto", "Interest since then, with its tax")
                .to_owned();
        rows.push(sum_row(day, says, &parts, grown, currency, locale));
    }
    let mut columns =
        vec![Column::new(tr!(lang, "Fecha", "Date")), Column::new(tr!(lang, "Qué pasó", "What happened"))];
    columns.extend(parts.iter().map(|part| Column::number(labels::component(*part, lang))));
    columns.push(Column::number(trf!(lang, "Suma ({})", "Sum ({})", currency)));
    let foot = move || {
        let figure = |part: Component| total.of(part).minor();
        sum_row(String::new(), tr!(lang, "Se debe", "Owed").to_owned(), &parts, figure, currency, locale)
    };
    let title = tr!(lang, "Paso a paso", "Step by step");
    let pending = (!explained.owed.grown.is_empty()).then(|| {
        let posted = format::money(&Money::from_minor(explained.owed.posted.total_minor(), currency), locale);
        let says = trf!(
            lang,
            "En el libro están asentados {}; el resto se asienta con el próximo movimiento.",
            "{} is posted in the ledger; the rest is posted with the next entry.",
            posted
        );
        view! { <p class="soft small">{says}</p> }
    });
    view! {
        <Card title>
            <DataTable caption=title caption_hidden=true stacked=true columns foot>{rows}</DataTable>
            {pending}
        </Card>
    }
    .into_any()
}

fn step_row(step: &Step, parts: &[Component], locale: Locale) -> AnyView {
    let change = |part: Component| step.after.of(part).minor().saturating_sub(step.before.of(part).minor());
    let day = format::date_short(step.effective_on, locale);
    let says = labels::entry_kind(step.kind, locale.lang()).to_owned();
    sum_row(day, says, parts, change, step.after.currency(), locale)
}

fn sum_row(
    day: String,
    says: String,
    parts: &[Component],
    minor: impl Fn(Component) -> i64,
    currency: Currency,
    locale: Locale,
) -> AnyView {
    let lang = locale.lang();
    let mut sum = 0_i64;
    let cells: Vec<_> = parts
        .iter()
        .map(|part| {
            let minor = minor(*part);
            sum = sum.saturating_add(minor);
            let figure =
                (minor != 0).then(|| format::money_bare(&Money::from_minor(minor, currency), locale));
            view! { <td class="num" data-label=labels::component(*part, lang)>{figure}</td> }
        })
        .collect();
    let sum = format::money_bare(&Money::from_minor(sum, currency), locale);
    view! {
        <tr>
            <td class="nowrap" data-label=tr!(lang, "Fecha", "Date")>{day}</td>
            <th scope="row">{says}</th>
            {cells}
            <td class="num strong" data-label=tr!(lang, "Suma", "Sum")>{sum}</td>
        </tr>
    }
    .into_any()
}

/// Each kind of interest: its stretches, their exact sum, and the one rounding.
#[component]
fn Interest(explained: Explained) -> impl IntoView {
    let lang = use_lang();
    if explained.accrued.is_empty() {
        let says = if explained.versions.iter().all(|version| version.terms.accruals.is_empty()) {
            tr!(
                lang,
                "Las condiciones no hacen crecer intereses: se debe lo que informó el acreedor.",
                "The terms let no interest grow: what the creditor reported is owed."
            )
        } else {
            tr!(
                lang,
                "Todavía no ha crecido interés: falta vencer, sigue en gracia o las condiciones rigen después.",
                "No interest has grown yet: it is not due, still in grace, or the terms hold later."
            )
        };
        return view! { <Card title=tr!(lang, "Intereses", "Interest")><p class="soft">{says}</p></Card> }
            .into_any();
    }
    let cards: Vec<_> = explained.accrued.iter().map(|part| interest_card(part, &explained, lang)).collect();
    let tax = tax_note(&explained);
    view! { {cards}{tax} }.into_any()
}

fn interest_card(part: &AccruedPart, explained: &Explained, lang: Lang) -> AnyView {
    let locale = use_locale();
    let currency = explained.account.currency;
    let rows: Vec<_> = part.lines.iter().map(|line| segment_row(line, locale)).collect();
    let columns = vec![
        Column::new(tr!(lang, "Días", "Days")),
        Column::number(tr!(lang, "Capital", "Principal")),
        Column::number(tr!(lang, "Tasa pactada", "Agreed rate")),
        Column::number(tr!(lang, "Tasa aplicada", "Applied rate")),
        Column::new(tr!(lang, "Fórmula", "Formula")),
        Column::number(trf!(lang, "Interés exacto ({})", "Exact interest ({})", currency)),
    ];
    let exact = formula::exact(part.exact, locale);
    let foot_exact = exact.clone();
    let foot = move || {
        view! {
            <tr><th scope="row" colspan="5">{tr!(lang, "Suma exacta", "Exact sum")}</th>
            <td class="num strong" data-label=tr!(lang, "Suma exacta", "Exact sum")>{foot_exact.clone()}</td></tr>
        }
    };
    let title = labels::component(part.component, lang);
    let mut grace: Vec<String> =
        part.lines.iter().filter_map(|line| line.grace).map(|grace| formula::grace(grace, lang)).collect();
    grace.dedup();
    let grace: Vec<_> = grace.into_iter().map(|says| view! { <p class="soft small">{says}</p> }).collect();
    let rounded = trf!(
        lang,
        "Redondeo único, {0}, a {1} decimales: {2} → {3}.",
        "Rounded once, {0}, to {1} decimals: {2} → {3}.",
        formula::rounding(explained.rounding, lang),
        currency.exponent(),
        exact,
        format::money(&part.rounded, locale)
    );
    view! {
        <Card title>
            <DataTable caption=title caption_hidden=true stacked=true columns foot>{rows}</DataTable>
            <p>{rounded}</p>
            {grace}
        </Card>
    }
    .into_any()
}

fn segment_row(line: &AccruedLine, locale: Locale) -> AnyView {
    let lang = locale.lang();
    let segment = &line.segment;
    let days = format::days(segment.days, locale);
    let until = segment.to.pred_opt().unwrap_or(segment.to);
    let span =
        format!("{} – {}", format::date_short(segment.from, locale), format::date_short(until, locale));
    let cap = segment.capped.then(|| {
        view! { " "<Badge tone=Tone::Info>{tr!(lang, "tope legal", "legal cap")}</Badge> }
    });
    view! {
        <tr>
            <td data-label=tr!(lang, "Días", "Days")><span>{span}" "<span class="soft nowrap">{days}</span></span></td>
            <td class="num" data-label=tr!(lang, "Capital", "Principal")>{formula::decimal(segment.principal, 2, 4, locale)}</td>
            <td class="num" data-label=tr!(lang, "Tasa pactada", "Agreed rate")>{formula::percent(segment.agreed_pct, locale)}</td>
            <td class="num" data-label=tr!(lang, "Tasa aplicada", "Applied rate")><span>{formula::percent(segment.rate_pct, locale)}{cap}</span></td>
            <td data-label=tr!(lang, "Fórmula", "Formula")><span class="formula">{formula::formula(line, locale)}" "<span class="soft">{formula::method(line.method, lang)}</span></span></td>
            <td class="num" data-label=tr!(lang, "Interés exacto", "Exact interest")>{formula::exact(segment.interest, locale)}</td>
        </tr>
    }
    .into_any()
}

/// Tax on interest: on the exact sum of all kinds, rounded once too.
fn tax_note(explained: &Explained) -> Option<AnyView> {
    let lang = use_lang();
    let locale = use_locale();
    let taxed: Vec<_> = explained.accrued.iter().filter(|part| !part.vat.is_zero()).collect();
    if taxed.is_empty() {
        return None;
    }
    let sum = taxed.iter().try_fold(Decimal::ZERO, |sum, part| sum.add(part.vat)).ok()?;
    let rounded = sum.to_money(explained.account.currency, explained.rounding).ok()?;
    let pairs: Vec<_> = taxed
        .iter()
        .map(|part| {
            let mut rates: Vec<_> = part.lines.iter().filter_map(|line| line.vat_pct).collect();
            rates.dedup();
            let rates: Vec<_> = rates.into_iter().map(|pct| formula::percent(pct, locale)).collect();
            let term = trf!(
                lang,
                "{0} de {1}",
                "{0} of {1}",
                rates.join(", "),
                labels::component(part.component, lang)
            );
            let figure = formula::exact(part.vat, locale);
            view! { <Pair term>{figure}</Pair> }.into_any()
        })
        .collect();
    let total = format::money(&rounded, locale);
    let says = trf!(
        lang,
        "Suma, redondeada una vez ({})",
        "Sum, rounded once ({})",
        formula::rounding(explained.rounding, lang)
    );
    Some(
        view! {
            <Card title=tr!(lang, "Impuesto sobre los intereses", "Tax on interest")>
                <KeyValue>{pairs}<Pair term=says strong=true>{total}</Pair></KeyValue>
            </Card>
        }
        .into_any(),
    )
}

/// For each payment: what was owed, in which order it went, and what each part received.
#[component]
fn Payments(explained: Explained) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let country = explained.creditor.country.clone();
    let items: Vec<_> = explained
        .steps
        .iter()
        .filter(|step| step.kind == EntryKind::Payment)
        .filter_map(|step| Some(payment(step, step.order?, &country, locale)))
        .collect();
    (!items.is_empty()).then(|| {
        view! {
            <Card title=tr!(lang, "A qué fue cada pago, y por qué", "Where each payment went, and why")>{items}</Card>
        }
    })
}

fn payment(step: &Step, applied: AppliedOrder, country: &str, locale: Locale) -> AnyView {
    let lang = locale.lang();
    let given = |part: Component| step.before.of(part).minor().saturating_sub(step.after.of(part).minor());
    let rows: Vec<_> = applied
        .order
        .components()
        .iter()
        .enumerate()
        .filter(|(_, part)| !step.before.of(**part).is_zero())
        .map(|(at, part)| {
            let (before, after) = (step.before.of(*part), step.after.of(*part));
            let paid = Money::from_minor(given(*part), before.currency());
            view! {
                <tr>
                    <th scope="row">{format!("{}. {}", at + 1, labels::component(*part, lang))}</th>
                    <td class="num">{format::money_bare(&before, locale)}</td>
                    <td class="num">{format::money_bare(&paid, locale)}</td>
                    <td class="num">{format::money_bare(&after, locale)}</td>
                </tr>
            }
        })
        .collect();
    let paid = paid_total(step.before, step.after);
    let title = trf!(
        lang,
        "{0}: {1} a la deuda",
        "{0}: {1} to the debt",
        format::date_short(step.effective_on, locale),
        format::money(&paid, locale)
    );
    let why = if applied.agreed {
        tr!(lang, "Orden pactado en las condiciones del producto.", "Order agreed in the product's terms.")
            .to_owned()
    } else {
        trf!(lang, "Orden que da {}.", "Order given by {}.", formula::order_law(country, lang))
    };
    let columns = vec![
        Column::new(tr!(lang, "En este orden", "In this order")),
        Column::number(tr!(lang, "Se debía", "Was owed")),
        Column::number(tr!(lang, "Recibió", "Received")),
        Column::number(tr!(lang, "Quedó", "Left")),
    ];
    view! {
        <details class="payment-why" open>
            <summary>{title.clone()}</summary>
            <DataTable caption=title caption_hidden=true columns>{rows}</DataTable>
            <p class="soft small">{why}</p>
        </details>
    }
    .into_any()
}

fn paid_total(before: Balance, after: Balance) -> Money {
    Money::from_minor(before.total_minor().saturating_sub(after.total_minor()), before.currency())
}

/// The terms that hold on the day, who kept them and why; and the versions before.
#[component]
fn InForce(explained: Explained) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let as_of = explained.owed.as_of;
    let held = explained.versions.iter().rev().find(|version| version.effective_from <= as_of);
    let title = tr!(lang, "Condiciones que rigen ese día", "Terms in force on that day");
    let law = formula::order_law(&explained.creditor.country, lang);
    match held {
        None => view! {
            <Card title>
                <p>{tr!(lang, "El producto no tiene condiciones: no crecen intereses ni cargos.", "The product has no terms: neither interest nor charges grow.")}</p>
                <p class="soft small">{trf!(lang, "Los pagos se aplican en el orden que da {}.", "Payments are allocated in the order given by {}.", law)}</p>
            </Card>
        }
        .into_any(),
        Some(version) => {
            let heading = trf!(lang, "Versión {0}, desde el {1}", "Version {0}, from {1}", version.version, format::date_short(version.effective_from, locale));
            let note = version.note.clone().map(|note| view! { <p>{note}</p> });
            let says: Vec<_> = words::summary(&version.terms, law, locale).into_iter().map(|says| view! { <li>{says}</li> }).collect();
            view! {
                <Card title>
                    <p><strong>{heading}</strong></p>
                    {note}
                    <ul>{says}</ul>
                    <p class="small"><a href="/console/condiciones">{tr!(lang, "Todas las versiones", "All versions")}</a></p>
                </Card>
            }
            .into_any()
        }
    }
}
