//! Certificates that a debt is settled.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{boolean, date, string, timestamp_with_time_zone, uuid};

use super::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("certificates")
                    .col(uuid("organization_id"))
                    .col(uuid("id"))
                    .col(uuid("account_id"))
                    .col(string("check_code"))
                    .col(date("settled_on"))
                    .col(timestamp_with_time_zone("issued_at"))
                    .col(boolean("livemode"))
                    .primary_key(Index::create().col("organization_id").col("id"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "certificates", &["check_code"]).await?;
        index(manager, "certificates", &["organization_id", "account_id"]).await
    }
}
