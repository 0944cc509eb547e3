//! Audit rows of use cases.

use domain::access::Actor;
use serde_json::Value;
use store::Tx;
use store::audit::NewAudit;

use crate::{ServiceResult, Services};

impl Services {
    /// Tells the audit trail what `actor` did; call it last in the transaction. `details`
    /// holds ids and figures, never personal data.
    pub(crate) async fn audit(
        &self,
        tx: &Tx,
        actor: &Actor,
        action: &'static str,
        subject: String,
        details: Value,
    ) -> ServiceResult<()> {
        let row = NewAudit {
            organization_id: actor.organization_id,
            at: self.now(),
            actor: actor.audit_name(),
            action,
            subject,
            details,
        };
        Ok(store::audit::append(tx, vec![row]).await?)
    }
}
