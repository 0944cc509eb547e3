//! What becomes live where scripts run. Everything here is complete HTML before that.

use domain::account::{Balance, Component};
use domain::ledger::{AllocationOrder, allocate};
use domain::money::Money;
use leptos::prelude::*;
use ui::prelude::*;

use crate::amount::read_amount;

/// The amount of one's own choosing, and where it would go: shown anew with every key.
#[island]
pub fn OtherAmount(
    owed: Balance,
    /// In which order its parts are paid.
    order: AllocationOrder,
    /// Parts that may be put first; and the article by which interest comes before principal.
    choices: Vec<Component>,
    interest_first: String,
    locale: Locale,
    /// What was typed before, and what was wrong with it.
    value: String,
    error: Option<String>,
    /// The part that was put first before.
    first: String,
) -> impl IntoView {
    // The browser has no context of the page: the field finds language and error here.
    let mut form = FormState::new([("amount".to_owned(), value.clone())]);
    if let Some(error) = error {
        form.add_error("amount", error);
    }
    provide_context(locale);
    provide_context(form);
    let lang = locale.lang();
    let currency = owed.currency();
    let total = Money::from_minor(owed.total_minor(), currency);
    let (typed, set_typed) = signal(value);
    let (first, set_first) = signal(first);
    let preview = move || {
        let amount = read_amount(&typed.get(), currency, locale).ok()?;
        let first: Vec<Component> = first.get().parse().into_iter().collect();
        split(&owed, &order.preferring(&first), amount, locale)
    };
    let choice = (!choices.is_empty()).then(|| {
        let first = first.get_untracked();
        view! {
            <div on:change=move |event| set_first.set(event_target_value(&event))>
                <PaidFirst choices interest_first first/>
            </div>
        }
    });
    view! {
        <div class="when-other stack">
            <Field
                name="amount" short=true inputmode="decimal" autocomplete="off"
                label=tr!(lang, "Cantidad a pagar", "Amount to pay", "Valor a pagar")
                hint=trf!(lang, "Cualquier cantidad hasta {}", "Any amount up to {}", "Qualquer valor até {}", format::money(&total, locale))
                prefix=format::symbol(currency.code()).unwrap_or_default() suffix=currency.code()
                on_input=Callback::new(move |text| set_typed.set(text))
            />
            {choice}
            <div aria-live="polite">{preview}</div>
        </div>
    }
}

/// What the debtor wants paid first, where the law leaves it open.
#[component]
fn PaidFirst(choices: Vec<Component>, interest_first: String, first: String) -> impl IntoView {
    let lang = use_lang();
    let usual = Choice::new("", tr!(lang, "El orden habitual", "The usual order", "A ordem habitual"));
    let named = choices.into_iter().map(|component| match component {
        Component::Principal => Choice::new(
            component.as_str(),
            tr!(lang, "Intereses y capital", "Interest and principal", "Juros e principal"),
        ),
        other => Choice::new(other.as_str(), labels::component(other, lang)),
    });
    view! {
        <Select
            name="designated" label=tr!(lang, "¿Qué se paga primero?", "What is paid first?", "O que se paga primeiro?")
            options=std::iter::once(usual).chain(named).collect() value=first required=false
            hint=trf!(
                lang,
                "Tú eliges. El capital nunca va antes que los intereses ({}).",
                "You choose. Principal never goes before interest ({}).",
                "Você escolhe. O principal nunca vai antes dos juros ({}).",
                interest_first
            )
        />
    }
}

/// Where `amount` would go and what would be left; nothing for an amount that cannot be paid.
pub fn split(owed: &Balance, order: &AllocationOrder, amount: Money, locale: Locale) -> Option<AnyView> {
    let lang = locale.lang();
    let total = Money::from_minor(owed.total_minor(), owed.currency());
    if !amount.is_positive() || amount > total {
        return None;
    }
    let allocation = allocate(amount, owed, order).ok()?;
    let left = total.sub(amount).ok()?;
    let parts: Vec<_> = allocation
        .parts
        .into_iter()
        .map(|(component, share)| {
            view! { <Pair term=labels::component(component, lang)>{format::money(&share, locale)}</Pair> }
        })
        .collect();
    let view = view! {
        <section class="card split">
            <h2>{tr!(lang, "A dónde va tu dinero", "Where your money goes", "Para onde vai seu dinheiro")}</h2>
            <KeyValue>
                {parts}
                <Pair term=tr!(lang, "Después deberías", "You would then owe", "Depois você deveria") strong=true>
                    {format::money(&left, locale)}
                </Pair>
            </KeyValue>
        </section>
    };
    Some(view.into_any())
}

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests {
    use super::*;
    use domain::account::Component;
    use domain::money::Currency;

    fn owed() -> Balance {
        let pesos = |minor| Money::from_minor(minor, Currency::MXN);
        let owed = Balance::zero(Currency::MXN).with(Component::Principal, pesos(100_000)).unwrap();
        owed.with(Component::Interest, pesos(5_000)).unwrap()
    }

    fn html(minor: i64) -> Option<String> {
        let owner = Owner::new();
        owner.with(|| {
            let amount = Money::from_minor(minor, Currency::MXN);
            split(&owed(), &AllocationOrder::for_country("MX"), amount, Locale::EsMx)
                .map(|view| view.to_html().replace('\u{a0}', " "))
        })
    }

    #[test]
    fn a_part_covers_interest_first_and_says_what_stays() {
        let page = html(15_000).unwrap();
        let (interest, principal) = (page.find("$ 50.00 MXN").unwrap(), page.find("$ 100.00 MXN").unwrap());
        assert!(interest < principal, "{page}");
        assert!(page.contains("$ 900.00 MXN"), "{page}");
    }

    #[test]
    fn an_amount_that_cannot_be_paid_has_no_split() {
        assert!(html(0).is_none() && html(-1).is_none() && html(105_001).is_none());
        assert!(html(105_000).is_some_and(|page| page.contains("$ 0.00 MXN")));
    }
}
