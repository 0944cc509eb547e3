//! The one-time link of a message: with it and a part of the document one signs in; without, whoever got
//! it can say that it was not for them.

use domain::account::{ActivityChannel, Disposition};
use domain::ids::{OrganizationId, PartyId};
use domain::party::DeviceKind;
use domain::text::{Say, compact};
use serde_json::json;
use store::entities::login_challenges;
use store::{Tx, accounts, parties, sessions, suppressed};

use super::ATTEMPTS;
use crate::outbox::WRONG_PERSON;
use crate::secret::hash_token;
use crate::work::RecordActivity;
use crate::{ServiceError, ServiceResult, Services};

/// How much of the document a link asks for.
const TAIL: usize = 4;

impl Services {
    /// Signs in by the one-time link of a message. Having the message is not enough, since phones and
    /// mailboxes are shared and change hands: `known` is the end of the debtor's document (or all of
    /// it); of a contract's number where we hold no document.
    ///
    /// # Errors
    /// `Invalid` for a link that is unknown, used or expired, and for another document: which of them is
    /// not told.
    pub async fn use_link(
        &self,
        link: &str,
        known: &str,
        address: &str,
        device: DeviceKind,
    ) -> ServiceResult<String> {
        self.may_answer(address).await?;
        let tx = self.begin().await?;
        let Some(row) = self.live_link(&tx, link).await? else {
            drop(tx);
            self.count_wrong(address).await?;
            return Err(wrong_link());
        };
        if !sessions::take_try(&tx, &row, ATTEMPTS).await? || !knows(&tx, &row, known).await? {
            tx.commit().await?;
            self.count_wrong(address).await?;
            return Err(wrong_link());
        }
        let token = self.open_portal_session(&tx, &row, device).await?;
        tx.commit().await?;
        Ok(token)
    }

    async fn live_link(&self, tx: &Tx, link: &str) -> ServiceResult<Option<login_challenges::Model>> {
        let rows = sessions::challenges_by_secret(tx, &hash_token(link)).await?;
        let now = self.now();
        let lives = |row: &login_challenges::Model| {
            row.kind == "link" && row.used_at.is_none() && row.expires_at > now && row.attempts < ATTEMPTS
        };
        Ok(rows.into_iter().find(lives))
    }

    /// "That is not me": whoever got this link is not the debtor. Nobody is reached at that phone or
    /// e-mail any more, about any debt of the organization, and staff are told to correct it. What
    /// the link was for is not told; a link that is unknown or spent changes nothing, in silence.
    ///
    /// # Errors
    /// `Throttled`, or the database fails.
    pub async fn not_me(&self, link: &str, address: &str) -> ServiceResult<()> {
        self.may_answer(address).await?;
        let now = self.now();
        let tx = self.begin().await?;
        let live = self.live_link(&tx, link).await?;
        let Some((row, recipient)) = live.and_then(|row| row.recipient.clone().map(|to| (row, to))) else {
            drop(tx);
            return self.count_wrong(address).await;
        };
        if !sessions::use_challenge(&tx, &row, now).await? {
            return Ok(());
        }
        let org = OrganizationId(row.organization_id);
        let actor = self.system(org, "portal");
        let people = suppressed::people_at(&tx, org, &recipient).await?;
        parties::lock(&tx, org, people.iter().map(|(party, _)| *party)).await?;
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
}

/// Whether `known` is the end of this person's document, or all of it.
async fn knows(tx: &Tx, row: &login_challenges::Model, known: &str) -> ServiceResult<bool> {
    let Some(party) = row.party_id.map(PartyId) else { return Ok(false) };
    let org = OrganizationId(row.organization_id);
    let document = parties::find_party(tx, org, party).await?.and_then(|party| party.document);
    let secrets = match document {
        Some(document) => vec![document],
        None => accounts::of_debtor(tx, org, party).await?.into_iter().map(|debt| debt.external_id).collect(),
    };
    Ok(secrets.iter().any(|secret| is_end_of(&compact(known), &compact(secret))))
}

fn is_end_of(known: &str, secret: &str) -> bool {
    let length = known.chars().count();
    length >= TAIL.min(secret.chars().count())
        && length > 0
        && (known == secret || (length == TAIL && secret.ends_with(known)))
}

fn wrong_link() -> ServiceError {
    let says = Say::new(
        "No coincide, o el enlace ya se usó o venció (dura 48 horas y sirve una vez). Revísalo, o pide otro enlace.",
        "It does not match, or the link was used or has expired (it lasts 48 hours and works once). Check it, or ask for another link.",
    );
    ServiceError::told("known", says.pt(
        "Não confere, ou o link já foi usado ou venceu (dura 48 horas e serve uma vez). Confira, ou peça outro link.",
    ))
}

#[cfg(test)]
mod tests {
    use super::is_end_of;

    #[test]
    fn the_end_of_a_document_opens_and_less_does_not() {
        let document = "DEMO900101AA1";
        for known in ["1AA1", document] {
            assert!(is_end_of(known, document), "{known}");
        }
        for known in ["", "1", "AA1", "01AA1", "1AA2", "DEMO", "DEMO900101AA2"] {
            assert!(!is_end_of(known, document), "{known}");
        }
        assert!(is_end_of("77", "77"));
    }
}
