//! Product terms and published series.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::ids::{CreditorId, OrganizationId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use uuid::Uuid;

use crate::entities::{product_terms, series_values};
use crate::{StoreResult, Tx};

/// Every version of the terms that hold for a product of a creditor, oldest first: its own, or
/// when it has none, those that the creditor set for all its products (the empty name).
///
/// # Errors
/// The database fails.
pub async fn for_product(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    creditor: CreditorId,
    product: Option<&str>,
) -> StoreResult<Vec<product_terms::Model>> {
    let product = product.unwrap_or_default();
    let mut rows = product_terms::Entity::find()
        .filter(product_terms::Column::OrganizationId.eq(org.0))
        .filter(product_terms::Column::CreditorId.eq(creditor.0))
        .filter(product_terms::Column::Product.is_in([product, ""]))
        .order_by_asc(product_terms::Column::EffectiveFrom)
        .order_by_asc(product_terms::Column::Version)
        .all(db)
        .await?;
    if !product.is_empty() && rows.iter().any(|row| row.product == product) {
        rows.retain(|row| row.product == product);
    }
    Ok(rows)
}

/// Every version of every product's terms, by creditor, product and version.
///
/// # Errors
/// The database fails.
pub async fn all(db: &impl ConnectionTrait, org: OrganizationId) -> StoreResult<Vec<product_terms::Model>> {
    Ok(product_terms::Entity::find()
        .filter(product_terms::Column::OrganizationId.eq(org.0))
        .order_by_asc(product_terms::Column::CreditorId)
        .order_by_asc(product_terms::Column::Product)
        .order_by_asc(product_terms::Column::Version)
        .all(db)
        .await?)
}

/// The number of the last version; 0 before the first.
///
/// # Errors
/// The database fails.
pub async fn last_version(
    tx: &Tx,
    org: OrganizationId,
    creditor: CreditorId,
    product: &str,
) -> StoreResult<i32> {
    let row = product_terms::Entity::find()
        .filter(product_terms::Column::OrganizationId.eq(org.0))
        .filter(product_terms::Column::CreditorId.eq(creditor.0))
        .filter(product_terms::Column::Product.eq(product))
        .order_by_desc(product_terms::Column::Version)
        .limit(1)
        .one(tx)
        .await?;
    Ok(row.map_or(0, |row| row.version))
}

/// # Errors
/// The database fails, or the version is there already.
pub async fn insert(tx: &Tx, row: product_terms::Model) -> StoreResult<()> {
    let row = product_terms::ActiveModel {
        organization_id: Set(row.organization_id),
        id: Set(row.id),
        creditor_id: Set(row.creditor_id),
        product: Set(row.product),
        version: Set(row.version),
        effective_from: Set(row.effective_from),
        terms: Set(row.terms),
        note: Set(row.note),
        recorded_at: Set(row.recorded_at),
        recorded_by: Set(row.recorded_by),
    };
    product_terms::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The values of series by date, oldest first, by their codes; one that is not known is left out.
///
/// # Errors
/// The database fails.
pub async fn series(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    codes: impl IntoIterator<Item = &str>,
) -> StoreResult<BTreeMap<String, Vec<(NaiveDate, String)>>> {
    let codes: Vec<&str> = codes.into_iter().collect();
    let mut all: BTreeMap<String, Vec<_>> = BTreeMap::new();
    if codes.is_empty() {
        return Ok(all);
    }
    let rows = series_values::Entity::find()
        .filter(series_values::Column::OrganizationId.eq(org.0))
        .filter(series_values::Column::Code.is_in(codes))
        .order_by_asc(series_values::Column::OnDate)
        .all(db)
        .await?;
    for row in rows {
        all.entry(row.code).or_default().push((row.on_date, row.value));
    }
    Ok(all)
}

/// The products that a creditor's accounts have, with how many accounts each.
///
/// # Errors
/// The database fails.
pub async fn products(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    creditor: CreditorId,
) -> StoreResult<Vec<(Option<String>, i64)>> {
    use crate::entities::accounts;
    Ok(accounts::Entity::find()
        .select_only()
        .column(accounts::Column::Product)
        .column_as(accounts::Column::Id.count(), "accounts")
        .filter(accounts::Column::OrganizationId.eq(org.0))
        .filter(accounts::Column::CreditorId.eq(creditor.0))
        .group_by(accounts::Column::Product)
        .order_by_asc(accounts::Column::Product)
        .into_tuple()
        .all(db)
        .await?)
}

/// Some accounts of a product, lowest ids first.
///
/// # Errors
/// The database fails.
pub async fn some_accounts(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    creditor: CreditorId,
    product: &str,
    limit: u64,
) -> StoreResult<Vec<Uuid>> {
    use crate::entities::accounts;
    let mut find = accounts::Entity::find()
        .select_only()
        .column(accounts::Column::Id)
        .filter(accounts::Column::OrganizationId.eq(org.0))
        .filter(accounts::Column::CreditorId.eq(creditor.0));
    if !product.is_empty() {
        find = find.filter(accounts::Column::Product.eq(product));
    }
    Ok(find.order_by_asc(accounts::Column::Id).limit(limit).into_tuple().all(db).await?)
}
