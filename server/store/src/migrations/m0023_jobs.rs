//! Work that is done once a day for each organization.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    date, integer, string, string_null, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null,
    uuid,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("scheduled_jobs")
                    .col(uuid("organization_id"))
                    .col(string("job"))
                    .col(date("on_date"))
                    .col(string("status"))
                    .col(integer("tries"))
                    .col(timestamp_with_time_zone("started_at"))
                    .col(timestamp_with_time_zone_null("finished_at"))
                    .col(timestamp_with_time_zone_null("leased_until"))
                    .col(timestamp_with_time_zone_null("next_try_at"))
                    .col(text_null("report"))
                    .col(string_null("failure"))
                    .primary_key(Index::create().col("organization_id").col("job").col("on_date"))
                    .to_owned(),
            )
            .await
    }
}
