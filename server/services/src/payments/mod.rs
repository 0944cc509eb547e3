//! Money that comes in: posting, reversing, paying online, receipts.

mod events;
mod exceptions;
mod gateway;
mod online;
mod post;
mod receipt;
mod refund;
mod settle;

pub use exceptions::{ExceptionKind, PaymentException};
pub use gateway::{
    Attempt, AttemptStatus, GatewayError, GatewayRef, Headers, Movement, MovementKind, Next, Notice,
    PaymentGateway, RefundRequest, Snapshot, SnapshotStatus,
};
pub use online::{AttemptView, PayChoice};
pub(crate) use post::stored_money;
pub use post::{PaymentPosted, PostPayment, ReceiptSeries};
pub use receipt::{Receipt, ReceiptCheck};
pub use refund::NewRefund;
