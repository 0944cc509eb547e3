//! Stopping e-mails with one click (RFC 8058): the signed address on each of them, and what it does.
//!
//! Whoever holds the address received the message, or was given it by who did. It opens nothing, tells
//! nothing about anybody and does one thing: no more e-mail goes to where that message went. So it may
//! be called from anywhere, without cookies.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::{OrganizationId, PartyId};
use domain::text::compact;
use hmac::{Hmac, KeyInit, Mac};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::json;
use sha2::Sha256;
use store::entities::{outbox_messages, party_preferences as wishes};
use store::outbox::Row;
use store::{Tx, parties, refusals};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::outbox::Service;
use crate::{ServiceError, ServiceResult, Services};

/// Where the address begins; the server lets calls from other sites through here and nowhere else.
pub const ADDRESS: &str = "/baja/";
/// The setting that holds the key of this deployment.
const KEY: &str = "unsubscribe_key";
/// Bytes of an id, and of what is left of the signature.
const PART: usize = 16;

/// What the page of an address says.
#[derive(Clone, Debug)]
pub struct Unsubscribing {
    pub agency: String,
    /// No more e-mail goes there already.
    pub is_done: bool,
}

impl Services {
    /// Where the person stops messages like this one; none for what they asked for, and for what is
    /// not an e-mail to somebody whom we know.
    pub(crate) async fn unsubscribe_link(&self, tx: &Tx, row: &Row) -> ServiceResult<Option<String>> {
        let is_wanted = row.service.as_deref().is_some_and(Service::goes_all_the_same);
        if row.channel != "email" || row.party_id.is_none() || is_wanted {
            return Ok(None);
        }
        let key = match parties::setting(tx, KEY).await? {
            Some(key) => key,
            None => {
                parties::set_setting_once(tx, KEY, &self.new_token(32)).await?;
                parties::setting(tx, KEY).await?.unwrap_or_default()
            }
        };
        let Some(token) = token(&key, row.organization_id, row.id) else { return Ok(None) };
        Ok(Some(format!("{}{ADDRESS}{token}", self.public_url)))
    }

    /// What the page of an address says; it changes nothing, so that a program that follows links
    /// stops nothing.
    ///
    /// # Errors
    /// `NotFound` for an address that we did not make; the database.
    pub async fn unsubscribing(&self, token: &str) -> ServiceResult<Unsubscribing> {
        let db = self.db.read();
        let (row, party) = self.message_of(db, token).await?;
        let org = OrganizationId(row.organization_id);
        let is_done = refusals::is_refused(db, org, party, &row.recipient).await?;
        Ok(Unsubscribing { agency: self.organization(org).await?.name, is_done })
    }

    /// Refuses e-mail where the message went, as the person could at their preferences. Twice changes
    /// nothing.
    ///
    /// # Errors
    /// `NotFound` for an address that we did not make; the database.
    pub async fn unsubscribe(&self, token: &str) -> ServiceResult<Unsubscribing> {
        let tx = self.begin().await?;
        let (row, party) = self.message_of(&tx, token).await?;
        let org = OrganizationId(row.organization_id);
        // Before the message: whatever stops contact holds the person.
        parties::lock(&tx, org, [party]).await?;
        if refusals::refuse(&tx, org, party, &row.recipient, self.now()).await? {
            let key = compact(&row.recipient);
            let points = parties::contact_points(&tx, org, party).await?;
            let same = points.iter().filter(|point| compact(&point.value) == key).map(|point| point.id.0);
            // Nobody is written to first where they do not want it.
            wishes::Entity::update_many()
                .col_expr(wishes::Column::PointId, Expr::value(None::<Uuid>))
                .filter(wishes::Column::OrganizationId.eq(org.0))
                .filter(wishes::Column::PartyId.eq(party.0))
                .filter(wishes::Column::PointId.is_in(same))
                .exec(&tx)
                .await?;
            let actor = self.system(org, "unsubscribe");
            let details = json!({ "message": row.id, "channel": row.channel });
            self.audit(&tx, &actor, "preferences.unsubscribed", format!("party:{party}"), details).await?;
        }
        tx.commit().await?;
        Ok(Unsubscribing { agency: self.organization(org).await?.name, is_done: true })
    }

    async fn message_of(&self, db: &impl ConnectionTrait, token: &str) -> ServiceResult<(Row, PartyId)> {
        let key = parties::setting(db, KEY).await?.ok_or(ServiceError::NotFound)?;
        let (org, id) = read(&key, token).ok_or(ServiceError::NotFound)?;
        let row = outbox_messages::Entity::find_by_id((org, id)).one(db).await?;
        let row = row.ok_or(ServiceError::NotFound)?;
        let party = row.party_id.map(PartyId).ok_or(ServiceError::NotFound)?;
        Ok((row, party))
    }
}

fn sign(key: &str, ids: &[u8]) -> Option<[u8; PART]> {
    // A hash takes keys of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok()?;
    mac.update(b"unsubscribe");
    mac.update(ids);
    mac.finalize().into_bytes().first_chunk().copied()
}

fn token(key: &str, org: Uuid, id: Uuid) -> Option<String> {
    let ids = [*org.as_bytes(), *id.as_bytes()].concat();
    Some(URL_SAFE_NO_PAD.encode([ids.as_slice(), &sign(key, &ids)?].concat()))
}

fn read(key: &str, token: &str) -> Option<(Uuid, Uuid)> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (ids, signature) = bytes.split_at_checked(2 * PART)?;
    let is_ours: bool = sign(key, ids)?.ct_eq(signature).into();
    let (org, id) = ids.split_at_checked(PART).filter(|_| is_ours)?;
    Some((Uuid::from_slice(org).ok()?, Uuid::from_slice(id).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_we_signed_is_read() {
        let (org, id) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let made = token("key", org, id).unwrap();
        assert_eq!(read("key", &made), Some((org, id)));
        assert_eq!(read("other", &made), None);
        let mut forged = URL_SAFE_NO_PAD.decode(&made).unwrap();
        forged[31] ^= 1;
        for bad in [URL_SAFE_NO_PAD.encode(&forged), made[..60].to_owned(), String::new(), "á".to_owned()] {
            assert_eq!(read("key", &bad), None);
        }
    }
}
