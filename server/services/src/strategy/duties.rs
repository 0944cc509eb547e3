//! What the law wants a written message to say, added to it.

use domain::contact::{Channel, Duty};

use super::template::Facts;

/// How to get no more of them: on every message, wherever the person lives. Answers to phones are
/// read (`outbox::inbound`); those to e-mails and letters are not, so these lead to the preferences.
pub fn opt_out(language: &str, channel: Channel) -> &'static str {
    let by_answer = channel != Channel::Email;
    if channel == Channel::Letter {
        return match language {
            "en" => "To get no more letters, sign in and choose it under “How and when to contact me”.",
            "pt" => "Para não receber mais cartas, entre e escolha isso em «Como e quando falar comigo».",
            _ => "Para no recibir más cartas, entre y elíjalo en «Cómo y cuándo contactarme».",
        };
    }
    match language {
        "en" if by_answer => "To get no more messages here, answer STOP.",
        "en" => "To get no more e-mails, sign in and choose it under “How and when to contact me”.",
        "pt" if by_answer => "Para não receber mais mensagens aqui, responda SAIR.",
        "pt" => "Para não receber mais e-mails, entre e escolha isso em «Como e quando falar comigo».",
        _ if by_answer => "Para no recibir más mensajes aquí, responda BAJA.",
        _ => "Para no recibir más correos, entre y elíjalo en «Cómo y cuándo contactarme».",
    }
}

/// The lines that a message to a proven address owes by the duties of its permit. One that may
/// reach somebody else names no debt: it leads to the portal, which says all of this after proof.
pub fn lines(duties: &[Duty], language: &str, facts: &Facts) -> Vec<String> {
    duties.iter().filter_map(|duty| line(&duty.code, language, facts)).collect()
}

fn line(code: &str, language: &str, facts: &Facts) -> Option<String> {
    let Facts { greeting, creditor, account, amount, .. } = facts;
    let agency = greeting.agency;
    let say = |es: String, en: String, pt: String| match language {
        "en" => en,
        "pt" => pt,
        _ => es,
    };
    Some(match code {
        "identify_agency" => say(
            format!("Le escribe {agency}."),
            format!("{agency} writes to you."),
            format!("{agency} escreve a você."),
        ),
        "identify_debt" => say(
            format!("Acreedor: {creditor}. Contrato: {account}. Saldo de hoy: {amount}."),
            format!("Creditor: {creditor}. Contract: {account}. Owed today: {amount}."),
            format!("Credor: {creditor}. Contrato: {account}. Saldo de hoje: {amount}."),
        ),
        "creditor_named" | "validation_notice" => say(
            format!("Acreedor: {creditor}. Contrato: {account}."),
            format!("Creditor: {creditor}. Contract: {account}."),
            format!("Credor: {creditor}. Contrato: {account}."),
        ),
        "pay_creditor_only" => say(
            "Pague solo al acreedor o en esta página; nunca a la persona que lo contacta.".to_owned(),
            "Pay the creditor or on this page only, never the person who contacts you.".to_owned(),
            "Pague somente ao credor ou nesta página; nunca à pessoa que entra em contato.".to_owned(),
        ),
        "mini_miranda" => say(
            "Este mensaje es de una agencia de cobranza; lo que usted nos diga se usará para cobrar."
                .to_owned(),
            "This is from a debt collector; what you tell us will be used to collect.".to_owned(),
            "Esta mensagem é de uma agência de cobrança; o que você disser será usado para cobrar."
                .to_owned(),
        ),
        // The others forbid something, or are for calls and visits.
        _ => return None,
    })
}
