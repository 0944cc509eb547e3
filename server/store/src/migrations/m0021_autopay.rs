//! Automatic payment, and what gateways paid out held against the books.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, date, date_null, integer, integer_null, string, string_null, text, text_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
};

use super::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        autopays(manager).await?;
        charges(manager).await?;
        sandbox_cards(manager).await?;
        payouts(manager).await?;
        transactions(manager).await?;
        items(manager).await?;
        index(manager, "payment_attempts", &["organization_id", "account_id", "status"]).await
    }
}

async fn autopays(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("autopays")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("arrangement_id"))
                .col(uuid("party_id"))
                .col(string("gateway"))
                .col(string("status"))
                .col(text("evidence"))
                .col(timestamp_with_time_zone("consented_at"))
                .col(string_null("setup_ref"))
                .col(string_null("customer_ref"))
                .col(string_null("method_ref"))
                .col(string_null("brand"))
                .col(string_null("last4"))
                .col(integer_null("exp_month"))
                .col(integer_null("exp_year"))
                .col(timestamp_with_time_zone("look_at"))
                .col(date_null("announced_on"))
                .col(timestamp_with_time_zone_null("started_at"))
                .col(timestamp_with_time_zone_null("ended_at"))
                .col(string_null("end_reason"))
                .col(timestamp_with_time_zone_null("forgotten_at"))
                .col(timestamp_with_time_zone("updated_at"))
                .col(boolean("livemode"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "autopays", &["organization_id", "arrangement_id"]).await?;
    index(manager, "autopays", &["status", "look_at"]).await?;
    index(manager, "autopays", &["setup_ref"]).await
}

async fn charges(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("autopay_charges")
                .col(uuid("organization_id"))
                .col(uuid("attempt_id"))
                .col(uuid("autopay_id"))
                .col(uuid("arrangement_id"))
                .col(date("due_on"))
                .col(integer("number"))
                .col(date("made_on"))
                .col(timestamp_with_time_zone("made_at"))
                .col(string_null("outcome"))
                .col(string_null("failure"))
                .primary_key(Index::create().col("organization_id").col("attempt_id"))
                .to_owned(),
        )
        .await?;
    // Whoever makes the next charge of an instalment makes it alone.
    unique(manager, "autopay_charges", &["organization_id", "arrangement_id", "due_on", "number"]).await?;
    index(manager, "autopay_charges", &["outcome", "made_at"]).await
}

async fn sandbox_cards(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("sandbox_cards")
                .col(string("reference").primary_key())
                .col(uuid("organization_id"))
                .col(uuid("setup_id"))
                .col(string("return_url"))
                .col(string("status"))
                .col(timestamp_with_time_zone("created_at"))
                .to_owned(),
        )
        .await
}

async fn payouts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("gateway_payouts")
                .col(string("gateway"))
                .col(string("id"))
                .col(uuid("organization_id"))
                .col(big_integer("amount_minor"))
                .col(string("currency"))
                .col(date("arrives_on"))
                .col(big_integer("gross_minor"))
                .col(big_integer("fee_minor"))
                .col(integer("transactions"))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone("checked_at"))
                .primary_key(Index::create().col("gateway").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "gateway_payouts", &["organization_id", "created_at"]).await
}

async fn transactions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("gateway_transactions")
                .col(string("gateway"))
                .col(string("id"))
                .col(string("payout_id"))
                .col(string_null("ledger_source"))
                .col(big_integer("gross_minor"))
                .col(big_integer("fee_minor"))
                .col(big_integer("net_minor"))
                .col(string("currency"))
                .col(timestamp_with_time_zone("at"))
                .primary_key(Index::create().col("gateway").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "gateway_transactions", &["ledger_source"]).await?;
    index(manager, "gateway_transactions", &["gateway", "payout_id"]).await
}

async fn items(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("reconciliation_items")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(string("subject"))
                .col(string("kind"))
                .col(string("gateway"))
                .col(string_null("payout_id"))
                .col(uuid_null("account_id"))
                .col(big_integer("amount_minor"))
                .col(string("currency"))
                .col(big_integer("expected_minor").null())
                .col(timestamp_with_time_zone("opened_at"))
                .col(timestamp_with_time_zone_null("resolved_at"))
                .col(string_null("resolved_by"))
                .col(text_null("resolution"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    unique(manager, "reconciliation_items", &["organization_id", "kind", "subject"]).await?;
    index(manager, "reconciliation_items", &["organization_id", "resolved_at", "opened_at"]).await
}
