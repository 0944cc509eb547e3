//! A server with the shape of WhatsApp's Cloud API: it holds every request against Meta's description,
//! knows who wrote within 24 hours and which templates there are, and calls back with signatures.
//!
//! Numbers that end in `0001` do not use WhatsApp.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use sha2::Sha256;

use super::shape::faults;

pub const PHONE_ID: &str = "106540352242922";
pub const TOKEN: &str = "EAAGtoken";
pub const SECRET: &str = "the-secret-of-the-app";
pub const VERIFY: &str = "a-word-that-both-know";
/// The one template that there is, with two places.
pub const TEMPLATE: &str = "aviso_de_pago";

#[derive(Clone, Debug)]
pub struct Taken {
    pub wamid: String,
    pub to: String,
    pub request: Value,
}

#[derive(Default)]
struct Inner {
    taken: Vec<Taken>,
    open: HashSet<String>,
    faults: Vec<String>,
}

#[derive(Clone)]
pub struct WhatsAppServer {
    pub url: String,
    inner: Arc<Mutex<Inner>>,
}

impl WhatsAppServer {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v23.0", listener.local_addr().unwrap());
        let server = Self { url, inner: Arc::default() };
        let path = format!("/v23.0/{PHONE_ID}/messages");
        let router = Router::new().route(&path, post(create)).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        server
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.inner.lock().unwrap().taken.clone()
    }

    pub fn faults(&self) -> Vec<String> {
        self.inner.lock().unwrap().faults.clone()
    }

    /// The day after somebody's last message is over.
    pub fn close_windows(&self) {
        self.inner.lock().unwrap().open.clear();
    }

    /// One status of a message, as Meta wraps it.
    pub fn status(&self, wamid: &str, status: &str, at: i64, code: Option<u32>) -> Value {
        let to = self.taken().into_iter().find(|taken| taken.wamid == wamid).unwrap().to;
        let mut value =
            json!({ "id": wamid, "status": status, "timestamp": at.to_string(), "recipient_id": to });
        if let Some(code) = code {
            value["errors"] = json!([{ "code": code, "title": "no" }]);
        }
        json!({ "statuses": [value] })
    }

    /// Something that somebody wrote. The id of the number in Mexico has a 1 more than the number.
    pub fn text(&self, wamid: &str, from: &str, body: &str, at: i64) -> Value {
        self.inner.lock().unwrap().open.insert(key(from));
        let message = json!({
            "from": from, "id": wamid, "timestamp": at.to_string(), "type": "text", "text": { "body": body },
        });
        json!({ "contacts": [{ "profile": { "name": "A" }, "wa_id": from }], "messages": [message] })
    }

    pub async fn call(&self, public_url: &str, values: Vec<Value>, secret: &str) -> StatusCode {
        let changes: Vec<_> = values
            .into_iter()
            .map(|mut value| {
                value["messaging_product"] = json!("whatsapp");
                value["metadata"] =
                    json!({ "display_phone_number": "15550783881", "phone_number_id": PHONE_ID });
                json!({ "field": "messages", "value": value })
            })
            .collect();
        let body =
            json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": changes }] });
        let body = body.to_string();
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(body.as_bytes());
        let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        let asked = reqwest::Client::new().post(format!("{public_url}/webhooks/whatsapp"));
        let asked = asked.header("X-Hub-Signature-256", signature).header("Content-Type", "application/json");
        asked.body(body).send().await.unwrap().status()
    }
}

fn key(phone: &str) -> String {
    domain::text::phone_key(phone)
}

async fn create(
    State(server): State<WhatsAppServer>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, axum::Json<Value>) {
    let mut inner = server.inner.lock().unwrap();
    let refused = |status: StatusCode, code: u32| {
        (status, axum::Json(json!({ "error": { "code": code, "message": "no", "type": "OAuthException" } })))
    };
    let bearer = format!("Bearer {TOKEN}");
    if headers.get("authorization").and_then(|value| value.to_str().ok()) != Some(bearer.as_str()) {
        return refused(StatusCode::UNAUTHORIZED, 190);
    }
    let request: Value = serde_json::from_slice(&body).unwrap();
    let described: Value = serde_json::from_str(include_str!("../fixtures/whatsapp_message.json")).unwrap();
    inner.faults.extend(faults(&request, &described["request"], ""));
    let to = request["to"].as_str().unwrap().to_owned();
    if to.ends_with("0001") {
        return refused(StatusCode::BAD_REQUEST, 131_026);
    }
    if request["type"] == "text" && !inner.open.contains(&key(&to)) {
        return refused(StatusCode::BAD_REQUEST, 131_047);
    }
    if request["type"] == "template" {
        let template = &request["template"];
        if template["name"] != TEMPLATE {
            return refused(StatusCode::NOT_FOUND, 132_001);
        }
        if template["components"][0]["parameters"].as_array().map(Vec::len) != Some(2) {
            return refused(StatusCode::BAD_REQUEST, 132_000);
        }
    }
    let wamid = format!("wamid.HBgN{:08}", inner.taken.len());
    inner.taken.push(Taken { wamid: wamid.clone(), to: to.clone(), request });
    let answer = json!({
        "messaging_product": "whatsapp",
        "contacts": [{ "input": to, "wa_id": to }],
        "messages": [{ "id": wamid }],
    });
    (StatusCode::OK, axum::Json(answer))
}
