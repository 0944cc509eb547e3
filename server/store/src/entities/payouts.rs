//! Money that gateways sent to the bank.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payouts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub gateway: String,
    pub reference: String,
    pub amount_minor: i64,
    pub currency: String,
    pub status: String,
    pub automatic: bool,
    pub complete: bool,
    pub created_at: DateTimeUtc,
    pub arrives_on: Date,
    pub bank_reference: Option<String>,
    pub lines: i32,
    pub state: String,
    /// The journal's entry of its arrival at the bank, and of its coming back.
    pub entry_id: Option<Uuid>,
    pub back_entry_id: Option<Uuid>,
    pub bank_line_id: Option<Uuid>,
    pub checked_at: DateTimeUtc,
    pub livemode: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
