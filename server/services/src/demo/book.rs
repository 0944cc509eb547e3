//! The demo book as data: everything that the loader writes, and nothing else.

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Role;
use domain::account::{Account, ActivityChannel, Balance, Disposition, PromiseStatus};
use domain::ids::{
    AccountId, ActivityId, AssignmentId, CreditorId, EntryId, OrganizationId, PartyId, PaymentId, PlanId,
    PromiseId, UserId,
};
use domain::ledger::{Entry, PaymentMethod};
use domain::money::Money;
use domain::party::{ContactPoint, Party};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoPlan {
    pub accounts: u32,
    pub seed: u64,
    /// The business date on which the book is to look alive.
    pub as_of: NaiveDate,
}

impl DemoPlan {
    pub const DEFAULT_ACCOUNTS: u32 = 5_000;

    /// The date it is for the demo agency, which is in Mexico City: the date to make a book for,
    /// so that the collectors find a route on their first morning.
    pub fn today(now: DateTime<Utc>) -> NaiveDate {
        domain::calendar::business_date(now, chrono_tz::America::Mexico_City)
    }

    /// When the book was set up: 6:00 in the middle of the Americas on its date.
    pub fn made_at(&self) -> DateTime<Utc> {
        self.as_of.and_time(chrono::NaiveTime::MIN).and_utc() + chrono::Duration::hours(12)
    }
}

/// A whole agency with its staff, portfolio and history.
#[derive(Debug, Clone, Serialize)]
pub struct DemoBook {
    pub made_at: DateTime<Utc>,
    pub as_of: NaiveDate,
    pub organization: DemoOrganization,
    pub creditors: Vec<DemoCreditor>,
    pub staff: Vec<DemoUser>,
    pub parties: Vec<Party>,
    pub contact_points: Vec<ContactPoint>,
    pub accounts: Vec<DemoAccount>,
    /// Openings and payments, each account's in order.
    pub entries: Vec<Entry>,
    pub payments: Vec<DemoPayment>,
    pub promises: Vec<DemoPromise>,
    pub plans: Vec<DemoPaymentPlan>,
    pub activities: Vec<DemoActivity>,
    pub assignments: Vec<DemoAssignment>,
    /// People to sign in to the portal as.
    pub known_debtors: Vec<KnownDebtor>,
}

impl DemoBook {
    /// SHA-256 of everything in the book, in hexadecimal: equal for equal books.
    ///
    /// # Errors
    /// Never in practice; serialization is fallible by its signature.
    pub fn fingerprint(&self) -> Result<String, serde_json::Error> {
        Ok(hex::encode(Sha256::digest(serde_json::to_vec(self)?)))
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct DemoOrganization {
    pub id: OrganizationId,
    pub code: &'static str,
    pub name: &'static str,
    pub country: &'static str,
    pub time_zone: &'static str,
    pub currency: &'static str,
    pub language: &'static str,
}

#[derive(Debug, Clone, Serialize)]
pub struct DemoCreditor {
    pub id: CreditorId,
    pub code: &'static str,
    pub name: &'static str,
    pub country: &'static str,
    pub contact: &'static str,
}

/// A member of staff. The password is for demonstration and printed by the command.
#[derive(Debug, Clone, Serialize)]
pub struct DemoUser {
    pub id: UserId,
    pub login: &'static str,
    pub name: &'static str,
    pub role: Role,
    pub password: &'static str,
    /// For the password's hash, so that it too is the same every time.
    pub salt: [u8; 16],
}

#[derive(Debug, Clone, Serialize)]
pub struct DemoAccount {
    pub account: Account,
    /// What is owed on the book's date, after all entries.
    pub balance: Balance,
    /// Yearly, in per cent.
    pub annual_rate_pct: Option<String>,
    pub guarantor: Option<PartyId>,
    /// Words of the file format: `email sms`.
    pub consent_channels: &'static str,
}

#[derive(Debug, Clone, Serialize)]
pub struct DemoPayment {
    pub id: PaymentId,
    pub account_id: AccountId,
    pub debtor_id: PartyId,
    pub entry_id: EntryId,
    pub method: PaymentMethod,
    pub amount: Money,
    pub received_on: NaiveDate,
    pub recorded_at: DateTime<Utc>,
    /// As the audit trail names actors.
    pub recorded_by: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct DemoPromise {
    pub id: PromiseId,
    pub account_id: AccountId,
    pub amount: Money,
    pub due_on: NaiveDate,
    pub status: PromiseStatus,
    pub taken_at: DateTime<Utc>,
    pub taken_by: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct DemoPaymentPlan {
    pub id: PlanId,
    pub account_id: AccountId,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    /// Due date and amount, in order; they add up to the debt.
    pub installments: Vec<(NaiveDate, Money)>,
}

#[derive(Debug, Clone, Serialize)]
pub struct DemoActivity {
    pub id: ActivityId,
    pub account_id: AccountId,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub channel: ActivityChannel,
    pub disposition: Disposition,
    pub note: Option<&'static str>,
}

/// A stop of a field collector's day.
#[derive(Debug, Clone, Serialize)]
pub struct DemoAssignment {
    pub id: AssignmentId,
    pub user_id: UserId,
    pub account_id: AccountId,
    pub on_date: NaiveDate,
    /// From 1, in driving order.
    pub position: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KnownDebtor {
    pub name: String,
    pub document: String,
    pub email: String,
}
