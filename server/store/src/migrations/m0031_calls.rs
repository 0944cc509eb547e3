//! How calls that journeys asked for end; links in messages, and whether they were followed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    string, string_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};

use super::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column a statement.
        for column in
            [timestamp_with_time_zone_null("closed_at"), string_null("closed_by"), string_null("outcome")]
        {
            let add = Table::alter().table("call_tasks").add_column(column).to_owned();
            manager.alter_table(add).await?;
        }
        index(manager, "call_tasks", &["organization_id", "account_id"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("message_links")
                    .col(string("code"))
                    .col(uuid("organization_id"))
                    .col(uuid("message_id"))
                    .col(uuid("party_id"))
                    .col(timestamp_with_time_zone("made_at"))
                    .col(timestamp_with_time_zone_null("followed_at"))
                    .primary_key(Index::create().col("code"))
                    .to_owned(),
            )
            .await?;
        index(manager, "message_links", &["organization_id", "party_id"]).await
    }
}
