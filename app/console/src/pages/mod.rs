//! One file a page: its handlers, then its components.

pub mod account;
pub mod accounts;
pub mod arrangements;
pub mod audit;
pub mod cases;
pub mod complaints;
pub mod exceptions;
pub mod experiments;
pub mod field;
pub mod guide;
pub mod imports;
pub mod jobs;
pub mod journeys;
pub mod ledger;
pub mod messages;
pub mod offers;
pub mod payments;
pub mod policy;
pub mod refunds;
pub mod remittances;
pub mod reports;
pub mod segments;
pub mod sign_in;
pub mod statements;
pub mod templates;
pub mod terms;
