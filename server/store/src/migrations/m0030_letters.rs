//! Letters on paper: batches that are printed and posted, and where letters are sent from.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    date_null, integer, string, string_null, text, timestamp_with_time_zone, timestamp_with_time_zone_null,
    uuid,
};

use super::unique;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("letter_batches")
                    .col(uuid("organization_id"))
                    .col(uuid("id"))
                    .col(integer("number"))
                    .col(uuid("creditor_id"))
                    .col(text("sender"))
                    .col(timestamp_with_time_zone("made_at"))
                    .col(string("made_by"))
                    .col(string_null("sha256"))
                    .col(date_null("posted_on"))
                    .col(string_null("posted_by"))
                    .primary_key(Index::create().col("organization_id").col("id"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "letter_batches", &["organization_id", "number"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("letters")
                    .col(uuid("organization_id"))
                    .col(uuid("message_id"))
                    .col(uuid("batch_id"))
                    .col(integer("place"))
                    .col(text("address"))
                    .col(string("language"))
                    .col(timestamp_with_time_zone_null("came_back_at"))
                    .primary_key(Index::create().col("organization_id").col("message_id"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "letters", &["organization_id", "batch_id", "place"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("letter_senders")
                    .col(uuid("organization_id"))
                    .col(text("lines"))
                    .col(timestamp_with_time_zone("changed_at"))
                    .col(string("changed_by"))
                    .primary_key(Index::create().col("organization_id"))
                    .to_owned(),
            )
            .await
    }
}
