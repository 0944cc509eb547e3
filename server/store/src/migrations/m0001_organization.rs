//! Organizations, creditors, staff, audit.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, integer, string, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};

use super::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        settings(manager).await?;
        organizations(manager).await?;
        creditors(manager).await?;
        users(manager).await?;
        staff_sessions(manager).await?;
        throttles(manager).await?;
        audit_heads(manager).await?;
        audit_rows(manager).await?;
        Ok(())
    }
}

async fn settings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("settings")
                .col(string("key"))
                .col(text("value"))
                .primary_key(Index::create().col("key"))
                .to_owned(),
        )
        .await?;
    Ok(())
}

async fn organizations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("organizations")
                .col(uuid("id"))
                .col(string("code"))
                .col(string("name"))
                .col(string("country"))
                .col(string("time_zone"))
                .col(string("currency"))
                .col(string("language"))
                .col(timestamp_with_time_zone("created_at"))
                .primary_key(Index::create().col("id"))
                .to_owned(),
        )
        .await?;
    unique(manager, "organizations", &["code"]).await?;
    Ok(())
}

async fn creditors(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("creditors")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(string("code"))
                .col(string("name"))
                .col(string("country"))
                .col(text_null("contact"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    unique(manager, "creditors", &["organization_id", "code"]).await?;
    Ok(())
}

async fn users(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("users")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(string("login"))
                .col(string("name"))
                .col(string("role"))
                .col(string("password_hash"))
                .col(boolean("active"))
                .col(integer("failed_attempts"))
                .col(timestamp_with_time_zone_null("locked_until"))
                .col(timestamp_with_time_zone("created_at"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    unique(manager, "users", &["login"]).await?;
    Ok(())
}

async fn staff_sessions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("staff_sessions")
                .col(string("token_hash"))
                .col(uuid("organization_id"))
                .col(uuid("user_id"))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone("last_seen_at"))
                .col(timestamp_with_time_zone("expires_at"))
                .col(timestamp_with_time_zone_null("revoked_at"))
                .primary_key(Index::create().col("token_hash"))
                .to_owned(),
        )
        .await?;
    Ok(())
}

async fn throttles(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("throttles")
                .col(string("key"))
                .col(timestamp_with_time_zone("window_start"))
                .col(integer("count"))
                .primary_key(Index::create().col("key"))
                .to_owned(),
        )
        .await?;
    Ok(())
}

async fn audit_heads(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("audit_heads")
                .col(uuid("organization_id"))
                .col(big_integer("seq"))
                .col(string("hash"))
                .primary_key(Index::create().col("organization_id"))
                .to_owned(),
        )
        .await?;
    Ok(())
}

async fn audit_rows(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("audit_rows")
                .col(uuid("organization_id"))
                .col(big_integer("seq"))
                .col(timestamp_with_time_zone("at"))
                .col(string("actor"))
                .col(string("action"))
                .col(string("subject"))
                .col(text("details"))
                .col(string("prev_hash"))
                .col(string("hash"))
                .primary_key(Index::create().col("organization_id").col("seq"))
                .to_owned(),
        )
        .await?;
    index(manager, "audit_rows", &["organization_id", "subject"]).await?;
    Ok(())
}
