//! What may come in from people, learned from people like them.
//!
//! Each group of alike people (contacted or not, stage, quarter of what is owed) has a chance to pay
//! and amounts that were paid. A future is drawn: a chance from its posterior (Beta, Jeffreys'
//! prior), so many payers by it, and an amount for each. The interval is that of the drawn futures,
//! so it holds what is not known of the chance, and what chance does with it.

use std::collections::BTreeMap;

use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Binomial, Distribution, StandardNormal, StudentT};

use super::real;

/// One person of the past, in one currency: as they stood then, and what they paid until the end of
/// a span as long as the one that is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    pub stage: u8,
    /// In minor units.
    pub owed: i64,
    pub contacted: bool,
    /// In minor units; 0: nothing.
    pub paid: i64,
}

/// One person that is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coming {
    pub stage: u8,
    pub owed: i64,
    pub contacted: bool,
}

/// The ends of a 95 % interval, and its middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    pub low: f64,
    pub middle: f64,
    pub high: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    pub people: i64,
    /// People of the past that it was learned from.
    pub learned_from: i64,
    /// How many pay something.
    pub payers: Range,
    /// In minor units.
    pub money: Range,
}

/// Why there is no forecast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoForecast {
    #[error("nobody is asked about")]
    Nobody,
    #[error(
        "{people} people like them are known, {payers} of whom paid; {FEWEST} and {FEWEST_PAYERS} are needed"
    )]
    TooLittle { contacted: bool, people: i64, payers: i64 },
}

/// Fewest people of the past, and payers among them, that anything is said of.
const FEWEST: usize = 100;
const FEWEST_PAYERS: usize = 20;
/// The same for a group of its own within.
const GROUP: usize = 60;
const GROUP_PAYERS: usize = 15;
const DRAWS: usize = 1_000;
/// So many amounts are drawn one by one; the sum of more is drawn at once.
const ONE_BY_ONE: u64 = 20;

/// What comes in from people like those of the past, if the time to come is like that time.
///
/// # Errors
/// There is too little history.
pub fn forecast(history: &[Past], coming: &[Coming], seed: [u8; 32]) -> Result<Forecast, NoForecast> {
    if coming.is_empty() {
        return Err(NoForecast::Nobody);
    }
    let bands = Bands::of(history);
    let mut groups: Vec<(Group, u64)> = Vec::new();
    let mut learned_from = 0;
    for contacted in [false, true] {
        let here: Vec<_> = coming.iter().filter(|person| person.contacted == contacted).collect();
        if here.is_empty() {
            continue;
        }
        let all: Vec<_> = history.iter().filter(|person| person.contacted == contacted).collect();
        let whole = Group::of(&all);
        if whole.people < FEWEST || whole.amounts.len() < FEWEST_PAYERS {
            let count = |size: usize| i64::try_from(size).unwrap_or(i64::MAX);
            let (people, payers) = (count(whole.people), count(whole.amounts.len()));
            return Err(NoForecast::TooLittle { contacted, people, payers });
        }
        learned_from += i64::try_from(whole.people).unwrap_or(i64::MAX);
        groups.extend(apart(&all, &here, &bands, whole));
    }
    let mut rng = ChaCha8Rng::from_seed(seed);
    let mut futures: Vec<(f64, f64)> = Vec::with_capacity(DRAWS);
    for _ in 0..DRAWS {
        let mut future = (0.0, 0.0);
        for (group, people) in &groups {
            let (payers, money) = group.draw(*people, &mut rng);
            future = (future.0 + payers, future.1 + money);
        }
        futures.push(future);
    }
    let people = i64::try_from(coming.len()).unwrap_or(i64::MAX);
    let payers = range(futures.iter().map(|future| future.0).collect());
    let money = range(futures.iter().map(|future| future.1).collect());
    Ok(Forecast { people, learned_from, payers, money })
}

/// Splits by stage and band where each part has enough of the past; else by stage; else not.
fn apart(all: &[&Past], here: &[&Coming], bands: &Bands, whole: Group) -> Vec<(Group, u64)> {
    let mut groups = Vec::new();
    let mut rest = 0;
    let mut stages: BTreeMap<u8, Vec<&Coming>> = BTreeMap::new();
    for person in here {
        stages.entry(person.stage).or_default().push(person);
    }
    for (stage, people) in stages {
        let alike: Vec<_> = all.iter().copied().filter(|past| past.stage == stage).collect();
        let group = Group::of(&alike);
        if !group.is_enough() {
            rest += people.len() as u64;
            continue;
        }
        let by_band: Vec<Group> = (0..=3)
            .map(|band| {
                let own: Vec<_> =
                    alike.iter().copied().filter(|past| bands.band(past.owed) == band).collect();
                Group::of(&own)
            })
            .collect();
        if by_band.iter().all(Group::is_enough) {
            for (band, group) in (0..).zip(by_band) {
                let count = people.iter().filter(|person| bands.band(person.owed) == band).count();
                groups.push((group, count as u64));
            }
        } else {
            groups.push((group, people.len() as u64));
        }
    }
    groups.push((whole, rest));
    groups.retain(|(_, people)| *people > 0);
    groups
}

/// Quarters of what was owed.
struct Bands([i64; 3]);

impl Bands {
    fn of(history: &[Past]) -> Self {
        let mut owed: Vec<i64> = history.iter().map(|past| past.owed).collect();
        owed.sort_unstable();
        let at = |quarter: usize| owed.get(owed.len() * quarter / 4).copied().unwrap_or(0);
        Self([at(1), at(2), at(3)])
    }

    fn band(&self, owed: i64) -> usize {
        self.0.iter().filter(|bound| owed >= **bound).count()
    }
}

/// People alike.
struct Group {
    people: usize,
    amounts: Vec<f64>,
    mean: f64,
    deviation: f64,
}

impl Group {
    fn of(all: &[&Past]) -> Self {
        let amounts: Vec<f64> = all.iter().filter(|past| past.paid > 0).map(|past| real(past.paid)).collect();
        let count = real(i64::try_from(amounts.len()).unwrap_or(i64::MAX));
        let mean = if amounts.is_empty() { 0.0 } else { amounts.iter().sum::<f64>() / count };
        let squares: f64 = amounts.iter().map(|amount| (amount - mean).powi(2)).sum();
        let deviation = if amounts.len() < 2 { 0.0 } else { (squares / (count - 1.0)).sqrt() };
        Self { people: all.len(), amounts, mean, deviation }
    }

    const fn is_enough(&self) -> bool {
        self.people >= GROUP && self.amounts.len() >= GROUP_PAYERS
    }

    /// One future of so many people: how many pay, and how much.
    fn draw(&self, people: u64, rng: &mut ChaCha8Rng) -> (f64, f64) {
        let count = |size: usize| real(i64::try_from(size).unwrap_or(i64::MAX));
        let (paid, not) = (count(self.amounts.len()), count(self.people - self.amounts.len()));
        let chance = Beta::new(paid + 0.5, not + 0.5).map_or(0.0, |beta| beta.sample(rng));
        let payers = Binomial::new(people, chance).map_or(0, |binomial| binomial.sample(rng));
        if payers == 0 {
            return (0.0, 0.0);
        }
        let many = real(i64::try_from(payers).unwrap_or(i64::MAX));
        // What is not known of the mean amount.
        let unsure = StudentT::new((paid - 1.0).max(1.0)).map_or(0.0, |student| student.sample(rng));
        let off = many * self.deviation / paid.sqrt() * unsure;
        let sum = if payers <= ONE_BY_ONE {
            (0..payers).filter_map(|_| self.amounts.choose(rng)).sum::<f64>()
        } else {
            let z: f64 = rng.sample(StandardNormal);
            many * self.mean + many.sqrt() * self.deviation * z
        };
        (many, (sum + off).max(0.0))
    }
}

fn range(mut values: Vec<f64>) -> Range {
    values.sort_unstable_by(f64::total_cmp);
    let at = |thousandths: usize| {
        values
            .get((values.len() * thousandths / 1000).min(values.len().saturating_sub(1)))
            .copied()
            .unwrap_or(0.0)
    };
    Range { low: at(25), middle: at(500), high: at(975) }
}
