//! Journeys do what they say, under permits, and nothing twice.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use chrono::Duration;
use domain::access::{Actor, Role};
use domain::account::{ActivityChannel, Disposition, PromiseTerms};
use domain::contact::Channel::{Email, Sms, Whatsapp};
use domain::ids::{AccountId, JourneyId, MessageId, OrganizationId, SegmentId, TemplateId};
use domain::ledger::PaymentMethod;
use domain::money::Money;
use domain::party::ContactKind;
use domain::strategy::{Act, Anchor, Comparison, Event, Expr, Field, Journey, Letter, Rule, Step, Value};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set};
use services::ServiceError;
use services::end_of_day::EndOfDay;
use services::outbox::{Channel, Channels, Leave, OutgoingMessage, ProviderRef, SendError};
use services::payments::{PostPayment, ReceiptSeries};
use services::strategy::{EVERY, NewJourney, NewSegment, NewTemplate, Steer};
use services::work::RecordActivity;
use store::entities::{
    accounts, activities, audit_rows, call_tasks, contact_decisions, contact_points, inbound_messages,
    journey_steps, login_challenges, outbox_messages, parties, party_preferences, portal_sessions,
};
use store::segments::{self, Moment};
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

/// A step on that day, for all.
fn on(day: i16, act: Act) -> Step {
    Step { day, only_if: None, after: None, act }
}

/// A notice by e-mail.
async fn email(bench: &Bench, org: OrganizationId) -> Act {
    let template = testkit::templates(&bench.services, org).await[1];
    Act::Message(Letter { template, channels: vec![Email] })
}

async fn set_going(bench: &Bench, actor: &Actor, rule: Rule, steps: Vec<Step>) -> (SegmentId, JourneyId) {
    set_going_from(bench, actor, rule, Journey { counts_from: Anchor::Entry, steps }).await
}

async fn set_going_from(bench: &Bench, actor: &Actor, rule: Rule, steps: Journey) -> (SegmentId, JourneyId) {
    let services = &bench.services;
    let (segment, journey) = (SegmentId(services.new_id()), JourneyId(services.new_id()));
    let new = NewSegment { id: segment, based_on: 0, name: "México".to_owned(), rule };
    assert_eq!(services.save_segment(actor, new.clone()).await.unwrap(), 1);
    assert_eq!(services.save_segment(actor, new).await.unwrap(), 1, "the same save twice is one");
    let new = NewJourney { id: journey, based_on: 0, name: "Primer aviso".to_owned(), segment, steps };
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
    let email = email(&bench, org).await;
    let steps = vec![on(0, email.clone()), on(0, Act::Call), on(3, email)];
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
    // Nobody has proven to be reached there: no debt is named.
    assert!(sent.iter().all(|row| row.subject.as_ref().unwrap().starts_with("Un aviso de ")));
    assert!(
        sent.iter().all(|row| !row.body.contains("MXN") && row.body.contains("«Cómo y cuándo contactarme»"))
    );

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
    set_going(&bench, &manager, in_mexico(), vec![on(0, email(&bench, org).await)]).await;
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
        designated: vec![],
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
    set_going(&bench, &manager, in_mexico(), vec![on(0, email(&bench, org).await)]).await;
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

both!(messages_take_the_first_channel_that_is_possible_and_name_debts_to_the_proven_only, |bench| {
    let org = bench.demo(80).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    let template = testkit::templates(services, org).await[1];
    let act = Act::Message(Letter { template, channels: vec![Whatsapp, Sms, Email] });
    // Of three people one has no phone and has signed in by e-mail, and one wishes e-mail first.
    let tx = services.db.begin().await.unwrap();
    let mexicans: Vec<_> = parties::Entity::find()
        .filter(parties::Column::Country.eq("MX"))
        .order_by_asc(parties::Column::Id)
        .all(&tx)
        .await
        .unwrap();
    let points = contact_points::Entity::find().all(&tx).await.unwrap();
    let point = |person: uuid::Uuid, kind: ContactKind| {
        points.iter().find(|point| point.party_id == person && point.kind == kind.as_str())
    };
    let both = |person: &uuid::Uuid| {
        point(*person, ContactKind::Email).is_some() && point(*person, ContactKind::Phone).is_some()
    };
    let due = segments::page(&tx, org, &in_mexico(), moment(&bench), None, 500).await.unwrap();
    let debtors: HashSet<_> = accounts::Entity::find()
        .filter(accounts::Column::Id.is_in(due.iter().map(|id| id.0)))
        .all(&tx)
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.debtor_id)
        .collect();
    let people: Vec<_> =
        mexicans.iter().map(|row| row.id).filter(|id| debtors.contains(id)).filter(both).collect();
    // Nobody was contacted before: some duties are of the first contact.
    activities::Entity::delete_many().exec(&tx).await.unwrap();
    let (mut proven, mut picky) = (HashSet::new(), HashSet::new());
    for (index, person) in people.iter().copied().enumerate() {
        let email = point(person, ContactKind::Email).unwrap();
        if index % 3 == 0 {
            proven.insert(person);
            contact_points::Entity::delete_many()
                .filter(contact_points::Column::PartyId.eq(person))
                .filter(contact_points::Column::Kind.eq(ContactKind::Phone.as_str()))
                .exec(&tx)
                .await
                .unwrap();
            let used = login_challenges::Model {
                organization_id: org.0,
                id: services.new_id(),
                party_id: Some(person),
                secret_hash: String::new(),
                kind: "code".to_owned(),
                created_at: services.now(),
                expires_at: services.now(),
                attempts: 0,
                used_at: Some(services.now()),
                recipient: Some(email.value.clone()),
            };
            let used = used.into_active_model().reset_all();
            login_challenges::Entity::insert(used).exec_without_returning(&tx).await.unwrap();
        } else if index % 3 == 1 {
            picky.insert(person);
            let wish = party_preferences::Model {
                organization_id: org.0,
                party_id: person,
                point_id: Some(email.id),
                days: None,
                from_minute: None,
                to_minute: None,
                updated_at: services.now(),
            };
            let wish = wish.into_active_model().reset_all();
            party_preferences::Entity::insert(wish).exec_without_returning(&tx).await.unwrap();
        }
    }
    tx.commit().await.unwrap();

    set_going(&bench, &manager, in_mexico(), vec![on(0, act)]).await;
    services.run_strategy(&manager).await.unwrap();
    let sent = messages(&bench).await;
    let to = |people: &HashSet<uuid::Uuid>| -> Vec<&outbox_messages::Model> {
        let found: Vec<_> =
            sent.iter().filter(|row| row.party_id.is_some_and(|id| people.contains(&id))).collect();
        assert!(!found.is_empty());
        found
    };
    for message in to(&picky) {
        assert!(message.channel == "email" && !message.body.contains("Contrato"));
    }
    for message in to(&proven) {
        let body = &message.body;
        assert!(message.channel == "email" && body.contains("días de atraso"), "{body}");
    }
    // What Mexican law wants said first; a second debt of the same person is no first contact.
    let names_debt = |body: &str| body.contains("Acreedor: ") && body.contains("Contrato: ");
    assert!(to(&proven).iter().any(|message| names_debt(&message.body)));
    let phones = sent.iter().filter(|row| row.channel == "whatsapp").count();
    assert!(phones > 5 && sent.iter().all(|row| row.channel != "sms"));
    let texts = sent.iter().filter(|row| row.channel == "whatsapp").map(|row| &row.body);
    assert!(texts.clone().all(|body| body.ends_with("responda BAJA.") && !body.contains("MXN")));
    let steps = journey_steps::Entity::find().all(services.db.read()).await.unwrap();
    let detail = |message: &outbox_messages::Model| {
        let account = message.account_id.unwrap();
        steps.iter().find(|row| row.account_id == account).unwrap().detail.clone().unwrap()
    };
    assert!(to(&proven).iter().all(|message| detail(message) == "whatsapp:no_phone sms:no_phone email"));
    assert!(to(&picky).iter().all(|message| detail(message) == "email"));
});

both!(days_count_from_the_due_date_and_conditions_are_asked_on_the_day, |bench| {
    let org = bench.demo(80).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    let ids = testkit::templates(services, org).await;
    let by_email = |template| Letter { template, channels: vec![Email] };
    // Three debts: due in three days, due tomorrow, and due long ago.
    let tx = services.db.begin().await.unwrap();
    let mut debts = Vec::new();
    let due = segments::page(&tx, org, &in_mexico(), moment(&bench), None, 500).await.unwrap();
    let rows = accounts::Entity::find().filter(accounts::Column::Id.is_in(due.iter().map(|id| id.0)));
    let rows = rows.order_by_asc(accounts::Column::Id).all(&tx).await.unwrap();
    let mut people = HashSet::new();
    let rows = rows.into_iter().filter(|row| people.insert(row.debtor_id)).take(3);
    for (row, day) in rows.zip(["2026-11-23", "2026-11-21", "2026-06-01"]) {
        debts.push(row.id);
        let mut change = row.into_active_model();
        change.due_on = Set(day.parse().unwrap());
        change.product = Set(Some("only these".to_owned()));
        change.update(&tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    let rule = Rule::new(is(Field::Product, Comparison::Eq, Value::Text("only these".to_owned())));
    let rich = Value::Money(Money::from_minor(i64::MAX / 2, "MXN".parse().unwrap()));
    let steps = vec![
        on(-3, Act::Message(by_email(ids[0]))),
        Step {
            day: 1,
            only_if: Some(Rule::new(is(Field::Owed, Comparison::Ge, rich))),
            after: None,
            act: Act::Call,
        },
        on(3, Act::Offer(by_email(ids[2]))),
    ];
    let (_, journey) =
        set_going_from(&bench, &manager, rule, Journey { counts_from: Anchor::Due, steps }).await;
    let first = services.run_strategy(&manager).await.unwrap();
    assert_eq!(first.entered, 3);
    let outcomes = async || {
        let mut rows = journey_steps::Entity::find().all(services.db.read()).await.unwrap();
        rows.sort_by_key(|row| (row.step, row.account_id != debts[0], row.account_id));
        rows.into_iter().map(|row| (row.step, row.account_id, row.outcome, row.detail)).collect::<Vec<_>>()
    };
    // Only the first came three days before its due date; for the second that day was over.
    let done = outcomes().await;
    assert_eq!(done.iter().map(|row| (row.0, row.1)).collect::<Vec<_>>(), [(0, debts[0])], "{done:?}");
    // Nobody owes so much: a day after the due date the call is left out, and that is kept.
    bench.clock.advance(Duration::days(4));
    let second = services.run_strategy(&manager).await.unwrap();
    assert_eq!((second.skipped, second.calls), (2, 0), "{second:?}");
    assert!(
        outcomes().await.iter().filter(|row| row.0 == 1).all(|row| row.3.as_deref() == Some("condition"))
    );
    // Three days after it an offer goes out, if the policy has one.
    bench.clock.advance(Duration::days(2));
    services.run_strategy(&manager).await.unwrap();
    let offered: Vec<_> = outcomes().await.into_iter().filter(|row| row.0 == 2).collect();
    assert_eq!(offered.len(), 2, "{offered:?}");
    for (_, account, outcome, detail) in offered {
        let offers = services.offers_for(&manager, AccountId(account)).await.unwrap();
        let expected = if offers.deals.is_empty() { "no_offer" } else { "email" };
        assert_eq!(detail.as_deref(), Some(expected), "{outcome}");
    }
    let view = services.journey(&manager, journey).await.unwrap();
    assert_eq!(view.came, 3);
});

both!(nobody_approves_their_own_texts_and_drafts_are_not_sent, |bench| {
    let org = bench.demo(10).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    // The demo has the standard texts already.
    assert_eq!(services.add_standard_templates(&manager).await.unwrap().len(), 0);
    let texts = services.templates(&manager).await.unwrap()[0].versions[0].texts.clone();
    let template = TemplateId(services.new_id());
    let new = NewTemplate { id: template, based_on: 0, name: "Propia".to_owned(), texts };
    assert_eq!(services.save_template(&manager, new.clone()).await.unwrap(), 1);
    assert_eq!(services.save_template(&manager, new).await.unwrap(), 1, "the same save twice is one");
    let refused = services.decide_template(&manager, template, 1, true).await;
    assert!(matches!(refused, Err(ServiceError::Invalid(_))), "{refused:?}");
    let segment = SegmentId(services.new_id());
    let new = NewSegment { id: segment, based_on: 0, name: "México".to_owned(), rule: in_mexico() };
    services.save_segment(&manager, new).await.unwrap();
    let journey = |template| NewJourney {
        id: JourneyId(services.new_id()),
        based_on: 0,
        name: "Aviso".to_owned(),
        segment,
        steps: Journey {
            counts_from: Anchor::Entry,
            steps: vec![on(0, Act::Message(Letter { template, channels: vec![Email] }))],
        },
    };
    let unknown = services.save_journey(&manager, journey(TemplateId(services.new_id()))).await;
    assert!(matches!(unknown, Err(ServiceError::Invalid(_))), "{unknown:?}");
    let new = journey(template);
    let id = new.id;
    services.save_journey(&manager, new).await.unwrap();
    let early = services.run_journey(&manager, id, true).await;
    assert!(matches!(early, Err(ServiceError::Invalid(_))), "{early:?}");
    let admin = Actor {
        kind: domain::access::ActorKind::Staff {
            user_id: domain::ids::UserId(services.new_id()),
            role: Role::Admin,
        },
        ..manager.clone()
    };
    services.decide_template(&admin, template, 1, true).await.unwrap();
    services.run_journey(&manager, id, true).await.unwrap();
    let agent = staff(org, Role::Agent);
    assert!(matches!(
        services.decide_template(&agent, template, 1, true).await,
        Err(ServiceError::Denied(_))
    ));
    let elsewhere = staff(OrganizationId(uuid::Uuid::from_u128(1)), Role::Admin);
    assert!(matches!(services.template(&elsewhere, template).await, Err(ServiceError::NotFound)));
});

fn moment(bench: &Bench) -> Moment {
    Moment { today: "2026-11-20".parse().unwrap(), now: bench.services.now() }
}

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
    set_going(&bench, &manager, rule, vec![on(0, email(&bench, org).await)]).await;
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
#[ignore = "a measurement by the machine's clock: run with --ignored --nocapture, in release"]
async fn measure_sqlite() {
    measure(Bench::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement by the machine's clock: run with --ignored --nocapture, in release"]
async fn measure_postgres() {
    measure(Bench::postgres().await).await;
}

both!(a_channel_without_a_provider_or_switched_off_gives_way_to_the_next, |bench| {
    let org = bench.demo(80).await;
    let manager = staff(org, Role::Manager);
    let template = testkit::templates(&bench.services, org).await[1];
    let act = Act::Message(Letter { template, channels: vec![Sms, Email] });
    let (_, journey) = set_going(&bench, &manager, in_mexico(), vec![on(0, act)]).await;
    let mut services = bench.services.clone();
    services.providers = [Email].into();
    let simulated = services.simulate(&manager, journey, None, 1).await.unwrap();
    assert!(simulated.steps.iter().any(|step| step.detail.as_deref() == Some("sms:no_provider email")));
    let ran = services.run_strategy(&manager).await.unwrap();
    assert!(ran.messages > 10, "{ran:?}");
    assert!(messages(&bench).await.iter().all(|row| row.channel == "email"));
    let steps = journey_steps::Entity::find().all(services.db.read()).await.unwrap();
    let told = |outcome: &str, detail: &str| {
        steps.iter().filter(|row| row.outcome == outcome && row.detail.as_deref() == Some(detail)).count()
    };
    assert_eq!(told("message", "sms:no_provider email") as u64, ran.messages);

    // Nothing is left to try: that is told, too, and nothing waits.
    let act = Act::Message(Letter { template, channels: vec![Sms, Email] });
    let (segment, journey) = (SegmentId(services.new_id()), JourneyId(services.new_id()));
    let new = NewSegment { id: segment, based_on: 0, name: "Otro".to_owned(), rule: in_mexico() };
    services.save_segment(&manager, new).await.unwrap();
    let steps = Journey { counts_from: Anchor::Entry, steps: vec![on(0, act)] };
    let new = NewJourney { id: journey, based_on: 0, name: "Otro aviso".to_owned(), segment, steps };
    services.save_journey(&manager, new).await.unwrap();
    services.run_journey(&manager, journey, true).await.unwrap();
    services.switch_channel(&manager, "email", false).await.unwrap();
    let ran = services.run_strategy(&manager).await.unwrap();
    assert_eq!((ran.messages, ran.held), (0, 0), "{ran:?}");
    let steps = journey_steps::Entity::find().filter(journey_steps::Column::JourneyId.eq(journey.0));
    let steps = steps.all(services.db.read()).await.unwrap();
    let detail = "sms:no_provider email:channel_off";
    let refused = steps.iter().filter(|row| row.detail.as_deref() == Some(detail)).count();
    assert!(refused > 10 && steps.iter().all(|row| row.outcome != "message"));
});

/// Somebody writes to us by SMS, or comes to the portal.
async fn hears_of(bench: &Bench, org: OrganizationId, person: uuid::Uuid, at_portal: bool) {
    let (services, now) = (&bench.services, bench.services.now());
    let tx = services.db.begin().await.unwrap();
    if at_portal {
        let row = portal_sessions::Model {
            token_hash: services.new_token(8),
            organization_id: org.0,
            party_id: person,
            created_at: now,
            last_seen_at: now,
            expires_at: now,
            revoked_at: None,
            id: None,
            device: None,
        };
        let row = row.into_active_model().reset_all();
        portal_sessions::Entity::insert(row).exec_without_returning(&tx).await.unwrap();
    } else {
        let row = inbound_messages::Model {
            organization_id: org.0,
            id: services.new_id(),
            channel: "sms".to_owned(),
            provider_ref: services.new_token(8),
            sender: "+52".to_owned(),
            sender_key: "52".to_owned(),
            party_id: Some(person),
            body: "Ya voy".to_owned(),
            at: now,
            meaning: "words".to_owned(),
            waits: true,
            handled_by: None,
            handled_at: None,
        };
        let row = row.into_active_model().reset_all();
        inbound_messages::Entity::insert(row).exec_without_returning(&tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}

both!(steps_wait_for_an_answer_or_silence_and_staff_hold_one_account, |bench| {
    let org = bench.demo(80).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    let email = email(&bench, org).await;
    let after = |event: Event, act: Act| Step { day: 3, only_if: None, after: Some(event), act };
    let steps = vec![
        on(0, email),
        after(Event::Replied, Act::Call),
        after(Event::Silent, Act::Call),
        after(Event::PromiseBroken, Act::Call),
    ];
    let (_, journey) = set_going(&bench, &manager, in_mexico(), steps).await;
    services.run_strategy(&manager).await.unwrap();
    let mut wrote = messages(&bench).await;
    let mut seen = HashSet::new();
    wrote.retain(|row| seen.insert(row.party_id));
    assert!(wrote.len() > 10);
    let debtor = |index: usize| wrote[index].party_id.unwrap();
    let account = |index: usize| AccountId(wrote[index].account_id.unwrap());
    // What is simulated: nobody answers, so the silent are called.
    let simulated = services.simulate(&manager, journey, None, 4).await.unwrap();
    let said = |step: i32, of: AccountId| {
        let own = simulated.steps.iter().find(|line| line.step == step && line.account == of).unwrap();
        (own.outcome.clone(), own.detail.clone().unwrap())
    };
    assert_eq!(said(1, account(0)), ("skipped".to_owned(), "no_reply".to_owned()));
    assert_ne!(said(2, account(0)).0, "skipped");

    bench.clock.advance(Duration::days(1));
    hears_of(&bench, org, debtor(0), false).await;
    hears_of(&bench, org, debtor(1), true).await;
    // Staff hold one account for a time that is over, one for longer, and end it for one.
    let agent = staff(org, Role::Agent);
    let until = |day: &str| Steer::Pause { until: Some(day.parse().unwrap()) };
    let steer = async |index: usize, steer: Steer| {
        services.steer_journey(&agent, account(index), (journey, steer), "Está en el hospital").await
    };
    steer(2, until("2026-11-22")).await.unwrap();
    steer(3, until("2026-11-30")).await.unwrap();
    steer(4, Steer::Stop).await.unwrap();
    assert!(
        matches!(steer(2, until("2026-11-01")).await, Err(ServiceError::Invalid(_))),
        "a day that is over"
    );
    assert!(matches!(steer(4, Steer::GoOn).await, Err(ServiceError::Invalid(_))), "what was ended stays");
    let short = services.steer_journey(&agent, account(2), (journey, Steer::Stop), " ").await;
    assert!(matches!(short, Err(ServiceError::Invalid(_))));
    let auditor = staff(org, Role::Auditor);
    let denied = services.steer_journey(&auditor, account(2), (journey, Steer::Stop), "porque sí").await;
    assert!(matches!(denied, Err(ServiceError::Denied(_))));
    let elsewhere = staff(OrganizationId(uuid::Uuid::from_u128(1)), Role::Admin);
    let other = services.steer_journey(&elsewhere, account(2), (journey, Steer::Stop), "porque sí").await;
    assert!(matches!(other, Err(ServiceError::NotFound)));

    // A Monday.
    bench.clock.advance(Duration::days(2));
    services.run_strategy(&manager).await.unwrap();
    let steps = journey_steps::Entity::find().all(services.db.read()).await.unwrap();
    let told = |step: i32, index: usize| {
        let own = steps.iter().find(|row| row.step == step && row.account_id == account(index).0).unwrap();
        (own.outcome.clone(), own.detail.clone().unwrap_or_default())
    };
    let skipped = |why: &str| ("skipped".to_owned(), why.to_owned());
    assert_ne!(told(1, 0).0, "skipped", "{:?}", told(1, 0));
    assert_eq!(told(2, 0), skipped("replied"));
    assert_eq!(told(1, 1), skipped("no_reply"));
    assert_eq!(told(2, 1), skipped("visited"));
    assert_ne!(told(2, 2).0, "skipped", "the pause is over: {:?}", told(2, 2));
    assert_eq!(told(3, 2), skipped("no_broken_promise"));
    for step in 1..=3 {
        assert_eq!(told(step, 3), skipped("paused"));
        assert_eq!(told(step, 4), skipped("stopped"));
    }
    // Its page tells all of it, and that it goes on leaves a trace.
    steer(3, Steer::GoOn).await.unwrap();
    let own = services.journeys_of_account(&agent, account(3)).await.unwrap();
    let own = own.iter().find(|own| own.journey.id == journey).unwrap();
    assert_eq!((own.done.len(), own.control.is_none()), (4, true));
    let ended = services.journeys_of_account(&agent, account(4)).await.unwrap();
    assert!(ended.iter().any(|own| own.journey.id == journey && own.is_stopped()));
    let told: Vec<_> = audit_rows::Entity::find()
        .filter(audit_rows::Column::Subject.eq(format!("account:{}", account(3))))
        .order_by_asc(audit_rows::Column::Seq)
        .all(services.db.read())
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.action)
        .filter(|action| action.starts_with("journey."))
        .collect();
    assert_eq!(told, ["journey.paused", "journey.resumed"]);
});

both!(a_promise_that_was_broken_since_the_last_message_is_an_event, |bench| {
    let org = bench.demo(80).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    let email = email(&bench, org).await;
    let broken = Step { day: 7, only_if: None, after: Some(Event::PromiseBroken), act: Act::Call };
    set_going(&bench, &manager, in_mexico(), vec![on(0, email), broken]).await;
    services.run_strategy(&manager).await.unwrap();
    let debt = AccountId(messages(&bench).await[0].account_id.unwrap());
    let owed = services.account_view(&manager, debt).await.unwrap().summary.balance.total().unwrap();
    let amount = Money::from_minor(owed.minor().min(100), owed.currency());
    let terms = PromiseTerms { amount, due_on: "2026-11-23".parse().unwrap() };
    services.take_promise(&manager, debt, terms).await.unwrap();
    bench.clock.advance(Duration::days(7));
    let night = EndOfDay { date: Some("2026-11-27".parse().unwrap()), chunk_accounts: 100, at: None };
    services.end_of_day(&staff(org, Role::Admin), night).await.unwrap();
    services.run_strategy(&manager).await.unwrap();
    let steps = journey_steps::Entity::find().filter(journey_steps::Column::Step.eq(1));
    let steps = steps.all(services.db.read()).await.unwrap();
    assert!(steps.iter().filter(|row| row.detail.as_deref() == Some("no_broken_promise")).count() > 10);
    for row in steps {
        // The demo's own promises may end in this week, too.
        if row.account_id == debt.0 {
            assert_ne!(row.detail.as_deref(), Some("no_broken_promise"), "{row:?}");
        }
    }
});

both!(a_step_has_every_journey_leave_an_account_in_peace, |bench| {
    let org = bench.demo(80).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    let act = email(&bench, org).await;
    let steps = vec![on(0, Act::Hold { days: 3 }), on(1, act.clone()), on(4, act)];
    let (_, journey) = set_going(&bench, &manager, in_mexico(), steps).await;
    let simulated = services.simulate(&manager, journey, None, 5).await.unwrap();
    let first = services.run_strategy(&manager).await.unwrap();
    assert!(first.rests > 10 && first.messages == 0, "{first:?}");
    bench.clock.advance(Duration::days(1));
    let second = services.run_strategy(&manager).await.unwrap();
    assert_eq!((second.messages, second.held), (0, 0), "{second:?}");
    bench.clock.advance(Duration::days(3));
    let third = services.run_strategy(&manager).await.unwrap();
    assert!(third.messages > 10, "{third:?}");
    let steps = journey_steps::Entity::find().all(services.db.read()).await.unwrap();
    let first_day = "2026-11-20".parse().unwrap();
    let in_peace = steps.iter().find(|row| row.outcome == "hold" && row.on_date == first_day).unwrap();
    assert_eq!(in_peace.detail.as_deref(), Some("until:2026-11-23"));
    let account = AccountId(in_peace.account_id);
    let next = steps.iter().find(|row| row.step == 1 && row.account_id == account.0).unwrap();
    assert_eq!((next.outcome.as_str(), next.detail.as_deref()), ("skipped", Some("paused")));
    // What was simulated is what came.
    for line in simulated.steps.iter().filter(|line| line.account == account) {
        let row = steps.iter().find(|row| row.step == line.step && row.account_id == account.0).unwrap();
        assert_eq!((&row.outcome, &row.detail, row.on_date), (&line.outcome, &line.detail, line.on));
    }
    assert!(services.journeys_at_rest(&manager, account).await.unwrap().is_none(), "it is over");
    let until = Some("2026-11-30".parse().unwrap());
    let pause = services.steer_journey(&manager, account, (EVERY, Steer::Pause { until }), "Lo pidió").await;
    pause.unwrap();
    assert_eq!(services.journeys_at_rest(&manager, account).await.unwrap().unwrap().until, until);
});

both!(steps_wait_for_a_payment_or_a_link_that_was_followed, |bench| {
    let org = bench.demo(80).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    let email = email(&bench, org).await;
    let after = |event: Event, act: Act| Step { day: 3, only_if: None, after: Some(event), act };
    let steps = vec![on(0, email), after(Event::Paid, Act::Call), after(Event::Clicked, Act::Call)];
    let (_, journey) = set_going(&bench, &manager, in_mexico(), steps).await;
    services.run_strategy(&manager).await.unwrap();
    let mut wrote = messages(&bench).await;
    let mut seen = HashSet::new();
    wrote.retain(|row| seen.insert(row.party_id));
    let account = |index: usize| AccountId(wrote[index].account_id.unwrap());
    let code = |index: usize| {
        let (_, rest) = wrote[index].body.split_once("http://127.0.0.1:3000/i/").unwrap();
        rest.chars().take_while(char::is_ascii_hexdigit).collect::<String>()
    };
    assert_ne!(code(0), code(1), "each message has a link of its own");

    bench.clock.advance(Duration::days(1));
    // One pays a little, one follows the link twice, one follows none of ours.
    let owed = services.account_view(&manager, account(0)).await.unwrap().summary.balance.total().unwrap();
    let new = PostPayment {
        account_id: account(0),
        amount: Money::from_minor(100, owed.currency()),
        method: PaymentMethod::BankTransfer,
        received_on: "2026-11-20".parse().unwrap(),
        source: "test:part".to_owned(),
        reference: None,
        receipt: ReceiptSeries::Next("C"),
        designated: vec![],
    };
    services.post_payment(&manager, new).await.unwrap();
    for _ in 0..2 {
        services.follow_link(&code(1)).await.unwrap();
    }
    for foreign in ["", "zz", "000000000000", &"a".repeat(500)] {
        services.follow_link(foreign).await.unwrap();
    }
    let followed = audit_rows::Entity::find().filter(audit_rows::Column::Action.eq("link.followed"));
    assert_eq!(followed.all(services.db.read()).await.unwrap().len(), 1, "one visit");

    bench.clock.advance(Duration::days(2));
    services.run_strategy(&manager).await.unwrap();
    let steps = journey_steps::Entity::find()
        .filter(journey_steps::Column::JourneyId.eq(journey.0))
        .all(services.db.read())
        .await
        .unwrap();
    let said = |step: i32, index: usize| {
        let row = steps.iter().find(|row| row.step == step && row.account_id == account(index).0).unwrap();
        (row.outcome.as_str(), row.detail.as_deref().unwrap_or_default())
    };
    assert_ne!(said(1, 0).0, "skipped");
    assert_eq!(said(2, 0), ("skipped", "no_click"));
    assert_eq!(said(1, 1), ("skipped", "no_payment"));
    assert_ne!(said(2, 1).0, "skipped");
    assert_eq!((said(1, 2), said(2, 2)), (("skipped", "no_payment"), ("skipped", "no_click")));
});

both!(calls_are_listed_by_due_time_and_closed_by_what_came_of_them, |bench| {
    let org = bench.demo(80).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    let agent = staff(org, Role::Agent);
    set_going(&bench, &manager, in_mexico(), vec![on(0, Act::Call)]).await;
    let ran = services.run_strategy(&manager).await.unwrap();
    let open = services.open_calls(&agent, None).await.unwrap();
    assert!(ran.calls > 5 && open.len() as u64 == ran.calls, "{ran:?}");
    assert!(open.is_sorted_by_key(|call| call.due_at));
    assert!(open.iter().all(|call| call.now.allowed), "it is noon");
    // At night each says when it may be made.
    bench.clock.advance(Duration::hours(13));
    let night = services.open_calls(&agent, None).await.unwrap();
    assert!(night.iter().all(|call| !call.now.allowed && call.now.next.is_some()));
    bench.clock.advance(Duration::hours(10));

    let record = |index: usize, channel, source: &str| RecordActivity {
        account_id: open[index].account,
        channel,
        disposition: Disposition::NoAnswer,
        note: String::new(),
        source: source.to_owned(),
    };
    services.record_activity(&agent, record(0, ActivityChannel::Email, "test:1")).await.unwrap();
    assert_eq!(services.open_calls(&agent, Some(open[0].account)).await.unwrap().len(), 1);
    for _ in 0..2 {
        services.record_activity(&agent, record(0, ActivityChannel::Call, "test:2")).await.unwrap();
    }
    assert!(services.open_calls(&agent, Some(open[0].account)).await.unwrap().is_empty());
    let tasks = call_tasks::Entity::find().filter(call_tasks::Column::AccountId.eq(open[0].account.0));
    let task = tasks.one(services.db.read()).await.unwrap().unwrap();
    assert_eq!((task.status.as_str(), task.outcome.as_deref()), ("closed", Some("no_answer")));
    assert_eq!(task.closed_by, Some(agent.audit_name()));

    // What is promised meanwhile needs no call.
    let owed =
        services.account_view(&manager, open[1].account).await.unwrap().summary.balance.total().unwrap();
    let terms = PromiseTerms {
        amount: Money::from_minor(owed.minor().min(100), owed.currency()),
        due_on: "2026-11-27".parse().unwrap(),
    };
    services.take_promise(&agent, open[1].account, terms).await.unwrap();
    services.run_strategy(&manager).await.unwrap();
    let left = services.open_calls(&agent, None).await.unwrap();
    assert!(!left.is_empty() && left.iter().all(|call| call.account != open[1].account));
    let elsewhere = staff(OrganizationId(uuid::Uuid::from_u128(1)), Role::Agent);
    assert!(services.open_calls(&elsewhere, None).await.unwrap().is_empty());
    let collector = staff(org, Role::FieldCollector);
    assert!(matches!(services.open_calls(&collector, None).await, Err(ServiceError::Denied(_))));
});
