//! What people write to us by a channel.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inbound_messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub channel: String,
    /// The provider's id.
    pub provider_ref: String,
    pub sender: String,
    /// See `domain::text::phone_key`.
    pub sender_key: String,
    /// Nobody whom we know, or several people who share the phone.
    pub party_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub at: DateTimeUtc,
    /// What was understood: `stop`, `unclear`, `start` or `words`.
    pub meaning: String,
    /// A person has to look at it.
    pub waits: bool,
    pub handled_by: Option<String>,
    pub handled_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
