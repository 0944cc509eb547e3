//! The manifest of each import: proof of what a file held and what became of it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "imports")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub creditor_id: Uuid,
    pub file_name: String,
    pub sha256: String,
    pub mapping_sha256: String,
    pub actor: String,
    pub at: DateTimeUtc,
    pub rows: i32,
    pub accepted: i32,
    pub unchanged: i32,
    #[sea_orm(column_type = "Text")]
    pub totals: String,
    pub rejected: i32,
    pub status: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub manifest: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
