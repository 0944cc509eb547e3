//! Bank transfers: where to send them, by which reference, and statements that tell what came.

mod details;
mod lines;
mod parse;
mod statement;

pub use details::{BankDetails, TransferWay};
pub use lines::{BankLine, LineStatus, Seen};
pub use parse::{DateOrder, LineError, StatementFormat};
pub use statement::{StatementLine, StatementRead};
