//! What is owed on a day, as known at an instant, and how it came about.

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, ActorKind, Permission};
use domain::account::{Account, Balance, Component};
use domain::ids::{AccountId, OrganizationId};
use domain::interest::Segment;
use domain::ledger::{Entry, History, replay};
use domain::money::Money;
use sea_orm::ConnectionTrait;
use store::{accounts, ledger};

use crate::{ServiceError, ServiceResult, Services};

/// What an account owes on a day.
#[derive(Clone, Debug)]
pub struct Owed {
    pub as_of: NaiveDate,
    /// What the journal says.
    pub posted: Balance,
    /// Interest, and the tax on it, that has grown since and was not posted yet.
    pub grown: Vec<(Component, Money)>,
    /// Both together.
    pub total: Balance,
    /// How interest came about since the debt was placed.
    pub segments: Vec<OwedSegment>,
    /// The entries that count, in value-date order.
    pub journal: Vec<Entry>,
}

/// Days through which one kind of interest grew at one rate on one principal.
#[derive(Clone, Debug)]
pub struct OwedSegment {
    pub component: Component,
    pub segment: Segment,
}

impl Services {
    /// What an account owed at the end of `as_of`, as the books knew it at `known_at` (now, if
    /// left out).
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or a figure that cannot be computed.
    pub async fn owed(
        &self,
        actor: &Actor,
        account_id: AccountId,
        as_of: NaiveDate,
        known_at: Option<DateTime<Utc>>,
    ) -> ServiceResult<Owed> {
        let db = self.db.read();
        let account = accounts::find(db, actor.organization_id, account_id).await?;
        let account = account.ok_or(ServiceError::NotFound)?;
        match actor.kind {
            ActorKind::Debtor { party_id } if party_id == account.debtor_id => {}
            ActorKind::Debtor { .. } => return Err(ServiceError::NotFound),
            _ => actor.require(Permission::AccountRead)?,
        }
        self.owed_in(db, actor, &account, as_of, known_at).await
    }

    /// What an account owes at the end of `as_of` by what is known now, and how much of it has
    /// grown without being posted; cheap where nothing grows.
    pub(crate) async fn balance_on(
        &self,
        db: &impl ConnectionTrait,
        org: OrganizationId,
        account: &Account,
        as_of: NaiveDate,
    ) -> ServiceResult<(Balance, Money)> {
        let posted = ledger::find_balance(db, org, account.id).await?.ok_or(ServiceError::NotFound)?;
        let terms = self.account_terms(db, org, account).await?;
        if !terms.accrues() {
            return Ok((posted, Money::zero(account.currency)));
        }
        let facts = History::of(&ledger::journal(db, org, account.id).await?)?.facts;
        let owed = replay(account.currency, &terms, &facts, as_of)?.owed()?;
        Ok((owed, owed.total()?.sub(posted.total()?)?))
    }

    /// The same for a caller that has authorised it.
    pub(crate) async fn owed_in(
        &self,
        db: &impl ConnectionTrait,
        actor: &Actor,
        account: &Account,
        as_of: NaiveDate,
        known_at: Option<DateTime<Utc>>,
    ) -> ServiceResult<Owed> {
        let org = actor.organization_id;
        let mut journal = ledger::journal(db, org, account.id).await?;
        journal.retain(|entry| known_at.is_none_or(|at| entry.recorded_at <= at));
        let terms = self.account_terms_known(db, org, account, known_at).await?;
        let facts = History::of(&journal)?.facts;
        let replay = replay(account.currency, &terms, &facts, as_of)?;
        journal.retain(|entry| entry.effective_on <= as_of);
        let posted = ledger::replay(account.currency, &journal, None)?;
        let total = replay.owed()?;
        let mut grown = Vec::new();
        for (component, amount) in total.components() {
            let more = amount.sub(posted.of(component))?;
            if !more.is_zero() {
                grown.push((component, more));
            }
        }
        let segments = replay.segments.into_iter();
        let segments = segments.map(|(component, segment)| OwedSegment { component, segment }).collect();
        Ok(Owed { as_of, posted, grown, total, segments, journal })
    }
}
