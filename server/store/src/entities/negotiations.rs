//! What was asked for a debt, what was answered, and under which version of the policy.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "negotiations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub debtor_id: Uuid,
    pub account_id: Uuid,
    /// `portal`, `console`, `field`.
    pub surface: String,
    pub asked_by: String,
    pub asked_at: DateTimeUtc,
    /// Today, where the organization is.
    pub on_date: Date,
    pub policy_version: i32,
    /// Name of the rule that held; empty when none did.
    pub rule: String,
    /// What was owed, by component, as JSON.
    #[sea_orm(column_type = "Text")]
    pub debt: String,
    #[sea_orm(column_type = "Text")]
    pub ask: String,
    /// `accepted`, `countered`, `referred`.
    pub outcome: String,
    #[sea_orm(column_type = "Text")]
    pub decision: String,
    /// The offer that was made of it.
    pub arrangement_id: Option<Uuid>,
    /// When a person answered one that was referred.
    pub answered_at: Option<DateTimeUtc>,
    pub answered_by: Option<String>,
    /// What the debtor is told when the answer is no.
    #[sea_orm(column_type = "Text", nullable)]
    pub answer: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
