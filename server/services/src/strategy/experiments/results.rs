//! What an experiment tells: paid share and money recovered per debt, by arm, and how far each arm
//! differs from the champion.

use std::collections::BTreeMap;

use inference::{Difference, Sums, TooLittle, compare};
use store::experiments::Outcome;

/// An arm's rate, and how it differs from the champion's.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmRate {
    pub arm: i32,
    pub accounts: i64,
    /// Debts on which something was paid, or minor units.
    pub outcome: i64,
    /// Per debt; none without debts.
    pub rate: Option<f64>,
    /// None for the champion.
    pub against: Option<Result<Difference, TooLittle>>,
}

/// Money in one currency, per debt in it.
#[derive(Clone, Debug, PartialEq)]
pub struct MoneyResults {
    pub currency: String,
    pub arms: Vec<ArmRate>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExperimentResults {
    /// Debts on which something was paid, of all.
    pub share: Vec<ArmRate>,
    pub money: Vec<MoneyResults>,
}

/// The rows of one person stand together.
pub fn tell(arms: impl IntoIterator<Item = i32>, outcomes: &[Outcome]) -> ExperimentResults {
    let mut share: BTreeMap<i32, Sums> = BTreeMap::new();
    let mut money: BTreeMap<&str, BTreeMap<i32, Sums>> = BTreeMap::new();
    for of_person in outcomes.chunk_by(|one, other| one.party == other.party) {
        let Some(first) = of_person.first() else { continue };
        let accounts = of_person.iter().map(|row| row.accounts).sum();
        let paid = of_person.iter().map(|row| row.paid).sum();
        share.entry(first.arm).or_default().add(accounts, paid);
        for row in of_person {
            money.entry(&row.currency).or_default().entry(row.arm).or_default().add(row.accounts, row.money);
        }
    }
    let arms: Vec<i32> = arms.into_iter().collect();
    let money = money
        .into_iter()
        .map(|(currency, sums)| MoneyResults { currency: currency.to_owned(), arms: rates(&arms, &sums) });
    ExperimentResults { share: rates(&arms, &share), money: money.collect() }
}

fn rates(arms: &[i32], sums: &BTreeMap<i32, Sums>) -> Vec<ArmRate> {
    let of = |arm: i32| sums.get(&arm).copied().unwrap_or_default();
    let champion = of(0);
    arms.iter()
        .map(|arm| {
            let own = of(*arm);
            let against = (*arm != 0).then(|| compare(&champion, &own));
            ArmRate { arm: *arm, accounts: own.debts(), outcome: own.outcome(), rate: own.rate(), against }
        })
        .collect()
}
