//! What Saldar keeps: entities, queries and migrations on SQLite and PostgreSQL.
//!
//! Every read takes the organization; rows are parsed into domain types on the way out.

pub mod accounts;
pub mod arrangements;
pub mod audit;
pub mod batch;
pub mod bulk;
pub mod calls;
pub mod cases;
pub mod channel_refusals;
pub mod contact;
mod db;
pub mod entities;
mod error;
pub mod experiments;
pub mod export;
pub mod field;
mod group;
pub mod happened;
pub mod impact;
pub mod inbound;
pub mod jobs;
pub mod journeys;
pub mod ledger;
pub mod letters;
pub mod limitation;
pub mod links;
mod livemode;
pub mod message_links;
mod migrations;
mod near;
pub mod negotiations;
pub mod outbox;
pub mod parties;
pub mod payouts;
pub mod posting;
pub mod providers;
pub mod refusals;
pub mod remittances;
pub mod sandbox;
pub mod search;
pub mod segments;
pub mod sessions;
pub mod simulation;
pub mod suppressed;
pub mod templates;
pub mod terms;
pub mod throttle;
pub mod undeliverable;
pub mod verify;
pub mod versions;
pub mod wishes;
pub mod writes;

pub use db::{Db, DbUrl, Tx};
pub use error::{StoreError, StoreResult};
