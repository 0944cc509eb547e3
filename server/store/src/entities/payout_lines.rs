//! What is in payouts, as the gateway says it; each line once.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payout_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub gateway: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub payout_id: Uuid,
    pub kind: String,
    pub category: String,
    /// The source of the journal's entry that it should be.
    pub movement: Option<String>,
    pub payment_ref: Option<String>,
    pub gross_minor: i64,
    pub fee_minor: i64,
    pub net_minor: i64,
    pub currency: String,
    pub at: DateTimeUtc,
    pub entry_id: Option<Uuid>,
    pub account_id: Option<Uuid>,
    /// What our books have, where that differs.
    pub expected_minor: Option<i64>,
    pub difference: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
