//! Transfers by reference and bank statements: each line once, only where it is sure whose it is.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use domain::access::{Actor, ActorKind, Role};
use domain::account::Account;
use domain::ids::{AccountId, OrganizationId};
use domain::ledger::PaymentMethod;
use domain::money::{Currency, DecimalMark, Money};
use services::accounts::AccountFilter;
use services::bank::{BankDetails, DateOrder, LineStatus, StatementFormat, StatementRead};
use services::payments::{PostPayment, ReceiptSeries};
use services::verify::VerifyScope;
use services::{ServiceError, ServiceResult};
use testkit::{Bench, both, staff};
use uuid::Uuid;

const FORMAT: StatementFormat =
    StatementFormat { currency: Currency::MXN, mark: DecimalMark::Point, dates: DateOrder::DayMonthYear };

/// Debts in pesos of so many different people, each owing enough.
async fn debts(bench: &Bench, org: OrganizationId, count: usize) -> Vec<Account> {
    let services = &bench.services;
    let page = services.list_accounts(&staff(org, Role::Agent), &AccountFilter::default()).await.unwrap();
    let mut found: Vec<Account> = Vec::new();
    for line in page.lines {
        let id = AccountId(line.id);
        let account = store::accounts::find(services.db.read(), org, id).await.unwrap().unwrap();
        let owed = services.account_view(&staff(org, Role::Agent), id).await.unwrap().summary.balance;
        let new = found.iter().all(|known| known.debtor_id != account.debtor_id);
        if account.currency == Currency::MXN && owed.total_minor() > 20_000 && new {
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

fn fields<T>(result: ServiceResult<T>) -> Vec<&'static str> {
    match result {
        Err(ServiceError::Invalid(issues)) => issues.iter().map(|issue| issue.field).collect(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was let through"),
    }
}

fn is_denied<T>(result: ServiceResult<T>) -> bool {
    matches!(result, Err(ServiceError::Denied(_)))
}

fn is_not_found<T>(result: ServiceResult<T>) -> bool {
    matches!(result, Err(ServiceError::NotFound))
}

async fn reference(bench: &Bench, org: OrganizationId, debt: &Account) -> String {
    let way = bench.services.my_transfer_way(&person(org, debt), debt.id).await.unwrap().unwrap();
    way.reference.to_string()
}

async fn read(bench: &Bench, actor: &Actor, text: &str) -> StatementRead {
    bench.services.read_statement(actor, text.as_bytes().to_vec(), FORMAT).await.unwrap()
}

async fn owed(bench: &Bench, org: OrganizationId, debt: &Account) -> i64 {
    let view = bench.services.account_view(&staff(org, Role::Agent), debt.id).await.unwrap();
    view.summary.balance.total_minor()
}

both!(a_statement_posts_what_carries_a_reference_and_nothing_twice, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let found = debts(&bench, org, 3).await;
    let boss = staff(org, Role::Supervisor);
    let (first, second) = (reference(&bench, org, &found[0]).await, reference(&bench, org, &found[1]).await);
    assert_eq!(reference(&bench, org, &found[0]).await, first, "it stays");
    assert_ne!(first, second);
    let mut swapped: Vec<char> = second.chars().collect();
    let place = (0..7).find(|place| swapped[*place] != swapped[*place + 1]).unwrap();
    swapped.swap(place, place + 1);
    let swapped: String = swapped.into_iter().collect();
    let before = [owed(&bench, org, &found[0]).await, owed(&bench, org, &found[1]).await];
    let text = format!(
        "Fecha,Concepto,Referencia,Importe\n\
         10/11/2026,SPEI RECIBIDO {first},,100.00\n\
         10/11/2026,SPEI RECIBIDO {first},,100.00\n\
         11/11/2026,TRASPASO,{} {},50.50\n\
         12/11/2026,pago {swapped},77,25.00\n\
         12/11/2026,NOMINA SIN REFERENCIA,,10.00\n\
         12/11/2026,{first} {second},,9.00\n\
         13/11/2026,COMISION,,-12.00\n",
        second[..3].to_lowercase(),
        &second[3..],
    );
    let done = read(&bench, &boss, &text).await;
    assert_eq!((done.lines, done.outgoing, done.known, done.posted, done.waiting), (6, 1, 0, 3, 3));
    let after = [owed(&bench, org, &found[0]).await, owed(&bench, org, &found[1]).await];
    assert_eq!([before[0] - after[0], before[1] - after[1]], [20_000, 5_050], "two equal lines are two");
    let mine = services.my_debt(&person(org, &found[1]), found[1].id).await.unwrap();
    let payment = mine.payments.iter().find(|payment| payment.amount.minor() == 5_050).unwrap();
    assert_eq!(
        (payment.method, payment.received_on.to_string().as_str()),
        (PaymentMethod::BankTransfer, "2026-11-11")
    );
    assert!(payment.receipt_no.starts_with("B-"));

    // The same file again, several times at once, and another one that overlaps.
    let again = (0..4).map(|_| {
        let (services, boss, bytes) = (services.clone(), boss.clone(), text.clone().into_bytes());
        tokio::spawn(async move { services.read_statement(&boss, bytes, FORMAT).await.unwrap() })
    });
    for again in again.collect::<Vec<_>>() {
        let again = again.await.unwrap();
        assert_eq!((again.id, again.known, again.posted, again.waiting), (None, 6, 0, 0));
    }
    let longer = format!("{text}14/11/2026,SPEI RECIBIDO {first},,1.00\n");
    let more = read(&bench, &boss, &longer).await;
    assert_eq!((more.known, more.posted, more.waiting), (6, 1, 0));
    assert_eq!(services.bank_statements(&boss, 10).await.unwrap().len(), 2);
    assert_eq!(owed(&bench, org, &found[1]).await, after[1]);

    // What waits: a swap is offered to a person and never posted by itself.
    let waiting = services.bank_lines(&boss, false).await.unwrap();
    assert_eq!(waiting.len(), 3);
    let id_of = |part: &str| waiting.iter().find(|line| line.description.contains(part)).unwrap().id;
    let line = services.bank_line(&boss, id_of("pago")).await.unwrap();
    assert_eq!(
        line.suggestions.iter().map(|seen| (seen.account_id, seen.exact)).collect::<Vec<_>>(),
        [(found[1].id, false)]
    );
    let both = services.bank_line(&boss, id_of(&format!("{first} {second}"))).await.unwrap();
    assert_eq!(both.suggestions.iter().filter(|seen| seen.exact).count(), 2);
    assert_eq!(fields(services.assign_line(&boss, line.id, "no hay").await), ["account"]);
    let assigns = (0..4).map(|_| {
        let (services, boss, number) = (services.clone(), boss.clone(), found[1].external_id.clone());
        tokio::spawn(async move { services.assign_line(&boss, line.id, &number).await.unwrap() })
    });
    let mut payments = Vec::new();
    for assign in assigns.collect::<Vec<_>>() {
        payments.push(assign.await.unwrap());
    }
    payments.dedup();
    assert_eq!(payments.len(), 1);
    assert_eq!(after[1] - owed(&bench, org, &found[1]).await, 2_500);
    let stray = id_of("NOMINA");
    assert_eq!(fields(services.line_not_ours(&boss, stray, " ").await), ["note"]);
    services.line_not_ours(&boss, stray, "Es de otra empresa").await.unwrap();
    // It was ours after all.
    services.assign_line(&boss, stray, &reference(&bench, org, &found[2]).await).await.unwrap();
    assert_eq!(fields(services.line_not_ours(&boss, stray, "x").await), [""]);
    assert_eq!(services.verify(VerifyScope::All).await.unwrap().differences, []);
});

both!(money_that_was_posted_by_hand_is_not_posted_again, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let debt = debts(&bench, org, 1).await.remove(0);
    let boss = staff(org, Role::Supervisor);
    let code = reference(&bench, org, &debt).await;
    let by_hand = PostPayment {
        account_id: debt.id,
        amount: Money::from_minor(3_000, Currency::MXN),
        method: PaymentMethod::BankTransfer,
        received_on: "2026-11-12".parse().unwrap(),
        source: "console:x".to_owned(),
        reference: None,
        receipt: ReceiptSeries::Next("C"),
        designated: vec![],
    };
    let by_hand = services.post_payment(&boss, by_hand).await.unwrap().payment_id;
    let text = format!("date;amount;description\n13/11/2026;30.00;{code} a\n13/11/2026;30.00;{code} b\n");
    let done = read(&bench, &boss, &text).await;
    assert_eq!((done.posted, done.waiting), (0, 2), "a person says which is which");
    let waiting = services.bank_lines(&boss, false).await.unwrap();
    let line = services.bank_line(&boss, waiting[0].id).await.unwrap();
    assert_eq!(line.suggestions[0].payments[0].0, by_hand);
    services.line_seen_before(&boss, waiting[0].id, by_hand).await.unwrap();
    services.line_seen_before(&boss, waiting[0].id, by_hand).await.unwrap();
    assert_eq!(services.bank_line(&boss, waiting[0].id).await.unwrap().status, LineStatus::SeenBefore);
    assert_eq!(
        fields(services.line_seen_before(&boss, waiting[1].id, by_hand).await),
        [""],
        "it is the other's"
    );
    let before = owed(&bench, org, &debt).await;
    services.assign_line(&boss, waiting[1].id, &code).await.unwrap();
    assert_eq!(before - owed(&bench, org, &debt).await, 3_000);
});

both!(more_than_is_owed_goes_the_way_of_every_overpayment, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let debt = debts(&bench, org, 1).await.remove(0);
    let boss = staff(org, Role::Supervisor);
    let code = reference(&bench, org, &debt).await;
    let text = format!("date,amount,description\n2026-11-19,9999999.00,{code}\n");
    assert_eq!(read(&bench, &boss, &text).await.posted, 1);
    assert_eq!(owed(&bench, org, &debt).await, 0);
    let open = services.payment_exceptions(&boss, false).await.unwrap();
    assert_eq!(open.iter().filter(|one| one.account_id == Some(debt.id)).count(), 1);
    assert_eq!(read(&bench, &boss, &text).await.known, 1);
    assert_eq!(services.payment_exceptions(&boss, false).await.unwrap().len(), open.len());
    assert_eq!(services.verify(VerifyScope::All).await.unwrap().differences, []);
});

both!(a_statement_with_a_wrong_line_posts_nothing_and_others_may_not, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let two = debts(&bench, org, 2).await;
    let boss = staff(org, Role::Supervisor);
    let code = reference(&bench, org, &two[0]).await;
    let text = format!("date,amount,description\n2026-11-19,5.00,{code}\n2026-11-19,cinco,{code}\n");
    let done = read(&bench, &boss, &text).await;
    assert_eq!(done.errors.iter().map(|error| error.line).collect::<Vec<_>>(), [3]);
    assert_eq!((done.id, services.bank_lines(&boss, true).await.unwrap().len()), (None, 0));

    let good = || b"date,amount,description\n2026-11-19,5.00,x\n".to_vec();
    for role in [Role::Agent, Role::Auditor, Role::FieldCollector] {
        let actor = staff(org, role);
        assert!(is_denied(services.read_statement(&actor, good(), FORMAT).await), "{role}");
        assert!(is_denied(services.bank_lines(&actor, false).await));
        assert!(is_denied(services.bank_statements(&actor, 1).await));
    }
    services.read_statement(&boss, good(), FORMAT).await.unwrap();
    let line = services.bank_lines(&boss, false).await.unwrap()[0].id;
    let abroad = staff(OrganizationId(Uuid::from_u128(77)), Role::Admin);
    assert!(is_not_found(services.bank_line(&abroad, line).await));
    assert!(is_not_found(services.line_not_ours(&abroad, line, "x").await));
    assert_eq!(fields(services.assign_line(&abroad, line, &two[0].external_id).await), ["account"]);
    assert!(is_not_found(services.my_transfer_way(&person(org, &two[1]), two[0].id).await));

    // Bank details: a manager's, checked, and nothing is offered once they are gone.
    let demo = services.bank_details(&boss).await.unwrap().remove(0);
    assert!(is_denied(services.save_bank_details(&boss, &demo).await));
    let manager = staff(org, Role::Manager);
    let wrong = BankDetails { number: "999180000118359712".to_owned(), ..demo.clone() };
    assert_eq!(fields(services.save_bank_details(&manager, &wrong).await), ["number"]);
    let empty = BankDetails { bank: " ".to_owned(), holder: String::new(), ..demo.clone() };
    assert_eq!(fields(services.save_bank_details(&manager, &empty).await), ["bank", "holder"]);
    let new = BankDetails { bank: "Otro banco".to_owned(), ..demo };
    services.save_bank_details(&manager, &new).await.unwrap();
    let shown = services.my_transfer_way(&person(org, &two[0]), two[0].id).await.unwrap().unwrap();
    assert_eq!(shown.details.bank, "Otro banco");
    services.remove_bank_details(&manager, Currency::MXN).await.unwrap();
    assert!(services.my_transfer_way(&person(org, &two[0]), two[0].id).await.unwrap().is_none());
    assert!(is_not_found(services.remove_bank_details(&manager, Currency::MXN).await));
});
