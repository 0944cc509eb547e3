//! Statistics of experiments and forecasts. Pure: figures in, figures out; chance comes as a seed.
//!
//! People, not debts, are the unit: whoever has three debts decides once. What rests on too little
//! is refused with its reason, not shown as a number.

mod compare;
mod forecast;
mod split;
mod sums;

pub use compare::{Difference, TooLittle, compare};
pub use forecast::{Coming, Forecast, NoForecast, Past, Range, forecast};
pub use split::{UNLIKELY, split_chance};
pub use sums::Sums;

/// Counts and minor units as figures to compute with. Beyond 2^53 the last digits are lost, which
/// no statistic notices.
#[expect(clippy::cast_precision_loss, reason = "see above")]
pub(crate) const fn real(count: i64) -> f64 {
    count as f64
}
