//! What a simulation reads: whom a rule finds on a day to come, where they stand in a journey, and
//! what people did in a time that is over.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use domain::account::{Component, Stage};
use domain::ids::{AccountId, OrganizationId, PartyId};
use domain::ledger::{Book, PaymentStatus};
use domain::strategy::Rule;
use sea_orm::sea_query::{Alias, Condition, Expr, Order, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::StoreResult;
use crate::entities::{
    accounts, activities, entries, journey_entries, journey_steps, outbox_messages, payments, postings,
};
use crate::journeys::Version;
use crate::segments::{CONTACTS, Moment, matching};

/// The accounts that a rule holds for, each with its debtor.
///
/// # Errors
/// The database fails.
pub async fn found(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    rule: &Rule,
    at: Moment,
) -> StoreResult<Vec<(AccountId, PartyId)>> {
    let mut select = matching(org, rule, at);
    select.column((accounts::Entity, accounts::Column::DebtorId));
    let rows = db.query_all(&select).await?;
    rows.iter()
        .map(|row| {
            Ok((AccountId(row.try_get_by_index::<Uuid>(0)?), PartyId(row.try_get_by_index::<Uuid>(1)?)))
        })
        .collect()
}

/// Who came into a version of a journey, and when.
///
/// # Errors
/// The database fails.
pub async fn came(db: &impl ConnectionTrait, of: Version) -> StoreResult<Vec<(AccountId, NaiveDate)>> {
    use journey_entries::Column;
    let rows: Vec<(Uuid, NaiveDate)> = journey_entries::Entity::find()
        .select_only()
        .columns([Column::AccountId, Column::EnteredOn])
        .filter(Column::OrganizationId.eq(of.organization.0))
        .filter(Column::JourneyId.eq(of.journey.0))
        .filter(Column::Version.eq(of.version))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, on)| (AccountId(id), on)).collect())
}

/// A step that was done about an account, by its place, and when it is tried again.
pub type Done = (AccountId, i32, Option<NaiveDate>);

/// What a version of a journey did.
///
/// # Errors
/// The database fails.
pub async fn done(db: &impl ConnectionTrait, of: Version) -> StoreResult<Vec<Done>> {
    use journey_steps::Column;
    let rows: Vec<(Uuid, i32, Option<NaiveDate>)> = journey_steps::Entity::find()
        .select_only()
        .columns([Column::AccountId, Column::Step, Column::RetryOn])
        .filter(Column::OrganizationId.eq(of.organization.0))
        .filter(Column::JourneyId.eq(of.journey.0))
        .filter(Column::Version.eq(of.version))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, step, retry)| (AccountId(id), step, retry)).collect())
}

/// One person's debts in one currency: how they stood at the end of a day, and what was paid until
/// the end of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behaviour {
    pub party: Uuid,
    pub currency: String,
    /// The most advanced of their debts.
    pub stage: Stage,
    pub owed: i64,
    /// Somebody tried to reach them in between.
    pub contacted: bool,
    pub paid: i64,
}

/// Id, debtor, currency, due date, date of charge-off.
type Debt = (Uuid, Uuid, String, NaiveDate, Option<NaiveDate>);

/// How everybody who owed something on `from` behaved until `to`, as the journal and the payments
/// that still count say.
///
/// # Errors
/// The database fails.
pub async fn behaviour(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    (from, to): (NaiveDate, NaiveDate),
) -> StoreResult<Vec<Behaviour>> {
    use accounts::Column;
    let owed = sums(db, owed_on(org, from)).await?;
    let paid = sums(db, paid_between(org, from, to)).await?;
    let contacted = contacted(db, org, (from, to)).await?;
    let debts: Vec<Debt> = accounts::Entity::find()
        .select_only()
        .columns([Column::Id, Column::DebtorId, Column::Currency, Column::DueOn, Column::ChargedOffOn])
        .filter(Column::OrganizationId.eq(org.0))
        .into_tuple()
        .all(db)
        .await?;
    let mut all: HashMap<(Uuid, String), Behaviour> = HashMap::new();
    for (id, party, currency, due_on, charged_off_on) in debts {
        let Some(owed) = owed.get(&id).copied().filter(|owed| *owed > 0) else { continue };
        let stage = Stage::of(owed, due_on, charged_off_on, from);
        let own = all.entry((party, currency.clone())).or_insert_with(|| Behaviour {
            party,
            currency,
            stage,
            owed: 0,
            contacted: contacted.contains(&party),
            paid: 0,
        });
        own.stage = Ord::max(own.stage, stage);
        own.owed = own.owed.saturating_add(owed);
        let paid = paid.get(&id).copied().filter(|paid| *paid > 0);
        own.paid = own.paid.saturating_add(paid.unwrap_or(0));
    }
    let mut all: Vec<_> = all.into_values().collect();
    // In one order, so that the same question has the same answer.
    all.sort_by(|one, other| (one.party, &one.currency).cmp(&(other.party, &other.currency)));
    Ok(all)
}

async fn sums(db: &impl ConnectionTrait, select: SelectStatement) -> StoreResult<HashMap<Uuid, i64>> {
    let rows = db.query_all(&select).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

fn owed_on(org: OrganizationId, on: NaiveDate) -> SelectStatement {
    let books = Component::ALL.iter().flat_map(|component| {
        [Book::Debt(*component).as_str().to_owned(), Book::Memorandum(*component).as_str().to_owned()]
    });
    let of_entry =
        Condition::all().add(Expr::col((entries::Entity, entries::Column::OrganizationId)).eq(org.0)).add(
            Expr::col((entries::Entity, entries::Column::Id))
                .equals((postings::Entity, postings::Column::EntryId)),
        );
    Query::select()
        .column((postings::Entity, postings::Column::AccountId))
        .expr(Expr::cust("CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT)"))
        .from(postings::Entity)
        .inner_join(entries::Entity, of_entry)
        .and_where(Expr::col((postings::Entity, postings::Column::OrganizationId)).eq(org.0))
        .and_where(Expr::col((postings::Entity, postings::Column::Book)).is_in(books))
        .and_where(Expr::col((entries::Entity, entries::Column::EffectiveOn)).lte(on))
        .group_by_col((postings::Entity, postings::Column::AccountId))
        .take()
}

fn paid_between(org: OrganizationId, from: NaiveDate, to: NaiveDate) -> SelectStatement {
    use payments::Column;
    Query::select()
        .column(Column::AccountId)
        .expr(Expr::cust("CAST(COALESCE(SUM(amount_minor - returned_minor), 0) AS BIGINT)"))
        .from(payments::Entity)
        .and_where(Expr::col(Column::OrganizationId).eq(org.0))
        .and_where(Expr::col(Column::Status).eq(PaymentStatus::Posted.as_str()))
        .and_where(Expr::col(Column::ReceivedOn).gt(from))
        .and_where(Expr::col(Column::ReceivedOn).lte(to))
        .group_by_col(Column::AccountId)
        .take()
}

/// People to whom somebody spoke or wrote about a debt, or tried.
async fn contacted(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    (from, to): (NaiveDate, NaiveDate),
) -> StoreResult<std::collections::HashSet<Uuid>> {
    let after = |day: NaiveDate| -> DateTime<Utc> {
        day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN).and_utc()
    };
    let (start, end) = (after(from), after(to));
    let of_account =
        Condition::all().add(Expr::col((accounts::Entity, accounts::Column::OrganizationId)).eq(org.0)).add(
            Expr::col((accounts::Entity, accounts::Column::Id))
                .equals((activities::Entity, activities::Column::AccountId)),
        );
    let activity = |column: activities::Column| Expr::col((activities::Entity, column));
    let made = Query::select()
        .expr_as(Expr::col((accounts::Entity, accounts::Column::DebtorId)), Alias::new("party"))
        .from(activities::Entity)
        .inner_join(accounts::Entity, of_account)
        .and_where(activity(activities::Column::OrganizationId).eq(org.0))
        .and_where(activity(activities::Column::Channel).is_in(CONTACTS))
        .and_where(activity(activities::Column::At).gte(start))
        .and_where(activity(activities::Column::At).lt(end))
        .distinct()
        .order_by((accounts::Entity, accounts::Column::DebtorId), Order::Asc)
        .take();
    let sent = Query::select()
        .column(outbox_messages::Column::PartyId)
        .from(outbox_messages::Entity)
        .and_where(Expr::col(outbox_messages::Column::OrganizationId).eq(org.0))
        .and_where(Expr::col(outbox_messages::Column::DecisionId).is_not_null())
        .and_where(Expr::col(outbox_messages::Column::PartyId).is_not_null())
        .and_where(Expr::col(outbox_messages::Column::SentAt).gte(start))
        .and_where(Expr::col(outbox_messages::Column::SentAt).lt(end))
        .distinct()
        .take();
    let mut people = std::collections::HashSet::new();
    for select in [made, sent] {
        for row in db.query_all(&select).await? {
            people.insert(row.try_get_by_index::<Uuid>(0)?);
        }
    }
    Ok(people)
}
