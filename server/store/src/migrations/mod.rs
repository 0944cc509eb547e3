//! The schema, one step a file. A step that has landed is never edited.
//!
//! No cross-organization foreign keys, no triggers, no sequences, so that a distributed
//! PostgreSQL stays possible; keys begin with the organization. (SQLite has triggers against
//! pretend money in production: see `livemode`.)

mod m0001_organization;
mod m0002_accounts;
mod m0003_ledger;
mod m0004_work;
mod m0005_portal;
mod m0006_field;
mod m0007_money;
mod m0008_outbox;
mod m0009_restructure;
mod m0010_certificates;
mod m0011_wrong_person;
mod m0012_gateways;
mod m0013_api;
mod m0014_negotiation;
mod m0015_cases;
mod m0016_plan_changes;
mod m0017_debtor_data;
mod m0018_strategy;
mod m0019_channels;
mod m0020_experiments;
mod m0021_autopay;
mod m0022_templates;
mod m0023_jobs;
mod m0024_providers;
mod m0025_journey_controls;
mod m0026_payouts;
mod m0027_gateway_accounts;
mod m0028_search;
mod m0029_contact_policy;
mod m0030_letters;
mod m0031_calls;
mod m0032_designation;

use sea_orm_migration::prelude::*;

pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_organization::Migration),
            Box::new(m0002_accounts::Migration),
            Box::new(m0003_ledger::Migration),
            Box::new(m0004_work::Migration),
            Box::new(m0005_portal::Migration),
            Box::new(m0006_field::Migration),
            Box::new(m0007_money::Migration),
            Box::new(m0008_outbox::Migration),
            Box::new(m0009_restructure::Migration),
            Box::new(m0010_certificates::Migration),
            Box::new(m0011_wrong_person::Migration),
            Box::new(m0012_gateways::Migration),
            Box::new(m0013_api::Migration),
            Box::new(m0014_negotiation::Migration),
            Box::new(m0015_cases::Migration),
            Box::new(m0016_plan_changes::Migration),
            Box::new(m0017_debtor_data::Migration),
            Box::new(m0018_strategy::Migration),
            Box::new(m0019_channels::Migration),
            Box::new(m0020_experiments::Migration),
            Box::new(m0021_autopay::Migration),
            Box::new(m0022_templates::Migration),
            Box::new(m0023_jobs::Migration),
            Box::new(m0024_providers::Migration),
            Box::new(m0025_journey_controls::Migration),
            Box::new(m0026_payouts::Migration),
            Box::new(m0027_gateway_accounts::Migration),
            Box::new(m0028_search::Migration),
            Box::new(m0029_contact_policy::Migration),
            Box::new(m0030_letters::Migration),
            Box::new(m0031_calls::Migration),
            Box::new(m0032_designation::Migration),
        ]
    }
}

async fn index(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    manager.create_index(named(table, columns)).await
}

async fn unique(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    manager.create_index(named(table, columns).unique().to_owned()).await
}

fn named(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut statement =
        Index::create().name(format!("{table}__{}", columns.join("__"))).table(table).to_owned();
    for column in columns {
        statement.col(*column);
    }
    statement
}
