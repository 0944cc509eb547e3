//! Parties, imports, accounts and their balances.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, date, date_null, double_null, integer, integer_null, string, string_null, text,
    timestamp_with_time_zone, uuid, uuid_null,
};

use super::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        parties(manager).await?;
        contact_points(manager).await?;
        search_terms(manager).await?;
        imports(manager).await?;
        accounts(manager).await?;
        account_parties(manager).await?;
        balances(manager).await?;
        collate_prefixes(manager).await?;
        Ok(())
    }
}

async fn parties(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("parties")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(string("kind"))
                .col(string("name"))
                .col(string_null("document_type"))
                .col(string_null("document"))
                .col(string_null("document_key"))
                .col(string("language"))
                .col(string("country"))
                .col(string_null("time_zone"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "parties", &["organization_id", "document_key"]).await?;
    Ok(())
}

async fn contact_points(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("contact_points")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("party_id"))
                .col(string("kind"))
                .col(string("value"))
                .col(string("value_key"))
                .col(string_null("city"))
                .col(string_null("region"))
                .col(string_null("postal_code"))
                .col(double_null("latitude"))
                .col(double_null("longitude"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "contact_points", &["organization_id", "party_id"]).await?;
    Ok(())
}

async fn search_terms(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("search_terms")
                .col(uuid("organization_id"))
                .col(string("term"))
                .col(uuid("party_id"))
                .primary_key(Index::create().col("organization_id").col("term").col("party_id"))
                .to_owned(),
        )
        .await?;
    index(manager, "search_terms", &["organization_id", "party_id"]).await?;
    Ok(())
}

async fn imports(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("imports")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("creditor_id"))
                .col(string("file_name"))
                .col(string("sha256"))
                .col(string("mapping_sha256"))
                .col(string("actor"))
                .col(timestamp_with_time_zone("at"))
                .col(integer("rows"))
                .col(integer("accepted"))
                .col(integer("unchanged"))
                .col(text("totals"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "imports", &["organization_id", "creditor_id", "sha256"]).await?;
    Ok(())
}

async fn accounts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("accounts")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("creditor_id"))
                .col(uuid("debtor_id"))
                .col(string("external_id"))
                .col(string("currency"))
                .col(string_null("product"))
                .col(string_null("credit_type"))
                .col(date_null("opened_on"))
                .col(date("due_on"))
                .col(date_null("charged_off_on"))
                .col(integer_null("installments_total"))
                .col(integer_null("installments_unpaid"))
                .col(string_null("annual_rate_pct"))
                .col(string_null("default_rate_pct"))
                .col(string_null("day_count"))
                .col(string_null("preferred_channel"))
                .col(string_null("consent_channels"))
                .col(uuid_null("import_id"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    unique(manager, "accounts", &["organization_id", "creditor_id", "external_id"]).await?;
    index(manager, "accounts", &["organization_id", "external_id"]).await?;
    index(manager, "accounts", &["organization_id", "debtor_id"]).await?;
    index(manager, "accounts", &["organization_id", "due_on", "id"]).await?;
    index(manager, "accounts", &["organization_id", "creditor_id", "due_on", "id"]).await?;
    Ok(())
}

async fn account_parties(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("account_parties")
                .col(uuid("organization_id"))
                .col(uuid("account_id"))
                .col(uuid("party_id"))
                .col(string("role"))
                .primary_key(Index::create().col("organization_id").col("account_id").col("party_id"))
                .to_owned(),
        )
        .await?;
    Ok(())
}

async fn balances(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("balances")
                .col(uuid("organization_id"))
                .col(uuid("account_id"))
                .col(string("currency"))
                .col(big_integer("principal"))
                .col(big_integer("interest"))
                .col(big_integer("default_interest"))
                .col(big_integer("late_charge"))
                .col(big_integer("collection_cost"))
                .col(big_integer("tax"))
                .col(big_integer("total"))
                .col(timestamp_with_time_zone("updated_at"))
                .primary_key(Index::create().col("organization_id").col("account_id"))
                .to_owned(),
        )
        .await?;
    index(manager, "balances", &["organization_id", "total", "account_id"]).await?;
    Ok(())
}

/// Prefix search compares bytes; PostgreSQL's default collation does not.
async fn collate_prefixes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() != sea_orm_migration::sea_orm::DbBackend::Postgres {
        return Ok(());
    }
    let statements = [
        r#"ALTER TABLE search_terms ALTER COLUMN term TYPE varchar COLLATE "C""#,
        r#"ALTER TABLE accounts ALTER COLUMN external_id TYPE varchar COLLATE "C""#,
    ];
    for statement in statements {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}
