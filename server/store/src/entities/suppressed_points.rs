//! Phones and e-mails whose owner said that they are not the debtor: nobody is reached there.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "suppressed_points")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    /// The phone or e-mail reduced to letters and digits, so that it holds for every debt and for
    /// later imports.
    #[sea_orm(primary_key, auto_increment = false)]
    pub value_key: String,
    pub since: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
