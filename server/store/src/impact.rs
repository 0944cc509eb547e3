//! Whose treatment a new version of a journey changes, found set by set: one query pairs what each
//! account is in for under either version.

use chrono::TimeDelta;
use domain::ids::{AccountId, JourneyId, OrganizationId};
use domain::strategy::Rule;
use sea_orm::sea_query::{
    Alias, CaseStatement, Condition, Expr, Func, JoinType, Order, Query, SelectStatement,
};
use sea_orm::{ConnectionTrait, ExprTrait};
use uuid::Uuid;

use crate::StoreResult;
use crate::entities::{accounts, journey_steps};
use crate::experiments::not_known_to_be_out;
use crate::segments::{Moment, matching};

/// A version as it treats accounts.
#[derive(Clone, Debug)]
pub struct Side<'a> {
    pub rule: &'a Rule,
    /// Step by step, the kept steps that mean it was done: version, and place in that version.
    pub done_by: Vec<Vec<(i32, i32)>>,
    /// Step by step, the days since the due date on which it falls; none where days count from the
    /// entry. A step whose day is over is not the next one.
    pub due_days: Vec<Option<i16>>,
}

/// A version against another, of one journey.
#[derive(Clone, Debug)]
pub struct Versus<'a> {
    pub organization: OrganizationId,
    pub journey: JourneyId,
    /// None: nothing is going.
    pub before: Option<Side<'a>>,
    pub after: Side<'a>,
    pub at: Moment,
}

/// The next step of an account, from 0; none: no step is left.
pub type Next = Option<i32>;

/// What an account is in for before and after; none: it is not in.
pub type Pair = (Option<Next>, Option<Next>);

/// Steps come as numbers; this one is none.
const OVER: i32 = -1;

impl Versus<'_> {
    fn next(&self, side: &Side<'_>) -> Expr {
        use journey_steps::Column;
        let step = |column: Column| Expr::col((journey_steps::Entity, column));
        let mut case = CaseStatement::new();
        for (number, done_by) in (0_i32..).zip(&side.done_by) {
            let any =
                done_by.iter().fold(Condition::any().add(Expr::val(1).eq(0)), |any, (version, place)| {
                    any.add(step(Column::Version).eq(*version).and(step(Column::Step).eq(*place)))
                });
            let done = Query::select()
                .expr(Expr::val(1))
                .from(journey_steps::Entity)
                .and_where(step(Column::OrganizationId).eq(self.organization.0))
                .and_where(step(Column::JourneyId).eq(self.journey.0))
                .and_where(step(Column::AccountId).equals((accounts::Entity, accounts::Column::Id)))
                .and_where(step(Column::RetryOn).is_null())
                .cond_where(any)
                .take();
            let mut is_next = Condition::all().add(Expr::exists(done).not());
            let day = usize::try_from(number).ok().and_then(|index| *side.due_days.get(index)?);
            if let Some(latest) =
                day.and_then(|day| self.at.today.checked_sub_signed(TimeDelta::days(day.into())))
            {
                is_next = is_next.add(Expr::col((accounts::Entity, accounts::Column::DueOn)).gte(latest));
            }
            case = case.case(is_next, Expr::val(number));
        }
        case.finally(Expr::val(OVER)).into()
    }

    fn side(&self, side: &Side<'_>) -> SelectStatement {
        let mut select = matching(self.organization, side.rule, self.at);
        select
            .clear_selects()
            .expr_as(Expr::col((accounts::Entity, accounts::Column::Id)), "id")
            .expr_as(Expr::col((accounts::Entity, accounts::Column::DebtorId)), "debtor")
            .expr_as(self.next(side), "next_step")
            .cond_where(not_known_to_be_out(self.organization));
        select
    }

    /// Each account that is in for something: `id`, `debtor`, `was`, `will`.
    fn paired(&self) -> SelectStatement {
        let (was, will) = (Alias::new("was_side"), Alias::new("will_side"));
        let of = |side: &Alias, name: &'static str| Expr::col((side.clone(), Alias::new(name)));
        let mut select = Query::select();
        let Some(before) = &self.before else {
            return select
                .expr_as(of(&will, "id"), "id")
                .expr_as(of(&will, "debtor"), "debtor")
                .expr_as(Expr::cust("CAST(NULL AS INTEGER)"), "was")
                .expr_as(of(&will, "next_step"), "will")
                .from_subquery(self.side(&self.after), will.clone())
                .take();
        };
        let either = |name| Func::coalesce([of(&was, name), of(&will, name)]);
        let same = Condition::all().add(of(&was, "id").eq(of(&will, "id")));
        select
            .expr_as(either("id"), "id")
            .expr_as(either("debtor"), "debtor")
            .expr_as(of(&was, "next_step"), "was")
            .expr_as(of(&will, "next_step"), "will")
            .from_subquery(self.side(before), was.clone())
            .join_subquery(JoinType::FullOuterJoin, self.side(&self.after), will.clone(), same)
            .take()
    }
}

fn read(value: Option<i32>) -> Option<Next> {
    value.map(|step| (step != OVER).then_some(step))
}

fn is_pair((was, will): &Pair) -> Condition {
    let is = |name: &'static str, value: &Option<Next>| {
        let column = Expr::col(Alias::new(name));
        match value {
            None => column.is_null(),
            Some(next) => column.eq(next.unwrap_or(OVER)),
        }
    };
    Condition::all().add(is("was", was)).add(is("will", will))
}

fn among(pairs: &[Pair]) -> Condition {
    pairs.iter().fold(Condition::any().add(Expr::val(1).eq(0)), |any, pair| any.add(is_pair(pair)))
}

/// How many accounts go from what to what.
///
/// # Errors
/// The database fails.
pub async fn pairs(db: &impl ConnectionTrait, of: &Versus<'_>) -> StoreResult<Vec<(Pair, i64)>> {
    let mut select = Query::select();
    select
        .columns(["was", "will"].map(Alias::new))
        .expr(Expr::cust("CAST(COUNT(*) AS BIGINT)"))
        .from_subquery(of.paired(), "paired")
        .group_by_columns(["was", "will"].map(Alias::new))
        .order_by(Alias::new("was"), Order::Asc)
        .order_by(Alias::new("will"), Order::Asc);
    let rows = db.query_all(&select).await?;
    rows.iter()
        .map(|row| {
            let pair = (read(row.try_get_by_index(0)?), read(row.try_get_by_index(1)?));
            Ok((pair, row.try_get_by_index(2)?))
        })
        .collect()
}

/// How many people have an account that goes one of these ways.
///
/// # Errors
/// The database fails.
pub async fn people(db: &impl ConnectionTrait, of: &Versus<'_>, ways: &[Pair]) -> StoreResult<u64> {
    let mut select = Query::select();
    select
        .expr_as(Expr::cust("CAST(COUNT(DISTINCT debtor) AS BIGINT)"), "found")
        .from_subquery(of.paired(), "paired")
        .cond_where(among(ways));
    let row = db.query_one(&select).await?;
    let found: i64 = row.map(|row| row.try_get("", "found")).transpose()?.unwrap_or(0);
    Ok(u64::try_from(found).unwrap_or(0))
}

/// The accounts that go one of these ways, by id, after one.
///
/// # Errors
/// The database fails.
pub async fn page(
    db: &impl ConnectionTrait,
    of: &Versus<'_>,
    ways: &[Pair],
    after: Option<AccountId>,
    limit: u64,
) -> StoreResult<Vec<(AccountId, Pair)>> {
    let mut select = Query::select();
    select
        .columns(["id", "was", "will"].map(Alias::new))
        .from_subquery(of.paired(), "paired")
        .cond_where(among(ways));
    if let Some(after) = after {
        select.and_where(Expr::col(Alias::new("id")).gt(after.0));
    }
    select.order_by(Alias::new("id"), Order::Asc).limit(limit);
    let rows = db.query_all(&select).await?;
    rows.iter()
        .map(|row| {
            let id = AccountId(row.try_get_by_index::<Uuid>(0)?);
            Ok((id, (read(row.try_get_by_index(1)?), read(row.try_get_by_index(2)?))))
        })
        .collect()
}
