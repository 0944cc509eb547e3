//! Contact points that belong to somebody else, and what a sign-in was sent to.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string, string_null, timestamp_with_time_zone, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("suppressed_points")
                    .col(uuid("organization_id"))
                    .col(string("value_key"))
                    .col(timestamp_with_time_zone("since"))
                    .primary_key(Index::create().col("organization_id").col("value_key"))
                    .to_owned(),
            )
            .await?;
        let sent_to = string_null("recipient");
        manager.alter_table(Table::alter().table("login_challenges").add_column(sent_to).to_owned()).await
    }
}
