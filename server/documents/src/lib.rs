//! Documents handed to people, as PDF: payment receipts, certificates of settlement, account statements,
//! letters.
//!
//! A document is a function of its data: the same data gives the same bytes, so a stored hash
//! stays valid. Files conform to PDF/A-2a (keeps for decades) and PDF/UA-1 (readable aloud).
//!
//! Rendering is CPU-bound (tens to hundreds of milliseconds): call it on a blocking thread.

mod glyphs;
mod labels;
mod model;
mod render;
#[cfg(test)]
mod tests;
mod world;

pub use model::{
    AgreementData, CertificateData, Issuer, Lang, LetterData, LettersData, Line, Movement, Paper,
    ReceiptData, StatementData,
};

use render::{Sheet, pdf};

/// Why a document could not be made. None of these is the reader's fault; all name their cause.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    #[error("a built-in font or template of the documents cannot be read: {0}")]
    Asset(String),
    #[error("the document's data cannot be written as JSON: {0}")]
    Data(#[from] serde_json::Error),
    #[error("the verification address does not fit a QR code: {0}")]
    Qr(String),
    #[error("the document cannot be laid out: {0}")]
    Layout(String),
    #[error("the document cannot be exported as PDF: {0}")]
    Export(String),
}

/// The receipt of one payment, on one page unless the allocation is very long.
pub fn payment_receipt(data: &ReceiptData, lang: Lang) -> Result<Vec<u8>, DocumentError> {
    let sheet = Sheet::new(data, lang, &data.issuer, &data.issued_on, data.issued_at);
    pdf("receipt.typ", &sheet, &data.verification_url)
}

/// What a debtor and the agency agreed.
pub fn agreement(data: &AgreementData, lang: Lang) -> Result<Vec<u8>, DocumentError> {
    let sheet = Sheet::new(data, lang, &data.issuer, &data.issued_on, data.issued_at);
    pdf("agreement.typ", &sheet, &data.terms_hash)
}

/// The certificate that a debt is settled.
pub fn settlement_certificate(data: &CertificateData, lang: Lang) -> Result<Vec<u8>, DocumentError> {
    let sheet = Sheet::new(data, lang, &data.issuer, &data.issued_on, data.issued_at);
    pdf("certificate.typ", &sheet, &data.verification_url)
}

/// The statement of one account: what the balance is made of, and every movement of the period.
pub fn account_statement(data: &StatementData, lang: Lang) -> Result<Vec<u8>, DocumentError> {
    let sheet = Sheet::new(data, lang, &data.issuer, &data.issued_on, data.issued_at);
    pdf("statement.typ", &sheet, &data.content_hash)
}

/// Letters of one batch, each on pages of its own, to be folded into window envelopes: DIN 680 windows for
/// A4, No. 10 for letter paper. What is not in the address does not show.
pub fn letters(data: &LettersData, lang: Lang) -> Result<Vec<u8>, DocumentError> {
    let sheet = Sheet::new(data, lang, &data.issuer, &data.issued_on, data.issued_at);
    pdf("letter.typ", &sheet, &data.portal_url)
}
