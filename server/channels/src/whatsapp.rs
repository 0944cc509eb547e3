//! WhatsApp through Meta's Cloud API:
//! <https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages>.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::{Value, json};
use services::outbox::{
    Call, Channel, Delivery, NotBelieved, OutgoingMessage, ProviderRef, ProviderTemplate, Receiver, Report,
    SendError,
};
use sha2::Sha256;

use crate::provider::{BadSettings, by_status, client, e164, is_here, same, silence};

/// The name under which messages ask for this channel, and the provider's in addresses.
pub const NAME: &str = "whatsapp";
const HOST: &str = "https://graph.facebook.com/v23.0";
/// Longest text that WhatsApp takes.
const LONGEST: usize = 4_096;

/// A number at WhatsApp.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// The id of the number, all figures.
    pub phone_id: String,
    /// Proves us to Meta.
    pub token: String,
    /// Prove Meta to us; two while one is being replaced.
    pub secrets: Vec<String>,
    /// What Meta says when it asks whether the webhook is ours.
    pub verify_token: String,
    /// Another version at Meta's host, or a stand-in on this machine, for tests.
    pub base: Option<String>,
}

impl std::fmt::Debug for Settings {
    /// Secrets stay out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("phone_id", &self.phone_id).finish_non_exhaustive()
    }
}

impl Settings {
    /// May a deployment use this? `live` is true in production, where people are real.
    ///
    /// # Errors
    /// The first thing that forbids it.
    pub fn check(&self, live: bool) -> Result<(), BadSettings> {
        if self.phone_id.is_empty() || !self.phone_id.chars().all(|c| c.is_ascii_digit()) {
            let what = "the id of a number at WhatsApp (figures only)";
            return Err(BadSettings::Malformed { name: "SALDAR_WHATSAPP_PHONE_ID", what });
        }
        if self.token.trim().is_empty() {
            return Err(BadSettings::Missing("SALDAR_WHATSAPP_TOKEN"));
        }
        if self.secrets.is_empty() || self.secrets.iter().any(|secret| secret.trim().is_empty()) {
            return Err(BadSettings::Missing("SALDAR_WHATSAPP_SECRETS"));
        }
        if self.verify_token.trim().is_empty() {
            return Err(BadSettings::Missing("SALDAR_WHATSAPP_VERIFY_TOKEN"));
        }
        let base = self.base.as_deref().unwrap_or(HOST).trim_end_matches('/');
        let is_metas = base.strip_prefix("https://graph.facebook.com/v").is_some_and(|version| {
            !version.is_empty() && version.chars().all(|c| c.is_ascii_digit() || c == '.')
        });
        match (is_metas, live) {
            (true, true) => Ok(()),
            (_, true) => Err(BadSettings::Address {
                name: "SALDAR_WHATSAPP_API",
                host: "https://graph.facebook.com/v…",
            }),
            (_, false) if is_here(base) => Ok(()),
            (_, false) => Err(BadSettings::Demo("SALDAR_WHATSAPP_API")),
        }
    }
}

/// Sends through one number, and reads what Meta calls back.
#[derive(Debug)]
pub struct WhatsApp {
    settings: Settings,
    url: String,
    client: reqwest::Client,
}

#[derive(Deserialize)]
struct Taken {
    messages: Vec<TakenMessage>,
}

#[derive(Deserialize)]
struct TakenMessage {
    id: String,
}

#[derive(Deserialize)]
struct Refused {
    error: Fault,
}

#[derive(Deserialize)]
struct Fault {
    code: u32,
}

impl WhatsApp {
    /// # Errors
    /// No HTTP client can be made.
    pub fn new(settings: Settings) -> Result<Self, BadSettings> {
        let base = settings.base.as_deref().unwrap_or(HOST).trim_end_matches('/');
        let url = format!("{base}/{}/messages", settings.phone_id);
        Ok(Self { url, settings, client: client()? })
    }
}

#[async_trait]
impl Channel for WhatsApp {
    async fn send(&self, message: &OutgoingMessage) -> Result<ProviderRef, SendError> {
        let never = |code: &str| SendError::Never(code.to_owned());
        let to = e164(&message.recipient).ok_or_else(|| never("bad_number"))?;
        let mut request = json!({
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": to.trim_start_matches('+'),
        });
        // A text is an answer: it goes only where the person wrote first.
        let (kind, content) = match &message.template {
            _ if message.in_conversation && message.body.chars().count() <= LONGEST => {
                ("text", json!({ "preview_url": false, "body": message.body }))
            }
            Some(template) => ("template", filled(template)),
            None if message.in_conversation => return Err(never("bad_message")),
            None => return Err(never("needs_template")),
        };
        if let Some(fields) = request.as_object_mut() {
            fields.insert("type".to_owned(), json!(kind));
            fields.insert(kind.to_owned(), content);
        }
        let asked = self.client.post(&self.url).bearer_auth(&self.settings.token).json(&request);
        let answer = asked.send().await.map_err(silence)?;
        let status = answer.status();
        if status.is_success() {
            // It was taken, whatever the answer looks like: sending again would write twice.
            let taken: Result<Taken, _> = answer.json().await;
            return Ok(taken
                .ok()
                .and_then(|taken| taken.messages.into_iter().next())
                .map(|message| message.id));
        }
        let refused: Option<Refused> = answer.json().await.ok();
        Err(refused
            .and_then(|refused| known(refused.error.code))
            .unwrap_or_else(|| by_status(status.as_u16())))
    }
}

fn filled(template: &ProviderTemplate) -> Value {
    let parameters: Vec<_> =
        template.params.iter().map(|text| json!({ "type": "text", "text": text })).collect();
    let mut filled = json!({ "name": template.name, "language": { "code": template.language } });
    if let Some(fields) = filled.as_object_mut().filter(|_| !parameters.is_empty()) {
        fields.insert("components".to_owned(), json!([{ "type": "body", "parameters": parameters }]));
    }
    filled
}

/// What Meta's codes mean for a request:
/// <https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes>.
fn known(code: u32) -> Option<SendError> {
    match code {
        131_050 => Some(SendError::OptedOut("opted_out".to_owned())),
        4 | 80_007 | 130_429 | 131_048 | 131_056 | 133_016 => Some(SendError::Later("throttled".to_owned())),
        1 | 2 | 131_000 | 131_016 | 131_057 | 133_004 => Some(SendError::Later(format!("provider:{code}"))),
        0 | 3 | 10 | 190 | 200..=299 | 368 | 131_005 | 131_031 | 131_042 | 131_045 | 133_010 => {
            Some(SendError::Later(format!("account:{code}")))
        }
        _ => fault(code).map(|code| SendError::Never(code.to_owned())),
    }
}

/// The same for what did not arrive, and for both alike.
fn fault(code: u32) -> Option<&'static str> {
    Some(match code {
        131_021 | 131_030 => "bad_number",
        131_026 => "not_on_whatsapp",
        131_047 => "needs_template",
        131_049 | 130_472 => "blocked",
        131_050 => "opted_out",
        132_000..=132_999 => "bad_template",
        130_497 => "country",
        131_009 | 131_051 | 131_052 => "bad_message",
        _ => return None,
    })
}

impl Receiver for WhatsApp {
    fn channel(&self) -> &'static str {
        NAME
    }

    /// `X-Hub-Signature-256` is `sha256=` and the HMAC-SHA256 of the body's bytes by the app's secret:
    /// <https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads>.
    fn reports(&self, call: &Call<'_>) -> Result<Vec<Report>, NotBelieved> {
        let header = (call.headers)("x-hub-signature-256").ok_or(NotBelieved::Signature)?;
        let signature = header.strip_prefix("sha256=").and_then(|text| hex::decode(text).ok());
        let signature = signature.ok_or(NotBelieved::Signature)?;
        if !self.settings.secrets.iter().any(|secret| same(&signature, &sign(secret.as_bytes(), call.body))) {
            return Err(NotBelieved::Signature);
        }
        let body: Value = serde_json::from_slice(call.body).map_err(|_| NotBelieved::Form)?;
        let list = |value: &Value, name: &str| {
            value.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
        };
        let changes = list(&body, "entry").into_iter().flat_map(|entry| list(&entry, "changes"));
        let mut reports = Vec::new();
        for value in changes.filter_map(|change| change.get("value").cloned()) {
            // One app may have several numbers: what is about another is not ours.
            let id = value.pointer("/metadata/phone_number_id").and_then(Value::as_str);
            if id != Some(self.settings.phone_id.as_str()) {
                continue;
            }
            reports.extend(list(&value, "statuses").iter().filter_map(status));
            reports.extend(list(&value, "messages").iter().filter_map(message));
        }
        Ok(reports)
    }

    /// Meta asks once whether the address is ours:
    /// <https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests>.
    fn handshake(&self, query: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        let asks = query("hub.mode").as_deref() == Some("subscribe");
        let knows = query("hub.verify_token")
            .is_some_and(|token| same(token.as_bytes(), self.settings.verify_token.as_bytes()));
        query("hub.challenge").filter(|_| asks && knows)
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// Seconds since 1970, as text.
fn at(value: &Value) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(text(value, "timestamp")?.parse().ok()?, 0)
}

fn status(value: &Value) -> Option<Report> {
    let state = match text(value, "status")?.as_str() {
        "sent" => Delivery::Sent,
        "delivered" => Delivery::Delivered,
        "read" | "played" => Delivery::Read,
        "failed" => Delivery::Undelivered,
        _ => return None,
    };
    let code =
        value.pointer("/errors/0/code").and_then(Value::as_u64).and_then(|code| u32::try_from(code).ok());
    let failure = code.map(|code| fault(code).map_or_else(|| format!("provider:{code}"), str::to_owned));
    Some(Report::State { provider_ref: text(value, "id")?, state, failure, at: at(value) })
}

/// A text, a button that was pressed, or something else, which is told by its kind.
fn message(value: &Value) -> Option<Report> {
    let kind = text(value, "type")?;
    let said = ["/text/body", "/button/text", "/interactive/button_reply/title", "/image/caption"];
    let body = said.iter().find_map(|place| value.pointer(place).and_then(Value::as_str));
    let body = body.map_or_else(|| format!("[{kind}]"), str::to_owned);
    let from = format!("+{}", text(value, "from")?.trim_start_matches('+'));
    Some(Report::Message { provider_ref: text(value, "id")?, from, body, at: at(value), stopped: None })
}

fn sign(secret: &[u8], body: &[u8]) -> Vec<u8> {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return Vec::new() };
    mac.update(body);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(base: Option<&str>) -> Settings {
        Settings {
            phone_id: "106540352242922".to_owned(),
            token: "EAAG".to_owned(),
            secrets: vec!["app-secret-0123456789".to_owned()],
            verify_token: "verifica".to_owned(),
            base: base.map(str::to_owned),
        }
    }

    #[test]
    fn production_speaks_to_meta_and_a_demo_to_this_machine() {
        assert_eq!(settings(None).check(true), Ok(()));
        assert_eq!(settings(Some("https://graph.facebook.com/v24.0")).check(true), Ok(()));
        for base in ["https://graph.facebook.com.evil.example/v23.0", "http://graph.facebook.com/v23.0"] {
            assert!(settings(Some(base)).check(true).is_err(), "{base}");
        }
        assert!(settings(None).check(false).is_err());
        assert_eq!(settings(Some("http://127.0.0.1:4011/v23.0")).check(false), Ok(()));
    }

    /// The vector by Python's `hmac.new(secret, body, hashlib.sha256)`.
    #[test]
    fn the_signature_is_that_of_an_independent_hmac() {
        let body = "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"0\",\"changes\":[{\"field\":\"messages\",\"value\":{\"text\":\"¡Hola! ñ\"}}]}]}";
        let tag = hex::encode(sign(b"app-secret-0123456789", body.as_bytes()));
        assert_eq!(tag, "a22193b530d6cfa51dd08486ed440056cfb3e5797b75e138580da21b3e3a5b83");
    }

    #[test]
    fn the_handshake_answers_whoever_knows_the_word() {
        let channel = WhatsApp::new(settings(None)).unwrap();
        let asked = |token: &'static str| {
            channel.handshake(&move |name: &str| match name {
                "hub.mode" => Some("subscribe".to_owned()),
                "hub.verify_token" => Some(token.to_owned()),
                "hub.challenge" => Some("1158201444".to_owned()),
                _ => None,
            })
        };
        assert_eq!(asked("verifica").as_deref(), Some("1158201444"));
        assert_eq!(asked("otra"), None);
    }
}
