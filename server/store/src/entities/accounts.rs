//! Debts: the facts that do not change nightly.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub creditor_id: Uuid,
    pub debtor_id: Uuid,
    pub external_id: String,
    pub currency: String,
    pub product: Option<String>,
    pub credit_type: Option<String>,
    pub opened_on: Option<Date>,
    pub due_on: Date,
    pub charged_off_on: Option<Date>,
    pub installments_total: Option<i32>,
    pub installments_unpaid: Option<i32>,
    pub annual_rate_pct: Option<String>,
    pub default_rate_pct: Option<String>,
    pub day_count: Option<String>,
    pub preferred_channel: Option<String>,
    pub consent_channels: Option<String>,
    pub import_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
