//! The pretend bank behind the sandbox gateway (demo mode only).

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sandbox_payments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub reference: String,
    pub organization_id: Uuid,
    pub attempt_id: Uuid,
    pub amount_minor: i64,
    pub currency: String,
    pub description: String,
    pub return_url: String,
    pub status: String,
    pub reason: Option<String>,
    pub created_at: DateTimeUtc,
    pub deliver_at: Option<DateTimeUtc>,
    pub delivered_at: Option<DateTimeUtc>,
    pub tries: i32,
    /// What moved after the payment was made, as JSON.
    #[sea_orm(column_type = "Text")]
    pub later: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
