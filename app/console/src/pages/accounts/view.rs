//! The list as it is seen.

use chrono::NaiveDate;
use domain::access::Permission;
use domain::account::Stage;
use domain::calendar::days_past_due;
use domain::money::{Currency, Money};
use leptos::prelude::*;
use services::accounts::{AccountLine, AccountPage, COUNT_LIMIT};
use ui::prelude::*;

use super::query::{ListQuery, OWING};
use crate::desk::{ACCOUNTS, Desk, Frame, Section};

#[component]
pub fn AccountList(
    desk: Desk,
    query: ListQuery,
    creditors: Vec<Choice>,
    /// Nothing when the filters could not be read.
    found: Option<AccountPage>,
    filtered: bool,
) -> impl IntoView {
    let lang = use_lang();
    let may_import = desk.may(Permission::PortfolioImport);
    view! {
        <Frame desk section=Section::Accounts title=tr!(lang, "Cuentas", "Accounts") own_search=true>
            <ErrorSummary/>
            <Filters query=query.clone() creditors filtered/>
            {found.map(|page| view! { <Found page query filtered may_import/> })}
        </Frame>
    }
}

#[component]
fn Filters(query: ListQuery, creditors: Vec<Choice>, filtered: bool) -> impl IntoView {
    let lang = use_lang();
    let named = Stage::ALL.iter().map(|stage| Choice::new(stage.as_str(), labels::stage(*stage, lang)));
    let stages = std::iter::once(Choice::new(OWING, tr!(lang, "Con saldo", "Owing"))).chain(named).collect();
    let sorts = vec![
        Choice::new("oldest", tr!(lang, "Más mora", "Oldest")),
        Choice::new("largest", tr!(lang, "Mayor saldo", "Largest")),
    ];
    let set = query.filters_set();
    let clear = filtered.then(|| {
        view! { <a class="btn btn-quiet" href=ACCOUNTS>{tr!(lang, "Quitar filtros", "Clear filters")}</a> }
    });
    view! {
        <form class="account-filters" method="get" action=ACCOUNTS role="search" novalidate>
            <div class="search">
                <label class="visually-hidden" for="q">{tr!(lang, "Buscar cuentas", "Search accounts")}</label>
                <Icon glyph=Glyph::Search/>
                <input
                    type="search" name="q" id="q" value=query.q autocomplete="off" aria-keyshortcuts="/"
                    placeholder=tr!(lang, "Nombre, documento, teléfono o número de cuenta", "Name, document, phone or account number")
                />
                <Button>{tr!(lang, "Buscar", "Search")}</Button>
            </div>
            <details class="filter-toggle" open={ set > 0 }>
                <summary>
                    <Icon glyph=Glyph::ListFilter/>
                    {tr!(lang, "Filtros", "Filters")}
                    {(set > 0).then(|| format!(" ({set})"))}
                </summary>
            </details>
            <div class="filters">
                <Select name="creditor" label=tr!(lang, "Acreedor", "Creditor") blank=tr!(lang, "Todos", "All") options=creditors required=false/>
                <Select name="stage" label=tr!(lang, "Etapa", "Stage") blank=tr!(lang, "Todas", "All") options=stages required=false/>
                <Field name="days_from" label=tr!(lang, "Mora mín. (días)", "Min. days late") inputmode="numeric" required=false/>
                <Field name="days_to" label=tr!(lang, "Mora máx. (días)", "Max. days late") inputmode="numeric" required=false/>
                <Field name="amount_from" label=tr!(lang, "Saldo mín.", "Min. balance") inputmode="decimal" required=false/>
                <Field name="amount_to" label=tr!(lang, "Saldo máx.", "Max. balance") inputmode="decimal" required=false/>
                <Select name="sort" label=tr!(lang, "Orden", "Order") options=sorts required=false/>
                <div class="row">
                    <Button kind=ButtonKind::Secondary icon=Glyph::ListFilter>{tr!(lang, "Filtrar", "Filter")}</Button>
                    {clear}
                </div>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn Found(page: AccountPage, query: ListQuery, filtered: bool, may_import: bool) -> impl IntoView {
    let lang = use_lang();
    if page.lines.is_empty() {
        return view! { <Nothing filtered may_import/> }.into_any();
    }
    let locale = use_locale();
    let summary = count_text(page.found, page.lines.len(), locale);
    let paged = !query.after.is_empty();
    let first = paged.then(|| {
        view! { <a class="btn btn-secondary" href=query.at(None)>{tr!(lang, "Al principio", "To the start")}</a> }
    });
    let next = page.next.as_ref().map(|key| query.at(Some(key)));
    let largest = query.sort == "largest";
    let columns = vec![
        Column::new(tr!(lang, "Deudor", "Debtor")),
        Column::new(tr!(lang, "Documento", "Document")),
        Column::new(tr!(lang, "Cuenta", "Account")),
        Column::new(tr!(lang, "Acreedor", "Creditor")),
        Column::new(tr!(lang, "Etapa", "Stage")),
        Column::number(tr!(lang, "Días de mora", "Days past due"))
            .sort(Sort { href: query.sorted("oldest"), ascending: (!largest).then_some(false) }),
        Column::number(tr!(lang, "Saldo", "Balance"))
            .sort(Sort { href: query.sorted("largest"), ascending: largest.then_some(false) }),
    ];
    let today = page.today;
    let rows: Vec<_> = page.lines.into_iter().map(|line| row(line, today, locale)).collect();
    view! {
        <p class="soft small" role="status">{summary.clone()}</p>
        <div class="card accounts">
            <DataTable caption=tr!(lang, "Cuentas", "Accounts") caption_hidden=true stacked=true columns>{rows}</DataTable>
        </div>
        <div class="between">
            {first}
            <Pager summary next/>
        </div>
    }
    .into_any()
}

fn row(line: AccountLine, today: NaiveDate, locale: Locale) -> impl IntoView {
    let lang = locale.lang();
    let stage = Stage::of(line.total, line.due_on, line.charged_off_on, today);
    let days = if line.total > 0 { days_past_due(line.due_on, today) } else { 0 };
    let figure = line.currency.parse::<Currency>().map_or_else(
        |_| line.total.to_string(),
        |currency| format::money_bare(&Money::from_minor(line.total, currency), locale),
    );
    let label = |es, en| tr!(lang, es, en);
    view! {
        <tr>
            <th scope="row">
                <a href=format!("{ACCOUNTS}/{}", line.id) data-row="">{line.debtor_name}</a>
            </th>
            <td class="nowrap c-document" data-label=label("Documento", "Document")>{line.document}</td>
            <td class="nowrap c-account" data-label=label("Cuenta", "Account")>
                <span>{line.external_id}" "<span class="soft product">{line.product}</span></span>
            </td>
            <td class="nowrap c-creditor" data-label=label("Acreedor", "Creditor")>{line.creditor_name}</td>
            <td class="c-stage" data-label=label("Etapa", "Stage")><StageBadge stage/></td>
            <td class="num c-days" data-label=label("Días de mora", "Days past due") data-unit=label("días", "days")>
                {format::count(days, locale)}
            </td>
            <td class="num c-total" data-label=label("Saldo", "Balance")>
                <span>{figure}" "<span class="soft currency">{line.currency}</span></span>
            </td>
        </tr>
    }
    .into_any()
}

#[component]
fn Nothing(filtered: bool, may_import: bool) -> impl IntoView {
    let lang = use_lang();
    if filtered {
        return view! {
            <Card><EmptyState title=tr!(lang, "Ninguna cuenta coincide", "No account matches") icon=Glyph::Search>
                <p>{tr!(
                    lang,
                    "Pruebe con menos letras del nombre, o quite algún filtro.",
                    "Try fewer letters of the name, or clear a filter.",
                )}</p>
                <LinkButton href=ACCOUNTS kind=ButtonKind::Secondary>{tr!(lang, "Quitar filtros", "Clear filters")}</LinkButton>
            </EmptyState></Card>
        }
        .into_any();
    }
    let import = may_import.then(|| {
        view! {
            <LinkButton href="/console/importar" icon=Glyph::Upload>
                {tr!(lang, "Importar una cartera", "Import a portfolio")}
            </LinkButton>
        }
    });
    view! {
        <Card><EmptyState title=tr!(lang, "No hay cuentas con saldo", "There are no accounts that owe")>
            <p>{tr!(lang, "Aparecen aquí al importar la cartera de un acreedor.", "They appear here once a creditor's portfolio is imported.")}</p>
            {import}
        </EmptyState></Card>
    }
    .into_any()
}

/// How many there are, and how many of them this page shows.
fn count_text(found: u64, shown: usize, locale: Locale) -> String {
    let lang = locale.lang();
    let number = |n: u64| format::count(i64::try_from(n).unwrap_or(i64::MAX), locale);
    let shown = number(shown as u64);
    if found > COUNT_LIMIT {
        return trf!(
            lang,
            "{0} de más de {1} cuentas",
            "{0} of more than {1} accounts",
            shown,
            number(COUNT_LIMIT)
        );
    }
    if found == 1 {
        return tr!(lang, "1 cuenta", "1 account").to_owned();
    }
    trf!(lang, "{0} de {1} cuentas", "{0} of {1} accounts", shown, number(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_says_when_it_stopped_counting() {
        assert_eq!(count_text(1, 1, Locale::EsMx), "1 cuenta");
        assert_eq!(count_text(312, 50, Locale::En), "50 of 312 accounts");
        assert_eq!(count_text(COUNT_LIMIT + 1, 50, Locale::EsMx), "50 de más de 1,000 cuentas");
    }
}
