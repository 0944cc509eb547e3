//! The demo book in a database.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that fails may panic"
)]

use domain::access::Role;
use sea_orm::{EntityTrait, QueryOrder};
use services::demo::{DemoPlan, PASSWORD};
use services::verify::VerifyScope;
use services::{Mode, ServiceError, Services};
use store::entities::{accounts, balances, payments, users};
use testkit::Bench;

fn plan(accounts: u32) -> DemoPlan {
    DemoPlan { accounts, seed: 1, as_of: "2026-11-20".parse().unwrap() }
}

testkit::both!(an_empty_database_is_filled_and_its_books_hold, |bench| {
    let services = &bench.services;
    let report = services.load_demo(plan(300)).await.unwrap();
    assert_eq!(report.accounts, 300);
    assert_eq!(report.staff.len(), 8);
    let verified = services.verify(VerifyScope::All).await.unwrap();
    assert_eq!(verified.differences, []);
    assert_eq!(verified.accounts, 300);
    assert!(verified.receipts > 100 && verified.audit_rows >= 1);
});

#[tokio::test]
async fn the_staff_it_names_can_sign_in() {
    let bench = Bench::sqlite().await;
    let services = &bench.services;
    let report = services.load_demo(plan(5)).await.unwrap();
    for user in &report.staff {
        let token = services.staff_sign_in(user.login, user.password, "127.0.0.1").await.unwrap();
        let session = services.staff_session(&token).await.unwrap().unwrap();
        assert_eq!((session.role, session.name.as_str()), (user.role, user.name));
    }
    assert!(report.staff.iter().any(|user| user.role == Role::Auditor && user.password == PASSWORD));
}

#[tokio::test]
async fn two_loads_write_the_same_rows() {
    let rows = async || {
        let bench = Bench::sqlite().await;
        let services = &bench.services;
        let report = services.load_demo(plan(80)).await.unwrap();
        let db = services.db.read();
        (
            report.fingerprint,
            accounts::Entity::find().order_by_asc(accounts::Column::Id).all(db).await.unwrap(),
            payments::Entity::find().order_by_asc(payments::Column::Id).all(db).await.unwrap(),
            balances::Entity::find().order_by_asc(balances::Column::AccountId).all(db).await.unwrap(),
            users::Entity::find().order_by_asc(users::Column::Id).all(db).await.unwrap(),
        )
    };
    assert_eq!(rows().await, rows().await);
}

async fn refusal(services: &Services) -> &'static str {
    match services.load_demo(plan(5)).await {
        Err(ServiceError::Invalid(issues)) => issues[0].field,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn production_and_full_databases_are_refused() {
    let bench = Bench::sqlite().await;
    let production = Services { mode: Mode::Production, ..bench.services.clone() };
    assert_eq!(refusal(&production).await, "mode");
    bench.demo(5).await;
    assert_eq!(refusal(&bench.services).await, "database");
}
