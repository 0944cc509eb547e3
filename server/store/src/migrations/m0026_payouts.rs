//! Payouts of gateways with their lines, how far gateways' lists of events were read, and what a
//! payment exception is about when it is a difference with a payout.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, date, integer, string, string_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

use super::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        payouts(manager).await?;
        payout_lines(manager).await?;
        gateway_polls(manager).await?;
        for column in [uuid_null("payout_id"), string_null("cause")] {
            let alter = Table::alter().table("payment_exceptions").add_column(column).to_owned();
            manager.alter_table(alter).await?;
        }
        Ok(())
    }
}

async fn payouts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("payouts")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(string("gateway"))
                .col(string("reference"))
                .col(big_integer("amount_minor"))
                .col(string("currency"))
                .col(string("status"))
                .col(boolean("automatic"))
                .col(boolean("complete"))
                .col(timestamp_with_time_zone("created_at"))
                .col(date("arrives_on"))
                .col(string_null("bank_reference"))
                .col(integer("lines"))
                .col(string("state"))
                .col(uuid_null("entry_id"))
                .col(uuid_null("back_entry_id"))
                .col(uuid_null("bank_line_id"))
                .col(timestamp_with_time_zone("checked_at"))
                .col(boolean("livemode"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    unique(manager, "payouts", &["organization_id", "gateway", "reference"]).await?;
    index(manager, "payouts", &["organization_id", "arrives_on"]).await
}

async fn payout_lines(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("payout_lines")
                .col(uuid("organization_id"))
                .col(string("gateway"))
                .col(string("id"))
                .col(uuid("payout_id"))
                .col(string("kind"))
                .col(string("category"))
                .col(string_null("movement"))
                .col(string_null("payment_ref"))
                .col(big_integer("gross_minor"))
                .col(big_integer("fee_minor"))
                .col(big_integer("net_minor"))
                .col(string("currency"))
                .col(timestamp_with_time_zone("at"))
                .col(uuid_null("entry_id"))
                .col(uuid_null("account_id"))
                .col(big_integer_null("expected_minor"))
                .col(string_null("difference"))
                .primary_key(Index::create().col("organization_id").col("gateway").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "payout_lines", &["organization_id", "payout_id"]).await?;
    index(manager, "payout_lines", &["organization_id", "movement"]).await
}

async fn gateway_polls(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("gateway_polls")
                .col(string("account").primary_key())
                .col(timestamp_with_time_zone("polled_until"))
                .col(timestamp_with_time_zone("next_at"))
                .col(timestamp_with_time_zone_null("leased_until"))
                .col(integer("found"))
                .col(string_null("failure"))
                .to_owned(),
        )
        .await
}
