//! The outbox delivers: tries, leases, and how a message ended.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, string_null, timestamp_with_time_zone_null};

use super::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            integer("tries").default(0).to_owned(),
            timestamp_with_time_zone_null("next_try_at"),
            timestamp_with_time_zone_null("leased_until"),
            timestamp_with_time_zone_null("expires_at"),
            string_null("failure"),
        ];
        // SQLite adds one column a statement.
        for column in columns {
            let statement = Table::alter().table("outbox_messages").add_column(column).to_owned();
            manager.alter_table(statement).await?;
        }
        index(manager, "outbox_messages", &["status", "next_try_at"]).await
    }
}
