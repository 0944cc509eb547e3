//! Automatic payment: the debtor of a running agreement has its instalments charged to a saved card,
//! each on its day, until they say stop or the agreement ends. When a card is tried, and how often, is
//! `domain::arrangement::autopay`'s to say.
//!
//! Locks are taken in one order: the balances of the debts, the arrangement, the charge, the autopay,
//! then the audit trail.

mod charge;
mod consent;
mod outcome;
mod tell;
mod view;

use domain::ids::{AutopayId, OrganizationId};
use domain::party::UnknownText;
use sea_orm::{EntityTrait, QuerySelect};
use store::entities::autopays;
use store::{StoreError, Tx};

pub use consent::NewAutopay;
pub use view::{AutopayCard, AutopayCharge, AutopayPage, AutopayView};

use crate::payments::SavedCard;
use crate::{ServiceError, ServiceResult};

/// The code of a charge that its card's holder has to confirm. It is no decline.
pub const AUTHENTICATION: &str = "authentication_required";

/// How automatic payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutopayStatus {
    /// Agreed to; the card is not saved yet.
    Pending,
    Active,
    /// The card was declined too often. Another card goes on.
    Paused,
    Ended,
}

impl AutopayStatus {
    const ALL: [Self; 4] = [Self::Pending, Self::Active, Self::Paused, Self::Ended];
    /// It has not ended.
    pub(crate) const LIVE: [Self; 3] = [Self::Pending, Self::Active, Self::Paused];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Ended => "ended",
        }
    }
}

impl std::str::FromStr for AutopayStatus {
    type Err = UnknownText;
    fn from_str(text: &str) -> Result<Self, UnknownText> {
        let found = Self::ALL.into_iter().find(|status| status.as_str() == text);
        found.ok_or_else(|| UnknownText { of: "AutopayStatus", text: text.to_owned() })
    }
}

fn status_of(row: &autopays::Model) -> ServiceResult<AutopayStatus> {
    Ok(row.status.parse().map_err(StoreError::bad_row("autopays", row.id))?)
}

/// The card, once it is saved.
fn card_of(row: &autopays::Model) -> Option<SavedCard> {
    Some(SavedCard {
        customer: row.customer_ref.clone()?,
        method: row.method_ref.clone()?,
        brand: row.brand.clone().unwrap_or_default(),
        last4: row.last4.clone().unwrap_or_default(),
        exp_month: row.exp_month.unwrap_or_default(),
        exp_year: row.exp_year.unwrap_or_default(),
    })
}

async fn locked(tx: &Tx, org: OrganizationId, id: AutopayId) -> ServiceResult<autopays::Model> {
    let row = autopays::Entity::find_by_id((org.0, id.0)).lock_exclusive().one(tx).await?;
    row.ok_or(ServiceError::NotFound)
}
