//! Automatic payment of arrangements: the consent, and of the card what may be kept.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "autopays")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub arrangement_id: Uuid,
    pub party_id: Uuid,
    pub gateway: String,
    pub status: String,
    #[sea_orm(column_type = "Text")]
    pub evidence: String,
    pub consented_at: DateTimeUtc,
    pub setup_ref: Option<String>,
    pub customer_ref: Option<String>,
    pub method_ref: Option<String>,
    pub brand: Option<String>,
    pub last4: Option<String>,
    pub exp_month: Option<i32>,
    pub exp_year: Option<i32>,
    pub look_at: DateTimeUtc,
    pub announced_on: Option<Date>,
    pub started_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
    pub end_reason: Option<String>,
    pub forgotten_at: Option<DateTimeUtc>,
    pub updated_at: DateTimeUtc,
    pub livemode: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
