//! Automatic payment and closed attempts: the use cases against the stand-in for Stripe, which checks
//! every request by Stripe's published description.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    dead_code,
    reason = "tests fail by panicking"
)]

mod support;

use chrono::{Days, NaiveDate};
use domain::access::{Actor, ActorKind, Role};
use domain::arrangement::{PlanChange, autopay};
use domain::cases::CaseKind;
use domain::ids::{AccountId, ArrangementId, AutopayId, OrganizationId, PartyId};
use domain::ledger::PaymentMethod;
use domain::money::Money;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use services::accounts::AccountFilter;
use services::arrangements::{AcceptArrangement, ArrangementView, Ask, ChangePlan, NewNegotiation};
use services::autopay::{AutopayStatus, NewAutopay};
use services::cases::NewCase;
use services::payments::{AttemptStatus, PayChoice, PostPayment, ReceiptSeries};
use services::{ServiceError, Services};
use support::stand_in::StandIn;
use testkit::{Bench, both, signed_in, staff};

struct Stage {
    stripe: StandIn,
    services: Services,
    org: OrganizationId,
    account: AccountId,
    debtor: Actor,
    plan: ArrangementId,
}

impl Stage {
    /// A debtor with a plan of twelve payments, on services that pay through the stand-in.
    async fn set(bench: &Bench) -> Self {
        let org = bench.demo(60).await;
        let stripe = StandIn::start();
        let mut services = bench.services.clone();
        services.gateways.insert("stripe", stripe.gateway());
        stripe.tell("delivery", json!({ "mode": "hold" })).await;

        let agent = staff(org, Role::Agent);
        let filter = AccountFilter { amount_from: Some(100_000), ..AccountFilter::default() };
        let account = AccountId(services.list_accounts(&agent, &filter).await.unwrap().lines[0].id);
        let party_id = services.account_view(&agent, account).await.unwrap().debtor.id;
        let debtor = Actor { organization_id: org, kind: ActorKind::Debtor { party_id } };
        let id = services.new_id();
        let ask = Ask::Offer("year".to_owned());
        services
            .negotiate(&debtor, NewNegotiation { id, account_id: account, ask, surface: "portal" })
            .await
            .unwrap();
        let plan = services.take_deal(&debtor, id, 0).await.unwrap();
        let accept = AcceptArrangement {
            terms_hash: services.arrangement(&debtor, plan).await.unwrap().terms_hash,
            channel: "portal".to_owned(),
            words: "Acepto".to_owned(),
            origin: None,
        };
        let session = signed_in(&services, &debtor).await;
        services.accept_my_arrangement(&session, plan, accept, None).await.unwrap();
        Self { stripe, services, org, account, debtor, plan }
    }

    async fn view(&self) -> ArrangementView {
        self.services.arrangement(&self.debtor, self.plan).await.unwrap()
    }

    async fn new(&self) -> NewAutopay {
        NewAutopay {
            id: AutopayId(self.services.new_id()),
            arrangement_id: self.plan,
            revision: self.view().await.arrangement.revision,
            words: "portal-autopay-2026-11: Autorizo".to_owned(),
            origin: Some("192.0.2.7".to_owned()),
        }
    }

    /// Agrees and saves a card, which is charged as `behaviour` says.
    async fn switch_on(&self, behaviour: &str) {
        let session = signed_in(&self.services, &self.debtor).await;
        let url = self.services.start_autopay(&session, self.new().await, None).await.unwrap();
        let page = url.rsplit('/').next().unwrap();
        self.stripe.tell("settle", json!({ "session": page, "how": "pay" })).await;
        let page = self.services.autopay(&self.debtor, self.plan).await.unwrap();
        assert_eq!(page.current.unwrap().status, AutopayStatus::Active);
        let card = self.text("SELECT method_ref FROM autopays WHERE status = 'active'").await;
        self.stripe.tell("payment_method", json!({ "payment_method": card, "behaviour": behaviour })).await;
    }

    /// Nine in the morning of a day in Mexico City, here and at Stripe.
    async fn on(&self, bench: &Bench, day: NaiveDate) {
        let at = day.and_hms_opt(15, 0, 0).unwrap().and_utc();
        bench.clock.advance(at - self.services.now());
        self.stripe.tell("clock", json!({ "now": at.to_rfc3339(), "jump": true })).await;
    }

    async fn run(&self) {
        for _ in 0..3 {
            self.services.run_autopay().await.unwrap();
        }
    }

    async fn pay(&self, amount: Money) {
        let new = PostPayment {
            account_id: self.account,
            amount,
            method: PaymentMethod::BankTransfer,
            received_on: self.services.today(self.org).await.unwrap(),
            source: format!("test:{}", self.services.new_id()),
            reference: None,
            receipt: ReceiptSeries::Next("O"),
            designated: vec![],
        };
        self.services.post_payment(&staff(self.org, Role::Agent), new).await.unwrap();
    }

    async fn one(&self, sql: &str) -> sea_orm::QueryResult {
        let db = self.services.db.read();
        db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap()
    }

    async fn count(&self, sql: &str) -> i64 {
        self.one(sql).await.try_get_by_index(0).unwrap()
    }

    async fn text(&self, sql: &str) -> String {
        self.one(sql).await.try_get_by_index(0).unwrap()
    }

    async fn charges(&self) -> i64 {
        self.count("SELECT COUNT(*) FROM autopay_charges").await
    }

    async fn told(&self, subject: &str) -> i64 {
        self.count(&format!("SELECT COUNT(*) FROM outbox_messages WHERE subject = '{subject}'")).await
    }

    /// Posts to `path` get no answer, however often the client asks by itself, until they are mended.
    async fn cut_off(&self, path: &str, when: &str) {
        let fault = json!({ "path": path, "method": "post", "times": 40, "close": true, "when": when });
        self.stripe.tell("faults", fault).await;
    }

    /// Stripe answers again.
    async fn mend(&self) {
        let faults = format!("{}/_test/faults", self.stripe.url);
        reqwest::Client::new().delete(faults).send().await.unwrap();
    }

    /// How often Stripe was asked so.
    async fn asked(&self, method: &str, path: &str) -> usize {
        let requests = self.stripe.ask("requests").await;
        requests
            .iter()
            .filter(|r| r["method"] == method && r["path"].as_str().unwrap().starts_with(path))
            .count()
    }

    async fn assert_contract(&self) {
        let requests = self.stripe.ask("requests").await;
        let wrong: Vec<_> = requests.into_iter().filter(|request| request["valid"] != true).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!(self.stripe.ask("lacks").await, Vec::<serde_json::Value>::new());
        let report = self.services.verify(services::verify::VerifyScope::All).await.unwrap();
        assert!(report.differences.is_empty(), "{:?}", report.differences);
    }
}

both!(a_saved_card_pays_each_instalment_once_until_stopped, |bench| {
    let stage = Stage::set(&bench).await;
    let services = &stage.services;
    let session = signed_in(services, &stage.debtor).await;

    // Sent twice, agreed once; strangers and stale pages are refused.
    let new = stage.new().await;
    let first = services.start_autopay(&session, new.clone(), None).await.unwrap();
    assert_eq!(services.start_autopay(&session, new.clone(), None).await.unwrap(), first);
    assert_eq!(stage.count("SELECT COUNT(*) FROM autopays").await, 1);
    let stale = NewAutopay { id: AutopayId(services.new_id()), revision: 9, ..new.clone() };
    assert!(matches!(services.start_autopay(&session, stale, None).await, Err(ServiceError::Invalid(_))));
    let party_id = PartyId(services.new_id());
    let stranger = Actor { organization_id: stage.org, kind: ActorKind::Debtor { party_id } };
    assert!(matches!(services.autopay(&stranger, stage.plan).await, Err(ServiceError::NotFound)));
    assert!(matches!(services.stop_autopay(&stranger, stage.plan).await, Err(ServiceError::NotFound)));
    let page = services.autopay(&stage.debtor, stage.plan).await.unwrap();
    assert!(page.current.is_none() && page.pending.is_some(), "no card, nothing on");

    stage.switch_on("ok").await;
    let page = services.autopay(&staff(stage.org, Role::Agent), stage.plan).await.unwrap();
    let current = page.current.unwrap();
    assert_eq!(current.card.unwrap().last4, "4242");
    let evidence = current.evidence.unwrap();
    assert_eq!(evidence["installments"].as_array().unwrap().len(), 12);
    assert!(evidence["words"].as_str().unwrap().contains("Autorizo") && evidence["proof"]["at"].is_string());
    assert_eq!(stage.told("Tu pago automático quedó activado").await, 1);
    let dues = stage.view().await.arrangement.schedule;
    assert_eq!(page.next.unwrap().due_on, dues[0].due_on);

    // Told three days before, once; charged on the day, once, by several processes.
    stage.on(&bench, dues[0].due_on - Days::new(3)).await;
    stage.run().await;
    stage.run().await;
    stage.on(&bench, dues[0].due_on - Days::new(1)).await;
    stage.run().await;
    assert_eq!((stage.told("Tu próximo cobro automático").await, stage.charges().await), (1, 0));
    stage.on(&bench, dues[0].due_on).await;
    let rounds = (0..4).map(|_| {
        let services = stage.services.clone();
        tokio::spawn(async move { services.run_autopay().await.unwrap() })
    });
    for round in rounds.collect::<Vec<_>>() {
        round.await.unwrap();
    }
    stage.run().await;
    assert_eq!(stage.charges().await, 1);
    assert_eq!(stage.count("SELECT COUNT(*) FROM payments WHERE method = 'gateway' AND livemode IS NOT NULL AND reference LIKE 'pi_%'").await, 1);
    let view = stage.view().await;
    assert!(view.progress.installments[0].left.is_zero() && view.progress.paid == dues[0].amount);
    assert_eq!(stage.told("Recibimos tu pago automático").await, 1);

    // Paid by hand: not charged. Moved: charged on the new day.
    stage.pay(dues[1].amount).await;
    stage.on(&bench, dues[1].due_on).await;
    stage.run().await;
    assert_eq!(stage.charges().await, 1);
    let to = dues[2].due_on + Days::new(5);
    let change = ChangePlan {
        id: services.new_id(),
        arrangement_id: stage.plan,
        revision: stage.view().await.arrangement.revision,
        change: PlanChange::Move { to },
        words: "Mover".to_owned(),
        origin: None,
    };
    services.change_plan(&stage.debtor, change).await.unwrap();
    stage.on(&bench, dues[2].due_on).await;
    stage.run().await;
    assert_eq!(stage.charges().await, 1);
    stage.on(&bench, to).await;
    stage.run().await;
    assert_eq!(stage.charges().await, 2);

    // A held debt is left alone.
    let key = services.new_id();
    let case = NewCase {
        key,
        account: Some(stage.account),
        kind: CaseKind::Hardship,
        says: "Perdí mi trabajo".to_owned(),
        call_hours: String::new(),
        files: Vec::new(),
    };
    services.open_case(&stage.debtor, case).await.unwrap();
    stage.on(&bench, dues[3].due_on).await;
    stage.run().await;
    assert_eq!(stage.charges().await, 2);
    assert!(services.autopay(&stage.debtor, stage.plan).await.unwrap().is_held);

    // Stopped: the card is forgotten at Stripe, too, and nothing is charged any more.
    services.stop_autopay(&stage.debtor, stage.plan).await.unwrap();
    services.stop_autopay(&stage.debtor, stage.plan).await.unwrap();
    stage.run().await;
    assert_eq!(stage.asked("delete", "/v1/customers/").await, 1);
    stage.on(&bench, dues[4].due_on).await;
    stage.run().await;
    assert_eq!((stage.charges().await, stage.told("Tu pago automático quedó apagado").await), (2, 1));
    stage.assert_contract().await;
});

both!(a_declined_card_is_tried_within_the_grace_and_then_paused, |bench| {
    let stage = Stage::set(&bench).await;
    stage.switch_on("insufficient_funds").await;
    let view = stage.view().await;
    let (due, grace) = (view.arrangement.schedule[0].due_on, view.arrangement.terms.grace_days);
    let tries = autopay::try_days(due, grace);
    for past in 0..=u64::from(grace) {
        stage.on(&bench, due + Days::new(past)).await;
        stage.run().await;
        let so_far = tries.iter().filter(|day| **day <= due + Days::new(past)).count();
        assert_eq!(stage.charges().await, i64::try_from(so_far).unwrap(), "{past} days after");
    }
    let page = stage.services.autopay(&stage.debtor, stage.plan).await.unwrap();
    assert_eq!(page.current.unwrap().status, AutopayStatus::Paused);
    assert!(page.charges.iter().all(|charge| charge.failure.as_deref() == Some("insufficient_funds")));
    let again = i64::try_from(tries.len()).unwrap() - 1;
    assert_eq!(stage.told("El cobro automático no pasó").await, again);
    assert_eq!(stage.told("Tu pago automático quedó en pausa").await, 1);
    assert_eq!(stage.count("SELECT COUNT(*) FROM payments WHERE reference LIKE 'pi_%'").await, 0);

    // The plan ends: so does automatic payment, whatever its state.
    let manager = staff(stage.org, Role::Manager);
    stage.services.cancel_arrangement(&manager, stage.plan, "a pedido").await.unwrap();
    assert!(!stage.services.autopay(&stage.debtor, stage.plan).await.unwrap().can_start);
    stage.assert_contract().await;
});

both!(a_bank_that_wants_its_holder_is_no_decline, |bench| {
    let stage = Stage::set(&bench).await;
    stage.switch_on("authenticate").await;
    let dues = stage.view().await.arrangement.schedule;
    stage.on(&bench, dues[0].due_on).await;
    stage.run().await;
    stage.on(&bench, dues[0].due_on + Days::new(1)).await;
    stage.run().await;
    assert_eq!(stage.charges().await, 1, "asked once; then it is for its holder");
    let page = stage.services.autopay(&stage.debtor, stage.plan).await.unwrap();
    assert_eq!(page.current.unwrap().status, AutopayStatus::Active);
    assert_eq!(page.charges[0].outcome.as_deref(), Some(services::autopay::AUTHENTICATION));
    assert_eq!(stage.told("Tu banco pide que confirmes el pago").await, 1);
    let link =
        format!("SELECT COUNT(*) FROM outbox_messages WHERE body LIKE '%/deudas/{}/pagar%'", stage.account);
    assert_eq!(stage.count(&link).await, 1);
    // Nothing stands in the way of paying by hand.
    let url = stage
        .services
        .start_payment(&stage.debtor, stage.account, PayChoice::Other(dues[0].amount), &[])
        .await;
    assert!(url.unwrap().contains("/c/pay/cs_"));
    stage.assert_contract().await;
});

both!(a_charge_whose_answer_is_lost_happens_once, |bench| {
    let stage = Stage::set(&bench).await;
    stage.switch_on("ok").await;
    let dues = stage.view().await.arrangement.schedule;
    let paid = "SELECT COUNT(*) FROM payments WHERE reference LIKE 'pi_%'";
    // The answers are cut off after the work was done: asked again with its key, Stripe says it again.
    stage.on(&bench, dues[0].due_on).await;
    stage.cut_off("/v1/payment_intents", "after").await;
    stage.services.run_autopay().await.unwrap();
    assert_eq!((stage.charges().await, stage.count(paid).await), (1, 1));
    stage.mend().await;

    // Stripe does not answer at all: the charge waits, and is made later, once.
    stage.on(&bench, dues[1].due_on).await;
    stage.cut_off("/v1/payment_intents", "before").await;
    stage.services.run_autopay().await.unwrap();
    assert_eq!(stage.count("SELECT COUNT(*) FROM payment_attempts WHERE status = 'created'").await, 1);
    stage.mend().await;
    bench.clock.advance(chrono::Duration::minutes(5));
    stage.run().await;
    assert_eq!((stage.charges().await, stage.count(paid).await), (2, 2));
    assert!(stage.view().await.progress.installments[1].left.is_zero());

    // Switched off while a charge waits: it is not made any more.
    stage.on(&bench, dues[2].due_on).await;
    stage.cut_off("/v1/payment_intents", "before").await;
    stage.services.run_autopay().await.unwrap();
    stage.services.stop_autopay(&stage.debtor, stage.plan).await.unwrap();
    stage.mend().await;
    bench.clock.advance(chrono::Duration::minutes(5));
    stage.run().await;
    assert_eq!((stage.charges().await, stage.count(paid).await), (3, 2));
    assert_eq!(stage.count("SELECT COUNT(*) FROM autopay_charges WHERE outcome = 'withdrawn'").await, 1);
    stage.assert_contract().await;
});

both!(what_was_started_and_left_can_be_closed, |bench| {
    let stage = Stage::set(&bench).await;
    let services = &stage.services;
    let amount = stage.view().await.arrangement.schedule[0].amount;
    let start =
        async || services.start_payment(&stage.debtor, stage.account, PayChoice::Other(amount), &[]).await;
    start().await.unwrap();
    let options = services.plan_options(&stage.debtor, stage.plan).await.unwrap();
    assert!(options.is_paying && options.left.len() == 1);
    let left = services.my_open_attempts(&stage.debtor, stage.account).await.unwrap();
    let stranger = Actor {
        organization_id: stage.org,
        kind: ActorKind::Debtor { party_id: PartyId(services.new_id()) },
    };
    assert!(matches!(services.close_my_attempt(&stranger, left[0].id).await, Err(ServiceError::NotFound)));
    for _ in 0..2 {
        let closed = services.close_my_attempt(&stage.debtor, left[0].id).await.unwrap();
        assert_eq!(closed.status, AttemptStatus::Expired);
    }
    assert!(!services.plan_options(&stage.debtor, stage.plan).await.unwrap().is_paying);

    // One whose page we never heard of is asked for by its key, and closed.
    stage.cut_off("/v1/checkout/sessions", "before").await;
    assert!(matches!(start().await, Err(ServiceError::Outside { .. })));
    stage.mend().await;
    let left = services.my_open_attempts(&stage.debtor, stage.account).await.unwrap();
    assert_eq!(left[0].status, AttemptStatus::Created);
    services.close_my_attempt(&stage.debtor, left[0].id).await.unwrap();
    assert!(services.my_open_attempts(&stage.debtor, stage.account).await.unwrap().is_empty());

    // A payment that comes another way closes the page.
    start().await.unwrap();
    bench.clock.advance(chrono::Duration::seconds(5));
    assert_eq!(services.close_stale_attempts().await.unwrap(), 0);
    stage.pay(amount).await;
    assert_eq!(services.close_stale_attempts().await.unwrap(), 1);
    assert_eq!(services.close_stale_attempts().await.unwrap(), 0);
    assert_eq!(stage.asked("post", "/v1/checkout/sessions/cs_").await, 3, "three were closed");
    stage.assert_contract().await;
});
