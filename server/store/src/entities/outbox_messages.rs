//! Messages to send; written in the transaction of the fact that causes them.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox_messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub party_id: Option<Uuid>,
    pub channel: String,
    pub recipient: String,
    pub subject: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub created_at: DateTimeUtc,
    pub status: String,
    pub sent_at: Option<DateTimeUtc>,
    pub tries: i32,
    pub next_try_at: Option<DateTimeUtc>,
    /// Until then one worker has it.
    pub leased_until: Option<DateTimeUtc>,
    /// Later it is of no use, as a code that no longer opens anything.
    pub expires_at: Option<DateTimeUtc>,
    /// Why it did not go out, as a stable code without personal data.
    pub failure: Option<String>,
    /// What the debtor asked for or must be told; none for what pursues a debt.
    pub service: Option<String>,
    /// The debt that it pursues.
    pub account_id: Option<Uuid>,
    /// The stored decision that allowed it, if it pursues a debt.
    pub decision_id: Option<Uuid>,
    /// The provider's own template and what fills it, where free text is not allowed: see
    /// `services::outbox::ProviderTemplate`.
    pub template: Option<Json>,
    /// The id under which the provider knows it.
    pub provider_ref: Option<String>,
    /// When it was decided for the last time that it goes out.
    pub began_at: Option<DateTimeUtc>,
    /// How far it came, as the provider reports: `accepted`, `sent`, `undelivered`, `delivered` or `read`.
    pub delivery: Option<String>,
    /// When the provider said so.
    pub delivery_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
