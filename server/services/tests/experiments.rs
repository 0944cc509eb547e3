//! Experiments: people stay in their arm, journeys take in their own arm's people only, and what was
//! planted is found.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::collections::{HashMap, HashSet};

use chrono::Duration;
use domain::access::{Actor, Role};
use domain::ids::{AccountId, ExperimentId, JourneyId, OrganizationId, PartyId, SegmentId};
use domain::ledger::PaymentMethod;
use domain::money::Money;
use domain::strategy::{Act, Anchor, Comparison, Expr, Field, Journey, Rule, Step, Value};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use services::ServiceError;
use services::payments::{PostPayment, ReceiptSeries};
use services::strategy::{ExperimentStatus, NewArm, NewExperiment, NewJourney, NewSegment, arm_of, point_of};
use store::entities::{accounts, audit_rows, experiment_people, experiments, journey_entries};
use testkit::{Bench, both, staff};

fn past_due() -> Rule {
    let is = |field, is, value| Expr::Compare { field, is, value };
    Rule::new(is(Field::DaysPastDue, Comparison::Ge, Value::Number(1)))
}

async fn segment(bench: &Bench, actor: &Actor) -> SegmentId {
    let id = SegmentId(bench.services.new_id());
    let new = NewSegment { id, based_on: 0, name: "Vencidas".to_owned(), rule: past_due() };
    bench.services.save_segment(actor, new).await.unwrap();
    id
}

async fn journey(bench: &Bench, actor: &Actor, segment: SegmentId, name: &str) -> JourneyId {
    let id = JourneyId(bench.services.new_id());
    let steps = vec![Step { day: 0, only_if: None, after: None, act: Act::Call }];
    let steps = Journey { counts_from: Anchor::Entry, steps };
    let new = NewJourney { id, based_on: 0, name: name.to_owned(), segment, steps };
    bench.services.save_journey(actor, new).await.unwrap();
    id
}

fn comparison(bench: &Bench, segment: SegmentId, arms: &[(Option<JourneyId>, i32)]) -> NewExperiment {
    NewExperiment {
        id: ExperimentId(bench.services.new_id()),
        name: "Dos maneras".to_owned(),
        segment,
        window_days: 10,
        arms: arms
            .iter()
            .map(|(journey, share_pct)| NewArm { journey: *journey, share_pct: *share_pct })
            .collect(),
    }
}

async fn debtors(bench: &Bench) -> HashMap<uuid::Uuid, uuid::Uuid> {
    let rows = accounts::Entity::find().all(bench.services.db.read()).await.unwrap();
    rows.into_iter().map(|row| (row.id, row.debtor_id)).collect()
}

async fn people(bench: &Bench, id: ExperimentId) -> HashMap<uuid::Uuid, experiment_people::Model> {
    let of = experiment_people::Column::ExperimentId.eq(id.0);
    let rows = experiment_people::Entity::find().filter(of).all(bench.services.db.read()).await.unwrap();
    rows.into_iter().map(|row| (row.party_id, row)).collect()
}

async fn entered(bench: &Bench, journey: JourneyId) -> HashSet<uuid::Uuid> {
    let of = journey_entries::Column::JourneyId.eq(journey.0);
    let rows = journey_entries::Entity::find().filter(of).all(bench.services.db.read()).await.unwrap();
    rows.into_iter().map(|row| row.account_id).collect()
}

both!(each_journey_takes_in_its_own_arm_and_nobody_changes_arms, |bench| {
    let org = bench.demo(200).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    let segment = segment(&bench, &manager).await;
    let (one, two) =
        (journey(&bench, &manager, segment, "Uno").await, journey(&bench, &manager, segment, "Dos").await);
    let new = comparison(&bench, segment, &[(Some(one), 50), (Some(two), 30), (None, 20)]);
    let id = new.id;
    services.save_experiment(&manager, new.clone()).await.unwrap();
    services.save_experiment(&manager, new).await.unwrap();
    services.start_experiment(&manager, id).await.unwrap();
    services.start_experiment(&manager, id).await.unwrap();
    // Two runs at once, and another days later.
    let (first, second) = tokio::join!(services.run_strategy(&manager), services.run_strategy(&manager));
    (first.unwrap(), second.unwrap());
    let before = people(&bench, id).await;
    bench.clock.advance(Duration::days(3));
    services.run_strategy(&manager).await.unwrap();
    let after = people(&bench, id).await;
    assert!(before.len() > 50 && before.iter().all(|(person, row)| after[person] == *row), "they stay");

    // Anybody who has the seed finds the same, and the point that decided it is kept.
    let seed =
        experiments::Entity::find_by_id((org.0, id.0)).one(services.db.read()).await.unwrap().unwrap().seed;
    for row in after.values() {
        let point = point_of(&seed, PartyId(row.party_id));
        assert_eq!((row.point, Some(row.arm)), (point, arm_of([(0, 50), (1, 30), (2, 20)], point)));
    }
    let debtors = debtors(&bench).await;
    for (journey, arm) in [(one, 0), (two, 1)] {
        let inside = entered(&bench, journey).await;
        assert!(!inside.is_empty());
        assert!(inside.iter().all(|account| after[&debtors[account]].arm == arm));
    }
    let view = services.experiment(&manager, id).await.unwrap();
    assert_eq!(view.line.status, ExperimentStatus::Running);
    assert_eq!(view.arms.iter().map(|arm| arm.people).sum::<i64>(), after.len() as i64);
    assert!(view.split_chance.unwrap() > 0.001 && view.arms[2].people > 0);

    // Compared journeys stay what they are, and are in one comparison only.
    assert!(matches!(services.run_journey(&manager, one, false).await, Err(ServiceError::Invalid(_))));
    let again = comparison(&bench, segment, &[(Some(one), 50), (None, 50)]);
    services.save_experiment(&manager, again.clone()).await.unwrap();
    assert!(matches!(services.start_experiment(&manager, again.id).await, Err(ServiceError::Invalid(_))));
    // At its end one goes on, over everybody.
    services.end_experiment(&manager, id, 1).await.unwrap();
    assert_eq!(services.journey(&manager, one).await.unwrap().journey.going, None);
    services.run_strategy(&manager).await.unwrap();
    let all = entered(&bench, two).await;
    assert!(all.iter().any(|account| after[&debtors[account]].arm == 0));

    let agent = staff(org, Role::Agent);
    assert!(matches!(services.experiment(&agent, id).await, Err(ServiceError::Denied(_))));
    let supervisor = staff(org, Role::Supervisor);
    assert!(matches!(services.end_experiment(&supervisor, id, 0).await, Err(ServiceError::Denied(_))));
    let elsewhere = staff(OrganizationId(uuid::Uuid::from_u128(1)), Role::Admin);
    assert!(matches!(services.experiment(&elsewhere, id).await, Err(ServiceError::NotFound)));
    let kept = audit_rows::Entity::find().all(services.db.read()).await.unwrap();
    for action in ["experiment.saved", "experiment.started", "experiment.enrolled", "experiment.ended"] {
        assert!(kept.iter().any(|row| row.action == action), "{action}");
    }
});

both!(the_permanent_holdout_is_left_alone_by_every_journey, |bench| {
    let org = bench.demo(200).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    let segment = segment(&bench, &manager).await;
    let (one, two) =
        (journey(&bench, &manager, segment, "Uno").await, journey(&bench, &manager, segment, "Dos").await);
    assert!(matches!(services.set_holdout(&manager, 30, 30).await, Err(ServiceError::Invalid(_))));
    services.set_holdout(&manager, 20, 30).await.unwrap();
    services.run_journey(&manager, one, true).await.unwrap();
    let new = comparison(&bench, segment, &[(Some(two), 50), (None, 50)]);
    let id = new.id;
    services.save_experiment(&manager, new).await.unwrap();
    services.start_experiment(&manager, id).await.unwrap();
    services.run_strategy(&manager).await.unwrap();
    let lines = services.experiments(&manager).await.unwrap();
    let holdout = lines.iter().find(|line| line.is_holdout).unwrap().id;
    let kept = people(&bench, holdout).await;
    let out: HashSet<_> = kept.values().filter(|row| row.arm == 1).map(|row| row.party_id).collect();
    assert!(out.len() > 5 && out.len() < kept.len() / 2, "{} of {}", out.len(), kept.len());
    let debtors = debtors(&bench).await;
    for journey in [one, two] {
        let inside = entered(&bench, journey).await;
        assert!(!inside.is_empty() && inside.iter().all(|account| !out.contains(&debtors[account])));
    }
    assert!(people(&bench, id).await.keys().all(|person| !out.contains(person)), "nor is it compared");
    // A smaller one is part of the larger.
    services.set_holdout(&manager, 5, 30).await.unwrap();
    let lines = services.experiments(&manager).await.unwrap();
    let now = lines.iter().find(|line| line.is_holdout && line.status == ExperimentStatus::Running).unwrap();
    let fewer = people(&bench, now.id).await;
    assert!(fewer.values().filter(|row| row.arm == 1).all(|row| out.contains(&row.party_id)));
    services.set_holdout(&manager, 0, 30).await.unwrap();
    let lines = services.experiments(&manager).await.unwrap();
    assert!(!lines.iter().any(|line| line.is_holdout && line.status == ExperimentStatus::Running));
});

both!(what_arms_brought_is_counted_for_everybody_who_was_assigned, |bench| {
    let org = bench.demo(400).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    let segment = segment(&bench, &manager).await;
    let one = journey(&bench, &manager, segment, "Uno").await;
    let new = comparison(&bench, segment, &[(None, 50), (Some(one), 50)]);
    let id = new.id;
    services.save_experiment(&manager, new).await.unwrap();
    services.start_experiment(&manager, id).await.unwrap();
    // Everybody of the challenger pays ten, within the span; one of the champion, after it.
    let people = people(&bench, id).await;
    let rows = accounts::Entity::find().all(services.db.read()).await.unwrap();
    let counted: Vec<_> = rows.iter().filter(|row| people.contains_key(&row.debtor_id)).collect();
    let pay = async |account: &accounts::Model, source: &str| {
        let new = PostPayment {
            account_id: AccountId(account.id),
            amount: Money::from_minor(1_000, account.currency.parse().unwrap()),
            method: PaymentMethod::BankTransfer,
            received_on: services.today(org).await.unwrap(),
            source: format!("test:{source}:{}", account.id),
            reference: None,
            receipt: ReceiptSeries::Next("C"),
            designated: vec![],
        };
        services.post_payment(&manager, new).await.unwrap();
    };
    let people = &people;
    let mine = |arm: i32| counted.iter().filter(move |row| people[&row.debtor_id].arm == arm);
    let view = services.experiment(&manager, id).await.unwrap();
    assert!(view.results.share.iter().all(|arm| arm.accounts == 0), "no span is over");
    let mut paid = 0;
    for account in mine(1) {
        let view = services.account_view(&manager, AccountId(account.id)).await.unwrap();
        if view.summary.balance.total().unwrap().minor() > 2_000 && view.summary.days_past_due > 0 {
            pay(account, "in").await;
            paid += 1;
        }
    }
    bench.clock.advance(Duration::days(11));
    pay(mine(0).next().unwrap(), "late").await;
    let view = services.experiment(&manager, id).await.unwrap();
    assert!(paid > 50, "{paid}");
    assert_eq!((view.results.share[0].outcome, view.results.share[1].outcome), (0, paid));
    assert_eq!(view.results.share[0].accounts, view.arms[0].complete);
    let money: i64 = view.results.money.iter().map(|money| money.arms[1].outcome).sum();
    assert_eq!(money, paid * 1_000);
});
