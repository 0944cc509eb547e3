//! Money by rule: terms, nightly states, arrangements, remittances; what proves an import.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, date, date_null, integer, small_integer_null, string, string_null, text, text_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
};
use sea_orm_migration::sea_orm::DbBackend;

use super::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        account_states(manager).await?;
        account_events(manager).await?;
        batch_runs(manager).await?;
        batch_chunks(manager).await?;
        product_terms(manager).await?;
        series_values(manager).await?;
        arrangements(manager).await?;
        arrangement_debts(manager).await?;
        arrangement_installments(manager).await?;
        commission_terms(manager).await?;
        remittances(manager).await?;
        remittance_lines(manager).await?;
        columns(manager).await?;
        states_of_known_accounts(manager).await
    }
}

async fn account_states(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("account_states")
                .col(uuid("organization_id"))
                .col(uuid("account_id"))
                .col(small_integer_null("stage"))
                .col(small_integer_null("bucket"))
                .col(date_null("since_on"))
                .primary_key(Index::create().col("organization_id").col("account_id"))
                .to_owned(),
        )
        .await?;
    Ok(())
}

async fn account_events(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("account_events")
                .col(uuid("organization_id"))
                .col(uuid("account_id"))
                .col(date("on_date"))
                .col(string("kind"))
                .col(uuid("subject_id"))
                .col(string_null("from_value"))
                .col(string_null("to_value"))
                .col(text_null("details"))
                .col(timestamp_with_time_zone("recorded_at"))
                .primary_key(
                    Index::create()
                        .col("organization_id")
                        .col("account_id")
                        .col("on_date")
                        .col("kind")
                        .col("subject_id"),
                )
                .to_owned(),
        )
        .await?;
    Ok(())
}

async fn batch_runs(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("batch_runs")
                .col(uuid("organization_id"))
                .col(date("on_date"))
                .col(timestamp_with_time_zone("started_at"))
                .col(timestamp_with_time_zone_null("finished_at"))
                .col(text_null("summary"))
                .primary_key(Index::create().col("organization_id").col("on_date"))
                .to_owned(),
        )
        .await?;
    Ok(())
}

async fn batch_chunks(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("batch_chunks")
                .col(uuid("organization_id"))
                .col(date("on_date"))
                .col(integer("number"))
                .col(uuid_null("from_id"))
                .col(uuid_null("to_id"))
                .col(timestamp_with_time_zone_null("leased_until"))
                .col(timestamp_with_time_zone_null("done_at"))
                .col(text_null("summary"))
                .primary_key(Index::create().col("organization_id").col("on_date").col("number"))
                .to_owned(),
        )
        .await?;
    Ok(())
}

async fn product_terms(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("product_terms")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("creditor_id"))
                .col(string("product"))
                .col(integer("version"))
                .col(date("effective_from"))
                .col(text("terms"))
                .col(text_null("note"))
                .col(timestamp_with_time_zone("recorded_at"))
                .col(string("recorded_by"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    unique(manager, "product_terms", &["organization_id", "creditor_id", "product", "version"]).await?;
    Ok(())
}

async fn series_values(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("series_values")
                .col(uuid("organization_id"))
                .col(string("code"))
                .col(date("on_date"))
                .col(string("value"))
                .col(string_null("source"))
                .col(timestamp_with_time_zone("recorded_at"))
                .col(string("recorded_by"))
                .primary_key(Index::create().col("organization_id").col("code").col("on_date"))
                .to_owned(),
        )
        .await?;
    Ok(())
}

async fn arrangements(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("arrangements")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("debtor_id"))
                .col(string("kind"))
                .col(string("status"))
                .col(string("currency"))
                .col(integer("revision"))
                .col(text("terms"))
                .col(date("offered_on"))
                .col(string("offered_by"))
                .col(date_null("valid_until"))
                .col(timestamp_with_time_zone_null("accepted_at"))
                .col(string_null("accepted_by"))
                .col(text_null("evidence"))
                .col(date_null("starts_on"))
                .col(date_null("ended_on"))
                .col(text_null("ended_why"))
                .col(timestamp_with_time_zone("created_at"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    index(manager, "arrangements", &["organization_id", "debtor_id"]).await?;
    index(manager, "arrangements", &["organization_id", "status", "id"]).await?;
    Ok(())
}

async fn arrangement_debts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("arrangement_debts")
                .col(uuid("organization_id"))
                .col(uuid("arrangement_id"))
                .col(uuid("account_id"))
                .col(integer("position"))
                .col(big_integer("included_minor"))
                .col(text_null("forgiven"))
                .primary_key(Index::create().col("organization_id").col("arrangement_id").col("account_id"))
                .to_owned(),
        )
        .await?;
    index(manager, "arrangement_debts", &["organization_id", "account_id"]).await?;
    Ok(())
}

async fn arrangement_installments(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("arrangement_installments")
                .col(uuid("organization_id"))
                .col(uuid("arrangement_id"))
                .col(integer("revision"))
                .col(integer("number"))
                .col(date("due_on"))
                .col(big_integer("amount_minor"))
                .primary_key(
                    Index::create()
                        .col("organization_id")
                        .col("arrangement_id")
                        .col("revision")
                        .col("number"),
                )
                .to_owned(),
        )
        .await?;
    Ok(())
}

async fn commission_terms(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("commission_terms")
                .col(uuid("organization_id"))
                .col(uuid("creditor_id"))
                .col(integer("version"))
                .col(date("effective_from"))
                .col(text("terms"))
                .col(timestamp_with_time_zone("recorded_at"))
                .col(string("recorded_by"))
                .primary_key(Index::create().col("organization_id").col("creditor_id").col("version"))
                .to_owned(),
        )
        .await?;
    Ok(())
}

async fn remittances(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("remittances")
                .col(uuid("organization_id"))
                .col(uuid("id"))
                .col(uuid("creditor_id"))
                .col(integer("number"))
                .col(string("currency"))
                .col(date("period_from"))
                .col(date("period_to"))
                .col(string("status"))
                .col(big_integer("collected_minor"))
                .col(big_integer("commission_minor"))
                .col(big_integer("tax_minor"))
                .col(big_integer("fees_minor"))
                .col(big_integer("net_minor"))
                .col(uuid_null("entry_id"))
                .col(uuid_null("paid_entry_id"))
                .col(timestamp_with_time_zone("created_at"))
                .col(string("created_by"))
                .primary_key(Index::create().col("organization_id").col("id"))
                .to_owned(),
        )
        .await?;
    unique(manager, "remittances", &["organization_id", "creditor_id", "currency", "number"]).await?;
    Ok(())
}

async fn remittance_lines(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    manager
        .create_table(
            Table::create()
                .table("remittance_lines")
                .col(uuid("organization_id"))
                .col(uuid("remittance_id"))
                .col(integer("number"))
                .col(string("kind"))
                .col(uuid_null("account_id"))
                .col(uuid_null("entry_id"))
                .col(date("on_date"))
                .col(big_integer("base_minor"))
                .col(string_null("rate_pct"))
                .col(big_integer("amount_minor"))
                .primary_key(Index::create().col("organization_id").col("remittance_id").col("number"))
                .to_owned(),
        )
        .await?;
    index(manager, "remittance_lines", &["organization_id", "entry_id"]).await?;
    Ok(())
}

/// What entries and imports did not keep so far.
async fn columns(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let add = |table: &'static str, column: ColumnDef| {
        manager.alter_table(Table::alter().table(table).add_column(column).to_owned())
    };
    add("entries", text_null("details")).await?;
    add("imports", integer("rejected").default(0).to_owned()).await?;
    add("imports", string("status").default("imported").to_owned()).await?;
    add("imports", text_null("manifest")).await
}

/// Every account has its state row; the first nightly batch says what the state is. The rows are
/// rewritten in place, for which PostgreSQL needs room on the page.
async fn states_of_known_accounts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    if manager.get_database_backend() == DbBackend::Postgres {
        connection.execute_unprepared("ALTER TABLE account_states SET (fillfactor = 50)").await?;
    }
    let fill =
        "INSERT INTO account_states (organization_id, account_id) SELECT organization_id, id FROM accounts";
    connection.execute_unprepared(fill).await?;
    Ok(())
}
