//! Paying through Stripe: the whole product against a stand-in that checks every request by Stripe's
//! published description and delivers webhooks as badly as the real world does.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    dead_code,
    reason = "tests fail by panicking"
)]

mod support;

use std::time::Duration;

use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use support::stand_in::StandIn;
use support::{Browser, Dice, Server, assert_clean, location, saldar};
use testkit::{Bench, both};

const ANA: &str = "DEMO900101AA1";

struct Stage {
    stripe: StandIn,
    server: Server,
    ana: Browser,
    debt: String,
}

impl Stage {
    /// Ana, signed in, on a server that pays through the stand-in. Webhooks are held back.
    async fn set(bench: &Bench) -> Self {
        bench.demo(40).await;
        let stripe = StandIn::start();
        let mut command = saldar(&bench.url);
        command.envs(stripe.env());
        let server = Server::start_with(command, &bench.url).await;
        let url = format!("{}/webhooks/stripe", server.base);
        stripe.tell("delivery", json!({ "mode": "hold", "url": url })).await;
        let ana = server.debtor(ANA).await;
        let debt = ana.first_link("/deudas", "/deudas/").await;
        Self { stripe, server, ana, debt }
    }

    /// Ana starts to pay; gives the session at Stripe.
    async fn start(&self, amount: &str) -> String {
        let form = [("choice", "other"), ("amount", amount)];
        let answer = self.ana.post(&format!("{}/pagar", self.debt), &form).await.unwrap();
        let page = location(&answer);
        assert!(page.starts_with(&format!("{}/c/pay/cs_", self.stripe.url)), "{page}");
        page.rsplit('/').next().unwrap().to_owned()
    }

    /// The same, with the page that she comes back to.
    async fn start_and_return(&self, amount: &str) -> (String, String) {
        let session = self.start(amount).await;
        let requests = self.stripe.ask("requests").await;
        let created =
            requests.iter().rev().find(|r| r["path"] == "/v1/checkout/sessions" && r["method"] == "post");
        let back = created.unwrap()["params"]["success_url"].as_str().unwrap().to_owned();
        let at = back.find("/pagos/").unwrap();
        (session, back[at..].to_owned())
    }

    /// What the page that Ana comes back to says.
    async fn returned(&self, page: &str) -> String {
        self.ana.get(page).await.unwrap().text().await.unwrap()
    }

    /// Waits until the workers have nothing left to do.
    async fn quiet(&self, bench: &Bench) {
        for _ in 0..1_200 {
            if count(bench, "SELECT COUNT(*) FROM gateway_events WHERE processed_at IS NULL").await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("webhooks are not worked off");
    }

    /// Every request that the product sent was one of Stripe's.
    async fn assert_contract(&self) {
        let wrong: Vec<_> = self
            .stripe
            .ask("requests")
            .await
            .into_iter()
            .filter(|request| request["valid"] != true)
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        assert_eq!(
            self.stripe.ask("lacks").await,
            Vec::<serde_json::Value>::new(),
            "the stand-in's own answers"
        );
    }
}

async fn count(bench: &Bench, sql: &str) -> i64 {
    let db = bench.services.db.read();
    let one =
        db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
    one.try_get_by_index(0).unwrap()
}

/// How many entries stand in the journal by the first word of their source.
async fn entries(bench: &Bench, kind: &str) -> i64 {
    count(bench, &format!("SELECT COUNT(*) FROM entries WHERE source LIKE '{kind}:stripe:%'")).await
}

/// What all debts of the book come to, in minor units.
async fn owed(bench: &Bench) -> i64 {
    count(bench, "SELECT CAST(SUM(total) AS BIGINT) FROM balances").await
}

both!(money_arrives_whichever_way_the_news_come, |bench| {
    let stage = Stage::set(&bench).await;
    let before = owed(&bench).await;

    // Webhook before redirect.
    let (session, back) = stage.start_and_return("10.00").await;
    assert!(stage.returned(&back).await.contains("no está terminado"));
    let intent = stage.stripe.settle(&session, "pay").await;
    let events: Vec<_> =
        stage.stripe.events_of(&intent, &session).await.into_iter().map(|(_, id)| id).collect();
    stage.stripe.deliver(&events).await;
    stage.quiet(&bench).await;
    assert_eq!(owed(&bench).await, before - 1_000);
    assert!(stage.returned(&back).await.contains("Recibimos tu pago"));

    // Redirect without webhook.
    let (session, back) = stage.start_and_return("20.00").await;
    stage.stripe.settle(&session, "3ds").await;
    assert!(stage.returned(&back).await.contains("Recibimos tu pago"));
    assert_eq!(owed(&bench).await, before - 3_000);

    // Webhooks three days late: the money counts from the day on which it was paid.
    let (session, back) = stage.start_and_return("30.00").await;
    stage.stripe.tell("clock", json!({ "advance": -3 * 86_400 })).await;
    let intent = stage.stripe.settle(&session, "pay").await;
    stage.stripe.tell("clock", json!({ "advance": 3 * 86_400 })).await;
    let events: Vec<_> =
        stage.stripe.events_of(&intent, &session).await.into_iter().map(|(_, id)| id).collect();
    stage.stripe.deliver(&events).await;
    stage.quiet(&bench).await;
    assert!(stage.returned(&back).await.contains("Recibimos tu pago"));
    let sql = "SELECT COUNT(*) FROM payments WHERE method = 'gateway' AND amount_minor = 3000 AND received_on = '2026-11-17'";
    assert_eq!(count(&bench, sql).await, 1);

    // A card that is declined; the payer may try again on the same page.
    let (session, back) = stage.start_and_return("40.00").await;
    stage.stripe.settle(&session, "insufficient_funds").await;
    assert!(stage.returned(&back).await.contains("no está terminado"));
    stage.stripe.settle(&session, "pay").await;
    assert!(stage.returned(&back).await.contains("Recibimos tu pago"));

    // A voucher that is paid at a till, and one that is not.
    let (session, back) = stage.start_and_return("50.00").await;
    stage.stripe.settle(&session, "voucher").await;
    assert!(stage.returned(&back).await.contains("Estamos confirmando"));
    stage.stripe.settle(&session, "voucher_paid").await;
    assert!(stage.returned(&back).await.contains("Recibimos tu pago"));
    let (session, back) = stage.start_and_return("60.00").await;
    stage.stripe.settle(&session, "voucher").await;
    stage.stripe.settle(&session, "voucher_expired").await;
    assert!(stage.returned(&back).await.contains("El pago no se hizo"));

    assert_eq!(entries(&bench, "payment").await, 5);
    assert_eq!(entries(&bench, "fee:payment").await, 5);
    stage.assert_contract().await;
    assert_clean(&bench.url);
});

/// All orders of four things.
fn orders() -> Vec<[usize; 4]> {
    let mut all = Vec::new();
    for a in 0..4 {
        for b in (0..4).filter(|b| *b != a) {
            for c in (0..4).filter(|c| *c != a && *c != b) {
                all.push([a, b, c, 6 - a - b - c]);
            }
        }
    }
    all
}

both!(a_payment_story_ends_the_same_in_every_order, |bench| {
    let stage = Stage::set(&bench).await;
    let before = owed(&bench).await;
    for order in orders() {
        let session = stage.start("10.00").await;
        let intent = stage.stripe.settle(&session, "pay").await;
        stage.stripe.tell("refund", json!({ "payment_intent": intent, "amount": 300 })).await;
        stage.stripe.tell("dispute", json!({ "payment_intent": intent, "step": "open" })).await;
        stage.stripe.tell("dispute", json!({ "payment_intent": intent, "step": "won" })).await;
        let all = stage.stripe.events_of(&intent, &session).await;
        let one = |kind: &str| all.iter().find(|(known, _)| known == kind).unwrap().1.clone();
        // Six events: the payment's two in front or behind, the other four in this order.
        let paid = [one("payment_intent.succeeded"), one("checkout.session.completed")];
        let rest = [
            one("charge.refunded"),
            one("charge.dispute.funds_withdrawn"),
            one("charge.dispute.funds_reinstated"),
            one("charge.dispute.closed"),
        ];
        let rest = order.map(|at| rest[at].clone());
        let story =
            if order[0] < 2 { [&paid[..], &rest[..]].concat() } else { [&rest[..], &paid[..]].concat() };
        stage.stripe.deliver(&story).await;
        // What is started before a payment lands is called off when it does.
        stage.quiet(&bench).await;
    }
    for (kind, times) in [("payment", 24), ("refund", 24), ("dispute", 24), ("dispute_won", 24)] {
        assert_eq!(entries(&bench, kind).await, times, "{kind}");
    }
    // 10.00 came, 3.00 went back, 7.00 went and came.
    assert_eq!(owed(&bench).await, before - 24 * 700);
    stage.assert_contract().await;
    assert_clean(&bench.url);
});

both!(ten_thousand_deliveries_post_each_movement_once, |bench| {
    let stage = Stage::set(&bench).await;
    let before = owed(&bench).await;
    let mut dice = Dice::new(20_261_127);
    let (mut net, mut movements) = (0, [0_i64; 3]);
    for _ in 0..120 {
        let cents = 1_000 + i64::try_from(dice.below(300)).unwrap();
        let session = stage.start(&format!("{}.{:02}", cents / 100, cents % 100)).await;
        let intent = stage.stripe.settle(&session, "pay").await;
        movements[0] += 1;
        net += cents;
        if dice.below(3) == 0 {
            let back = 1 + i64::try_from(dice.below(99)).unwrap();
            stage.stripe.tell("refund", json!({ "payment_intent": intent, "amount": back })).await;
            movements[1] += 1;
            net -= back;
        } else if dice.below(4) == 0 {
            stage.stripe.tell("dispute", json!({ "payment_intent": intent, "step": "open" })).await;
            movements[2] += 1;
            net -= cents;
        }
    }
    let mut sent = 0;
    let mut seed = 0;
    while sent < 10_000 {
        seed += 1;
        let all: Vec<_> = stage.stripe.ask("events").await.iter().map(|e| e["id"].clone()).collect();
        let order = json!({ "events": all, "shuffle": true, "duplicates": 5, "seed": seed, "lanes": 8 });
        let report = stage.stripe.tell("deliver", order).await;
        assert_eq!(report["statuses"]["204"], report["sent"], "{report}");
        sent += report["sent"].as_i64().unwrap();
    }
    stage.quiet(&bench).await;
    for (kind, times) in ["payment", "refund", "dispute"].into_iter().zip(movements) {
        assert_eq!(entries(&bench, kind).await, times, "{kind}");
    }
    assert_eq!(owed(&bench).await, before - net);
    stage.assert_contract().await;
    assert_clean(&bench.url);
});

both!(a_chargeback_voids_the_certificate, |bench| {
    let stage = Stage::set(&bench).await;
    let before = owed(&bench).await;
    let form = [("choice", "all")];
    let page = location(&stage.ana.post(&format!("{}/pagar", stage.debt), &form).await.unwrap());
    let session = page.rsplit('/').next().unwrap();
    let intent = stage.stripe.settle(session, "pay").await;
    let deliver = async || {
        let events: Vec<_> =
            stage.stripe.events_of(&intent, session).await.into_iter().map(|(_, id)| id).collect();
        stage.stripe.deliver(&events).await;
        stage.quiet(&bench).await;
    };
    // The certificate is there as soon as the money is.
    let paid = std::time::Instant::now();
    deliver().await;
    let paper = stage.ana.get(&format!("{}/constancia", stage.debt)).await.unwrap().text().await.unwrap();
    assert!(paid.elapsed() < Duration::from_secs(5), "{:?}", paid.elapsed());
    let at = paper.find("/verify/").unwrap();
    let check: String = paper[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect();
    let public = async || stage.server.browser().get(&check).await.unwrap().text().await.unwrap();
    assert!(!public().await.contains("dejó de valer"));

    stage.stripe.tell("dispute", json!({ "payment_intent": intent, "step": "open" })).await;
    deliver().await;
    assert!(public().await.contains("dejó de valer"), "{check}");
    assert_eq!(owed(&bench).await, before, "the debt is open again");
    let queue = "SELECT COUNT(*) FROM payment_exceptions WHERE kind = 'chargeback' AND resolved_at IS NULL";
    assert_eq!(count(&bench, queue).await, 1);
    // Nobody is contacted about it meanwhile.
    let held =
        "SELECT COUNT(*) FROM holds WHERE stop = 'dispute' AND account_id IS NOT NULL AND lifted_at IS NULL";
    assert_eq!(count(&bench, held).await, 1);

    // Won: the money is back, and so is a certificate, with a code of its own.
    stage.stripe.tell("dispute", json!({ "payment_intent": intent, "step": "won" })).await;
    deliver().await;
    let paper = stage.ana.get(&format!("{}/constancia", stage.debt)).await.unwrap().text().await.unwrap();
    assert!(!paper.contains(&check) && paper.contains("/verify/"));
    assert!(public().await.contains("dejó de valer"), "the first one stays void");
    assert_eq!(count(&bench, held).await, 0);
    stage.assert_contract().await;
    assert_clean(&bench.url);
});

both!(a_refund_is_reserved_sent_once_and_restored_when_refused, |bench| {
    let stage = Stage::set(&bench).await;
    let (session, back) = stage.start_and_return("50.00").await;
    let intent = stage.stripe.settle(&session, "pay").await;
    assert!(stage.returned(&back).await.contains("Recibimos tu pago"));
    let paid = owed(&bench).await;
    let manager = stage.server.staff("gerente").await;
    let receipt = stage.ana.first_link(&stage.debt, "/recibos/").await;
    let refund = format!("/console/pagos/{}/devolver", receipt.rsplit('/').next().unwrap());
    let key = "0199ac00-0000-7000-8000-000000000077";
    let form = [("key", key), ("amount", "20.00"), ("reason", "pagó dos veces")];
    let agent = stage.server.staff("agente").await;
    assert_eq!(agent.post(&refund, &form).await.unwrap().status(), reqwest::StatusCode::FORBIDDEN);
    for _ in 0..2 {
        location(&manager.post(&refund, &form).await.unwrap());
    }
    assert_eq!(owed(&bench).await, paid + 2_000, "the debt is up at once, and once");
    let sent = "SELECT COUNT(*) FROM refunds WHERE status = 'sent'";
    for _ in 0..100 {
        if count(&bench, sent).await == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(count(&bench, sent).await, 1);
    let events: Vec<_> =
        stage.stripe.events_of(&intent, &session).await.into_iter().map(|(_, id)| id).collect();
    stage.stripe.deliver(&events).await;
    stage.quiet(&bench).await;
    assert_eq!(entries(&bench, "refund").await, 1, "what the gateway reports is the one that was reserved");
    assert_eq!(owed(&bench).await, paid + 2_000);

    // More than is left is refused.
    let again = [("key", "0199ac00-0000-7000-8000-000000000078"), ("amount", "30.01"), ("reason", "x")];
    assert_eq!(
        manager.post(&refund, &again).await.unwrap().status(),
        reqwest::StatusCode::UNPROCESSABLE_ENTITY
    );

    // The payer's bank takes the rest, so Stripe refuses a refund: the reservation is undone.
    stage.stripe.tell("dispute", json!({ "payment_intent": intent, "step": "open" })).await;
    let last = [("key", "0199ac00-0000-7000-8000-000000000079"), ("amount", "10.00"), ("reason", "x")];
    location(&manager.post(&refund, &last).await.unwrap());
    for _ in 0..100 {
        if count(&bench, "SELECT COUNT(*) FROM refunds WHERE status = 'failed'").await == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(owed(&bench).await, paid + 2_000);
    assert_eq!((entries(&bench, "refund").await, entries(&bench, "refund_failed").await), (2, 1));
    // What came again goes back with the rest: all of the payment is owed, nothing lies elsewhere.
    let events: Vec<_> =
        stage.stripe.events_of(&intent, &session).await.into_iter().map(|(_, id)| id).collect();
    stage.stripe.deliver(&events).await;
    stage.quiet(&bench).await;
    assert_eq!(owed(&bench).await, paid + 5_000);
    let unapplied = "SELECT CAST(COALESCE(SUM(p.amount_minor), 0) AS BIGINT) FROM postings p \
                     JOIN entries e ON e.id = p.entry_id WHERE p.book = 'unapplied' AND e.source LIKE '%stripe%'";
    assert_eq!(count(&bench, unapplied).await, 0);
    stage.assert_contract().await;
    assert_clean(&bench.url);
});
