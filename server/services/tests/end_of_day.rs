//! The nightly batch: the same as one account after the other, stoppable anywhere, once a day.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use domain::access::{Actor, Role};
use domain::account::{DelinquencyBucket, PromiseTerms, Stage};
use domain::ids::{AccountId, CreditorId, OrganizationId};
use domain::ledger::PaymentMethod;
use domain::money::Money;
use domain::terms::ProductTerms;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use services::end_of_day::{BatchReport, BatchStatus, EndOfDay};
use services::ledger::NewTerms;
use services::payments::{PostPayment, ReceiptSeries};
use services::verify::VerifyScope;
use services::{ServiceError, Services};
use store::entities::{
    account_events, account_states, accounts, audit_rows, balances, batch_chunks, batch_runs, creditors,
    entries, postings, promises,
};
use testkit::{Bench, both, staff};
use uuid::Uuid;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn today() -> NaiveDate {
    day("2026-11-20")
}

async fn run(services: &Services, org: OrganizationId, date: NaiveDate) -> BatchReport {
    let request = EndOfDay { date: Some(date), chunk_accounts: 37, at: None };
    services.end_of_day(&staff(org, Role::Admin), request).await.unwrap()
}

async fn states(services: &Services) -> BTreeMap<Uuid, (Option<i16>, Option<i16>, Option<NaiveDate>)> {
    let rows = account_states::Entity::find().all(services.db.read()).await.unwrap();
    rows.into_iter().map(|row| (row.account_id, (row.stage, row.bucket, row.since_on))).collect()
}

/// Each account's state as the domain says, from its due date and balance.
async fn recomputed(services: &Services, date: NaiveDate) -> BTreeMap<Uuid, (Stage, DelinquencyBucket)> {
    let rows = accounts::Entity::find().all(services.db.read()).await.unwrap();
    let owed = balances::Entity::find().all(services.db.read()).await.unwrap();
    let owed: BTreeMap<Uuid, i64> = owed.into_iter().map(|row| (row.account_id, row.total)).collect();
    rows.into_iter()
        .map(|row| {
            let stage = Stage::of(owed[&row.id], row.due_on, row.charged_off_on, date);
            (row.id, (stage, DelinquencyBucket::of(owed[&row.id], row.due_on, date)))
        })
        .collect()
}

/// Everything that a night may touch, row by row.
async fn dump(services: &Services) -> Vec<String> {
    let db = services.db.read();
    let mut lines = Vec::new();
    macro_rules! table {
        ($($entity:ident),*) => {$(
            let mut rows: Vec<String> =
                $entity::Entity::find().all(db).await.unwrap().iter().map(|row| format!("{row:?}")).collect();
            rows.sort();
            lines.extend(rows);
        )*};
    }
    table!(
        account_states,
        account_events,
        batch_runs,
        batch_chunks,
        promises,
        entries,
        postings,
        balances,
        audit_rows
    );
    lines
}

async fn assert_clean(services: &Services) {
    assert_eq!(services.verify(VerifyScope::All).await.unwrap().differences, []);
}

both!(every_account_is_aged_as_the_domain_says, |bench| {
    let org = bench.demo(300).await;
    let services = &bench.services;
    let mut before = BTreeMap::new();
    // Steps of every length, so that many accounts cross several bounds at once.
    for ahead in [0, 1, 2, 9, 40, 41, 300] {
        let date = today() + Days::new(ahead);
        let report = run(services, org, date).await;
        assert_eq!((report.counts.accounts, report.status), (300, BatchStatus::Finished));
        let (now, says) = (states(services).await, recomputed(services, date).await);
        let (mut stages, mut buckets, mut changed) = (0, 0, 0);
        for (id, (stage, bucket)) in &says {
            let (is_stage, is_bucket, since) = now[id];
            assert_eq!((is_stage, is_bucket), (Some(stage.code()), Some(bucket.code())), "{id} on {date}");
            let Some((was_stage, was_bucket, was_since)) = before.get(id) else { continue };
            let moved = (u64::from(is_stage != *was_stage), u64::from(is_bucket != *was_bucket));
            stages += moved.0;
            buckets += moved.1;
            changed += u64::from(moved != (0, 0));
            assert_eq!(since, if moved == (0, 0) { *was_since } else { Some(date) });
        }
        if before.is_empty() {
            assert_eq!(report.counts.states, 300);
        } else {
            assert_eq!(report.counts.states, changed);
        }
        assert_eq!((report.counts.stage_changes, report.counts.bucket_changes), (stages, buckets));
        assert_eq!(events_of(services, date, &before, &now).await, stages + buckets);
        before = now;
    }
    assert_clean(services).await;
});

type States = BTreeMap<Uuid, (Option<i16>, Option<i16>, Option<NaiveDate>)>;

/// Checks each ageing event of a date against the states before and after; gives how many.
async fn events_of(services: &Services, date: NaiveDate, before: &States, after: &States) -> u64 {
    let events = account_events::Entity::find()
        .filter(account_events::Column::OnDate.eq(date))
        .filter(account_events::Column::Kind.is_in(["stage_changed", "bucket_changed"]))
        .all(services.db.read())
        .await
        .unwrap();
    for event in &events {
        let ((was, was_bucket, _), (is, is_bucket, _)) =
            (before[&event.account_id], after[&event.account_id]);
        let name = |code: Option<i16>| Stage::from_code(code.unwrap()).unwrap().as_str().to_owned();
        let number = |code: Option<i16>| code.unwrap().to_string();
        let expected = match event.kind.as_str() {
            "stage_changed" => (name(was), name(is)),
            _ => (number(was_bucket), number(is_bucket)),
        };
        assert_eq!((event.from_value.clone().unwrap(), event.to_value.clone().unwrap()), expected);
        assert_eq!((event.subject_id, event.details.as_deref()), (event.account_id, None));
    }
    events.len() as u64
}

both!(a_second_run_writes_nothing, |bench| {
    let org = bench.demo(120).await;
    let services = &bench.services;
    let first = run(services, org, today()).await;
    assert!(first.rows_written >= 120 && first.chunks_done == 4 && !first.resumed);
    let rows = dump(services).await;
    bench.clock.advance(chrono::Duration::minutes(9));
    let second = run(services, org, today()).await;
    assert_eq!((second.status, second.rows_written, second.chunks_done), (BatchStatus::Already, 0, 0));
    assert_eq!((second.counts, second.started_at), (first.counts, first.started_at));
    assert_eq!(dump(services).await, rows);
    let last = services.last_batch_run(&staff(org, Role::Auditor)).await.unwrap().unwrap();
    assert!(last.finished && last.date == today() && last.counts == first.counts);
    assert_eq!((last.chunks, last.chunks_done), (4, 4));
});

both!(a_stopped_run_ends_as_if_it_had_not_been, |bench| {
    let other = if bench.database == "sqlite" { Bench::sqlite().await } else { Bench::postgres().await };
    let org = bench.demo(120).await;
    assert_eq!(other.demo(120).await, org);
    for one in [&bench, &other] {
        charging_terms(&one.services, org).await;
    }
    assert_eq!(dump(&bench.services).await, dump(&other.services).await);
    for (n, ahead) in [1, 2, 32].into_iter().enumerate() {
        let date = today() + Days::new(ahead);
        let whole = run(&bench.services, org, date).await;
        let admin = staff(org, Role::Admin);
        let request = EndOfDay { date: Some(date), chunk_accounts: 37, at: None };
        other.services.open_end_of_day(&admin, &request).await.unwrap();
        for _ in 0..=n {
            assert!(other.services.end_of_day_chunk(&admin, date).await.unwrap());
        }
        // The process is gone; another one, later, with another idea of chunks and of chance.
        other.clock.advance(chrono::Duration::minutes(7));
        other.services.new_id();
        let last = other.services.last_batch_run(&admin).await.unwrap().unwrap();
        assert!(!last.finished && last.chunks_done == n as u64 + 1);
        let request = EndOfDay { date: Some(date), chunk_accounts: 5, at: None };
        let rest = other.services.end_of_day(&admin, request).await.unwrap();
        assert!(rest.resumed && rest.counts == whole.counts && rest.rows_written < whole.rows_written);
        assert_eq!(dump(&other.services).await, dump(&bench.services).await, "{date}");
        bench.clock.advance(chrono::Duration::minutes(7));
    }
    assert_clean(&other.services).await;
});

both!(what_an_earlier_night_left_is_finished_first, |bench| {
    let org = bench.demo(100).await;
    let services = &bench.services;
    let admin = staff(org, Role::Admin);
    let request = EndOfDay { date: Some(today()), chunk_accounts: 37, at: None };
    services.open_end_of_day(&admin, &request).await.unwrap();
    assert!(services.end_of_day_chunk(&admin, today()).await.unwrap());
    let next = run(services, org, today() + Days::new(1)).await;
    assert_eq!(next.earlier, [today()]);
    assert_eq!((next.chunks_done, next.counts.accounts), (2 + 3, 100));
    let runs = batch_runs::Entity::find().all(services.db.read()).await.unwrap();
    assert!(runs.len() == 2 && runs.iter().all(|run| run.finished_at.is_some()));
});

both!(a_date_that_is_not_to_be_had_is_refused, |bench| {
    let org = bench.demo(30).await;
    let mut services = bench.services.clone();
    let ask = async |services: &Services, date, role| {
        let request = EndOfDay { date, chunk_accounts: 10, at: None };
        services.end_of_day(&staff(org, role), request).await
    };
    let says = |result: Result<BatchReport, ServiceError>| match result {
        Err(ServiceError::Invalid(issues)) => issues[0].says.en.clone(),
        other => format!("{other:?}"),
    };
    assert!(matches!(ask(&services, None, Role::Manager).await, Err(ServiceError::Denied(_))));
    services.mode = services::Mode::Production;
    let future = ask(&services, Some(today() + Days::new(1)), Role::Admin).await;
    assert!(says(future).contains("today is 2026-11-20"));
    let odd = ask(&services, NaiveDate::from_ymd_opt(-4, 1, 1), Role::Admin).await;
    assert!(matches!(odd, Err(ServiceError::Invalid(_))));
    let stamped = EndOfDay { at: Some(services.now()), ..EndOfDay::default() };
    assert!(says(services.end_of_day(&staff(org, Role::Admin), stamped).await).contains("demo mode only"));
    assert_eq!(ask(&services, None, Role::Admin).await.unwrap().date, today());
    let before = ask(&services, Some(today() - Days::new(1)), Role::Admin).await;
    assert!(says(before).contains("run 2026-11-20 or a later date"));
    let nobody = OrganizationId(Uuid::from_u128(5));
    let none = services.end_of_day(&staff(nobody, Role::Admin), EndOfDay::default()).await;
    assert!(matches!(none, Err(ServiceError::NotFound)));
});

/// Accounts that owe more than 100, the longest past due first.
async fn owing(services: &Services) -> Vec<accounts::Model> {
    let owed = balances::Entity::find().filter(balances::Column::Principal.gt(10_000));
    let owed: Vec<Uuid> =
        owed.all(services.db.read()).await.unwrap().into_iter().map(|row| row.account_id).collect();
    accounts::Entity::find()
        .filter(accounts::Column::Id.is_in(owed))
        .order_by_asc(accounts::Column::DueOn)
        .order_by_asc(accounts::Column::Id)
        .all(services.db.read())
        .await
        .unwrap()
}

async fn pay(services: &Services, actor: &Actor, account: &accounts::Model, minor: i64, source: &str) {
    let payment = PostPayment {
        account_id: AccountId(account.id),
        amount: Money::from_minor(minor, account.currency.parse().unwrap()),
        method: PaymentMethod::OfficeCash,
        received_on: today(),
        source: source.to_owned(),
        reference: None,
        receipt: ReceiptSeries::Next("O"),
        designated: vec![],
    };
    services.post_payment(actor, payment).await.unwrap();
}

both!(a_promise_is_broken_the_day_after, |bench| {
    let org = bench.demo(80).await;
    let (services, agent) = (&bench.services, staff(org, Role::Agent));
    run(services, org, today()).await;
    let accounts = owing(services).await;
    let mut taken = Vec::new();
    for account in accounts.iter().take(3) {
        let amount = Money::from_minor(5_000, account.currency.parse().unwrap());
        let terms = PromiseTerms { amount, due_on: today() + Days::new(2) };
        taken.push(services.take_promise(&agent, AccountId(account.id), terms).await.unwrap());
    }
    // The first is kept, the second half kept.
    pay(services, &agent, &accounts[0], 5_000, "a").await;
    pay(services, &agent, &accounts[1], 4_999, "b").await;
    let status = async || {
        let rows = promises::Entity::find().all(services.db.read()).await.unwrap();
        let of = |id: &domain::ids::PromiseId| rows.iter().find(|row| row.id == id.0).unwrap().status.clone();
        taken.iter().map(of).collect::<Vec<_>>()
    };
    run(services, org, today() + Days::new(2)).await;
    assert_eq!(status().await, ["kept", "open", "open"], "the day itself still counts");
    // Money that came without anybody looking at the promise counts as well.
    let tx = services.db.begin().await.unwrap();
    let open = promises::ActiveModel {
        organization_id: Set(org.0),
        id: Set(taken[0].0),
        status: Set("open".into()),
        ..Default::default()
    };
    open.update(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let report = run(services, org, today() + Days::new(3)).await;
    assert_eq!(status().await, ["kept", "broken", "broken"]);
    assert_eq!(report.counts.promises_kept, 1);
    let events = account_events::Entity::find()
        .filter(account_events::Column::OnDate.eq(report.date))
        .filter(account_events::Column::Kind.eq("promise_broken"))
        .all(services.db.read())
        .await
        .unwrap();
    assert_eq!(events.len() as u64, report.counts.promises_broken);
    let told: Vec<_> = events.iter().map(|event| event.subject_id).collect();
    assert!(told.contains(&taken[1].0) && told.contains(&taken[2].0) && !told.contains(&taken[0].0));
});

const CHARGES: &str = r#"{"charges": [
    {"component": "late_charge", "code": "mora", "amount": {"flat": {"percent": "2"}},
     "recurrence": {"every_months": 1}, "most": "500"},
    {"component": "collection_cost", "beneficiary": "agency", "code": "aviso",
     "amount": {"flat": {"fixed": "30"}}, "recurrence": {"every_days": 7}, "grace_days": 10, "most_times": 60}
]}"#;

/// Every creditor charges, from today on.
async fn charging_terms(services: &Services, org: OrganizationId) -> ProductTerms {
    let terms: ProductTerms = serde_json::from_str(CHARGES).unwrap();
    let rows =
        creditors::Entity::find().order_by_asc(creditors::Column::Id).all(services.db.read()).await.unwrap();
    for row in rows {
        let new = NewTerms {
            creditor_id: CreditorId(row.id),
            product: String::new(),
            effective_from: today(),
            terms: terms.clone(),
            note: None,
        };
        services.add_terms(&staff(org, Role::Admin), new).await.unwrap();
    }
    terms
}

async fn charges(services: &Services) -> Vec<entries::Model> {
    entries::Entity::find()
        .filter(entries::Column::Kind.eq("charge"))
        .order_by_asc(entries::Column::Source)
        .all(services.db.read())
        .await
        .unwrap()
}

both!(charges_fall_due_once_and_missed_nights_are_caught_up, |bench| {
    let other = if bench.database == "sqlite" { Bench::sqlite().await } else { Bench::postgres().await };
    let org = bench.demo(40).await;
    other.demo(40).await;
    charging_terms(&bench.services, org).await;
    charging_terms(&other.services, org).await;
    let services = &bench.services;
    // Of those of less than a year: the weekly charge ends after sixty times.
    let account = owing(services).await.into_iter().find(|row| row.due_on > day("2026-03-01")).unwrap();
    let mut total = 0;
    for ahead in (0..=8).chain([20, 21, 33]) {
        let report = run(services, org, today() + Days::new(ahead)).await;
        assert_eq!(report.counts.charges_failed, 0);
        total += report.counts.charges;
    }
    let posted = charges(services).await;
    assert_eq!(posted.len() as u64, total);
    let of = |code: &str| {
        let begins = format!("charge:{}:late_charge:{code}:", account.id);
        posted.iter().filter(|entry| entry.source.starts_with(&begins)).cloned().collect::<Vec<_>>()
    };
    // Every week of the account's own calendar from the first day of the terms, while the month
    // comes round once or twice.
    let first = account.due_on + Days::new(11);
    let weekly = (0..60).map(|week| first + Days::new(7 * week));
    let expected: Vec<_> = weekly.filter(|on| (today()..=today() + Days::new(33)).contains(on)).collect();
    let mut days: Vec<_> = of("aviso").iter().map(|entry| entry.effective_on).collect();
    days.sort();
    assert_eq!(days, expected);
    assert!((1..=2).contains(&of("mora").len()));
    assert!(posted.iter().all(|entry| entry.effective_on >= today()));
    assert_clean(services).await;

    // One night instead of all: the same charges on the same days, of the same amounts.
    other.clock.advance(chrono::Duration::days(1));
    run(&other.services, org, today() + Days::new(33)).await;
    let facts = |rows: Vec<entries::Model>| {
        rows.into_iter().map(|row| (row.source, row.effective_on, row.details)).collect::<Vec<_>>()
    };
    assert_eq!(facts(charges(&other.services).await), facts(posted));
    assert_clean(&other.services).await;
});

both!(two_processes_share_a_night, |bench| {
    let org = bench.demo(200).await;
    let other = Services {
        db: services::Db::connect(&bench.url.parse().unwrap()).await.unwrap(),
        ..bench.services.clone()
    };
    let request = || EndOfDay { date: Some(today()), chunk_accounts: 9, at: None };
    let admin = staff(org, Role::Admin);
    let (one, two) =
        tokio::join!(bench.services.end_of_day(&admin, request()), other.end_of_day(&admin, request()));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!((one.counts, one.counts.accounts), (two.counts, 200));
    assert_eq!(one.chunks_done + two.chunks_done, 200_u64.div_ceil(9));
    let says = recomputed(&bench.services, today()).await;
    for (id, (stage, bucket, _)) in states(&bench.services).await {
        assert_eq!((stage, bucket), (Some(says[&id].0.code()), Some(says[&id].1.code())));
    }
    let told = audit_rows::Entity::find().filter(audit_rows::Column::Action.starts_with("end_of_day"));
    assert_eq!(told.all(bench.services.db.read()).await.unwrap().len(), 2);
    assert_clean(&bench.services).await;
});
