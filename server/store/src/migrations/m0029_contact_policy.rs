//! Contact rules of an operator that allow more wait for somebody else.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string_null, timestamp_with_time_zone_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = "contact_policies";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column a statement.
        for column in [timestamp_with_time_zone_null("approved_at"), string_null("approved_by")] {
            manager.alter_table(Table::alter().table(TABLE).add_column(column).to_owned()).await?;
        }
        // What was saved before was in force at once.
        let in_force = "UPDATE contact_policies SET approved_at = created_at, approved_by = created_by";
        manager.get_connection().execute_unprepared(in_force).await?;
        Ok(())
    }
}
