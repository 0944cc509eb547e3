//! Payment plans and settlements made in the product.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "arrangements")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub debtor_id: Uuid,
    pub kind: String,
    pub status: String,
    pub currency: String,
    pub revision: i32,
    #[sea_orm(column_type = "Text")]
    pub terms: String,
    pub offered_on: Date,
    pub offered_by: String,
    pub valid_until: Option<Date>,
    pub accepted_at: Option<DateTimeUtc>,
    pub accepted_by: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub evidence: Option<String>,
    pub starts_on: Option<Date>,
    pub ended_on: Option<Date>,
    #[sea_orm(column_type = "Text", nullable)]
    pub ended_why: Option<String>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
