//! What field devices recorded: the original text and what became of it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "field_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub device_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub event_id: Option<Uuid>,
    pub user_id: Uuid,
    pub hash: String,
    #[sea_orm(column_type = "Text")]
    pub payload: String,
    pub kind: Option<String>,
    pub account_id: Option<Uuid>,
    pub assignment_id: Option<Uuid>,
    pub receipt_no: Option<String>,
    pub currency: Option<String>,
    pub amount_minor: Option<i64>,
    pub wall_ms: Option<i64>,
    #[sea_orm(column_type = "Text")]
    pub outcome: String,
    pub payment_id: Option<Uuid>,
    pub received_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
