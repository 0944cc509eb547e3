//! Plans changed by their debtors, on both databases.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use chrono::{Days, Duration};
use domain::access::{Actor, ActorKind, Role};
use domain::arrangement::{ArrangementStatus, PlanChange};
use domain::ids::{AccountId, ArrangementId, OrganizationId, PartyId};
use domain::ledger::PaymentMethod;
use domain::money::Money;
use sea_orm::{ActiveModelTrait, EntityTrait, Set};
use services::accounts::AccountFilter;
use services::arrangements::{AcceptArrangement, ArrangementView, Ask, ChangePlan, NewNegotiation};
use services::payments::{PostPayment, ReceiptSeries};
use services::{ServiceError, Services};
use store::entities::payment_attempts;
use testkit::{both, signed_in, staff};

struct Plan {
    org: OrganizationId,
    account: AccountId,
    debtor: Actor,
    id: ArrangementId,
}

/// A plan of twelve payments that its debtor accepted.
async fn plan(services: &Services, org: OrganizationId) -> Plan {
    let agent = staff(org, Role::Agent);
    let filter = AccountFilter { amount_from: Some(100_000), ..AccountFilter::default() };
    let account = AccountId(services.list_accounts(&agent, &filter).await.unwrap().lines[0].id);
    let party_id = services.account_view(&agent, account).await.unwrap().debtor.id;
    let debtor = Actor { organization_id: org, kind: ActorKind::Debtor { party_id } };
    let id = services.new_id();
    let ask = Ask::Offer("year".to_owned());
    let asked = NewNegotiation { id, account_id: account, ask, surface: "portal" };
    services.negotiate(&debtor, asked).await.unwrap();
    let id = services.take_deal(&debtor, id, 0).await.unwrap();
    let accept = AcceptArrangement {
        terms_hash: services.arrangement(&debtor, id).await.unwrap().terms_hash,
        channel: "portal".to_owned(),
        words: "Acepto".to_owned(),
        origin: None,
    };
    let session = signed_in(services, &debtor).await;
    services.accept_my_arrangement(&session, id, accept, None).await.unwrap();
    Plan { org, account, debtor, id }
}

impl Plan {
    async fn view(&self, services: &Services) -> ArrangementView {
        services.arrangement(&self.debtor, self.id).await.unwrap()
    }

    async fn change(&self, services: &Services, change: PlanChange) -> ChangePlan {
        ChangePlan {
            id: services.new_id(),
            arrangement_id: self.id,
            revision: self.view(services).await.arrangement.revision,
            change,
            words: "Mover el pago".to_owned(),
            origin: Some("192.0.2.7".to_owned()),
        }
    }

    async fn pay(&self, services: &Services, amount: Money) {
        let new = PostPayment {
            account_id: self.account,
            amount,
            method: PaymentMethod::BankTransfer,
            received_on: services.today(self.org).await.unwrap(),
            source: format!("test:{}", services.new_id()),
            reference: None,
            receipt: ReceiptSeries::Next("O"),
            designated: vec![],
        };
        services.post_payment(&staff(self.org, Role::Agent), new).await.unwrap();
    }
}

fn sum(view: &ArrangementView) -> i64 {
    view.arrangement.schedule.iter().map(|due| due.amount.minor()).sum()
}

both!(a_debtor_changes_a_plan_within_the_policy, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let plan = plan(services, org).await;
    let before = plan.view(services).await;
    let (count, whole) = (before.arrangement.schedule.len(), sum(&before));
    let first = before.arrangement.schedule[0];
    let stranger =
        Actor { organization_id: org, kind: ActorKind::Debtor { party_id: PartyId(services.new_id()) } };
    let to = first.due_on + Days::new(10);
    let moved = plan.change(services, PlanChange::Move { to }).await;
    for other in [&stranger, &staff(org, Role::Manager)] {
        assert!(matches!(services.change_plan(other, moved.clone()).await, Err(ServiceError::NotFound)));
        assert!(matches!(services.plan_options(other, plan.id).await, Err(ServiceError::NotFound)));
    }
    let options = services.plan_options(&plan.debtor, plan.id).await.unwrap().options.unwrap();
    assert_eq!(options.move_to.unwrap().1, first.due_on + Days::new(15));
    services.change_plan(&plan.debtor, moved.clone()).await.unwrap();
    services.change_plan(&plan.debtor, moved.clone()).await.unwrap();
    let view = plan.view(services).await;
    assert_eq!((view.arrangement.revision, sum(&view)), (2, whole), "sent twice, changed once");
    assert_eq!(view.arrangement.schedule[0].due_on, to);

    // What was shown is another plan by now.
    let stale = ChangePlan { id: services.new_id(), ..moved };
    assert!(matches!(services.change_plan(&plan.debtor, stale).await, Err(ServiceError::Invalid(_))));
    let far = plan.change(services, PlanChange::Move { to: to + Days::new(16) }).await;
    let refused = services.change_plan(&plan.debtor, far).await;
    assert!(matches!(refused, Err(ServiceError::Invalid(issues)) if issues[0].field == "to"));

    services.change_plan(&plan.debtor, plan.change(services, PlanChange::Skip).await).await.unwrap();
    let view = plan.view(services).await;
    assert_eq!((view.arrangement.schedule.len(), sum(&view)), (count, whole));
    let again = services.change_plan(&plan.debtor, plan.change(services, PlanChange::Skip).await).await;
    assert!(matches!(again, Err(ServiceError::Invalid(_))), "once in an agreement");
    let second_on = view.arrangement.schedule[0].due_on + Days::new(7);
    let split = plan.change(services, PlanChange::Split { second_on }).await;
    services.change_plan(&plan.debtor, split).await.unwrap();
    let view = plan.view(services).await;
    assert_eq!((view.arrangement.schedule.len(), sum(&view)), (count + 1, whole));

    // Each is kept with evidence, and staff see it.
    let made = services.plan_changes(&staff(org, Role::Agent), plan.id).await.unwrap();
    let revisions: Vec<_> = made.iter().map(|line| (line.revision, line.policy_version)).collect();
    assert_eq!(revisions, [(2, 0), (3, 0), (4, 0)]);
    assert_eq!(made[0].before, before.arrangement.schedule);
    assert_eq!(made[2].after, view.arrangement.schedule);
    assert!(made.iter().all(|line| line.rule == "standard" && line.by.starts_with("debtor:")));
    assert!(matches!(services.plan_changes(&stranger, plan.id).await, Err(ServiceError::NotFound)));

    // The night and a payment keep the changed plan.
    let first = view.arrangement.schedule[0];
    plan.pay(services, first.amount).await;
    let view = plan.view(services).await;
    assert_eq!((sum(&view), view.arrangement.revision), (whole, 4));
    assert!(view.progress.installments[0].left.is_zero());

    // Past due: a person helps.
    let next = view.progress.next().unwrap().due_on;
    let today = services.today(org).await.unwrap();
    bench.clock.advance(Duration::days((next - today).num_days() + 1));
    let late = plan.change(services, PlanChange::Move { to: next + Days::new(5) }).await;
    assert!(matches!(services.change_plan(&plan.debtor, late).await, Err(ServiceError::Invalid(_))));
});

both!(limits_of_changes_are_the_policys, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let plan = plan(services, org).await;
    let manager = staff(org, Role::Manager);
    let mut policy = services.offer_policy(&manager).await.unwrap().policy;
    policy.rules[0].changes.skips = 0;
    policy.rules[0].changes.move_days = 3;
    services.set_offer_policy(&manager, 0, &policy, "menos cambios").await.unwrap();
    let first = plan.view(services).await.arrangement.schedule[0].due_on;
    let skip = plan.change(services, PlanChange::Skip).await;
    assert!(matches!(services.change_plan(&plan.debtor, skip).await, Err(ServiceError::Invalid(_))));
    let far = plan.change(services, PlanChange::Move { to: first + Days::new(4) }).await;
    assert!(matches!(services.change_plan(&plan.debtor, far).await, Err(ServiceError::Invalid(_))));
    let near = plan.change(services, PlanChange::Move { to: first + Days::new(3) }).await;
    services.change_plan(&plan.debtor, near).await.unwrap();
    let made = services.plan_changes(&manager, plan.id).await.unwrap();
    assert_eq!(made[0].policy_version, 1);
});

both!(a_payment_on_its_way_holds_changes_up, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let plan = plan(services, org).await;
    let ActorKind::Debtor { party_id } = plan.debtor.kind else { panic!("a debtor") };
    let now = services.now();
    let attempt = payment_attempts::Model {
        organization_id: org.0,
        id: services.new_id(),
        account_id: plan.account.0,
        debtor_id: party_id.0,
        gateway: "sandbox".to_owned(),
        amount_minor: 100,
        currency: "MXN".to_owned(),
        status: "action_required".to_owned(),
        gateway_ref: None,
        failure: None,
        created_at: now,
        updated_at: now,
        payment_id: None,
        livemode: false,
        designated: None,
    };
    let tx = services.db.begin().await.unwrap();
    let row: payment_attempts::ActiveModel = attempt.into();
    payment_attempts::Entity::insert(row.clone().reset_all()).exec_without_returning(&tx).await.unwrap();
    tx.commit().await.unwrap();
    assert!(services.plan_options(&plan.debtor, plan.id).await.unwrap().is_paying);
    let skip = plan.change(services, PlanChange::Skip).await;
    let refused = services.change_plan(&plan.debtor, skip.clone()).await;
    assert!(matches!(refused, Err(ServiceError::Invalid(_))));
    let tx = services.db.begin().await.unwrap();
    let done = payment_attempts::ActiveModel { status: Set("canceled".to_owned()), ..row };
    done.update(&tx).await.unwrap();
    tx.commit().await.unwrap();
    services.change_plan(&plan.debtor, skip).await.unwrap();
});

both!(a_change_and_a_payment_at_once_lose_nothing, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let plan = plan(services, org).await;
    let before = plan.view(services).await;
    let (whole, first) = (sum(&before), before.arrangement.schedule[0]);
    let changes = [
        PlanChange::Move { to: first.due_on + Days::new(9) },
        PlanChange::Skip,
        PlanChange::Split { second_on: first.due_on + Days::new(9) },
    ];
    let mut asked = Vec::new();
    for change in changes {
        asked.push(plan.change(services, change).await);
    }
    // All three were made for the first revision: one of them wins, or the payment comes before.
    let (one, two, three, ()) = tokio::join!(
        services.change_plan(&plan.debtor, asked[0].clone()),
        services.change_plan(&plan.debtor, asked[1].clone()),
        services.change_plan(&plan.debtor, asked[2].clone()),
        plan.pay(services, first.amount),
    );
    let won = [one.is_ok(), two.is_ok(), three.is_ok()].iter().filter(|won| **won).count();
    assert_eq!(won, 1, "one change a revision");
    let view = plan.view(services).await;
    assert_eq!(view.arrangement.status, ArrangementStatus::Active);
    assert_eq!(sum(&view), whole);
    assert_eq!(view.progress.paid, first.amount);
    assert_eq!(view.progress.left.minor(), whole - first.amount.minor());
    assert_eq!(services.plan_changes(&plan.debtor, plan.id).await.unwrap().len(), 1);
    assert!(view.is_kept);
});
