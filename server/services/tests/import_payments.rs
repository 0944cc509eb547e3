//! Payments from a file: all or nothing, and each once.
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

use domain::access::{Actor, Role};
use domain::ids::OrganizationId;
use sea_orm::{EntityTrait, PaginatorTrait};
use services::Services;
use services::import::{ImportRequest, ImportStatus, PaymentsReport};
use services::verify::VerifyScope;
use store::entities::{audit_rows, entries, payments};

const PORTFOLIO: &str = "external_id,debtor_name,due_on,principal,currency,country\n\
                         A-1,Ana,2026-01-01,100.00,MXN,MX\nA-2,Luis,2026-01-01,50.00,MXN,MX\n";
const HEADER: &str = "external_id,amount,currency,received_on,reference,source_id\n";

fn request(text: &str) -> ImportRequest {
    ImportRequest {
        creditor_code: "ACME".to_owned(),
        file_name: "pagos.csv".to_owned(),
        file: text.as_bytes().into(),
        mapping: None,
        dry_run: false,
    }
}

fn manager(org: OrganizationId) -> Actor {
    testkit::staff(org, Role::Manager)
}

async fn import(services: &Services, org: OrganizationId, rows: &str) -> PaymentsReport {
    services.import_payments(&manager(org), request(&format!("{HEADER}{rows}"))).await.unwrap()
}

async fn counts(services: &Services) -> [u64; 3] {
    let db = services.db.read();
    [
        payments::Entity::find().count(db).await.unwrap(),
        entries::Entity::find().count(db).await.unwrap(),
        audit_rows::Entity::find().count(db).await.unwrap(),
    ]
}

fn codes(report: &PaymentsReport) -> Vec<(Option<u64>, &'static str)> {
    report.errors.iter().map(|error| (error.line, error.problem.code())).collect()
}

testkit::both!(payments_of_a_file_are_posted_once, |bench| {
    let org = bench.demo(5).await;
    let services = &bench.services;
    services.import_portfolio(&manager(org), request(PORTFOLIO)).await.unwrap();
    let before = counts(services).await;
    // Two equal rows without an id are two payments.
    let rows = "A-1,10.00,MXN,2026-11-18,SPEI 1,\nA-1,10.00,MXN,2026-11-18,SPEI 1,\n\
                A-2,70.00,MXN,2026-11-19,,T-9\n";
    let dry = ImportRequest { dry_run: true, ..request(&format!("{HEADER}{rows}")) };
    let dry = services.import_payments(&manager(org), dry).await.unwrap();
    assert_eq!((dry.status, dry.accepted), (ImportStatus::Checked, 3));
    assert_eq!(counts(services).await, before);

    let report = import(services, org, rows).await;
    assert_eq!((report.status, report.accepted), (ImportStatus::Imported, 3), "{:?}", codes(&report));
    let total = report.totals.first().unwrap();
    assert_eq!((total.count, total.sum.to_string()), (3, "90.00 MXN".to_owned()));
    assert_eq!(report.accepted_totals, report.totals);
    let after = counts(services).await;
    let [paid, ..] = before;
    assert_eq!(after.first(), Some(&(paid + 3)));
    assert_eq!(services.verify(VerifyScope::All).await.unwrap().differences, []);

    let again = import(services, org, rows).await;
    assert_eq!((again.status, again.accepted, again.unchanged), (ImportStatus::Unchanged, 0, 3));
    assert_eq!(counts(services).await, after);
    // One more row: only it is new.
    let longer = import(services, org, &format!("{rows}A-2,1.00,MXN,2026-11-20,,T-10\n")).await;
    assert_eq!((longer.accepted, longer.unchanged), (1, 3));
});

testkit::both!(a_wrong_payment_keeps_all_out, |bench| {
    let org = bench.demo(5).await;
    let services = &bench.services;
    services.import_portfolio(&manager(org), request(PORTFOLIO)).await.unwrap();
    import(services, org, "A-1,10.00,MXN,2026-11-18,,T-1\n").await;
    let before = counts(services).await;
    let rows = "A-1,1.00,MXN,2026-11-18,,OK\nA-9,1.00,MXN,2026-11-18,,X-1\nA-1,1.00,USD,2026-11-18,,X-2\n\
                A-1,0.00,MXN,2026-11-18,,X-3\nA-1,1.00,MXN,2027-01-01,,X-4\nA-1,2.00,MXN,2026-11-18,,OK\n\
                A-1,11.00,MXN,2026-11-18,,T-1\nA-1,,MXN,2026-11-18,,X-5\n";
    let report = import(services, org, rows).await;
    assert_eq!(report.status, ImportStatus::Rejected);
    let expected = [
        (Some(3), "unknown_account"),
        (Some(4), "other_currency"),
        (Some(5), "nothing_paid"),
        (Some(6), "future_date"),
        (Some(7), "duplicate_external_id"),
        (Some(8), "payment_differs"),
        (Some(9), "required"),
    ];
    assert_eq!(codes(&report), expected);
    assert_eq!((report.rows, report.rejected), (8, 7));
    assert_eq!(counts(services).await, before);
});
