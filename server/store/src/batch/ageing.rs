//! Ageing by set-based SQL: stage and bucket of every account of a range, compared with what is
//! stored; only what differs is written.

use chrono::{DateTime, NaiveDate, Utc};
use domain::account::{DelinquencyBucket, Stage};
use sea_orm::sea_query::{
    Alias, BinOper, CaseStatement, ColumnDef, Condition, Expr, Func, Query, SelectStatement, Table,
};
use sea_orm::{ConnectionTrait, DbBackend, ExprTrait};

use super::{AccountRange, filled};
use crate::entities::{account_events, account_states, accounts, balances};
use crate::{StoreResult, Tx};

/// What ageing wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aged {
    /// State rows that changed, or got their first state.
    pub states: u64,
    /// Accounts that went to another stage.
    pub stages: u64,
    /// Accounts that went to another bucket.
    pub buckets: u64,
}

/// Scratch: the accounts whose state changes, from and to. Gone with the transaction on
/// PostgreSQL, emptied on SQLite.
const CHANGES: &str = "ageing_changes";
const DISTINCT: BinOper = BinOper::Custom("IS DISTINCT FROM");

fn col(name: &'static str) -> Expr {
    Expr::col(Alias::new(name))
}

fn account(column: accounts::Column) -> Expr {
    Expr::col((accounts::Entity, column))
}

fn state(column: account_states::Column) -> Expr {
    Expr::col((account_states::Entity, column))
}

/// How many accounts the range holds.
///
/// # Errors
/// The database fails.
pub async fn count_accounts(db: &impl ConnectionTrait, range: &AccountRange) -> StoreResult<u64> {
    let organization = account(accounts::Column::OrganizationId);
    let holds = range.holds(organization, account(accounts::Column::Id));
    count(db, Query::select().from(accounts::Entity).cond_where(holds)).await
}

async fn count(db: &impl ConnectionTrait, from: &mut SelectStatement) -> StoreResult<u64> {
    let row = db.query_one(from.expr_as(Func::count(Expr::val(1)), "found")).await?;
    let found: i64 = row.map(|row| row.try_get("", "found")).transpose()?.unwrap_or(0);
    Ok(u64::try_from(found).unwrap_or(0))
}

/// Brings stage and bucket of the range's accounts to `date`, with an event for each change; the
/// first state of an account is no change. `accounts` is how many the range holds.
///
/// # Errors
/// The database fails.
pub async fn age(
    tx: &Tx,
    range: &AccountRange,
    accounts: u64,
    date: NaiveDate,
    at: DateTime<Utc>,
) -> StoreResult<Aged> {
    add_missing_states(tx, range, accounts).await?;
    make_scratch(tx).await?;
    let states = find_changes(tx, range, date).await?;
    let mut aged = Aged { states, ..Aged::default() };
    if states > 0 {
        let name = |code: &'static str| stage_name(code);
        let number = |code: &'static str| col(code).cast_as(Alias::new("text"));
        aged.stages = tell(tx, range, date, at, "stage_changed", ("old_stage", "stage"), name).await?;
        aged.buckets = tell(tx, range, date, at, "bucket_changed", ("old_bucket", "bucket"), number).await?;
        write_states(tx, range, date).await?;
        tx.execute(Query::delete().from_table(Alias::new(CHANGES))).await?;
    }
    Ok(aged)
}

/// Accounts that came without a state row get an empty one.
async fn add_missing_states(tx: &Tx, range: &AccountRange, accounts: u64) -> StoreResult<()> {
    let (organization, id) =
        (state(account_states::Column::OrganizationId), state(account_states::Column::AccountId));
    let known = Query::select()
        .from(account_states::Entity)
        .cond_where(range.holds(organization.clone(), id.clone()))
        .take();
    if count(tx, &mut known.clone()).await? == accounts {
        return Ok(());
    }
    let same = Condition::all()
        .add(organization.equals((accounts::Entity, accounts::Column::OrganizationId)))
        .add(id.equals((accounts::Entity, accounts::Column::Id)));
    let known = Query::select().expr(Expr::val(1)).from(account_states::Entity).cond_where(same).take();
    let missing = Query::select()
        .column((accounts::Entity, accounts::Column::OrganizationId))
        .column((accounts::Entity, accounts::Column::Id))
        .from(accounts::Entity)
        .cond_where(range.holds(account(accounts::Column::OrganizationId), account(accounts::Column::Id)))
        .and_where(Expr::exists(known).not())
        .order_by((accounts::Entity, accounts::Column::Id), sea_orm::sea_query::Order::Asc)
        .take();
    let mut insert = Query::insert();
    insert
        .into_table(account_states::Entity)
        .columns([account_states::Column::OrganizationId, account_states::Column::AccountId]);
    tx.execute(filled(&mut insert, missing)?).await?;
    Ok(())
}

async fn make_scratch(tx: &Tx) -> StoreResult<()> {
    let mut table = Table::create();
    table
        .temporary()
        .if_not_exists()
        .table(Alias::new(CHANGES))
        .col(ColumnDef::new(Alias::new("account_id")).uuid().not_null());
    for column in ["old_stage", "old_bucket", "stage", "bucket"] {
        table.col(ColumnDef::new(Alias::new(column)).small_integer());
    }
    if tx.get_database_backend() == DbBackend::Postgres {
        table.extra("ON COMMIT DROP");
    }
    tx.execute(&table).await?;
    Ok(())
}

async fn find_changes(tx: &Tx, range: &AccountRange, date: NaiveDate) -> StoreResult<u64> {
    let differs = Condition::any()
        .add(col("old_stage").binary(DISTINCT, col("stage")))
        .add(col("old_bucket").binary(DISTINCT, col("bucket")));
    let columns = ["account_id", "old_stage", "old_bucket", "stage", "bucket"];
    let changed = Query::select()
        .columns(columns.map(Alias::new))
        .from_subquery(now_and_before(range, date), Alias::new("aged"))
        .cond_where(differs)
        .take();
    let mut insert = Query::insert();
    insert.into_table(Alias::new(CHANGES)).columns(columns.map(Alias::new));
    Ok(tx.execute(filled(&mut insert, changed)?).await?.rows_affected())
}

/// Every account of the range with the state it had and the state it has on `date`. The three
/// tables are walked together in the order of their keys.
fn now_and_before(range: &AccountRange, date: NaiveDate) -> SelectStatement {
    use account_states::Column::{AccountId, Bucket, OrganizationId, Stage as StageColumn};
    let with_balance = Condition::all()
        .add(
            Expr::col((balances::Entity, balances::Column::OrganizationId))
                .equals((account_states::Entity, OrganizationId)),
        )
        .add(
            Expr::col((balances::Entity, balances::Column::AccountId))
                .equals((account_states::Entity, AccountId)),
        );
    let with_account = Condition::all()
        .add(account(accounts::Column::OrganizationId).equals((account_states::Entity, OrganizationId)))
        .add(account(accounts::Column::Id).equals((account_states::Entity, AccountId)));
    Query::select()
        .expr_as(state(AccountId), "account_id")
        .expr_as(state(StageColumn), "old_stage")
        .expr_as(state(Bucket), "old_bucket")
        .expr_as(stage_on(date), "stage")
        .expr_as(bucket_on(date), "bucket")
        .from(account_states::Entity)
        .inner_join(balances::Entity, with_balance)
        .inner_join(accounts::Entity, with_account)
        .cond_where(range.holds(state(OrganizationId), state(AccountId)))
        .take()
}

fn nothing_owed() -> Expr {
    Expr::col((balances::Entity, balances::Column::Total)).lte(0_i64)
}

/// [`Stage::of`] in SQL; a test holds the two together.
pub(crate) fn stage_on(date: NaiveDate) -> CaseStatement {
    let due = || account(accounts::Column::DueOn);
    let mut case = CaseStatement::new()
        .case(nothing_owed(), Stage::Settled.code())
        .case(account(accounts::Column::ChargedOffOn).lte(date), Stage::ChargedOff.code());
    for (from, stage) in Stage::earliest_due(date) {
        case = case.case(due().gte(from), stage.code());
    }
    case.finally(Stage::Residual.code())
}

/// [`DelinquencyBucket::of`] in SQL; a test holds the two together.
pub(crate) fn bucket_on(date: NaiveDate) -> CaseStatement {
    let mut case = CaseStatement::new().case(nothing_owed(), DelinquencyBucket::CURRENT.code());
    for (from, bucket) in DelinquencyBucket::earliest_due(date) {
        case = case.case(account(accounts::Column::DueOn).gte(from), bucket.code());
    }
    case.finally(DelinquencyBucket::LAST.code())
}

fn stage_name(code: &'static str) -> Expr {
    let mut case = CaseStatement::new();
    for stage in Stage::ALL {
        case = case.case(col(code).eq(stage.code()), stage.as_str());
    }
    case.into()
}

/// Writes an event for each account where the two columns of the scratch table differ.
async fn tell(
    tx: &Tx,
    range: &AccountRange,
    date: NaiveDate,
    at: DateTime<Utc>,
    kind: &'static str,
    (before, after): (&'static str, &'static str),
    words: impl Fn(&'static str) -> Expr,
) -> StoreResult<u64> {
    use account_events::Column;
    let changed = Query::select()
        .expr(Expr::val(range.organization_id.0))
        .column(Alias::new("account_id"))
        .expr(Expr::val(date))
        .expr(Expr::val(kind))
        .column(Alias::new("account_id"))
        .expr(words(before))
        .expr(words(after))
        .expr(Expr::val(at))
        .from(Alias::new(CHANGES))
        .and_where(col(before).is_not_null())
        .and_where(col(before).ne(col(after)))
        .take();
    let mut insert = Query::insert();
    insert.into_table(account_events::Entity).columns([
        Column::OrganizationId,
        Column::AccountId,
        Column::OnDate,
        Column::Kind,
        Column::SubjectId,
        Column::FromValue,
        Column::ToValue,
        Column::RecordedAt,
    ]);
    Ok(tx.execute(filled(&mut insert, changed)?).await?.rows_affected())
}

async fn write_states(tx: &Tx, range: &AccountRange, date: NaiveDate) -> StoreResult<()> {
    use account_states::Column::{AccountId, Bucket, OrganizationId, SinceOn, Stage as StageColumn};
    let change = |name: &'static str| Expr::col((Alias::new(CHANGES), Alias::new(name)));
    let mut update = Query::update();
    update
        .table(account_states::Entity)
        .value(StageColumn, change("stage"))
        .value(Bucket, change("bucket"))
        .value(SinceOn, date)
        .from(Alias::new(CHANGES))
        .and_where(state(OrganizationId).eq(range.organization_id.0))
        .and_where(state(AccountId).eq(change("account_id")));
    // PostgreSQL knows nothing about the scratch table's values; the range keeps it from reading
    // all states.
    if tx.get_database_backend() == DbBackend::Postgres {
        update.cond_where(range.holds(state(OrganizationId), state(AccountId)));
    }
    tx.execute(&update).await?;
    Ok(())
}
