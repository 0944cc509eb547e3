//! The debtor's sign-in: document and one-time code, or one-time link and a part of the document.
//! Nothing tells, before proof, whether a person or a debt exists: not the answer, and not its time.

mod fresh;
mod link;

use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};
use domain::access::{Actor, ActorKind};
use domain::ids::{OrganizationId, PartyId};
use domain::party::{ContactKind, ContactPoint, DeviceKind, Party};
use domain::text::{Say, compact};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::json;
use store::entities::{login_challenges, portal_sessions};
use store::{Tx, parties, sessions, throttle, undeliverable};
use uuid::Uuid;

use crate::outbox::{NewMessage, Service};
use crate::secret::hash_token;
use crate::{ServiceError, ServiceResult, Services};

pub use fresh::{CodeAnswer, Proof, SentTo, Standing};
pub(crate) use fresh::{Proven, needs_code};

const CODE_MINUTES: i64 = 10;
const LINK_HOURS: i64 = 48;
const SESSION_MINUTES: i64 = 60;
/// Wrong answers before a challenge is spent.
const ATTEMPTS: i32 = 5;
/// In fifteen minutes: codes sent for one document; codes asked for, and wrong answers, from one address.
/// Mobile carriers put thousands of people behind one address: right answers are not counted.
const WINDOW: Duration = Duration::minutes(15);
const DOCUMENT_LIMIT: i32 = 5;
const ADDRESS_LIMIT: i32 = 120;
/// How long asking for a code takes, whoever it is for. Looking a person up and writing their message
/// takes a small part of it.
const EVEN_TIME: std::time::Duration = std::time::Duration::from_millis(300);

/// A secret to be answered, and where it was sent.
#[derive(Clone, Debug)]
struct NewChallenge {
    id: Uuid,
    /// None for a challenge that nothing opens.
    party: Option<PartyId>,
    kind: &'static str,
    recipient: Option<String>,
}

/// A signed-in debtor.
#[derive(Clone, Debug)]
pub struct DebtorSession {
    pub actor: Actor,
    pub party: Party,
    /// Tells this session from the person's others.
    pub id: Option<Uuid>,
    /// When a code or a link was answered.
    pub signed_in_at: DateTime<Utc>,
}

impl Services {
    /// Sends a code and a link to whoever has this document, and gives the challenge to
    /// answer. An unknown document gives a challenge that no code opens, after the same time: the
    /// work is done aside, and what becomes of it is not waited for.
    ///
    /// # Errors
    /// `Invalid` for an empty document, `Throttled` for an address that asks too often.
    pub async fn ask_for_code(&self, document: &str, address: &str) -> ServiceResult<Uuid> {
        self.may_ask(document, address).await?;
        let challenge = self.new_id();
        let (services, document) = (self.clone(), document.to_owned());
        tokio::spawn(async move {
            if let Err(error) = services.send_codes(challenge, &document).await {
                tracing::error!(%error, "a code was not sent");
            }
        });
        tokio::time::sleep(EVEN_TIME).await;
        Ok(challenge)
    }

    /// The same, done when it returns.
    ///
    /// # Errors
    /// As above, or the database fails.
    pub async fn request_code(&self, document: &str, address: &str) -> ServiceResult<Uuid> {
        self.may_ask(document, address).await?;
        let challenge = self.new_id();
        self.send_codes(challenge, document).await?;
        Ok(challenge)
    }

    async fn may_ask(&self, document: &str, address: &str) -> ServiceResult<()> {
        let key = compact(document);
        if key.len() < 4 || key.len() > 40 {
            let says = Say::new(
                "Escribe el número de tu documento, por ejemplo tu RFC, CURP o cédula",
                "Write the number of your document, for example your RFC, CURP or ID card",
            );
            let says = says.pt("Escreva o número do seu documento, por exemplo seu CPF");
            return Err(ServiceError::told("document", says));
        }
        let hits = throttle::hit(&self.db, &asked_from(address), WINDOW, self.now()).await?;
        if hits > ADDRESS_LIMIT { Err(too_many()) } else { Ok(()) }
    }

    async fn send_codes(&self, challenge: Uuid, document: &str) -> ServiceResult<()> {
        let key = format!("code:{}", hash_token(&compact(document)));
        let hits = throttle::hit(&self.db, &key, WINDOW, self.now()).await?;
        let people = parties::find_by_document(self.db.read(), document).await?;
        let tx = self.begin().await?;
        if people.is_empty() || hits > DOCUMENT_LIMIT {
            let nobody = NewChallenge { id: challenge, party: None, kind: "code", recipient: None };
            self.challenge(&tx, OrganizationId(Uuid::nil()), nobody, &self.new_token(16)).await?;
        } else {
            for (org, party) in people {
                self.send_code(&tx, org, &party, challenge).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// Refuses an address that gave too many wrong answers.
    async fn may_answer(&self, address: &str) -> ServiceResult<()> {
        let wrong = throttle::count(self.db.read(), &wrong_from(address), WINDOW, self.now()).await?;
        if wrong >= ADDRESS_LIMIT { Err(too_many()) } else { Ok(()) }
    }

    async fn count_wrong(&self, address: &str) -> ServiceResult<()> {
        throttle::hit(&self.db, &wrong_from(address), WINDOW, self.now()).await?;
        Ok(())
    }

    async fn send_code(
        &self,
        tx: &Tx,
        org: OrganizationId,
        party: &Party,
        challenge: Uuid,
    ) -> ServiceResult<()> {
        let points = parties::contact_points(tx, org, party.id).await?;
        let Some((channel, recipient)) = reach(&points) else {
            let nobody = NewChallenge { id: challenge, party: None, kind: "code", recipient: None };
            return self.challenge(tx, org, nobody, &self.new_token(16)).await;
        };
        let code = self.six_digits();
        let link = self.new_token(24);
        let sent = NewChallenge {
            id: challenge,
            party: Some(party.id),
            kind: "code",
            recipient: Some(recipient.clone()),
        };
        self.challenge(tx, org, sent.clone(), &code_secret(challenge, &code)).await?;
        let sent = NewChallenge { id: self.new_id(), kind: "link", ..sent };
        self.challenge(tx, org, sent, &link).await?;
        let organization = parties::find_organization(tx, org).await?.ok_or(ServiceError::NotFound)?;
        let url = format!("{}/entrar/{link}", self.public_url);
        let (subject, body) = code_message(&party.language, &organization.name, &code, &url);
        let party_id = Some(party.id);
        let message = NewMessage { organization_id: org, party_id, channel, recipient, subject, body };
        // The link lives longer than the code, but a letter that comes after the code is of little use.
        let expires_at = self.now() + Duration::minutes(CODE_MINUTES);
        self.enqueue(tx, message, Service::SignInCode, Some(expires_at)).await?;
        let actor = self.system(org, "portal");
        self.audit(
            tx,
            &actor,
            "portal.code_sent",
            format!("party:{}", party.id),
            json!({ "channel": channel }),
        )
        .await
    }

    async fn challenge(
        &self,
        tx: &Tx,
        org: OrganizationId,
        new: NewChallenge,
        secret: &str,
    ) -> ServiceResult<()> {
        let NewChallenge { id, party, kind, recipient } = new;
        let now = self.now();
        let life = if kind == "link" { Duration::hours(LINK_HOURS) } else { Duration::minutes(CODE_MINUTES) };
        let row = login_challenges::ActiveModel {
            organization_id: Set(org.0),
            id: Set(id),
            party_id: Set(party.map(|id| id.0)),
            secret_hash: Set(hash_token(secret)),
            kind: Set(kind.to_owned()),
            created_at: Set(now),
            expires_at: Set(now + life),
            attempts: Set(0),
            used_at: Set(None),
            recipient: Set(recipient),
        };
        login_challenges::Entity::insert(row).exec_without_returning(tx).await?;
        Ok(())
    }

    /// Six random digits.
    fn six_digits(&self) -> String {
        let mut random = [0; 8];
        self.entropy.fill(&mut random);
        format!("{:06}", u64::from_be_bytes(random) % 1_000_000)
    }

    /// Answers a challenge with the code from the message; gives the token of a session.
    ///
    /// # Errors
    /// `Invalid` for a wrong, used or expired code: which of them is not told.
    pub async fn prove_code(
        &self,
        challenge: Uuid,
        code: &str,
        address: &str,
        device: DeviceKind,
    ) -> ServiceResult<String> {
        self.may_answer(address).await?;
        let code: String = code.chars().filter(char::is_ascii_digit).collect();
        let expected = hash_token(&code_secret(challenge, &code));
        let now = self.now();
        let tx = self.begin().await?;
        let rows = login_challenges::Entity::find()
            .filter(login_challenges::Column::Id.eq(challenge))
            .filter(login_challenges::Column::Kind.eq("code"))
            .all(&tx)
            .await?;
        let mut fits = None;
        for row in rows.into_iter().filter(|row| row.expires_at > now) {
            if sessions::take_try(&tx, &row, ATTEMPTS).await? && row.secret_hash == expected {
                fits = Some(row).filter(|row| row.party_id.is_some());
            }
        }
        let Some(row) = fits else {
            tx.commit().await?;
            self.count_wrong(address).await?;
            return Err(wrong_code());
        };
        let token = self.open_portal_session(&tx, &row, device).await?;
        tx.commit().await?;
        Ok(token)
    }

    async fn open_portal_session(
        &self,
        tx: &Tx,
        challenge: &login_challenges::Model,
        device: DeviceKind,
    ) -> ServiceResult<String> {
        let now = self.now();
        let party = challenge.party_id.ok_or(ServiceError::NotFound)?;
        if !sessions::use_challenge(tx, challenge, now).await? {
            return Err(wrong_code());
        }
        if let Some(recipient) = &challenge.recipient {
            // What was sent there arrived.
            let org = OrganizationId(challenge.organization_id);
            undeliverable::clear(tx, org, PartyId(party), recipient).await?;
        }
        let token = self.new_token(32);
        let row = portal_sessions::ActiveModel {
            token_hash: Set(hash_token(&token)),
            organization_id: Set(challenge.organization_id),
            party_id: Set(party),
            created_at: Set(now),
            last_seen_at: Set(now),
            expires_at: Set(now + Duration::minutes(SESSION_MINUTES)),
            revoked_at: Set(None),
            id: Set(Some(self.new_id())),
            device: Set(Some(device.as_str().to_owned())),
        };
        portal_sessions::Entity::insert(row).exec_without_returning(tx).await?;
        let actor = Actor {
            organization_id: OrganizationId(challenge.organization_id),
            kind: ActorKind::Debtor { party_id: PartyId(party) },
        };
        self.audit(tx, &actor, "portal.signed_in", format!("party:{party}"), json!({ "by": challenge.kind }))
            .await?;
        Ok(token)
    }

    /// Who holds this token, if the session lives.
    ///
    /// # Errors
    /// The database fails.
    pub async fn debtor_session(&self, token: &str) -> ServiceResult<Option<DebtorSession>> {
        let db = self.db.read();
        let Some(row) = sessions::portal_session(db, &hash_token(token), self.now()).await? else {
            return Ok(None);
        };
        let (org, party_id) = (OrganizationId(row.organization_id), PartyId(row.party_id));
        let party = parties::find_party(db, org, party_id).await?;
        let actor = Actor { organization_id: org, kind: ActorKind::Debtor { party_id } };
        Ok(party.map(|party| DebtorSession { actor, party, id: row.id, signed_in_at: row.created_at }))
    }

    /// Ends the session of this token.
    ///
    /// # Errors
    /// The database fails.
    pub async fn debtor_sign_out(&self, token: &str) -> ServiceResult<()> {
        let tx = self.begin().await?;
        sessions::end_portal_session(&tx, &hash_token(token), self.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Limits count networks: an IPv6 visitor owns a /64 and can choose among its addresses.
fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(ip)) if ip.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => address.to_owned(),
    }
}

fn asked_from(address: &str) -> String {
    format!("portal:{}", network(address))
}

fn wrong_from(address: &str) -> String {
    format!("wrong:{}", network(address))
}

fn too_many() -> ServiceError {
    ServiceError::Throttled { retry_after_s: WINDOW.num_seconds() }
}

/// The code counts only together with its challenge.
fn code_secret(challenge: Uuid, code: &str) -> String {
    format!("{challenge}:{code}")
}

/// E-mail first, else phone by SMS.
fn reach(points: &[ContactPoint]) -> Option<(&'static str, String)> {
    let first = |kind| {
        let usable = points.iter().find(|point| point.kind == kind && !point.is_suppressed);
        usable.map(|point| point.value.clone())
    };
    let email = first(ContactKind::Email).map(|value| ("email", value));
    email.or_else(|| first(ContactKind::Phone).map(|value| ("sms", value)))
}

/// The message names no debt: whoever reads it over a shoulder learns nothing.
fn code_message(language: &str, agency: &str, code: &str, url: &str) -> (Option<String>, String) {
    if language.starts_with("en") {
        let body = format!(
            "Your code is {code}. It works for {CODE_MINUTES} minutes.\n\nOr open this link, good for one use:\n{url}\n\nIf you did not ask for it, ignore this message. Nobody from {agency} will ask you for this code."
        );
        return (Some(format!("Your code for {agency}")), body);
    }
    if language.starts_with("pt") {
        let body = format!(
            "Seu código é {code}. Vale por {CODE_MINUTES} minutos.\n\nOu abra este link, que serve uma única vez:\n{url}\n\nSe você não pediu, ignore esta mensagem. Ninguém de {agency} vai pedir este código."
        );
        return (Some(format!("Seu código de {agency}")), body);
    }
    let body = format!(
        "Tu código es {code}. Sirve durante {CODE_MINUTES} minutos.\n\nO abre este enlace, que sirve una sola vez:\n{url}\n\nSi no lo pediste, ignora este mensaje. Nadie de {agency} te pedirá este código."
    );
    (Some(format!("Tu código de {agency}")), body)
}

fn wrong_code() -> ServiceError {
    let says = Say::new(
        "El código no es correcto o ya venció. Revísalo o pide uno nuevo.",
        "The code is not right or has expired. Check it or ask for a new one.",
    );
    ServiceError::told("code", says.pt("O código não está certo ou já venceu. Confira ou peça um novo."))
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn a_visitor_cannot_choose_among_many_networks() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_ne!(network("::ffff:192.0.2.1"), network("::ffff:192.0.2.2"));
        assert_eq!(network("unknown"), "unknown");
    }
}
