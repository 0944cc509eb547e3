//! What the debtor wants paid first, until the payment is here.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_null;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = string_null("designated");
        manager.alter_table(Table::alter().table("payment_attempts").add_column(column).to_owned()).await
    }
}
