//! One file a page: its handlers, then what it shows.

pub mod agree;
pub mod agreement;
pub mod autopay;
pub mod cannot_pay;
pub mod cases;
pub mod certificate;
pub mod change;
pub mod code;
mod confirm;
mod deal;
pub mod debt;
mod debt_parts;
pub mod debts;
pub mod help;
pub mod home;
pub mod link;
pub mod messages;
pub mod own_data;
pub mod pay;
mod plan;
pub mod preferences;
pub mod proposal;
pub mod receipt;
pub mod reports;
pub mod returned;
pub mod unsubscribe;
pub mod verify;

/// Where the session ends.
const SIGN_OUT: &str = "/salir";
