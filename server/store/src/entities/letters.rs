//! Letters of a batch: what of a message of the outbox is on paper.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "letters")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: Uuid,
    pub batch_id: Uuid,
    /// From 1.
    pub place: i32,
    /// Name and address as they stand in the window, a line each.
    #[sea_orm(column_type = "Text")]
    pub address: String,
    /// `es`, `en` or `pt`.
    pub language: String,
    pub came_back_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
