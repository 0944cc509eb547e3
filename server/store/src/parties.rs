//! Organizations, creditors, parties and how to reach them.

use domain::ids::{ContactPointId, CreditorId, OrganizationId, PartyId};
use domain::party::{ContactPoint, Party};
use domain::text::compact;
use sea_orm::sea_query::{LockType, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use crate::entities::{contact_points, creditors, organizations, parties};
use crate::{StoreError, StoreResult, Tx, suppressed};

/// An organization, with its zone parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    pub id: OrganizationId,
    pub code: String,
    pub name: String,
    pub country: String,
    pub zone: chrono_tz::Tz,
    pub language: String,
}

/// A creditor (mandante).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creditor {
    pub id: CreditorId,
    pub code: String,
    pub name: String,
    pub country: String,
}

fn organization(row: organizations::Model) -> StoreResult<Organization> {
    let zone = row.time_zone.parse().map_err(StoreError::bad_row("organizations", row.id))?;
    let organizations::Model { id, code, name, country, language, .. } = row;
    Ok(Organization { id: OrganizationId(id), code, name, country, zone, language })
}

/// # Errors
/// The database fails or the row is invalid.
pub async fn find_organization(
    db: &impl ConnectionTrait,
    id: OrganizationId,
) -> StoreResult<Option<Organization>> {
    organizations::Entity::find_by_id(id.0).one(db).await?.map(organization).transpose()
}

/// All organizations of this deployment, by code.
///
/// # Errors
/// The database fails or a row is invalid.
pub async fn organizations(db: &impl ConnectionTrait) -> StoreResult<Vec<Organization>> {
    let rows = organizations::Entity::find().order_by_asc(organizations::Column::Code).all(db).await?;
    rows.into_iter().map(organization).collect()
}

/// Holds people until the transaction ends. Whoever stops contact with a person takes this before
/// writing the stop, and so does the worker that is about to send: whichever comes second sees what the
/// first has done. Locks are taken in the order of ids, and before those of balances.
///
/// # Errors
/// The database fails.
pub async fn lock(
    tx: &Tx,
    org: OrganizationId,
    people: impl IntoIterator<Item = PartyId>,
) -> StoreResult<()> {
    let _locked: Vec<uuid::Uuid> = parties::Entity::find()
        .select_only()
        .column(parties::Column::Id)
        .filter(parties::Column::OrganizationId.eq(org.0))
        .filter(parties::Column::Id.is_in(people.into_iter().map(|party| party.0)))
        .order_by_asc(parties::Column::Id)
        .lock(LockType::NoKeyUpdate)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(())
}

/// # Errors
/// The database fails.
pub async fn creditors(db: &impl ConnectionTrait, org: OrganizationId) -> StoreResult<Vec<Creditor>> {
    let rows = creditors::Entity::find()
        .filter(creditors::Column::OrganizationId.eq(org.0))
        .order_by_asc(creditors::Column::Name)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(creditor).collect())
}

/// # Errors
/// The database fails.
pub async fn find_creditor(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: CreditorId,
) -> StoreResult<Option<Creditor>> {
    Ok(creditors::Entity::find_by_id((org.0, id.0)).one(db).await?.map(creditor))
}

fn creditor(row: creditors::Model) -> Creditor {
    Creditor { id: CreditorId(row.id), code: row.code, name: row.name, country: row.country }
}

pub(crate) fn party(row: parties::Model) -> StoreResult<Party> {
    let kind = row.kind.parse().map_err(StoreError::bad_row("parties", row.id))?;
    let time_zone =
        row.time_zone.map(|z| z.parse()).transpose().map_err(StoreError::bad_row("parties", row.id))?;
    let parties::Model { id, name, document_type, document, language, country, .. } = row;
    Ok(Party { id: PartyId(id), kind, name, document_type, document, language, country, time_zone })
}

/// # Errors
/// The database fails or the row is invalid.
pub async fn find_party(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: PartyId,
) -> StoreResult<Option<Party>> {
    parties::Entity::find_by_id((org.0, id.0)).one(db).await?.map(party).transpose()
}

/// Parties of any organization with this document, punctuation and case aside: the portal's
/// sign-in, before it is known for whom the debtor is looked for.
///
/// # Errors
/// The database fails or a row is invalid.
pub async fn find_by_document(
    db: &impl ConnectionTrait,
    document: &str,
) -> StoreResult<Vec<(OrganizationId, Party)>> {
    let key = compact(document);
    let mut found = Vec::new();
    for organization in organizations(db).await? {
        let rows = parties::Entity::find()
            .filter(parties::Column::OrganizationId.eq(organization.id.0))
            .filter(parties::Column::DocumentKey.eq(key.clone()))
            .all(db)
            .await?;
        for row in rows {
            found.push((organization.id, party(row)?));
        }
    }
    Ok(found)
}

/// # Errors
/// The database fails or a row is invalid.
pub async fn contact_points(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    party_id: PartyId,
) -> StoreResult<Vec<ContactPoint>> {
    let rows = contact_points::Entity::find()
        .filter(contact_points::Column::OrganizationId.eq(org.0))
        .filter(contact_points::Column::PartyId.eq(party_id.0))
        .order_by_asc(contact_points::Column::Id)
        .all(db)
        .await?;
    let suppressed = suppressed::among(db, org, rows.iter().map(|row| row.value.as_str())).await?;
    rows.into_iter()
        .map(|row| {
            let is_suppressed = suppressed.contains(&row.value_key);
            Ok(ContactPoint { is_suppressed, ..contact_point(row)? })
        })
        .collect()
}

pub(crate) fn contact_point(row: contact_points::Model) -> StoreResult<ContactPoint> {
    let kind = row.kind.parse().map_err(StoreError::bad_row("contact_points", row.id))?;
    let contact_points::Model { id, party_id, value, city, region, postal_code, latitude, longitude, .. } =
        row;
    Ok(ContactPoint {
        id: ContactPointId(id),
        party_id: PartyId(party_id),
        kind,
        value,
        city,
        region,
        postal_code,
        latitude,
        longitude,
        is_suppressed: false,
    })
}

/// The row for a new party.
pub fn party_row(org: OrganizationId, party: &Party) -> parties::ActiveModel {
    parties::ActiveModel {
        organization_id: Set(org.0),
        id: Set(party.id.0),
        kind: Set(party.kind.as_str().to_owned()),
        name: Set(party.name.clone()),
        document_type: Set(party.document_type.clone()),
        document: Set(party.document.clone()),
        document_key: Set(party.document.as_deref().map(compact)),
        language: Set(party.language.clone()),
        country: Set(party.country.clone()),
        time_zone: Set(party.time_zone.map(|zone| zone.name().to_owned())),
    }
}

/// The row for a new contact point.
pub fn contact_point_row(org: OrganizationId, point: &ContactPoint) -> contact_points::ActiveModel {
    contact_points::ActiveModel {
        organization_id: Set(org.0),
        id: Set(point.id.0),
        party_id: Set(point.party_id.0),
        kind: Set(point.kind.as_str().to_owned()),
        value: Set(point.value.clone()),
        value_key: Set(compact(&point.value)),
        city: Set(point.city.clone()),
        region: Set(point.region.clone()),
        postal_code: Set(point.postal_code.clone()),
        latitude: Set(point.latitude),
        longitude: Set(point.longitude),
    }
}

/// Reads a deployment setting.
///
/// # Errors
/// The database fails.
pub async fn setting(db: &impl ConnectionTrait, key: &str) -> StoreResult<Option<String>> {
    use crate::entities::settings;
    Ok(settings::Entity::find_by_id(key.to_owned()).one(db).await?.map(|row| row.value))
}

/// Writes a setting unless it is there; the first writer wins.
///
/// # Errors
/// The database fails.
pub async fn set_setting_once(db: &impl ConnectionTrait, key: &str, value: &str) -> StoreResult<()> {
    use crate::entities::settings;
    let row = settings::ActiveModel { key: Set(key.to_owned()), value: Set(value.to_owned()) };
    let on_conflict = OnConflict::column(settings::Column::Key).do_nothing().to_owned();
    settings::Entity::insert(row).on_conflict(on_conflict).exec_without_returning(db).await?;
    Ok(())
}
