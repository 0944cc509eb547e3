//! A statement to a creditor: what was collected, what is kept, what is paid out.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "remittances")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub creditor_id: Uuid,
    pub number: i32,
    pub currency: String,
    pub period_from: Date,
    pub period_to: Date,
    pub status: String,
    pub collected_minor: i64,
    pub commission_minor: i64,
    pub tax_minor: i64,
    pub fees_minor: i64,
    pub net_minor: i64,
    pub entry_id: Option<Uuid>,
    pub paid_entry_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub created_by: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
