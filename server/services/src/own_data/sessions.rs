//! Where the person is signed in, and ending it.

use domain::access::Actor;
use domain::party::DeviceKind;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use store::entities::portal_sessions as rows;
use uuid::Uuid;

use super::OpenSession;
use crate::accounts::debtor_of;
use crate::{ServiceError, ServiceResult, Services};

impl Services {
    /// The sessions of the signed-in debtor that are open now, newest first.
    pub(super) async fn my_sessions(&self, actor: &Actor) -> ServiceResult<Vec<OpenSession>> {
        let party = debtor_of(actor)?;
        let found = rows::Entity::find()
            .filter(rows::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(rows::Column::PartyId.eq(party.0))
            .filter(rows::Column::RevokedAt.is_null())
            .filter(rows::Column::ExpiresAt.gt(self.now()))
            .order_by_desc(rows::Column::CreatedAt)
            .all(self.db.read())
            .await?;
        let session = |row: rows::Model| OpenSession {
            id: row.id,
            device: row.device.and_then(|device| device.parse::<DeviceKind>().ok()),
            since: row.created_at,
            until: row.expires_at,
        };
        Ok(found.into_iter().map(session).collect())
    }

    /// Ends one of the signed-in debtor's own sessions.
    ///
    /// # Errors
    /// `NotFound` for one that has ended, and for those of others.
    pub async fn end_my_session(&self, actor: &Actor, id: Uuid) -> ServiceResult<()> {
        if self.end_sessions(actor, Condition::all().add(rows::Column::Id.eq(id))).await? == 0 {
            return Err(ServiceError::NotFound);
        }
        Ok(())
    }

    /// Ends every session of the signed-in debtor but this one.
    ///
    /// # Errors
    /// `NotSignedIn`, or the database.
    pub async fn end_my_other_sessions(&self, actor: &Actor, this: Option<Uuid>) -> ServiceResult<()> {
        let others = match this {
            Some(this) => Condition::any().add(rows::Column::Id.ne(this)).add(rows::Column::Id.is_null()),
            None => Condition::all().add(rows::Column::Id.is_not_null()),
        };
        self.end_sessions(actor, others).await.map(|_| ())
    }

    async fn end_sessions(&self, actor: &Actor, which: Condition) -> ServiceResult<u64> {
        let party = debtor_of(actor)?;
        let tx = self.begin().await?;
        let ended = rows::Entity::update_many()
            .col_expr(rows::Column::RevokedAt, Expr::value(Some(self.now())))
            .filter(rows::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(rows::Column::PartyId.eq(party.0))
            .filter(rows::Column::RevokedAt.is_null())
            .filter(which)
            .exec(&tx)
            .await?
            .rows_affected;
        if ended > 0 {
            let details = json!({ "count": ended });
            self.audit(&tx, actor, "portal.sessions_ended", format!("party:{party}"), details).await?;
        }
        tx.commit().await?;
        Ok(ended)
    }
}
