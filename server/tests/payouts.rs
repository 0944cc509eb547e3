//! Payouts held against the journal, and events that no webhook brought: against the stand-in for
//! Stripe, which checks every request by Stripe's published description.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    dead_code,
    reason = "tests fail by panicking"
)]

mod support;

use chrono::Duration;
use domain::access::{Actor, ActorKind, Role};
use domain::ids::{AccountId, OrganizationId};
use domain::money::{Currency, DecimalMark, Money};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use services::accounts::AccountFilter;
use services::bank::{DateOrder, LineStatus, StatementFormat};
use services::payments::{ExceptionKind, PayChoice};
use services::settlements::{DifferenceKind, LineKind, PayoutState};
use services::{ServiceError, Services};
use support::stand_in::StandIn;
use testkit::{Bench, both, staff};

const FORMAT: StatementFormat =
    StatementFormat { currency: Currency::MXN, mark: DecimalMark::Point, dates: DateOrder::DayMonthYear };

struct Stage {
    stripe: StandIn,
    services: Services,
    org: OrganizationId,
    account: AccountId,
    debtor: Actor,
}

impl Stage {
    /// A debtor in pesos, on services that pay through the stand-in; no webhook is ever delivered.
    async fn set(bench: &Bench) -> Self {
        let org = bench.demo(60).await;
        let stripe = StandIn::start();
        let mut services = bench.services.clone();
        services.gateways.insert("stripe", stripe.gateway());
        stripe.tell("delivery", json!({ "mode": "hold" })).await;
        let agent = staff(org, Role::Agent);
        let filter = AccountFilter { amount_from: Some(300_000), ..AccountFilter::default() };
        let lines = services.list_accounts(&agent, &filter).await.unwrap().lines;
        let mut account = None;
        for line in lines {
            let id = AccountId(line.id);
            let found = store::accounts::find(services.db.read(), org, id).await.unwrap().unwrap();
            account = account.or((found.currency == Currency::MXN).then_some(id));
        }
        let account = account.unwrap();
        let party_id = services.account_view(&agent, account).await.unwrap().debtor.id;
        let debtor = Actor { organization_id: org, kind: ActorKind::Debtor { party_id } };
        Self { stripe, services, org, account, debtor }
    }

    /// The debtor pays on Stripe's page; nobody tells us.
    async fn pays(&self, minor: i64) -> String {
        let amount = Money::from_minor(minor, Currency::MXN);
        let choice = PayChoice::Other(amount);
        let url = self.services.start_payment(&self.debtor, self.account, choice, &[]).await.unwrap();
        self.stripe.settle(url.rsplit('/').next().unwrap(), "pay").await
    }

    async fn events(&self) -> usize {
        let found = self.services.poll_gateways_now(None).await.unwrap();
        while self.services.process_gateway_events().await.unwrap() > 0 {}
        found
    }

    fn manager(&self) -> Actor {
        staff(self.org, Role::Manager)
    }

    async fn reconcile(&self) -> services::settlements::ReconcileReport {
        self.services.reconcile(&self.manager(), None).await.unwrap()
    }

    async fn later(&self, bench: &Bench, days: i64) {
        bench.clock.advance(Duration::days(days));
        self.stripe.tell("clock", json!({ "advance": days * 86_400, "jump": true })).await;
    }

    async fn count(&self, sql: &str) -> i64 {
        let db = self.services.db.read();
        let statement = Statement::from_string(db.get_database_backend(), sql);
        db.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
    }

    /// What a book comes to, without what the demo put there.
    async fn book(&self, book: &str) -> i64 {
        self.count(&format!(
            "SELECT CAST(COALESCE(SUM(p.amount_minor), 0) AS BIGINT) FROM postings p JOIN entries e \
             ON e.organization_id = p.organization_id AND e.id = p.entry_id \
             WHERE p.book = '{book}' AND e.source LIKE '%:stripe:%'"
        ))
        .await
    }

    async fn run(&self, sql: &str) {
        let tx = self.services.db.begin().await.unwrap();
        let statement = Statement::from_string(tx.get_database_backend(), sql);
        tx.execute_raw(statement).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn clean(&self) {
        let report = self.services.verify(services::verify::VerifyScope::All).await.unwrap();
        assert_eq!(report.differences, []);
        let wrong: Vec<Value> =
            self.stripe.ask("requests").await.into_iter().filter(|one| one["valid"] != true).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!(self.stripe.ask("lacks").await, Vec::<Value>::new(), "the stand-in's own answers");
    }
}

both!(a_payout_is_matched_line_by_line_and_moves_to_the_bank, |bench| {
    let stage = Stage::set(&bench).await;
    // More lines than one page of Stripe's list has would take long; the pages are small in number here
    // and the paging is tested below.
    let one = stage.pays(50_000).await;
    let two = stage.pays(20_000).await;
    let three = stage.pays(30_000).await;
    stage.events().await;
    stage.stripe.tell("refund", json!({ "payment_intent": one, "amount": 10_000 })).await;
    stage.stripe.tell("dispute", json!({ "payment_intent": two, "step": "open" })).await;
    stage.stripe.tell("dispute", json!({ "payment_intent": two, "step": "won" })).await;
    stage.events().await;
    stage.later(&bench, 1).await;
    let paid = stage.stripe.tell("payout", json!({ "currency": "mxn" })).await;
    let _ = three;

    // The webhook's way: the event leads to the payout.
    assert!(stage.events().await >= 2, "paid and reconciled");
    let payouts = stage.services.payouts(&stage.manager()).await.unwrap();
    assert_eq!(payouts.len(), 1);
    assert_eq!(payouts[0].state, PayoutState::Matched);
    let page = stage.services.payout(&staff(stage.org, Role::Auditor), payouts[0].id).await.unwrap();
    let kinds: Vec<_> = page.lines.iter().map(|line| line.kind.as_str()).collect();
    for kind in ["payment", "refund", "dispute", "dispute_won", "payout"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    assert_eq!(kinds.len(), 7, "each once");
    assert!(page.lines.iter().all(|line| line.difference.is_none()), "{:?}", page.lines);
    // Everything left the gateway, less its fees, and is at the bank.
    let net = paid["amount"].as_i64().unwrap();
    assert_eq!(stage.book("cash.bank").await, net);
    assert_eq!(stage.book("cash.gateway_clearing").await, 0);
    assert_eq!(stage.book("expense.gateway_fees").await, 100_000 - 10_000 - net);

    // Again and again: nothing twice.
    for _ in 0..2 {
        let report = stage.reconcile().await;
        assert_eq!((report.differences.len(), report.payouts), (0, 0));
    }
    assert_eq!(stage.count("SELECT COUNT(*) FROM payout_lines").await, 7);
    assert_eq!(stage.count("SELECT COUNT(*) FROM entries WHERE source LIKE 'payout:%'").await, 1);

    // Who may not see it does not; another organization has none such.
    let denied = stage.services.payouts(&staff(stage.org, Role::Agent)).await;
    assert!(matches!(denied, Err(ServiceError::Denied(_))));
    let elsewhere = staff(OrganizationId(uuid::Uuid::from_u128(1)), Role::Admin);
    assert!(matches!(stage.services.payout(&elsewhere, payouts[0].id).await, Err(ServiceError::NotFound)));

    // The bank's statement names it: the line is the payout, and posts nothing.
    let entries = stage.count("SELECT COUNT(*) FROM entries").await;
    let arrives = payouts[0].arrives_on.format("%d/%m/%Y");
    let amount = format!("{}.{:02}", net / 100, net % 100);
    let file = format!(
        "Fecha,Concepto,Referencia,Importe\n{arrives},STRIPE PAYMENTS,,{amount}\n{arrives},OTRA COSA,,{amount}\n"
    );
    stage.later(&bench, 2).await;
    let read = stage.services.read_statement(&stage.manager(), file.into_bytes(), FORMAT).await.unwrap();
    assert_eq!((read.errors.len(), read.posted, read.waiting), (0, 1, 1));
    assert_eq!(stage.count("SELECT COUNT(*) FROM entries").await, entries);
    let lines = stage.services.bank_lines(&stage.manager(), true).await.unwrap();
    assert!(lines.iter().any(|line| line.status == LineStatus::Payout));
    let now = stage.services.payouts(&stage.manager()).await.unwrap();
    assert!(now[0].bank_line.is_some());
    stage.clean().await;
});

both!(a_payment_that_nobody_told_of_is_fetched, |bench| {
    let stage = Stage::set(&bench).await;
    stage.pays(50_000).await;
    stage.stripe.tell("payout", json!({ "currency": "mxn" })).await;
    let report = stage.reconcile().await;
    assert_eq!((report.matched, report.differences.len()), (1, 0));
    assert_eq!(stage.count("SELECT COUNT(*) FROM entries WHERE source LIKE 'payment:stripe:%'").await, 1);
    stage.clean().await;
});

both!(each_difference_opens_one_task_and_closes_when_it_is_gone, |bench| {
    let stage = Stage::set(&bench).await;
    stage.pays(50_000).await;
    stage.events().await;
    // Somebody charges at the dashboard, beside Saldar.
    let form = [
        ("amount", "7000"),
        ("currency", "mxn"),
        ("payment_method", "pm_card_visa"),
        ("confirm", "true"),
        ("automatic_payment_methods[enabled]", "true"),
        ("automatic_payment_methods[allow_redirects]", "never"),
    ];
    let answer = reqwest::Client::new()
        .post(format!("{}/v1/payment_intents", stage.stripe.url))
        .bearer_auth(support::stand_in::KEY)
        .form(&form)
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    stage.stripe.tell("payout", json!({ "currency": "mxn" })).await;
    for _ in 0..3 {
        let report = stage.reconcile().await;
        let kinds: Vec<_> = report.differences.iter().map(|one| one.kind).collect();
        assert_eq!(kinds, ["unknown"], "one task however often it is looked at");
    }
    let supervisor = staff(stage.org, Role::Supervisor);
    let queue = stage.services.payment_exceptions(&supervisor, false).await.unwrap();
    let ours: Vec<_> = queue.iter().filter(|one| one.kind == ExceptionKind::Settlement).collect();
    assert_eq!(ours.len(), 1);
    assert_eq!(ours[0].cause, Some(DifferenceKind::Unknown));
    assert_eq!(ours[0].amount, Money::from_minor(7_000, Currency::MXN));
    let payout = stage.services.payouts(&stage.manager()).await.unwrap().remove(0);
    assert_eq!(payout.state, PayoutState::Differs);
    let page = stage.services.payout(&stage.manager(), payout.id).await.unwrap();
    assert_eq!(page.lines[0].difference, Some(DifferenceKind::Unknown), "differences first");
    assert_eq!(page.open, [(ours[0].id, DifferenceKind::Unknown)]);

    // Explained by a person, it fails no more.
    stage.services.resolve_exception(&supervisor, ours[0].id, "venta de la tienda").await.unwrap();
    assert_eq!(stage.reconcile().await.differences, []);

    // A fee that differs, and one that agrees again, closed by itself.
    let line = "gateway = 'stripe' AND kind = 'payment' AND gross_minor = 50000";
    stage
        .run(&format!(
            "UPDATE payout_lines SET fee_minor = fee_minor - 1, net_minor = net_minor + 1 WHERE {line}"
        ))
        .await;
    let kinds: Vec<_> = stage.reconcile().await.differences.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, ["total", "fee"]);
    stage
        .run(&format!(
            "UPDATE payout_lines SET fee_minor = fee_minor + 1, net_minor = net_minor - 1 WHERE {line}"
        ))
        .await;
    assert_eq!(stage.reconcile().await.differences, []);
    // Gross less fee that is not net.
    stage.run(&format!("UPDATE payout_lines SET net_minor = net_minor + 1 WHERE {line}")).await;
    let kinds: Vec<_> = stage.reconcile().await.differences.iter().map(|one| one.kind).collect();
    assert_eq!(kinds, ["total", "arithmetic"]);
    stage.run(&format!("UPDATE payout_lines SET net_minor = net_minor - 1 WHERE {line}")).await;
    assert_eq!(stage.reconcile().await.differences, []);
    stage.clean().await;
});

both!(what_no_payout_has_in_due_time_differs, |bench| {
    let stage = Stage::set(&bench).await;
    stage.pays(50_000).await;
    stage.events().await;
    stage.stripe.tell("payout", json!({ "currency": "mxn" })).await;
    assert_eq!(stage.reconcile().await.differences, []);
    stage.later(&bench, 2).await;
    stage.pays(20_000).await;
    stage.events().await;
    stage.later(&bench, 13).await;
    assert_eq!(stage.reconcile().await.differences, [], "gateways take days");
    stage.later(&bench, 2).await;
    let report = stage.reconcile().await;
    let told: Vec<_> = report.differences.iter().map(|one| (one.kind, one.minor)).collect();
    assert_eq!(told, [("unsettled", 20_000)]);
    // It comes after all.
    stage.stripe.tell("payout", json!({ "currency": "mxn" })).await;
    assert_eq!(stage.reconcile().await.differences, []);
    stage.clean().await;
});

both!(a_payout_by_hand_says_that_it_cannot_be_matched, |bench| {
    let stage = Stage::set(&bench).await;
    stage.pays(50_000).await;
    stage.events().await;
    stage.later(&bench, 3).await;
    let answer = reqwest::Client::new()
        .post(format!("{}/v1/payouts", stage.stripe.url))
        .bearer_auth(support::stand_in::KEY)
        .form(&[("amount", "40000"), ("currency", "mxn")])
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    let payout: Value = answer.json().await.unwrap();
    assert_eq!(stage.reconcile().await.waiting, 1);
    assert_eq!(stage.book("cash.bank").await, 0, "it is not there yet");
    stage.stripe.tell("payout_paid", json!({ "payout": payout["id"] })).await;
    let report = stage.reconcile().await;
    assert_eq!((report.manual, report.differences.len()), (1, 0));
    assert_eq!(stage.book("cash.bank").await, 40_000, "the money did move");
    let payout = stage.services.payouts(&stage.manager()).await.unwrap().remove(0);
    assert_eq!((payout.state, payout.lines), (PayoutState::Manual, 0));
    stage.clean().await;
});

both!(without_any_webhook_all_ends_right, |bench| {
    let stage = Stage::set(&bench).await;
    let owed = async || stage.count("SELECT CAST(SUM(total) AS BIGINT) FROM balances").await;
    let before = owed().await;
    let one = stage.pays(50_000).await;
    let two = stage.pays(20_000).await;
    stage.stripe.tell("refund", json!({ "payment_intent": one, "amount": 10_000 })).await;
    stage.stripe.tell("dispute", json!({ "payment_intent": two, "step": "open" })).await;
    // The worker's look: when its time has come, once.
    let first = stage.services.poll_gateways().await.unwrap();
    assert!(first >= 4, "{first}");
    assert_eq!(stage.services.poll_gateways().await.unwrap(), 0, "not before an hour has passed");
    while stage.services.process_gateway_events().await.unwrap() > 0 {}
    assert_eq!(owed().await, before - 40_000);
    bench.clock.advance(Duration::minutes(61));
    stage.stripe.tell("clock", json!({ "advance": 3_660, "jump": true })).await;
    stage.stripe.tell("dispute", json!({ "payment_intent": two, "step": "won" })).await;
    let second = stage.services.poll_gateways().await.unwrap();
    assert!(second > 0 && second < first, "only what is new: {second}");
    while stage.services.process_gateway_events().await.unwrap() > 0 {}
    assert_eq!(owed().await, before - 60_000);

    // More than a page of events; and the webhooks that come after all post nothing.
    for _ in 0..2 {
        for _ in 0..30 {
            stage.pays(1_000 + 100).await;
        }
    }
    assert!(stage.events().await > 100);
    let entries = stage.count("SELECT COUNT(*) FROM entries").await;
    assert_eq!(owed().await, before - 60_000 - 60 * 1_100);
    assert_eq!(stage.events().await, 0);
    assert_eq!(stage.count("SELECT COUNT(*) FROM entries").await, entries);

    // More than a page of lines in a payout.
    for _ in 0..45 {
        stage.pays(1_100).await;
    }
    stage.events().await;
    stage.stripe.tell("payout", json!({ "currency": "mxn" })).await;
    let report = stage.reconcile().await;
    assert_eq!((report.matched, report.differences.len()), (1, 0));
    let page = stage.services.payouts(&stage.manager()).await.unwrap().remove(0);
    assert!(page.lines > 105, "{}", page.lines);
    assert_eq!(stage.book("cash.gateway_clearing").await, 0);
    let kinds = stage.services.payout(&stage.manager(), page.id).await.unwrap().lines;
    assert!(kinds.iter().any(|line| line.kind == LineKind::Payout));
    stage.clean().await;
});
