//! Cases by deadline, and the holds that stand.

use chrono::NaiveDate;
use domain::cases::{CaseKind, CaseStatus, Hold, HoldScope};
use domain::ids::{AccountId, CaseId, OrganizationId, PartyId};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entities::{cases, holds};
use crate::{StoreError, StoreResult};

/// Which cases a page of the queue shows.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    pub kind: Option<CaseKind>,
    /// None: all that wait for an answer.
    pub status: Option<CaseStatus>,
    pub account: Option<AccountId>,
    /// Only what this member of staff took, by audit name.
    pub taken_by: Option<String>,
    /// Only what was to be answered before this day.
    pub due_before: Option<NaiveDate>,
    /// Continues after this one.
    pub after: Option<(NaiveDate, CaseId)>,
}

/// Cases of the organization, soonest deadline first.
///
/// # Errors
/// The database fails.
pub async fn queue(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    filter: &CaseFilter,
    limit: u64,
) -> StoreResult<Vec<cases::Model>> {
    use cases::Column;
    let waits = [CaseStatus::Open, CaseStatus::InReview, CaseStatus::WaitingForPerson];
    let statuses = filter.status.map_or_else(|| waits.to_vec(), |status| vec![status]);
    let mut find = cases::Entity::find()
        .filter(Column::OrganizationId.eq(org.0))
        .filter(Column::Status.is_in(statuses.into_iter().map(CaseStatus::as_str)));
    if let Some(kind) = filter.kind {
        find = find.filter(Column::Kind.eq(kind.as_str()));
    }
    if let Some(account) = filter.account {
        find = find.filter(Column::AccountId.eq(account.0));
    }
    if let Some(taken_by) = &filter.taken_by {
        find = find.filter(Column::TakenBy.eq(taken_by));
    }
    if let Some(day) = filter.due_before {
        find = find.filter(Column::DueOn.lt(day));
    }
    if let Some((due_on, id)) = filter.after {
        let same_day = Condition::all().add(Column::DueOn.eq(due_on)).add(Column::Id.gt(id.0));
        find = find.filter(Condition::any().add(Column::DueOn.gt(due_on)).add(same_day));
    }
    let ordered = find.order_by_asc(Column::DueOn).order_by_asc(Column::Id);
    Ok(ordered.limit(limit).all(db).await?)
}

/// The holds on a person that nobody has lifted.
///
/// # Errors
/// The database fails or a row is invalid.
pub async fn standing_holds(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    party: PartyId,
) -> StoreResult<Vec<Hold>> {
    let rows = holds::Entity::find()
        .filter(holds::Column::OrganizationId.eq(org.0))
        .filter(holds::Column::PartyId.eq(party.0))
        .filter(holds::Column::LiftedAt.is_null())
        .order_by_asc(holds::Column::PlacedAt)
        .order_by_asc(holds::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(hold).collect()
}

fn hold(row: holds::Model) -> StoreResult<Hold> {
    Ok(Hold {
        stop: row.stop.parse().map_err(StoreError::bad_row("holds", row.id))?,
        scope: row.account_id.map_or(HoldScope::Person, |id| HoldScope::Debt(AccountId(id))),
        placed_at: row.placed_at,
        lifted_at: row.lifted_at,
    })
}
