//! The words of arrangements.

use domain::arrangement::{
    ArrangementKind, ArrangementStatus, BeyondLimit, InstallmentState, OfferLevel, WhenForgiven,
};
use domain::text::Say;
use services::debtors::Proof;
use ui::prelude::*;

use crate::desk::Desk;

pub const fn kind(kind: ArrangementKind, lang: Lang) -> &'static str {
    match kind {
        ArrangementKind::Plan => tr!(lang, "Plan de pagos", "Payment plan"),
        ArrangementKind::Settlement => tr!(lang, "Convenio con quita", "Settlement"),
    }
}

pub const fn status(status: ArrangementStatus, lang: Lang) -> &'static str {
    match status {
        ArrangementStatus::Offered => tr!(lang, "Ofrecido", "Offered"),
        ArrangementStatus::Accepted => tr!(lang, "Espera el anticipo", "Awaits its down payment"),
        ArrangementStatus::Active => tr!(lang, "Vigente", "Active"),
        ArrangementStatus::Completed => tr!(lang, "Cumplido", "Completed"),
        ArrangementStatus::Broken => tr!(lang, "Incumplido", "Broken"),
        ArrangementStatus::Cancelled => tr!(lang, "Cancelado", "Cancelled"),
        ArrangementStatus::Expired => tr!(lang, "Oferta vencida", "Offer expired"),
    }
}

/// How the debtor proved who they are when they agreed; none for what is not such a proof.
pub fn proof(value: &serde_json::Value, desk: &Desk) -> Option<String> {
    let lang = desk.lang();
    let proof: Proof = serde_json::from_value(value.clone()).ok()?;
    let by = match proof.by.as_str() {
        "link" => tr!(lang, "enlace", "link"),
        "code" => tr!(lang, "código para entrar", "code to sign in"),
        _ => tr!(lang, "código para aceptar", "code to accept"),
    };
    let channel = if proof.sent_to.channel == "email" { tr!(lang, "correo", "e-mail") } else { "SMS" };
    let (target, at) = (proof.sent_to.target, desk.time(proof.at));
    Some(trf!(lang, "{0} por {1} a {2} · {3}", "{0} by {1} to {2} · {3}", by, channel, target, at))
}

pub const fn status_tone(status: ArrangementStatus) -> Tone {
    match status {
        ArrangementStatus::Offered | ArrangementStatus::Accepted => Tone::Info,
        ArrangementStatus::Active | ArrangementStatus::Completed => Tone::Success,
        ArrangementStatus::Broken => Tone::Warn,
        ArrangementStatus::Cancelled | ArrangementStatus::Expired => Tone::Neutral,
    }
}

pub const fn installment(state: InstallmentState, lang: Lang) -> (Tone, &'static str) {
    match state {
        InstallmentState::Paid => (Tone::Success, tr!(lang, "Pagada", "Paid")),
        InstallmentState::Upcoming => (Tone::Neutral, tr!(lang, "Por vencer", "To come")),
        InstallmentState::Due => (Tone::Info, tr!(lang, "Por pagar", "Due")),
        InstallmentState::Missed => (Tone::Warn, tr!(lang, "Incumplida", "Missed")),
    }
}

pub const fn when_forgiven(when: WhenForgiven, lang: Lang) -> &'static str {
    match when {
        WhenForgiven::OnCompletion => tr!(lang, "Al terminar de pagar", "When all is paid"),
        WhenForgiven::Proportional => {
            tr!(lang, "Con cada pago, en proporción", "With each payment, in proportion")
        }
        WhenForgiven::Upfront => {
            tr!(lang, "Al aceptar; si incumple, vuelve", "At acceptance; a breach takes it back")
        }
    }
}

/// Whose limits they are.
pub const fn level(level: OfferLevel, lang: Lang) -> &'static str {
    match level {
        OfferLevel::Agent => tr!(lang, "agente", "agent"),
        OfferLevel::Supervisor => tr!(lang, "supervisión", "supervisor"),
        OfferLevel::Manager => tr!(lang, "gerencia", "manager"),
    }
}

/// The field that a limit is about, and what it says.
pub fn limit(limit: &BeyondLimit, locale: Locale) -> (&'static str, String) {
    let lang = locale.lang();
    match limit {
        BeyondLimit::Discount { component, given, most_pct } => {
            let (part, given) = (labels::component(*component, lang), format::money(given, locale));
            let says = if most_pct.is_zero() {
                trf!(
                    lang,
                    "{0}: su función no permite quita aquí (propuesta: {1})",
                    "{0}: your role may give no discount here (proposed: {1})",
                    part,
                    given
                )
            } else {
                trf!(
                    lang,
                    "{0}: su función permite hasta {1} % de quita (propuesta: {2})",
                    "{0}: your role may give up to {1} % (proposed: {2})",
                    part,
                    most_pct,
                    given
                )
            };
            ("concession", says)
        }
        BeyondLimit::Months { last, months } => {
            let last = format::date_short(*last, locale);
            let says = trf!(
                lang,
                "Su función permite hasta {0} meses; la última cuota sería el {1}",
                "Your role may go up to {0} months; the last instalment would be on {1}",
                months,
                last
            );
            ("count", says)
        }
        BeyondLimit::Installment { amount, minimum } => {
            let (amount, minimum) = (format::money(amount, locale), format::money(minimum, locale));
            (
                "count",
                trf!(
                    lang,
                    "La cuota mínima es {0}; hay una de {1}",
                    "The least instalment is {0}; there is one of {1}",
                    minimum,
                    amount
                ),
            )
        }
        BeyondLimit::DownPayment { first, percent, .. } => {
            let first = format::money(first, locale);
            (
                "down_payment",
                trf!(
                    lang,
                    "El primer pago debe ser al menos {0} %; es {1}",
                    "The first payment must be at least {0} %; it is {1}",
                    percent,
                    first
                ),
            )
        }
        BeyondLimit::Grace { days, most } => (
            "grace_days",
            trf!(
                lang,
                "Su función permite hasta {0} días de gracia; son {1}",
                "Your role may give up to {0} days of grace; these are {1}",
                most,
                days
            ),
        ),
        BeyondLimit::NoRule => (
            "debts",
            tr!(
                lang,
                "Ninguna regla de la política se ajusta a estas deudas",
                "No rule of the policy fits these debts"
            )
            .to_owned(),
        ),
    }
}

/// The same text for both languages, when it is made for the reader already.
pub fn said(text: String) -> Say {
    Say::new(text.clone(), text)
}
