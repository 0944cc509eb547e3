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
use domain::cases::{CaseKind, CaseOutcome, CaseStatus};
use domain::field::VisitDisposition;
use domain::ledger::{EntryKind, ImputationLaw, PaymentMethod, PaymentStatus};
use domain::party::PartyRole;
use domain::reported::{ReportStatus, ReportWay};
use leptos::prelude::*;

use crate::i18n::{Lang, use_lang};
use crate::parts::{Badge, Tone};
use crate::{tr, trf};

/// Stage of delinquency, for staff. The debtor reads [`stage_plain`].
pub const fn stage(stage: Stage, lang: Lang) -> &'static str {
    match stage {
        Stage::Settled => tr!(lang, "Saldada", "Settled", "Quitada"),
        Stage::PreDelinquency => tr!(lang, "Preventiva", "Not yet due", "Preventiva"),
        Stage::Early => tr!(lang, "Mora temprana", "Early", "Atraso inicial"),
        Stage::Late => tr!(lang, "Mora tardía", "Late", "Atraso avançado"),
        Stage::Residual => tr!(lang, "Mora residual", "Residual", "Atraso residual"),
        Stage::ChargedOff => tr!(lang, "Castigada", "Charged off", "Baixada como perda"),
    }
}

/// Stage in words for the debtor: what it means, without the trade's terms.
pub const fn stage_plain(stage: Stage, lang: Lang) -> &'static str {
    match stage {
        Stage::Settled => tr!(lang, "Pagada", "Paid", "Paga"),
        Stage::PreDelinquency => tr!(lang, "Por vencer", "Not yet due", "A vencer"),
        Stage::Early | Stage::Late | Stage::Residual | Stage::ChargedOff => {
            tr!(lang, "Vencida", "Past due", "Vencida")
        }
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
        Component::Principal => tr!(lang, "Capital", "Principal", "Principal"),
        Component::Interest => tr!(lang, "Intereses", "Interest", "Juros"),
        Component::DefaultInterest => tr!(lang, "Intereses moratorios", "Default interest", "Juros de mora"),
        Component::LateCharge => tr!(lang, "Recargos", "Late charges", "Encargos por atraso"),
        Component::CollectionCost => {
            tr!(lang, "Gastos de cobranza", "Collection costs", "Despesas de cobrança")
        }
        Component::Tax => tr!(lang, "Impuestos", "Taxes", "Impostos"),
    }
}

/// By whose word a payment went where it went; nothing where nobody chose, or where it is not known.
pub fn imputation(
    law: Option<ImputationLaw>,
    method: PaymentMethod,
    designated: &[Component],
    lang: Lang,
) -> Option<String> {
    let law = law?;
    let names: Vec<_> = designated.iter().map(|part| component(*part, lang).to_lowercase()).collect();
    if !names.is_empty() {
        return Some(trf!(
            lang,
            "Por elección de quien pagó, primero: {0}. El capital no va antes que los intereses ({1}).",
            "By the payer's choice, first: {0}. Principal does not go before interest ({1}).",
            "Por escolha de quem pagou, primeiro: {0}. O principal não vai antes dos juros ({1}).",
            names.join(", "),
            law.interest_first
        ));
    }
    // Who paid online chose the debt on our page.
    (method == PaymentMethod::Gateway).then(|| {
        trf!(
            lang,
            "Aplicado a esta deuda por elección de quien pagó ({}).",
            "Applied to this debt by the payer's choice ({}).",
            "Aplicado a esta dívida por escolha de quem pagou ({}).",
            law.debtor_chooses
        )
    })
}

pub const fn promise_status(status: PromiseStatus, lang: Lang) -> &'static str {
    match status {
        PromiseStatus::Open => tr!(lang, "Vigente", "Open", "Em aberto"),
        PromiseStatus::Kept => tr!(lang, "Cumplida", "Kept", "Cumprida"),
        PromiseStatus::Broken => tr!(lang, "Incumplida", "Broken", "Não cumprida"),
        PromiseStatus::Cancelled => tr!(lang, "Cancelada", "Cancelled", "Cancelada"),
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
        PaymentMethod::Gateway => tr!(lang, "Pago en línea", "Online payment", "Pagamento online"),
        PaymentMethod::FieldCash => tr!(lang, "Efectivo en visita", "Cash at a visit", "Dinheiro em visita"),
        PaymentMethod::BankTransfer => tr!(lang, "Transferencia", "Bank transfer", "Transferência"),
        PaymentMethod::OfficeCash => {
            tr!(lang, "Efectivo en oficina", "Cash at the office", "Dinheiro no escritório")
        }
    }
}

pub const fn payment_status(status: PaymentStatus, lang: Lang) -> &'static str {
    match status {
        PaymentStatus::Posted => tr!(lang, "Aplicado", "Posted", "Lançado"),
        PaymentStatus::Reversed => tr!(lang, "Reversado", "Reversed", "Estornado"),
        PaymentStatus::Refunded => tr!(lang, "Devuelto", "Refunded", "Devolvido"),
        PaymentStatus::ChargedBack => tr!(lang, "Contracargo", "Charged back", "Contestado no banco"),
    }
}

pub const fn payment_tone(status: PaymentStatus) -> Tone {
    match status {
        PaymentStatus::Posted => Tone::Success,
        PaymentStatus::Reversed | PaymentStatus::Refunded => Tone::Neutral,
        PaymentStatus::ChargedBack => Tone::Warn,
    }
}

/// What a case is about, in plain words.
pub const fn case_kind(kind: CaseKind, lang: Lang) -> &'static str {
    match kind {
        CaseKind::Dispute => {
            tr!(lang, "La cantidad no está bien", "The amount is not right", "O valor não está certo")
        }
        CaseKind::DebtDenial => {
            tr!(lang, "Esta deuda no es mía", "This debt is not mine", "Esta dívida não é minha")
        }
        CaseKind::Complaint => {
            tr!(lang, "Queja por el trato", "Complaint about treatment", "Reclamação do tratamento")
        }
        CaseKind::Hardship => {
            tr!(lang, "No me alcanza el dinero", "I do not have enough money", "O dinheiro não dá")
        }
        CaseKind::Vulnerability => tr!(
            lang,
            "Enfermedad u otra situación difícil",
            "Illness or another hard situation",
            "Doença ou outra situação difícil"
        ),
        CaseKind::Bereavement => tr!(lang, "Alguien falleció", "Somebody died", "Alguém faleceu"),
        CaseKind::Insolvency => {
            tr!(lang, "Insolvencia o quiebra", "Insolvency or bankruptcy", "Insolvência ou falência")
        }
        CaseKind::LegalRepresentation => {
            tr!(lang, "Me representa un abogado", "A lawyer represents me", "Um advogado me representa")
        }
        CaseKind::DataCorrection => {
            tr!(lang, "Mis datos están mal", "My data are wrong", "Meus dados estão errados")
        }
        CaseKind::CallRequest => {
            tr!(lang, "Quiero que me llamen", "I want to be called", "Quero que me liguem")
        }
    }
}

pub const fn case_status(status: CaseStatus, lang: Lang) -> &'static str {
    match status {
        CaseStatus::Open => tr!(lang, "Recibido", "Received", "Recebido"),
        CaseStatus::InReview => tr!(lang, "En revisión", "In review", "Em análise"),
        CaseStatus::WaitingForPerson => {
            tr!(lang, "Espera a la persona", "Waits for the person", "Aguarda a pessoa")
        }
        CaseStatus::Answered => tr!(lang, "Respondido", "Answered", "Respondido"),
        CaseStatus::Closed => tr!(lang, "Cerrado", "Closed", "Encerrado"),
    }
}

pub const fn case_tone(status: CaseStatus) -> Tone {
    match status {
        CaseStatus::Open | CaseStatus::InReview => Tone::Info,
        CaseStatus::WaitingForPerson => Tone::Warn,
        CaseStatus::Answered => Tone::Success,
        CaseStatus::Closed => Tone::Neutral,
    }
}

pub const fn case_outcome(outcome: CaseOutcome, lang: Lang) -> &'static str {
    match outcome {
        CaseOutcome::Upheld => tr!(lang, "Aceptado", "Accepted", "Aceito"),
        CaseOutcome::PartlyUpheld => tr!(lang, "Aceptado en parte", "Accepted in part", "Aceito em parte"),
        CaseOutcome::Rejected => tr!(lang, "No aceptado", "Not accepted", "Não aceito"),
    }
}

/// How a debtor says that they paid elsewhere.
pub const fn report_way(way: ReportWay, lang: Lang) -> &'static str {
    match way {
        ReportWay::Transfer => tr!(lang, "Transferencia", "Bank transfer", "Transferência"),
        ReportWay::Deposit => {
            tr!(lang, "Depósito en un banco", "Cash paid in at a bank", "Depósito em um banco")
        }
        ReportWay::Store => tr!(lang, "En una tienda", "At a shop", "Em uma loja"),
        ReportWay::Office => tr!(lang, "En la oficina", "At the office", "No escritório"),
        ReportWay::Creditor => {
            tr!(lang, "Directo al acreedor", "To the creditor itself", "Direto ao credor")
        }
        ReportWay::Other => tr!(lang, "De otra forma", "Another way", "De outra forma"),
    }
}

/// How far a reported payment is.
pub const fn report_status(status: ReportStatus, lang: Lang) -> &'static str {
    match status {
        ReportStatus::Received => tr!(lang, "Recibido", "Received", "Recebido"),
        ReportStatus::Checking => {
            tr!(lang, "Lo estamos buscando", "We are looking for it", "Estamos procurando")
        }
        ReportStatus::Confirmed => tr!(lang, "Confirmado", "Confirmed", "Confirmado"),
        ReportStatus::NotFound => tr!(lang, "No lo encontramos", "We did not find it", "Não encontramos"),
    }
}

pub const fn report_tone(status: ReportStatus) -> Tone {
    match status {
        ReportStatus::Received | ReportStatus::Checking => Tone::Info,
        ReportStatus::Confirmed => Tone::Success,
        ReportStatus::NotFound => Tone::Warn,
    }
}

/// What a country calls the certificate that a debt is settled.
pub fn certificate(country: &str, lang: Lang) -> &'static str {
    let es = match country {
        "CO" | "PA" => "Paz y salvo",
        "MX" => "Carta finiquito",
        "AR" => "Libre deuda",
        "PE" | "EC" => "Constancia de no adeudo",
        _ => "Constancia de deuda pagada",
    };
    tr!(lang, es, "Certificate of settlement", "Termo de quitação")
}

/// A movement of the account, as its debtor would call it.
pub const fn movement(kind: EntryKind, lang: Lang) -> &'static str {
    match kind {
        EntryKind::Opening => tr!(lang, "Deuda al inicio", "Debt at the start", "Dívida no início"),
        EntryKind::Payment => tr!(lang, "Tu pago", "Your payment", "Seu pagamento"),
        EntryKind::Refund => tr!(
            lang,
            "Dinero que te devolvimos",
            "Money we returned to you",
            "Dinheiro que devolvemos a você"
        ),
        EntryKind::Chargeback => {
            tr!(
                lang,
                "Pago que tu banco retiró",
                "Payment your bank took back",
                "Pagamento que seu banco retirou"
            )
        }
        EntryKind::Reversal => tr!(lang, "Movimiento anulado", "Movement cancelled", "Movimento cancelado"),
        EntryKind::Accrual => tr!(lang, "Intereses", "Interest", "Juros"),
        EntryKind::Charge => tr!(lang, "Cargo", "Charge", "Encargo"),
        EntryKind::Forgiveness => tr!(lang, "Descuento para ti", "Discount for you", "Desconto para você"),
        EntryKind::ChargeOff => {
            tr!(
                lang,
                "Cambio en los libros de tu acreedor",
                "A change in your creditor's books",
                "Mudança nos livros do seu credor"
            )
        }
        EntryKind::Reallocation | EntryKind::GatewayFee | EntryKind::Remittance | EntryKind::Transfer => {
            tr!(lang, "Ajuste", "Adjustment", "Ajuste")
        }
    }
}

/// A journal entry's kind, as a line of a statement.
pub const fn entry_kind(kind: EntryKind, lang: Lang) -> &'static str {
    match kind {
        EntryKind::Opening => tr!(lang, "Saldo inicial", "Opening balance", "Saldo inicial"),
        EntryKind::Payment => tr!(lang, "Pago", "Payment", "Pagamento"),
        EntryKind::Refund => tr!(lang, "Devolución", "Refund", "Devolução"),
        EntryKind::Chargeback => tr!(lang, "Contracargo", "Chargeback", "Contestação (chargeback)"),
        EntryKind::GatewayFee => tr!(lang, "Costo de la pasarela", "Gateway fee", "Tarifa do gateway"),
        EntryKind::Reversal => tr!(lang, "Reverso", "Reversal", "Estorno"),
        EntryKind::Accrual => tr!(lang, "Intereses devengados", "Interest accrued", "Juros acumulados"),
        EntryKind::Charge => tr!(lang, "Recargo", "Charge", "Encargo"),
        EntryKind::Forgiveness => tr!(lang, "Quita", "Forgiveness", "Desconto"),
        EntryKind::ChargeOff => tr!(lang, "Castigo", "Charge-off", "Baixa como perda"),
        EntryKind::Reallocation => tr!(lang, "Reimputación", "Reallocation", "Realocação"),
        EntryKind::Remittance => {
            tr!(lang, "Rendición al acreedor", "Remittance to the creditor", "Repasse ao credor")
        }
        EntryKind::Transfer => tr!(lang, "Traspaso", "Transfer", "Transferência"),
    }
}

pub const fn channel(channel: ActivityChannel, lang: Lang) -> &'static str {
    match channel {
        ActivityChannel::Call => tr!(lang, "Llamada", "Call", "Ligação"),
        ActivityChannel::Visit => tr!(lang, "Visita", "Visit", "Visita"),
        ActivityChannel::Email => tr!(lang, "Correo", "E-mail", "E-mail"),
        ActivityChannel::Sms => "SMS",
        ActivityChannel::Whatsapp => "WhatsApp",
        ActivityChannel::Letter => tr!(lang, "Carta", "Letter", "Carta"),
        ActivityChannel::Portal => tr!(lang, "Portal", "Portal", "Portal"),
        ActivityChannel::Internal => tr!(lang, "Nota interna", "Internal note", "Nota interna"),
    }
}

/// Result of a collection activity.
pub const fn disposition(disposition: Disposition, lang: Lang) -> &'static str {
    match disposition {
        Disposition::PromiseTaken => tr!(lang, "Prometió pagar", "Promised to pay", "Prometeu pagar"),
        Disposition::Paid => tr!(lang, "Pagó", "Paid", "Pagou"),
        Disposition::CallBack => tr!(lang, "Volver a llamar", "Call back", "Ligar de novo"),
        Disposition::RefusesToPay => tr!(lang, "Se niega a pagar", "Refuses to pay", "Recusa-se a pagar"),
        Disposition::CannotPay => tr!(lang, "No puede pagar", "Cannot pay", "Não pode pagar"),
        Disposition::Disputes => tr!(lang, "Reclama la deuda", "Disputes the debt", "Contesta a dívida"),
        Disposition::NoAnswer => tr!(lang, "No contestó", "No answer", "Não atendeu"),
        Disposition::WrongNumber => tr!(lang, "Número equivocado", "Wrong number", "Número errado"),
        Disposition::ThirdParty => {
            tr!(lang, "Contestó otra persona", "Someone else answered", "Outra pessoa atendeu")
        }
        Disposition::NotAtHome => tr!(lang, "No estaba en casa", "Not at home", "Não estava em casa"),
        Disposition::GoneAway => tr!(lang, "Ilocalizable", "Gone away", "Não localizado"),
        Disposition::Deceased => tr!(lang, "Fallecido", "Deceased", "Falecido"),
        Disposition::Note => tr!(lang, "Nota", "Note", "Nota"),
    }
}

/// Result of a visit, in the collector's words.
pub const fn visit_disposition(disposition: VisitDisposition, lang: Lang) -> &'static str {
    match disposition {
        VisitDisposition::PaidCash => tr!(lang, "Pagó en efectivo", "Paid in cash", "Pagou em dinheiro"),
        VisitDisposition::PromiseToPay => tr!(lang, "Prometió pagar", "Promised to pay", "Prometeu pagar"),
        VisitDisposition::RefusedToPay => {
            tr!(lang, "Se negó a pagar", "Refused to pay", "Recusou-se a pagar")
        }
        VisitDisposition::NotHome => tr!(lang, "No estaba en casa", "Not at home", "Não estava em casa"),
        VisitDisposition::ThirdParty => {
            tr!(lang, "Atendió otra persona", "Someone else answered", "Outra pessoa recebeu")
        }
        VisitDisposition::GoneAway => {
            tr!(lang, "Ya no vive ahí", "No longer lives there", "Não mora mais lá")
        }
        VisitDisposition::WrongAddress => {
            tr!(lang, "Domicilio equivocado", "Wrong address", "Endereço errado")
        }
        VisitDisposition::DebtDenial => {
            tr!(lang, "Dice que no es su deuda", "Says the debt is not theirs", "Diz que a dívida não é sua")
        }
        VisitDisposition::Hardship => tr!(lang, "Dificultad económica", "Hardship", "Dificuldade financeira"),
        VisitDisposition::NoticeLeft => tr!(lang, "Dejé un aviso", "Left a notice", "Deixei um aviso"),
    }
}

pub const fn party_role(role: PartyRole, lang: Lang) -> &'static str {
    match role {
        PartyRole::Debtor => tr!(lang, "Titular", "Debtor", "Titular"),
        PartyRole::CoDebtor => tr!(lang, "Codeudor", "Co-debtor", "Codevedor"),
        PartyRole::Guarantor => tr!(lang, "Aval", "Guarantor", "Avalista"),
        PartyRole::Reference => tr!(lang, "Referencia", "Reference", "Referência"),
    }
}

pub const fn role(role: Role, lang: Lang) -> &'static str {
    match role {
        Role::Agent => tr!(lang, "Gestor", "Agent", "Agente"),
        Role::Supervisor => tr!(lang, "Supervisor", "Supervisor", "Supervisor"),
        Role::Manager => tr!(lang, "Gerente", "Manager", "Gerente"),
        Role::Auditor => tr!(lang, "Auditor", "Auditor", "Auditor"),
        Role::FieldCollector => tr!(lang, "Gestor de campo", "Field collector", "Cobrador de campo"),
        Role::Admin => tr!(lang, "Administrador", "Administrator", "Administrador"),
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

/// The medium of a contact.
pub const fn contact_channel(channel: domain::contact::Channel, lang: Lang) -> &'static str {
    use domain::contact::Channel;
    match channel {
        Channel::Call => tr!(lang, "Llamada", "Call", "Ligação"),
        Channel::Visit => tr!(lang, "Visita", "Visit", "Visita"),
        Channel::Sms => "SMS",
        Channel::Whatsapp => "WhatsApp",
        Channel::InstantMessage => tr!(lang, "Mensaje", "Message", "Mensagem"),
        Channel::Email => tr!(lang, "Correo", "E-mail", "E-mail"),
        Channel::Letter => tr!(lang, "Carta", "Letter", "Carta"),
        Channel::Push => tr!(lang, "Aviso en el teléfono", "Notification", "Aviso no telefone"),
    }
}
