//! What a document says. Amounts and dates come in already written for their reader.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The language of a document's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    Es,
    En,
    Pt,
}

/// The paper it will be printed on: letter in Mexico, Colombia and Chile, A4 in most of the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Paper {
    #[default]
    #[serde(rename = "us-letter")]
    Letter,
    #[serde(rename = "a4")]
    A4,
}

impl Paper {
    /// What the printers of a country (ISO 3166 code) hold.
    pub fn of(country: &str) -> Self {
        if matches!(country, "MX" | "US" | "CO" | "CL") { Self::Letter } else { Self::A4 }
    }
}

/// Who hands the document out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issuer {
    pub name: String,
    /// Lines below the name: tax id, address, how to get help.
    #[serde(default)]
    pub details: Vec<String>,
}

/// One named amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub label: String,
    /// With sign and symbol, such as `$310.25`.
    pub amount: String,
}

/// Everything a payment receipt shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptData {
    pub issuer: Issuer,
    pub receipt_number: String,
    pub creditor: String,
    pub debtor_name: String,
    /// Type and number with all but the last characters masked.
    pub debtor_document: String,
    /// The creditor's own number of the account.
    pub account_external_id: String,
    /// What was received, with its currency named: `$1,250.00 MXN`.
    pub amount: String,
    pub method: String,
    /// The gateway's or bank's number of the payment, where there is one.
    pub reference: Option<String>,
    pub paid_on: String,
    /// How the payment was split over the debt's components; adds up to `amount`.
    pub allocation: Vec<Line>,
    /// By whose word it was split so, as one sentence.
    #[serde(default)]
    pub imputation: Option<String>,
    pub balance_after: String,
    /// What comes next, as one sentence: the next date and amount, or that nothing is owed.
    pub next_step: Option<String>,
    pub verification_code: String,
    pub verification_url: String,
    /// True for money that does not exist: the page is marked as not valid.
    pub sandbox: bool,
    /// True once the payment was reversed: the page is marked as void.
    #[serde(default)]
    pub reversed: bool,
    pub issued_at: DateTime<Utc>,
    /// `issued_at` in words, in the organization's zone.
    pub issued_on: String,
    #[serde(default)]
    pub paper: Paper,
}

/// Everything a certificate of settlement shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateData {
    pub issuer: Issuer,
    /// What the country calls it: `Paz y salvo`, `Carta finiquito`.
    pub title: String,
    /// The certificate's one sentence.
    pub statement: String,
    pub creditor: String,
    pub debtor_name: String,
    /// Type and number with all but the last characters masked.
    pub debtor_document: String,
    /// The creditor's own number of the account.
    pub account_external_id: String,
    pub settled_on: String,
    pub verification_code: String,
    pub verification_url: String,
    pub sandbox: bool,
    /// True once the debt was open again: the page is marked as void.
    pub reversed: bool,
    pub issued_at: DateTime<Utc>,
    /// `issued_at` in words, in the organization's zone.
    pub issued_on: String,
    #[serde(default)]
    pub paper: Paper,
}

/// Everything an agreement shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementData {
    pub issuer: Issuer,
    pub title: String,
    /// What was agreed, in one sentence.
    pub statement: String,
    /// One line for each debt: creditor and account number.
    pub debts: Vec<String>,
    pub debtor_name: String,
    pub to_pay: String,
    /// What is forgiven, by component; empty for a plan.
    pub forgiven: Vec<Line>,
    /// Day and amount of each payment.
    pub schedule: Vec<Line>,
    /// What holds besides, a sentence each.
    pub conditions: Vec<String>,
    /// How and when it was accepted, a sentence each; empty for an offer.
    pub acceptance: Vec<String>,
    /// SHA-256 of the terms, hex: two copies with the same one say the same.
    pub terms_hash: String,
    pub sandbox: bool,
    /// True once it was broken or cancelled: the page is marked as void.
    pub reversed: bool,
    pub issued_at: DateTime<Utc>,
    /// `issued_at` in words, in the organization's zone.
    pub issued_on: String,
    #[serde(default)]
    pub paper: Paper,
}

/// One row of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    pub date: String,
    pub label: String,
    pub amount: String,
    /// The account's balance after this movement.
    pub balance: String,
}

/// Everything an account statement shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementData {
    pub issuer: Issuer,
    pub creditor: String,
    pub debtor_name: String,
    /// Type and number with all but the last characters masked.
    pub debtor_document: String,
    /// The creditor's own number of the account.
    pub account_external_id: String,
    pub period: String,
    pub as_of: String,
    pub opening_balance: String,
    pub closing_balance: String,
    /// What the closing balance is made of; adds up to `closing_balance`.
    pub components: Vec<Line>,
    /// Oldest first.
    pub movements: Vec<Movement>,
    /// SHA-256 of the movements and the balance, hex: two copies with the same one say the same.
    pub content_hash: String,
    pub sandbox: bool,
    pub issued_at: DateTime<Utc>,
    /// `issued_at` in words, in the organization's zone.
    pub issued_on: String,
    #[serde(default)]
    pub paper: Paper,
}

/// One letter, already written for its reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterData {
    pub lang: Lang,
    /// Stands in the window, so that one that comes back is known unopened.
    pub reference: String,
    /// What the window shows, a line each.
    pub address: Vec<String>,
    pub date: String,
    pub subject: String,
    pub paragraphs: Vec<String>,
    /// What is found at the address of the portal.
    pub portal_words: String,
}

/// Letters that are printed together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LettersData {
    /// The name of the file for whoever prints it.
    pub title: String,
    pub issuer: Issuer,
    /// The line above the address, which brings a letter back. It shows: it names no debt.
    pub return_line: String,
    /// Where debtors sign in.
    pub portal_url: String,
    pub letters: Vec<LetterData>,
    pub sandbox: bool,
    pub issued_at: DateTime<Utc>,
    /// `issued_at` in words, in the organization's zone.
    pub issued_on: String,
    #[serde(default)]
    pub paper: Paper,
}
