//! The debt in plain words, for somebody who never read a contract.

use std::cmp::Ordering;

use chrono::NaiveDate;
use domain::account::Component;
use ui::i18n::{Lang, Locale};
use ui::{format, tr, trf};

/// What a part of the debt is, in one sentence.
pub const fn component_means(component: Component, lang: Lang) -> &'static str {
    match component {
        Component::Principal => {
            tr!(
                lang,
                "Lo que recibiste o compraste y falta pagar.",
                "What you received or bought and have not paid yet.",
                "O que você recebeu ou comprou e ainda falta pagar."
            )
        }
        Component::Interest => {
            tr!(
                lang,
                "El costo acordado por usar el dinero.",
                "The agreed cost of using the money.",
                "O custo combinado por usar o dinheiro."
            )
        }
        Component::DefaultInterest => {
            tr!(
                lang,
                "Interés que se suma por pagar después de la fecha.",
                "Interest added for paying after the due date.",
                "Juros somados por pagar depois da data."
            )
        }
        Component::LateCharge => {
            tr!(
                lang,
                "Cargo fijo por el retraso, según tu contrato.",
                "A fixed charge for the delay, as in your contract.",
                "Encargo fixo pelo atraso, conforme seu contrato."
            )
        }
        Component::CollectionCost => {
            tr!(
                lang,
                "Lo que cuesta la gestión para cobrar esta deuda.",
                "What it costs to collect this debt.",
                "O que custa o trabalho de cobrar esta dívida."
            )
        }
        Component::Tax => {
            tr!(
                lang,
                "Impuestos sobre intereses y cargos, como el IVA.",
                "Taxes on interest and charges, such as VAT.",
                "Impostos sobre juros e encargos."
            )
        }
    }
}

/// How late a debt is, calmly: the date first, then how long ago.
pub fn lateness(due_on: NaiveDate, today: NaiveDate, locale: Locale) -> String {
    let lang = locale.lang();
    let date = format::date_long(due_on, locale);
    let distance = distance(due_on, today, locale);
    match due_on.cmp(&today) {
        Ordering::Equal => tr!(lang, "Vence hoy", "Due today", "Vence hoje").to_owned(),
        Ordering::Greater => {
            trf!(lang, "Vence el {0}, {1}", "Due on {0}, {1}", "Vence em {0}, {1}", date, distance)
        }
        Ordering::Less => {
            trf!(lang, "Venció el {0}, {1}", "Was due on {0}, {1}", "Venceu em {0}, {1}", date, distance)
        }
    }
}

/// Days up to two months, then months, then years: nobody counts 412 days.
fn distance(date: NaiveDate, today: NaiveDate, locale: Locale) -> String {
    let lang = locale.lang();
    match (today - date).num_days() {
        late @ 61..=729 => {
            trf!(lang, "hace {} meses", "{} months ago", "há {} meses", late / 30)
        }
        late @ 730.. => trf!(lang, "hace {} años", "{} years ago", "há {} anos", late / 365),
        _ => format::relative_day(date, today, locale),
    }
}

/// Why a payment failed, and what to do, by the gateway's stable code.
pub fn failure(code: Option<&str>, lang: Lang) -> (&'static str, &'static str) {
    match code {
        Some("insufficient_funds") => (
            tr!(
                lang,
                "La cuenta o tarjeta no tiene saldo suficiente.",
                "The account or card does not have enough money.",
                "A conta ou o cartão não tem saldo suficiente."
            ),
            tr!(
                lang,
                "Prueba con una cantidad menor o con otra tarjeta.",
                "Try a smaller amount or another card.",
                "Tente um valor menor ou outro cartão."
            ),
        ),
        Some("expired_card") => (
            tr!(lang, "La tarjeta está vencida.", "The card has expired.", "O cartão está vencido."),
            tr!(lang, "Prueba con otra tarjeta.", "Try another card.", "Tente outro cartão."),
        ),
        _ => (
            tr!(
                lang,
                "El banco no aceptó el pago y no nos dijo por qué.",
                "The bank did not accept the payment and did not tell us why.",
                "O banco não aceitou o pagamento e não disse por quê."
            ),
            tr!(
                lang,
                "Prueba con otra tarjeta o pregunta a tu banco.",
                "Try another card or ask your bank.",
                "Tente outro cartão ou pergunte ao seu banco."
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn lateness_is_said_as_people_say_it() {
        let today = day(2026, 11, 21);
        let say = |due| lateness(due, today, Locale::EsMx);
        assert_eq!(say(today), "Vence hoy");
        assert_eq!(say(day(2026, 11, 26)), "Vence el 26 de noviembre de 2026, en 5 días");
        assert_eq!(say(day(2026, 11, 1)), "Venció el 1 de noviembre de 2026, hace 20 días");
        assert_eq!(say(day(2026, 8, 1)), "Venció el 1 de agosto de 2026, hace 3 meses");
        assert_eq!(say(day(2024, 1, 1)), "Venció el 1 de enero de 2024, hace 2 años");
        assert_eq!(lateness(day(2026, 8, 1), today, Locale::En), "Was due on 1 August 2026, 3 months ago");
    }
}
