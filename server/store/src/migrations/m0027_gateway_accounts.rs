//! Accounts at gateways that belong to one organization, with sealed keys and webhook secrets.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    boolean, string, text, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};

use super::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("gateway_accounts")
                    .col(uuid("organization_id"))
                    .col(uuid("id"))
                    .col(string("key"))
                    .col(string("gateway"))
                    .col(string("state"))
                    .col(text("sealed_key"))
                    .col(string("last4"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(string("created_by"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .col(boolean("livemode"))
                    .primary_key(Index::create().col("organization_id").col("id"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "gateway_accounts", &["key"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("gateway_secrets")
                    .col(uuid("organization_id"))
                    .col(uuid("id"))
                    .col(uuid("account_id"))
                    .col(text("sealed"))
                    .col(string("last4"))
                    .col(timestamp_with_time_zone("added_at"))
                    .col(timestamp_with_time_zone_null("ended_at"))
                    .primary_key(Index::create().col("organization_id").col("id"))
                    .to_owned(),
            )
            .await?;
        index(manager, "gateway_secrets", &["organization_id", "account_id"]).await?;
        manager
            .create_table(
                Table::create()
                    .table("gateway_old_secrets")
                    .col(string("account").primary_key())
                    .col(timestamp_with_time_zone("seen_at"))
                    .to_owned(),
            )
            .await
    }
}
