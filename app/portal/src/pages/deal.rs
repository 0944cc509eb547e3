//! A deal as it is shown wherever one can be chosen.

use domain::arrangement::Due;
use domain::arrangement::negotiation::Deal;
use domain::money::Money;
use leptos::prelude::*;
use ui::prelude::*;

/// Payments that are told at once.
const FEW: usize = 4;

/// `En un solo pago`, `En 6 pagos`.
pub fn name(payments: usize, lang: Lang) -> String {
    match payments {
        1 => tr!(lang, "En un solo pago", "In one payment", "Em um só pagamento").to_owned(),
        several => trf!(lang, "En {} pagos", "In {} payments", "Em {} pagamentos", several),
    }
}

/// Figures and dates of a deal.
#[component]
pub fn DealParts(deal: Deal) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let off = deal.agreed.forgiven_total().ok().filter(Money::is_positive);
    let until = format::date_long(deal.valid_until, locale);
    view! {
        <Amount money=deal.agreed.to_pay label=tr!(lang, "Pagas en total", "You pay in all", "Você paga no total") small=true/>
        {off.map(|off| view! {
            <p>{trf!(lang, "Se te condonan {}.", "{} are forgiven.", "São perdoados {}.", format::money(&off, locale))}</p>
        })}
        {dates(deal.schedule, locale)}
        <p class="soft small">{trf!(lang, "Puedes tomarla hasta el {}.", "You can take it until {}.", "Você pode aceitar até {}.", until)}</p>
    }
    .into_any()
}

/// The days; many of them wait behind a line that says what they come to.
fn dates(schedule: Vec<Due>, locale: Locale) -> AnyView {
    let lang = locale.lang();
    let Some((first, last)) = schedule.first().zip(schedule.last()).filter(|_| schedule.len() > FEW) else {
        return view! { <Payments schedule/> }.into_any();
    };
    let says = trf!(
        lang,
        "El primero, de {0}, el {1}; el último, el {2}.",
        "The first one, of {0}, on {1}; the last one on {2}.",
        "O primeiro, de {0}, em {1}; o último, em {2}.",
        format::money(&first.amount, locale),
        format::date_long(first.due_on, locale),
        format::date_long(last.due_on, locale)
    );
    view! {
        <p>{says}</p>
        <details>
            <summary>{tr!(lang, "Ver todas las fechas", "See all dates", "Ver todas as datas")}</summary>
            <Payments schedule/>
        </details>
    }
    .into_any()
}

/// Each payment with its day.
#[component]
pub fn Payments(schedule: Vec<Due>) -> impl IntoView {
    let locale = use_locale();
    let rows: Vec<_> = schedule
        .iter()
        .map(|due| {
            view! {
                <li class="pair">
                    <strong>{format::date_long(due.due_on, locale)}</strong>
                    <span class="num">{format::money(&due.amount, locale)}</span>
                </li>
            }
        })
        .collect();
    view! { <ol class="plain-list parts">{rows}</ol> }.into_any()
}
