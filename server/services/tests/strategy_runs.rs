//! Journeys do what they say, under permits, and nothing twice.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use chrono::Duration;
use domain::access::{Actor, Role};
use domain::account::PromiseTerms;
use domain::ids::{AccountId, JourneyId, MessageId, OrganizationId, SegmentId};
use domain::ledger::PaymentMethod;
use domain::money::Money;
use domain::strategy::{Act, Comparison, Expr, Field, Journey, Rule, Step, Value};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use services::ServiceError;
use services::outbox::{Channel, Channels, Leave, OutgoingMessage, ProviderRef, SendError};
use services::payments::{PostPayment, ReceiptSeries};
use services::strategy::{NewJourney, NewSegment};
use store::entities::{call_tasks, contact_decisions, journey_steps, outbox_messages};
use testkit::{Bench, both, staff};

fn is(field: Field, is: Comparison, value: Value) -> Expr {
    Expr::Compare { field, is, value }
}

/// Debtors in Mexico who owe something.
fn in_mexico() -> Rule {
    Rule::new(Expr::All(vec![
        is(Field::Country, Comparison::Eq, Value::Text("MX".to_owned())),
        is(Field::DaysPastDue, Comparison::Ge, Value::Number(1)),
    ]))
}

fn email() -> Act {
    let body = "Hola {{ name }}: debe {{ amount }} a {{ creditor }}. {{ link }}".to_owned();
    Act::Email { subject: "Su cuenta {{ account }}".to_owned(), body }
}

async fn set_going(bench: &Bench, actor: &Actor, rule: Rule, steps: Vec<Step>) -> (SegmentId, JourneyId) {
    let services = &bench.services;
    let (segment, journey) = (SegmentId(services.new_id()), JourneyId(services.new_id()));
    let new = NewSegment { id: segment, based_on: 0, name: "México".to_owned(), rule };
    assert_eq!(services.save_segment(actor, new.clone()).await.unwrap(), 1);
    assert_eq!(services.save_segment(actor, new).await.unwrap(), 1, "the same save twice is one");
    let new = NewJourney {
        id: journey,
        based_on: 0,
        name: "Primer aviso".to_owned(),
        segment,
        steps: Journey(steps),
    };
    assert_eq!(services.save_journey(actor, new).await.unwrap(), 1);
    services.run_journey(actor, journey, true).await.unwrap();
    (segment, journey)
}

async fn messages(bench: &Bench) -> Vec<outbox_messages::Model> {
    let pursuing = outbox_messages::Column::DecisionId.is_not_null();
    outbox_messages::Entity::find().filter(pursuing).all(bench.services.db.read()).await.unwrap()
}

/// A channel that keeps what it is given, and asks for a permit.
#[derive(Default)]
struct Kept(Mutex<Vec<MessageId>>);

#[async_trait::async_trait]
impl Channel for Kept {
    async fn send(&self, message: &OutgoingMessage) -> Result<ProviderRef, SendError> {
        assert!(matches!(message.leave(), Leave::Permitted(_)));
        self.0.lock().unwrap().push(message.id);
        Ok(None)
    }
}

async fn deliver_all(bench: &Bench, kept: &Arc<Kept>) {
    let channels: Channels = [("email", Arc::clone(kept) as Arc<dyn Channel>)].into();
    while bench.services.deliver_messages(&channels).await.unwrap() > 0 {}
}

both!(two_runs_at_once_and_a_third_do_nothing_twice, |bench| {
    let org = bench.demo(120).await;
    let manager = staff(org, Role::Manager);
    let steps =
        vec![Step { day: 0, act: email() }, Step { day: 0, act: Act::Call }, Step { day: 3, act: email() }];
    let (_, journey) = set_going(&bench, &manager, in_mexico(), steps).await;
    let (one, two) = (bench.services.clone(), bench.services.clone());
    let (first, second) = (manager.clone(), manager.clone());
    let (a, b) = tokio::join!(
        tokio::spawn(async move { one.run_strategy(&first).await }),
        tokio::spawn(async move { two.run_strategy(&second).await })
    );
    let (a, b) = (a.unwrap().unwrap(), b.unwrap().unwrap());
    let sent = messages(&bench).await;
    assert!(sent.len() > 20, "{a:?} {b:?}");
    assert_eq!(sent.len() as u64, a.messages + b.messages);
    let debts: HashSet<_> = sent.iter().map(|row| row.account_id).collect();
    assert_eq!(debts.len(), sent.len(), "one message a debt");
    let calls = call_tasks::Entity::find().all(bench.services.db.read()).await.unwrap();
    assert_eq!(calls.len() as u64, a.calls + b.calls);
    // Each message and call names a kept decision that allowed it.
    let decisions = contact_decisions::Entity::find().all(bench.services.db.read()).await.unwrap();
    let allowed: HashSet<_> =
        decisions.iter().filter(|row| row.answer == "allowed").map(|row| row.id).collect();
    assert!(sent.iter().all(|row| allowed.contains(&row.decision_id.unwrap())));
    assert!(calls.iter().all(|row| allowed.contains(&row.decision_id)));
    assert!(sent[0].subject.as_ref().unwrap().starts_with("Su cuenta ") && sent[0].body.contains("debe "));

    // Again the same day: nothing.
    let again = bench.services.run_strategy(&manager).await.unwrap();
    assert_eq!((again.done(), again.entered), (0, 0));
    assert_eq!(messages(&bench).await.len(), sent.len());
    // Three days on it is a Monday, and the third step is due, once.
    bench.clock.advance(Duration::days(3));
    let third = bench.services.run_strategy(&manager).await.unwrap();
    assert!(third.messages > 20, "{third:?}");
    assert_eq!(bench.services.run_strategy(&manager).await.unwrap().done(), 0);
    let view = bench.services.journey(&manager, journey).await.unwrap();
    assert!(view.came > 20 && view.done.iter().any(|(step, outcome, _)| *step == 2 && outcome == "message"));

    let agent = staff(org, Role::Agent);
    assert!(matches!(bench.services.run_strategy(&agent).await, Err(ServiceError::Denied(_))));
    let elsewhere = staff(OrganizationId(uuid::Uuid::from_u128(1)), Role::Admin);
    assert!(matches!(bench.services.journey(&elsewhere, journey).await, Err(ServiceError::NotFound)));
});

both!(leave_is_asked_again_at_sending, |bench| {
    let org = bench.demo(80).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    set_going(&bench, &manager, in_mexico(), vec![Step { day: 0, act: email() }]).await;
    services.run_strategy(&manager).await.unwrap();
    let waiting = messages(&bench).await;
    let debt = |index: usize| AccountId(waiting[index].account_id.unwrap());
    let status = async |index: usize| {
        let row =
            outbox_messages::Entity::find_by_id((org.0, waiting[index].id)).one(services.db.read()).await;
        let row = row.unwrap().unwrap();
        (row.status, row.failure)
    };
    // One debt is paid and one promised before the messages go out.
    let paid = services.account_view(&manager, debt(0)).await.unwrap().summary;
    let new = PostPayment {
        account_id: debt(0),
        amount: paid.balance.total().unwrap(),
        method: PaymentMethod::BankTransfer,
        received_on: paid.account.due_on.max("2026-11-20".parse().unwrap()),
        source: "test:paid".to_owned(),
        reference: None,
        receipt: ReceiptSeries::Next("C"),
    };
    services.post_payment(&manager, new).await.unwrap();
    let owed = services.account_view(&manager, debt(1)).await.unwrap().summary.balance.total().unwrap();
    let terms = PromiseTerms {
        amount: Money::from_minor(owed.minor().min(100), owed.currency()),
        due_on: "2026-11-27".parse().unwrap(),
    };
    services.take_promise(&manager, debt(1), terms).await.unwrap();

    // At night, on every clock of Mexico, nothing goes out, and each message says why and until when.
    let kept = Arc::new(Kept::default());
    bench.clock.advance(Duration::hours(13));
    deliver_all(&bench, &kept).await;
    assert!(kept.0.lock().unwrap().is_empty());
    assert_eq!(status(0).await, ("cancelled".to_owned(), Some("settled".to_owned())));
    assert_eq!(status(1).await, ("cancelled".to_owned(), Some("promised".to_owned())));
    let held = waiting.len() - 2;
    let rows = messages(&bench).await;
    let says = |row: &&outbox_messages::Model| {
        matches!(row.failure.as_deref(), Some("held:after_window" | "held:before_window"))
    };
    assert_eq!(rows.iter().filter(says).count(), held);
    // The next morning they do.
    bench.clock.advance(Duration::hours(10));
    deliver_all(&bench, &kept).await;
    assert_eq!(kept.0.lock().unwrap().len(), held);
    let line = &services.contact_decisions(&manager, debt(2)).await.unwrap();
    assert_eq!(
        line.iter().map(|line| (line.act.as_str(), line.allowed)).collect::<Vec<_>>(),
        [("send", true), ("send", false), ("queue", true)]
    );
});

both!(what_is_not_lawful_today_waits_for_a_day_that_is, |bench| {
    let org = bench.demo(80).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    set_going(&bench, &manager, in_mexico(), vec![Step { day: 0, act: email() }]).await;
    // A Sunday, which the operator keeps free.
    bench.clock.advance(Duration::days(2));
    let sunday = services.run_strategy(&manager).await.unwrap();
    assert!(sunday.messages == 0 && sunday.held > 10, "{sunday:?}");
    let steps = journey_steps::Entity::find().all(services.db.read()).await.unwrap();
    let held: Vec<_> = steps.iter().filter(|row| row.outcome == "held").collect();
    assert!(held.iter().all(|row| row.retry_on == "2026-11-23".parse().ok() && row.decision_id.is_some()));
    assert_eq!(services.run_strategy(&manager).await.unwrap().done(), 0);
    bench.clock.advance(Duration::days(1));
    let monday = services.run_strategy(&manager).await.unwrap();
    // Others may have come in.
    assert!(monday.messages >= sunday.held, "{monday:?}");
});

/// Fills the book with debts of people in Mexico who have an e-mail, in SQL.
async fn fill(bench: &Bench, org: OrganizationId, debts: u64) {
    use sea_orm::{ConnectionTrait, DbBackend, Statement};
    let creditor =
        store::entities::creditors::Entity::find().one(bench.services.db.read()).await.unwrap().unwrap().id;
    let backend = bench.services.db.backend();
    let (series, id, org_at, creditor_at) = match backend {
        DbBackend::Sqlite => (
            format!("WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {debts})"),
            "CAST(printf('%016d', i) AS BLOB)",
            "?1",
            "?2",
        ),
        _ => (
            format!("WITH s(i) AS (SELECT generate_series(1, {debts}))"),
            "CAST(lpad(to_hex(i), 32, '0') AS uuid)",
            "$1",
            "$2",
        ),
    };
    let day = if backend == DbBackend::Sqlite {
        "date('2026-11-20', '-' || (i % 200) || ' days')"
    } else {
        "DATE '2026-11-20' - (i % 200)"
    };
    let now = if backend == DbBackend::Sqlite {
        "'2026-11-20 18:00:00 +00:00'"
    } else {
        "TIMESTAMPTZ '2026-11-20 18:00:00Z'"
    };
    let tx = bench.services.db.begin().await.unwrap();
    for (table, columns, values) in [
        (
            "parties",
            "id, kind, name, language, country, time_zone",
            format!("{id}, 'person', 'Persona ' || i, 'es', 'MX', 'America/Mexico_City'"),
        ),
        (
            "contact_points",
            "id, party_id, kind, value, value_key",
            format!("{id}, {id}, 'email', 'p' || i || '@example.com', 'p' || i || 'examplecom'"),
        ),
        (
            "accounts",
            "id, creditor_id, debtor_id, external_id, currency, due_on, consent_channels",
            format!("{id}, {creditor_at}, {id}, 'S-' || i, 'MXN', {day}, 'email'"),
        ),
        (
            "balances",
            "account_id, currency, principal, interest, default_interest, late_charge, collection_cost, tax, total, updated_at",
            format!("{id}, 'MXN', 100000 + i % 5000, 0, 0, 0, 0, 0, 100000 + i % 5000, {now}"),
        ),
    ] {
        let sql = format!(
            "INSERT INTO {table} (organization_id, {columns}) {series} SELECT {org_at}, {values} FROM s"
        );
        let sql = if backend == DbBackend::Sqlite {
            sql.replace(
                &format!("INSERT INTO {table} (organization_id, {columns}) {series}"),
                &format!("{series} INSERT INTO {table} (organization_id, {columns})"),
            )
        } else {
            sql
        };
        let mut bound: Vec<sea_orm::Value> = vec![org.0.into()];
        if table == "accounts" {
            bound.push(creditor.into());
        }
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, bound)).await.unwrap();
    }
    tx.commit().await.unwrap();
    if backend == DbBackend::Postgres {
        let tx = bench.services.db.begin().await.unwrap();
        tx.execute_unprepared("ANALYZE").await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// A measurement, by hand: `STRATEGY_DEBTS=1000000 cargo nextest run … --run-ignored only`.
#[expect(
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a measurement reads the machine's clock"
)]
async fn measure(bench: Bench) {
    use std::time::Instant;

    use sea_orm::{ConnectionTrait, DbBackend, Statement};
    let debts: u64 = std::env::var("STRATEGY_DEBTS").map_or(20_000, |text| text.parse().unwrap());
    let org = bench.demo(3).await;
    fill(&bench, org, debts).await;
    let manager = staff(org, Role::Manager);
    let owed = Value::Money(Money::from_minor(102_000, "MXN".parse().unwrap()));
    let rule = Rule::new(Expr::All(vec![
        is(Field::DaysPastDue, Comparison::Ge, Value::Number(150)),
        is(Field::Owed, Comparison::Ge, owed),
    ]));
    let backend = bench.services.db.backend();
    let org_at = if backend == DbBackend::Sqlite { "?1" } else { "$1" };
    let by_hand = format!(
        "SELECT COUNT(*) AS n FROM accounts a JOIN balances b ON b.organization_id = a.organization_id AND b.account_id = a.id WHERE a.organization_id = {org_at} AND a.due_on <= '2026-06-23' AND b.total >= 102000 AND b.currency = 'MXN'"
    );
    let (mut ours, mut floor) = (f64::MAX, f64::MAX);
    let (mut counted, mut expected) = (0, 0);
    for _ in 0..5 {
        let begun = Instant::now();
        counted = bench.services.count_rule(&manager, &rule).await.unwrap();
        ours = ours.min(begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        let statement = Statement::from_sql_and_values(backend, by_hand.clone(), [org.0.into()]);
        let row = bench.services.db.read().query_one_raw(statement).await.unwrap().unwrap();
        floor = floor.min(begun.elapsed().as_secs_f64());
        expected = row.try_get::<i64>("", "n").unwrap();
    }
    assert!(counted.abs_diff(expected.unsigned_abs()) <= 3, "{counted} {expected}");
    set_going(&bench, &manager, rule, vec![Step { day: 0, act: email() }]).await;
    let begun = Instant::now();
    let report = bench.services.run_strategy(&manager).await.unwrap();
    let spent = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    let again = bench.services.run_strategy(&manager).await.unwrap();
    println!(
        "{}: {debts} debts; selection {ours:.3} s, by hand {floor:.3} s, ratio {:.2}; {} messages in {spent:.1} s, {:.0} a second; again {} in {:.1} s",
        bench.database,
        ours / floor,
        report.messages,
        report.messages as f64 / spent,
        again.done(),
        begun.elapsed().as_secs_f64()
    );
    assert_eq!((report.messages, again.done()), (counted, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn measure_sqlite() {
    measure(Bench::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn measure_postgres() {
    measure(Bench::postgres().await).await;
}
