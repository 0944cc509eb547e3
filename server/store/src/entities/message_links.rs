//! Links to the portal in messages: each leads to its first page, whoever follows it.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message_links")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    pub organization_id: Uuid,
    pub message_id: Uuid,
    pub party_id: Uuid,
    pub made_at: DateTimeUtc,
    /// For the last time.
    pub followed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
