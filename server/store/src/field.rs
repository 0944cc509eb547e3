//! Field devices, their events, and the stops of a collector's day.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::field::BoxLine;
use domain::ids::{OrganizationId, UserId};
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::entities::{
    accounts, activities, assignments, balances, contact_points, creditors, field_devices, field_events,
    organizations, parties, payments,
};
use crate::{StoreResult, Tx};

/// The device, locked until the transaction ends.
///
/// # Errors
/// The database fails.
pub async fn lock_device(
    tx: &Tx,
    org: OrganizationId,
    id: Uuid,
) -> StoreResult<Option<field_devices::Model>> {
    Ok(field_devices::Entity::find_by_id((org.0, id)).lock_exclusive().one(tx).await?)
}

/// The device.
///
/// # Errors
/// The database fails.
pub async fn find_device(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: Uuid,
) -> StoreResult<Option<field_devices::Model>> {
    Ok(field_devices::Entity::find_by_id((org.0, id)).one(db).await?)
}

/// The device of an id, whichever organization it belongs to. Only for enrolment.
///
/// # Errors
/// The database fails.
pub async fn device_anywhere(
    db: &impl ConnectionTrait,
    id: Uuid,
) -> StoreResult<Option<field_devices::Model>> {
    Ok(field_devices::Entity::find().filter(field_devices::Column::Id.eq(id)).one(db).await?)
}

/// The number of an organization's next device. Locks the organization, so that two enrolments at once do not
/// get the same.
///
/// # Errors
/// The database fails.
pub async fn next_device_number(tx: &Tx, org: OrganizationId) -> StoreResult<u64> {
    organizations::Entity::find_by_id(org.0).lock_exclusive().one(tx).await?;
    let devices = field_devices::Entity::find().filter(field_devices::Column::OrganizationId.eq(org.0));
    Ok(devices.count(tx).await? + 1)
}

/// The event at a place of a device's chain.
///
/// # Errors
/// The database fails.
pub async fn event_at(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    device: Uuid,
    seq: i64,
) -> StoreResult<Option<field_events::Model>> {
    Ok(field_events::Entity::find_by_id((org.0, device, seq)).one(db).await?)
}

/// Whether an event of this id was taken in before.
///
/// # Errors
/// The database fails.
pub async fn event_id_known(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    event_id: Uuid,
) -> StoreResult<bool> {
    let found = field_events::Entity::find()
        .filter(field_events::Column::OrganizationId.eq(org.0))
        .filter(field_events::Column::EventId.eq(event_id))
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// Whether a receipt of this number exists, from whichever source.
///
/// # Errors
/// The database fails.
pub async fn receipt_known(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    receipt_no: &str,
) -> StoreResult<bool> {
    let paid = payments::Entity::find()
        .filter(payments::Column::OrganizationId.eq(org.0))
        .filter(payments::Column::ReceiptNo.eq(receipt_no))
        .one(db)
        .await?;
    if paid.is_some() {
        return Ok(true);
    }
    let sent = field_events::Entity::find()
        .filter(field_events::Column::OrganizationId.eq(org.0))
        .filter(field_events::Column::ReceiptNo.eq(receipt_no))
        .one(db)
        .await?;
    Ok(sent.is_some())
}

/// Whether this stop is or was this collector's and of this account.
///
/// # Errors
/// The database fails.
pub async fn is_assigned(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    user: UserId,
    assignment: Option<Uuid>,
    account: Uuid,
) -> StoreResult<bool> {
    let Some(assignment) = assignment else { return Ok(false) };
    let row = assignments::Entity::find_by_id((org.0, assignment)).one(db).await?;
    Ok(row.is_some_and(|row| row.user_id == user.0 && row.account_id == account))
}

/// The cash a collector took, by currency. Every event with an amount counts, whatever became of it: the notes
/// are in the bag.
///
/// # Errors
/// The database fails.
pub async fn cash_box(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    user: UserId,
) -> StoreResult<Vec<BoxLine>> {
    let rows: Vec<(Option<String>, Option<i64>)> = field_events::Entity::find()
        .select_only()
        .column(field_events::Column::Currency)
        // PostgreSQL sums big integers into a decimal.
        .column_as(
            Expr::expr(Func::sum(Expr::col(field_events::Column::AmountMinor))).cast_as("bigint"),
            "total",
        )
        .filter(field_events::Column::OrganizationId.eq(org.0))
        .filter(field_events::Column::UserId.eq(user.0))
        .filter(field_events::Column::Currency.is_not_null())
        .group_by(field_events::Column::Currency)
        .order_by_asc(field_events::Column::Currency)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(currency, total)| Some(BoxLine { currency: currency?, amount_minor: total? }))
        .collect())
}

/// One stop with the rows it is made of.
#[derive(Clone, Debug)]
pub struct StopRows {
    pub assignment: assignments::Model,
    pub account: accounts::Model,
    pub balance: balances::Model,
    pub debtor: parties::Model,
    pub creditor_name: String,
    pub contacts: Vec<contact_points::Model>,
    /// Newest first.
    pub activities: Vec<activities::Model>,
    pub visited: bool,
}

/// A collector's stops of one day, in route order: nothing else may leave through the field app.
///
/// # Errors
/// The database fails.
pub async fn day_stops(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    user: UserId,
    day: NaiveDate,
) -> StoreResult<Vec<StopRows>> {
    let mine = assignments::Entity::find()
        .filter(assignments::Column::OrganizationId.eq(org.0))
        .filter(assignments::Column::UserId.eq(user.0))
        .filter(assignments::Column::OnDate.eq(day))
        .order_by_asc(assignments::Column::Position)
        .order_by_asc(assignments::Column::Id)
        .all(db)
        .await?;
    let account_ids: Vec<Uuid> = mine.iter().map(|a| a.account_id).collect();
    let mut found = Lookup::load(db, org, &account_ids, mine.iter().map(|a| a.id).collect()).await?;
    Ok(mine.into_iter().filter_map(|assignment| found.stop(assignment)).collect())
}

/// The rows of all stops, fetched table by table.
struct Lookup {
    accounts: HashMap<Uuid, accounts::Model>,
    balances: HashMap<Uuid, balances::Model>,
    parties: HashMap<Uuid, parties::Model>,
    creditors: HashMap<Uuid, String>,
    contacts: Vec<contact_points::Model>,
    activities: Vec<activities::Model>,
    visited: Vec<Uuid>,
}

impl Lookup {
    async fn load(
        db: &impl ConnectionTrait,
        org: OrganizationId,
        account_ids: &[Uuid],
        assignment_ids: Vec<Uuid>,
    ) -> StoreResult<Self> {
        let accounts = accounts::Entity::find()
            .filter(accounts::Column::OrganizationId.eq(org.0))
            .filter(accounts::Column::Id.is_in(account_ids.iter().copied()))
            .all(db)
            .await?;
        let balances = balances::Entity::find()
            .filter(balances::Column::OrganizationId.eq(org.0))
            .filter(balances::Column::AccountId.is_in(account_ids.iter().copied()))
            .all(db)
            .await?;
        let debtors: Vec<Uuid> = accounts.iter().map(|a| a.debtor_id).collect();
        let parties = parties::Entity::find()
            .filter(parties::Column::OrganizationId.eq(org.0))
            .filter(parties::Column::Id.is_in(debtors.iter().copied()))
            .all(db)
            .await?;
        let contacts = contact_points::Entity::find()
            .filter(contact_points::Column::OrganizationId.eq(org.0))
            .filter(contact_points::Column::PartyId.is_in(debtors))
            .order_by_asc(contact_points::Column::Id)
            .all(db)
            .await?;
        let creditors =
            creditors::Entity::find().filter(creditors::Column::OrganizationId.eq(org.0)).all(db).await?;
        let activities = activities::Entity::find()
            .filter(activities::Column::OrganizationId.eq(org.0))
            .filter(activities::Column::AccountId.is_in(account_ids.iter().copied()))
            .order_by_desc(activities::Column::At)
            .order_by_desc(activities::Column::Id)
            .all(db)
            .await?;
        let visits = field_events::Entity::find()
            .filter(field_events::Column::OrganizationId.eq(org.0))
            .filter(field_events::Column::AssignmentId.is_in(assignment_ids))
            .filter(field_events::Column::Kind.eq("visit_recorded"))
            .all(db)
            .await?;
        Ok(Self {
            accounts: accounts.into_iter().map(|row| (row.id, row)).collect(),
            balances: balances.into_iter().map(|row| (row.account_id, row)).collect(),
            parties: parties.into_iter().map(|row| (row.id, row)).collect(),
            creditors: creditors.into_iter().map(|row| (row.id, row.name)).collect(),
            contacts,
            activities,
            visited: visits.into_iter().filter_map(|row| row.assignment_id).collect(),
        })
    }

    fn stop(&mut self, assignment: assignments::Model) -> Option<StopRows> {
        let account = self.accounts.get(&assignment.account_id)?.clone();
        let debtor = self.parties.get(&account.debtor_id)?.clone();
        Some(StopRows {
            balance: self.balances.get(&account.id)?.clone(),
            creditor_name: self.creditors.get(&account.creditor_id).cloned().unwrap_or_default(),
            contacts: self.contacts.iter().filter(|c| c.party_id == debtor.id).cloned().collect(),
            activities: self
                .activities
                .iter()
                .filter(|a| a.account_id == account.id)
                .take(5)
                .cloned()
                .collect(),
            visited: self.visited.contains(&assignment.id),
            debtor,
            account,
            assignment,
        })
    }
}
