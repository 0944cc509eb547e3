//! Messages and the debtor's sign-in.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    integer, string, string_null, text, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
    uuid_null,
};

use super::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        outbox_messages(manager).await?;
        login_challenges(manager).await?;
        portal_sessions(manager).await?;
        Ok(())
    }
}

async fn outbox_messages(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("outbox_messages")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid_null("party_id"))
                .col(string("channel"))
                .col(string("recipient"))
                .col(string_null("subject"))
                .col(text("body"))
                .col(timestamp_with_time_zone("created_at"))
                .col(string("status"))
                .col(timestamp_with_time_zone_null("sent_at"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "outbox_messages", &["organization_id", "created_at"]).await?;
    index(manager, "outbox_messages", &["status", "created_at"]).await?;
    Ok(())
}

async fn login_challenges(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("login_challenges")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid_null("party_id"))
                .col(string("secret_hash"))
                .col(string("kind"))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone("expires_at"))
                .col(integer("attempts"))
                .col(timestamp_with_time_zone_null("used_at"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "login_challenges", &["secret_hash"]).await?;
    index(manager, "login_challenges", &["id"]).await?;
    Ok(())
}

async fn portal_sessions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("portal_sessions")
                .col(string("token_hash"))
                .col(uuid("organization_id"))
                .col(uuid("party_id"))
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
