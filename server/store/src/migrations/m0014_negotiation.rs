//! Versions of the offer policy, and what debtors were answered under each.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{date, integer, string, text, timestamp_with_time_zone, uuid, uuid_null};

use super::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("offer_policy_versions")
                    .col(uuid("organization_id"))
                    .col(integer("version"))
                    .col(text("policy"))
                    .col(string("note"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(string("created_by"))
                    .primary_key(Index::create().col("organization_id").col("version"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("negotiations")
                    .col(uuid("organization_id"))
                    .col(uuid("id"))
                    .col(uuid("debtor_id"))
                    .col(uuid("account_id"))
                    .col(string("surface"))
                    .col(string("asked_by"))
                    .col(timestamp_with_time_zone("asked_at"))
                    .col(date("on_date"))
                    .col(integer("policy_version"))
                    .col(string("rule"))
                    .col(text("debt"))
                    .col(text("ask"))
                    .col(string("outcome"))
                    .col(text("decision"))
                    .col(uuid_null("arrangement_id"))
                    .primary_key(Index::create().col("organization_id").col("id"))
                    .to_owned(),
            )
            .await?;
        index(manager, "negotiations", &["organization_id", "outcome", "asked_at"]).await?;
        index(manager, "negotiations", &["organization_id", "account_id"]).await
    }
}
