//! What the debtor wants paid first, from the choice to the receipt.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use domain::access::{Actor, Role};
use domain::account::Component;
use domain::ids::{AccountId, OrganizationId};
use domain::ledger::{Beneficiary, FactKind, PaymentMethod};
use domain::money::Money;
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};
use services::Services;
use services::ledger::ManualFact;
use services::payments::{PaymentPosted, PostPayment, ReceiptSeries};
use services::verify::VerifyScope;
use services::{ServiceError, ServiceResult};
use store::entities::{accounts, creditors};
use testkit::{both, staff};

/// A debt of principal alone, to which a late charge and a collection cost are added.
async fn charged(services: &Services, org: OrganizationId) -> AccountId {
    let manager = staff(org, Role::Manager);
    let debts = accounts::Entity::find().order_by_asc(accounts::Column::Id).all(services.db.read()).await;
    for debt in debts.unwrap() {
        let id = AccountId(debt.id);
        let view = services.account_view(&manager, id).await.unwrap();
        let parts: Vec<_> = view.summary.balance.components().filter(|(_, owed)| !owed.is_zero()).collect();
        let only_principal = parts.len() == 1 && parts[0].0 == Component::Principal;
        if !only_principal || debt.charged_off_on.is_some() || view.summary.balance.total_minor() < 10_000 {
            continue;
        }
        for (component, minor) in [(Component::LateCharge, 400), (Component::CollectionCost, 300)] {
            let fact = ManualFact {
                account_id: id,
                what: FactKind::Charge {
                    component,
                    amount: Money::from_minor(minor, view.summary.account.currency),
                    only_while_owed: false,
                    beneficiary: Beneficiary::Creditor,
                },
                effective_on: view.today,
                reason: "prueba".to_owned(),
                key: services.new_id(),
            };
            services.post_fact(&manager, fact).await.unwrap();
        }
        return id;
    }
    panic!("the demo has no debt of principal alone");
}

async fn pay(
    services: &Services,
    actor: &Actor,
    account_id: AccountId,
    minor: i64,
    designated: &[Component],
) -> ServiceResult<PaymentPosted> {
    let account = services.account_view(actor, account_id).await.unwrap();
    let payment = PostPayment {
        account_id,
        amount: Money::from_minor(minor, account.summary.account.currency),
        method: PaymentMethod::OfficeCash,
        received_on: account.today,
        source: format!("test:designation:{}", services.new_id()),
        reference: None,
        receipt: ReceiptSeries::Next("O"),
        designated: designated.to_vec(),
    };
    services.post_payment(actor, payment).await
}

both!(what_the_payer_puts_first_is_paid_first_and_the_receipt_says_so, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let manager = staff(org, Role::Manager);
    let id = charged(services, org).await;
    let debt = async || services.account_view(&manager, id).await.unwrap().summary;
    let owed = async || debt().await.balance;
    let choices = services.imputation(&manager, &debt().await).await.unwrap().choices;
    assert_eq!(choices, [Component::LateCharge, Component::Principal]);

    let usual = pay(services, &manager, id, 100, &[]).await.unwrap();
    let usual = services.receipt(&manager, usual.payment_id).await.unwrap();
    assert_eq!(usual.parts.iter().map(|(part, _)| *part).collect::<Vec<_>>(), [Component::CollectionCost]);
    assert!(usual.designated.is_empty());

    // No interest is owed: the capital may go before the costs.
    let named = pay(services, &manager, id, 1_000, &[Component::Principal]).await.unwrap();
    let named = services.receipt(&manager, named.payment_id).await.unwrap();
    assert_eq!(named.parts.iter().map(|(part, _)| *part).collect::<Vec<_>>(), [Component::Principal]);
    assert_eq!(named.designated, [Component::Principal]);
    let now = owed().await;
    assert_eq!(now.of(Component::LateCharge).minor(), 400);
    assert_eq!(now.of(Component::CollectionCost).minor(), 200);

    // A payment of last week comes to light: what was chosen still holds when all is allocated again.
    let account = services.account_view(&manager, id).await.unwrap();
    let late = PostPayment {
        account_id: id,
        amount: Money::from_minor(50, now.currency()),
        method: PaymentMethod::OfficeCash,
        received_on: account.today - chrono::Days::new(1),
        source: "test:designation:late".to_owned(),
        reference: None,
        receipt: ReceiptSeries::Next("O"),
        designated: vec![],
    };
    services.post_payment(&manager, late).await.unwrap();
    let after = owed().await;
    assert_eq!(after.of(Component::LateCharge), now.of(Component::LateCharge));
    assert_eq!(after.total_minor(), now.total_minor() - 50);
    assert!(services.verify(VerifyScope::Ledger).await.unwrap().differences.is_empty());
});

both!(where_the_law_fixes_the_order_nothing_can_be_put_first, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let manager = staff(org, Role::Manager);
    let id = charged(services, org).await;
    let creditors = creditors::Entity::find().all(services.db.read()).await.unwrap();
    assert!(!creditors.is_empty());
    let tx = services.db.begin().await.unwrap();
    tx.execute_unprepared("UPDATE creditors SET country = 'PE'").await.unwrap();
    tx.commit().await.unwrap();

    let debt = services.account_view(&manager, id).await.unwrap().summary;
    assert!(services.imputation(&manager, &debt).await.unwrap().choices.is_empty());
    let refused = pay(services, &manager, id, 100, &[Component::LateCharge]).await;
    let Err(ServiceError::Invalid(issues)) = refused else { panic!("{refused:?}") };
    assert_eq!(issues[0].field, "designated");
    pay(services, &manager, id, 100, &[]).await.unwrap();
});
