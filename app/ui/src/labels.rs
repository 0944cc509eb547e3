//! The names people read for the domain's terms, in every language, with the tone they are shown in.
//!
//! ```
//! use domain::account::Stage;
//! use ui::i18n::Lang;
//! use ui::labels;
//!
//! assert_eq!(labels::stage(Stage::Early, Lang::Es), "Mora temprana");
//! ```
use domain::access::Role;
use domain::account::{ActivityChannel, Component, Disposition, PromiseStatus, Stage};
use domain::field::VisitDisposition;
use domain::ledger::{EntryKind, PaymentMethod, PaymentStatus};
use domain::party::PartyRole;
use leptos::prelude::*;

use crate::i18n::{Lang, use_lang};
use crate::parts::{Badge, Tone};
use crate::tr;

/// Stage of delinquency, for staff. The debtor reads [`stage_plain`].
pub const fn stage(stage: Stage, lang: Lang) -> &'static str {
    match stage {
        Stage::Settled => tr!(lang, "Saldada", "Settled"),
        Stage::PreDelinquency => tr!(lang, "Preventiva", "Not yet due"),
        Stage::Early => tr!(lang, "Mora temprana", "Early"),
        Stage::Late => tr!(lang, "Mora tardía", "Late"),
        Stage::Residual => tr!(lang, "Mora residual", "Residual"),
        Stage::ChargedOff => tr!(lang, "Castigada", "Charged off"),
    }
}

/// Stage in words for the debtor: what it means, without the trade's terms.
pub const fn stage_plain(stage: Stage, lang: Lang) -> &'static str {
    match stage {
        Stage::Settled => tr!(lang, "Pagada", "Paid"),
        Stage::PreDelinquency => tr!(lang, "Por vencer", "Not yet due"),
        Stage::Early | Stage::Late | Stage::Residual | Stage::ChargedOff => tr!(lang, "Vencida", "Past due"),
    }
}

/// How a stage is coloured: never as an error, since a debt is no alarm.
pub const fn stage_tone(stage: Stage) -> Tone {
    match stage {
        Stage::Settled => Tone::Success,
        Stage::PreDelinquency => Tone::Info,
        Stage::Early | Stage::Late | Stage::Residual => Tone::Warn,
        Stage::ChargedOff => Tone::Neutral,
    }
}

/// The stage as a pill; `plain` for the debtor.
#[component]
pub fn StageBadge(stage: Stage, #[prop(optional)] plain: bool) -> impl IntoView {
    let lang = use_lang();
    let text = if plain { stage_plain(stage, lang) } else { self::stage(stage, lang) };
    let tone = if plain && stage_tone(stage) == Tone::Warn { Tone::Neutral } else { stage_tone(stage) };
    view! { <Badge tone>{text}</Badge> }.into_any()
}

/// A part of a debt.
pub const fn component(component: Component, lang: Lang) -> &'static str {
    match component {
        Component::Principal => tr!(lang, "Capital", "Principal"),
        Component::Interest => tr!(lang, "Intereses", "Interest"),
        Component::DefaultInterest => tr!(lang, "Intereses moratorios", "Default interest"),
        Component::LateCharge => tr!(lang, "Recargos", "Late charges"),
        Component::CollectionCost => tr!(lang, "Gastos de cobranza", "Collection costs"),
        Component::Tax => tr!(lang, "Impuestos", "Taxes"),
    }
}

pub const fn promise_status(status: PromiseStatus, lang: Lang) -> &'static str {
    match status {
        PromiseStatus::Open => tr!(lang, "Vigente", "Open"),
        PromiseStatus::Kept => tr!(lang, "Cumplida", "Kept"),
        PromiseStatus::Broken => tr!(lang, "Incumplida", "Broken"),
        PromiseStatus::Cancelled => tr!(lang, "Cancelada", "Cancelled"),
    }
}

pub const fn promise_tone(status: PromiseStatus) -> Tone {
    match status {
        PromiseStatus::Open => Tone::Info,
        PromiseStatus::Kept => Tone::Success,
        PromiseStatus::Broken => Tone::Warn,
        PromiseStatus::Cancelled => Tone::Neutral,
    }
}

pub const fn payment_method(method: PaymentMethod, lang: Lang) -> &'static str {
    match method {
        PaymentMethod::Gateway => tr!(lang, "Pago en línea", "Online payment"),
        PaymentMethod::FieldCash => tr!(lang, "Efectivo en visita", "Cash at a visit"),
        PaymentMethod::BankTransfer => tr!(lang, "Transferencia", "Bank transfer"),
        PaymentMethod::OfficeCash => tr!(lang, "Efectivo en oficina", "Cash at the office"),
    }
}

pub const fn payment_status(status: PaymentStatus, lang: Lang) -> &'static str {
    match status {
        PaymentStatus::Posted => tr!(lang, "Aplicado", "Posted"),
        PaymentStatus::Reversed => tr!(lang, "Reversado", "Reversed"),
    }
}

pub const fn payment_tone(status: PaymentStatus) -> Tone {
    match status {
        PaymentStatus::Posted => Tone::Success,
        PaymentStatus::Reversed => Tone::Neutral,
    }
}

/// A journal entry's kind, as a line of a statement.
pub const fn entry_kind(kind: EntryKind, lang: Lang) -> &'static str {
    match kind {
        EntryKind::Opening => tr!(lang, "Saldo inicial", "Opening balance"),
        EntryKind::Payment => tr!(lang, "Pago", "Payment"),
        EntryKind::Reversal => tr!(lang, "Reverso", "Reversal"),
        EntryKind::Accrual => tr!(lang, "Intereses devengados", "Interest accrued"),
        EntryKind::Charge => tr!(lang, "Recargo", "Charge"),
        EntryKind::Forgiveness => tr!(lang, "Quita", "Forgiveness"),
        EntryKind::ChargeOff => tr!(lang, "Castigo", "Charge-off"),
        EntryKind::Reallocation => tr!(lang, "Reimputación", "Reallocation"),
        EntryKind::Remittance => tr!(lang, "Rendición al acreedor", "Remittance to the creditor"),
        EntryKind::Transfer => tr!(lang, "Traspaso", "Transfer"),
    }
}

pub const fn channel(channel: ActivityChannel, lang: Lang) -> &'static str {
    match channel {
        ActivityChannel::Call => tr!(lang, "Llamada", "Call"),
        ActivityChannel::Visit => tr!(lang, "Visita", "Visit"),
        ActivityChannel::Email => tr!(lang, "Correo", "E-mail"),
        ActivityChannel::Sms => "SMS",
        ActivityChannel::Whatsapp => "WhatsApp",
        ActivityChannel::Letter => tr!(lang, "Carta", "Letter"),
        ActivityChannel::Portal => tr!(lang, "Portal", "Portal"),
        ActivityChannel::Internal => tr!(lang, "Nota interna", "Internal note"),
    }
}

/// Result of a collection activity.
pub const fn disposition(disposition: Disposition, lang: Lang) -> &'static str {
    match disposition {
        Disposition::PromiseTaken => tr!(lang, "Prometió pagar", "Promised to pay"),
        Disposition::Paid => tr!(lang, "Pagó", "Paid"),
        Disposition::CallBack => tr!(lang, "Volver a llamar", "Call back"),
        Disposition::RefusesToPay => tr!(lang, "Se niega a pagar", "Refuses to pay"),
        Disposition::CannotPay => tr!(lang, "No puede pagar", "Cannot pay"),
        Disposition::Disputes => tr!(lang, "Reclama la deuda", "Disputes the debt"),
        Disposition::NoAnswer => tr!(lang, "No contestó", "No answer"),
        Disposition::WrongNumber => tr!(lang, "Número equivocado", "Wrong number"),
        Disposition::ThirdParty => tr!(lang, "Contestó otra persona", "Someone else answered"),
        Disposition::NotAtHome => tr!(lang, "No estaba en casa", "Not at home"),
        Disposition::GoneAway => tr!(lang, "Ilocalizable", "Gone away"),
        Disposition::Deceased => tr!(lang, "Fallecido", "Deceased"),
        Disposition::Note => tr!(lang, "Nota", "Note"),
    }
}

/// Result of a visit, in the collector's words.
pub const fn visit_disposition(disposition: VisitDisposition, lang: Lang) -> &'static str {
    match disposition {
        VisitDisposition::PaidCash => tr!(lang, "Pagó en efectivo", "Paid in cash"),
        VisitDisposition::PromiseToPay => tr!(lang, "Prometió pagar", "Promised to pay"),
        VisitDisposition::RefusedToPay => tr!(lang, "Se negó a pagar", "Refused to pay"),
        VisitDisposition::NotHome => tr!(lang, "No estaba en casa", "Not at home"),
        VisitDisposition::ThirdParty => tr!(lang, "Atendió otra persona", "Someone else answered"),
        VisitDisposition::GoneAway => tr!(lang, "Ya no vive ahí", "No longer lives there"),
        VisitDisposition::WrongAddress => tr!(lang, "Domicilio equivocado", "Wrong address"),
        VisitDisposition::DebtDenial => tr!(lang, "Dice que no es su deuda", "Says the debt is not theirs"),
        VisitDisposition::Hardship => tr!(lang, "Dificultad económica", "Hardship"),
        VisitDisposition::NoticeLeft => tr!(lang, "Dejé un aviso", "Left a notice"),
    }
}

pub const fn party_role(role: PartyRole, lang: Lang) -> &'static str {
    match role {
        PartyRole::Debtor => tr!(lang, "Titular", "Debtor"),
        PartyRole::CoDebtor => tr!(lang, "Codeudor", "Co-debtor"),
        PartyRole::Guarantor => tr!(lang, "Aval", "Guarantor"),
        PartyRole::Reference => tr!(lang, "Referencia", "Reference"),
    }
}

pub const fn role(role: Role, lang: Lang) -> &'static str {
    match role {
        Role::Agent => tr!(lang, "Gestor", "Agent"),
        Role::Supervisor => tr!(lang, "Supervisor", "Supervisor"),
        Role::Manager => tr!(lang, "Gerente", "Manager"),
        Role::Auditor => tr!(lang, "Auditor", "Auditor"),
        Role::FieldCollector => tr!(lang, "Gestor de campo", "Field collector"),
        Role::Admin => tr!(lang, "Administrador", "Administrator"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_can_be_told_apart_in_every_language() {
        for lang in Lang::ALL {
            let mut names: Vec<_> = Disposition::ALL.iter().map(|d| disposition(*d, lang)).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), Disposition::ALL.len());
        }
    }

    #[test]
    fn no_stage_is_an_alarm() {
        assert!(Stage::ALL.iter().all(|s| stage_tone(*s) != Tone::Error));
    }
}
