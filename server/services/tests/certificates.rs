//! Certificates of settlement, through the use cases, on both databases.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use chrono::Duration;
use domain::access::{Actor, ActorKind, Role};
use domain::ids::{AccountId, OrganizationId, PartyId, PaymentId};
use domain::ledger::PaymentMethod;
use domain::money::Money;
use services::accounts::AccountFilter;
use services::payments::{PostPayment, ReceiptSeries};
use services::verify::VerifyScope;
use services::{ServiceError, Services};
use testkit::{both, staff};

async fn pay(
    services: &Services,
    org: OrganizationId,
    id: AccountId,
    amount: Money,
    source: &str,
) -> PaymentId {
    let payment = PostPayment {
        account_id: id,
        amount,
        method: PaymentMethod::BankTransfer,
        received_on: services.today(org).await.unwrap(),
        source: source.to_owned(),
        reference: None,
        receipt: ReceiptSeries::Next("O"),
        designated: vec![],
    };
    services.post_payment(&staff(org, Role::Agent), payment).await.unwrap().payment_id
}

both!(a_settled_debt_is_certified_at_once_until_a_payment_bounces, |bench| {
    let org = bench.demo(60).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    let filter = AccountFilter { amount_from: Some(100_000), ..AccountFilter::default() };
    let id = AccountId(services.list_accounts(&manager, &filter).await.unwrap().lines[0].id);
    let view = services.account_view(&manager, id).await.unwrap();
    let owed = view.summary.balance.total().unwrap();
    let debtor = Actor { organization_id: org, kind: ActorKind::Debtor { party_id: view.debtor.id } };
    let stranger = PartyId(services.new_id());
    let stranger = Actor { organization_id: org, kind: ActorKind::Debtor { party_id: stranger } };

    let part = owed.sub(Money::from_minor(1, owed.currency())).unwrap();
    pay(services, org, id, part, "test:part").await;
    assert!(services.certificate(&debtor, id).await.unwrap().is_none());
    let early = services.request_certificate(&debtor, id).await;
    assert!(matches!(early, Err(ServiceError::Invalid(_))), "a cent is still owed");

    bench.clock.advance(Duration::minutes(1));
    let last = pay(services, org, id, Money::from_minor(1, owed.currency()), "test:rest").await;
    let first = services.certificate(&debtor, id).await.unwrap().unwrap();
    assert_eq!(first.void_since, None);
    assert!(matches!(services.certificate(&stranger, id).await, Err(ServiceError::NotFound)));
    assert!(matches!(services.request_certificate(&stranger, id).await, Err(ServiceError::NotFound)));
    services.request_certificate(&debtor, id).await.unwrap();
    assert_eq!(services.certificate(&debtor, id).await.unwrap().unwrap().check_code, first.check_code);
    let spelt = format!("{}-{}", &first.check_code[..6], first.check_code[6..].to_lowercase());
    assert_eq!(services.check_certificate(&spelt).await.unwrap().void_since, None);

    // The bank takes the last payment back: the public check tells so, and for ever.
    bench.clock.advance(Duration::days(3));
    let bounced = services.now();
    services.reverse_payment(&manager, last, "devuelto por el banco").await.unwrap();
    assert_eq!(services.check_certificate(&first.check_code).await.unwrap().void_since, Some(bounced));
    bench.clock.advance(Duration::days(1));
    pay(services, org, id, Money::from_minor(1, owed.currency()), "test:again").await;
    let second = services.certificate(&debtor, id).await.unwrap().unwrap();
    assert_ne!(second.check_code, first.check_code);
    assert_eq!(second.void_since, None);
    assert_eq!(services.check_certificate(&first.check_code).await.unwrap().void_since, Some(bounced));
    let unknown = services.check_certificate("ZZZZZZZZZZZZ").await;
    assert!(matches!(unknown, Err(ServiceError::NotFound)));
    assert_eq!(services.verify(VerifyScope::All).await.unwrap().differences, []);
});
