use std::panic::{AssertUnwindSafe, catch_unwind};

use super::world::{Faults, World};

/// A day: enrol, record now and then in either tab, with whatever goes wrong.
fn day(world: &mut World, records: u64) {
    for n in 0..records {
        for _ in 0..20 {
            world.step();
        }
        world.record(usize::from(n % 4 == 3));
    }
}

#[test]
fn a_calm_day_arrives() {
    let mut world = World::new(1, Faults::NONE);
    day(&mut world, 12);
    world.heal_and_drain();
    assert_eq!(world.saved.len(), 12);
    assert_eq!(world.server.applied.len(), 12);
}

#[test]
fn rough_days_arrive_once_and_in_order() {
    for seed in 0..40 {
        let mut world = World::new(seed, Faults::ROUGH);
        day(&mut world, 25);
        world.heal_and_drain();
    }
}

#[test]
fn a_day_without_network_arrives_in_the_evening() {
    let mut world = World::new(5, Faults::NONE);
    for _ in 0..30 {
        world.step();
    }
    world.faults = Faults { lose_request: 100, ..Faults::NONE };
    day(&mut world, 130);
    assert_eq!(world.server.applied.len(), 0);
    assert_eq!(world.disk().unsent(), 130);
    world.heal_and_drain();
    assert_eq!(world.server.applied.len(), 130);
}

#[test]
fn killing_the_phone_at_every_boundary_loses_nothing() {
    let mut calm = World::new(9, Faults::NONE);
    day(&mut calm, 5);
    calm.heal_and_drain();
    assert!(calm.boundaries() > 20);
    for boundary in 1..=calm.boundaries().min(120) {
        let mut world = World::new(9, Faults::NONE).kill_at(boundary);
        day(&mut world, 5);
        world.heal_and_drain();
    }
}

#[test]
fn a_revoked_phone_keeps_its_outbox_and_sends_it_after_enrolling_again() {
    for seed in 0..10 {
        let mut world = World::new(seed, Faults::ROUGH);
        day(&mut world, 6);
        world.server.revoke();
        day(&mut world, 6);
        world.heal_and_drain();
        assert!(world.server.revocations >= 1);
    }
}

#[test]
fn a_restored_server_is_brought_up_to_date() {
    let mut world = World::new(3, Faults::NONE);
    day(&mut world, 4);
    let backup = world.server.clone();
    day(&mut world, 6);
    world.server = backup;
    world.server.epoch = 1;
    day(&mut world, 2);
    world.heal_and_drain();
    assert_eq!(world.server.applied.len(), 12);
}

#[test]
fn receipt_numbers_are_gapless_and_unique() {
    for seed in 200..210 {
        let mut world = World::new(seed, Faults::ROUGH);
        day(&mut world, 20);
        world.heal_and_drain();
        let disk = world.disk();
        let numbers: Vec<String> = disk
            .events
            .values()
            .filter_map(|k| match k.event.envelope()?.parsed_body().ok()? {
                domain::field::Body::Cash(cash) => Some(cash.receipt_no),
                domain::field::Body::Visit(_) => None,
            })
            .collect();
        let expected: Vec<String> =
            (1..=numbers.len() as u64).map(|n| domain::field::format_receipt_no("D07", n)).collect();
        assert_eq!(numbers, expected);
        assert!(world.receipts.iter().all(|r| numbers.contains(r)), "every number shown has an event");
    }
}

#[test]
fn the_same_seed_gives_the_same_day() {
    let run = || {
        let mut world = World::new(42, Faults::ROUGH);
        day(&mut world, 15);
        (world.disk(), world.saved, world.server.applied)
    };
    assert_eq!(run(), run());
}

/// The proof that the simulator can fail: a server that forgets what it has seen.
#[test]
fn a_server_without_deduplication_is_caught() {
    let caught = (0..20).any(|seed| {
        catch_unwind(AssertUnwindSafe(|| {
            let mut world = World::new(seed, Faults::ROUGH);
            world.server.forgets_duplicates = true;
            day(&mut world, 10);
            world.heal_and_drain();
        }))
        .is_err()
    });
    assert!(caught);
}
