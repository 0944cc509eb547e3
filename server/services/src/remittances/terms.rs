//! Commission terms by version.

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Permission};
use domain::ids::{CreditorId, OrganizationId};
use domain::remittance::CommissionTerms;
use sea_orm::ConnectionTrait;
use serde_json::json;
use store::entities::commission_terms;
use store::{StoreError, parties, remittances};

use crate::{ServiceError, ServiceResult, Services};

/// One kept version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommissionVersion {
    pub version: i32,
    pub effective_from: NaiveDate,
    pub terms: CommissionTerms,
    pub recorded_at: DateTime<Utc>,
    pub recorded_by: String,
}

impl Services {
    /// What was agreed with a creditor, oldest first.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn commission_terms(
        &self,
        actor: &Actor,
        creditor: CreditorId,
    ) -> ServiceResult<Vec<CommissionVersion>> {
        actor.require(Permission::RemittanceRead)?;
        commission_versions(self.db.read(), actor.organization_id, creditor).await
    }

    /// Keeps a new version. What was collected from its day on is priced by it, unless it was
    /// stated before.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or `Invalid` for terms that are no agreement.
    pub async fn add_commission_terms(
        &self,
        actor: &Actor,
        creditor: CreditorId,
        effective_from: NaiveDate,
        terms: CommissionTerms,
    ) -> ServiceResult<i32> {
        actor.require(Permission::RemittanceMake)?;
        terms.check().map_err(|error| {
            let says = error.to_string();
            ServiceError::invalid("terms", format!("Esta comisión no se puede usar: {says}"), says)
        })?;
        let org = actor.organization_id;
        let text = serde_json::to_string(&terms)
            .map_err(|error| ServiceError::Outside { part: "commission terms", cause: error.to_string() })?;
        let tx = self.begin().await?;
        if !remittances::lock_creditor(&tx, org, creditor).await? {
            return Err(ServiceError::NotFound);
        }
        let last = remittances::terms(&tx, org, creditor).await?.into_iter().map(|row| row.version).max();
        let version = last.unwrap_or(0) + 1;
        let row = commission_terms::Model {
            organization_id: org.0,
            creditor_id: creditor.0,
            version,
            effective_from,
            terms: text,
            recorded_at: self.now(),
            recorded_by: actor.audit_name(),
        };
        remittances::insert_terms(&tx, row).await?;
        let details = json!({ "version": version, "from": effective_from });
        self.audit(&tx, actor, "commission.agreed", format!("creditor:{creditor}"), details).await?;
        tx.commit().await?;
        Ok(version)
    }
}

pub(super) async fn commission_versions(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    creditor: CreditorId,
) -> ServiceResult<Vec<CommissionVersion>> {
    parties::find_creditor(db, org, creditor).await?.ok_or(ServiceError::NotFound)?;
    remittances::terms(db, org, creditor)
        .await?
        .into_iter()
        .map(|row| {
            let terms = serde_json::from_str(&row.terms)
                .map_err(StoreError::bad_row("commission_terms", row.creditor_id))?;
            Ok(CommissionVersion {
                version: row.version,
                effective_from: row.effective_from,
                terms,
                recorded_at: row.recorded_at,
                recorded_by: row.recorded_by,
            })
        })
        .collect()
}

/// The terms in force on a day; what was collected before the first version goes by the first.
pub(super) fn in_force(versions: &[CommissionVersion], on: NaiveDate) -> Option<&CommissionTerms> {
    let version = versions.iter().rev().find(|version| version.effective_from <= on);
    version.or(versions.first()).map(|version| &version.terms)
}
