//! Money that comes in: posting, reversing, paying online, receipts.

mod gateway;
mod online;
mod post;
mod receipt;

pub use gateway::{
    Attempt, AttemptStatus, GatewayError, GatewayRef, Headers, Next, Notice, PaymentGateway, Snapshot,
    SnapshotStatus,
};
pub use online::{AttemptView, PayChoice};
pub(crate) use post::stored_money;
pub use post::{PaymentPosted, PostPayment, ReceiptSeries};
pub use receipt::{Receipt, ReceiptCheck};
