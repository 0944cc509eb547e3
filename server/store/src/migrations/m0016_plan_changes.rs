//! Changes of plans by their debtors, and people's answers to proposals.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    date, integer, string, string_null, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};

use super::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("plan_changes")
                    .col(uuid("organization_id"))
                    .col(uuid("id"))
                    .col(uuid("arrangement_id"))
                    .col(string("kind"))
                    .col(string("made_by"))
                    .col(timestamp_with_time_zone("made_at"))
                    .col(date("on_date"))
                    .col(integer("policy_version"))
                    .col(string("rule"))
                    .col(integer("revision"))
                    .col(text("change"))
                    .col(text("before"))
                    .col(text("after"))
                    .col(text("evidence"))
                    .primary_key(Index::create().col("organization_id").col("id"))
                    .to_owned(),
            )
            .await?;
        index(manager, "plan_changes", &["organization_id", "arrangement_id", "made_at"]).await?;
        let at = timestamp_with_time_zone_null("answered_at");
        manager.alter_table(Table::alter().table("negotiations").add_column(at).to_owned()).await?;
        let by = string_null("answered_by");
        manager.alter_table(Table::alter().table("negotiations").add_column(by).to_owned()).await?;
        let answer = text_null("answer");
        manager.alter_table(Table::alter().table("negotiations").add_column(answer).to_owned()).await?;
        index(manager, "negotiations", &["organization_id", "account_id", "on_date"]).await
    }
}
