//! Requests and responses between the phone and the server.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::event::WireEvent;
use super::outcome::EventAck;

/// Where the field endpoints live.
pub const FIELD_PATH: &str = "/field/v1";
/// Most events one push carries.
pub const MAX_PUSH_EVENTS: usize = 100;

/// Codes of [`FieldError`] that the phone acts upon.
pub mod error_code {
    /// The access token is missing, wrong or expired: refresh it.
    pub const UNAUTHORIZED: &str = "unauthorized";
    /// The device's tokens were revoked: enrol again. What is unsent stays on the phone.
    pub const REVOKED: &str = "revoked";
    /// The enrolment code is wrong, used or expired.
    pub const BAD_CODE: &str = "bad_code";
    /// The phone is enrolled for somebody else.
    pub const OTHER_COLLECTOR: &str = "other_collector";
    /// The device is suspended until the office looks at it.
    pub const SUSPENDED: &str = "suspended";
}

/// A refusal, as the body of a response that is not a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// One of [`error_code`], or another word the phone need not know.
    pub code: String,
    /// A sentence for a person, in Spanish.
    pub detail: String,
}

/// Enrols a phone. Sending it again with the same `device_id` gives the same device, so that a lost answer costs
/// nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolRequest {
    pub code: String,
    /// Made by the phone at its first start.
    pub device_id: Uuid,
    /// What the office sees in its list of phones.
    pub label: String,
}

/// A short-lived access token and the refresh token that follows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenPair {
    pub access_token: String,
    /// Seconds the access token is good for.
    pub expires_in_s: u32,
    pub refresh_token: String,
    /// The server's clock, Unix milliseconds.
    pub server_ms: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolResponse {
    pub device_id: Uuid,
    /// The prefix of this device's receipts, such as `D07`.
    pub device_code: String,
    pub collector_id: Uuid,
    pub collector_name: String,
    pub organization_name: String,
    /// The server's head for this device: 0 for a new one.
    pub acked_seq: u64,
    /// The highest receipt number the server has of this device.
    pub last_receipt: u64,
    pub tokens: TokenPair,
}

/// Trades a refresh token for a new pair. A refresh token works once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRequest {
    pub device_id: Uuid,
    pub refresh_token: String,
}

/// Hands over events in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushRequest {
    pub device_id: Uuid,
    pub from_seq: u64,
    /// At most [`MAX_PUSH_EVENTS`].
    pub events: Vec<WireEvent>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceStatus {
    Active,
    /// Its chain has come apart; nothing more is taken until the office decides.
    Suspended,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushResponse {
    /// Named again, so that no stray answer counts as success.
    pub device_id: Uuid,
    /// The server holds every event up to this number.
    pub acked_seq: u64,
    pub acks: Vec<EventAck>,
    /// Set when events are missing before the ones sent.
    pub need_from: Option<u64>,
    pub status: DeviceStatus,
    pub server_ms: i64,
}

/// One component of what is owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwedLine {
    /// The component's code: `principal`, `interest`, …
    pub component: String,
    pub amount_minor: i64,
}

/// One thing that happened on the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityLine {
    pub at_ms: i64,
    /// The disposition's or activity's code.
    pub kind: String,
    pub note: String,
}

/// One published offer, as it stands on the day of the route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferLine {
    pub to_pay_minor: i64,
    /// What is given up of the debt; 0 for a plan without a discount.
    pub forgiven_minor: i64,
    pub payments: u32,
    pub first_minor: i64,
    pub first_on: NaiveDate,
    pub last_on: NaiveDate,
    pub valid_until: NaiveDate,
}

/// One stop of a day's route, as far as its collector may know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    pub assignment_id: Uuid,
    pub account_id: Uuid,
    /// Place in the route, from 1.
    pub position: u32,
    pub debtor_name: String,
    pub address: String,
    pub city: String,
    pub phone: Option<String>,
    /// Degrees times ten million.
    pub lat_e7: Option<i32>,
    pub lng_e7: Option<i32>,
    pub creditor_name: String,
    pub external_id: String,
    /// ISO 4217.
    pub currency: String,
    pub owed_minor: i64,
    pub owed: Vec<OwedLine>,
    pub days_past_due: i32,
    pub activities: Vec<ActivityLine>,
    /// What the debtor finds in the portal, too, and takes there; empty where a person has to decide.
    #[serde(default)]
    pub offers: Vec<OfferLine>,
    /// True once the server holds a visit of this assignment.
    pub visited: bool,
}

/// Cash in the collector's hands in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoxLine {
    pub currency: String,
    pub amount_minor: i64,
}

/// One page of the collector's route. All of a page and its cursor are applied together or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullResponse {
    pub device_id: Uuid,
    /// Changes when the server's database was restored.
    pub epoch: String,
    /// Opaque; sent back in the next pull.
    pub cursor: String,
    /// True when `stops` replaces everything held so far.
    pub reset: bool,
    pub stops: Vec<Stop>,
    /// More pages follow at once.
    pub more: bool,
    /// The business date the route is for.
    pub day: NaiveDate,
    /// The state in this page includes this device's events up to here.
    pub acked_seq: u64,
    #[serde(rename = "box")]
    pub cash_box: Vec<BoxLine>,
    pub server_ms: i64,
}
