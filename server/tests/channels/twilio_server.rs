//! A server with the shape of Twilio's messaging: it holds every request against Twilio's description,
//! keeps who opted out, fails by number, and calls back with signatures.
//!
//! Numbers that end in `0001` do not exist, `0002` are landlines; after `busy` the next so many
//! requests are told to come later.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use sha1::Sha1;

use super::shape::faults;

pub const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
pub const TOKEN: &str = "a-token-of-the-account";
pub const OURS: &str = "+15005550006";

/// A message that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    pub sid: String,
    pub to: String,
    pub body: String,
    pub callback: String,
}

#[derive(Default)]
struct Inner {
    taken: Vec<Taken>,
    stopped: HashSet<String>,
    busy: u32,
    faults: Vec<String>,
    calls: u32,
}

#[derive(Clone)]
pub struct Twilio {
    pub url: String,
    inner: Arc<Mutex<Inner>>,
    /// How long it takes over a request.
    pause: std::time::Duration,
}

impl Twilio {
    pub async fn start(pause: std::time::Duration) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let twilio = Self { url, inner: Arc::default(), pause };
        let path = format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json");
        let router = Router::new().route(&path, post(create)).with_state(twilio.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        twilio
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.inner.lock().unwrap().taken.clone()
    }

    pub fn faults(&self) -> Vec<String> {
        self.inner.lock().unwrap().faults.clone()
    }

    pub fn busy(&self, times: u32) {
        self.inner.lock().unwrap().busy = times;
    }

    /// Reports how far a message came, to the address that came with it.
    pub async fn report(&self, sid: &str, status: &str, code: Option<u32>) -> StatusCode {
        let taken = self.taken().into_iter().find(|taken| taken.sid == sid).unwrap();
        let mut form = BTreeMap::from([
            ("AccountSid", ACCOUNT.to_owned()),
            ("ApiVersion", "2010-04-01".to_owned()),
            ("From", OURS.to_owned()),
            ("MessageSid", sid.to_owned()),
            ("MessageStatus", status.to_owned()),
            ("SmsSid", sid.to_owned()),
            ("SmsStatus", status.to_owned()),
            ("To", taken.to),
        ]);
        if let Some(code) = code {
            form.insert("ErrorCode", code.to_string());
        }
        self.call(&taken.callback, &form, TOKEN).await
    }

    /// Somebody writes. As Twilio does, `STOP` and `START` count at once and are told.
    pub async fn say(&self, public_url: &str, sid: &str, from: &str, body: &str) -> StatusCode {
        let mut form = BTreeMap::from([
            ("AccountSid", ACCOUNT.to_owned()),
            ("Body", body.to_owned()),
            ("From", from.to_owned()),
            ("MessageSid", sid.to_owned()),
            ("NumMedia", "0".to_owned()),
            ("SmsStatus", "received".to_owned()),
            ("To", OURS.to_owned()),
        ]);
        match body {
            "STOP" => {
                self.inner.lock().unwrap().stopped.insert(from.to_owned());
                form.insert("OptOutType", "STOP".to_owned());
            }
            "START" => {
                self.inner.lock().unwrap().stopped.remove(from);
                form.insert("OptOutType", "START".to_owned());
            }
            _ => {}
        }
        self.call(&format!("{public_url}/webhooks/twilio/mensaje"), &form, TOKEN).await
    }

    /// A call that is signed with this token.
    pub async fn call(&self, url: &str, form: &BTreeMap<&str, String>, token: &str) -> StatusCode {
        let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).unwrap();
        mac.update(url.as_bytes());
        for (name, value) in form {
            mac.update(name.as_bytes());
            mac.update(value.as_bytes());
        }
        let signature = STANDARD.encode(mac.finalize().into_bytes());
        let asked = reqwest::Client::new().post(url).header("X-Twilio-Signature", signature).form(form);
        asked.send().await.unwrap().status()
    }
}

async fn create(
    State(twilio): State<Twilio>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, axum::Json<Value>) {
    tokio::time::sleep(twilio.pause).await;
    let mut inner = twilio.inner.lock().unwrap();
    let refused = |status: StatusCode, code: u32| {
        let more = format!("https://www.twilio.com/docs/errors/{code}");
        (
            status,
            axum::Json(
                json!({ "code": code, "message": "no", "more_info": more, "status": status.as_u16() }),
            ),
        )
    };
    let basic = format!("Basic {}", STANDARD.encode(format!("{ACCOUNT}:{TOKEN}")));
    if headers.get("authorization").and_then(|value| value.to_str().ok()) != Some(basic.as_str()) {
        return refused(StatusCode::UNAUTHORIZED, 20003);
    }
    let form: serde_json::Map<String, Value> =
        form_urlencoded::parse(&body).map(|(name, value)| (name.into_owned(), json!(value))).collect();
    let described: Value = serde_json::from_str(include_str!("../fixtures/twilio_messages.json")).unwrap();
    let found = faults(&Value::Object(form.clone()), &described["request"], "");
    inner.faults.extend(found);
    let text = |name: &str| form.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let to = text("To");
    if inner.busy > 0 {
        inner.busy -= 1;
        return refused(StatusCode::TOO_MANY_REQUESTS, 20429);
    }
    if to.ends_with("0001") {
        return refused(StatusCode::BAD_REQUEST, 21211);
    }
    if to.ends_with("0002") {
        return refused(StatusCode::BAD_REQUEST, 21614);
    }
    if inner.stopped.contains(&to) {
        return refused(StatusCode::BAD_REQUEST, 21610);
    }
    inner.calls += 1;
    let sid = format!("SM{:032x}", inner.calls);
    let (body, callback) = (text("Body"), text("StatusCallback"));
    let answer = json!({
        "account_sid": ACCOUNT, "api_version": "2010-04-01", "body": body, "direction": "outbound-api",
        "error_code": null, "error_message": null, "from": OURS, "num_media": "0", "num_segments": "1",
        "sid": sid, "status": "queued", "to": to,
    });
    inner.taken.push(Taken { sid, to, body, callback });
    (StatusCode::CREATED, axum::Json(answer))
}
