//! Reported payments: told once, found and posted once, or declined with a reason.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use domain::access::{Actor, ActorKind, Role};
use domain::account::Account;
use domain::ids::{AccountId, OrganizationId, PaymentId, ReportId};
use domain::ledger::PaymentMethod;
use domain::money::Money;
use domain::reported::{ReportStatus, ReportWay};
use services::accounts::AccountFilter;
use services::cases::NewFile;
use services::reports::{Confirmation, NewReport};
use services::verify::VerifyScope;
use services::{ServiceError, ServiceResult};
use testkit::{Bench, both, staff};
use uuid::Uuid;

/// Debts of so many different people.
async fn debts(bench: &Bench, org: OrganizationId, count: usize) -> Vec<Account> {
    let services = &bench.services;
    let page = services.list_accounts(&staff(org, Role::Agent), &AccountFilter::default()).await.unwrap();
    let mut found: Vec<Account> = Vec::new();
    for line in page.lines {
        let id = AccountId(line.id);
        let account = store::accounts::find(services.db.read(), org, id).await.unwrap().unwrap();
        let owed = services.account_view(&staff(org, Role::Agent), id).await.unwrap().summary.balance;
        if owed.total_minor() > 1_000 && found.iter().all(|known| known.debtor_id != account.debtor_id) {
            found.push(account);
        }
    }
    found.truncate(count);
    assert_eq!(found.len(), count);
    found
}

const fn person(org: OrganizationId, account: &Account) -> Actor {
    Actor { organization_id: org, kind: ActorKind::Debtor { party_id: account.debtor_id } }
}

fn slip() -> NewFile {
    NewFile { name: "C:\\comprobante.pdf".to_owned(), bytes: b"%PDF-1.7 slip".to_vec() }
}

fn new(bench: &Bench, account: &Account) -> NewReport {
    NewReport {
        key: bench.services.new_id(),
        account: account.id,
        amount: Money::from_minor(500, account.currency),
        paid_on: "2026-11-18".parse().unwrap(),
        way: ReportWay::Deposit,
        place: "Banco del Centro, sucursal Secreta".to_owned(),
        reference: "000123".to_owned(),
        files: vec![slip()],
    }
}

fn found(account: &Account, minor: i64) -> Confirmation {
    Confirmation {
        amount: Money::from_minor(minor, account.currency),
        received_on: "2026-11-19".parse().unwrap(),
        method: PaymentMethod::BankTransfer,
    }
}

fn fields<T>(result: ServiceResult<T>) -> Vec<&'static str> {
    match result {
        Err(ServiceError::Invalid(issues)) => issues.iter().map(|issue| issue.field).collect(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was let through"),
    }
}

fn is_not_found<T>(result: ServiceResult<T>) -> bool {
    matches!(result, Err(ServiceError::NotFound))
}

both!(a_reported_payment_is_found_and_posted_once, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let debt = debts(&bench, org, 1).await.remove(0);
    let (me, agent) = (person(org, &debt), staff(org, Role::Agent));
    let before = services.my_debt(&me, debt.id).await.unwrap().summary.balance;

    // However often the form comes, it is one report; nothing of the debt changes.
    let report = new(&bench, &debt);
    let posts = (0..6).map(|_| {
        let (services, me, report) = (services.clone(), me.clone(), report.clone());
        tokio::spawn(async move { services.report_payment(&me, report).await })
    });
    for post in posts.collect::<Vec<_>>() {
        assert_eq!(post.await.unwrap().unwrap(), ReportId(report.key));
    }
    let id = ReportId(report.key);
    assert_eq!(services.my_reports(&me).await.unwrap().len(), 1);
    assert_eq!(services.my_debt(&me, debt.id).await.unwrap().summary.balance, before);
    assert_eq!(services.contact_stops(&agent, debt.id).await.unwrap(), [], "it pauses nothing");
    let open = services.open_reports_of(&staff(org, Role::Auditor), debt.id).await.unwrap();
    assert_eq!(open.len(), 1, "whoever is about to call reads it");

    // Staff see the slip, take it, and the debtor sees that.
    let view = services.report_view(&agent, id).await.unwrap();
    assert_eq!((view.files.len(), view.files[0].name.as_str()), (1, "comprobante.pdf"));
    assert_eq!((view.same.len(), view.reported_again.len()), (0, 0));
    let (line, bytes) = services.report_file(&agent, id, view.files[0].id).await.unwrap();
    assert_eq!((line.media_type.as_str(), bytes.as_slice()), ("application/pdf", &b"%PDF-1.7 slip"[..]));
    services.take_report(&agent, id).await.unwrap();
    services.take_report(&staff(org, Role::Supervisor), id).await.unwrap();
    let line = services.my_report(&me, id).await.unwrap().line;
    assert_eq!((line.status, line.taken_by), (ReportStatus::Checking, Some(agent.audit_name())));

    // Confirmed many times at once: one payment, one receipt, counting from the day it came.
    let confirms = (0..6).map(|_| {
        let (services, agent, found) = (services.clone(), agent.clone(), found(&debt, 500));
        tokio::spawn(async move { services.confirm_report(&agent, id, found).await })
    });
    let mut payments: Vec<PaymentId> = Vec::new();
    for confirm in confirms.collect::<Vec<_>>() {
        payments.push(confirm.await.unwrap().unwrap());
    }
    payments.dedup();
    assert_eq!(payments.len(), 1);
    let line = services.my_report(&me, id).await.unwrap().line;
    assert_eq!((line.status, line.payment_id), (ReportStatus::Confirmed, Some(payments[0])));
    let receipt = services.receipt(&me, payments[0]).await.unwrap();
    assert_eq!((receipt.amount.minor(), receipt.received_on.to_string().as_str()), (500, "2026-11-19"));
    assert!(receipt.receipt_no.starts_with("C-"));
    assert_eq!(fields(services.decline_report(&agent, id, "no").await), [""], "it is decided");
    assert_eq!(services.report_queue(&agent, false).await.unwrap().len(), 0);
    assert_eq!(services.report_queue(&agent, true).await.unwrap().len(), 1);
    assert_eq!(services.verify(VerifyScope::All).await.unwrap().differences, []);

    // The same amount and day once more: staff are shown the payment and the other report.
    let twin = NewReport { paid_on: "2026-11-19".parse().unwrap(), ..new(&bench, &debt) };
    let twin_id = services.report_payment(&me, twin.clone()).await.unwrap();
    let third = NewReport { key: services.new_id(), ..twin };
    let third_id = services.report_payment(&me, third).await.unwrap();
    let view = services.report_view(&agent, twin_id).await.unwrap();
    assert_eq!(view.same.iter().map(|one| one.payment_id).collect::<Vec<_>>(), payments);
    assert_eq!(view.reported_again, [third_id]);
    assert_eq!(services.report_view(&agent, id).await.unwrap().same, [], "its own payment is no double");

    // None of what was typed is in the trail.
    use sea_orm::EntityTrait;
    let rows = store::entities::audit_rows::Entity::find().all(services.db.read()).await.unwrap();
    let of_report: Vec<_> = rows.iter().filter(|row| row.subject.starts_with("report:")).collect();
    let named = |action: &str| of_report.iter().filter(|row| row.action == action).count();
    let counts = ["payment.reported", "payment_report.taken", "payment_report.confirmed"];
    assert_eq!(counts.map(named), [3, 1, 1]);
    assert!(!format!("{of_report:?}").contains("Secreta"));
});

both!(a_payment_that_is_not_found_is_told_with_its_reason, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let debt = debts(&bench, org, 1).await.remove(0);
    let (me, agent) = (person(org, &debt), staff(org, Role::Agent));
    let id = services.report_payment(&me, new(&bench, &debt)).await.unwrap();
    assert_eq!(fields(services.decline_report(&agent, id, "  ").await), ["reason"]);
    services.decline_report(&agent, id, "Ese día no llegó nada de su banco.").await.unwrap();
    let line = services.my_report(&me, id).await.unwrap().line;
    assert_eq!(line.status, ReportStatus::NotFound);
    assert_eq!(line.reason.as_deref(), Some("Ese día no llegó nada de su banco."));
    assert_eq!(fields(services.confirm_report(&agent, id, found(&debt, 500)).await), [""]);
    assert_eq!(services.open_reports_of(&agent, debt.id).await.unwrap().len(), 0);
});

both!(what_cannot_be_is_refused_and_others_see_nothing, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let two = debts(&bench, org, 2).await;
    let (debt, other) = (&two[0], &two[1]);
    let (me, stranger) = (person(org, debt), person(org, other));
    let wrong = NewReport {
        amount: Money::from_minor(0, debt.currency),
        paid_on: "2026-11-21".parse().unwrap(),
        place: " \n ".to_owned(),
        ..new(&bench, debt)
    };
    assert_eq!(fields(services.report_payment(&me, wrong).await), ["amount", "paid_on", "place"]);
    let old = NewReport { paid_on: "2020-01-01".parse().unwrap(), ..new(&bench, debt) };
    assert_eq!(fields(services.report_payment(&me, old).await), ["paid_on"]);
    let page = vec![NewFile { name: "a.pdf".to_owned(), bytes: b"<html>".to_vec() }];
    let bad = NewReport { files: page, ..new(&bench, debt) };
    assert_eq!(fields(services.report_payment(&me, bad).await), ["files"]);
    assert!(is_not_found(services.report_payment(&stranger, new(&bench, debt)).await));
    assert_eq!(services.my_reports(&me).await.unwrap().len(), 0);

    let report = new(&bench, debt);
    let id = services.report_payment(&me, report.clone()).await.unwrap();
    let file = services.my_report(&me, id).await.unwrap().files[0].id;
    let stolen = NewReport { key: report.key, ..new(&bench, other) };
    assert!(is_not_found(services.report_payment(&stranger, stolen).await));
    let own = services.report_payment(&stranger, new(&bench, other)).await.unwrap();
    assert!(is_not_found(services.report_file(&stranger, own, file).await), "a file under one's own report");
    let abroad = OrganizationId(Uuid::from_u128(77));
    for actor in [stranger.clone(), Actor { organization_id: abroad, ..me.clone() }] {
        assert!(is_not_found(services.my_report(&actor, id).await));
        assert!(is_not_found(services.report_file(&actor, id, file).await));
    }
    let foreign = staff(abroad, Role::Admin);
    assert!(is_not_found(services.report_view(&foreign, id).await));
    assert!(is_not_found(services.confirm_report(&foreign, id, found(debt, 500)).await));
    assert!(is_not_found(services.decline_report(&foreign, id, "x").await));
    for actor in [staff(org, Role::Auditor), staff(org, Role::FieldCollector), me.clone()] {
        let denied = |error| matches!(error, ServiceError::Denied(_));
        assert!(denied(services.report_queue(&actor, false).await.unwrap_err()));
        assert!(denied(services.report_view(&actor, id).await.unwrap_err()));
        assert!(denied(services.take_report(&actor, id).await.unwrap_err()));
        assert!(denied(services.confirm_report(&actor, id, found(debt, 500)).await.unwrap_err()));
        assert!(denied(services.decline_report(&actor, id, "x").await.unwrap_err()));
    }
    let agent = staff(org, Role::Agent);
    let future = Confirmation { received_on: "2026-11-21".parse().unwrap(), ..found(debt, 500) };
    assert_eq!(fields(services.confirm_report(&agent, id, future).await), ["received_on"]);
    let gateway = Confirmation { method: PaymentMethod::Gateway, ..found(debt, 500) };
    assert_eq!(fields(services.confirm_report(&agent, id, gateway).await), ["method"]);
    assert_eq!(fields(services.confirm_report(&agent, id, found(debt, -5)).await), ["amount"]);
    assert_eq!(services.my_report(&me, id).await.unwrap().line.status, ReportStatus::Received);
});
