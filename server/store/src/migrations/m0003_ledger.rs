//! The journal, payments and the gateways behind them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, date, integer, string, string_null, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

use super::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        entries(manager).await?;
        postings(manager).await?;
        payments(manager).await?;
        receipt_series(manager).await?;
        payment_attempts(manager).await?;
        gateway_events(manager).await?;
        sandbox_payments(manager).await?;
        Ok(())
    }
}

async fn entries(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("entries")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("account_id"))
                .col(string("kind"))
                .col(string("source"))
                .col(date("effective_on"))
                .col(timestamp_with_time_zone("recorded_at"))
                .col(uuid_null("reverses"))
                .col(boolean("livemode"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    unique(manager, "entries", &["organization_id", "source"]).await?;
    index(manager, "entries", &["organization_id", "account_id", "effective_on"]).await?;
    Ok(())
}

async fn postings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("postings")
                .col(uuid("organization_id"))
                .col(uuid("entry_id"))
                .col(integer("line"))
                .col(uuid("account_id"))
                .col(string("book"))
                .col(big_integer("amount_minor"))
                .col(string("currency"))
                .primary_key(Index::create().col("organization_id").col("entry_id").col("line"))
                .to_owned(),
        )
        .await?;
    index(manager, "postings", &["organization_id", "account_id"]).await?;
    Ok(())
}

async fn payments(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("payments")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("account_id"))
                .col(uuid("debtor_id"))
                .col(string("method"))
                .col(big_integer("amount_minor"))
                .col(string("currency"))
                .col(date("received_on"))
                .col(timestamp_with_time_zone("recorded_at"))
                .col(string("recorded_by"))
                .col(string("status"))
                .col(uuid("entry_id"))
                .col(uuid_null("reversal_entry_id"))
                .col(text_null("reversal_reason"))
                .col(string_null("reference"))
                .col(string("receipt_no"))
                .col(string("check_code"))
                .col(boolean("livemode"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    unique(manager, "payments", &["check_code"]).await?;
    unique(manager, "payments", &["organization_id", "receipt_no"]).await?;
    index(manager, "payments", &["organization_id", "account_id"]).await?;
    Ok(())
}

async fn receipt_series(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("receipt_series")
                .col(uuid("organization_id"))
                .col(string("series"))
                .col(big_integer("next"))
                .primary_key(Index::create().col("organization_id").col("series"))
                .to_owned(),
        )
        .await?;
    Ok(())
}

async fn payment_attempts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("payment_attempts")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("account_id"))
                .col(uuid("debtor_id"))
                .col(string("gateway"))
                .col(big_integer("amount_minor"))
                .col(string("currency"))
                .col(string("status"))
                .col(string_null("gateway_ref"))
                .col(string_null("failure"))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone("updated_at"))
                .col(uuid_null("payment_id"))
                .col(boolean("livemode"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "payment_attempts", &["organization_id", "account_id"]).await?;
    index(manager, "payment_attempts", &["gateway", "gateway_ref"]).await?;
    Ok(())
}

async fn gateway_events(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("gateway_events")
                .col(string("gateway"))
                .col(string("event_id"))
                .col(text("raw"))
                .col(timestamp_with_time_zone("received_at"))
                .col(timestamp_with_time_zone_null("processed_at"))
                .col(text_null("outcome"))
                .col(integer("tries"))
                .primary_key(Index::create().col("gateway").col("event_id"))
                .to_owned(),
        )
        .await?;
    index(manager, "gateway_events", &["processed_at"]).await?;
    Ok(())
}

async fn sandbox_payments(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("sandbox_payments")
                .col(string("reference"))
                .col(uuid("organization_id"))
                .col(uuid("attempt_id"))
                .col(big_integer("amount_minor"))
                .col(string("currency"))
                .col(string("description"))
                .col(string("return_url"))
                .col(string("status"))
                .col(string_null("reason"))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone_null("deliver_at"))
                .col(timestamp_with_time_zone_null("delivered_at"))
                .col(integer("tries"))
                .primary_key(Index::create().col("reference"))
                .to_owned(),
        )
        .await?;
    index(manager, "sandbox_payments", &["deliver_at"]).await?;
    Ok(())
}
