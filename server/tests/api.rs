//! The REST API from outside: who may call it, what it says, and doing a thing once.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    dead_code,
    reason = "tests fail by panicking"
)]

mod support;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Response, StatusCode};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use support::{Server, assert_clean, ok};
use testkit::{Bench, both};

/// Another system with a key.
#[derive(Clone)]
struct Caller {
    client: reqwest::Client,
    base: String,
    token: String,
}

impl Caller {
    fn new(server: &Server, token: &str) -> Self {
        let base = format!("{}/api/v1", server.base);
        Self { client: reqwest::Client::new(), base, token: format!("Bearer {}", token.trim()) }
    }

    fn with_role(server: &Server, role: &str) -> Self {
        Self::new(server, &ok(&server.database, &["api-key", "create", "--role", role]))
    }

    async fn get(&self, path: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.base)).header(AUTHORIZATION, &self.token);
        request.send().await.unwrap()
    }

    async fn post(&self, path: &str, key: Option<&str>, body: &str) -> Response {
        let mut request = self.client.post(format!("{}{path}", self.base)).header(AUTHORIZATION, &self.token);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        request.header(CONTENT_TYPE, "application/json").body(body.to_owned()).send().await.unwrap()
    }
}

async fn problem(answer: Response) -> (StatusCode, String) {
    let status = answer.status();
    assert_eq!(answer.headers()[CONTENT_TYPE], "application/problem+json");
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["status"], status.as_u16());
    (status, body["code"].as_str().unwrap().to_owned())
}

async fn count(bench: &Bench, sql: &str) -> i64 {
    let db = bench.services.db.read();
    let one =
        db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
    one.try_get_by_index(0).unwrap()
}

/// An account that owes enough, by its creditor's number.
async fn account(bench: &Bench, caller: &Caller) -> (String, Value) {
    let db = bench.services.db.read();
    let sql = "SELECT a.external_id FROM accounts a JOIN balances b ON b.account_id = a.id \
               WHERE b.total > 100000 ORDER BY a.external_id LIMIT 1";
    let row =
        db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
    let number: String = row.try_get_by_index(0).unwrap();
    let found: Value = caller.get(&format!("/accounts?external_id={number}")).await.json().await.unwrap();
    let id = found["data"][0]["id"].as_str().unwrap().to_owned();
    let shown: Value = caller.get(&format!("/accounts/{id}")).await.json().await.unwrap();
    assert_eq!(shown["external_id"], number.as_str());
    (id, shown)
}

both!(fifty_at_once_pay_once, |bench| {
    bench.demo(40).await;
    let server = Server::start(&bench.url).await;
    let caller = Caller::with_role(&server, "agent");
    let (id, shown) = account(&bench, &caller).await;
    let currency = shown["currency"].as_str().unwrap();
    let before = shown["balance"]["total"]["amount_minor"].as_i64().unwrap();
    let body = json!({
        "account_id": id, "amount": { "amount_minor": 12_345, "currency": currency }, "method": "bank_transfer",
    });
    let text = body.to_string();
    let mut lanes = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (caller, text) = (caller.clone(), text.clone());
        lanes.spawn(async move {
            let answer = caller.post("/payments", Some("orden-77"), &text).await;
            assert_eq!(answer.status(), StatusCode::CREATED);
            let again = answer.headers()["idempotent-replayed"] == "true";
            (again, answer.text().await.unwrap())
        });
    }
    let answers = lanes.join_all().await;
    assert_eq!(answers.iter().filter(|(again, _)| *again).count(), 49, "one effect, 49 replays");
    assert!(answers.iter().all(|(_, text)| *text == answers[0].1), "all are told the same");
    assert_eq!(count(&bench, "SELECT COUNT(*) FROM entries WHERE source LIKE 'payment:api:%'").await, 1);
    let told: Value = serde_json::from_str(&answers[0].1).unwrap();
    assert_eq!(told["balance"]["total"]["amount_minor"], before - 12_345);

    // The same content, spaced otherwise, is the same request; another content is refused.
    let pretty = serde_json::to_string_pretty(&body).unwrap();
    assert_eq!(
        caller.post("/payments", Some("orden-77"), &pretty).await.headers()["idempotent-replayed"],
        "true"
    );
    let other = text.replace("12345", "12346");
    let refused = problem(caller.post("/payments", Some("orden-77"), &other).await).await;
    assert_eq!(refused, (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key".to_owned()));
    // Another system may use the same key for something of its own.
    let second = Caller::with_role(&server, "supervisor");
    assert_eq!(second.post("/payments", Some("orden-77"), &other).await.status(), StatusCode::CREATED);

    // What failed is not kept: the key is free for the request as it should have been.
    let future = text.replace("\"method\"", "\"received_on\":\"2031-01-01\",\"method\"");
    assert_eq!(problem(caller.post("/payments", Some("orden-78"), &future).await).await.1, "invalid");
    assert_eq!(caller.post("/payments", Some("orden-78"), &text).await.status(), StatusCode::CREATED);

    let payment = told["id"].as_str().unwrap();
    let reverse = format!("/payments/{payment}/reverse");
    let reason = json!({ "reason": "cuenta equivocada" }).to_string();
    for again in ["false", "true"] {
        let answer = second.post(&reverse, Some("rev-1"), &reason).await;
        assert_eq!(answer.headers()["idempotent-replayed"], again);
        assert_eq!(answer.status(), StatusCode::OK);
    }
    assert_eq!(problem(caller.post(&reverse, Some("rev-2"), &reason).await).await.1, "denied");
    let balance: Value = caller.get(&format!("/accounts/{id}/balance")).await.json().await.unwrap();
    assert_eq!(balance["posted"]["total"]["amount_minor"], before - 12_346 - 12_345);
    assert_clean(&bench.url);
});

both!(the_api_says_what_is_wrong, |bench| {
    bench.demo(40).await;
    let server = Server::start(&bench.url).await;
    let caller = Caller::with_role(&server, "auditor");
    let (id, shown) = account(&bench, &caller).await;
    let money = json!({ "amount_minor": 100, "currency": shown["currency"] });
    let good = json!({ "account_id": id, "amount": money, "method": "office_cash" }).to_string();

    for token in ["", "sld_", "sld_0000"] {
        let stranger = Caller::new(&server, token);
        for path in ["/accounts?external_id=1", &format!("/accounts/{id}/ledger")] {
            let refused = problem(stranger.get(path).await).await;
            assert_eq!(refused, (StatusCode::UNAUTHORIZED, "unauthorized".to_owned()), "{path}");
        }
    }
    let of = async |answer| problem(answer).await.1;
    assert_eq!(of(caller.post("/payments", Some("k"), &good).await).await, "denied");
    let agent = Caller::with_role(&server, "agent");
    assert_eq!(of(agent.post("/payments", None, &good).await).await, "idempotency_key");
    assert_eq!(of(agent.post("/payments", Some("k"), "{").await).await, "malformed");
    assert_eq!(of(agent.post("/payments", Some("k"), "[]").await).await, "malformed");
    for (from, to, code) in [
        ("\"amount_minor\":100", "\"amount_minor\":1.5", "malformed"),
        ("\"amount_minor\":100", "\"amount_minor\":99999999999999999999", "malformed"),
        ("\"amount_minor\":100", "\"amount_minor\":-100", "invalid"),
        ("\"amount_minor\":100", "\"amount_minor\":0", "invalid"),
        ("office_cash", "gateway", "invalid"),
        ("office_cash", "barter", "malformed"),
        ("\"method\"", "\"metodo\"", "malformed"),
        (shown["currency"].as_str().unwrap(), "KWD", "invalid"),
        (id.as_str(), "00000000-0000-7000-8000-000000000000", "not_found"),
        (id.as_str(), "7", "malformed"),
    ] {
        let body = good.replace(from, to);
        assert_ne!(body, good, "{from}");
        assert_eq!(of(agent.post("/payments", Some("k"), &body).await).await, code, "{body}");
    }
    for path in ["/accounts/7", "/accounts/00000000-0000-7000-8000-000000000000", "/nothing"] {
        assert_eq!(of(caller.get(path).await).await, "not_found", "{path}");
    }
    for path in ["/accounts", "/accounts?page=2"] {
        assert_eq!(of(caller.get(path).await).await, "malformed", "{path}");
    }
    let bad_day = caller.get(&format!("/accounts/{id}/balance?as_of=ayer")).await;
    assert_eq!(of(bad_day).await, "malformed");
    let past: Value =
        caller.get(&format!("/accounts/{id}/balance?as_of=2001-01-01")).await.json().await.unwrap();
    assert_eq!(past["owed"]["total"]["amount_minor"], 0);
    let ledger: Value = caller.get(&format!("/accounts/{id}/ledger")).await.json().await.unwrap();
    assert_eq!(ledger["data"][0]["kind"], "opening");
    assert_eq!(count(&bench, "SELECT COUNT(*) FROM idempotent_requests").await, 0, "nothing was kept");
});
