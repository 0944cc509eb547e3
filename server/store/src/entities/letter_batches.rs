//! Letters that are printed and posted together.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "letter_batches")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Counts from 1 in each organization; stands on each letter.
    pub number: i32,
    pub creditor_id: Uuid,
    /// Name and address of the sender when it was made, a line each.
    #[sea_orm(column_type = "Text")]
    pub sender: String,
    pub made_at: DateTimeUtc,
    pub made_by: String,
    /// The file that was printed; none until it was asked for.
    pub sha256: Option<String>,
    pub posted_on: Option<Date>,
    pub posted_by: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
