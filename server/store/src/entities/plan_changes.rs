//! What debtors changed in their own plans, and by which limits.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plan_changes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub arrangement_id: Uuid,
    /// `move`, `skip`, `split`.
    pub kind: String,
    pub made_by: String,
    pub made_at: DateTimeUtc,
    /// Today, where the organization is.
    pub on_date: Date,
    pub policy_version: i32,
    pub rule: String,
    /// Of the arrangement, after the change.
    pub revision: i32,
    /// `domain::arrangement::PlanChange` as JSON.
    #[sea_orm(column_type = "Text")]
    pub change: String,
    /// The schedules as JSON.
    #[sea_orm(column_type = "Text")]
    pub before: String,
    #[sea_orm(column_type = "Text")]
    pub after: String,
    /// JSON: the sentence that was agreed to, and where it came from.
    #[sea_orm(column_type = "Text")]
    pub evidence: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
