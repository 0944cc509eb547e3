//! Contact needs leave: stored decisions, what messages go out for, and an operator's own rules;
//! segments and journeys, what they did, and the calls that they ask for.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    boolean, date, date_null, integer, string, string_null, text, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

use super::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        leave(manager).await?;
        decisions(manager).await?;
        policies(manager).await?;
        segments(manager).await?;
        attributes(manager).await?;
        journeys(manager).await?;
        steps(manager).await?;
        tasks(manager).await
    }
}

/// What a message goes out for and what a visit was planned under.
async fn leave(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // SQLite adds one column a statement.
    for (table, column) in [
        ("outbox_messages", string_null("service")),
        ("outbox_messages", uuid_null("account_id")),
        ("outbox_messages", uuid_null("decision_id")),
        ("assignments", uuid_null("decision_id")),
    ] {
        manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
    }
    index(manager, "outbox_messages", &["organization_id", "party_id"]).await
}

async fn decisions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("contact_decisions")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("account_id"))
                .col(timestamp_with_time_zone("decided_at"))
                .col(timestamp_with_time_zone("asked_for"))
                .col(string("act"))
                .col(string("channel"))
                .col(string("input_digest"))
                .col(string("country"))
                .col(string("pack_version"))
                .col(string("answer"))
                .col(string_null("reason"))
                .col(string_null("law"))
                .col(string_null("article"))
                .col(boolean("is_policy"))
                .col(text("evidence"))
                .col(string_null("next_kind"))
                .col(timestamp_with_time_zone_null("next_at"))
                .col(timestamp_with_time_zone_null("valid_until"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "contact_decisions", &["organization_id", "account_id", "decided_at"]).await
}

async fn policies(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("contact_policies")
                .col(uuid("organization_id"))
                .col(integer("version"))
                .col(text("policy"))
                .col(string("note"))
                .col(timestamp_with_time_zone("created_at"))
                .col(string("created_by"))
                .primary_key(Index::create().col("organization_id").col("version"))
                .to_owned(),
        )
        .await
}

async fn segments(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("segments")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(integer("version"))
                .col(string("name"))
                .col(text("rule"))
                .col(timestamp_with_time_zone("created_at"))
                .col(string("created_by"))
                .primary_key(Index::create().col("organization_id").col("id").col("version"))
                .to_owned(),
        )
        .await
}

/// What creditors tell of an account beyond the usual: texts by name.
async fn attributes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("account_attributes")
                .col(uuid("organization_id"))
                .col(uuid("account_id"))
                .col(string("name"))
                .col(string("value"))
                .primary_key(Index::create().col("organization_id").col("account_id").col("name"))
                .to_owned(),
        )
        .await
}

async fn journeys(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("journeys")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(integer("version"))
                .col(string("name"))
                .col(uuid("segment_id"))
                .col(integer("segment_version"))
                .col(text("steps"))
                .col(boolean("running"))
                .col(timestamp_with_time_zone("created_at"))
                .col(string("created_by"))
                .primary_key(Index::create().col("organization_id").col("id").col("version"))
                .to_owned(),
        )
        .await?;
    manager
        .create_table(
            Table::create()
                .table("journey_entries")
                .col(uuid("organization_id"))
                .col(uuid("journey_id"))
                .col(integer("version"))
                .col(uuid("account_id"))
                .col(date("entered_on"))
                .primary_key(
                    Index::create().col("organization_id").col("journey_id").col("version").col("account_id"),
                )
                .to_owned(),
        )
        .await
}

async fn steps(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("journey_steps")
                .col(uuid("organization_id"))
                .col(uuid("journey_id"))
                .col(integer("version"))
                .col(uuid("account_id"))
                .col(integer("step"))
                .col(date("on_date"))
                .col(timestamp_with_time_zone("at"))
                .col(string("outcome"))
                .col(string_null("detail"))
                .col(uuid_null("decision_id"))
                .col(date_null("retry_on"))
                .primary_key(
                    Index::create()
                        .col("organization_id")
                        .col("journey_id")
                        .col("version")
                        .col("account_id")
                        .col("step"),
                )
                .to_owned(),
        )
        .await
}

async fn tasks(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("call_tasks")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("account_id"))
                .col(uuid("decision_id"))
                .col(timestamp_with_time_zone("not_before"))
                .col(timestamp_with_time_zone("not_after"))
                .col(string("source"))
                .col(string("status"))
                .col(timestamp_with_time_zone("created_at"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    unique(manager, "call_tasks", &["organization_id", "source"]).await?;
    index(manager, "call_tasks", &["organization_id", "status", "not_before"]).await
}
