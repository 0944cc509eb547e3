//! Proof that it is still the debtor, where more is at stake than looking: a sign-in a short time ago,
//! or a code sent to where the sign-in was answered.

use chrono::{DateTime, Duration, Utc};
use domain::text::{Say, mask};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::entities::login_challenges;
use store::{Tx, parties, sessions, throttle};
use uuid::Uuid;

use super::{CODE_MINUTES, DebtorSession, NewChallenge, code_secret, reach, wrong_code};
use crate::outbox::{NewMessage, Service};
use crate::secret::hash_token;
use crate::{ServiceError, ServiceResult, Services};

/// How long a sign-in counts as fresh.
const FRESH_MINUTES: i64 = 15;
/// Answers before a challenge is spent, also right ones to what failed for another reason.
const TRIES: i32 = 5;
/// Codes sent to one person in fifteen minutes.
const MOST_CODES: i32 = 5;
/// What such challenges are called; they open no session.
const KIND: &str = "confirm";
/// The end of a phone number that is shown.
const SHOWN_DIGITS: usize = 4;

/// Where a code or a link went; the address is masked, enough for its owner to know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentTo {
    /// `email` or `sms`.
    pub channel: String,
    pub target: String,
}

/// How a debtor proved that it is them, as evidence keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// `code` or `link` of the sign-in, or `confirm`: a code for this act alone.
    pub by: String,
    pub at: DateTime<Utc>,
    #[serde(flatten)]
    pub sent_to: SentTo,
}

/// What stands between a debtor and an act that needs proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing: they signed in a short time ago.
    Fresh,
    /// A code, which was sent.
    Sent { challenge: Uuid, to: SentTo },
    /// A code, which can be sent there; None when nothing is known that a code could be sent to.
    Needed(Option<SentTo>),
}

/// A code with the challenge that it answers.
#[derive(Clone, Debug)]
pub struct CodeAnswer {
    pub challenge: Uuid,
    pub code: String,
}

/// A proof, and the challenge that is spent with what it is for.
#[derive(Debug)]
pub(crate) struct Proven {
    pub proof: Proof,
    spends: Option<login_challenges::Model>,
}

impl Services {
    /// How a debtor stands before an act that needs proof; `asked` is the challenge of a code that
    /// they asked for, if they did.
    ///
    /// # Errors
    /// The database fails.
    pub async fn standing(&self, session: &DebtorSession, asked: Option<Uuid>) -> ServiceResult<Standing> {
        if self.fresh_sign_in(session).await?.is_some() {
            return Ok(Standing::Fresh);
        }
        if let Some(challenge) = asked
            && let Some(row) = self.own_challenge(session, challenge).await?
        {
            return Ok(Standing::Sent { challenge, to: sent_to(row.recipient.as_deref()) });
        }
        let contact = self.proven_contact(session).await?;
        Ok(Standing::Needed(contact.map(|(_, recipient)| sent_to(Some(&recipient)))))
    }

    /// Sends a code to where this session's sign-in was answered; if that is barred by now, to where
    /// a sign-in would go. Gives the challenge that the code answers.
    ///
    /// # Errors
    /// `Invalid` when nothing is known that a code could be sent to, `Throttled` for too many codes.
    pub async fn send_fresh_code(&self, session: &DebtorSession) -> ServiceResult<Uuid> {
        let (org, party) = (session.actor.organization_id, &session.party);
        let key = format!("confirm:{}", party.id);
        let window = Duration::minutes(FRESH_MINUTES);
        if throttle::hit(&self.db, &key, window, self.now()).await? > MOST_CODES {
            return Err(ServiceError::Throttled { retry_after_s: window.num_seconds() });
        }
        let (channel, recipient) = self.proven_contact(session).await?.ok_or_else(unreachable_by_code)?;
        let (challenge, code) = (self.new_id(), self.six_digits());
        let tx = self.begin().await?;
        let new = NewChallenge {
            id: challenge,
            party: Some(party.id),
            kind: KIND,
            recipient: Some(recipient.clone()),
        };
        self.challenge(&tx, org, new, &secret(challenge, &code)).await?;
        let organization = parties::find_organization(&tx, org).await?.ok_or(ServiceError::NotFound)?;
        let (subject, body) = message(&party.language, &organization.name, &code);
        let message =
            NewMessage { organization_id: org, party_id: Some(party.id), channel, recipient, subject, body };
        let expires_at = self.now() + Duration::minutes(CODE_MINUTES);
        self.enqueue(&tx, message, Service::SignInCode, Some(expires_at)).await?;
        let details = json!({ "channel": channel, "for": KIND });
        self.audit(&tx, &session.actor, "portal.code_sent", format!("party:{}", party.id), details).await?;
        tx.commit().await?;
        Ok(challenge)
    }

    /// The proof of now: the sign-in while it is fresh, else the right code.
    pub(crate) async fn prove_now(
        &self,
        session: &DebtorSession,
        answer: Option<&CodeAnswer>,
    ) -> ServiceResult<Proven> {
        if let Some(proof) = self.fresh_sign_in(session).await? {
            return Ok(Proven { proof, spends: None });
        }
        let answer = answer.ok_or_else(needs_code)?;
        let code: String = answer.code.chars().filter(char::is_ascii_digit).collect();
        let row = self.own_challenge(session, answer.challenge).await?.ok_or_else(wrong_code)?;
        let tx = self.begin().await?;
        let counted = sessions::take_try(&tx, &row, TRIES).await?;
        tx.commit().await?;
        if !counted || row.secret_hash != hash_token(&secret(answer.challenge, &code)) {
            return Err(wrong_code());
        }
        let sent_to = sent_to(row.recipient.as_deref());
        let proof = Proof { by: KIND.to_owned(), at: self.now(), sent_to };
        Ok(Proven { proof, spends: Some(row) })
    }

    /// Takes the code out of use, in the transaction of what it was for.
    pub(crate) async fn spend(&self, tx: &Tx, proven: Proven) -> ServiceResult<()> {
        match proven.spends {
            Some(row) if !sessions::use_challenge(tx, &row, self.now()).await? => Err(wrong_code()),
            _ => Ok(()),
        }
    }

    async fn fresh_sign_in(&self, session: &DebtorSession) -> ServiceResult<Option<Proof>> {
        if self.now() - session.signed_in_at > Duration::minutes(FRESH_MINUTES) {
            return Ok(None);
        }
        let row = self.answered(session).await?;
        let proof = |row: login_challenges::Model| Proof {
            by: row.kind,
            at: session.signed_in_at,
            sent_to: sent_to(row.recipient.as_deref()),
        };
        Ok(row.map(proof))
    }

    /// The challenge that opened this session.
    async fn answered(&self, session: &DebtorSession) -> ServiceResult<Option<login_challenges::Model>> {
        let (org, party) = (session.actor.organization_id, session.party.id);
        Ok(sessions::challenge_used_at(self.db.read(), org, party, session.signed_in_at).await?)
    }

    async fn own_challenge(
        &self,
        session: &DebtorSession,
        id: Uuid,
    ) -> ServiceResult<Option<login_challenges::Model>> {
        let (org, party) = (session.actor.organization_id, session.party.id);
        let row = sessions::open_challenge(self.db.read(), org, party, id, self.now()).await?;
        Ok(row.filter(|row| row.kind == KIND && row.attempts < TRIES))
    }

    async fn proven_contact(&self, session: &DebtorSession) -> ServiceResult<Option<(&'static str, String)>> {
        let (org, party) = (session.actor.organization_id, session.party.id);
        let points = parties::contact_points(self.db.read(), org, party).await?;
        let answered = self.answered(session).await?.and_then(|row| row.recipient);
        let usable =
            |value: &String| points.iter().any(|point| point.value == *value && !point.is_suppressed);
        let proven = answered.filter(usable).map(|value| (channel_of(&value), value));
        Ok(proven.or_else(|| reach(&points)))
    }
}

/// The code counts only together with its challenge, and not as a sign-in.
fn secret(challenge: Uuid, code: &str) -> String {
    format!("{KIND}:{}", code_secret(challenge, code))
}

fn channel_of(recipient: &str) -> &'static str {
    if recipient.contains('@') { "email" } else { "sms" }
}

fn sent_to(recipient: Option<&str>) -> SentTo {
    let recipient = recipient.unwrap_or_default();
    SentTo { channel: channel_of(recipient).to_owned(), target: masked(recipient) }
}

/// `a•••@example.com`, `••••••1234`.
fn masked(recipient: &str) -> String {
    match recipient.split_once('@') {
        Some((name, domain)) => {
            let first: String = name.chars().take(1).collect();
            format!("{first}•••@{domain}")
        }
        None => mask(recipient, SHOWN_DIGITS),
    }
}

/// The message does not tell what is confirmed: whoever reads it over a shoulder learns nothing.
fn message(language: &str, agency: &str, code: &str) -> (Option<String>, String) {
    let (subject, body) = match language.get(..2) {
        Some("en") => (
            format!("Your code for {agency}"),
            format!(
                "Your code to confirm is {code}. It works for {CODE_MINUTES} minutes.\n\nIf you did not ask for it, do not give it to anybody: somebody may be signed in as you. Nobody from {agency} will ask you for this code."
            ),
        ),
        Some("pt") => (
            format!("Seu código de {agency}"),
            format!(
                "Seu código para confirmar é {code}. Vale por {CODE_MINUTES} minutos.\n\nSe você não pediu, não o dê a ninguém: alguém pode ter entrado em seu nome. Ninguém de {agency} vai pedir este código."
            ),
        ),
        _ => (
            format!("Tu código de {agency}"),
            format!(
                "Tu código para confirmar es {code}. Sirve durante {CODE_MINUTES} minutos.\n\nSi no lo pediste, no se lo des a nadie: alguien puede haber entrado en tu nombre. Nadie de {agency} te pedirá este código."
            ),
        ),
    };
    (Some(subject), body)
}

pub(crate) fn needs_code() -> ServiceError {
    let says = Say::new(
        "Para aceptar, confirma que eres tú: pide un código y escríbelo aquí.",
        "To accept, confirm that it is you: ask for a code and write it here.",
    );
    ServiceError::told("code", says.pt("Para aceitar, confirme que é você: peça um código e escreva-o aqui."))
}

fn unreachable_by_code() -> ServiceError {
    let says = Say::new(
        "No tenemos un correo o teléfono tuyo al que enviar el código. Escríbenos desde Ayuda y lo vemos contigo.",
        "We have no e-mail or phone of yours to send the code to. Write to us from Help and we will see to it with you.",
    );
    let says = says.pt(
        "Não temos um e-mail ou telefone seu para enviar o código. Escreva para nós em Ajuda e vemos isso com você.",
    );
    ServiceError::told("code", says)
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn an_address_is_known_to_its_owner_only() {
        assert_eq!(masked("ana.lopez@example.com"), "a•••@example.com");
        assert_eq!(masked("+525512345678"), "••••••5678");
        assert_eq!(masked(""), "");
    }
}
