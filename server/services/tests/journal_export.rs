//! The exported journal says what our books say, to others' programs, too.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use domain::access::Role;
use domain::account::Component;
use domain::ids::{AccountId, CreditorId, OrganizationId};
use domain::ledger::PaymentMethod;
use domain::money::{Currency, Decimal, DecimalMark, Money};
use domain::remittance::CommissionTerms;
use sea_orm::{EntityTrait, QueryOrder};
use services::accounts::AccountFilter;
use services::export::{JournalFormat, JournalRequest};
use services::payments::{PostPayment, ReceiptSeries};
use services::{ServiceError, Services};
use store::entities::{creditors, postings};
use testkit::{both, staff};

type Balances = BTreeMap<(String, String), i64>;

fn request(format: JournalFormat) -> JournalRequest {
    JournalRequest { format, from: None, to: None, creditor: None }
}

/// A book in which much has happened: payments, too much, reversals, statements, payouts.
async fn busy_book(services: &Services, org: OrganizationId) {
    let (agent, supervisor, manager) =
        (staff(org, Role::Agent), staff(org, Role::Supervisor), staff(org, Role::Manager));
    let page = services.list_accounts(&agent, &AccountFilter::default()).await.unwrap();
    for (number, line) in page.lines.iter().take(30).enumerate() {
        let minor = if number % 7 == 0 { line.total.max(1) + 12_345 } else { line.total / 3 + 1 };
        let new = PostPayment {
            account_id: AccountId(line.id),
            amount: Money::from_minor(minor, line.currency.parse().unwrap()),
            method: PaymentMethod::ALL[number % PaymentMethod::ALL.len()],
            received_on: "2026-11-20".parse().unwrap(),
            source: format!("test:a;b,  c:{number}"),
            reference: None,
            receipt: ReceiptSeries::Next("O"),
            designated: vec![],
        };
        let posted = services.post_payment(&agent, new).await.unwrap();
        if number % 5 == 0 {
            services.reverse_payment(&supervisor, posted.payment_id, "prueba").await.unwrap();
        }
    }
    let today = "2026-11-20".parse().unwrap();
    for row in creditors::Entity::find().all(services.db.read()).await.unwrap() {
        let mut terms = CommissionTerms::flat(Decimal::from(11));
        terms.tax_pct = Decimal::from(16);
        let creditor = CreditorId(row.id);
        services.add_commission_terms(&manager, creditor, today, terms).await.unwrap();
        for id in services.remit(&manager, creditor, today, today).await.unwrap() {
            let _ = services.pay_remittance(&manager, id, today).await;
        }
    }
}

/// What every book stands at, by our own rows.
async fn our_books(services: &Services) -> Balances {
    let mut sums = Balances::new();
    let rows = postings::Entity::find().order_by_asc(postings::Column::EntryId).all(services.db.read());
    for row in rows.await.unwrap() {
        let book = row.book.replace('.', ":");
        let book = if book.contains(':') { book } else { format!("{book}:held") };
        *sums.entry((book, row.currency)).or_default() += row.amount_minor;
    }
    sums.retain(|_, minor| *minor != 0);
    sums
}

fn minor(amount: &str, currency: &str) -> i64 {
    let currency: Currency = currency.parse().unwrap();
    Money::parse(amount, currency, DecimalMark::Point).unwrap().minor()
}

/// The same by `hledger`; nothing where it is not installed.
fn hledger_books(file: &Path) -> Option<Balances> {
    let run = |args: &[&str]| Command::new("hledger").arg("-f").arg(file).args(args).output();
    let check = run(&["check"]).ok()?;
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
    let report = run(&["bal", "--flat", "-2", "-N", "-E", "-O", "csv", "--layout=bare"]).unwrap();
    assert!(report.status.success(), "{}", String::from_utf8_lossy(&report.stderr));
    let mut sums = Balances::new();
    let mut table = csv::Reader::from_reader(report.stdout.as_slice());
    for row in table.records() {
        let row = row.unwrap();
        let (book, currency) = (row[0].to_owned(), row[1].to_owned());
        if !currency.is_empty() {
            let amount = minor(&row[2], &currency);
            *sums.entry((book, currency)).or_default() += amount;
        }
    }
    sums.retain(|_, minor| *minor != 0);
    Some(sums)
}

both!(hledger_finds_the_balances_of_our_books, |bench| {
    let org = bench.demo(300).await;
    let services = &bench.services;
    busy_book(services, org).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book.journal");
    let auditor = staff(org, Role::Auditor);
    let mut file = std::fs::File::create(&path).unwrap();
    let counts =
        services.export_journal(&auditor, &request(JournalFormat::Hledger), &mut file).await.unwrap();
    let ours = our_books(services).await;
    assert!(counts.entries > 300 && counts.postings >= 2 * counts.entries);
    assert!(ours.keys().any(|(book, _)| book == "unapplied:held"));
    assert!(ours.keys().any(|(book, _)| book == "income:commission"));
    match hledger_books(&path) {
        Some(theirs) => assert_eq!(theirs, ours),
        None => eprintln!("hledger is not installed: only our own reading was checked"),
    }
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.matches("\n    ; recorded_at: ").count() as u64, counts.entries);
});

both!(the_table_has_a_line_for_each_posting, |bench| {
    let org = bench.demo(200).await;
    let services = &bench.services;
    busy_book(services, org).await;
    let auditor = staff(org, Role::Auditor);
    let export = async |request: JournalRequest| {
        let mut out = Vec::new();
        let counts = services.export_journal(&auditor, &request, &mut out).await.unwrap();
        let mut table = csv::Reader::from_reader(out.as_slice());
        let rows: Vec<_> = table.records().map(Result::unwrap).collect();
        assert_eq!(rows.len() as u64, counts.postings);
        rows
    };
    let rows = export(request(JournalFormat::Csv)).await;
    let mut sums = Balances::new();
    for row in &rows {
        let book = row[9].replace('.', ":");
        let book = if book.contains(':') { book } else { format!("{book}:held") };
        *sums.entry((book, row[11].to_owned())).or_default() += minor(&row[10], &row[11]);
    }
    sums.retain(|_, minor| *minor != 0);
    assert_eq!(sums, our_books(services).await);

    let until = JournalRequest { to: Some("2026-11-19".parse().unwrap()), ..request(JournalFormat::Csv) };
    let from = JournalRequest { from: Some("2026-11-20".parse().unwrap()), ..request(JournalFormat::Csv) };
    let (before, after) = (export(until).await, export(from).await);
    assert!(!after.is_empty() && before.iter().all(|row| &row[2] < "2026-11-20"));
    assert_eq!(before.len() + after.len(), rows.len());

    let mut of_creditors = 0;
    for creditor in creditors::Entity::find().all(services.db.read()).await.unwrap() {
        let own = JournalRequest { creditor: Some(creditor.code.clone()), ..request(JournalFormat::Csv) };
        let own = export(own).await;
        assert!(own.iter().all(|row| row[7] == creditor.code));
        of_creditors += own.len();
    }
    assert_eq!(of_creditors, rows.len(), "every entry is some creditor's");

    let unknown = JournalRequest { creditor: Some("nobody".to_owned()), ..request(JournalFormat::Csv) };
    let mut out = Vec::new();
    assert!(matches!(
        services.export_journal(&auditor, &unknown, &mut out).await,
        Err(ServiceError::Invalid(_))
    ));
    let agent = staff(org, Role::Agent);
    let denied = services.export_journal(&agent, &request(JournalFormat::Csv), &mut out).await;
    assert!(matches!(denied, Err(ServiceError::Denied(_))));
    assert!(rows.iter().any(|row| row[9] == *format!("debt.{}", Component::Principal)));
});
