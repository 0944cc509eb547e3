//! SIGKILL in the middle of the night: whoever runs the batch again gets, row for row, what an
//! undisturbed night leaves.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests fail by panicking"
)]

mod support;

use std::time::{Duration, Instant};

use chrono::{Days, NaiveDate};
use domain::access::Role;
use domain::ids::{CreditorId, OrganizationId};
use sea_orm::EntityTrait;
use services::Services;
use services::ledger::NewTerms;
use store::entities::{
    account_events, account_states, arrangements, audit_heads, audit_rows, balances, batch_chunks,
    batch_runs, creditors, entries, payments, postings, promises,
};
use support::{Dice, Server, assert_clean, kill_after, kills, ok, saldar};
use testkit::{Bench, both, staff};

const ACCOUNTS: u32 = 240;
/// So small that a night has many transactions.
const CHUNK: &str = "8";
const CHARGES: &str = r#"{"charges": [{"component": "late_charge", "code": "mora",
    "amount": {"flat": {"percent": "1.5"}}, "recurrence": {"every_days": 5}}]}"#;

fn today() -> NaiveDate {
    "2026-11-20".parse().unwrap()
}

/// A demo book whose creditors charge for being late.
async fn book(bench: &Bench) -> OrganizationId {
    let org = bench.demo(ACCOUNTS).await;
    let services = &bench.services;
    for creditor in creditors::Entity::find().all(services.db.read()).await.unwrap() {
        let new = NewTerms {
            creditor_id: CreditorId(creditor.id),
            product: String::new(),
            effective_from: today(),
            terms: serde_json::from_str(CHARGES).unwrap(),
            note: None,
        };
        services.add_terms(&staff(org, Role::Admin), new).await.unwrap();
    }
    org
}

/// Everything that a night may touch, row by row.
async fn dump(services: &Services) -> Vec<String> {
    let db = services.db.read();
    let mut lines = Vec::new();
    macro_rules! tables {
        ($($entity:ident),*) => {$(
            let rows = $entity::Entity::find().all(db).await.unwrap();
            let mut rows: Vec<String> = rows.iter().map(|row| format!("{} {row:?}", stringify!($entity))).collect();
            rows.sort();
            lines.extend(rows);
        )*};
    }
    tables!(account_states, account_events, arrangements, audit_heads, audit_rows, balances, batch_chunks);
    tables!(batch_runs, entries, payments, postings, promises);
    lines
}

fn night(date: &str) -> [&str; 7] {
    ["end-of-day", "--date", date, "--chunk", CHUNK, "--at", "2026-11-20T23:55:00.000001Z"]
}

both!(a_killed_night_ends_as_an_undisturbed_one, |bench| {
    let other = if bench.database == "sqlite" { Bench::sqlite().await } else { Bench::postgres().await };
    book(&bench).await;
    book(&other).await;
    assert_eq!(dump(&bench.services).await, dump(&other.services).await);
    let (mut left, mut date, mut dice) = (kills(6), today(), Dice::new(3));
    while left > 0 {
        date = date + Days::new(1 + dice.below(9));
        let named = date.to_string();
        let begun = Instant::now();
        ok(&bench.url, &night(&named));
        let whole = begun.elapsed();
        for _ in 0..5_u64.min(left) {
            let wait = whole.mul_f64(0.01 * f64::from(u32::try_from(dice.below(100)).unwrap()));
            let killed = kill_after(&other.url, &night(&named), wait).await;
            left -= u64::from(killed);
            if !killed {
                break;
            }
        }
        assert_clean(&other.url);
        ok(&other.url, &night(&named));
        let (undisturbed, killed) = (dump(&bench.services).await, dump(&other.services).await);
        let differs = undisturbed.iter().zip(&killed).find(|(one, two)| one != two);
        assert_eq!(differs, None, "{named}");
        assert_eq!(undisturbed.len(), killed.len());
        assert!(ok(&other.url, &night(&named)).contains("nothing was written"));
        assert_eq!(dump(&other.services).await, killed);
    }
    assert_clean(&other.url);
});

both!(payments_are_taken_while_the_night_runs, |bench| {
    book(&bench).await;
    let server = Server::start(&bench.url).await;
    let agent = server.staff("agente").await;
    let account = agent.first_link("/console/cuentas?amount_from=9000", "/console/cuentas/").await;
    let mut batch =
        saldar(&bench.url).args(night("2026-11-21")).stdout(std::process::Stdio::null()).spawn().unwrap();
    let (mut taken, mut longest) = (0_u128, Duration::ZERO);
    let ended = loop {
        let key = uuid::Uuid::from_u128(taken).to_string();
        let form = [
            ("pay_amount", "1.00"),
            ("pay_method", "office_cash"),
            ("received_on", "2026-11-20"),
            ("pay_key", key.as_str()),
        ];
        let asked = Instant::now();
        assert_eq!(agent.post(&format!("{account}/pagos"), &form).await.unwrap().status(), 303);
        longest = longest.max(asked.elapsed());
        taken += 1;
        if let Some(ended) = batch.try_wait().unwrap() {
            break ended;
        }
    };
    assert!(ended.success());
    assert!(taken > 3, "{taken} payments only");
    assert!(longest < Duration::from_secs(5), "a payment waited {longest:?}");
    assert_clean(&bench.url);
});
