//! Links to the portal in messages of journeys: each has a short code of its own, so that a step can know
//! that one was followed. The link leads to the portal's first page, opens nothing and tells nothing about
//! anybody; nothing is kept of who followed it or from where. Nothing tells whether a message was opened:
//! see [`domain::strategy::Event::Clicked`].

use domain::ids::OrganizationId;
use serde_json::json;
use store::message_links;

use crate::{ServiceResult, Services};

/// Where such a link begins.
pub const ADDRESS: &str = "/i/";
/// Bytes of a code: too many to be guessed, few enough for an SMS.
const CODE: usize = 6;

impl Services {
    /// A fresh code for a link.
    pub(crate) fn link_code(&self) -> String {
        self.new_token(CODE)
    }

    /// Somebody followed a link. A code that is not ours does nothing, and is not told from one that is.
    ///
    /// # Errors
    /// The database.
    pub async fn follow_link(&self, code: &str) -> ServiceResult<()> {
        if code.len() != 2 * CODE || !code.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(());
        }
        let tx = self.begin().await?;
        if let Some(link) = message_links::follow(&tx, code, self.now()).await? {
            let actor = self.system(OrganizationId(link.organization_id), "portal");
            let subject = format!("message:{}", link.message_id);
            self.audit(&tx, &actor, "link.followed", subject, json!({})).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
