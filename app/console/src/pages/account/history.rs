//! What happened: activities, promises, plan, payments, journal.

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use domain::account::Balance;
use domain::ledger::{Book, CashBook, Entry, PaymentStatus};
use domain::money::{Currency, Money};
use leptos::prelude::*;
use services::accounts::{ActivityLine, PaymentLine, PlanView};
use services::contact::DecisionLine;
use services::outbox::AccountLetter;
use services::work::PromiseView;
use ui::prelude::*;

/// Activities in sight; the older ones open on demand.
const RECENT: usize = 8;

#[component]
pub fn Activities(
    lines: Vec<(DateTime<Tz>, ActivityLine)>,
    /// What was asked of the contact rules, told among what was done.
    decisions: Vec<(DateTime<Tz>, DecisionLine)>,
    letters: Vec<(DateTime<Tz>, AccountLetter)>,
) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let done = lines.into_iter().map(|(at, line)| (at, activity(&at, line, locale)));
    let asked = decisions.into_iter().map(|(at, line)| (at, super::contact::decision(&at, &line, locale)));
    let posted = letters.into_iter().map(|(at, one)| (at, letter(&at, one, locale)));
    let mut told: Vec<_> = done.chain(asked).chain(posted).collect();
    told.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let count = told.len();
    let mut items: Vec<_> = told.into_iter().map(|(_, item)| item).collect();
    let older = items.split_off(items.len().min(RECENT));
    let older = (!older.is_empty()).then(|| {
        let title = trf!(lang, "{} anteriores", "{} earlier", count - RECENT);
        view! { <details><summary>{title}</summary><Timeline>{older}</Timeline></details> }
    });
    view! {
        <Card title=tr!(lang, "Gestiones", "Activities")>
            {if count == 0 {
                view! { <p class="soft">{tr!(lang, "Nadie ha gestionado esta cuenta todavía.", "Nobody has worked on this account yet.")}</p> }.into_any()
            } else {
                view! { <Timeline>{items}</Timeline> }.into_any()
            }}
            {older}
        </Card>
    }
    .into_any()
}

fn letter(at: &DateTime<Tz>, letter: AccountLetter, locale: Locale) -> AnyView {
    let lang = locale.lang();
    let zone = at.timezone();
    let day = |at: DateTime<chrono::Utc>| format::date_short(at.with_timezone(&zone).date_naive(), locale);
    let (tone, says) = crate::pages::letters::state_words(&letter.state, day, lang);
    let title = trf!(lang, "Carta: {}", "Letter: {}", says);
    let when = format::date_time(at, locale);
    match letter.printed {
        Some(number) => view! { <TimelineItem when title tone>{trf!(lang, "Número {}", "Number {}", number)}</TimelineItem> }.into_any(),
        None => view! { <TimelineItem when title tone/> }.into_any(),
    }
}

fn activity(at: &DateTime<Tz>, line: ActivityLine, locale: Locale) -> AnyView {
    let lang = locale.lang();
    let title =
        format!("{}: {}", labels::channel(line.channel, lang), labels::disposition(line.disposition, lang));
    let when = format!("{} · {}", format::date_time(at, locale), crate::pages::audit::by(&line.by, lang));
    let tone = if line.disposition.is_right_party() { Tone::Info } else { Tone::Neutral };
    match line.note {
        Some(note) => view! { <TimelineItem when title tone>{note}</TimelineItem> }.into_any(),
        None => view! { <TimelineItem when title tone/> }.into_any(),
    }
}

#[component]
pub fn Promises(promises: Vec<PromiseView>, today: NaiveDate) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let rows: Vec<_> = promises
        .into_iter()
        .map(|promise| {
            view! {
                <tr>
                    <td class="nowrap" data-label=tr!(lang, "Para el", "For")>
                        <span>
                            {format::date_short(promise.due_on, locale)}" "
                            <span class="soft">{format::relative_day(promise.due_on, today, locale)}</span>
                        </span>
                    </td>
                    <td data-label=tr!(lang, "Estado", "Status")><Badge tone=labels::promise_tone(promise.status)>{labels::promise_status(promise.status, lang)}</Badge></td>
                    <td class="num" data-label=tr!(lang, "Importe", "Amount")>{format::money(&promise.amount, locale)}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::new(tr!(lang, "Para el", "For")),
        Column::new(tr!(lang, "Estado", "Status")),
        Column::number(tr!(lang, "Importe", "Amount")),
    ];
    titled_table(tr!(lang, "Promesas de pago", "Promises to pay"), columns, rows)
}

#[component]
pub fn Plan(plan: PlanView, today: NaiveDate) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let rows: Vec<_> = plan
        .installments
        .into_iter()
        .map(|line| {
            let (text, tone) = if line.left.is_zero() {
                (tr!(lang, "Pagada", "Paid"), Tone::Success)
            } else if line.due_on < today {
                (tr!(lang, "Vencida", "Past due"), Tone::Warn)
            } else {
                (tr!(lang, "Por vencer", "Not yet due"), Tone::Info)
            };
            view! {
                <tr>
                    <td data-label=tr!(lang, "Cuota", "No.")>{line.number}</td>
                    <td class="nowrap" data-label=tr!(lang, "Vence", "Due")>{format::date_short(line.due_on, locale)}</td>
                    <td data-label=tr!(lang, "Estado", "Status")><Badge tone>{text}</Badge></td>
                    <td class="num" data-label=tr!(lang, "Importe", "Amount")>{format::money(&line.amount, locale)}</td>
                </tr>
            }
        })
        .collect();
    let columns = vec![
        Column::new(tr!(lang, "Cuota", "No.")),
        Column::new(tr!(lang, "Vence", "Due")),
        Column::new(tr!(lang, "Estado", "Status")),
        Column::number(tr!(lang, "Importe", "Amount")),
    ];
    let title = if plan.status == "active" {
        tr!(lang, "Plan de pagos vigente", "Running payment plan")
    } else {
        tr!(lang, "Plan de pagos anterior", "Earlier payment plan")
    };
    titled_table(title, columns, rows)
}

#[component]
pub fn Payments(payments: Vec<PaymentLine>, may_reverse: bool) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    if payments.is_empty() {
        return view! {
            <Card title=tr!(lang, "Pagos", "Payments")>
                <p class="soft">{tr!(lang, "Aún no hay pagos.", "There are no payments yet.")}</p>
            </Card>
        }
        .into_any();
    }
    let rows: Vec<_> = payments.into_iter().map(|line| payment(line, may_reverse, locale)).collect();
    let mut columns = vec![
        Column::new(tr!(lang, "Recibido", "Received")),
        Column::new(tr!(lang, "Forma", "Method")),
        Column::new(tr!(lang, "Recibo", "Receipt")),
        Column::new(tr!(lang, "Estado", "Status")),
        Column::number(tr!(lang, "Importe", "Amount")),
    ];
    if may_reverse {
        columns.push(Column::hidden(tr!(lang, "Acciones", "Actions")));
    }
    titled_table(tr!(lang, "Pagos", "Payments"), columns, rows).into_any()
}

fn payment(line: PaymentLine, may_reverse: bool, locale: Locale) -> impl IntoView {
    let lang = locale.lang();
    let receipt = format!("/console/recibos/{}", line.id);
    let label = trf!(lang, "Revertir el pago {}", "Reverse payment {}", line.receipt_no);
    let reverse = may_reverse.then(|| {
        let posted = line.status == PaymentStatus::Posted;
        let href = format!("/console/pagos/{}/revertir", line.id);
        let link =
            posted.then(|| view! { <a href=href aria-label=label>{tr!(lang, "Revertir", "Reverse")}</a> });
        view! { <td>{link}</td> }
    });
    view! {
        <tr>
            <td class="nowrap" data-label=tr!(lang, "Recibido", "Received")>{format::date_short(line.received_on, locale)}</td>
            <td data-label=tr!(lang, "Forma", "Method")>
                <span>{labels::payment_method(line.method, lang)}" "<span class="soft">{line.reference}</span></span>
            </td>
            <td class="nowrap" data-label=tr!(lang, "Recibo", "Receipt")><a href=receipt>{line.receipt_no}</a></td>
            <td data-label=tr!(lang, "Estado", "Status")><Badge tone=labels::payment_tone(line.status)>{labels::payment_status(line.status, lang)}</Badge></td>
            <td class="num" data-label=tr!(lang, "Importe", "Amount")>{format::money(&line.amount, locale)}</td>
            {reverse}
        </tr>
    }
    .into_any()
}

/// The journal, newest first, each entry with its postings and the debt after it.
#[component]
pub fn Journal(entries: Vec<Entry>, currency: Currency, href: String) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let mut balance = Balance::zero(currency);
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        let before = balance;
        // Stored entries have been applied once already; one that cannot be leaves the figure.
        balance = entry.apply(before).unwrap_or(before);
        let change = balance.total_minor().saturating_sub(before.total_minor());
        rows.push(journal_row(&entry, Money::from_minor(change, currency), &balance, locale));
    }
    rows.reverse();
    let columns = vec![
        Column::new(tr!(lang, "Fecha", "Date")),
        Column::new(tr!(lang, "Movimiento", "Entry")),
        Column::number(trf!(lang, "Cambio ({})", "Change ({})", currency)),
        Column::number(trf!(lang, "Saldo ({})", "Balance ({})", currency)),
    ];
    let title = tr!(lang, "Libro de la cuenta", "Ledger of the account");
    let whole = move || {
        view! { <a href=href.clone()>{tr!(lang, "Libro completo y a otra fecha", "Whole ledger, and as of another date")}</a> }
    };
    view! {
        <Card title actions=whole>
            <DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable>
        </Card>
    }
    .into_any()
}

fn journal_row(entry: &Entry, change: Money, after: &Balance, locale: Locale) -> AnyView {
    let lang = locale.lang();
    let total = Money::from_minor(after.total_minor(), after.currency());
    let postings: Vec<_> = entry
        .postings()
        .iter()
        .map(|posting| (book(posting.book, lang), format::money_bare(&posting.amount, locale)))
        .map(|(term, figure)| view! { <Pair term>{figure}</Pair> })
        .collect();
    view! {
        <tr>
            <td class="nowrap" data-label=tr!(lang, "Fecha", "Date")>{format::date_short(entry.effective_on, locale)}</td>
            <td>
                <details class="postings">
                    <summary>{labels::entry_kind(entry.kind, lang)}</summary>
                    <KeyValue>{postings}</KeyValue>
                </details>
            </td>
            <td class="num" data-label=tr!(lang, "Cambio", "Change")>{format::money_bare(&change, locale)}</td>
            <td class="num" data-label=tr!(lang, "Saldo", "Balance")>{format::money_bare(&total, locale)}</td>
        </tr>
    }
    .into_any()
}

/// A book's name for people who keep books.
pub fn book(book: Book, lang: Lang) -> String {
    let name = match book {
        Book::Debt(part) => {
            return trf!(lang, "Deuda: {}", "Debt: {}", labels::component(part, lang));
        }
        Book::Memorandum(part) => {
            return trf!(lang, "Castigado: {}", "Written off: {}", labels::component(part, lang));
        }
        Book::Cash(CashBook::Office) => tr!(lang, "Caja de oficina", "Office cash"),
        Book::Cash(CashBook::GatewayClearing) => tr!(lang, "Pasarela por liquidar", "Gateway clearing"),
        Book::Cash(CashBook::FieldCustody) => tr!(lang, "En poder del gestor", "In the collector's custody"),
        Book::Cash(CashBook::Bank) => tr!(lang, "Banco", "Bank"),
        Book::Unapplied => tr!(lang, "A favor del deudor", "In the debtor's favour"),
        Book::CreditorPlacement => tr!(lang, "Asignación del acreedor", "Creditor's placement"),
        Book::CreditorPayable => tr!(lang, "Por rendir al acreedor", "Payable to the creditor"),
        Book::Fees => tr!(lang, "Ingresos por cargos", "Fee income"),
        Book::Commission => tr!(lang, "Ingresos por comisión", "Commission income"),
        Book::GatewayFees => tr!(lang, "Costo de pasarelas", "Gateway fees"),
        Book::TaxPayable => tr!(lang, "Impuesto por pagar", "Tax payable"),
    };
    name.to_owned()
}

fn titled_table<V: IntoView + 'static>(title: &'static str, columns: Vec<Column>, rows: Vec<V>) -> AnyView {
    view! {
        <Card title>
            <DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable>
        </Card>
    }
    .into_any()
}
