//! Saldar's business rules and the types every surface shares.
//!
//! Pure: no I/O, no async, no clock, no randomness. Compiles natively and to WASM, so the
//! server, the browser and the field app decide alike.

pub mod access;
pub mod account;
pub mod arrangement;
pub mod audit;
pub mod calendar;
pub mod cases;
pub mod charge;
pub mod contact;
pub mod field;
pub mod ids;
pub mod interest;
pub mod ledger;
pub mod money;
pub mod party;
pub mod reference;
pub mod remittance;
pub mod reported;
pub mod strategy;
pub mod terms;
pub mod text;
