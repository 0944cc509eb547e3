//! The debtor's sign-in: document and one-time code, or one-time link. Nothing tells, before
//! proof, whether a person or a debt exists.

mod fresh;

use chrono::{DateTime, Duration, Utc};
use domain::access::{Actor, ActorKind};
use domain::account::{ActivityChannel, Disposition};
use domain::ids::{OrganizationId, PartyId};
use domain::party::{ContactKind, ContactPoint, Party};
use domain::text::{Say, compact};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::json;
use store::entities::{login_challenges, portal_sessions};
use store::{Tx, accounts, parties, sessions, suppressed, throttle};
use uuid::Uuid;

use crate::outbox::{NewMessage, WRONG_PERSON};
use crate::secret::hash_token;
use crate::work::RecordActivity;
use crate::{ServiceError, ServiceResult, Services};

pub use fresh::{CodeAnswer, Proof, SentTo, Standing};
pub(crate) use fresh::{Proven, needs_code};

const CODE_MINUTES: i64 = 10;
const LINK_HOURS: i64 = 48;
const SESSION_MINUTES: i64 = 60;
/// Wrong codes before a challenge is spent.
const CODE_ATTEMPTS: i32 = 5;
/// Codes sent for one document, and requests from one address, in fifteen minutes.
const DOCUMENT_LIMIT: i32 = 5;
const ADDRESS_LIMIT: i32 = 60;

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
    /// When a code or a link was answered.
    pub signed_in_at: DateTime<Utc>,
}

impl Services {
    /// Sends a code and a link to whoever has this document, and gives the challenge to
    /// answer. An unknown document gives a challenge that no code opens.
    ///
    /// # Errors
    /// `Invalid` for an empty document, `Throttled` for an address that asks too often.
    pub async fn request_code(&self, document: &str, address: &str) -> ServiceResult<Uuid> {
        let key = compact(document);
        if key.len() < 4 || key.len() > 40 {
            let says = Say::new(
                "Escribe el número de tu documento, por ejemplo tu RFC, CURP o cédula",
                "Write the number of your document, for example your RFC, CURP or ID card",
            );
            let says = says.pt("Escreva o número do seu documento, por exemplo seu CPF");
            return Err(ServiceError::told("document", says));
        }
        self.throttle_address(address).await?;
        let window = Duration::minutes(15);
        let hits = throttle::hit(&self.db, &format!("code:{}", hash_token(&key)), window, self.now()).await?;
        let challenge = self.new_id();
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
        Ok(challenge)
    }

    async fn throttle_address(&self, address: &str) -> ServiceResult<()> {
        let hits =
            throttle::hit(&self.db, &format!("portal:{address}"), Duration::minutes(15), self.now()).await?;
        if hits > ADDRESS_LIMIT { Err(ServiceError::Throttled { retry_after_s: 900 }) } else { Ok(()) }
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
        let message =
            NewMessage { organization_id: org, party_id: Some(party.id), channel, recipient, subject, body };
        // The link lives longer than the code, but a letter that comes after the code is of little use.
        let expires_at = self.now() + Duration::minutes(CODE_MINUTES);
        self.enqueue(tx, message, Some(expires_at)).await?;
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
    pub async fn prove_code(&self, challenge: Uuid, code: &str, address: &str) -> ServiceResult<String> {
        self.throttle_address(address).await?;
        let code: String = code.chars().filter(char::is_ascii_digit).collect();
        let expected = hash_token(&code_secret(challenge, &code));
        let now = self.now();
        let tx = self.begin().await?;
        let rows = login_challenges::Entity::find()
            .filter(login_challenges::Column::Id.eq(challenge))
            .all(&tx)
            .await?;
        let live: Vec<_> = rows
            .into_iter()
            .filter(|row| row.used_at.is_none() && row.expires_at > now && row.attempts < CODE_ATTEMPTS)
            .collect();
        let fits = live.iter().find(|row| row.party_id.is_some() && row.secret_hash == expected).cloned();
        let Some(row) = fits else {
            for row in live {
                sessions::count_attempt(&tx, row).await?;
            }
            tx.commit().await?;
            return Err(wrong_code());
        };
        let token = self.open_portal_session(&tx, &row).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Signs in by the one-time link of a message.
    ///
    /// # Errors
    /// `NotFound` for a link that is unknown, used or expired.
    pub async fn use_link(&self, link: &str, address: &str) -> ServiceResult<String> {
        self.throttle_address(address).await?;
        let now = self.now();
        let tx = self.begin().await?;
        let rows = sessions::challenges_by_secret(&tx, &hash_token(link)).await?;
        let live =
            rows.into_iter().find(|row| row.kind == "link" && row.used_at.is_none() && row.expires_at > now);
        let token = self.open_portal_session(&tx, &live.ok_or(ServiceError::NotFound)?).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// "That is not me": whoever got this link is not the debtor. Nobody is reached at that phone or
    /// e-mail any more, about any debt of the organization, and staff are told to correct it. What
    /// the link was for is not told; a link that is unknown or spent changes nothing, in silence.
    ///
    /// # Errors
    /// `Throttled`, or the database fails.
    pub async fn not_me(&self, link: &str, address: &str) -> ServiceResult<()> {
        self.throttle_address(address).await?;
        let now = self.now();
        let tx = self.begin().await?;
        let rows = sessions::challenges_by_secret(&tx, &hash_token(link)).await?;
        let live =
            rows.into_iter().find(|row| row.kind == "link" && row.used_at.is_none() && row.expires_at > now);
        let Some((row, recipient)) = live.and_then(|row| row.recipient.clone().map(|to| (row, to))) else {
            return Ok(());
        };
        if !sessions::use_challenge(&tx, &row, now).await? {
            return Ok(());
        }
        let org = OrganizationId(row.organization_id);
        let actor = self.system(org, "portal");
        let people = suppressed::people_at(&tx, org, &recipient).await?;
        suppressed::suppress(&tx, org, &recipient, now).await?;
        let spellings: Vec<String> =
            people.iter().map(|(_, value)| value.clone()).chain([recipient]).collect();
        store::outbox::take_back(&tx, org, &spellings, WRONG_PERSON).await?;
        for (party, _) in &people {
            for account in accounts::of_debtor(&tx, org, *party).await? {
                let task = RecordActivity {
                    account_id: account.id,
                    channel: ActivityChannel::Portal,
                    disposition: Disposition::WrongNumber,
                    note: "Quien recibió el enlace dice que no es el titular: corregir el contacto."
                        .to_owned(),
                    source: format!("not-me:{}:{}", row.id, account.id),
                };
                self.record_activity_in(&tx, &actor, task).await?;
            }
            self.audit(&tx, &actor, "contact.suppressed", format!("party:{party}"), json!({})).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn open_portal_session(
        &self,
        tx: &Tx,
        challenge: &login_challenges::Model,
    ) -> ServiceResult<String> {
        let now = self.now();
        let party = challenge.party_id.ok_or(ServiceError::NotFound)?;
        if !sessions::use_challenge(tx, challenge, now).await? {
            return Err(wrong_code());
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
        Ok(party.map(|party| DebtorSession { actor, party, signed_in_at: row.created_at }))
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
