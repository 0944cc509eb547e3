//! Negotiation through the use cases, on both databases.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use chrono::{Days, Duration};
use domain::access::{Actor, ActorKind, Role};
use domain::arrangement::ArrangementStatus;
use domain::arrangement::negotiation::{Affordability, Decision, Proposal, Reason};
use domain::arrangement::schedule::Frequency;
use domain::ids::{AccountId, OrganizationId, PartyId};
use domain::money::Money;
use domain::party::ContactKind;
use services::accounts::AccountFilter;
use services::arrangements::{AcceptArrangement, Ask, NewNegotiation, PROPOSALS_A_DAY, ProposalAnswer};
use services::own_data::ContactWhat;
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

both!(a_person_answers_what_was_referred, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let (id, debtor, owed) = debt(services, org).await;
    let (agent, manager) = (staff(org, Role::Agent), staff(org, Role::Manager));
    let refer = async |total: i64| {
        let total = Some(Money::from_minor(total, owed.currency()));
        let all = Proposal { is_all_they_can: true, ..proposal(services, org, total, 3).await };
        services.negotiate(&debtor, asks(services, id, Ask::Proposal(all))).await.unwrap()
    };
    // A third of it: beyond an agent, who may not give up principal.
    let low = refer(owed.minor() / 3).await;
    assert!(matches!(low.decision, Decision::Referred { .. }));
    let beyond = services.answer_proposal(&agent, low.id, ProposalAnswer::Accept).await;
    assert!(matches!(beyond, Err(ServiceError::Invalid(_))));
    assert!(matches!(
        services.answer_proposal(&debtor, low.id, ProposalAnswer::Accept).await,
        Err(ServiceError::Denied(_))
    ));
    let silent = services.answer_proposal(&agent, low.id, ProposalAnswer::Decline("  ".to_owned())).await;
    assert!(matches!(silent, Err(ServiceError::Invalid(issues)) if issues[0].field == "reason"));
    let no = ProposalAnswer::Decline("Por ahora no alcanza; prueba con más pagos.".to_owned());
    assert_eq!(services.answer_proposal(&agent, low.id, no.clone()).await.unwrap(), None);
    let data = services.own_data(&debtor).await.unwrap();
    let words = ["Te respondimos", "We answered you", "Respondemos você"];
    let is_told = |what: &ContactWhat| matches!(what, ContactWhat::Message { subject: Some(text), .. } if words.contains(&text.as_str()));
    let can_be = data.points.iter().any(|point| point.kind != ContactKind::Address && !point.is_suppressed);
    assert_eq!(data.contacts.iter().any(|made| is_told(&made.what)), can_be);
    let told = services.negotiation(&debtor, low.id).await.unwrap().answered.unwrap();
    assert_eq!(told.declined.as_deref(), Some("Por ahora no alcanza; prueba con más pagos."));
    assert!(matches!(services.answer_proposal(&manager, low.id, no).await, Err(ServiceError::Invalid(_))));
    assert!(services.referred_negotiations(&agent).await.unwrap().is_empty(), "it waits no longer");

    let high = refer(owed.minor() / 3).await;
    let offer = services.answer_proposal(&manager, high.id, ProposalAnswer::Accept).await.unwrap().unwrap();
    let view = services.arrangement(&debtor, offer).await.unwrap();
    assert_eq!(view.arrangement.status, ArrangementStatus::Offered);
    assert_eq!(view.arrangement.agreed.to_pay.minor(), owed.minor() / 3);
    assert_eq!(view.arrangement.schedule.len(), 3);
    let found = services.negotiation(&debtor, high.id).await.unwrap();
    assert_eq!((found.arrangement_id, found.answered.unwrap().declined), (Some(offer), None));
    let again = services.answer_proposal(&manager, high.id, ProposalAnswer::Accept).await;
    assert!(matches!(again, Err(ServiceError::Invalid(_))));
});

both!(many_proposals_in_a_day_go_to_a_person, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let (id, debtor, owed) = debt(services, org).await;
    let small = Money::from_minor(1, owed.currency());
    let ask = async || {
        let asked = proposal(services, org, Some(small), 6).await;
        services.negotiate(&debtor, asks(services, id, Ask::Proposal(asked))).await.unwrap()
    };
    for _ in 0..PROPOSALS_A_DAY {
        assert!(matches!(ask().await.decision, Decision::Countered { .. }));
    }
    let often = ask().await;
    assert_eq!(often.decision, Decision::Referred { reasons: vec![Reason::Often] });
    assert_eq!(ask().await.id, often.id, "one line waits for a person, however often one asks");
    let agent = staff(org, Role::Agent);
    assert_eq!(services.referred_negotiations(&agent).await.unwrap().len(), 1);
    // The menu stays open, staff are not counted, and tomorrow is another day.
    let single = asks(services, id, Ask::Offer("single".to_owned()));
    assert!(matches!(services.negotiate(&debtor, single).await.unwrap().decision, Decision::Accepted { .. }));
    let asked = asks(services, id, Ask::Proposal(proposal(services, org, Some(small), 6).await));
    let staffs = services.negotiate(&agent, asked).await.unwrap();
    assert!(matches!(staffs.decision, Decision::Countered { .. }));
    bench.clock.advance(Duration::days(1));
    assert!(matches!(ask().await.decision, Decision::Countered { .. }));
});

both!(a_draft_is_tried_beside_what_holds, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let (id, debtor, _) = debt(services, org).await;
    let manager = staff(org, Role::Manager);
    let number = services.account_view(&manager, id).await.unwrap().summary.account.external_id;
    let mut draft = services.offer_policy(&manager).await.unwrap().policy;
    let mut early = draft.rules[0].clone();
    "tempranas".clone_into(&mut early.name);
    early.when.days_to = Some(-1);
    draft.rules.insert(0, early);
    draft.rules[1].published.offers.truncate(1);
    let trials = services.try_policy(&manager, &number, Some(&draft)).await.unwrap();
    let trial = trials.iter().find(|trial| trial.account_id == id).unwrap();
    let told = services.offers_for(&debtor, id).await.unwrap();
    assert_eq!(trial.in_force.deals, told.deals, "as the portal tells it");
    let drafted = trial.draft.as_ref().unwrap();
    assert_eq!(drafted.deals, told.deals[..1]);
    assert_eq!(drafted.rule.as_deref(), Some("standard"));
    assert_eq!((drafted.rules[0].0.as_str(), drafted.rules[0].1.len()), ("tempranas", 1));
    assert!(drafted.rules[1].1.is_empty());
    assert!(matches!(services.try_policy(&manager, "nada", None).await, Err(ServiceError::Invalid(_))));
    for role in [Role::Supervisor, Role::Auditor] {
        assert!(services.try_policy(&staff(org, role), &number, None).await.is_ok());
        assert_eq!(services.offer_policies(&staff(org, role)).await.unwrap().len(), 1);
    }
    for other in [&debtor, &staff(org, Role::Agent)] {
        assert!(matches!(services.try_policy(other, &number, None).await, Err(ServiceError::Denied(_))));
        assert!(matches!(services.offer_policies(other).await, Err(ServiceError::Denied(_))));
    }
});

/// Every answer that a debtor gets who asks `times` times, over as many days as it takes.
async fn probed(bench: &testkit::Bench, other_limits: bool, times: u64) -> Vec<String> {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let manager = staff(org, Role::Manager);
    let mut policy = services.offer_policy(&manager).await.unwrap().policy;
    if other_limits {
        let rule = &mut policy.rules[0];
        rule.agent = rule.supervisor.clone();
        rule.supervisor.max_months = 48;
        rule.supervisor.discount_pct.insert(domain::account::Component::Principal, 75.into());
        rule.manager = None;
    }
    services.set_offer_policy(&manager, 0, &policy, "límites").await.unwrap();
    let (id, debtor, owed) = debt(services, org).await;
    let prices: Vec<i64> = services
        .offers_for(&debtor, id)
        .await
        .unwrap()
        .deals
        .iter()
        .map(|deal| deal.agreed.to_pay.minor())
        .collect();
    let (mut low, mut high) = (1, owed.minor());
    let mut answers = Vec::new();
    for number in 0..times {
        if number > 0 && number % (PROPOSALS_A_DAY + 2) == 0 {
            bench.clock.advance(Duration::days(1));
        }
        // Bisects for the least total that is taken, with one to seven payments.
        let middle = low + (high - low) / 2;
        let payments = u32::try_from(number % 7).unwrap() + 1;
        let total = Some(Money::from_minor(middle, owed.currency()));
        let asked = Proposal {
            first_on: services.today(org).await.unwrap() + Days::new(number % 40),
            ..proposal(services, org, total, payments).await
        };
        let found = services.negotiate(&debtor, asks(services, id, Ask::Proposal(asked))).await.unwrap();
        match &found.decision {
            Decision::Accepted { .. } => high = middle,
            _ if low + 1 < high => low = middle,
            _ => (low, high) = (1, owed.minor()),
        }
        let names: Vec<_> = found.deals().iter().map(|deal| deal.offer.as_str()).collect();
        assert!(names.iter().all(|name| ["single", "quarter", "year"].contains(name)));
        // On the first day, when nothing has grown yet, every figure is a published one.
        if number < PROPOSALS_A_DAY {
            assert!(found.deals().iter().all(|deal| prices.contains(&deal.agreed.to_pay.minor())));
        }
        answers.push(serde_json::to_string(&found.decision).unwrap());
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_learns_nothing_of_what_staff_may_agree() {
    let (one, other) = (testkit::Bench::sqlite().await, testkit::Bench::sqlite().await);
    let (one, other) = tokio::join!(probed(&one, false, 1_000), probed(&other, true, 1_000));
    assert_eq!(one, other);
    let often = one.iter().filter(|answer| answer.contains("\"often\"")).count();
    assert!(often > 100 && one.iter().any(|answer| answer.contains("accepted")), "{often}");
}
