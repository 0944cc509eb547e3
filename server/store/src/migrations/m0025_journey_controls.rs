//! Journeys that staff hold or end for one account.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{date_null, string, text, timestamp_with_time_zone, uuid};

use super::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("journey_controls")
                    .col(uuid("organization_id"))
                    .col(uuid("journey_id"))
                    .col(uuid("account_id"))
                    .col(string("state"))
                    .col(date_null("until"))
                    .col(text("reason"))
                    .col(string("by"))
                    .col(timestamp_with_time_zone("at"))
                    .primary_key(Index::create().col("organization_id").col("journey_id").col("account_id"))
                    .to_owned(),
            )
            .await?;
        // Pages of accounts ask what was done about one.
        index(manager, "journey_controls", &["organization_id", "account_id"]).await?;
        index(manager, "journey_entries", &["organization_id", "account_id"]).await?;
        index(manager, "journey_steps", &["organization_id", "account_id"]).await
    }
}
