//! Plans and settlements from offer to end, on both databases.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use chrono::{Duration, NaiveDate};
use domain::access::{Actor, ActorKind, Role};
use domain::account::Component;
use domain::arrangement::schedule::Frequency;
use domain::arrangement::{
    Activation, Approval, ArrangementKind, ArrangementStatus, ArrangementTerms, BreachCharge, Cap,
    Consequence, Discount, InstallmentState, Prepayment, ScheduleSpec, WhenForgiven,
};
use domain::ids::{AccountId, ArrangementId, CreditorId, OrganizationId, PaymentId};
use domain::ledger::{EntryKind, PaymentMethod};
use domain::money::{Decimal, Money};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use services::accounts::AccountFilter;
use services::arrangements::{AcceptArrangement, ArrangementView, NewArrangement};
use services::end_of_day::{BatchReport, EndOfDay};
use services::ledger::NewTerms;
use services::payments::{PostPayment, ReceiptSeries};
use services::verify::VerifyScope;
use services::{ServiceError, Services};
use store::entities::{account_events, accounts, balances, creditors};
use testkit::{Bench, both, signed_in, staff};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

async fn first_account(services: &Services, org: OrganizationId) -> AccountId {
    let filter = AccountFilter { amount_from: Some(100_000), ..AccountFilter::default() };
    let page = services.list_accounts(&staff(org, Role::Agent), &filter).await.unwrap();
    AccountId(page.lines[0].id)
}

async fn debtor_of(services: &Services, org: OrganizationId, id: AccountId) -> Actor {
    let view = services.account_view(&staff(org, Role::Agent), id).await.unwrap();
    Actor { organization_id: org, kind: ActorKind::Debtor { party_id: view.debtor.id } }
}

async fn owed(services: &Services, org: OrganizationId, id: AccountId) -> Money {
    let today = services.today(org).await.unwrap();
    let owed = services.owed(&staff(org, Role::Agent), id, today, None).await.unwrap();
    owed.total.total().unwrap()
}

fn settlement(first_due_on: &str, principal_pct: i64) -> ArrangementTerms {
    ArrangementTerms {
        kind: ArrangementKind::Settlement,
        schedule: ScheduleSpec::Regular {
            first_due_on: day(first_due_on),
            every: Frequency::MONTHLY,
            count: 2,
        },
        down_payment: None,
        concession: vec![(Component::Principal, Discount::Percent(Decimal::from(principal_pct)))],
        when_forgiven: WhenForgiven::OnCompletion,
        cap: Cap::Agreed,
        grace_days: 2,
        on_breach: Consequence::default(),
        prepayment: Prepayment::Next,
        activation: Activation::OnAcceptance,
        min_installment: None,
    }
}

fn new(services: &Services, debts: Vec<AccountId>, terms: ArrangementTerms) -> NewArrangement {
    let id = ArrangementId(services.new_id());
    NewArrangement { id, debts, terms, valid_until: Some(day("2026-11-25")) }
}

fn accept(view: &ArrangementView) -> AcceptArrangement {
    AcceptArrangement {
        terms_hash: view.terms_hash.clone(),
        channel: "portal".to_owned(),
        words: "Acepto el convenio".to_owned(),
        origin: Some("192.0.2.7".to_owned()),
    }
}

async fn pay(services: &Services, org: OrganizationId, id: AccountId, amount: Money) -> PaymentId {
    let new = PostPayment {
        account_id: id,
        amount,
        method: PaymentMethod::BankTransfer,
        received_on: services.today(org).await.unwrap(),
        source: format!("test:{}", services.new_id()),
        reference: None,
        receipt: ReceiptSeries::Next("O"),
        designated: vec![],
    };
    services.post_payment(&staff(org, Role::Agent), new).await.unwrap().payment_id
}

async fn end_of_day(bench: &Bench, org: OrganizationId) -> BatchReport {
    bench.services.end_of_day(&staff(org, Role::Admin), EndOfDay::default()).await.unwrap()
}

async fn events(services: &Services, id: ArrangementId) -> Vec<String> {
    let rows = account_events::Entity::find()
        .filter(account_events::Column::SubjectId.eq(id.0))
        .order_by_asc(account_events::Column::OnDate)
        .order_by_asc(account_events::Column::Kind)
        .all(services.db.read())
        .await
        .unwrap();
    rows.into_iter().map(|row| row.kind).collect()
}

async fn assert_clean(services: &Services) {
    assert_eq!(services.verify(VerifyScope::All).await.unwrap().differences, []);
}

fn is_invalid<T>(result: Result<T, ServiceError>, field: &str) -> bool {
    matches!(result, Err(ServiceError::Invalid(issues)) if issues.iter().all(|issue| issue.field == field))
}

both!(a_settlement_is_offered_agreed_paid_and_only_then_forgiven, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let id = first_account(services, org).await;
    let (agent, supervisor) = (staff(org, Role::Agent), staff(org, Role::Supervisor));
    let debt = owed(services, org, id).await;

    let offer = new(services, vec![id], settlement("2026-11-30", 10));
    assert!(is_invalid(services.offer_arrangement(&agent, offer.clone()).await, "concession"));
    let denied = services.offer_arrangement(&staff(org, Role::Auditor), offer.clone()).await;
    assert!(matches!(denied, Err(ServiceError::Denied(_))));
    let preview = services.preview_arrangement(&supervisor, &offer).await.unwrap();
    assert!(preview.is_allowed && !preview.needs_approval);
    let arrangement = services.offer_arrangement(&supervisor, offer.clone()).await.unwrap();
    assert_eq!(services.offer_arrangement(&supervisor, offer).await.unwrap(), arrangement, "sent twice");
    let view = services.arrangement(&staff(org, Role::Auditor), arrangement).await.unwrap();
    assert_eq!(view.arrangement.schedule, preview.arrangement.schedule);
    assert_eq!(view.arrangement.status, ArrangementStatus::Offered);

    let debtor = debtor_of(services, org, id).await;
    let mut stranger = debtor.clone();
    stranger.kind = ActorKind::Debtor { party_id: domain::ids::PartyId(uuid::Uuid::from_u128(5)) };
    let elsewhere = services.accept_arrangement(&stranger, arrangement, accept(&view)).await;
    assert!(matches!(elsewhere, Err(ServiceError::NotFound)));
    let other = AcceptArrangement { terms_hash: "00".to_owned(), ..accept(&view) };
    let session = signed_in(services, &debtor).await;
    assert!(is_invalid(services.accept_my_arrangement(&session, arrangement, other, None).await, "status"));
    services.accept_my_arrangement(&session, arrangement, accept(&view), None).await.unwrap();
    services.accept_my_arrangement(&session, arrangement, accept(&view), None).await.unwrap();
    let view = services.arrangement(&debtor, arrangement).await.unwrap();
    assert_eq!(view.arrangement.status, ArrangementStatus::Active);
    assert_eq!(view.evidence.as_ref().unwrap()["terms"], view.terms_hash.as_str());
    assert_eq!(view.terms_hash, preview.arrangement.terms_hash());
    assert_eq!(owed(services, org, id).await, debt, "nothing is forgiven before it is paid");

    bench.clock.advance(Duration::minutes(5));
    let [first, second] = [view.arrangement.schedule[0], view.arrangement.schedule[1]];
    pay(services, org, id, first.amount).await;
    let view = services.arrangement(&agent, arrangement).await.unwrap();
    assert_eq!(view.progress.installments[0].state, InstallmentState::Paid);
    assert_eq!((view.progress.left, view.arrangement.revision), (second.amount, 1));
    let last = pay(services, org, id, second.amount).await;
    let view = services.arrangement(&agent, arrangement).await.unwrap();
    assert_eq!(view.arrangement.status, ArrangementStatus::Completed);
    assert!(owed(services, org, id).await.is_zero());
    let account = services.account_view(&agent, id).await.unwrap();
    let forgiven: Vec<_> =
        account.journal.iter().filter(|entry| entry.kind == EntryKind::Forgiveness).collect();
    assert_eq!(forgiven.len(), 1);
    assert_eq!(view.debts[0].forgiven, debt.sub(first.amount).unwrap().sub(second.amount).unwrap());
    assert_eq!(events(services, arrangement).await, ["arrangement_completed"]);
    assert_clean(services).await;

    // The bank takes the last payment back.
    services.reverse_payment(&supervisor, last, "rechazado por el banco").await.unwrap();
    let view = services.arrangement(&agent, arrangement).await.unwrap();
    assert_eq!(view.arrangement.status, ArrangementStatus::Active);
    assert_eq!(owed(services, org, id).await, debt.sub(first.amount).unwrap());
    assert_eq!(view.progress.left, second.amount);
    bench.clock.advance(Duration::minutes(5));
    pay(services, org, id, second.amount).await;
    assert!(owed(services, org, id).await.is_zero());
    assert_eq!(
        services.arrangements_of(&agent, id).await.unwrap()[0].arrangement.status,
        ArrangementStatus::Completed
    );
    assert_clean(services).await;
});

both!(a_missed_instalment_breaks_it_after_the_grace_and_the_discount_is_gone, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let id = first_account(services, org).await;
    let manager = staff(org, Role::Manager);
    let debt = owed(services, org, id).await;
    let mut terms = settlement("2026-11-30", 30);
    terms.when_forgiven = WhenForgiven::Upfront;
    let charge = Money::from_minor(5_000, debt.currency());
    terms.on_breach.charge = Some(BreachCharge { component: Component::LateCharge, amount: charge });
    let arrangement = services.offer_arrangement(&manager, new(services, vec![id], terms)).await.unwrap();
    let view = services.arrangement(&manager, arrangement).await.unwrap();
    services.accept_arrangement(&manager, arrangement, accept(&view)).await.unwrap();
    assert_eq!(owed(services, org, id).await, view.arrangement.agreed.to_pay, "forgiven at once");
    bench.clock.advance(Duration::hours(1));
    let part = Money::from_minor(view.arrangement.schedule[0].amount.minor() - 1, debt.currency());
    pay(services, org, id, part).await;
    assert_clean(services).await;

    // 2 December: within the grace.
    bench.clock.advance(Duration::days(12));
    let report = end_of_day(&bench, org).await;
    assert_eq!((report.date, report.counts.arrangements_broken), (day("2026-12-02"), 0));
    bench.clock.advance(Duration::days(1));
    let report = end_of_day(&bench, org).await;
    assert_eq!((report.date, report.counts.arrangements_broken), (day("2026-12-03"), 1));
    let view = services.arrangement(&manager, arrangement).await.unwrap();
    assert_eq!(view.arrangement.status, ArrangementStatus::Broken);
    assert_eq!(view.arrangement.ending.as_ref().unwrap().why, "missed:1:2026-11-30");
    let whole = debt.sub(part).unwrap().add(charge).unwrap();
    assert_eq!(owed(services, org, id).await, whole, "the discount is back, and the charge with it");
    assert_eq!(events(services, arrangement).await, ["arrangement_broken"]);
    assert_clean(services).await;
    let again = end_of_day(&bench, org).await;
    assert_eq!(again.rows_written, 0);
    bench.clock.advance(Duration::days(1));
    assert_eq!(end_of_day(&bench, org).await.counts.arrangements_broken, 0, "once");
    pay(services, org, id, charge).await;
    assert_eq!(
        services.arrangement(&manager, arrangement).await.unwrap().arrangement.status,
        ArrangementStatus::Broken
    );
});

/// Two debts of one debtor in one currency.
async fn two_debts(services: &Services) -> [AccountId; 2] {
    let db = services.db.read();
    let large: std::collections::BTreeSet<_> = balances::Entity::find()
        .filter(balances::Column::Total.gt(100_000))
        .all(db)
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.account_id)
        .collect();
    let mut all = accounts::Entity::find().order_by_asc(accounts::Column::Id).all(db).await.unwrap();
    all.retain(|row| large.contains(&row.id));
    let pair = all.iter().enumerate().find_map(|(at, one)| {
        let same =
            |other: &&accounts::Model| other.debtor_id == one.debtor_id && other.currency == one.currency;
        all[at + 1..].iter().find(same).map(|other| [AccountId(one.id), AccountId(other.id)])
    });
    pair.unwrap()
}

both!(a_plan_over_two_debts_follows_the_interest_that_grows, |bench| {
    let org = bench.demo(120).await;
    let services = &bench.services;
    let [one, two] = two_debts(services).await;
    let terms =
        r#"{"accruals": [{"kind": "default", "rate": {"fixed": "36"}, "method": {"simple": "ACT/360"}}]}"#;
    let rows = creditors::Entity::find().all(services.db.read()).await.unwrap();
    for row in rows {
        let new = NewTerms {
            creditor_id: CreditorId(row.id),
            product: String::new(),
            effective_from: day("2026-11-20"),
            terms: serde_json::from_str(terms).unwrap(),
            note: None,
        };
        services.add_terms(&staff(org, Role::Admin), new).await.unwrap();
    }
    let agent = staff(org, Role::Agent);
    let terms = ArrangementTerms {
        kind: ArrangementKind::Plan,
        schedule: ScheduleSpec::Regular {
            first_due_on: day("2026-11-27"),
            every: Frequency::Weeks(1),
            count: 3,
        },
        concession: Vec::new(),
        cap: Cap::Open,
        ..settlement("2026-11-27", 10)
    };
    let arrangement = services.offer_arrangement(&agent, new(services, vec![one, two], terms)).await.unwrap();
    let view = services.arrangement(&agent, arrangement).await.unwrap();
    let debt = owed(services, org, one).await.add(owed(services, org, two).await).unwrap();
    assert_eq!(view.arrangement.agreed.to_pay, debt);
    services.accept_arrangement(&agent, arrangement, accept(&view)).await.unwrap();

    bench.clock.advance(Duration::days(7));
    let half = Money::from_minor(owed(services, org, one).await.minor() / 2, debt.currency());
    pay(services, org, one, half).await;
    let view = services.arrangement(&agent, arrangement).await.unwrap();
    assert_eq!(view.arrangement.revision, 2, "a week's interest");
    let rest = owed(services, org, one).await.add(owed(services, org, two).await).unwrap();
    assert_eq!(view.progress.left, rest, "the plan comes to what is owed");
    assert!(view.progress.total > debt);
    assert_eq!(view.revisions.len(), 2);
    let [before, after] = [&view.revisions[0].schedule, &view.revisions[1].schedule];
    assert_eq!(before[0], after[0], "what is due stays as it was");
    assert!(before.iter().zip(after).all(|(old, new)| old.due_on == new.due_on));

    for id in [one, two] {
        let left = owed(services, org, id).await;
        pay(services, org, id, left).await;
    }
    let view = services.arrangement(&agent, arrangement).await.unwrap();
    assert_eq!(view.arrangement.status, ArrangementStatus::Completed);
    assert_eq!(view.progress.paid, view.progress.total);
    assert_eq!(events(services, arrangement).await, ["arrangement_completed"; 2], "one for each debt");
    assert_clean(services).await;
});

both!(who_may_offer_approve_and_end, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let id = first_account(services, org).await;
    let (agent, supervisor, manager) =
        (staff(org, Role::Agent), staff(org, Role::Supervisor), staff(org, Role::Manager));
    let beyond =
        services.offer_arrangement(&supervisor, new(services, vec![id], settlement("2026-11-30", 50)));
    let beyond = beyond.await.unwrap();
    let view = services.arrangement(&agent, beyond).await.unwrap();
    assert!(matches!(view.arrangement.approval, Approval::Needed { .. }));
    assert!(is_invalid(services.accept_arrangement(&agent, beyond, accept(&view)).await, "status"));
    assert!(matches!(services.approve_arrangement(&supervisor, beyond).await, Err(ServiceError::Denied(_))));
    services.approve_arrangement(&manager, beyond).await.unwrap();
    assert!(is_invalid(services.approve_arrangement(&manager, beyond).await, "status"));
    let mute = AcceptArrangement { words: " ".to_owned(), ..accept(&view) };
    assert!(is_invalid(services.accept_arrangement(&agent, beyond, mute).await, "words"));
    let too_much =
        services.offer_arrangement(&supervisor, new(services, vec![id], settlement("2026-11-30", 90)));
    assert!(is_invalid(too_much.await, "concession"), "beyond what a manager may approve");

    let other = services.offer_arrangement(&manager, new(services, vec![id], settlement("2026-11-30", 40)));
    let other = other.await.unwrap();
    services.accept_arrangement(&agent, beyond, accept(&view)).await.unwrap();
    let superseded = services.arrangement(&agent, other).await.unwrap();
    assert_eq!(superseded.arrangement.status, ArrangementStatus::Cancelled);
    let third = services.offer_arrangement(&manager, new(services, vec![id], settlement("2026-11-30", 40)));
    let third = services.arrangement(&agent, third.await.unwrap()).await.unwrap();
    let refused = services.accept_arrangement(&agent, third.arrangement.id, accept(&third)).await;
    assert!(is_invalid(refused, "debts"), "one runs already");

    assert!(is_invalid(services.cancel_arrangement(&supervisor, beyond, " ").await, "reason"));
    let denied = services.cancel_arrangement(&agent, beyond, "lo pidió").await;
    assert!(matches!(denied, Err(ServiceError::Denied(_))));
    services.cancel_arrangement(&supervisor, beyond, "lo pidió el deudor").await.unwrap();
    assert!(is_invalid(services.cancel_arrangement(&supervisor, beyond, "otra vez").await, "status"));

    // The third offer is valid until 25 November.
    bench.clock.advance(Duration::days(5));
    assert_eq!(end_of_day(&bench, org).await.counts.arrangements_expired, 0);
    bench.clock.advance(Duration::days(1));
    assert_eq!(end_of_day(&bench, org).await.counts.arrangements_expired, 1);
    let third = services.arrangement(&agent, third.arrangement.id).await.unwrap();
    assert_eq!(third.arrangement.status, ArrangementStatus::Expired);
    let (lines, next) = services.arrangements(&agent, &[ArrangementStatus::Cancelled], None).await.unwrap();
    assert_eq!((lines.len(), next), (2, None));

    let mut policy = services.offer_policy(&agent).await.unwrap().policy;
    policy.rules[0].agent.discount_pct.insert(Component::Principal, Decimal::from(40));
    let refused = services.set_offer_policy(&supervisor, 0, &policy, "prueba").await;
    assert!(matches!(refused, Err(ServiceError::Denied(_))));
    assert_eq!(services.set_offer_policy(&manager, 0, &policy, "prueba").await.unwrap(), 1);
    assert_eq!(services.offer_policy(&agent).await.unwrap().policy, policy);
    let mut late = new(services, vec![id], settlement("2026-12-10", 40));
    late.valid_until = None;
    services.offer_arrangement(&agent, late).await.unwrap();
    assert_clean(services).await;
});

both!(a_discount_in_proportion_comes_with_each_payment, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let id = first_account(services, org).await;
    let manager = staff(org, Role::Manager);
    let debt = owed(services, org, id).await;
    let mut terms = settlement("2026-11-30", 40);
    terms.when_forgiven = WhenForgiven::Proportional;
    terms.activation = Activation::OnAcceptance;
    let arrangement = services.offer_arrangement(&manager, new(services, vec![id], terms)).await.unwrap();
    let view = services.arrangement(&manager, arrangement).await.unwrap();
    services.accept_arrangement(&manager, arrangement, accept(&view)).await.unwrap();
    bench.clock.advance(Duration::hours(1));
    let agreed = &view.arrangement.agreed;
    let first = view.arrangement.schedule[0].amount;
    pay(services, org, id, first).await;
    let forgiven = services.arrangement(&manager, arrangement).await.unwrap().debts[0].forgiven;
    let whole = i128::from(debt.minor() - agreed.to_pay.minor());
    let share = whole * i128::from(first.minor()) / i128::from(agreed.to_pay.minor());
    assert_eq!(i128::from(forgiven.minor()), share, "rounded down");
    bench.clock.advance(Duration::days(60));
    assert_eq!(end_of_day(&bench, org).await.counts.arrangements_broken, 1);
    let kept = debt.sub(first).unwrap().sub(forgiven).unwrap();
    assert_eq!(owed(services, org, id).await, kept, "what was earned stays");
    assert_clean(services).await;
});
