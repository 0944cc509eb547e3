//! Of Stripe's answers, the fields that count.
//!
//! Requests are `async-stripe`'s; its answers are not, because they ask for every field that Stripe's
//! newest version has, and one that is missing (an older account, a beta) would make a payment unreadable.

use std::collections::HashMap;

use miniserde::Deserialize;

pub type Metadata = HashMap<String, String>;

#[derive(Deserialize, Debug)]
pub struct Started {
    pub id: String,
    pub url: Option<String>,
}

/// A Checkout session with its intent opened.
#[derive(Deserialize, Debug)]
pub struct Session {
    pub id: String,
    pub livemode: bool,
    pub status: Option<String>,
    pub payment_status: String,
    pub metadata: Option<Metadata>,
    pub payment_intent: Option<Intent>,
}

/// A Checkout session as lists have it.
#[derive(Deserialize, Debug)]
pub struct SessionLine {
    pub status: Option<String>,
    pub payment_status: String,
    pub metadata: Option<Metadata>,
}

#[derive(Deserialize, Debug)]
pub struct Sessions {
    pub data: Vec<SessionLine>,
}

/// A payment intent with its charge opened.
#[derive(Deserialize, Debug)]
pub struct Intent {
    pub id: String,
    pub livemode: bool,
    pub status: String,
    pub amount_received: i64,
    pub currency: String,
    pub metadata: Metadata,
    pub latest_charge: Option<Charge>,
    pub last_payment_error: Option<Failure>,
}

#[derive(Deserialize, Debug)]
pub struct Failure {
    pub code: Option<String>,
    pub decline_code: Option<String>,
}

/// A charge with its balance transaction opened.
#[derive(Deserialize, Debug)]
pub struct Charge {
    pub created: i64,
    pub paid: bool,
    pub disputed: bool,
    pub balance_transaction: Option<Transaction>,
}

#[derive(Deserialize, Debug)]
pub struct Transaction {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    pub fee: i64,
    pub created: i64,
    pub reporting_category: String,
}

#[derive(Deserialize, Debug)]
pub struct Refund {
    pub id: String,
    pub amount: i64,
    pub currency: String,
    pub created: i64,
    pub status: Option<String>,
    pub metadata: Option<Metadata>,
}

#[derive(Deserialize, Debug)]
pub struct Refunds {
    pub data: Vec<Refund>,
}

#[derive(Deserialize, Debug)]
pub struct Dispute {
    pub amount: i64,
    pub currency: String,
    pub balance_transactions: Vec<Transaction>,
}

#[derive(Deserialize, Debug)]
pub struct Disputes {
    pub data: Vec<Dispute>,
}

/// An answer of which nothing counts but that it came.
#[derive(Deserialize, Debug)]
pub struct Done {}

/// A Checkout session that saves a card, with the intent and its method opened.
#[derive(Deserialize, Debug)]
pub struct SetupSession {
    pub livemode: bool,
    pub status: Option<String>,
    pub customer: Option<String>,
    pub setup_intent: Option<SetupIntent>,
}

#[derive(Deserialize, Debug)]
pub struct SetupIntent {
    pub status: String,
    pub payment_method: Option<SavedMethod>,
}

#[derive(Deserialize, Debug)]
pub struct SavedMethod {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub card: Option<Card>,
}

#[derive(Deserialize, Debug)]
pub struct Card {
    pub brand: String,
    pub last4: String,
    pub exp_month: i32,
    pub exp_year: i32,
}

/// A payment intent as lists and answers to a change have it.
#[derive(Deserialize, Debug)]
pub struct IntentLine {
    pub id: String,
    pub status: String,
    pub metadata: Metadata,
    pub latest_charge: Option<String>,
}

#[derive(Deserialize, Debug)]
pub struct Intents {
    pub data: Vec<IntentLine>,
}
