//! What debtors tell and wish: reported payments, transfers by reference, what is held about a
//! person and who looked at it, preferences.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, date, integer, integer_null, string, string_null, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

use super::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        reports(manager).await?;
        bank(manager).await?;
        statements(manager).await?;
        views(manager).await?;
        preferences(manager).await
    }
}

async fn reports(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("payment_reports")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("party_id"))
                .col(uuid("account_id"))
                .col(big_integer("amount_minor"))
                .col(string("currency"))
                .col(date("paid_on"))
                .col(string("way"))
                .col(string("place"))
                .col(string_null("reference"))
                .col(string("status"))
                .col(timestamp_with_time_zone("reported_at"))
                .col(string_null("taken_by"))
                .col(string_null("decided_by"))
                .col(timestamp_with_time_zone_null("decided_at"))
                .col(uuid_null("payment_id"))
                .col(text_null("reason"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "payment_reports", &["organization_id", "party_id", "reported_at"]).await?;
    index(manager, "payment_reports", &["organization_id", "account_id"]).await?;
    index(manager, "payment_reports", &["organization_id", "status", "reported_at"]).await?;
    manager
        .create_table(
            Table::create()
                .table("payment_report_files")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("report_id"))
                .col(string("name"))
                .col(string("media_type"))
                .col(big_integer("bytes"))
                .col(string("sha256"))
                .col(timestamp_with_time_zone("at"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "payment_report_files", &["organization_id", "report_id"]).await
}

async fn bank(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("bank_details")
                .col(uuid("organization_id"))
                .col(string("currency"))
                .col(string("bank"))
                .col(string("number_kind"))
                .col(string("number"))
                .col(string("holder"))
                .col(text_null("note"))
                .col(timestamp_with_time_zone("updated_at"))
                .col(string("updated_by"))
                .primary_key(Index::create().col("organization_id").col("currency"))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("transfer_references")
                .col(uuid("organization_id"))
                .col(string("reference"))
                .col(uuid("account_id"))
                .col(timestamp_with_time_zone("created_at"))
                .primary_key(Index::create().col("organization_id").col("reference"))
                .to_owned(),
        )
        .await?;
    unique(manager, "transfer_references", &["organization_id", "account_id"]).await
}

async fn statements(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("bank_statements")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(string("currency"))
                .col(timestamp_with_time_zone("uploaded_at"))
                .col(string("uploaded_by"))
                .col(integer("lines"))
                .col(integer("outgoing"))
                .col(integer("known"))
                .col(integer("posted"))
                .col(integer("waiting"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "bank_statements", &["organization_id", "uploaded_at"]).await?;
    manager
        .create_table(
            Table::create()
                .table("bank_lines")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(string("identity"))
                .col(uuid("statement_id"))
                .col(integer("line"))
                .col(date("booked_on"))
                .col(big_integer("amount_minor"))
                .col(string("currency"))
                .col(text("description"))
                .col(string("reference"))
                .col(string("status"))
                .col(uuid_null("account_id"))
                .col(uuid_null("payment_id"))
                .col(string_null("decided_by"))
                .col(timestamp_with_time_zone_null("decided_at"))
                .col(text_null("note"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    unique(manager, "bank_lines", &["organization_id", "identity"]).await?;
    index(manager, "bank_lines", &["organization_id", "status", "booked_on"]).await
}

/// Who opened a person's file, so that one look an hour is told once; and sessions that their owner
/// can tell apart and end.
async fn views(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("account_views")
                .col(uuid("organization_id"))
                .col(uuid("account_id"))
                .col(string("actor"))
                .col(timestamp_with_time_zone("hour"))
                .primary_key(
                    Index::create().col("organization_id").col("account_id").col("actor").col("hour"),
                )
                .to_owned(),
        )
        .await?;
    // SQLite adds one column a statement.
    for column in [uuid_null("id"), string_null("device")] {
        let statement = Table::alter().table("portal_sessions").add_column(column).to_owned();
        manager.alter_table(statement).await?;
    }
    index(manager, "portal_sessions", &["organization_id", "party_id", "created_at"]).await?;
    index(manager, "outbox_messages", &["organization_id", "party_id", "created_at"]).await
}

async fn preferences(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("party_preferences")
                .col(uuid("organization_id"))
                .col(uuid("party_id"))
                .col(uuid_null("point_id"))
                .col(string_null("days"))
                .col(integer_null("from_minute"))
                .col(integer_null("to_minute"))
                .col(timestamp_with_time_zone("updated_at"))
                .primary_key(Index::create().col("organization_id").col("party_id"))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("contact_refusals")
                .col(uuid("organization_id"))
                .col(uuid("party_id"))
                .col(string("value_key"))
                .col(timestamp_with_time_zone("since"))
                .primary_key(Index::create().col("organization_id").col("party_id").col("value_key"))
                .to_owned(),
        )
        .await
}
