//! Until when a debt can be claimed, and that nobody pursues it afterwards.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use domain::access::Role;
use domain::contact::{Channel, Reason};
use domain::ids::AccountId;
use domain::ledger::PaymentMethod;
use domain::money::Money;
use domain::terms::{Limitation, ProductTerms};
use sea_orm::EntityTrait;
use services::ledger::NewTerms;
use services::payments::{PostPayment, ReceiptSeries};
use store::entities::accounts;
use testkit::{both, staff};

both!(a_debt_that_is_barred_is_told_and_left_alone_where_the_creditor_wants_that, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let manager = staff(org, Role::Manager);
    let today = services.today(org).await.unwrap();
    let debts = accounts::Entity::find().all(services.db.read()).await.unwrap();
    let past = |debt: &&accounts::Model| (today - debt.due_on).num_days() > 100;
    let debt = debts.iter().filter(past).find(|debt| debt.charged_off_on.is_none()).unwrap();
    let id = AccountId(debt.id);
    let view = || async { services.account_view(&manager, id).await.unwrap() };
    assert_eq!(view().await.limitation, None, "nobody has said anything");

    let mut terms = ProductTerms::default();
    let limit = |stops_contact| {
        Some(Limitation {
            months: 3,
            payment_restarts: true,
            agreement_restarts: true,
            stops_contact,
            norm: "Código Civil, art. 2515".to_owned(),
        })
    };
    terms.limitation = Some(Limitation { norm: String::new(), ..limit(true).unwrap() });
    let new = |terms: &ProductTerms| NewTerms {
        creditor_id: domain::ids::CreditorId(debt.creditor_id),
        product: debt.product.clone().unwrap_or_default(),
        effective_from: today,
        terms: terms.clone(),
        note: None,
    };
    assert!(services.add_terms(&manager, new(&terms)).await.is_err(), "no norm");
    terms.limitation = limit(false);
    services.add_terms(&manager, new(&terms)).await.unwrap();
    let state = view().await.limitation.unwrap();
    assert!(state.barred_from <= today && state.norm.contains("2515"));
    let call = || async {
        let outlook = services.contact_outlook(&manager, id).await.unwrap();
        outlook.into_iter().find(|line| line.channel == Channel::Call).unwrap()
    };
    assert_ne!(call().await.reason, Some(Reason::LegalStop), "it may still be asked for");

    terms.limitation = limit(true);
    services.add_terms(&manager, new(&terms)).await.unwrap();
    let refused = call().await;
    assert_eq!((refused.reason, refused.never, refused.is_policy), (Some(Reason::LegalStop), true, true));

    // Whoever pays a part acknowledges the rest.
    let payment = PostPayment {
        account_id: id,
        amount: Money::from_minor(100, debt.currency.parse().unwrap()),
        method: PaymentMethod::BankTransfer,
        received_on: today,
        source: "test:limitation".to_owned(),
        reference: None,
        receipt: ReceiptSeries::Next("O"),
        designated: vec![],
    };
    services.post_payment(&manager, payment).await.unwrap();
    assert!(view().await.limitation.unwrap().barred_from > today);
    assert_ne!(call().await.reason, Some(Reason::LegalStop));
});
