//! Phones at which one channel is not wanted.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "channel_refusals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel: String,
    /// See `domain::text::phone_key`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub phone_key: String,
    /// `stop`: the person said so; `unclear`: they may have; `provider`: the provider says so.
    pub cause: String,
    pub since: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
