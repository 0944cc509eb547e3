//! What the phone says in words: money, times, the state of sync, what became of a receipt.

use chrono::{NaiveDate, NaiveDateTime};
use domain::account::{ActivityChannel, Component, Disposition};
use domain::field::{NoFixReason, Outcome, Position, VisitDisposition};
use domain::money::{Currency, Money};
use replica::{OwnEvent, Trouble};
use ui::prelude::*;

use crate::engine::Status;
use crate::phone;

/// An amount in the form of the country whose currency it is.
pub fn money(minor: i64, code: &str, lang: Lang) -> String {
    let exponent = code.parse::<Currency>().map_or(2, Currency::exponent);
    format::amount(minor, code, exponent, locale_for(code, lang))
}

/// An amount as the thing a page is about; none for a currency that is not known.
pub fn headline(minor: i64, code: &str) -> Option<Money> {
    Some(Money::from_minor(minor, code.parse().ok()?))
}

/// The number forms of a currency's country: `MXN` is written as in Mexico.
pub fn locale_for(code: &str, lang: Lang) -> Locale {
    Locale::new(lang, code.get(..2).unwrap_or_default())
}

fn local_time(ms: i64) -> Option<NaiveDateTime> {
    let (year, month, day, hour, minute) = phone::local_parts(ms);
    NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(hour, minute, 0)
}

/// `14:05` today, otherwise with the date.
pub fn moment(ms: i64, locale: Locale) -> String {
    let Some(at) = local_time(ms) else { return String::new() };
    let today = local_time(phone::now_ms()).map(|now| now.date());
    let clock = at.format("%H:%M").to_string();
    if today == Some(at.date()) {
        clock
    } else {
        format!("{}, {clock}", format::date_short(at.date(), locale))
    }
}

/// The state of sync in one line, always shown.
pub fn sync_line(unsent: u64, status: &Status, locale: Locale) -> String {
    let lang = locale.lang();
    let kept = match unsent {
        0 => None,
        1 => Some(
            tr!(lang, "1 por enviar · guardado en el teléfono", "1 to send · saved on the phone").to_owned(),
        ),
        n => {
            Some(trf!(lang, "{} por enviar · guardado en el teléfono", "{} to send · saved on the phone", n))
        }
    };
    let trouble = match status.trouble {
        Some(Trouble::Revoked) => {
            Some(tr!(lang, "Registre de nuevo este teléfono", "Register this phone again"))
        }
        Some(Trouble::Suspended) => {
            Some(tr!(lang, "Teléfono suspendido: llame a la oficina", "Phone suspended: call the office"))
        }
        _ => None,
    };
    let offline = status.trouble == Some(Trouble::NoAnswer) || !phone::is_online();
    match (trouble, kept) {
        (Some(trouble), Some(kept)) => format!("{trouble} · {kept}"),
        (Some(trouble), None) => trouble.to_owned(),
        (None, Some(kept)) if offline => trf!(lang, "Sin conexión · {}", "Offline · {}", kept),
        (None, Some(kept)) => kept,
        (None, None) => {
            let when = status.pulled_ms.map(|ms| moment(ms, locale));
            match (offline, when) {
                (true, Some(at)) => trf!(
                    lang,
                    "Sin conexión · todo enviado · ruta de las {}",
                    "Offline · all sent · route of {}",
                    at
                ),
                (true, None) => tr!(lang, "Sin conexión", "Offline").to_owned(),
                (false, Some(at)) => trf!(lang, "Todo enviado · actualizado {}", "All sent · updated {}", at),
                (false, None) => tr!(lang, "Buscando su ruta…", "Fetching your route…").to_owned(),
            }
        }
    }
}

/// What became of an own event, with the tone to show it in.
pub fn fate(event: &OwnEvent, lang: Lang) -> (Tone, &'static str) {
    if !event.sent {
        return (
            Tone::Warn,
            tr!(lang, "Guardado en el teléfono, por enviar", "Saved on the phone, to be sent"),
        );
    }
    match event.outcome {
        None | Some(Outcome::Recorded) => {
            (Tone::Success, tr!(lang, "Recibido por la oficina", "Received by the office"))
        }
        Some(Outcome::Posted) => (Tone::Success, tr!(lang, "Aplicado a la cuenta", "Applied to the account")),
        Some(Outcome::PostedUnapplied { .. }) => {
            (Tone::Info, tr!(lang, "Recibido; hay saldo a favor", "Received; there is a credit balance"))
        }
        Some(Outcome::AcceptedLate) => (
            Tone::Info,
            tr!(lang, "Aplicado; la visita ya no era suya", "Applied; the stop was no longer yours"),
        ),
        Some(Outcome::Suspense { .. } | Outcome::Quarantined { .. } | Outcome::Fork) => {
            (Tone::Info, tr!(lang, "Recibido; la oficina lo revisa", "Received; the office is checking it"))
        }
    }
}

/// Where the phone is, or why it cannot tell.
pub fn position(position: Option<Position>, lang: Lang) -> String {
    match position {
        None => tr!(lang, "Buscando su ubicación…", "Finding your position…").to_owned(),
        Some(Position::Fix { accuracy_m, .. }) => {
            trf!(lang, "Ubicación tomada, con precisión de {} m", "Position taken, within {} m", accuracy_m)
        }
        Some(Position::None { reason }) => match reason {
            NoFixReason::Denied => tr!(
                lang,
                "Sin ubicación: el permiso está negado. La visita se guarda igual.",
                "No position: permission is denied. The visit is saved all the same.",
            ),
            NoFixReason::Timeout => tr!(
                lang,
                "Sin ubicación: el GPS no respondió a tiempo. La visita se guarda igual.",
                "No position: GPS did not answer in time. The visit is saved all the same.",
            ),
            NoFixReason::Unavailable | NoFixReason::Unsupported | NoFixReason::NotAsked => tr!(
                lang,
                "Sin ubicación en este teléfono. La visita se guarda igual.",
                "No position on this phone. The visit is saved all the same.",
            ),
        }
        .to_owned(),
    }
}

/// The name of a component of what is owed.
pub fn component(code: &str, lang: Lang) -> String {
    code.parse::<Component>().map_or_else(|_| code.to_owned(), |c| labels::component(c, lang).to_owned())
}

/// The name of something in an account's history, whichever list its code comes from.
pub fn activity(code: &str, lang: Lang) -> String {
    if let Some(disposition) = VisitDisposition::from_code(code) {
        return labels::visit_disposition(disposition, lang).to_owned();
    }
    if let Ok(disposition) = code.parse::<Disposition>() {
        return labels::disposition(disposition, lang).to_owned();
    }
    code.parse::<ActivityChannel>().map_or_else(|_| code.to_owned(), |c| labels::channel(c, lang).to_owned())
}
