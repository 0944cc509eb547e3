//! Money from gateways to the bank: payouts with every line of them held against the journal. What
//! differs is shown with its cause and waits for a person; nothing is mended silently.

mod bank;
mod book;
mod check;
mod port;
mod reconcile;
mod view;

pub use check::{DifferenceKind, PayoutState};
pub use port::{LineKind, Payout, PayoutStatus, Settlement, SettlementLine};
pub use reconcile::{DifferenceTold, ReconcileReport};
pub use view::{PayoutLine, PayoutPage, PayoutView};

pub(crate) use bank::same_payout;
