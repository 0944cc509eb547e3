//! The journal's page: totals, filters, every entry with its postings and the balance after it.

use domain::access::Permission;
use domain::account::{Balance, Component};
use domain::ids::AccountId;
use domain::ledger::{Book, Entry, EntryKind};
use domain::money::{Currency, Money};
use leptos::prelude::*;
use services::ledger::{Explained, can_be_taken_back};
use ui::prelude::*;

use super::query::{EntryFilter, LedgerQuery};
use super::rows::{LedgerRow, rows};
use super::{TimesForm, address, crumbs, explanation};
use crate::desk::{Desk, Frame, Section};
use crate::pages::account::book;

#[component]
pub fn LedgerPage(
    desk: Desk,
    id: AccountId,
    query: LedgerQuery,
    explained: Option<Explained>,
    filter: EntryFilter,
) -> impl IntoView {
    let lang = use_lang();
    let title = tr!(lang, "Libro de la cuenta", "Ledger of the account");
    let crumbs = crumbs(id, explained.as_ref(), title, lang);
    let times = view! { <TimesForm action=address(id) query=query.clone() desk=desk.clone() explained=explained.clone()/> };
    let by_hand = desk.may(Permission::FactPost);
    let actions = move || {
        by_hand.then(|| {
            let href = format!("{}/movimiento", address(id));
            view! { <LinkButton href kind=ButtonKind::Secondary>{tr!(lang, "Movimiento manual", "Entry by hand")}</LinkButton> }
        })
    };
    let content = explained.map(|explained| {
        let explain = query.times_only().at(&explanation(id));
        let all = rows(&explained.owed.journal, explained.account.currency, &filter);
        view! {
            <Totals explained=explained.clone() explain/>
            <Filters id query=query.clone()/>
            <Entries desk=desk.clone() id query explained rows=all/>
        }
    });
    view! {
        <Frame desk section=Section::Accounts title crumbs actions>
            <ErrorSummary/>
            {times}
            {content}
        </Frame>
    }
}

/// The components that were ever owed, in the order of the books.
pub(super) fn used(balances: impl Iterator<Item = Balance> + Clone) -> Vec<Component> {
    let ever = |component: &Component| balances.clone().any(|balance| !balance.of(*component).is_zero());
    Component::ALL.iter().copied().filter(ever).collect()
}

/// What is owed by component: posted, grown since, together.
#[component]
fn Totals(explained: Explained, explain: String) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let currency = explained.account.currency;
    let owed = explained.owed;
    let grown = |component: Component| {
        let part = owed.grown.iter().find(|(part, _)| *part == component);
        part.map_or(Money::zero(currency), |(_, amount)| *amount)
    };
    let parts = used([owed.posted, owed.total].into_iter());
    let rows: Vec<_> = parts
        .iter()
        .map(|part| {
            total_row(
                labels::component(*part, lang),
                [owed.posted.of(*part), grown(*part), owed.total.of(*part)],
                locale,
            )
        })
        .collect();
    let posted = Money::from_minor(owed.posted.total_minor(), currency);
    let total = Money::from_minor(owed.total.total_minor(), currency);
    let more = Money::from_minor(total.minor().saturating_sub(posted.minor()), currency);
    let columns = vec![
        Column::new(tr!(lang, "Parte de la deuda", "Part of the debt")),
        Column::number(tr!(lang, "Asentado", "Posted")),
        Column::number(tr!(lang, "Por asentar", "To be posted")),
        Column::number(tr!(lang, "Se debe", "Owed")),
    ];
    let foot = move || total_row("Total", [posted, more, total], locale);
    let title = trf!(lang, "Lo que se debe ({})", "What is owed ({})", currency);
    let link =
        move || view! { <a href=explain.clone()>{tr!(lang, "¿Cómo se calcula?", "How is it computed?")}</a> };
    view! {
        <Card title=title.clone() actions=link>
            <DataTable caption=title caption_hidden=true columns foot>{rows}</DataTable>
        </Card>
    }
    .into_any()
}

fn total_row(term: &'static str, figures: [Money; 3], locale: Locale) -> AnyView {
    let cells: Vec<_> = figures
        .into_iter()
        .map(|amount| view! { <td class="num">{format::money_bare(&amount, locale)}</td> })
        .collect();
    view! { <tr><th scope="row">{term}</th>{cells}</tr> }.into_any()
}

#[component]
fn Filters(id: AccountId, query: LedgerQuery) -> impl IntoView {
    let lang = use_lang();
    let kinds = EntryKind::ALL
        .iter()
        .map(|kind| Choice::new(kind.as_str(), labels::entry_kind(*kind, lang)))
        .collect();
    let components = Component::ALL.iter().map(|part| {
        Choice::new(
            part.as_str(),
            trf!(lang, "{} (toda la deuda)", "{} (whole debt)", labels::component(*part, lang)),
        )
    });
    let books = Book::all().map(|item| Choice::new(item.as_str(), book(item, lang)));
    let books = components.chain(books).collect();
    let clear = query.filtered().then(|| {
        let href = query.times_only().at(&address(id));
        view! { <a class="btn btn-quiet" href=href>{tr!(lang, "Quitar filtros", "Clear filters")}</a> }
    });
    let csv = query.at(&format!("{}/csv", address(id)));
    let times: Vec<_> = query
        .times_only()
        .pairs()
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect();
    view! {
        <form class="filters ledger-filters" method="get" action=address(id) novalidate>
            {times}
            <Select name="kind" label=tr!(lang, "Movimiento", "Entry") blank=tr!(lang, "Todos", "All") options=kinds required=false/>
            <Select name="book" label=tr!(lang, "Libro o parte", "Book or part") blank=tr!(lang, "Todos", "All") options=books required=false/>
            <Field name="from" label=tr!(lang, "Desde", "From") kind="date" required=false/>
            <Field name="to" label=tr!(lang, "Hasta", "To") kind="date" required=false/>
            <CheckBox name="corrections" value="1" label=tr!(lang, "Solo correcciones", "Only corrections")/>
            <div class="row">
                <Button kind=ButtonKind::Secondary icon=Glyph::ListFilter>{tr!(lang, "Filtrar", "Filter")}</Button>
                {clear}
                <LinkButton href=csv kind=ButtonKind::Quiet icon=Glyph::Download download=true>"CSV"</LinkButton>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn Entries(
    desk: Desk,
    id: AccountId,
    query: LedgerQuery,
    explained: Explained,
    rows: Vec<LedgerRow>,
) -> impl IntoView {
    let lang = use_lang();
    let currency = explained.account.currency;
    let all = explained.owed.journal.len();
    let count = trf!(lang, "{0} de {1} movimientos", "{0} of {1} entries", rows.len(), all);
    if rows.is_empty() {
        let title = if all == 0 {
            tr!(
                lang,
                "En ese momento la cuenta aún no tenía movimientos.",
                "At that moment the account had no entries yet."
            )
        } else {
            tr!(lang, "Ningún movimiento cumple los filtros.", "No entry matches the filters.")
        };
        return view! { <EmptyState title icon=Glyph::ListFilter/> }.into_any();
    }
    let parts = used(rows.iter().map(|row| row.after));
    let unfiltered = query.times_only().at(&address(id));
    let lines: Vec<_> =
        rows.into_iter().rev().map(|row| line(row, &parts, &unfiltered, &desk, currency)).collect();
    let mut columns = vec![
        Column::new(tr!(lang, "Fecha", "Date")),
        Column::new(tr!(lang, "Movimiento", "Entry")),
        Column::number(trf!(lang, "Cambio ({})", "Change ({})", currency)),
    ];
    columns.extend(parts.iter().map(|part| Column::number(labels::component(*part, lang))));
    columns.push(Column::number(trf!(lang, "Saldo ({})", "Balance ({})", currency)));
    let title = tr!(lang, "Movimientos, el más reciente primero", "Entries, newest first");
    view! {
        <p class="soft small">{count}</p>
        <div class="card">
            <DataTable caption=title caption_hidden=true stacked=true columns>{lines}</DataTable>
        </div>
    }
    .into_any()
}

fn anchor(entry: &Entry) -> String {
    format!("m-{}", entry.id)
}

fn line(row: LedgerRow, parts: &[Component], all: &str, desk: &Desk, currency: Currency) -> AnyView {
    let locale = desk.locale();
    let lang = desk.lang();
    let entry = &row.entry;
    let change = Money::from_minor(row.change, currency);
    let total = Money::from_minor(row.after.total_minor(), currency);
    let balances: Vec<_> = parts
        .iter()
        .map(|part| {
            let figure = format::money_bare(&row.after.of(*part), locale);
            view! { <td class="num soft" data-label=labels::component(*part, lang)>{figure}</td> }
        })
        .collect();
    let corrects = row.corrects.map(|other| {
        let href = format!("{all}#m-{other}");
        let says = match entry.kind {
            EntryKind::Reversal => tr!(lang, "Ver lo que revierte", "See what it reverses"),
            _ => tr!(lang, "Ver lo que corrige", "See what it corrects"),
        };
        view! { <p class="small"><a href=href>{says}</a></p> }
    });
    let take_back =
        (row.stands && desk.may(Permission::FactPost) && can_be_taken_back(entry).is_ok()).then(|| {
            let href = format!("{}/anular/{}", address(entry.account_id), entry.id);
            view! { <p class="small"><a href=href>{tr!(lang, "Anular", "Take back")}</a></p> }
        });
    let recorded = desk.time(entry.recorded_at);
    let instant = entry.recorded_at.with_timezone(&desk.zone).format("%Y-%m-%dT%H:%M:%S").to_string();
    view! {
        <tr id=anchor(entry)>
            <td class="nowrap" data-label=tr!(lang, "Fecha", "Date")>{format::date_short(entry.effective_on, locale)}</td>
            <td class="movement">
                <details class="postings">
                    <summary>{labels::entry_kind(entry.kind, lang)}</summary>
                    {postings(entry, locale)}
                    <p class="soft small">
                        {tr!(lang, "Registrado el ", "Recorded on ")}<time datetime=instant>{recorded}</time>
                        <br/><code class="detail">{entry.source.clone()}</code>
                    </p>
                    {take_back}
                </details>
                {corrects}
            </td>
            <td class="num" data-label=tr!(lang, "Cambio", "Change")>{format::money_bare(&change, locale)}</td>
            {balances}
            <td class="num strong" data-label=tr!(lang, "Saldo", "Balance")>{format::money_bare(&total, locale)}</td>
        </tr>
    }
    .into_any()
}

fn postings(entry: &Entry, locale: Locale) -> AnyView {
    let pairs: Vec<_> = entry
        .postings()
        .iter()
        .map(|posting| (book(posting.book, locale.lang()), format::money_bare(&posting.amount, locale)))
        .map(|(term, figure)| view! { <Pair term>{figure}</Pair> })
        .collect();
    view! { <KeyValue>{pairs}</KeyValue> }.into_any()
}
