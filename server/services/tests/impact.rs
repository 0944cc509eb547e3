//! What a new version changes is told before it is set going; going back brings back the decisions.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::{BTreeSet, HashSet};

use chrono::Duration;
use domain::access::{Actor, Role};
use domain::contact::Channel;
use domain::ids::{AccountId, JourneyId, OrganizationId, SegmentId, TemplateId};
use domain::strategy::{Act, Anchor, Comparison, Expr, Field, Journey, Letter, Rule, Step, Value};
use sea_orm::{EntityTrait, QueryOrder};
use services::ServiceError;
use services::strategy::{Change, NewJourney, NewSegment};
use store::entities::{accounts, contact_decisions, journey_steps};
use testkit::{Bench, both, staff};

fn late(days: i64) -> Rule {
    Rule::new(Expr::Compare { field: Field::DaysPastDue, is: Comparison::Ge, value: Value::Number(days) })
}

/// The first of the demo's templates: it is the same in every book of this date.
fn email(day: i16) -> Step {
    let template = TemplateId(domain::ids::uuid_v7("2026-11-20T12:00:00Z".parse().unwrap(), [2; 10]));
    Step {
        day,
        only_if: None,
        after: None,
        act: Act::Message(Letter { template, channels: vec![Channel::Email] }),
    }
}

fn call(day: i16) -> Step {
    Step { day, only_if: None, after: None, act: Act::Call }
}

const SEGMENT: SegmentId = SegmentId(uuid::Uuid::from_u128(11));
const JOURNEY: JourneyId = JourneyId(uuid::Uuid::from_u128(12));

async fn save(bench: &Bench, actor: &Actor, based_on: i32, days: i64, steps: Vec<Step>) {
    let services = &bench.services;
    let new = NewSegment { id: SEGMENT, based_on, name: "Vencidas".to_owned(), rule: late(days) };
    services.save_segment(actor, new).await.unwrap();
    let name = "Aviso".to_owned();
    let new = NewJourney {
        id: JOURNEY,
        based_on,
        name,
        segment: SEGMENT,
        steps: Journey { counts_from: Anchor::Entry, steps },
    };
    services.save_journey(actor, new).await.unwrap();
}

both!(a_new_version_tells_whom_it_changes_before_it_goes, |bench| {
    let org = bench.demo(200).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    save(&bench, &manager, 0, 10, vec![email(0), email(2)]).await;
    let first = services.impact(&manager, JOURNEY, None).await.unwrap();
    assert!(first.comes_in > 50 && first.leaves + first.next_differs + first.unchanged == 0);
    services.run_journey(&manager, JOURNEY, true).await.unwrap();
    services.run_strategy(&manager).await.unwrap();
    let same = services.impact(&manager, JOURNEY, None).await.unwrap();
    assert_eq!((same.debtors, same.unchanged), (0, first.comes_in));

    // Fewer people, and a call in the place of the second e-mail. The first is not sent again.
    save(&bench, &manager, 1, 60, vec![email(0), call(2)]).await;
    let view = services.journey(&manager, JOURNEY).await.unwrap().journey;
    assert_eq!((view.version, view.running, view.going), (2, false, Some(1)), "the first goes on meanwhile");
    assert_eq!(services.run_strategy(&manager).await.unwrap().journeys, 1);
    let told = services.impact(&manager, JOURNEY, None).await.unwrap();
    let (old, new) = (
        services.count_rule(&manager, &late(10)).await.unwrap(),
        services.count_rule(&manager, &late(60)).await.unwrap(),
    );
    assert_eq!((told.comes_in, told.leaves), (0, old - new));
    assert_eq!(told.next_differs + told.unchanged, new);
    assert!(told.next_differs > 20, "the next step was an e-mail and is a call");
    // The pages are the list, each account once, and people are counted once.
    let mut listed = Vec::new();
    let mut after = None;
    loop {
        let page = services.impact(&manager, JOURNEY, after).await.unwrap();
        listed.extend(page.lines.iter().map(|line| (AccountId(line.account.id), line.change)));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(listed.len() as u64, told.leaves + told.next_differs);
    let rows = accounts::Entity::find().all(services.db.read()).await.unwrap();
    let of = |id: AccountId| rows.iter().find(|row| row.id == id.0).unwrap().debtor_id;
    let people: HashSet<_> = listed.iter().map(|(id, _)| of(*id)).collect();
    assert_eq!(people.len() as u64, told.debtors);
    assert_eq!(told.lines.iter().filter(|line| line.why.is_some()).count(), 3);
    let call_next = Change::NextStep { was: Some(1), will: Some(1) };
    assert!(listed.iter().any(|(_, change)| *change == call_next));

    // What was told is what happens.
    services.run_journey(&manager, JOURNEY, true).await.unwrap();
    bench.clock.advance(Duration::days(4));
    let ran = services.run_strategy(&manager).await.unwrap();
    assert!(ran.calls > 10, "{ran:?}");
    let sent = journey_steps::Entity::find().all(services.db.read()).await.unwrap();
    let again = sent.iter().filter(|row| row.version == 2 && row.step == 0 && row.outcome == "message");
    let on_time = "2026-11-20".parse().unwrap();
    let first_ones: HashSet<_> = sent
        .iter()
        .filter(|row| row.version == 1 && row.step == 0 && row.outcome == "message")
        .map(|row| row.account_id)
        .collect();
    assert!(
        again.filter(|row| first_ones.contains(&row.account_id)).all(|row| row.on_date == on_time),
        "nobody gets the first e-mail again"
    );
    let elsewhere = staff(OrganizationId(uuid::Uuid::from_u128(1)), Role::Admin);
    assert!(matches!(services.impact(&elsewhere, JOURNEY, None).await, Err(ServiceError::NotFound)));
    assert!(matches!(
        services.journey_back(&staff(org, Role::Supervisor), JOURNEY, 1, 2).await,
        Err(ServiceError::Denied(_))
    ));
});

/// Who, which step, which answer, by which rule, on which facts.
type Said = (uuid::Uuid, i32, String, Option<String>, Option<String>, Option<Known>);
type Known = (String, String, String, Option<String>, Option<String>, Option<String>, String);

async fn decisions(bench: &Bench, version: i32, day: &str) -> BTreeSet<Said> {
    let db = bench.services.db.read();
    let kept = contact_decisions::Entity::find().all(db).await.unwrap();
    let steps =
        journey_steps::Entity::find().order_by_asc(journey_steps::Column::AccountId).all(db).await.unwrap();
    steps
        .into_iter()
        .filter(|row| row.version == version && row.on_date == day.parse().unwrap())
        .map(|row| {
            let known = row.decision_id.and_then(|id| kept.iter().find(|kept| kept.id == id)).map(|kept| {
                (
                    kept.act.clone(),
                    kept.answer.clone(),
                    kept.asked_for.to_string(),
                    kept.reason.clone(),
                    kept.law.clone(),
                    kept.article.clone(),
                    kept.input_digest.clone(),
                )
            });
            let retry = row.retry_on.map(|on| on.to_string());
            (row.account_id, row.step, row.outcome, row.detail, retry, known)
        })
        .collect()
}

both!(going_back_brings_back_the_same_decisions, |bench| {
    let control = if bench.database == "sqlite" { Bench::sqlite().await } else { Bench::postgres().await };
    let steps = || vec![email(0), email(2), call(3), email(3)];
    for own in [&bench, &control] {
        let org = own.demo(200).await;
        let (services, manager) = (&own.services, staff(org, Role::Manager));
        save(own, &manager, 0, 10, steps()).await;
        services.run_journey(&manager, JOURNEY, true).await.unwrap();
        services.run_strategy(&manager).await.unwrap();
    }
    let org = store::parties::organizations(bench.services.db.read()).await.unwrap().remove(0).id;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    let before = services.simulate(&manager, JOURNEY, None, 10).await.unwrap();
    // Another version goes, for nobody's next step yet, and is taken back.
    save(&bench, &manager, 1, 45, vec![call(0), email(5)]).await;
    services.run_journey(&manager, JOURNEY, true).await.unwrap();
    assert_eq!(services.journey_back(&manager, JOURNEY, 1, 2).await.unwrap(), 3);
    assert_eq!(services.journey_back(&manager, JOURNEY, 1, 2).await.unwrap(), 3, "twice is once");
    services.run_journey(&manager, JOURNEY, true).await.unwrap();
    let versions = services.journey_versions(&manager, JOURNEY).await.unwrap();
    let (now, first) = (versions.first().unwrap(), versions.last().unwrap());
    assert_eq!(now.rule, first.rule, "with the segment as it was");
    assert_eq!(now.journey.steps, first.journey.steps);

    let after = services.simulate(&manager, JOURNEY, None, 10).await.unwrap();
    assert!(before.steps.len() > 100);
    assert_eq!(before.steps, after.steps);
    // And what the runs of the next days decide is what they decide where nothing ever changed.
    let mut all = 0;
    for day in ["2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"] {
        for own in [&bench, &control] {
            own.clock.advance(Duration::days(1));
            own.services.run_strategy(&manager).await.unwrap();
        }
        let (here, there) = (decisions(&bench, 3, day).await, decisions(&control, 1, day).await);
        let (more, less) = (here.difference(&there).next(), there.difference(&here).next());
        assert!(more.is_none() && less.is_none(), "{day}: {more:?} and not {less:?}");
        all += here.len();
    }
    assert!(all > 100, "{all}");
    assert_eq!(services.segment_back(&manager, SEGMENT, 1, 2).await.unwrap(), 3);
    let rules: Vec<_> = services.segment_versions(&manager, SEGMENT).await.unwrap();
    assert_eq!(rules.first().unwrap().rule, late(10));
});
