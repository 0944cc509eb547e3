//! Money through the use cases, on both databases.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use domain::access::{ActorKind, Role};
use domain::account::{PromiseStatus, PromiseTerms, Stage};
use domain::ids::{AccountId, OrganizationId};
use domain::ledger::PaymentMethod;
use domain::money::Money;
use services::accounts::{AccountFilter, AccountSort};
use services::payments::{PostPayment, ReceiptSeries};
use services::verify::VerifyScope;
use services::{ServiceError, Services};
use testkit::{both, staff};

async fn first_account(services: &Services, org: OrganizationId) -> AccountId {
    let filter = AccountFilter { amount_from: Some(100_000), ..AccountFilter::default() };
    let page = services.list_accounts(&staff(org, Role::Agent), &filter).await.unwrap();
    AccountId(page.lines[0].id)
}

fn payment(account_id: AccountId, amount: Money, source: &str) -> PostPayment {
    PostPayment {
        account_id,
        amount,
        method: PaymentMethod::BankTransfer,
        received_on: "2026-11-20".parse().unwrap(),
        source: source.to_owned(),
        reference: None,
        receipt: ReceiptSeries::Next("O"),
        designated: vec![],
    }
}

async fn assert_clean(services: &Services) {
    let report = services.verify(VerifyScope::All).await.unwrap();
    assert_eq!(report.differences, []);
    assert!(report.entries > 0 && report.audit_rows > 0);
}

both!(a_payment_posts_once_and_its_reversal_restores, |bench| {
    let org = bench.demo(60).await;
    let (services, agent) = (&bench.services, staff(org, Role::Agent));
    let id = first_account(services, org).await;
    let before = services.account_view(&agent, id).await.unwrap().summary.balance;
    let amount = Money::from_minor(12_345, before.currency());

    let first = services.post_payment(&agent, payment(id, amount, "test:1")).await.unwrap();
    let again = services.post_payment(&agent, payment(id, amount, "test:1")).await.unwrap();
    assert!(again.already && again.payment_id == first.payment_id && again.receipt_no == first.receipt_no);
    let after = services.account_view(&agent, id).await.unwrap().summary.balance;
    assert_eq!(after.total().unwrap(), before.total().unwrap().sub(amount).unwrap());
    assert_clean(services).await;

    let refused = services.reverse_payment(&agent, first.payment_id, "error").await;
    assert!(matches!(refused, Err(ServiceError::Denied(_))), "an agent may not reverse");
    let supervisor = staff(org, Role::Supervisor);
    services.reverse_payment(&supervisor, first.payment_id, "cuenta equivocada").await.unwrap();
    let twice = services.reverse_payment(&supervisor, first.payment_id, "otra vez").await;
    assert!(matches!(twice, Err(ServiceError::Invalid(_))));
    assert_eq!(services.account_view(&agent, id).await.unwrap().summary.balance, before);
    assert_clean(services).await;
});

both!(fifty_payments_at_once_lose_nothing, |bench| {
    let org = bench.demo(60).await;
    let (services, agent) = (bench.services.clone(), staff(org, Role::Agent));
    let id = first_account(&services, org).await;
    let before = services.account_view(&agent, id).await.unwrap().summary.balance;
    let amount = Money::from_minor(1_000, before.currency());
    let tasks: Vec<_> = (0..50)
        .map(|n| {
            let (services, agent) = (services.clone(), agent.clone());
            // Each source comes twice, as after a lost answer.
            tokio::spawn(async move {
                services.post_payment(&agent, payment(id, amount, &format!("test:{}", n / 2))).await
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let after = services.account_view(&agent, id).await.unwrap().summary.balance;
    assert_eq!(before.total_minor() - after.total_minor(), 25_000);
    assert_clean(&services).await;
});

both!(a_promise_is_kept_by_the_money, |bench| {
    let org = bench.demo(60).await;
    let (services, agent) = (&bench.services, staff(org, Role::Agent));
    let id = first_account(services, org).await;
    let currency = services.account_view(&agent, id).await.unwrap().summary.balance.currency();
    let amount = Money::from_minor(5_000, currency);
    let terms = PromiseTerms { amount, due_on: "2026-11-25".parse().unwrap() };
    let promise = services.take_promise(&agent, id, terms).await.unwrap();
    assert_eq!(services.take_promise(&agent, id, terms).await.unwrap(), promise, "sent twice, taken once");
    let status = async || {
        let view = services.account_view(&agent, id).await.unwrap();
        view.promises.into_iter().find(|p| p.id == promise).unwrap().status
    };
    assert_eq!(status().await, PromiseStatus::Open);
    services.post_payment(&agent, payment(id, Money::from_minor(4_999, currency), "a")).await.unwrap();
    assert_eq!(status().await, PromiseStatus::Open);
    services.post_payment(&agent, payment(id, Money::from_minor(1, currency), "b")).await.unwrap();
    assert_eq!(status().await, PromiseStatus::Kept);
});

both!(nobody_sees_what_is_not_theirs, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let id = first_account(services, org).await;
    let elsewhere = staff(OrganizationId(uuid::Uuid::from_u128(1)), Role::Admin);
    assert!(matches!(services.account_view(&elsewhere, id).await, Err(ServiceError::NotFound)));
    let amount = Money::from_minor(1, domain::money::Currency::MXN);
    assert!(matches!(
        services.post_payment(&elsewhere, payment(id, amount, "x")).await,
        Err(ServiceError::NotFound)
    ));

    let agent = staff(org, Role::Agent);
    let mut debtor = agent.clone();
    let owner = services.account_view(&agent, id).await.unwrap().debtor.id;
    debtor.kind = ActorKind::Debtor { party_id: owner };
    assert_eq!(services.my_debt(&debtor, id).await.unwrap().summary.account.id, id);
    assert!(matches!(services.account_view(&debtor, id).await, Err(ServiceError::Denied(_))));
    debtor.kind = ActorKind::Debtor { party_id: domain::ids::PartyId(uuid::Uuid::from_u128(2)) };
    assert!(matches!(services.my_debt(&debtor, id).await, Err(ServiceError::NotFound)));
});

both!(the_list_agrees_with_the_domain, |bench| {
    let org = bench.demo(300).await;
    let (services, agent) = (&bench.services, staff(org, Role::Agent));
    let mut seen = 0;
    for stage in Stage::ALL {
        for sort in [AccountSort::Oldest, AccountSort::Largest] {
            let mut filter = AccountFilter { stage: Some(*stage), sort, ..AccountFilter::default() };
            let mut ids = std::collections::BTreeSet::new();
            loop {
                let page = services.list_accounts(&agent, &filter).await.unwrap();
                for line in &page.lines {
                    let is = Stage::of(line.total, line.due_on, line.charged_off_on, page.today);
                    assert_eq!(is, *stage, "{} due {}", line.external_id, line.due_on);
                    assert!(ids.insert(line.id), "a line came twice");
                }
                filter.after = page.next;
                if page.next.is_none() {
                    assert_eq!(page.found, ids.len() as u64);
                    break;
                }
            }
            seen += ids.len();
        }
    }
    assert_eq!(seen, 2 * 300);
});

both!(people_are_found_by_name_document_phone_and_number, |bench| {
    let org = bench.demo(120).await;
    let (services, agent) = (&bench.services, staff(org, Role::Agent));
    let all = services.list_accounts(&agent, &AccountFilter::default()).await.unwrap();
    let view = services.account_view(&agent, AccountId(all.lines[3].id)).await.unwrap();
    let phone = view.contacts.iter().find(|c| c.kind == domain::party::ContactKind::Phone);
    let mut texts = vec![view.debtor.name.to_uppercase(), view.summary.account.external_id.clone()];
    texts.extend(view.debtor.document.clone());
    texts.extend(phone.map(|p| p.value.clone()));
    for text in texts {
        let filter = AccountFilter { text: text.clone(), ..AccountFilter::default() };
        let found = services.list_accounts(&agent, &filter).await.unwrap();
        assert!(
            found.lines.iter().any(|line| line.id == view.summary.account.id.0),
            "{text} finds the account"
        );
        assert!(found.lines.len() < 30, "{text} finds little else");
    }
});
