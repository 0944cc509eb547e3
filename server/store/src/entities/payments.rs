//! Money received, each with its entry and receipt.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub debtor_id: Uuid,
    pub method: String,
    pub amount_minor: i64,
    pub currency: String,
    pub received_on: Date,
    pub recorded_at: DateTimeUtc,
    pub recorded_by: String,
    pub status: String,
    pub entry_id: Uuid,
    pub reversal_entry_id: Option<Uuid>,
    #[sea_orm(column_type = "Text", nullable)]
    pub reversal_reason: Option<String>,
    pub reference: Option<String>,
    pub receipt_no: String,
    pub check_code: String,
    pub livemode: bool,
    /// What went back to the payer since.
    pub returned_minor: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
