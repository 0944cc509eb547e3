//! The use cases: authorise, load, let the domain decide, persist, audit. Nothing else
//! changes Saldar's data, whichever surface asks.

pub mod accounts;
pub mod api;
pub mod arrangements;
pub mod audit;
pub mod autopay;
pub mod bank;
pub mod calls;
pub mod cases;
pub mod certificates;
pub mod clock;
pub mod contact;
mod context;
pub mod debtors;
pub mod demo;
pub mod end_of_day;
mod error;
pub mod export;
pub mod field;
pub mod files;
pub mod gateway_accounts;
pub mod import;
pub mod jobs;
pub mod ledger;
pub mod outbox;
pub mod own_data;
pub mod payments;
pub mod preferences;
pub mod remittances;
pub mod reports;
pub mod roster;
mod secret;
pub mod settlements;
pub mod staff;
pub mod strategy;
pub mod unsubscribe;
pub mod verify;
pub mod work;

pub use context::{Mode, Services};
pub use error::{FieldIssue, ServiceError, ServiceResult};
pub use store::{Db, DbUrl, StoreError};
