//! Many rows in few statements.

use sea_orm::{ActiveModelTrait, EntityTrait, Iterable};
use store::Tx;

use crate::ServiceResult;

/// Values bound in one statement; SQLite takes 32,766, PostgreSQL twice as many.
const BINDS: usize = 30_000;

/// Keys asked for in one statement.
pub const KEYS: usize = 1_000;

/// Inserts rows in statements as large as both databases allow.
pub async fn insert<A>(tx: &Tx, rows: Vec<A>) -> ServiceResult<()>
where
    A: ActiveModelTrait + Send,
{
    let columns = <A::Entity as EntityTrait>::Column::iter().count().max(1);
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<A> = rows.by_ref().take(BINDS / columns).collect();
        A::Entity::insert_many(chunk).exec_without_returning(tx).await?;
    }
    Ok(())
}
