//! Where an arrangement stands, and how it gets there.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::terms::MAX_VALID_DAYS;
use super::{Activation, Agreed, Approval, ArrangementError, ArrangementTerms, Due, Progress};
use crate::account::Balance;
use crate::ids::{AccountId, ArrangementId, EntryId, PartyId};
use crate::money::{Money, MoneyError};
use crate::party::text_enum;

/// Whether an active arrangement is kept is no status of its own: it follows from what was paid,
/// see [`Progress::is_kept`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArrangementStatus {
    Offered,
    /// Agreed, and waiting for its down payment.
    Accepted,
    Active,
    Completed,
    Broken,
    Cancelled,
    /// Nobody accepted it in time.
    Expired,
}

text_enum!(ArrangementStatus {
    Offered = "offered",
    Accepted = "accepted",
    Active = "active",
    Completed = "completed",
    Broken = "broken",
    Cancelled = "cancelled",
    Expired = "expired",
});

impl ArrangementStatus {
    /// It binds the debtor now.
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Accepted | Self::Active)
    }
}

/// Who agreed, how, and to what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    pub at: DateTime<Utc>,
    /// As the audit trail names the actor.
    pub by: String,
    /// JSON: the words of the evidence, the channel, and the hash of the terms.
    pub evidence: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    pub on: NaiveDate,
    pub why: String,
}

/// One debt of an arrangement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncludedDebt {
    pub account_id: AccountId,
    /// What was owed when it was offered.
    pub included: Money,
    /// Entries that forgave a part of it under this arrangement.
    pub forgiven_by: Vec<EntryId>,
}

/// An agreement with one debtor, in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrangement {
    pub id: ArrangementId,
    pub debtor_id: PartyId,
    pub status: ArrangementStatus,
    pub terms: ArrangementTerms,
    pub agreed: Agreed,
    pub approval: Approval,
    pub debts: Vec<IncludedDebt>,
    /// From 1; a schedule that changes is a new revision.
    pub revision: u32,
    pub schedule: Vec<Due>,
    pub offered_on: NaiveDate,
    pub offered_by: String,
    pub valid_until: Option<NaiveDate>,
    pub acceptance: Option<Acceptance>,
    pub starts_on: Option<NaiveDate>,
    pub ending: Option<Ending>,
}

/// A step that the status does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransitionError {
    #[error("an arrangement that is {from} cannot become {to}")]
    Wrong { from: ArrangementStatus, to: ArrangementStatus },
    #[error("a manager has to approve this offer first")]
    NeedsApproval,
    #[error("the offer was approved already, or needs no approval")]
    NothingToApprove,
    #[error("the offer was valid until {0}; make a new one")]
    Expired(NaiveDate),
    #[error("the offer is still valid")]
    StillValid,
    #[error("the terms are not those that were shown; show them again")]
    OtherTerms,
    #[error("not all is paid")]
    NotPaid,
    #[error("no instalment was missed")]
    NothingMissed,
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// What an offer is made of, beside its terms.
#[derive(Clone, Debug)]
pub struct Offer {
    pub id: ArrangementId,
    pub debtor_id: PartyId,
    /// With what is owed on each.
    pub debts: Vec<(AccountId, Balance)>,
    pub offered_on: NaiveDate,
    pub offered_by: String,
    pub valid_until: Option<NaiveDate>,
}

impl Arrangement {
    /// # Errors
    /// Terms that make no arrangement for these debts.
    pub fn offer(offer: Offer, terms: ArrangementTerms) -> Result<Self, ArrangementError> {
        let (_, first) = offer.debts.first().ok_or(ArrangementError::NoDebts)?;
        let mut debt = Balance::zero(first.currency());
        let mut debts = Vec::with_capacity(offer.debts.len());
        for (account_id, balance) in &offer.debts {
            let owed = super::terms::positive(balance)?;
            for (component, amount) in owed.components() {
                debt = debt.add(component, amount)?;
            }
            let included = owed.total()?;
            debts.push(IncludedDebt { account_id: *account_id, included, forgiven_by: Vec::new() });
        }
        let agreed = terms.agree(&debt)?;
        let schedule = terms.first_schedule(agreed.to_pay, offer.offered_on)?;
        let longest = offer.offered_on.checked_add_days(chrono::Days::new(MAX_VALID_DAYS));
        if let Some(until) = offer.valid_until
            && (until < offer.offered_on || longest.is_some_and(|longest| until > longest))
        {
            return Err(ArrangementError::ValidUntil(until));
        }
        Ok(Self {
            id: offer.id,
            debtor_id: offer.debtor_id,
            status: ArrangementStatus::Offered,
            terms,
            agreed,
            approval: Approval::NotNeeded,
            debts,
            revision: 1,
            schedule,
            offered_on: offer.offered_on,
            offered_by: offer.offered_by,
            valid_until: offer.valid_until,
            acceptance: None,
            starts_on: None,
            ending: None,
        })
    }

    /// SHA-256 of what is agreed: terms, figures, debts and first schedule, as lower hex. It
    /// stands in the evidence of the acceptance.
    pub fn terms_hash(&self) -> String {
        let debts: Vec<_> = self.debts.iter().map(|debt| (debt.account_id, debt.included)).collect();
        let first = self.terms.first_schedule(self.agreed.to_pay, self.offered_on).unwrap_or_default();
        let all = (self.id, self.debtor_id, &self.terms, &self.agreed, debts, first, self.valid_until);
        // Structures only, in the order of their fields: the same text in every build.
        let text = serde_json::to_string(&all).unwrap_or_default();
        hex::encode(Sha256::digest(text.as_bytes()))
    }

    const fn wrong(&self, to: ArrangementStatus) -> TransitionError {
        TransitionError::Wrong { from: self.status, to }
    }

    /// Somebody above says yes to what is beyond the limits.
    ///
    /// # Errors
    /// It is no offer any more, or needs no approval.
    pub fn approve(self, by: String, at: DateTime<Utc>) -> Result<Self, TransitionError> {
        match (self.status, &self.approval) {
            (ArrangementStatus::Offered, Approval::Needed { .. }) => {
                Ok(Self { approval: Approval::Given { by, at }, ..self })
            }
            (ArrangementStatus::Offered, _) => Err(TransitionError::NothingToApprove),
            _ => Err(self.wrong(ArrangementStatus::Offered)),
        }
    }

    /// The debtor agrees on `on` to the terms with this hash. Without a down payment to wait for,
    /// the arrangement is active at once.
    ///
    /// # Errors
    /// It is no offer any more, it lacks an approval, it has expired, or the terms are others.
    pub fn accept(self, acceptance: Acceptance, on: NaiveDate, hash: &str) -> Result<Self, TransitionError> {
        if self.status != ArrangementStatus::Offered {
            return Err(self.wrong(ArrangementStatus::Accepted));
        }
        if matches!(self.approval, Approval::Needed { .. }) {
            return Err(TransitionError::NeedsApproval);
        }
        if let Some(until) = self.valid_until.filter(|until| *until < on) {
            return Err(TransitionError::Expired(until));
        }
        if self.terms_hash() != hash {
            return Err(TransitionError::OtherTerms);
        }
        let status = match self.terms.activation {
            Activation::OnAcceptance => ArrangementStatus::Active,
            Activation::OnDownPayment => ArrangementStatus::Accepted,
        };
        Ok(Self { status, acceptance: Some(acceptance), starts_on: Some(on), ..self })
    }

    /// The down payment is there.
    ///
    /// # Errors
    /// It was not waiting for one, or the first amount is not paid.
    pub fn activate(self, progress: &Progress) -> Result<Self, TransitionError> {
        if self.status != ArrangementStatus::Accepted {
            return Err(self.wrong(ArrangementStatus::Active));
        }
        match progress.installments.first() {
            Some(first) if !first.left.is_zero() => Err(TransitionError::NotPaid),
            _ => Ok(Self { status: ArrangementStatus::Active, ..self }),
        }
    }

    /// # Errors
    /// It does not run, or something is left to pay.
    pub fn complete(self, progress: &Progress, on: NaiveDate) -> Result<Self, TransitionError> {
        if !self.status.is_running() {
            return Err(self.wrong(ArrangementStatus::Completed));
        }
        if !progress.is_complete() {
            return Err(TransitionError::NotPaid);
        }
        Ok(self.ended(ArrangementStatus::Completed, on, "paid".to_owned()))
    }

    /// # Errors
    /// It does not run, or nothing was missed.
    pub fn break_off(self, progress: &Progress, on: NaiveDate) -> Result<Self, TransitionError> {
        if !self.status.is_running() {
            return Err(self.wrong(ArrangementStatus::Broken));
        }
        let missed = progress.missed().ok_or(TransitionError::NothingMissed)?;
        let why = format!("missed:{}:{}", missed.number, missed.due_on);
        Ok(self.ended(ArrangementStatus::Broken, on, why))
    }

    /// # Errors
    /// It has ended already.
    pub fn cancel(self, on: NaiveDate, why: String) -> Result<Self, TransitionError> {
        if self.status.is_running() || self.status == ArrangementStatus::Offered {
            Ok(self.ended(ArrangementStatus::Cancelled, on, why))
        } else {
            Err(self.wrong(ArrangementStatus::Cancelled))
        }
    }

    /// # Errors
    /// It is no offer, or is still valid on `on`.
    pub fn expire(self, on: NaiveDate) -> Result<Self, TransitionError> {
        if self.status != ArrangementStatus::Offered {
            return Err(self.wrong(ArrangementStatus::Expired));
        }
        match self.valid_until {
            Some(until) if until < on => Ok(self.ended(ArrangementStatus::Expired, on, "expired".to_owned())),
            _ => Err(TransitionError::StillValid),
        }
    }

    /// Money that completed it was taken back: it goes on.
    ///
    /// # Errors
    /// It was not completed.
    pub fn reopen(self) -> Result<Self, TransitionError> {
        if self.status != ArrangementStatus::Completed {
            return Err(self.wrong(ArrangementStatus::Active));
        }
        Ok(Self { status: ArrangementStatus::Active, ending: None, ..self })
    }

    /// Another schedule, as a new revision.
    ///
    /// # Errors
    /// It does not run.
    pub fn revise(self, schedule: Vec<Due>) -> Result<Self, TransitionError> {
        if !self.status.is_running() {
            return Err(self.wrong(self.status));
        }
        Ok(Self { schedule, revision: self.revision.saturating_add(1), ..self })
    }

    /// How it stands when `paid` was paid since its start.
    ///
    /// # Errors
    /// Another currency, or overflow.
    pub fn progress(&self, paid: Money, on: NaiveDate) -> Result<Progress, MoneyError> {
        Progress::of(&self.schedule, paid, self.terms.grace_days, on)
    }

    fn ended(self, status: ArrangementStatus, on: NaiveDate, why: String) -> Self {
        Self { status, ending: Some(Ending { on, why }), ..self }
    }
}
