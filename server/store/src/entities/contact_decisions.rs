//! Whether a contact was allowed, by which rule, and when instead: append-only.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_decisions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub decided_at: DateTimeUtc,
    pub asked_for: DateTimeUtc,
    pub act: String,
    pub channel: String,
    pub input_digest: String,
    pub country: String,
    pub pack_version: String,
    pub answer: String,
    pub reason: Option<String>,
    pub law: Option<String>,
    pub article: Option<String>,
    pub is_policy: bool,
    #[sea_orm(column_type = "Text")]
    pub evidence: String,
    pub next_kind: Option<String>,
    pub next_at: Option<DateTimeUtc>,
    pub valid_until: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
