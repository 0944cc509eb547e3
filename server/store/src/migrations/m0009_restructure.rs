//! Debts that replace others.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{boolean, date, string, text, timestamp_with_time_zone, uuid};

use super::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("account_links")
                    .col(uuid("organization_id"))
                    .col(uuid("old_id"))
                    .col(uuid("new_id"))
                    .col(date("on_date"))
                    .col(boolean("capitalised"))
                    .col(text("reason"))
                    .col(timestamp_with_time_zone("made_at"))
                    .col(string("made_by"))
                    .primary_key(Index::create().col("organization_id").col("old_id"))
                    .to_owned(),
            )
            .await?;
        index(manager, "account_links", &["organization_id", "new_id"]).await
    }
}
