//! Providers of channels that have failed since they last took a message; a row goes when one does.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "provider_faults")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel: String,
    /// One after the other.
    pub failures: i32,
    /// The last one, as a stable code.
    pub failure: String,
    /// When the first of them was.
    pub since: DateTimeUtc,
    /// How often it was left alone, one time after the other.
    pub stops: i32,
    /// It is left alone until then; none while it is in use.
    pub retry_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
