//! An oracle of contact law, written apart from `domain::contact` and in another way: it reads
//! the packs and the holiday table as plain JSON and text, walks the calendar minute by minute and
//! counts by looking at every past contact. Random histories of every pack are decided by both:
//!
//! - they agree on whether, and for a refusal on the reason and the norm;
//! - the rule of a refusal is its cause: without that rule the answer is yes, or names the next;
//! - the slot that is proposed is accepted, and no minute before it is lawful;
//! - a permit ends no later than the hours do.
//!
//! `CONTACT_HISTORIES` says how many (default 2,500: a debug build is slow), `CONTACT_SEED` where chance begins.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod chance;
mod check;
mod oracle;
mod world;

use std::collections::BTreeMap;

use check::Tally;
use world::World;

#[test]
fn the_oracle_and_decide_agree() {
    let number = |name: &str, usual: u64| {
        std::env::var(name).map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name}: {text}")))
    };
    let (histories, seed) = (number("CONTACT_HISTORIES", 2_500), number("CONTACT_SEED", 1));
    let world = World::read();
    let parts: u64 = 2;
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let run = |part: u64| {
            let world = &world;
            scope.spawn(move || {
                let mut tally = Tally::default();
                let mut chance = chance::Chance::new(seed * parts + part);
                for _ in 0..histories / parts {
                    let case = chance.case(world);
                    if let Err(problem) = check::check(world, &case, &mut tally) {
                        panic!("{problem}\n{case:#?}");
                    }
                }
                tally
            })
        };
        let running: Vec<_> = (0..parts).map(run).collect();
        running.into_iter().map(|part| part.join().expect("an oracle's part failed")).collect()
    });
    let mut answers: BTreeMap<String, u64> = BTreeMap::new();
    for (name, count) in tallies.into_iter().flat_map(|tally| tally.0) {
        *answers.entry(name).or_default() += count;
    }
    println!("{histories} histories, seed {seed}: {answers:#?}");
    // Chance must not leave a kind of answer or a country out.
    let expected =
        ["allowed", "unknown year", "slot: at", "slot: never", "slot: not within", "slot: unknown"];
    let reasons = domain::contact::Reason::ALL.iter().map(|reason| reason.to_string());
    let countries = world.countries().map(|country| format!("allowed in {country}"));
    for name in expected.iter().map(ToString::to_string).chain(reasons).chain(countries) {
        assert!(answers.contains_key(&name), "no history came to {name}");
    }
}
