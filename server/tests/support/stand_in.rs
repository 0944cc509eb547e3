//! The stand-in for Stripe (`end2end/stripe`), as a process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use gateways::stripe::{Config, Stripe};
use serde_json::{Value, json};
use services::payments::PaymentGateway;

pub const SECRET: &str = "whsec_stand_in";
pub const KEY: &str = "sk_test_stand_in";

/// Stripe's stand-in; it ends with its owner.
pub struct StandIn {
    child: Child,
    pub url: String,
}

impl StandIn {
    /// Starts it at the demo book's instant; nothing is delivered before it is told where to.
    pub fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../end2end/stripe/server.mjs");
        let args = ["--until-stdin-closes", "--now", testkit::START, "--webhook-secret", SECRET];
        let mut node = Command::new("node");
        node.arg(script).args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = node.spawn().expect("Node.js runs the stand-in for Stripe: install nodejs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        Self { child, url: ready["url"].as_str().unwrap().to_owned() }
    }

    /// The adapter of services that pay through it.
    pub fn gateway(&self) -> Arc<dyn PaymentGateway> {
        let config =
            Config { key: KEY.to_owned(), secrets: vec![SECRET.to_owned()], base: Some(self.url.clone()) };
        Arc::new(Stripe::new(&config).unwrap())
    }

    /// The environment of a server that pays through it.
    pub fn env(&self) -> [(&'static str, String); 4] {
        [
            ("SALDAR_GATEWAY", "stripe".to_owned()),
            ("SALDAR_STRIPE_KEY", KEY.to_owned()),
            ("SALDAR_STRIPE_WEBHOOK_SECRETS", SECRET.to_owned()),
            ("SALDAR_STRIPE_API", self.url.clone()),
        ]
    }

    /// Tells it something; see its README.
    pub async fn tell(&self, what: &str, body: Value) -> Value {
        let answer =
            reqwest::Client::new().post(format!("{}/_test/{what}", self.url)).json(&body).send().await;
        let answer = answer.unwrap();
        assert!(answer.status().is_success(), "{what} {body}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    pub async fn ask(&self, what: &str) -> Vec<Value> {
        let answer = reqwest::get(format!("{}/_test/{what}", self.url)).await.unwrap();
        serde_json::from_value(answer.json().await.unwrap()).unwrap()
    }

    /// The payer does something on the hosted page; gives the payment's id at Stripe.
    pub async fn settle(&self, session: &str, how: &str) -> String {
        let settled = self.tell("settle", json!({ "session": session, "how": how })).await;
        settled["payment_intent"].as_str().unwrap().to_owned()
    }

    /// Delivers these events, in this order, one after the other.
    pub async fn deliver(&self, events: &[String]) {
        let report = self.tell("deliver", json!({ "events": events, "lanes": 1 })).await;
        assert_eq!(report["statuses"]["204"], events.len(), "{report}");
    }

    /// The ids of what has happened to a payment, the oldest first.
    pub async fn events_of(&self, intent: &str, session: &str) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let about = |event: &Value| {
            let object = &event["data"]["object"];
            object["id"] == intent || object["payment_intent"] == intent || object["id"] == session
        };
        let events = self.ask("events").await;
        events
            .iter()
            .filter(|event| about(event))
            .map(|event| (text(&event["type"]), text(&event["id"])))
            .collect()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
