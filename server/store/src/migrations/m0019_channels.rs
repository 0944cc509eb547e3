//! Channels beyond e-mail: what a provider knows of a message, what it reports, what people answer,
//! and by which channels they and the organization do not want messages.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    boolean, integer, json_null, string, string_null, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

use super::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            json_null("template"),
            string_null("provider_ref"),
            timestamp_with_time_zone_null("began_at"),
            string_null("delivery"),
            timestamp_with_time_zone_null("delivery_at"),
        ];
        // SQLite adds one column a statement.
        for column in columns {
            let statement = Table::alter().table("outbox_messages").add_column(column).to_owned();
            manager.alter_table(statement).await?;
        }
        index(manager, "outbox_messages", &["channel", "provider_ref"]).await?;
        events(manager).await?;
        inbound(manager).await?;
        refusals(manager).await
    }
}

async fn events(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("channel_events")
                .col(string("channel"))
                .col(string("event_id"))
                .col(text("report"))
                .col(timestamp_with_time_zone("received_at"))
                .col(timestamp_with_time_zone_null("processed_at"))
                .col(text_null("outcome"))
                .col(integer("tries"))
                .col(timestamp_with_time_zone_null("next_try_at"))
                .primary_key(Index::create().col("channel").col("event_id"))
                .to_owned(),
        )
        .await?;
    index(manager, "channel_events", &["processed_at", "received_at"]).await
}

async fn inbound(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("inbound_messages")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(string("channel"))
                .col(string("provider_ref"))
                .col(string("sender"))
                .col(string("sender_key"))
                .col(uuid_null("party_id"))
                .col(text("body"))
                .col(timestamp_with_time_zone("at"))
                .col(string("meaning"))
                .col(boolean("waits"))
                .col(string_null("handled_by"))
                .col(timestamp_with_time_zone_null("handled_at"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    unique(manager, "inbound_messages", &["organization_id", "channel", "provider_ref"]).await?;
    index(manager, "inbound_messages", &["organization_id", "channel", "sender_key", "at"]).await?;
    index(manager, "inbound_messages", &["organization_id", "party_id", "at"]).await?;
    index(manager, "inbound_messages", &["organization_id", "waits", "at"]).await
}

async fn refusals(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("channel_refusals")
                .col(uuid("organization_id"))
                .col(string("channel"))
                .col(string("phone_key"))
                .col(string("cause"))
                .col(timestamp_with_time_zone("since"))
                .primary_key(Index::create().col("organization_id").col("channel").col("phone_key"))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("channels_off")
                .col(uuid("organization_id"))
                .col(string("channel"))
                .col(timestamp_with_time_zone("since"))
                .primary_key(Index::create().col("organization_id").col("channel"))
                .to_owned(),
        )
        .await
}
