//! Until when debts can be claimed, by the terms of their products and what their debtors acknowledged.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::account::Account;
use domain::ids::OrganizationId;
use domain::ledger::PaymentStatus;
use domain::terms::{Acknowledged, Limitation, LimitationState, ProductTerms};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::entities::{arrangement_debts, arrangements, payments, product_terms};
use crate::{StoreError, StoreResult};

/// The limitation of these debts by the terms that hold on `today`; those of whose terms none is known
/// are left out.
///
/// # Errors
/// The database fails or a row is invalid.
pub async fn of_many(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    accounts: &[&Account],
    today: NaiveDate,
) -> StoreResult<HashMap<Uuid, LimitationState>> {
    let products = products(db, org, accounts, today).await?;
    if products.is_empty() {
        return Ok(HashMap::new());
    }
    let limited: Vec<(&Account, &Limitation)> = accounts
        .iter()
        .filter_map(|account| {
            let own = (account.creditor_id.0, account.product.clone().unwrap_or_default());
            let found = products.get(&own).or_else(|| products.get(&(own.0, String::new())))?;
            Some((*account, found.as_ref()?))
        })
        .collect();
    let ids: Vec<Uuid> = limited.iter().map(|(account, _)| account.id.0).collect();
    let known = acknowledged(db, org, &ids).await?;
    let state = |(account, limitation): (&Account, &Limitation)| {
        let known = known.get(&account.id.0).copied().unwrap_or_default();
        let barred_from = limitation.barred_from(account.due_on, known)?;
        let Limitation { stops_contact, payment_restarts, norm, .. } = limitation.clone();
        Some((account.id.0, LimitationState { barred_from, stops_contact, payment_restarts, norm }))
    };
    Ok(limited.into_iter().filter_map(state).collect())
}

/// What the version that holds today says, by creditor and product. None at all when nobody says
/// anything, so that most installations ask no further.
async fn products(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    accounts: &[&Account],
    today: NaiveDate,
) -> StoreResult<HashMap<(Uuid, String), Option<Limitation>>> {
    let creditors = accounts.iter().map(|account| account.creditor_id.0);
    let mut rows = product_terms::Entity::find()
        .filter(product_terms::Column::OrganizationId.eq(org.0))
        .filter(product_terms::Column::CreditorId.is_in(creditors))
        .filter(product_terms::Column::EffectiveFrom.lte(today))
        .all(db)
        .await?;
    if !rows.iter().any(|row| row.terms.contains("\"limitation\"")) {
        return Ok(HashMap::new());
    }
    rows.sort_by_key(|row| (row.effective_from, row.version));
    let mut found = HashMap::new();
    for row in rows {
        let terms: ProductTerms =
            serde_json::from_str(&row.terms).map_err(StoreError::bad_row("product_terms", row.id))?;
        found.insert((row.creditor_id, row.product), terms.limitation);
    }
    Ok(found)
}

/// The newest payment that stands and the newest agreement that was accepted, by debt.
async fn acknowledged(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    ids: &[Uuid],
) -> StoreResult<HashMap<Uuid, Acknowledged>> {
    let mut all: HashMap<Uuid, Acknowledged> = HashMap::new();
    let paid = payments::Entity::find()
        .select_only()
        .column(payments::Column::AccountId)
        .column_as(payments::Column::ReceivedOn.max(), "newest")
        .filter(payments::Column::OrganizationId.eq(org.0))
        .filter(payments::Column::AccountId.is_in(ids.iter().copied()))
        .filter(payments::Column::Status.ne(PaymentStatus::Reversed.as_str()))
        .group_by(payments::Column::AccountId)
        .into_tuple::<(Uuid, NaiveDate)>()
        .all(db)
        .await?;
    for (id, day) in paid {
        all.entry(id).or_default().paid_on = Some(day);
    }
    let debts = arrangement_debts::Entity::find()
        .filter(arrangement_debts::Column::OrganizationId.eq(org.0))
        .filter(arrangement_debts::Column::AccountId.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    let agreed: HashMap<Uuid, NaiveDate> = arrangements::Entity::find()
        .filter(arrangements::Column::OrganizationId.eq(org.0))
        .filter(arrangements::Column::Id.is_in(debts.iter().map(|debt| debt.arrangement_id)))
        .filter(arrangements::Column::AcceptedAt.is_not_null())
        .all(db)
        .await?
        .into_iter()
        .filter_map(|row| Some((row.id, row.accepted_at?.date_naive())))
        .collect();
    for debt in debts {
        if let Some(day) = agreed.get(&debt.arrangement_id) {
            let known = all.entry(debt.account_id).or_default();
            known.agreed_on = known.agreed_on.max(Some(*day));
        }
    }
    Ok(all)
}
