//! Machine keys of the REST API, and its requests that must not be done twice.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    string, text, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
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
                    .table("api_keys")
                    .col(uuid("organization_id"))
                    .col(uuid("id"))
                    .col(string("name"))
                    .col(string("role"))
                    .col(string("token_hash"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone_null("revoked_at"))
                    .primary_key(Index::create().col("organization_id").col("id"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "api_keys", &["token_hash"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("idempotent_requests")
                    .col(uuid("organization_id"))
                    .col(uuid("api_key_id"))
                    .col(string("key"))
                    .col(string("fingerprint"))
                    .col(text("answer"))
                    .col(timestamp_with_time_zone("at"))
                    .primary_key(Index::create().col("organization_id").col("api_key_id").col("key"))
                    .to_owned(),
            )
            .await
    }
}
