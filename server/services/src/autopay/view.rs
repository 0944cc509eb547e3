//! Automatic payment as its debtor and staff see it.

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, ActorKind, Permission};
use domain::arrangement::{Arrangement, Due, InstallmentStatus, autopay};
use domain::cases::is_held;
use domain::ids::{AccountId, ArrangementId, AutopayId};
use domain::money::Money;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;
use store::cases::standing_holds;
use store::entities::{autopays, payment_attempts};
use store::{arrangements, parties};

use super::charge::charges_of;
use super::consent::live;
use super::{AutopayStatus, card_of, status_of};
use crate::payments::stored_money;
use crate::{ServiceError, ServiceResult, Services};

/// What may be shown of a saved card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutopayCard {
    pub brand: String,
    pub last4: String,
    pub exp_month: i32,
    pub exp_year: i32,
}

/// One consent, and what came of it.
#[derive(Clone, Debug)]
pub struct AutopayView {
    pub id: AutopayId,
    pub status: AutopayStatus,
    pub card: Option<AutopayCard>,
    pub consented_at: DateTime<Utc>,
    /// JSON with `words`, `origin`, `installments` and `proof`.
    pub evidence: Option<Value>,
    pub ended_at: Option<DateTime<Utc>>,
    pub end_reason: Option<String>,
}

/// One charge, made or tried.
#[derive(Clone, Debug)]
pub struct AutopayCharge {
    pub due_on: NaiveDate,
    pub made_on: NaiveDate,
    pub amount: Money,
    /// `paid`, `declined`, [`super::AUTHENTICATION`] or `withdrawn`; none while it is on its way.
    pub outcome: Option<String>,
    pub failure: Option<String>,
}

/// All of an agreement's automatic payment.
#[derive(Clone, Debug)]
pub struct AutopayPage {
    pub arrangement: Arrangement,
    pub debtor_name: String,
    /// The newest that is on or paused.
    pub current: Option<AutopayView>,
    /// One whose card is being saved.
    pub pending: Option<AutopayView>,
    /// Ended ones, the newest first.
    pub past: Vec<AutopayView>,
    /// What will be charged next, as things stand.
    pub next: Option<Due>,
    /// A case holds the debt: nothing is charged for now.
    pub is_held: bool,
    /// What is left of the schedule: what a consent covers.
    pub open: Vec<Due>,
    pub charges: Vec<AutopayCharge>,
    /// It can be switched on: the agreement runs, something is left, and a gateway is there.
    pub can_start: bool,
    pub today: NaiveDate,
}

impl Services {
    /// Automatic payment of an agreement, for its debtor and for staff. A card that the debtor has
    /// just saved is asked about first.
    ///
    /// # Errors
    /// `Denied`; `NotFound`, also for agreements of others.
    pub async fn autopay(&self, actor: &Actor, id: ArrangementId) -> ServiceResult<AutopayPage> {
        let (db, org) = (self.db.read(), actor.organization_id);
        let of = arrangements::find(db, org, id).await?.ok_or(ServiceError::NotFound)?;
        match actor.kind {
            ActorKind::Debtor { party_id } if party_id == of.debtor_id => {
                for row in live(db, org, id).await? {
                    if let Err(error) = self.sync_setup(row).await {
                        tracing::warn!(%error, "a card that is being saved was not asked about");
                    }
                }
            }
            ActorKind::Debtor { .. } => return Err(ServiceError::NotFound),
            _ => actor.require(Permission::AccountRead)?,
        }
        let rows = autopays::Entity::find()
            .filter(autopays::Column::OrganizationId.eq(org.0))
            .filter(autopays::Column::ArrangementId.eq(id.0))
            .order_by_desc(autopays::Column::ConsentedAt)
            .order_by_desc(autopays::Column::Id)
            .all(db)
            .await?;
        let (mut current, mut pending, mut past) = (None, None, Vec::new());
        for row in rows {
            let view = view(row)?;
            match view.status {
                AutopayStatus::Active | AutopayStatus::Paused if current.is_none() => current = Some(view),
                AutopayStatus::Pending if pending.is_none() => pending = Some(view),
                AutopayStatus::Ended if view.card.is_some() => past.push(view),
                _ => {}
            }
        }
        let today = self.today(org).await?;
        let books = self.arrangement_books(db, actor, &of, today).await?;
        let progress = of.progress(books.paid, today)?;
        let holds = standing_holds(db, org, of.debtor_id).await?;
        let left = |part: &InstallmentStatus| Due { due_on: part.due_on, amount: part.left };
        let open: Vec<_> = progress.installments.iter().filter(|part| part.left.is_positive()).collect();
        let charges = self.charge_lines(actor, id).await?;
        let active = current.as_ref().is_some_and(|one| one.status == AutopayStatus::Active);
        let next = open.first().filter(|_| active && of.status.is_running()).map(|part| {
            let tries = charges.iter().filter(|charge| charge.due_on == part.due_on).count();
            let on = if tries == 0 {
                Some(part.due_on.max(today))
            } else {
                autopay::next_try(part.due_on, of.terms.grace_days, tries, today)
            };
            on.map(|due_on| Due { due_on, amount: part.left })
        });
        Ok(AutopayPage {
            debtor_name: parties::find_party(db, org, of.debtor_id)
                .await?
                .map(|one| one.name)
                .unwrap_or_default(),
            is_held: of.debts.iter().any(|debt| is_held(&holds, debt.account_id)),
            next: next.flatten(),
            can_start: of.status.is_running() && !open.is_empty() && self.way_to_pay(org).await?.is_some(),
            open: open.into_iter().map(left).collect(),
            charges,
            current,
            pending,
            past,
            today,
            arrangement: of,
        })
    }

    /// Whether automatic payment of one's own agreement is on.
    ///
    /// # Errors
    /// The database fails.
    pub async fn has_autopay(&self, actor: &Actor, id: ArrangementId) -> ServiceResult<bool> {
        let rows = live(self.db.read(), actor.organization_id, id).await?;
        Ok(rows.iter().any(|row| row.status == AutopayStatus::Active.as_str()))
    }

    /// Automatic payment of the agreements that a debt is in, as far as it has not ended: for the
    /// account's page.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn autopays_of(
        &self,
        actor: &Actor,
        account: AccountId,
    ) -> ServiceResult<Vec<(ArrangementId, AutopayView)>> {
        actor.require(Permission::AccountRead)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let mut found = Vec::new();
        for id in arrangements::of_account(db, org, account, &[]).await? {
            for row in live(db, org, id).await? {
                found.push((id, view(row)?));
            }
        }
        Ok(found)
    }

    async fn charge_lines(&self, actor: &Actor, id: ArrangementId) -> ServiceResult<Vec<AutopayCharge>> {
        let org = actor.organization_id;
        let mut lines = Vec::new();
        for charge in charges_of(self.db.read(), org, id).await? {
            let attempt = payment_attempts::Entity::find_by_id((org.0, charge.attempt_id));
            let Some(attempt) = attempt.one(self.db.read()).await? else { continue };
            lines.push(AutopayCharge {
                due_on: charge.due_on,
                made_on: charge.made_on,
                amount: stored_money(
                    "payment_attempts",
                    attempt.id,
                    attempt.amount_minor,
                    &attempt.currency,
                )?,
                outcome: charge.outcome,
                failure: charge.failure,
            });
        }
        Ok(lines)
    }
}

fn view(row: autopays::Model) -> ServiceResult<AutopayView> {
    let card = card_of(&row).map(|card| AutopayCard {
        brand: card.brand,
        last4: card.last4,
        exp_month: card.exp_month,
        exp_year: card.exp_year,
    });
    Ok(AutopayView {
        id: AutopayId(row.id),
        status: status_of(&row)?,
        card,
        consented_at: row.consented_at,
        evidence: serde_json::from_str(&row.evidence).ok(),
        ended_at: row.ended_at,
        end_reason: row.end_reason,
    })
}
