//! By what, to whom, where and why.

use serde::{Deserialize, Serialize};

use crate::party::text_enum;

/// The medium of a contact. Each is a channel of its own where a norm counts channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Call,
    Visit,
    Sms,
    Whatsapp,
    InstantMessage,
    Email,
    Letter,
    Push,
}

text_enum!(Channel {
    Call = "call",
    Visit = "visit",
    Sms = "sms",
    Whatsapp = "whatsapp",
    InstantMessage = "instant_message",
    Email = "email",
    Letter = "letter",
    Push = "push",
});

impl Channel {
    /// Whether the contact is text that stays with the recipient.
    pub const fn is_written(self) -> bool {
        !matches!(self, Self::Call | Self::Visit)
    }
}

/// Who would be contacted, as seen from the debt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    #[default]
    Debtor,
    Codebtor,
    Guarantor,
    Reference,
    Beneficiary,
    Family,
    Employer,
    Coworker,
    Neighbour,
    Other,
}

text_enum!(Recipient {
    Debtor = "debtor",
    Codebtor = "codebtor",
    Guarantor = "guarantor",
    Reference = "reference",
    Beneficiary = "beneficiary",
    Family = "family",
    Employer = "employer",
    Coworker = "coworker",
    Neighbour = "neighbour",
    Other = "other",
});

/// Where the contact would find its recipient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Site {
    #[default]
    Home,
    Work,
}

text_enum!(Site { Home = "home", Work = "work" });

/// What the contact is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    #[default]
    Collection,
    /// To learn where the debtor is, saying nothing of a debt.
    Location,
}

text_enum!(Purpose { Collection = "collection", Location = "location" });

/// What came of a contact. Norms differ in what they count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Sent, or nobody took it.
    NoAnswer,
    /// Somebody answered.
    Answered,
    /// Answered, and the debt was spoken of.
    Conversation,
    /// Busy or no such number: no connection came about.
    NotConnected,
}

text_enum!(Outcome {
    NoAnswer = "no_answer",
    Answered = "answered",
    Conversation = "conversation",
    NotConnected = "not_connected",
});
