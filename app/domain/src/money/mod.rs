//! Money: whole minor units of one currency. No float ever touches it.

mod amount;
mod currency;
mod day_count;
mod decimal;
mod index_unit;
mod parse;
mod rounding;

pub use amount::{Money, MoneyError};
pub use currency::{Currency, UnknownCurrency};
pub use day_count::{DayCount, DayCountError, Interval, UnknownDayCount, YearFraction};
pub use decimal::{Decimal, ParseDecimalError};
pub use index_unit::{IndexError, IndexSeries, IndexUnit, worth};
pub use parse::{DecimalMark, ParseMoneyError};
pub use rounding::Rounding;
