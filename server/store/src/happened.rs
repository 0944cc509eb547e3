//! What happened to the accounts of a journey since it last wrote to them, and what staff hold.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use domain::ids::{AccountId, JourneyId, OrganizationId};
use domain::ledger::PaymentStatus;
use domain::strategy::Since;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use crate::entities::{
    account_events, accounts, inbound_messages, journey_controls, journey_entries, journey_steps,
    message_links, payments, portal_sessions,
};
use crate::journeys::Version;
use crate::{StoreResult, Tx};

/// A journey that is held or ended for one account.
pub type Control = journey_controls::Model;

/// In the place of a journey: every one.
pub const EVERY: JourneyId = JourneyId(Uuid::nil());

/// How [`Control::state`] is spelt.
pub mod control {
    pub const PAUSED: &str = "paused";
    pub const STOPPED: &str = "stopped";
}

/// What happened since a version of a journey last wrote about each of these accounts; since they came
/// in, where it has not.
///
/// # Errors
/// The database fails.
pub async fn since(
    db: &impl ConnectionTrait,
    of: Version,
    ids: &[AccountId],
) -> StoreResult<HashMap<AccountId, Since>> {
    let org = of.organization.0;
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let debtors: HashMap<Uuid, Uuid> = accounts::Entity::find()
        .select_only()
        .columns([accounts::Column::Id, accounts::Column::DebtorId])
        .filter(accounts::Column::OrganizationId.eq(org))
        .filter(accounts::Column::Id.is_in(ids.iter().copied()))
        .into_tuple::<(Uuid, Uuid)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let came: HashMap<Uuid, NaiveDate> = journey_entries::Entity::find()
        .select_only()
        .columns([journey_entries::Column::AccountId, journey_entries::Column::EnteredOn])
        .filter(journey_entries::Column::OrganizationId.eq(org))
        .filter(journey_entries::Column::JourneyId.eq(of.journey.0))
        .filter(journey_entries::Column::Version.eq(of.version))
        .filter(journey_entries::Column::AccountId.is_in(ids.iter().copied()))
        .into_tuple::<(Uuid, NaiveDate)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let wrote = journey_steps::Entity::find()
        .select_only()
        .columns([journey_steps::Column::AccountId, journey_steps::Column::At])
        .filter(journey_steps::Column::OrganizationId.eq(org))
        .filter(journey_steps::Column::JourneyId.eq(of.journey.0))
        .filter(journey_steps::Column::Version.eq(of.version))
        .filter(journey_steps::Column::AccountId.is_in(ids.iter().copied()))
        .filter(journey_steps::Column::Outcome.eq("message"))
        .into_tuple::<(Uuid, DateTime<Utc>)>()
        .all(db)
        .await?;
    let mut last: HashMap<Uuid, DateTime<Utc>> = HashMap::new();
    for (account, at) in wrote {
        last.entry(account).and_modify(|known| *known = (*known).max(at)).or_insert(at);
    }
    // When people last wrote to us, and were last at the portal.
    let people: HashSet<Uuid> = debtors.values().copied().collect();
    let replied = inbound_messages::Entity::find()
        .select_only()
        .columns([inbound_messages::Column::PartyId, inbound_messages::Column::At])
        .filter(inbound_messages::Column::OrganizationId.eq(org))
        .filter(inbound_messages::Column::PartyId.is_in(people.iter().copied()))
        .into_tuple::<(Option<Uuid>, DateTime<Utc>)>()
        .all(db)
        .await?;
    let seen = portal_sessions::Entity::find()
        .select_only()
        .columns([portal_sessions::Column::PartyId, portal_sessions::Column::LastSeenAt])
        .filter(portal_sessions::Column::OrganizationId.eq(org))
        .filter(portal_sessions::Column::PartyId.is_in(people))
        .into_tuple::<(Uuid, DateTime<Utc>)>()
        .all(db)
        .await?;
    let broken = account_events::Entity::find()
        .select_only()
        .columns([
            account_events::Column::AccountId,
            account_events::Column::Kind,
            account_events::Column::RecordedAt,
        ])
        .filter(account_events::Column::OrganizationId.eq(org))
        .filter(account_events::Column::AccountId.is_in(ids.iter().copied()))
        .filter(account_events::Column::Kind.is_in(["promise_broken", "arrangement_broken"]))
        .into_tuple::<(Uuid, String, DateTime<Utc>)>()
        .all(db)
        .await?;
    let paid = payments::Entity::find()
        .select_only()
        .columns([payments::Column::AccountId, payments::Column::RecordedAt])
        .filter(payments::Column::OrganizationId.eq(org))
        .filter(payments::Column::AccountId.is_in(ids))
        .filter(payments::Column::Status.eq(PaymentStatus::Posted.as_str()))
        .into_tuple::<(Uuid, DateTime<Utc>)>()
        .all(db)
        .await?;
    let clicked = message_links::Entity::find()
        .select_only()
        .columns([message_links::Column::PartyId, message_links::Column::FollowedAt])
        .filter(message_links::Column::OrganizationId.eq(org))
        .filter(message_links::Column::PartyId.is_in(debtors.values().copied()))
        .filter(message_links::Column::FollowedAt.is_not_null())
        .into_tuple::<(Uuid, Option<DateTime<Utc>>)>()
        .all(db)
        .await?;
    let mut all = HashMap::new();
    for (account, person) in debtors {
        let start = || came.get(&account).map(|on| on.and_time(NaiveTime::MIN).and_utc());
        let Some(from) = last.get(&account).copied().or_else(start) else { continue };
        let broke =
            |kind: &str| broken.iter().any(|(of, is, at)| *of == account && is == kind && *at >= from);
        let since = Since {
            wrote: last.contains_key(&account),
            replied: replied.iter().any(|(of, at)| *of == Some(person) && *at > from),
            visited: seen.iter().any(|(of, at)| *of == person && *at > from),
            promise_broken: broke("promise_broken"),
            plan_missed: broke("arrangement_broken"),
            paid: paid.iter().any(|(of, at)| *of == account && *at > from),
            clicked: clicked.iter().any(|(of, at)| *of == person && at.is_some_and(|at| at > from)),
        };
        all.insert(AccountId(account), since);
    }
    Ok(all)
}

/// Which of these accounts staff hold in a journey, or ended it for, on a day.
///
/// # Errors
/// The database fails.
pub async fn held(
    db: &impl ConnectionTrait,
    (org, journey): (OrganizationId, JourneyId),
    ids: &[AccountId],
    today: NaiveDate,
) -> StoreResult<HashMap<AccountId, &'static str>> {
    use journey_controls::Column;
    let rows = journey_controls::Entity::find()
        .filter(Column::OrganizationId.eq(org.0))
        .filter(Column::JourneyId.is_in([journey.0, EVERY.0]))
        .filter(Column::AccountId.is_in(ids.iter().map(|id| id.0)))
        // The end of one journey counts more than a pause of all.
        .order_by_asc(Column::JourneyId)
        .all(db)
        .await?;
    let holds = rows.into_iter().filter(|row| row.until.is_none_or(|until| today <= until));
    let code = |row: &Control| if row.state == control::STOPPED { control::STOPPED } else { control::PAUSED };
    Ok(holds.map(|row| (AccountId(row.account_id), code(&row))).collect())
}

/// What staff hold or ended for an account, by journey.
///
/// # Errors
/// The database fails.
pub async fn controls(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    account: AccountId,
) -> StoreResult<Vec<Control>> {
    use journey_controls::Column;
    let found = journey_controls::Entity::find()
        .filter(Column::OrganizationId.eq(org.0))
        .filter(Column::AccountId.eq(account.0));
    Ok(found.all(db).await?)
}

/// Holds or ends a journey for an account, in the place of what was said before.
///
/// # Errors
/// The database fails.
pub async fn hold(tx: &Tx, new: Control) -> StoreResult<()> {
    let key = (new.organization_id, new.journey_id, new.account_id);
    journey_controls::Entity::delete_by_id(key).exec(tx).await?;
    let row = new.into_active_model().reset_all();
    journey_controls::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Lets a journey go on for an account; whether it was held.
///
/// # Errors
/// The database fails.
pub async fn go_on(
    tx: &Tx,
    org: OrganizationId,
    journey: JourneyId,
    account: AccountId,
) -> StoreResult<bool> {
    let done = journey_controls::Entity::delete_by_id((org.0, journey.0, account.0)).exec(tx).await?;
    Ok(done.rows_affected > 0)
}

/// In which versions of which journeys an account is, and since when; the newest first.
///
/// # Errors
/// The database fails.
pub async fn entries_of(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    account: AccountId,
) -> StoreResult<Vec<(JourneyId, i32, NaiveDate)>> {
    use journey_entries::Column;
    let rows: Vec<(Uuid, i32, NaiveDate)> = journey_entries::Entity::find()
        .select_only()
        .columns([Column::JourneyId, Column::Version, Column::EnteredOn])
        .filter(Column::OrganizationId.eq(org.0))
        .filter(Column::AccountId.eq(account.0))
        .order_by_desc(Column::EnteredOn)
        .order_by_asc(Column::JourneyId)
        .order_by_desc(Column::Version)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(journey, version, on)| (JourneyId(journey), version, on)).collect())
}

/// What a version of a journey did about an account, step by step.
///
/// # Errors
/// The database fails.
pub async fn steps_of(
    db: &impl ConnectionTrait,
    of: Version,
    account: AccountId,
) -> StoreResult<Vec<journey_steps::Model>> {
    use journey_steps::Column;
    Ok(journey_steps::Entity::find()
        .filter(Column::OrganizationId.eq(of.organization.0))
        .filter(Column::JourneyId.eq(of.journey.0))
        .filter(Column::Version.eq(of.version))
        .filter(Column::AccountId.eq(account.0))
        .order_by_asc(Column::Step)
        .all(db)
        .await?)
}
