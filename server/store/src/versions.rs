//! Versions of journeys and segments: which one is going, and what a new one takes over.

use domain::ids::{JourneyId, OrganizationId, SegmentId};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder};

use crate::entities::{journey_entries, journey_steps, journeys, segments};
use crate::journeys::{JourneyRow, Version};
use crate::segments::SegmentRow;
use crate::{StoreResult, Tx};

/// Every version of a journey, newest first.
///
/// # Errors
/// The database fails.
pub async fn of_journey(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: JourneyId,
) -> StoreResult<Vec<JourneyRow>> {
    Ok(journeys::Entity::find()
        .filter(journeys::Column::OrganizationId.eq(org.0))
        .filter(journeys::Column::Id.eq(id.0))
        .order_by_desc(journeys::Column::Version)
        .all(db)
        .await?)
}

/// Every version of a segment, newest first.
///
/// # Errors
/// The database fails.
pub async fn of_segment(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    id: SegmentId,
) -> StoreResult<Vec<SegmentRow>> {
    Ok(segments::Entity::find()
        .filter(segments::Column::OrganizationId.eq(org.0))
        .filter(segments::Column::Id.eq(id.0))
        .order_by_desc(segments::Column::Version)
        .all(db)
        .await?)
}

/// The version of each journey that is going, by name. A newer one that waits changes nothing.
///
/// # Errors
/// The database fails.
pub async fn going(db: &impl ConnectionTrait, org: OrganizationId) -> StoreResult<Vec<JourneyRow>> {
    let rows = journeys::Entity::find()
        .filter(journeys::Column::OrganizationId.eq(org.0))
        .filter(journeys::Column::Running.eq(true))
        .order_by_asc(journeys::Column::Name)
        .order_by_asc(journeys::Column::Id)
        .order_by_desc(journeys::Column::Version)
        .all(db)
        .await?;
    let mut newest: Vec<JourneyRow> = Vec::new();
    for row in rows {
        if !newest.iter().any(|before| before.id == row.id) {
            newest.push(row);
        }
    }
    Ok(newest)
}

/// Stops every version of a journey.
///
/// # Errors
/// The database fails.
pub async fn stop(tx: &Tx, org: OrganizationId, id: JourneyId) -> StoreResult<()> {
    journeys::Entity::update_many()
        .col_expr(journeys::Column::Running, Expr::val(false))
        .filter(journeys::Column::OrganizationId.eq(org.0))
        .filter(journeys::Column::Id.eq(id.0))
        .filter(journeys::Column::Running.eq(true))
        .exec(tx)
        .await?;
    Ok(())
}

/// Takes over from another version who came in and when, and what was done: `same` pairs each step
/// of the other with the one that it is in this. What is there already stays.
///
/// # Errors
/// The database fails.
pub async fn take_over(tx: &Tx, to: Version, from: i32, same: &[(i32, i32)]) -> StoreResult<()> {
    use journey_entries::Column as Entry;
    use journey_steps::Column as Step;
    let select = Query::select()
        .columns([Entry::OrganizationId, Entry::JourneyId])
        .expr(Expr::val(to.version))
        .columns([Entry::AccountId, Entry::EnteredOn])
        .from(journey_entries::Entity)
        .and_where(Expr::col(Entry::OrganizationId).eq(to.organization.0))
        .and_where(Expr::col(Entry::JourneyId).eq(to.journey.0))
        .and_where(Expr::col(Entry::Version).eq(from))
        .take();
    let mut insert = Query::insert();
    insert
        .into_table(journey_entries::Entity)
        .columns([
            Entry::OrganizationId,
            Entry::JourneyId,
            Entry::Version,
            Entry::AccountId,
            Entry::EnteredOn,
        ])
        .select_from(select)
        .map_err(|error| DbErr::Custom(error.to_string()))?
        .on_conflict(OnConflict::new().do_nothing().to_owned());
    tx.execute(&insert).await?;
    for (before, now) in same {
        let rest = [Step::OnDate, Step::At, Step::Outcome, Step::Detail, Step::DecisionId, Step::RetryOn];
        let select = Query::select()
            .columns([Step::OrganizationId, Step::JourneyId])
            .expr(Expr::val(to.version))
            .column(Step::AccountId)
            .expr(Expr::val(*now))
            .columns(rest)
            .from(journey_steps::Entity)
            .and_where(Expr::col(Step::OrganizationId).eq(to.organization.0))
            .and_where(Expr::col(Step::JourneyId).eq(to.journey.0))
            .and_where(Expr::col(Step::Version).eq(from))
            .and_where(Expr::col(Step::Step).eq(*before))
            .take();
        let mut insert = Query::insert();
        let first = [Step::OrganizationId, Step::JourneyId, Step::Version, Step::AccountId, Step::Step];
        insert
            .into_table(journey_steps::Entity)
            .columns(first.into_iter().chain(rest))
            .select_from(select)
            .map_err(|error| DbErr::Custom(error.to_string()))?
            .on_conflict(OnConflict::new().do_nothing().to_owned());
        tx.execute(&insert).await?;
    }
    Ok(())
}
