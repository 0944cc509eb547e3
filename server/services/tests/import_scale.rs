//! Files larger than a batch: streamed from a path, all or nothing, once, and proven.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails may panic")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use domain::access::{Actor, Role};
use domain::account::{Component, Stage};
use domain::ids::OrganizationId;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, Statement};
use services::Services;
use services::import::{ImportFile, ImportReport, ImportRequest, ImportStatus};
use services::verify::VerifyScope;
use store::entities::{account_states, accounts, contact_points, parties};

/// More than two batches, and more than a file whose every key is asked about.
const ROWS: usize = 9_000;
/// Debtors of the file: each owes in several batches.
const PERSONS: usize = 700;

fn manager(org: OrganizationId) -> Actor {
    testkit::staff(org, Role::Manager)
}

/// Sums and counts by currency and component, made beside the program's own.
type Sums = BTreeMap<(String, &'static str), (u64, i128)>;

struct File {
    folder: tempfile::TempDir,
    sums: Sums,
}

impl File {
    fn path(&self) -> PathBuf {
        self.folder.path().join("cartera.csv")
    }

    fn append(&self, line: &str) {
        let text = std::fs::read_to_string(self.path()).unwrap();
        std::fs::write(self.path(), text + line).unwrap();
    }
}

/// A file of so many accounts of [`PERSONS`] people in two currencies.
fn file(rows: usize) -> File {
    let mut text = String::from(
        "external_id,debtor_document,debtor_name,due_on,principal,interest,currency,country,phone,product\n",
    );
    let mut sums = Sums::new();
    for n in 0..rows {
        let person = n % PERSONS;
        let (principal, interest) = ((n as i128 * 7_919) % 500_000, (n as i128 * 31) % 900);
        let (currency, country) = if person.is_multiple_of(3) { ("COP", "CO") } else { ("MXN", "MX") };
        let money = |minor: i128| format!("{}.{:02}", minor / 100, minor % 100);
        let product = if n.is_multiple_of(11) { "" } else { "tarjeta" };
        writeln!(
            text,
            "S-{n},DOC{person:05},\"Persona, {person}\",2026-0{}-15,{},{},{currency},{country},+5255{person:08},{product}",
            1 + n % 9,
            money(principal),
            money(interest),
        )
        .unwrap();
        for (component, minor) in [("principal", principal), ("interest", interest)] {
            if component == "principal" || minor != 0 {
                let sum = sums.entry((currency.to_owned(), component)).or_default();
                *sum = (sum.0 + 1, sum.1 + minor);
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("cartera.csv"), text).unwrap();
    File { folder, sums }
}

fn request(path: &Path) -> ImportRequest {
    ImportRequest {
        creditor_code: "SCALE".to_owned(),
        file_name: "cartera.csv".to_owned(),
        file: ImportFile::Path(path.to_owned()),
        mapping: None,
        dry_run: false,
    }
}

fn sums(lines: &[services::import::ControlTotal]) -> Sums {
    let each = lines.iter().map(|line| {
        let key = (line.currency.to_string(), line.component.as_str());
        (key, (line.count, i128::from(line.sum.minor())))
    });
    each.collect()
}

/// Every row of every table, so that "nothing changed" means just that.
async fn dump(services: &Services) -> BTreeMap<&'static str, Vec<String>> {
    const TABLES: [&str; 13] = [
        "creditors",
        "parties",
        "contact_points",
        "search_terms",
        "accounts",
        "account_parties",
        "account_states",
        "balances",
        "entries",
        "postings",
        "imports",
        "audit_rows",
        "audit_heads",
    ];
    let db = services.db.read();
    let postgres = services.db.backend() == sea_orm::DbBackend::Postgres;
    let mut dump = BTreeMap::new();
    for table in TABLES {
        let sql = if postgres {
            format!("SELECT t::text AS line FROM {table} t")
        } else {
            let columns = format!(
                "SELECT group_concat('quote(\"' || name || '\")', ' || ') AS line FROM pragma_table_info('{table}')"
            );
            let row = db.query_one_raw(Statement::from_string(services.db.backend(), columns)).await.unwrap();
            let list: String = row.unwrap().try_get("", "line").unwrap();
            format!("SELECT {list} AS line FROM {table}")
        };
        let rows = db.query_all_raw(Statement::from_string(services.db.backend(), sql)).await.unwrap();
        let mut lines: Vec<String> = rows.iter().map(|row| row.try_get("", "line").unwrap()).collect();
        lines.sort();
        dump.insert(table, lines);
    }
    dump
}

async fn assert_books_hold(services: &Services) {
    assert_eq!(services.verify(VerifyScope::All).await.unwrap().differences, []);
}

async fn import(services: &Services, org: OrganizationId, path: &Path) -> ImportReport {
    services.import_portfolio(&manager(org), request(path)).await.unwrap()
}

testkit::both!(a_person_of_many_batches_is_one_person, |bench| {
    let org = bench.demo(20).await;
    let services = &bench.services;
    let (file, before) = (file(ROWS), dump(services).await);
    let report = import(services, org, &file.path()).await;
    assert_eq!(
        (report.status, report.accepted),
        (ImportStatus::Imported, ROWS as u64),
        "{:?}",
        report.errors
    );
    let db = services.db.read();
    let people = parties::Entity::find().filter(parties::Column::DocumentKey.starts_with("doc0"));
    assert_eq!(people.count(db).await.unwrap(), PERSONS as u64);
    let phones = contact_points::Entity::find().filter(contact_points::Column::Value.starts_with("+5255000"));
    assert_eq!(phones.count(db).await.unwrap(), PERSONS as u64);
    let moved = &report.moved;
    assert_eq!((moved.accounts, moved.parties_new, moved.contact_points), (ROWS as u64, 700, 700));
    assert_eq!(moved.parties_known, (ROWS - PERSONS) as u64);
    // The one account that owes nothing has no entry.
    let after = dump(services).await;
    let added = |table: &str| after[table].len() - before[table].len();
    assert_eq!((added("accounts"), added("balances"), added("account_states")), (ROWS, ROWS, ROWS));
    assert_eq!((added("entries"), moved.entries), (ROWS - 1, ROWS as u64 - 1));
    assert_eq!((added("imports"), added("creditors"), added("audit_rows")), (1, 1, 1));
    assert_books_hold(services).await;

    let account = accounts::Entity::find().filter(accounts::Column::ExternalId.eq("S-8999"));
    let account = account.one(db).await.unwrap().unwrap();
    let state = account_states::Entity::find_by_id((org.0, account.id)).one(db).await.unwrap().unwrap();
    let today = services.today(org).await.unwrap();
    let stage = Stage::of(1, account.due_on, None, today);
    assert_eq!(state.stage.map(usize::try_from).and_then(Result::ok).map(|at| Stage::ALL[at]), Some(stage));

    // The same file again: not one byte of the database is another.
    let again = import(services, org, &file.path()).await;
    assert_eq!((again.status, again.accepted, again.unchanged), (ImportStatus::Unchanged, 0, ROWS as u64));
    assert_eq!(dump(services).await, after);
});

testkit::both!(the_manifest_adds_up, |bench| {
    let org = bench.demo(5).await;
    let services = &bench.services;
    let short = file(4_500);
    import(services, org, &short.path()).await;
    let whole = file(ROWS);
    let report = import(services, org, &whole.path()).await;
    assert_eq!((report.accepted, report.unchanged), (4_500, 4_500));
    assert_eq!(sums(&report.totals), whole.sums);
    let outcome = &report.totals_by_outcome;
    assert_eq!(sums(&outcome.unchanged), short.sums);
    let mut together = sums(&outcome.accepted);
    for (key, (count, minor)) in sums(&outcome.unchanged) {
        let sum = together.entry(key).or_default();
        *sum = (sum.0 + count, sum.1 + minor);
    }
    assert_eq!(together, whole.sums);
    assert!(outcome.rejected.is_empty() && outcome.held_back.is_empty());

    let id = report.import_id.unwrap();
    let record = services.import_manifest(&manager(org), id).await.unwrap();
    let manifest = record.manifest.unwrap();
    assert_eq!((record.line.status.as_str(), record.line.rejected), ("imported", 0));
    assert_eq!((&manifest.totals, &manifest.totals_by_outcome), (&report.totals, outcome));
    assert_eq!(manifest.moved, report.moved);
    assert_eq!(manifest.sha256, ImportFile::Path(whole.path()).sha256().unwrap());
    assert_eq!(manifest.columns.len(), 10);
    // What moved is what the journal holds.
    let placed: i128 = report.moved.placed.iter().map(|sum| i128::from(sum.minor())).sum();
    let accepted: i128 = sums(&outcome.accepted).values().map(|(_, minor)| minor).sum();
    assert_eq!(placed, accepted);
    let principal = report.totals.iter().filter(|line| line.component == Component::Principal);
    assert_eq!(principal.map(|line| line.count).sum::<u64>(), ROWS as u64);
});

testkit::both!(a_broken_last_row_leaves_only_the_manifest, |bench| {
    let org = bench.demo(5).await;
    let services = &bench.services;
    let file = file(ROWS);
    file.append("S-LAST,DOC1,Ana,2026-01-32,10.00,0.50,MXN,MX,,\n");
    file.append("S-17,DOC1,Ana,2026-01-31,1.00,,MXN,MX,,\n");
    let before = dump(services).await;
    let report = import(services, org, &file.path()).await;
    assert_eq!((report.status, report.rows, report.rejected), (ImportStatus::Rejected, ROWS as u64 + 2, 2));
    let errors: Vec<_> = report.errors.iter().map(|e| (e.line, e.problem.code())).collect();
    let last = Some(ROWS as u64 + 2);
    assert_eq!(errors, [(last, "bad_date"), (last.map(|line| line + 1), "duplicate_external_id")]);
    let message = report.errors[1].view(services::import::Lang::En).message;
    assert_eq!(message, "The number “S-17” is already on line 19.");

    let mut after = dump(services).await;
    assert_eq!(after["imports"].len(), before["imports"].len() + 1);
    after.insert("imports", before["imports"].clone());
    assert_eq!(after, before);
    let record = services.import_manifest(&manager(org), report.import_id.unwrap()).await.unwrap();
    let manifest = record.manifest.unwrap();
    assert_eq!((record.line.status.as_str(), manifest.rejected, manifest.accepted), ("rejected", 2, 0));
    assert_eq!(sums(&manifest.totals_by_outcome.held_back), file.sums);
    let rejected = sums(&manifest.totals_by_outcome.rejected);
    assert_eq!(rejected[&("MXN".to_owned(), "principal")], (2, 1_100));
    assert_eq!(manifest.errors[0].code, "bad_date");
    assert!(manifest.moved.placed.is_empty());
});

testkit::both!(a_difference_found_while_writing_undoes_what_was_written, |bench| {
    let org = bench.demo(5).await;
    let services = &bench.services;
    let first =
        "external_id,debtor_document,due_on,principal,currency,country\nS-8999,DOC1,2020-01-01,1.00,MXN,MX\n";
    let known = ImportRequest { file: first.as_bytes().into(), ..request(Path::new("")) };
    services.import_portfolio(&manager(org), known).await.unwrap();
    let before = dump(services).await;
    let file = file(ROWS);
    let report = import(services, org, &file.path()).await;
    assert_eq!((report.status, report.rejected, report.problems), (ImportStatus::Rejected, 1, 1));
    let mut after = dump(services).await;
    after.insert("imports", before["imports"].clone());
    assert_eq!(after, before);
    let held_back = &report.totals_by_outcome.held_back;
    assert_eq!(
        held_back.iter().filter(|l| l.component == Component::Principal).map(|l| l.count).sum::<u64>(),
        8_999
    );
});

#[tokio::test]
async fn a_file_that_is_not_there_is_an_error_and_no_import() {
    let bench = testkit::Bench::sqlite().await;
    let org = bench.demo(5).await;
    let before = dump(&bench.services).await;
    let missing = bench.services.import_portfolio(&manager(org), request(Path::new("/nowhere/x.csv"))).await;
    assert!(missing.unwrap_err().to_string().starts_with("reading the file failed"));
    assert_eq!(dump(&bench.services).await, before);
}
