//! Experiments: what is compared over a segment, who fell into which arm, and the debts that count.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, date, date_null, integer, integer_null, string, timestamp_with_time_zone, uuid, uuid_null,
};

use super::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        experiments(manager).await?;
        arms(manager).await?;
        people(manager).await?;
        accounts(manager).await
    }
}

async fn experiments(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("experiments")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(string("kind"))
                .col(string("name"))
                .col(uuid_null("segment_id"))
                .col(integer_null("segment_version"))
                .col(string("seed"))
                .col(integer("window_days"))
                .col(string("status"))
                .col(date_null("started_on"))
                .col(date_null("ended_on"))
                .col(timestamp_with_time_zone("created_at"))
                .col(string("created_by"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "experiments", &["organization_id", "status"]).await
}

async fn arms(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("experiment_arms")
                .col(uuid("organization_id"))
                .col(uuid("experiment_id"))
                .col(integer("arm"))
                .col(uuid_null("journey_id"))
                .col(integer("share_pct"))
                .primary_key(Index::create().col("organization_id").col("experiment_id").col("arm"))
                .to_owned(),
        )
        .await?;
    index(manager, "experiment_arms", &["organization_id", "journey_id"]).await
}

async fn people(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("experiment_people")
                .col(uuid("organization_id"))
                .col(uuid("experiment_id"))
                .col(uuid("party_id"))
                .col(integer("arm"))
                .col(integer("point"))
                .col(date("assigned_on"))
                .col(timestamp_with_time_zone("assigned_at"))
                .primary_key(Index::create().col("organization_id").col("experiment_id").col("party_id"))
                .to_owned(),
        )
        .await
}

async fn accounts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("experiment_accounts")
                .col(uuid("organization_id"))
                .col(uuid("experiment_id"))
                .col(uuid("account_id"))
                .col(uuid("party_id"))
                .col(integer("arm"))
                .col(date("entered_on"))
                .col(date("until_on"))
                .col(string("currency"))
                .col(big_integer("owed_minor"))
                .primary_key(Index::create().col("organization_id").col("experiment_id").col("account_id"))
                .to_owned(),
        )
        .await
}
