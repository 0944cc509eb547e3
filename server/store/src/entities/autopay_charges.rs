//! Payment attempts that automatic payment made, by instalment.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "autopay_charges")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub attempt_id: Uuid,
    pub autopay_id: Uuid,
    pub arrangement_id: Uuid,
    pub due_on: Date,
    pub number: i32,
    pub made_on: Date,
    pub made_at: DateTimeUtc,
    pub outcome: Option<String>,
    pub failure: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
