//! Activities, promises, plans, documents, assignments.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, date, integer, string, text_null, timestamp_with_time_zone, uuid, uuid_null,
};

use super::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        activities(manager).await?;
        promises(manager).await?;
        plans(manager).await?;
        plan_installments(manager).await?;
        documents(manager).await?;
        assignments(manager).await?;
        Ok(())
    }
}

async fn activities(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("activities")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("account_id"))
                .col(timestamp_with_time_zone("at"))
                .col(string("actor"))
                .col(string("channel"))
                .col(string("disposition"))
                .col(text_null("note"))
                .col(string("source"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    unique(manager, "activities", &["organization_id", "source"]).await?;
    index(manager, "activities", &["organization_id", "account_id", "at"]).await?;
    Ok(())
}

async fn promises(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("promises")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("account_id"))
                .col(big_integer("amount_minor"))
                .col(string("currency"))
                .col(date("due_on"))
                .col(string("status"))
                .col(timestamp_with_time_zone("taken_at"))
                .col(string("taken_by"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "promises", &["organization_id", "account_id"]).await?;
    index(manager, "promises", &["organization_id", "status", "due_on"]).await?;
    Ok(())
}

async fn plans(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("plans")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("account_id"))
                .col(string("status"))
                .col(timestamp_with_time_zone("created_at"))
                .col(string("created_by"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "plans", &["organization_id", "account_id"]).await?;
    Ok(())
}

async fn plan_installments(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("plan_installments")
                .col(uuid("organization_id"))
                .col(uuid("plan_id"))
                .col(integer("number"))
                .col(date("due_on"))
                .col(big_integer("amount_minor"))
                .col(string("currency"))
                .col(string("status"))
                .primary_key(Index::create().col("organization_id").col("plan_id").col("number"))
                .to_owned(),
        )
        .await?;
    Ok(())
}

async fn documents(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("documents")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("account_id"))
                .col(string("kind"))
                .col(string("title"))
                .col(string("media_type"))
                .col(string("sha256"))
                .col(big_integer("size"))
                .col(timestamp_with_time_zone("created_at"))
                .col(string("created_by"))
                .col(uuid_null("payment_id"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "documents", &["organization_id", "account_id"]).await?;
    Ok(())
}

async fn assignments(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("assignments")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("user_id"))
                .col(uuid("account_id"))
                .col(date("on_date"))
                .col(integer("position"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    unique(manager, "assignments", &["organization_id", "user_id", "on_date", "account_id"]).await?;
    index(manager, "assignments", &["organization_id", "account_id", "on_date"]).await?;
    Ok(())
}
