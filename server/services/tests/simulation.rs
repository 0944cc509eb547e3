//! What is simulated is what the runs then do, and nothing is written by looking.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeSet;

use chrono::Duration;
use domain::access::{Actor, Role};
use domain::contact::Channel;
use domain::ids::{ExperimentId, JourneyId, OrganizationId, SegmentId};
use domain::money::Money;
use domain::strategy::{Act, Anchor, Comparison, Expr, Field, Journey, Letter, Rule, Step, Value};
use sea_orm::EntityTrait;
use services::ServiceError;
use services::strategy::{NewArm, NewExperiment, NewJourney, NewSegment};
use store::entities::{contact_decisions, journey_entries, journey_steps, outbox_messages};
use testkit::{Bench, both, staff};

const DAYS: u16 = 6;

/// Whoever is late by three days or more: some come in on later days.
fn late() -> Rule {
    Rule::new(Expr::Compare { field: Field::DaysPastDue, is: Comparison::Ge, value: Value::Number(3) })
}

async fn journey(bench: &Bench, actor: &Actor, steps: Vec<Step>) -> (SegmentId, JourneyId) {
    let services = &bench.services;
    let (segment, id) = (SegmentId(services.new_id()), JourneyId(services.new_id()));
    let new = NewSegment { id: segment, based_on: 0, name: "Vencidas".to_owned(), rule: late() };
    services.save_segment(actor, new).await.unwrap();
    let new = NewJourney {
        id,
        based_on: 0,
        name: "Aviso".to_owned(),
        segment,
        steps: Journey { counts_from: Anchor::Entry, steps },
    };
    services.save_journey(actor, new).await.unwrap();
    (segment, id)
}

type Line = (String, uuid::Uuid, i32, String, Option<String>);

both!(the_runs_do_what_was_simulated, |bench| {
    let org = bench.demo(150).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    let [reminder, notice, offer] = testkit::templates(services, org).await;
    let by = |template| Letter { template, channels: vec![Channel::Email, Channel::Sms] };
    let large = Value::Money(Money::from_minor(1_000_000, "MXN".parse().unwrap()));
    let only_if = Some(Rule::new(Expr::Compare { field: Field::Owed, is: Comparison::Ge, value: large }));
    let steps = vec![
        Step { day: 0, only_if: None, after: None, act: Act::Message(by(reminder)) },
        Step { day: 2, only_if, after: None, act: Act::Message(by(notice)) },
        Step { day: 3, only_if: None, after: None, act: Act::Offer(by(offer)) },
    ];
    let (segment, id) = journey(&bench, &manager, steps).await;
    // An arm of an experiment, so that not everybody comes in.
    let arms =
        [(Some(id), 60), (None, 40)].map(|(journey, share_pct)| NewArm { journey, share_pct }).to_vec();
    let experiment = ExperimentId(services.new_id());
    let new =
        NewExperiment { id: experiment, name: "Aviso o nada".to_owned(), segment, window_days: 30, arms };
    services.save_experiment(&manager, new).await.unwrap();
    services.start_experiment(&manager, experiment).await.unwrap();

    let simulated = services.simulate(&manager, id, None, DAYS).await.unwrap();
    let db = services.db.read();
    assert!(contact_decisions::Entity::find().one(db).await.unwrap().is_none(), "nothing is written");
    assert!(journey_entries::Entity::find().one(db).await.unwrap().is_none());
    assert!(
        outbox_messages::Entity::find().all(db).await.unwrap().iter().all(|row| row.decision_id.is_none())
    );

    let mut did: BTreeSet<Line> = BTreeSet::new();
    let mut entered = 0;
    for _ in 0..DAYS {
        entered += services.run_strategy(&manager).await.unwrap().entered;
        // A step that waited makes room for the next try: look every day.
        for row in journey_steps::Entity::find().all(db).await.unwrap() {
            did.insert((row.on_date.to_string(), row.account_id, row.step, row.outcome, row.detail));
        }
        bench.clock.advance(Duration::days(1));
    }
    let said: BTreeSet<Line> = simulated
        .steps
        .iter()
        .map(|step| {
            let (outcome, detail) = (step.outcome.clone(), step.detail.clone());
            (step.on.to_string(), step.account.0, step.step, outcome, detail)
        })
        .collect();
    assert!(said.len() > 100 && said.iter().any(|line| line.3 == "held"), "{}", said.len());
    let (more, less): (Vec<_>, Vec<_>) =
        (said.difference(&did).take(5).collect(), did.difference(&said).take(5).collect());
    assert!(more.is_empty() && less.is_empty(), "only simulated: {more:?}; only done: {less:?}");
    assert_eq!(simulated.entered.values().sum::<u64>(), entered);
    assert!(simulated.entered.len() > 1, "some come in later");
    let sums = simulated
        .lines
        .values()
        .map(|line| line.messages + line.held + line.refused + line.dropped + line.skipped);
    assert_eq!(sums.sum::<u64>(), said.len() as u64);
    assert!(simulated.lines.values().any(|line| line.skipped > 0));
    assert!(simulated.kept_back.iter().any(|kept| kept.held > 0 && !kept.rule.is_empty()));

    assert!(matches!(services.simulate(&manager, id, None, 61).await, Err(ServiceError::Invalid(_))));
    let elsewhere = staff(OrganizationId(uuid::Uuid::from_u128(1)), Role::Admin);
    assert!(matches!(services.simulate(&elsewhere, id, None, 5).await, Err(ServiceError::NotFound)));
    let agent = staff(org, Role::Agent);
    assert!(matches!(services.simulate(&agent, id, None, 5).await, Err(ServiceError::Denied(_))));
});

both!(what_comes_in_is_told_only_where_history_bears_it, |bench| {
    let org = bench.demo(2_000).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    let (_, id) =
        journey(&bench, &manager, vec![Step { day: 0, only_if: None, after: None, act: Act::Call }]).await;
    let simulated = services.simulate(&manager, id, None, 30).await.unwrap();
    let again = services.simulate(&manager, id, None, 30).await.unwrap();
    let told: Vec<_> = simulated.money.iter().filter_map(|money| money.forecast.as_ref().ok()).collect();
    assert!(!told.is_empty(), "{:?}", simulated.money);
    let same: Vec<_> = again.money.iter().filter_map(|money| money.forecast.as_ref().ok()).collect();
    assert_eq!(told, same, "the same question has the same answer");
    for forecast in &told {
        assert!(forecast.learned_from >= 100 && forecast.payers.low <= forecast.payers.high);
        assert!(0.0 < forecast.money.middle && forecast.money.low < forecast.money.high);
    }
    // A currency of a few people only is not told.
    assert!(simulated.money.iter().any(|money| money.forecast.is_err()), "{:?}", simulated.money);
});
