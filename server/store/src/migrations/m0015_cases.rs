//! What debtors say: cases, their messages and evidence, and the holds that they place.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, date, string, string_null, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

use super::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        cases(manager).await?;
        messages(manager).await?;
        evidence(manager).await?;
        holds(manager).await
    }
}

async fn cases(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("cases")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("party_id"))
                .col(uuid_null("account_id"))
                .col(string("kind"))
                .col(string("status"))
                .col(string_null("outcome"))
                .col(text("says"))
                .col(string_null("call_hours"))
                .col(timestamp_with_time_zone("opened_at"))
                .col(date("due_on"))
                .col(string_null("taken_by"))
                .col(text_null("answer"))
                .col(string_null("answered_by"))
                .col(timestamp_with_time_zone_null("answered_at"))
                .col(timestamp_with_time_zone_null("closed_at"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "cases", &["organization_id", "party_id", "opened_at"]).await?;
    index(manager, "cases", &["organization_id", "account_id"]).await?;
    index(manager, "cases", &["organization_id", "due_on", "id"]).await
}

async fn messages(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("case_messages")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("case_id"))
                .col(string("author"))
                .col(boolean("from_person"))
                .col(text("body"))
                .col(timestamp_with_time_zone("at"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "case_messages", &["organization_id", "case_id", "at"]).await
}

async fn evidence(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("case_evidence")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("case_id"))
                .col(string("name"))
                .col(string("media_type"))
                .col(big_integer("bytes"))
                .col(string("sha256"))
                .col(timestamp_with_time_zone("at"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "case_evidence", &["organization_id", "case_id", "at"]).await
}

async fn holds(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("holds")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("case_id"))
                .col(uuid("party_id"))
                .col(uuid_null("account_id"))
                .col(string("stop"))
                .col(timestamp_with_time_zone("placed_at"))
                .col(timestamp_with_time_zone_null("lifted_at"))
                .col(string_null("lifted_by"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "holds", &["organization_id", "party_id", "lifted_at"]).await?;
    index(manager, "holds", &["organization_id", "case_id"]).await
}
