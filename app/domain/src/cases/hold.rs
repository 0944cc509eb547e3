//! Holds: what a case keeps back, for which debt or person, and until when.

use chrono::{DateTime, Utc};

use super::{CaseKind, CaseOutcome, CaseStatus, Progress};
use crate::contact::{LegalStop, StopKind};
use crate::ids::AccountId;

/// What a kind of case keeps back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoldRule {
    pub stop: StopKind,
    /// Only the debt that the case is about; else everything about the person.
    pub debt_only: bool,
}

/// Of what a hold keeps people away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldScope {
    Debt(AccountId),
    Person,
}

/// A hold as it was placed on a debtor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    pub stop: StopKind,
    pub scope: HoldScope,
    pub placed_at: DateTime<Utc>,
    pub lifted_at: Option<DateTime<Utc>>,
}

impl Hold {
    pub fn covers(&self, debt: AccountId) -> bool {
        match self.scope {
            HoldScope::Person => true,
            HoldScope::Debt(held) => held == debt,
        }
    }
}

/// What a kind of case keeps back from the moment it is opened; none for what only asks for an
/// answer.
pub const fn hold_of(kind: CaseKind) -> Option<HoldRule> {
    let (stop, debt_only) = match kind {
        CaseKind::Dispute | CaseKind::DebtDenial => (StopKind::Dispute, true),
        CaseKind::Hardship => (StopKind::Hardship, false),
        CaseKind::Vulnerability => (StopKind::Vulnerability, false),
        CaseKind::Bereavement => (StopKind::Bereavement, false),
        CaseKind::Insolvency => (StopKind::Insolvency, false),
        CaseKind::LegalRepresentation => (StopKind::Attorney, false),
        CaseKind::Complaint | CaseKind::DataCorrection | CaseKind::CallRequest => return None,
    };
    Some(HoldRule { stop, debt_only })
}

/// Whether the hold of a case stands as far as the case is. It ends with the answer that rejects
/// the case; what is upheld keeps it until the case is closed, by when it was acted upon, and a
/// debt of somebody else, an insolvency or a lawyer keep it for as long as nobody lifts it.
pub const fn still_holds(kind: CaseKind, progress: &Progress) -> bool {
    let outlives =
        matches!(kind, CaseKind::DebtDenial | CaseKind::Insolvency | CaseKind::LegalRepresentation);
    match (hold_of(kind), progress.outcome, progress.status) {
        (None, _, _) | (_, Some(CaseOutcome::Rejected), _) => false,
        (_, _, CaseStatus::Closed) => outlives,
        _ => true,
    }
}

/// Whether anything keeps people away from a debt.
pub fn is_held(holds: &[Hold], debt: AccountId) -> bool {
    holds.iter().any(|hold| hold.covers(debt))
}

/// What the contact rules are told about one debt of the person whose holds these are.
pub fn legal_stops(holds: &[Hold], debt: AccountId) -> Vec<LegalStop> {
    let stop = |hold: &Hold| LegalStop { kind: hold.stop, from: Some(hold.placed_at), until: hold.lifted_at };
    holds.iter().filter(|hold| hold.covers(debt)).map(stop).collect()
}
