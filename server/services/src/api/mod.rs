//! What other systems do through the REST API: their keys, and doing a thing once.

mod keys;
mod money;
mod once;

use domain::access::{Actor, Permission};
use domain::account::Account;
use domain::text::compact;

use crate::secret::hash_token;
use crate::{ServiceResult, Services};

pub use keys::NewApiKey;
pub use money::ApiPayment;
pub use once::{Answered, OnceKey};

/// A digest of what a request says: the same text, the same digest.
pub fn fingerprint(text: &str) -> String {
    hash_token(text)
}

impl Services {
    /// Accounts by the creditor's number, by the debtor's document, or by both; punctuation and
    /// case of a document do not matter.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn find_accounts(
        &self,
        actor: &Actor,
        external_id: Option<&str>,
        document: Option<&str>,
    ) -> ServiceResult<Vec<Account>> {
        actor.require(Permission::AccountRead)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let by_document = match document {
            Some(document) => Some(store::accounts::by_debtor_document(db, org, &compact(document)).await?),
            None => None,
        };
        let Some(external_id) = external_id else { return Ok(by_document.unwrap_or_default()) };
        let found = store::accounts::by_external_id(db, org, external_id).await?;
        let fits = |account: &Account| {
            by_document.as_ref().is_none_or(|known| known.iter().any(|one| one.id == account.id))
        };
        Ok(found.into_iter().filter(fits).collect())
    }
}
