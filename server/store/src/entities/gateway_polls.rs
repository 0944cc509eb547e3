//! How far the lists of events of gateways were read.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "gateway_polls")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account: String,
    pub polled_until: DateTimeUtc,
    pub next_at: DateTimeUtc,
    pub leased_until: Option<DateTimeUtc>,
    /// Events of the last look that no webhook had brought.
    pub found: i32,
    pub failure: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
