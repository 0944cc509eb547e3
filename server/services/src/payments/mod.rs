//! Money that comes in: posting, reversing, paying online, receipts.

mod close;
pub(crate) mod designation;
mod events;
mod exceptions;
mod gateway;
mod online;
mod poll;
mod post;
mod receipt;
mod refund;
mod settle;
mod ways;

pub use designation::Imputation;
pub(crate) use exceptions::NewException;
pub use exceptions::{ExceptionKind, PaymentException};
pub use gateway::{
    Attempt, AttemptStatus, Delivery, GatewayError, GatewayRef, Headers, ListedEvent, Movement, MovementKind,
    Next, Notice, PaymentGateway, RefundRequest, SavedCard, SavedCharge, Setup, SetupSnapshot, SetupState,
    Snapshot, SnapshotStatus, Subject,
};
pub use online::{AttemptView, PayChoice};
pub(crate) use online::{no_gateway, outside};
pub use post::{PaymentPosted, PostPayment, ReceiptSeries};
pub(crate) use post::{not_in_the_future, stored_money};
pub use receipt::{Receipt, ReceiptCheck};
pub use refund::NewRefund;
pub(crate) use ways::Way;
