//! Portfolio import against both databases: all or nothing, and once.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails may panic")]

use domain::access::{Actor, Role};
use domain::ids::OrganizationId;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use services::Services;
use services::import::{ImportReport, ImportRequest, ImportStatus, Lang};
use services::verify::VerifyScope;
use store::entities::{accounts, balances, contact_points, creditors, entries, imports, parties};
use testkit::Bench;

const INVOICES: &str = include_str!("fixtures/invoices_us.csv");
const MAPPING: &str = include_str!("fixtures/invoices_us.toml");
const CARTERA: &[u8] = include_bytes!("fixtures/cartera_mx.xlsx");

fn request(text: &str) -> ImportRequest {
    ImportRequest {
        creditor_code: "acme".to_owned(),
        file_name: "invoices.csv".to_owned(),
        file: text.as_bytes().into(),
        mapping: Some(MAPPING.to_owned()),
        dry_run: false,
    }
}

fn manager(org: OrganizationId) -> Actor {
    testkit::staff(org, Role::Manager)
}

/// What a rejected file leaves: a manifest, and nothing else.
fn with_manifest(counts: [u64; 6]) -> [u64; 6] {
    let [accounts, parties, entries, balances, imports, creditors] = counts;
    [accounts, parties, entries, balances, imports + 1, creditors]
}

/// How many rows each table has that an import writes to.
async fn counts(services: &Services) -> [u64; 6] {
    let db = services.db.read();
    [
        accounts::Entity::find().count(db).await.unwrap(),
        parties::Entity::find().count(db).await.unwrap(),
        entries::Entity::find().count(db).await.unwrap(),
        balances::Entity::find().count(db).await.unwrap(),
        imports::Entity::find().count(db).await.unwrap(),
        creditors::Entity::find().count(db).await.unwrap(),
    ]
}

fn codes(report: &ImportReport) -> Vec<String> {
    let views = report.errors.iter().map(|error| error.view(Lang::Es));
    views
        .map(|view| {
            let line = view.line.unwrap_or(0);
            format!("{line} {} {}", view.column.unwrap_or_default(), view.code)
        })
        .collect()
}

async fn assert_books_hold(services: &Services) {
    let report = services.verify(VerifyScope::All).await.unwrap();
    assert_eq!(report.differences, []);
}

testkit::both!(a_file_is_imported_once, |bench| {
    let org = bench.demo(10).await;
    let services = &bench.services;
    let before = counts(services).await;
    let first = services.import_portfolio(&manager(org), request(INVOICES)).await.unwrap();
    assert_eq!((first.status, first.rows, first.accepted), (ImportStatus::Imported, 8, 8));
    assert_eq!(first.creditor_code, "ACME");
    assert!(first.creditor_is_new);
    assert_eq!(first.totals[0].sum.to_string(), "494.17 USD");
    let after = counts(services).await;
    // Five customers owe the eight invoices.
    let added: Vec<u64> = after.iter().zip(before).map(|(after, before)| after - before).collect();
    assert_eq!(added, [8, 5, 8, 8, 1, 1]);

    let again = services.import_portfolio(&manager(org), request(INVOICES)).await.unwrap();
    assert_eq!((again.status, again.accepted, again.unchanged), (ImportStatus::Unchanged, 0, 8));
    assert_eq!(again.totals, first.totals);
    assert_eq!(counts(services).await, after);
    assert_books_hold(services).await;

    let manifests = services.imports(&manager(org), 10).await.unwrap();
    assert_eq!((manifests.len(), manifests[0].accepted), (1, 8));
    assert_eq!(manifests[0].sha256, first.sha256);
});

testkit::both!(a_longer_file_adds_only_what_is_new, |bench| {
    let org = bench.demo(5).await;
    let services = &bench.services;
    services.import_portfolio(&manager(org), request(INVOICES)).await.unwrap();
    let longer = format!("{INVOICES}840,4471-KORBA,,0004410090,1/2/2025,2/1/2025,1.00,No,,Paper,0,0\n");
    let report = services.import_portfolio(&manager(org), request(&longer)).await.unwrap();
    assert_eq!((report.status, report.accepted, report.unchanged), (ImportStatus::Imported, 1, 8));
    assert!(!report.creditor_is_new);
    // The ninth invoice is owed by a customer that is known.
    let debtors = parties::Entity::find().filter(parties::Column::DocumentKey.eq("4471korba"));
    assert_eq!(debtors.count(services.db.read()).await.unwrap(), 1);
    assert_books_hold(services).await;
});

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let bench = Bench::sqlite().await;
    let org = bench.demo(5).await;
    let services = &bench.services;
    let before = counts(services).await;
    let dry = ImportRequest { dry_run: true, ..request(INVOICES) };
    let report = services.import_portfolio(&manager(org), dry).await.unwrap();
    assert_eq!((report.status, report.accepted), (ImportStatus::Checked, 8));
    assert!(report.import_id.is_none());
    assert_eq!(counts(services).await, before);
}

#[tokio::test]
async fn one_broken_row_keeps_all_out() {
    let bench = Bench::sqlite().await;
    let org = bench.demo(5).await;
    let services = &bench.services;
    let before = counts(services).await;
    let broken = INVOICES.replace("2/25/2025", "25/2/2025").replace("99.99", "-99.999");
    let report = services.import_portfolio(&manager(org), request(&broken)).await.unwrap();
    assert_eq!(report.status, ImportStatus::Rejected);
    assert_eq!(codes(&report), ["3 DueDate bad_date", "5 InvoiceAmount too_many_decimals"]);
    assert_eq!((report.rows, report.rejected, report.accepted), (8, 2, 0));
    assert_eq!(counts(services).await, with_manifest(before));
}

testkit::both!(an_account_that_says_something_else_is_refused, |bench| {
    let org = bench.demo(5).await;
    let services = &bench.services;
    services.import_portfolio(&manager(org), request(INVOICES)).await.unwrap();
    let before = counts(services).await;
    let changed = INVOICES
        .replace("48.15", "48.16")
        .replace("9023-TELIM,3/8", "9023-OTHER,3/8")
        .replace("8/2/2025", "8/3/2025");
    let report = services.import_portfolio(&manager(org), request(&changed)).await.unwrap();
    let expected = [
        "2 InvoiceAmount already_different",
        "3 customerID already_different",
        "4 DueDate already_different",
    ];
    assert_eq!(codes(&report), expected);
    assert_eq!(report.status, ImportStatus::Rejected);
    assert_eq!(counts(services).await, with_manifest(before));
});

testkit::both!(a_failure_half_way_leaves_nothing, |bench| {
    let org = bench.demo(5).await;
    let services = &bench.services;
    // Someone has posted under the source of the last row: the journal refuses it, after the
    // accounts were written.
    let tx = services.db.begin().await.unwrap();
    let entry = entries::Entity::find().one(&tx).await.unwrap().unwrap();
    let taken = entries::Model {
        id: uuid::Uuid::from_u128(77),
        source: "import:ACME:0004410082".to_owned(),
        ..entry
    };
    let taken: entries::ActiveModel = taken.into();
    entries::Entity::insert(taken.reset_all()).exec_without_returning(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let before = counts(services).await;
    assert!(services.import_portfolio(&manager(org), request(INVOICES)).await.is_err());
    assert_eq!(counts(services).await, before);
});

testkit::both!(contact_data_and_terms_come_with_the_debtor, |bench| {
    let org = bench.demo(5).await;
    let services = &bench.services;
    let file = ImportRequest {
        creditor_code: "NORTE".to_owned(),
        file: CARTERA.into(),
        mapping: Some("[formats]\ndate = \"%d/%m/%Y\"\ndecimal = \",\"".to_owned()),
        ..request("")
    };
    let report = services.import_portfolio(&manager(org), file).await.unwrap();
    assert_eq!((report.status, report.accepted), (ImportStatus::Imported, 3), "{:?}", codes(&report));
    let db = services.db.read();
    for text in ["maria nandu", "napm800101", "55 5550 1234", "maria.nandu@example.com", "TDC-0001"] {
        let filter = store::accounts::AccountFilter { text: text.to_owned(), ..Default::default() };
        let today = "2026-11-20".parse().unwrap();
        let lines = store::accounts::list(db, org, &filter, today, 10).await.unwrap();
        assert_eq!(lines.len(), 1, "{text}");
        assert_eq!(lines[0].debtor_name, "María Ñandú Peña");
    }
    let maria = parties::Entity::find().filter(parties::Column::Document.eq("NAPM800101AB1"));
    let maria = maria.one(db).await.unwrap().unwrap();
    assert_eq!(maria.time_zone.as_deref(), Some("America/Mexico_City"));
    let points = contact_points::Entity::find().filter(contact_points::Column::PartyId.eq(maria.id));
    let points = points.all(db).await.unwrap();
    assert_eq!(points.len(), 4);
    assert!(points.iter().any(|point| point.latitude == Some(19.4326)));
    assert_books_hold(services).await;
});

#[tokio::test]
async fn it_takes_the_permission_and_a_sound_code() {
    let bench = Bench::sqlite().await;
    let org = bench.demo(5).await;
    let services = &bench.services;
    let agent = testkit::staff(org, Role::Agent);
    let denied = services.import_portfolio(&agent, request(INVOICES)).await;
    assert!(matches!(denied, Err(services::ServiceError::Denied(_))));
    let odd = ImportRequest { creditor_code: "a:b".to_owned(), ..request(INVOICES) };
    let invalid = services.import_portfolio(&manager(org), odd).await;
    assert!(matches!(invalid, Err(services::ServiceError::Invalid(_))));
}
