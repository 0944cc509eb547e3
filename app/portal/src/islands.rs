//! What becomes live where scripts run. Everything here is complete HTML before that.

use domain::account::Balance;
use domain::ledger::{AllocationOrder, allocate};
use domain::money::Money;
use leptos::prelude::*;
use ui::prelude::*;

use crate::amount::read_amount;

/// The amount of one's own choosing, and where it would go: shown anew with every key.
#[island]
pub fn OtherAmount(
    owed: Balance,
    /// Whose law orders the parts: ISO 3166 code of the creditor's country.
    country: String,
    locale: Locale,
    /// What was typed before, and what was wrong with it.
    value: String,
    error: Option<String>,
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
    let preview = move || {
        let amount = read_amount(&typed.get(), currency, locale).ok()?;
        split(&owed, &country, amount, locale)
    };
    view! {
        <div class="when-other stack">
            <Field
                name="amount" short=true inputmode="decimal" autocomplete="off"
                label=tr!(lang, "Cantidad a pagar", "Amount to pay", "Valor a pagar")
                hint=trf!(lang, "Cualquier cantidad hasta {}", "Any amount up to {}", "Qualquer valor até {}", format::money(&total, locale))
                prefix=format::symbol(currency.code()).unwrap_or_default() suffix=currency.code()
                on_input=Callback::new(move |text| set_typed.set(text))
            />
            <div aria-live="polite">{preview}</div>
        </div>
    }
}

/// Where `amount` would go and what would be left; nothing for an amount that cannot be paid.
pub fn split(owed: &Balance, country: &str, amount: Money, locale: Locale) -> Option<AnyView> {
    let lang = locale.lang();
    let total = Money::from_minor(owed.total_minor(), owed.currency());
    if !amount.is_positive() || amount > total {
        return None;
    }
    let allocation = allocate(amount, owed, &AllocationOrder::for_country(country)).ok()?;
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
            split(&owed(), "MX", amount, Locale::EsMx).map(|view| view.to_html().replace('\u{a0}', " "))
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
