//! The contact that somebody wants to make, with all that bears on it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Channel, Outcome, Overrides, OwnHours, Purpose, Recipient, Site, Zone};
use crate::party::text_enum;

/// One contact that is asked for. Everything that is not known is left at its default, which
/// never allows more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContactCase {
    pub at: DateTime<Utc>,
    pub channel: Channel,
    pub recipient: Recipient,
    pub purpose: Purpose,
    pub site: Site,
    /// Region of the debtor, the second part of ISO 3166-2.
    pub subdivision: Option<String>,
    /// Every clock that what is known of the debtor's place points to; the contact must be lawful
    /// on all of them. Empty: the country's own clock.
    pub zones: Vec<Zone>,
    pub creditor: Option<String>,
    pub debt: Option<String>,
    pub history: Vec<PastContact>,
    pub consents: Consents,
    pub stops: Vec<LegalStop>,
    pub own_hours: Option<OwnHours>,
    pub circumstances: Circumstances,
}

impl ContactCase {
    /// A contact with the debtor for collection, at home, of which nothing else is known.
    pub fn new(channel: Channel, at: DateTime<Utc>) -> Self {
        Self {
            at,
            channel,
            recipient: Recipient::default(),
            purpose: Purpose::default(),
            site: Site::default(),
            subdivision: None,
            zones: Vec::new(),
            creditor: None,
            debt: None,
            history: Vec::new(),
            consents: Consents::default(),
            stops: Vec::new(),
            own_hours: None,
            circumstances: Circumstances::default(),
        }
    }

    /// SHA-256, in lower hex, of everything that the answer rests on but the pack, which has its
    /// version: kept with a decision, so that it can be shown what was known.
    pub fn digest(&self, overrides: &Overrides) -> String {
        // Ids, dates, enums and flags: these always have a JSON form.
        let text = serde_json::to_vec(&(self, overrides)).unwrap_or_default();
        hex::encode(Sha256::digest(text))
    }
}

/// A contact that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastContact {
    pub at: DateTime<Utc>,
    pub channel: Channel,
    pub outcome: Outcome,
    pub creditor: Option<String>,
    pub debt: Option<String>,
    /// It was made with the debtor's direct prior consent.
    pub prior_consent: bool,
}

/// What the debtor agreed to and refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consents {
    pub authorised: BTreeSet<Channel>,
    pub refused: BTreeSet<Channel>,
    /// When the debtor last agreed, directly and beforehand, to be called more often.
    pub direct_prior: Option<DateTime<Utc>>,
}

/// A fact that ends contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalStop {
    pub kind: StopKind,
    /// None: always was.
    pub from: Option<DateTime<Utc>>,
    /// First instant at which it holds no more; none: until somebody lifts it.
    pub until: Option<DateTime<Utc>>,
}

impl LegalStop {
    pub fn holds(&self, at: DateTime<Utc>) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopKind {
    /// The debtor asked in writing to be left alone.
    CeaseRequest,
    /// A lawyer represents the debtor.
    Attorney,
    /// Disputed, and not yet verified.
    Dispute,
    /// The collection suit was served on the debtor.
    SuitServed,
    Insolvency,
    Deceased,
    /// The number or address is somebody else's.
    WrongPerson,
    DoNotContact,
    /// The debtor cannot pay, and said so.
    Hardship,
    /// Illness or another reason for care.
    Vulnerability,
    /// Somebody near the debtor died.
    Bereavement,
    /// The debt can no longer be claimed in court, and the creditor leaves it at that.
    TimeBarred,
}

text_enum!(StopKind {
    CeaseRequest = "cease_request",
    Attorney = "attorney",
    Dispute = "dispute",
    SuitServed = "suit_served",
    Insolvency = "insolvency",
    Deceased = "deceased",
    WrongPerson = "wrong_person",
    DoNotContact = "do_not_contact",
    Hardship = "hardship",
    Vulnerability = "vulnerability",
    Bereavement = "bereavement",
    TimeBarred = "time_barred",
});

/// Facts that some rules ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each asked for by a norm")]
pub struct Circumstances {
    /// For example `microcredit`.
    pub product: Option<String>,
    /// The debtor expressly authorised visits.
    pub visit_authorised: bool,
    pub no_contact_data: bool,
    /// The operators' failure to reach the debtor is documented.
    pub failure_documented: bool,
    pub employer_forbids: bool,
    /// The address is the one that the debtor or the creditor gave.
    pub address_given: bool,
    /// This person was already asked where the debtor is.
    pub location_asked: bool,
}
