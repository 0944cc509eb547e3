//! The sandbox as its neighbours meet it: a payer with a browser, and a product that takes webhooks over
//! a real socket.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::routing::post;
use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{OrganizationId, PaymentAttemptId};
use domain::money::{Currency, Money};
use serde_json::Value;
use services::clock::ManualClock;
use services::payments::{
    Attempt, Delivery, GatewayError, GatewayRef, MovementKind, Next, Notice, PaymentGateway, SnapshotStatus,
};
use tower::ServiceExt;
use uuid::Uuid;

use super::{
    Card, CardStatus, Config, Decision, Payment, Sandbox, SandboxError, SandboxStore, Status, StoreFailure,
};
use crate::signature;

const SECRET: &str = "whsec_test";

fn start_of_day() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap()
}

#[derive(Default)]
struct Books(Mutex<BTreeMap<String, Payment>>, Mutex<BTreeMap<String, Card>>);

#[async_trait]
impl SandboxStore for Books {
    async fn find(&self, reference: &str) -> Result<Option<Payment>, StoreFailure> {
        Ok(self.0.lock().unwrap().get(reference).cloned())
    }
    async fn open(&self, payment: &Payment) -> Result<(), StoreFailure> {
        self.0.lock().unwrap().entry(payment.reference.clone()).or_insert_with(|| payment.clone());
        Ok(())
    }
    async fn replace(&self, payment: &Payment, expected: Status) -> Result<bool, StoreFailure> {
        let mut books = self.0.lock().unwrap();
        let kept = books.get_mut(&payment.reference).filter(|kept| kept.status == expected);
        Ok(kept.map(|kept| *kept = payment.clone()).is_some())
    }
    async fn card(&self, reference: &str) -> Result<Option<Card>, StoreFailure> {
        Ok(self.1.lock().unwrap().get(reference).cloned())
    }
    async fn open_card(&self, card: &Card) -> Result<(), StoreFailure> {
        self.1.lock().unwrap().entry(card.reference.clone()).or_insert_with(|| card.clone());
        Ok(())
    }
    async fn move_card(&self, reference: &str, status: CardStatus) -> Result<(), StoreFailure> {
        if let Some(card) = self.1.lock().unwrap().get_mut(reference) {
            card.status = status;
        }
        Ok(())
    }
    async fn undelivered(&self) -> Result<Vec<Payment>, StoreFailure> {
        let books = self.0.lock().unwrap();
        Ok(books.values().filter(|p| p.due_at.is_some() && p.delivered_at.is_none()).cloned().collect())
    }
}

/// Stands for the product: checks signatures, refuses as many times as it is told, keeps what it took.
#[derive(Clone, Default)]
struct Product {
    refusals: Arc<Mutex<u32>>,
    taken: Arc<Mutex<Vec<Value>>>,
}

impl Product {
    async fn serve(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().route("/webhooks/sandbox", post(take)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        format!("http://{address}/webhooks/sandbox")
    }

    fn refusals_left(&self) -> u32 {
        *self.refusals.lock().unwrap()
    }

    fn taken(&self) -> Vec<Value> {
        self.taken.lock().unwrap().clone()
    }
}

async fn take(State(product): State<Product>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signed = headers.get(signature::HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if signature::verify(signed, &body, &[SECRET], start_of_day()).is_err() {
        return StatusCode::BAD_REQUEST;
    }
    let mut refusals = product.refusals.lock().unwrap();
    if *refusals > 0 {
        *refusals -= 1;
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    product.taken.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
    StatusCode::NO_CONTENT
}

fn sandbox(books: &Arc<Books>, webhook_url: &str, now: DateTime<Utc>) -> Sandbox {
    let config = Config {
        webhook_url: webhook_url.to_owned(),
        secrets: vec![SECRET.to_owned(), "whsec_old".to_owned()],
    };
    Sandbox::new(config, books.clone(), Arc::new(ManualClock::at(now))).unwrap()
}

/// One attempt to pay MXN 1,250.00.
pub(super) fn attempt() -> Attempt {
    Attempt {
        id: PaymentAttemptId(Uuid::from_u128(1)),
        organization_id: OrganizationId(Uuid::from_u128(2)),
        amount: Money::from_minor(125_000, Currency::MXN),
        description: "Financiera <Andina> · FA-0034".to_owned(),
        return_url: "/pagos/a1".to_owned(),
        language: "es-MX".to_owned(),
    }
}

const REFERENCE: &str = "sbx_00000000000000000000000000000001";
const PAGE: &str = "/sandbox/pay/sbx_00000000000000000000000000000001";

struct Desk {
    books: Arc<Books>,
    product: Product,
    url: String,
    sandbox: Sandbox,
}

impl Desk {
    async fn new() -> Self {
        let books = Arc::new(Books::default());
        let product = Product::default();
        let url = product.serve().await;
        let sandbox = sandbox(&books, &url, start_of_day());
        sandbox.open(&attempt()).await.unwrap();
        Self { books, product, url, sandbox }
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = self.sandbox.router().oneshot(request).await.unwrap();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    /// Posts the page's form; answers the status and where it leads.
    async fn press(&self, form: &str) -> (StatusCode, Option<String>) {
        let request = Request::post(PAGE)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()))
            .unwrap();
        let answer = self.sandbox.router().oneshot(request).await.unwrap();
        let location = answer.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
        (answer.status(), location)
    }

    async fn status(&self) -> Status {
        self.sandbox.find(REFERENCE).await.unwrap().status
    }

    async fn undelivered(&self) -> usize {
        self.books.undelivered().await.unwrap().len()
    }
}

/// Lets the process's steady clock run on.
async fn pass(seconds: u64) {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

#[tokio::test]
async fn an_approval_is_reported_signed_before_the_payer_returns() {
    let desk = Desk::new().await;
    let (status, location) = desk.press("decision=approve").await;
    assert_eq!((status, location.as_deref()), (StatusCode::SEE_OTHER, Some("/pagos/a1")));
    let taken = desk.product.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0]["type"], "payment.succeeded");
    assert_eq!(taken[0]["livemode"], false);
    assert_eq!(taken[0]["payment"]["attempt_id"], "00000000-0000-0000-0000-000000000001");
    assert_eq!(desk.undelivered().await, 0);
    desk.sandbox.deliver_due().await.unwrap();
    assert_eq!(desk.product.taken().len(), 1);
}

#[tokio::test]
async fn a_decline_carries_its_reason() {
    let desk = Desk::new().await;
    desk.press("decision=decline&reason=expired_card").await;
    let taken = desk.product.taken();
    assert_eq!(taken[0]["type"], "payment.failed");
    assert_eq!(taken[0]["payment"]["decline"], "expired_card");
}

#[tokio::test]
async fn an_outcome_is_sent_again_until_it_is_taken() {
    let desk = Desk::new().await;
    *desk.product.refusals.lock().unwrap() = 2;
    let (status, _) = desk.press("decision=approve").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    desk.sandbox.deliver_due().await.unwrap();
    assert_eq!((desk.product.refusals_left(), desk.undelivered().await), (1, 1), "too early to retry");
    pass(1).await;
    desk.sandbox.deliver_due().await.unwrap();
    assert_eq!((desk.product.taken().len(), desk.undelivered().await), (0, 1));
    pass(2).await;
    desk.sandbox.deliver_due().await.unwrap();
    assert_eq!((desk.product.taken().len(), desk.undelivered().await), (1, 0));
}

#[tokio::test]
async fn a_delayed_payment_arrives_after_a_restart() {
    let desk = Desk::new().await;
    desk.press("decision=delay&seconds=30").await;
    assert_eq!((desk.status().await, desk.undelivered().await), (Status::Processing, 1));
    let restarted = sandbox(&desk.books, &desk.url, start_of_day() + TimeDelta::seconds(10));
    restarted.deliver_due().await.unwrap();
    assert!(desk.product.taken().is_empty());
    pass(20).await;
    restarted.deliver_due().await.unwrap();
    assert_eq!(desk.product.taken()[0]["type"], "payment.succeeded");
    assert_eq!((desk.status().await, desk.undelivered().await), (Status::Succeeded, 0));
}

#[tokio::test]
async fn what_fell_due_while_the_process_was_down_arrives_at_once() {
    let desk = Desk::new().await;
    desk.sandbox.decide(REFERENCE, Decision::Delay(30)).await.unwrap();
    let restarted = sandbox(&desk.books, &desk.url, start_of_day() + TimeDelta::seconds(60));
    restarted.deliver_due().await.unwrap();
    assert_eq!(desk.product.taken().len(), 1);
}

#[tokio::test]
async fn the_running_courier_delivers_by_itself() {
    let desk = Desk::new().await;
    let courier = desk.sandbox.clone();
    let running = tokio::spawn(async move { courier.run().await });
    desk.sandbox.decide(REFERENCE, Decision::Cancel).await.unwrap();
    tokio::time::timeout(Duration::from_secs(10), async {
        while desk.product.taken().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
    running.abort();
    assert_eq!(desk.product.taken()[0]["type"], "payment.canceled");
}

#[tokio::test]
async fn a_second_press_changes_nothing() {
    let desk = Desk::new().await;
    desk.press("decision=cancel").await;
    let (status, location) = desk.press("decision=approve").await;
    assert_eq!((status, location.as_deref()), (StatusCode::SEE_OTHER, Some("/pagos/a1")));
    assert_eq!((desk.status().await, desk.product.taken().len()), (Status::Canceled, 1));
}

#[tokio::test]
async fn a_form_that_makes_no_sense_is_refused_and_leaves_the_payment_open() {
    let desk = Desk::new().await;
    for form in [
        "decision=steal",
        "decision=decline&reason=unknown",
        "decision=delay&seconds=0",
        "decision=delay&seconds=3601",
        "decision=delay&seconds=x",
    ] {
        assert_eq!(desk.press(form).await, (StatusCode::UNPROCESSABLE_ENTITY, None), "{form}");
    }
    assert_eq!((desk.status().await, desk.undelivered().await), (Status::Open, 0));
}

#[tokio::test]
async fn the_page_says_that_nothing_is_real_and_escapes_what_it_shows() {
    let desk = Desk::new().await;
    let (status, page) = desk.get(PAGE).await;
    assert_eq!(status, StatusCode::OK);
    for words in [
        "SANDBOX — sin dinero real",
        "<html lang=\"es\">",
        "1,250.00 <span class=\"amount-code\">MXN</span>",
        "Financiera &lt;Andina&gt; · FA-0034",
        "value=\"approve\"",
        "value=\"delay\"",
        "value=\"decline\"",
        "value=\"cancel\"",
        "Fondos insuficientes",
    ] {
        assert!(page.contains(words), "{words} is missing in {page}");
    }
    assert!(!page.contains("<script"));
    let (_, english) = desk.get(&format!("{PAGE}?lang=en")).await;
    assert!(english.contains("SANDBOX — no real money") && english.contains("<html lang=\"en\">"));
}

#[tokio::test]
async fn a_decided_payment_shows_its_end_and_only_the_banks_button() {
    let desk = Desk::new().await;
    desk.press("decision=approve").await;
    let (_, page) = desk.get(PAGE).await;
    assert!(page.contains("El pago fue aprobado.") && page.contains("href=\"/pagos/a1\""));
    assert!(!page.contains("value=\"approve\""));
    assert_eq!(page.matches("<form").count(), 1);
    desk.press("decision=dispute").await;
    let (_, page) = desk.get(PAGE).await;
    assert!(page.contains("en disputa") && page.contains("value=\"reinstate\""));
    desk.press("decision=reinstate").await;
    let snapshot = desk.sandbox.fetch(&GatewayRef(REFERENCE.to_owned())).await.unwrap();
    let kinds: Vec<_> = snapshot.movements.iter().map(|movement| movement.kind).collect();
    assert_eq!(kinds, [MovementKind::Received, MovementKind::Withdrawn, MovementKind::Reinstated]);
}

#[tokio::test]
async fn an_unknown_payment_is_not_found() {
    let desk = Desk::new().await;
    assert_eq!(desk.get("/sandbox/pay/sbx_zz").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn one_attempt_makes_one_payment() {
    let desk = Desk::new().await;
    desk.press("decision=approve").await;
    let again = desk.sandbox.open(&attempt()).await.unwrap();
    assert_eq!((again.reference.as_str(), again.status), (REFERENCE, Status::Succeeded));
    let changed = Attempt { amount: Money::from_minor(1, Currency::MXN), ..attempt() };
    assert!(matches!(desk.sandbox.open(&changed).await, Err(SandboxError::Changed(_))));
    assert!(matches!(desk.sandbox.start(&changed).await, Err(GatewayError::Refused(_))));
}

#[tokio::test]
async fn the_port_starts_on_the_hosted_page_and_tells_how_the_payment_stands() {
    let desk = Desk::new().await;
    let english = Attempt { language: "en-US".to_owned(), ..attempt() };
    let Next::Redirect { url, reference } = desk.sandbox.start(&english).await.unwrap();
    assert_eq!(url, format!("{PAGE}?lang=en"));
    assert_eq!(desk.sandbox.fetch(&reference).await.unwrap().status, SnapshotStatus::ActionRequired);
    desk.press("decision=approve").await;
    let snapshot = desk.sandbox.fetch(&reference).await.unwrap();
    assert_eq!(snapshot.status, SnapshotStatus::Succeeded);
    assert_eq!(snapshot.movements[0].amount, attempt().amount);
    let unknown = GatewayRef("sbx_zz".to_owned());
    assert_eq!(desk.sandbox.fetch(&unknown).await, Err(GatewayError::Unknown));
}

#[tokio::test]
async fn the_port_believes_active_secrets_only() {
    let desk = Desk::new().await;
    let body = br#"{"id":"evt_1","type":"payment.succeeded","payment":{"reference":"sbx_1"}}"#;
    let verify = |secret: &[u8], body: &[u8]| {
        let header = signature::sign(secret, start_of_day(), body).unwrap();
        let headers = move |name: &str| (name == "saldar-signature").then(|| header.clone());
        desk.sandbox.verify_webhook(&headers, body, start_of_day())
    };
    let notice = Notice {
        event_id: "evt_1".to_owned(),
        subject: services::payments::Subject::Payment,
        reference: GatewayRef("sbx_1".to_owned()),
    };
    let told = |by_old_secret| Ok(Delivery { notices: vec![notice.clone()], by_old_secret });
    assert_eq!(verify(SECRET.as_bytes(), body), told(false));
    assert_eq!(verify(b"whsec_old", body), told(true));
    assert!(matches!(verify(b"whsec_other", body), Err(GatewayError::BadSignature(_))));
    assert!(matches!(verify(SECRET.as_bytes(), b"{}"), Err(GatewayError::Refused(_))));
    let unsigned = desk.sandbox.verify_webhook(&|_| None, body, start_of_day());
    assert!(matches!(unsigned, Err(GatewayError::BadSignature(_))));
}
