//! An address at which nothing arrived is used again because somebody of staff knows better.

use domain::access::{Actor, Permission};
use domain::account::{ActivityChannel, Disposition};
use domain::ids::{AccountId, ContactPointId};
use domain::text::cover_cards;
use serde_json::json;
use store::{accounts, parties, undeliverable};

use crate::work::RecordActivity;
use crate::{ServiceError, ServiceResult, Services};

/// Characters of a reason.
const REASON: std::ops::RangeInclusive<usize> = 3..=200;

impl Services {
    /// Uses an address or e-mail of an account's debtor again at which nothing arrived, with the reason.
    /// Where it was lifted before, nothing changes.
    ///
    /// # Errors
    /// `Denied`; `NotFound` for an account, or a point that is not its debtor's; `Invalid` without a reason;
    /// the database.
    pub async fn lift_undeliverable(
        &self,
        actor: &Actor,
        account: AccountId,
        point: ContactPointId,
        reason: &str,
    ) -> ServiceResult<()> {
        actor.require(Permission::CaseHandle)?;
        let org = actor.organization_id;
        let reason = cover_cards(reason.trim()).into_owned();
        if !REASON.contains(&reason.chars().count()) {
            return Err(ServiceError::invalid(
                "lift_reason",
                "Escriba por qué, en 3 a 200 letras",
                "Write why, in 3 to 200 letters",
            ));
        }
        let tx = self.begin().await?;
        let party = accounts::find(&tx, org, account).await?.ok_or(ServiceError::NotFound)?.debtor_id;
        parties::lock(&tx, org, [party]).await?;
        let points = parties::contact_points(&tx, org, party).await?;
        let found = points.into_iter().find(|known| known.id == point).ok_or(ServiceError::NotFound)?;
        if !undeliverable::clear(&tx, org, party, &found.value).await? {
            return Ok(());
        }
        let note = RecordActivity {
            account_id: account,
            channel: ActivityChannel::Internal,
            disposition: Disposition::Note,
            note: format!("Se vuelve a usar una dirección a la que nada llegaba: {reason}"),
            source: format!("lifted:{}", self.new_id()),
        };
        self.record_activity_in(&tx, actor, note).await?;
        let details = json!({ "account": account, "point": point });
        self.audit(&tx, actor, "point.lifted", format!("party:{party}"), details).await?;
        tx.commit().await?;
        Ok(())
    }
}
