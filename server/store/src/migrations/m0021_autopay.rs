//! Automatic payment: consents with what may be kept of a card, and charges by instalment.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    boolean, date, date_null, integer, integer_null, string, string_null, text, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
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
