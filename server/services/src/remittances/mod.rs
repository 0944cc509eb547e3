//! Remittances: what was collected for a creditor, what is kept of it, what is paid out.
//!
//! Their entries stand on the creditor's control account, whose id is the creditor's own: it owes
//! nothing by component and has no balance row.

mod books;
mod pay;
mod state;
mod terms;
mod verify;
mod view;

pub use terms::CommissionVersion;
pub use view::{RemittanceLine, RemittanceStatus, RemittanceView};
