//! Gateways: money that goes back, refunds on their way, and what a person has to look at.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, integer, string, string_null, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

use super::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let returned = big_integer("returned_minor").default(0).to_owned();
        manager.alter_table(Table::alter().table("payments").add_column(returned).to_owned()).await?;
        let next = timestamp_with_time_zone_null("next_try_at");
        manager.alter_table(Table::alter().table("gateway_events").add_column(next).to_owned()).await?;
        let later = text("later").default("[]").to_owned();
        manager.alter_table(Table::alter().table("sandbox_payments").add_column(later).to_owned()).await?;
        index(manager, "payment_attempts", &["status", "updated_at"]).await?;
        refunds(manager).await?;
        payment_exceptions(manager).await
    }
}

async fn refunds(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("refunds")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("payment_id"))
                .col(uuid("account_id"))
                .col(big_integer("amount_minor"))
                .col(string("currency"))
                .col(text("reason"))
                .col(string("status"))
                .col(string_null("gateway_ref"))
                .col(string_null("failure"))
                .col(integer("tries"))
                .col(string("requested_by"))
                .col(timestamp_with_time_zone("requested_at"))
                .col(timestamp_with_time_zone("updated_at"))
                .col(boolean("livemode"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "refunds", &["organization_id", "payment_id"]).await?;
    index(manager, "refunds", &["status", "updated_at"]).await
}

async fn payment_exceptions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("payment_exceptions")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(string("source"))
                .col(string("kind"))
                .col(uuid_null("account_id"))
                .col(uuid_null("payment_id"))
                .col(big_integer("amount_minor"))
                .col(string("currency"))
                .col(timestamp_with_time_zone("opened_at"))
                .col(timestamp_with_time_zone_null("resolved_at"))
                .col(string_null("resolved_by"))
                .col(text_null("resolution"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    unique(manager, "payment_exceptions", &["organization_id", "source"]).await?;
    index(manager, "payment_exceptions", &["organization_id", "resolved_at", "opened_at"]).await
}
