//! Negotiation through the use cases, on both databases.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use chrono::{Days, Duration};
use domain::access::{Actor, ActorKind, Role};
use domain::arrangement::ArrangementStatus;
use domain::arrangement::negotiation::{Affordability, Decision, Proposal, Reason};
use domain::arrangement::schedule::Frequency;
use domain::ids::{AccountId, OrganizationId, PartyId};
use domain::money::Money;
use services::accounts::AccountFilter;
use services::arrangements::{AcceptArrangement, Ask, NewNegotiation};
use services::{ServiceError, Services};
use testkit::{both, signed_in, staff};

async fn debt(services: &Services, org: OrganizationId) -> (AccountId, Actor, Money) {
    let agent = staff(org, Role::Agent);
    let filter = AccountFilter { amount_from: Some(100_000), ..AccountFilter::default() };
    let id = AccountId(services.list_accounts(&agent, &filter).await.unwrap().lines[0].id);
    let view = services.account_view(&agent, id).await.unwrap();
    let debtor = Actor { organization_id: org, kind: ActorKind::Debtor { party_id: view.debtor.id } };
    let today = services.today(org).await.unwrap();
    let owed = services.owed(&agent, id, today, None).await.unwrap().total.total().unwrap();
    (id, debtor, owed)
}

fn stranger(services: &Services, org: OrganizationId) -> Actor {
    Actor { organization_id: org, kind: ActorKind::Debtor { party_id: PartyId(services.new_id()) } }
}

async fn proposal(services: &Services, org: OrganizationId, total: Option<Money>, payments: u32) -> Proposal {
    let first_on = services.today(org).await.unwrap() + Days::new(5);
    Proposal { total, first: None, first_on, payments, every: Frequency::MONTHLY, is_all_they_can: false }
}

fn asks(services: &Services, account_id: AccountId, ask: Ask) -> NewNegotiation {
    NewNegotiation { id: services.new_id(), account_id, ask, surface: "portal" }
}

both!(a_counter_offer_becomes_an_agreement, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let (id, debtor, owed) = debt(services, org).await;
    let offers = services.offers_for(&debtor, id).await.unwrap();
    assert_eq!(offers.deals.len(), 3);
    assert_eq!(offers.policy_version, 0);
    // The same for whoever speaks with the debtor.
    assert_eq!(services.offers_for(&staff(org, Role::Agent), id).await.unwrap().deals, offers.deals);
    let other = stranger(services, org);
    assert!(matches!(services.offers_for(&other, id).await, Err(ServiceError::NotFound)));

    let small = Money::from_minor(1, owed.currency());
    let asked = asks(services, id, Ask::Proposal(proposal(services, org, Some(small), 6).await));
    let stolen = services.negotiate(&other, asked.clone()).await;
    assert!(matches!(stolen, Err(ServiceError::NotFound)));
    let answer = services.negotiate(&debtor, asked.clone()).await.unwrap();
    let again = services.negotiate(&debtor, asked.clone()).await.unwrap();
    assert_eq!((again.id, &again.decision), (answer.id, &answer.decision));
    assert!(matches!(services.negotiate(&other, asked).await, Err(ServiceError::NotFound)));
    let Decision::Countered { deals, reasons } = &answer.decision else { panic!("{:?}", answer.decision) };
    assert!(matches!(reasons[0], Reason::Total { .. }));

    // The policy changes; what was told still stands.
    let manager = staff(org, Role::Manager);
    let mut policy = services.offer_policy(&manager).await.unwrap().policy;
    policy.rules[0].published.offers.clear();
    assert_eq!(services.set_offer_policy(&manager, 0, &policy, "sin ofertas").await.unwrap(), 1);
    let stale = services.set_offer_policy(&manager, 0, &policy, "otra vez").await;
    assert!(matches!(stale, Err(ServiceError::Invalid(_))), "somebody saved version 1 meanwhile");
    assert_eq!(services.offers_for(&debtor, id).await.unwrap().deals, []);
    assert_eq!(services.negotiation(&debtor, answer.id).await.unwrap().policy_version, 0);

    assert!(matches!(services.take_deal(&other, answer.id, 0).await, Err(ServiceError::NotFound)));
    let none = services.take_deal(&debtor, answer.id, deals.len()).await;
    assert!(matches!(none, Err(ServiceError::Invalid(_))));
    let offer = services.take_deal(&debtor, answer.id, 0).await.unwrap();
    assert_eq!(
        services.take_deal(&debtor, answer.id, 0).await.unwrap(),
        offer,
        "taking twice is taking once"
    );
    let view = services.arrangement(&debtor, offer).await.unwrap();
    assert_eq!(view.arrangement.status, ArrangementStatus::Offered);
    assert_eq!(view.arrangement.agreed, deals[0].agreed);
    assert_eq!(view.arrangement.schedule, deals[0].schedule);
    let accept = AcceptArrangement {
        terms_hash: view.terms_hash,
        channel: "portal".to_owned(),
        words: "Acepto".to_owned(),
        origin: Some("192.0.2.7".to_owned()),
    };
    let session = signed_in(services, &debtor).await;
    services.accept_my_arrangement(&session, offer, accept, None).await.unwrap();
    let view = services.arrangement(&debtor, offer).await.unwrap();
    assert!(view.arrangement.status.is_running());
    assert_eq!(services.offers_for(&debtor, id).await.unwrap().running, Some(offer));
    let beside = asks(services, id, Ask::Offer("year".to_owned()));
    assert!(matches!(services.negotiate(&debtor, beside).await, Err(ServiceError::Invalid(_))));
});

both!(an_offer_past_its_day_is_not_taken, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let (id, debtor, _) = debt(services, org).await;
    let answer =
        services.negotiate(&debtor, asks(services, id, Ask::Offer("single".to_owned()))).await.unwrap();
    assert!(matches!(answer.decision, Decision::Accepted { .. }));
    bench.clock.advance(Duration::days(40));
    assert!(matches!(services.take_deal(&debtor, answer.id, 0).await, Err(ServiceError::Invalid(_))));
});

both!(a_person_takes_over_where_the_menu_ends, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let (id, debtor, owed) = debt(services, org).await;
    let small = Money::from_minor(100, owed.currency());
    let all = Proposal { is_all_they_can: true, ..proposal(services, org, Some(small), 1).await };
    let first_on = all.first_on;
    let answer = services.negotiate(&debtor, asks(services, id, Ask::Proposal(all))).await.unwrap();
    assert_eq!(answer.decision, Decision::Referred { reasons: vec![Reason::AllTheyCan] });
    assert!(matches!(services.take_deal(&debtor, answer.id, 0).await, Err(ServiceError::Invalid(_))));
    let household = Affordability { income: small, expenses: owed };
    let poor = asks(services, id, Ask::Household { household, first_on });
    let answer = services.negotiate(&debtor, poor).await.unwrap();
    assert_eq!(answer.decision, Decision::Referred { reasons: vec![Reason::NothingLeft] });
    let agent = staff(org, Role::Agent);
    assert_eq!(services.referred_negotiations(&agent).await.unwrap().len(), 2);
    assert!(matches!(services.referred_negotiations(&debtor).await, Err(ServiceError::Denied(_))));
    let senseless = proposal(services, org, None, 0).await;
    let wrong = services.negotiate(&debtor, asks(services, id, Ask::Proposal(senseless))).await;
    assert!(matches!(wrong, Err(ServiceError::Invalid(issues)) if issues[0].field == "payments"));
});
