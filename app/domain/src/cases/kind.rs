//! The kinds of cases, how far one is, and how it was answered.

use serde::{Deserialize, Serialize};

use crate::party::text_enum;

/// What a case is about. A dispute, a denial and a complaint are three things: the debt is not
/// right, it is not theirs at all, or they were treated badly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseKind {
    Dispute,
    DebtDenial,
    Complaint,
    Hardship,
    Vulnerability,
    Bereavement,
    Insolvency,
    LegalRepresentation,
    DataCorrection,
    CallRequest,
}

text_enum!(CaseKind {
    Dispute = "dispute",
    DebtDenial = "debt_denial",
    Complaint = "complaint",
    Hardship = "hardship",
    Vulnerability = "vulnerability",
    Bereavement = "bereavement",
    Insolvency = "insolvency",
    LegalRepresentation = "legal_representation",
    DataCorrection = "data_correction",
    CallRequest = "call_request",
});

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseStatus {
    Open,
    InReview,
    /// We asked the person something.
    WaitingForPerson,
    Answered,
    Closed,
}

text_enum!(CaseStatus {
    Open = "open",
    InReview = "in_review",
    WaitingForPerson = "waiting_for_person",
    Answered = "answered",
    Closed = "closed",
});

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseOutcome {
    Upheld,
    PartlyUpheld,
    Rejected,
}

text_enum!(CaseOutcome { Upheld = "upheld", PartlyUpheld = "partly_upheld", Rejected = "rejected" });

impl CaseKind {
    /// What the portal offers under "I do not agree".
    pub const DISAGREE: [Self; 4] = [Self::Dispute, Self::DebtDenial, Self::Complaint, Self::DataCorrection];

    /// What it offers under "I need help".
    pub const HELP: [Self; 6] = [
        Self::Hardship,
        Self::Vulnerability,
        Self::Bereavement,
        Self::Insolvency,
        Self::LegalRepresentation,
        Self::CallRequest,
    ];
}
