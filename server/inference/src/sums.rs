//! Sums over people, from which a rate per debt and its uncertainty follow.

use super::real;

/// What is added up of people: their debts, and what came of them. A stream of any length.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    people: i64,
    debts: i64,
    outcome: i64,
    nn: f64,
    nnn: f64,
    yy: f64,
    yyy: f64,
    yn: f64,
    yyn: f64,
    ynn: f64,
}

impl Sums {
    /// A person with so many debts, and what came of them together: debts paid on, or minor units.
    pub fn add(&mut self, debts: i64, outcome: i64) {
        let (n, y) = (real(debts), real(outcome));
        self.people += 1;
        self.debts += debts;
        self.outcome = self.outcome.saturating_add(outcome);
        self.nn += n * n;
        self.nnn += n * n * n;
        self.yy += y * y;
        self.yyy += y * y * y;
        self.yn += y * n;
        self.yyn += y * y * n;
        self.ynn += y * n * n;
    }

    pub const fn people(&self) -> i64 {
        self.people
    }

    pub const fn debts(&self) -> i64 {
        self.debts
    }

    pub const fn outcome(&self) -> i64 {
        self.outcome
    }

    /// Outcome per debt; none without debts.
    pub fn rate(&self) -> Option<f64> {
        (self.debts > 0).then(|| real(self.outcome) / real(self.debts))
    }

    /// Second and third cumulant of the rate, from what each person differs from it. People are
    /// drawn, their debts come along: debts of one person may move together as they like.
    pub(crate) fn spread(&self) -> Option<(f64, f64)> {
        let r = self.rate()?;
        if self.people < 2 {
            return None;
        }
        let (k, n) = (real(self.people), real(self.debts));
        let second = self.yy - 2.0 * r * self.yn + r * r * self.nn;
        let third = self.yyy - 3.0 * r * self.yyn + 3.0 * r * r * self.ynn - r * r * r * self.nnn;
        let variance = k / (k - 1.0) * second.max(0.0) / (n * n);
        Some((variance, third / (n * n * n)))
    }
}
