//! Two groups of people compared.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::{Sums, real};

/// Fewest people in a group of which an interval is told.
pub const FEWEST_PEOPLE: i64 = 100;
/// A rate of the most lopsided amounts is told only when its own distribution has come so near to
/// the bell: Cochran's rule, people > 25 × (skewness of a person's amount)².
const LOPSIDED: f64 = 0.2;
const CONFIDENCE: f64 = 0.95;

/// How much another group brought per debt than the first, in the unit of the outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    pub estimate: f64,
    /// The 95 % interval.
    pub low: f64,
    pub high: f64,
}

impl Difference {
    /// Whether the interval leaves out zero.
    pub fn is_told(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

/// Why no interval is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooLittle {
    #[error("fewer than {wanted} people in a group")]
    People { wanted: i64 },
    #[error("a few large amounts decide everything; more people are needed")]
    Lopsided,
    #[error("everybody did the same")]
    NoSpread,
}

/// The difference of two rates, `other` less `first`, with its 95 % interval: ratio estimators over
/// people (cluster-robust), Welch's degrees of freedom.
///
/// # Errors
/// Why the figures do not bear an interval yet.
pub fn compare(first: &Sums, other: &Sums) -> Result<Difference, TooLittle> {
    if first.people().min(other.people()) < FEWEST_PEOPLE {
        return Err(TooLittle::People { wanted: FEWEST_PEOPLE });
    }
    let figures = || Some((first.rate()?, first.spread()?, other.rate()?, other.spread()?));
    let (a, (var_a, third_a), b, (var_b, third_b)) = figures().ok_or(TooLittle::NoSpread)?;
    let variance = var_a + var_b;
    let error = variance.sqrt();
    if error.is_nan() || error <= 0.0 {
        return Err(TooLittle::NoSpread);
    }
    if ((third_b - third_a) / (variance * error)).abs() > LOPSIDED {
        return Err(TooLittle::Lopsided);
    }
    let free = variance * variance
        / (var_a * var_a / real(first.people() - 1) + var_b * var_b / real(other.people() - 1));
    let student = StudentsT::new(0.0, 1.0, free.max(1.0)).map_err(|_| TooLittle::NoSpread)?;
    let reach = student.inverse_cdf(f64::midpoint(1.0, CONFIDENCE)) * error;
    let estimate = b - a;
    Ok(Difference { estimate, low: estimate - reach, high: estimate + reach })
}
