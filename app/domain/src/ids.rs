//! Typed identifiers. All are UUIDs (version 7) made by whoever creates the fact, so they
//! double as idempotency keys.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Makes a version 7 UUID from a moment and ten random bytes, both passed in.
pub fn uuid_v7(at: DateTime<Utc>, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// The agency or lender that runs Saldar; every other record belongs to one.
    OrganizationId,
    /// For whom debts are collected (mandante).
    CreditorId,
    /// A person or company: debtor, guarantor, contact.
    PartyId,
    /// A phone, e-mail or address of a party.
    ContactPointId,
    /// One debt of one debtor with one creditor.
    AccountId,
    /// A journal entry.
    EntryId,
    PaymentId,
    /// One try to pay through a gateway.
    PaymentAttemptId,
    /// Money of a payment on its way back to the payer.
    RefundId,
    /// A key of another system that calls the REST API.
    ApiKeyId,
    PromiseId,
    PlanId,
    ActivityId,
    DocumentId,
    /// A member of staff.
    UserId,
    SessionId,
    /// An installed field app.
    DeviceId,
    /// One stop of a collector's day.
    AssignmentId,
    FieldEventId,
    ImportId,
    MessageId,
    /// A payment plan or settlement made in the product.
    ArrangementId,
    /// Automatic payment of an arrangement, as its debtor switched it on.
    AutopayId,
    /// A statement to a creditor.
    RemittanceId,
    /// What a debtor said, and what came of it.
    CaseId,
    /// A stored answer to whether a contact may be made.
    ContactDecisionId,
    /// Which accounts, by rule.
    SegmentId,
    /// What is done about accounts, step by step.
    JourneyId,
    /// Texts of messages.
    TemplateId,
    /// Ways of treating people that are compared.
    ExperimentId,
    /// A call that is to be made.
    CallTaskId,
    /// A payment that a debtor says they made elsewhere.
    ReportId,
}
