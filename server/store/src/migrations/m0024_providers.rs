//! Providers that fail, and addresses at which nothing arrives.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    integer, string, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("provider_faults")
                    .col(string("channel").primary_key())
                    .col(integer("failures"))
                    .col(string("failure"))
                    .col(timestamp_with_time_zone("since"))
                    .col(integer("stops"))
                    .col(timestamp_with_time_zone_null("retry_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("undeliverable_points")
                    .col(uuid("organization_id"))
                    .col(uuid("party_id"))
                    .col(string("value_key"))
                    .col(string("cause"))
                    .col(timestamp_with_time_zone("since"))
                    .primary_key(Index::create().col("organization_id").col("party_id").col("value_key"))
                    .to_owned(),
            )
            .await
    }
}
