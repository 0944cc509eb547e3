//! Field devices, their tokens and what they sent.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, string, string_null, text, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

use super::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        field_devices(manager).await?;
        field_enrolments(manager).await?;
        field_tokens(manager).await?;
        field_events(manager).await?;
        field_quarantine(manager).await?;
        Ok(())
    }
}

async fn field_devices(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("field_devices")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("user_id"))
                .col(string("code"))
                .col(string("label"))
                .col(string("status"))
                .col(uuid_null("token_family"))
                .col(big_integer("head_seq"))
                .col(string("head_hash"))
                .col(big_integer("last_receipt"))
                .col(timestamp_with_time_zone("enrolled_at"))
                .col(timestamp_with_time_zone_null("last_seen_at"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    unique(manager, "field_devices", &["id"]).await?;
    unique(manager, "field_devices", &["organization_id", "code"]).await?;
    index(manager, "field_devices", &["organization_id", "user_id"]).await?;
    Ok(())
}

async fn field_enrolments(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("field_enrolments")
                .col(string("code_hash"))
                .col(uuid("organization_id"))
                .col(uuid("user_id"))
                .col(timestamp_with_time_zone("created_at"))
                .col(string("created_by"))
                .col(timestamp_with_time_zone("expires_at"))
                .col(timestamp_with_time_zone_null("used_at"))
                .col(uuid_null("device_id"))
                .primary_key(Index::create().col("code_hash"))
                .to_owned(),
        )
        .await
}

async fn field_tokens(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("field_tokens")
                .col(string("token_hash"))
                .col(uuid("organization_id"))
                .col(uuid("device_id"))
                .col(uuid("family"))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone("expires_at"))
                .col(timestamp_with_time_zone_null("used_at"))
                .col(string_null("successor_hash"))
                .primary_key(Index::create().col("token_hash"))
                .to_owned(),
        )
        .await?;
    index(manager, "field_tokens", &["organization_id", "device_id"]).await?;
    Ok(())
}

async fn field_events(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("field_events")
                .col(uuid("organization_id"))
                .col(uuid("device_id"))
                .col(big_integer("seq"))
                .col(uuid_null("event_id"))
                .col(uuid("user_id"))
                .col(string("hash"))
                .col(text("payload"))
                .col(string_null("kind"))
                .col(uuid_null("account_id"))
                .col(uuid_null("assignment_id"))
                .col(string_null("receipt_no"))
                .col(string_null("currency"))
                .col(big_integer_null("amount_minor"))
                .col(big_integer_null("wall_ms"))
                .col(text("outcome"))
                .col(uuid_null("payment_id"))
                .col(timestamp_with_time_zone("received_at"))
                .primary_key(Index::create().col("organization_id").col("device_id").col("seq"))
                .to_owned(),
        )
        .await?;
    // Each guards "exactly once" even where the code above it should fail.
    unique(manager, "field_events", &["organization_id", "event_id"]).await?;
    unique(manager, "field_events", &["organization_id", "device_id", "receipt_no"]).await?;
    index(manager, "field_events", &["organization_id", "user_id"]).await?;
    index(manager, "field_events", &["organization_id", "assignment_id"]).await?;
    Ok(())
}

async fn field_quarantine(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("field_quarantine")
                .col(uuid("organization_id"))
                .col(uuid("device_id"))
                .col(big_integer("seq"))
                .col(string("hash"))
                .col(text("payload"))
                .col(string("reason"))
                .col(timestamp_with_time_zone("received_at"))
                .primary_key(Index::create().col("organization_id").col("device_id").col("seq").col("hash"))
                .to_owned(),
        )
        .await
}
