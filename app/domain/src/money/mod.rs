//! Money: whole minor units of one currency. No float ever touches it.

mod amount;
mod currency;
mod parse;

pub use amount::{Money, MoneyError};
pub use currency::{Currency, UnknownCurrency};
pub use parse::{DecimalMark, ParseMoneyError};
