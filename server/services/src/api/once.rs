//! Doing what a request asks for once, however often it is sent: its answer is kept in the same
//! transaction as its effect, and given again.

use domain::access::{Actor, ActorKind};
use sea_orm::{EntityTrait, Set};
use store::Tx;
use store::entities::idempotent_requests as rows;

use crate::{ServiceError, ServiceResult, Services};

/// The longest key; the same as Stripe's.
const LONGEST: usize = 255;

/// How a request names itself, and what it asks for.
#[derive(Clone, Debug)]
pub struct OnceKey {
    pub key: String,
    /// A digest of all that the request says.
    pub fingerprint: String,
}

/// An answer, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answered {
    New(String),
    /// The request had been done; this is what it was told.
    Again(String),
}

impl OnceKey {
    /// # Errors
    /// `Invalid` for a key that is empty, too long, or not visible ASCII.
    pub fn new(key: &str, fingerprint: String) -> ServiceResult<Self> {
        let fits = !key.is_empty() && key.len() <= LONGEST && key.bytes().all(|byte| byte.is_ascii_graphic());
        if fits {
            return Ok(Self { key: key.to_owned(), fingerprint });
        }
        Err(ServiceError::invalid(
            "Idempotency-Key",
            "Envíe la cabecera Idempotency-Key con 1 a 255 caracteres visibles, distinta para cada operación",
            "Send the header Idempotency-Key with 1 to 255 visible characters, another one for each operation",
        ))
    }
}

impl Services {
    /// Claims the key for this transaction; the answer of the first time, if there was one. A
    /// request with the same key that is under way is waited for.
    ///
    /// # Errors
    /// `Invalid` when the key was used for something else.
    pub(super) async fn claim(
        &self,
        tx: &Tx,
        actor: &Actor,
        once: &OnceKey,
    ) -> ServiceResult<Option<Answered>> {
        let ActorKind::Machine { key_id, .. } = actor.kind else { return Err(ServiceError::NotSignedIn) };
        let id = (actor.organization_id.0, key_id.0, once.key.clone());
        let row = rows::ActiveModel {
            organization_id: Set(id.0),
            api_key_id: Set(id.1),
            key: Set(id.2.clone()),
            fingerprint: Set(once.fingerprint.clone()),
            answer: Set(String::new()),
            at: Set(self.now()),
        };
        let added = rows::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(tx).await?;
        if matches!(added, sea_orm::TryInsertResult::Inserted(1..)) {
            return Ok(None);
        }
        let known = rows::Entity::find_by_id(id).one(tx).await?.ok_or(ServiceError::NotFound)?;
        if known.fingerprint != once.fingerprint {
            return Err(ServiceError::invalid(
                "Idempotency-Key",
                "Esta clave ya se usó con otro contenido; use una nueva para otra operación",
                "This key was used with another content; use a new one for another operation",
            ));
        }
        Ok(Some(Answered::Again(known.answer)))
    }

    /// Keeps the answer of a claimed key.
    pub(super) async fn keep_answer(
        &self,
        tx: &Tx,
        actor: &Actor,
        once: &OnceKey,
        answer: &str,
    ) -> ServiceResult<()> {
        let ActorKind::Machine { key_id, .. } = actor.kind else { return Err(ServiceError::NotSignedIn) };
        let row = rows::ActiveModel {
            organization_id: Set(actor.organization_id.0),
            api_key_id: Set(key_id.0),
            key: Set(once.key.clone()),
            answer: Set(answer.to_owned()),
            ..Default::default()
        };
        rows::Entity::update(row).exec(tx).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_short_and_visible() {
        let fits = |key: &str| OnceKey::new(key, String::new()).is_ok();
        assert!(fits("a") && fits(&"x".repeat(255)) && fits("0199-ab:c"));
        assert!(!fits("") && !fits(&"x".repeat(256)) && !fits("a b") && !fits("ñ"));
    }
}
