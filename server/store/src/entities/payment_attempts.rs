//! Tries to pay through a gateway; written before the gateway is called.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payment_attempts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub debtor_id: Uuid,
    pub gateway: String,
    pub amount_minor: i64,
    pub currency: String,
    pub status: String,
    pub gateway_ref: Option<String>,
    pub failure: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub payment_id: Option<Uuid>,
    pub livemode: bool,
    /// Components that the debtor wants paid first, with a comma between.
    pub designated: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
