//! Debts that replace others, through the use cases, on both databases.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use domain::access::{Actor, ActorKind, Role};
use domain::account::{Component, PromiseStatus, PromiseTerms};
use domain::ids::{AccountId, OrganizationId};
use domain::ledger::PaymentMethod;
use domain::money::Money;
use services::accounts::{AccountFilter, AccountView};
use services::ledger::Restructure;
use services::payments::{PostPayment, ReceiptSeries};
use services::verify::VerifyScope;
use services::{ServiceError, Services};
use testkit::{both, staff};
use uuid::Uuid;

fn terms(accounts: Vec<AccountId>, key: u128) -> Restructure {
    Restructure {
        accounts,
        external_id: format!("NUEVA-{key}"),
        due_on: "2027-01-31".parse().unwrap(),
        capitalise: false,
        written_pact: false,
        reason: "acuerdo con el deudor".to_owned(),
        key: Uuid::from_u128(key),
    }
}

/// An account past due with interest, of a creditor of this country.
async fn debt(services: &Services, org: OrganizationId, country: &str) -> AccountView {
    let actor = staff(org, Role::Manager);
    let mut filter =
        AccountFilter { amount_from: Some(100_000), days_from: Some(40), ..AccountFilter::default() };
    loop {
        let page = services.list_accounts(&actor, &filter).await.unwrap();
        for line in &page.lines {
            let view = services.account_view(&actor, AccountId(line.id)).await.unwrap();
            let interest = view.summary.balance.of(Component::Interest);
            let fits = view.summary.account.charged_off_on.is_none() && view.plan.is_none();
            if fits && view.summary.creditor.country == country && interest.is_positive() {
                return view;
            }
        }
        filter.after = page.next;
        assert!(filter.after.is_some(), "the demo book has such a debt");
    }
}

fn issue(error: ServiceError) -> (&'static str, String) {
    match error {
        ServiceError::Invalid(issues) => (issues[0].field, issues[0].says.es.clone()),
        other => panic!("{other}"),
    }
}

both!(a_debt_is_replaced_and_later_payments_count_for_the_new_one, |bench| {
    let org = bench.demo(200).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    let old = debt(services, org, "MX").await;
    let (id, owed) = (old.summary.account.id, old.summary.balance);
    let promise = PromiseTerms {
        amount: Money::from_minor(1_000, owed.currency()),
        due_on: "2026-11-25".parse().unwrap(),
    };
    services.take_promise(&manager, id, promise).await.unwrap();
    let preview = services.preview_restructure(&manager, &terms(vec![id], 1)).await.unwrap();
    assert_eq!(preview.new, owed);
    assert_eq!(services.account_view(&manager, id).await.unwrap().summary.balance, owed);
    let supervisor = services.restructure(&staff(org, Role::Supervisor), terms(vec![id], 1)).await;
    assert!(matches!(supervisor, Err(ServiceError::Denied(_))));

    let new = services.restructure(&manager, terms(vec![id], 1)).await.unwrap();
    assert_eq!(services.restructure(&manager, terms(vec![id], 1)).await.unwrap(), new);
    let (before, after) = (
        services.account_view(&manager, id).await.unwrap(),
        services.account_view(&manager, new).await.unwrap(),
    );
    assert_eq!(before.summary.balance.total_minor(), 0);
    assert_eq!(after.summary.balance, owed);
    assert_eq!(before.replacements.replaced_by.unwrap().id, new);
    assert_eq!(after.replacements.replaces[0].id, id);
    assert_ne!(
        before
            .promises
            .iter()
            .find(|line| line.due_on == promise.due_on && line.amount == promise.amount)
            .unwrap()
            .status,
        PromiseStatus::Open
    );

    // The debtor sees one debt, and money sent to the old number is not lost.
    let party_id = old.debtor.id;
    let debtor = Actor { organization_id: org, kind: ActorKind::Debtor { party_id } };
    let mine = services.my_debts(&debtor).await.unwrap();
    assert!(mine.iter().any(|debt| debt.account.id == new) && mine.iter().all(|debt| debt.account.id != id));
    let payment = PostPayment {
        account_id: id,
        amount: Money::from_minor(500, owed.currency()),
        method: PaymentMethod::BankTransfer,
        received_on: services.today(org).await.unwrap(),
        source: "test:to-the-old".to_owned(),
        reference: None,
        receipt: ReceiptSeries::Next("O"),
        designated: vec![],
    };
    let posted = services.post_payment(&manager, payment.clone()).await.unwrap();
    assert!(services.post_payment(&manager, payment).await.unwrap().already);
    assert_eq!(posted.balance.total_minor(), owed.total_minor() - 500);
    let again = services.restructure(&manager, terms(vec![id], 2)).await;
    assert_eq!(issue(again.unwrap_err()).0, "accounts");
    assert_eq!(services.verify(VerifyScope::All).await.unwrap().differences, []);
});

both!(interest_becomes_principal_only_where_the_law_allows, |bench| {
    let org = bench.demo(200).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    let colombian = debt(services, org, "CO").await.summary.account.id;
    let barred = Restructure { capitalise: true, written_pact: true, ..terms(vec![colombian], 3) };
    let (field, says) = issue(services.restructure(&manager, barred).await.unwrap_err());
    assert!(field == "capitalise" && says.contains("anatocismo"), "{field}: {says}");

    let mexican = debt(services, org, "MX").await;
    let id = mexican.summary.account.id;
    let unwritten = Restructure { capitalise: true, ..terms(vec![id], 4) };
    let (_, says) = issue(services.restructure(&manager, unwritten).await.unwrap_err());
    assert!(says.contains("art. 363"), "{says}");
    let agreed = Restructure { capitalise: true, written_pact: true, ..terms(vec![id], 5) };
    let new = services.restructure(&manager, agreed).await.unwrap();
    let balance = services.account_view(&manager, new).await.unwrap().summary.balance;
    assert_eq!(balance.of(Component::Principal).minor(), mexican.summary.balance.total_minor());
    assert_eq!(services.verify(VerifyScope::All).await.unwrap().differences, []);
});
