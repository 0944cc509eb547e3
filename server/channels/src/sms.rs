//! SMS through Twilio: <https://www.twilio.com/docs/messaging/api/message-resource>.

use std::collections::BTreeMap;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use services::outbox::{
    Call, Channel, Delivery, NotBelieved, OutgoingMessage, ProviderRef, Receiver, Report, SendError,
};
use sha1::Sha1;

use crate::provider::{BadSettings, by_status, client, e164, is_here, same, silence};

/// The name under which messages ask for this channel.
pub const NAME: &str = "sms";
/// The provider's name in addresses.
pub const PROVIDER: &str = "twilio";
const HOST: &str = "https://api.twilio.com";
/// Longest text that Twilio takes.
const LONGEST: usize = 1_600;

/// An account at Twilio.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// `AC…`
    pub account: String,
    /// Proves us to Twilio, and Twilio to us.
    pub token: String,
    /// A number of ours (`+…`), or a messaging service (`MG…`).
    pub from: String,
    /// Instead of Twilio: a stand-in on this machine, for tests.
    pub base: Option<String>,
}

impl std::fmt::Debug for Settings {
    /// The token stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings")
            .field("account", &self.account)
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// May a deployment use this? `live` is true in production, where people are real.
    ///
    /// # Errors
    /// The first thing that forbids it.
    pub fn check(&self, live: bool) -> Result<(), BadSettings> {
        if !is_sid("AC", &self.account) {
            let what = "an account of Twilio (AC and 32 figures)";
            return Err(BadSettings::Malformed { name: "SALDAR_TWILIO_ACCOUNT", what });
        }
        if self.token.trim().is_empty() {
            return Err(BadSettings::Missing("SALDAR_TWILIO_TOKEN"));
        }
        if !is_sid("MG", &self.from) && e164(&self.from).is_none() {
            let what = "a number such as +15005550006 nor a messaging service (MG and 32 figures)";
            return Err(BadSettings::Malformed { name: "SALDAR_TWILIO_FROM", what });
        }
        let base = self.base.as_deref().unwrap_or(HOST).trim_end_matches('/');
        match (base == HOST, live) {
            (true, true) => Ok(()),
            (_, true) => Err(BadSettings::Address { name: "SALDAR_TWILIO_API", host: HOST }),
            (_, false) if is_here(base) => Ok(()),
            (_, false) => Err(BadSettings::Demo("SALDAR_TWILIO_API")),
        }
    }
}

/// Sends through one account, and reads what Twilio calls back.
#[derive(Debug)]
pub struct Sms {
    settings: Settings,
    url: String,
    /// Where Twilio reports how far a message came.
    callback: String,
    client: reqwest::Client,
}

#[derive(Deserialize)]
struct Taken {
    sid: String,
}

#[derive(Deserialize)]
struct Refused {
    code: u32,
}

impl Sms {
    /// `public_url` is where Twilio reaches us, without a slash at the end.
    ///
    /// # Errors
    /// No HTTP client can be made.
    pub fn new(settings: Settings, public_url: &str) -> Result<Self, BadSettings> {
        let base = settings.base.as_deref().unwrap_or(HOST).trim_end_matches('/');
        let url = format!("{base}/2010-04-01/Accounts/{}/Messages.json", settings.account);
        let callback = format!("{public_url}/webhooks/{PROVIDER}/estado");
        Ok(Self { url, callback, settings, client: client()? })
    }
}

#[async_trait]
impl Channel for Sms {
    async fn send(&self, message: &OutgoingMessage) -> Result<ProviderRef, SendError> {
        let to = e164(&message.recipient).ok_or_else(|| SendError::Never("bad_number".to_owned()))?;
        if message.body.chars().count() > LONGEST {
            return Err(SendError::Never("bad_message".to_owned()));
        }
        let sender = if is_sid("MG", &self.settings.from) { "MessagingServiceSid" } else { "From" };
        let form = [
            ("To", to.as_str()),
            (sender, self.settings.from.as_str()),
            ("Body", message.body.as_str()),
            ("StatusCallback", self.callback.as_str()),
        ];
        let asked =
            self.client.post(&self.url).basic_auth(&self.settings.account, Some(&self.settings.token));
        let answer = asked.form(&form).send().await.map_err(silence)?;
        let status = answer.status();
        if status.is_success() {
            // It was taken, whatever the answer looks like: sending again would write twice.
            let taken: Result<Taken, _> = answer.json().await;
            return Ok(taken.ok().map(|taken| taken.sid));
        }
        let refused: Option<Refused> = answer.json().await.ok();
        Err(refused.and_then(|refused| known(refused.code)).unwrap_or_else(|| by_status(status.as_u16())))
    }
}

/// What Twilio's codes mean for a request: <https://www.twilio.com/docs/api/errors>.
fn known(code: u32) -> Option<SendError> {
    let never = |code: &str| Some(SendError::Never(code.to_owned()));
    match code {
        21610 => Some(SendError::OptedOut("opted_out".to_owned())),
        20429 | 14107 | 63017 => Some(SendError::Later("throttled".to_owned())),
        21617 | 21602 | 21619 => never("bad_message"),
        20003 | 20005 | 21603 | 21606 | 21607 | 21659 | 21660 | 21701..=21705 => {
            Some(SendError::Later(format!("account:{code}")))
        }
        _ => fault(code).map(|code| SendError::Never(code.to_owned())),
    }
}

/// The same for what did not arrive, and for both alike.
fn fault(code: u32) -> Option<&'static str> {
    Some(match code {
        21211 | 21214 | 21217 | 21401 | 21421 | 30005 => "bad_number",
        21614 | 30006 => "landline",
        30003 => "unreachable_number",
        // Third-party debt collection is refused in the United States and Canada (30460, 30863).
        21408 | 21612 | 30460 | 30863 => "country",
        30004 | 30007 | 30032 | 30034 => "blocked",
        21610 => "opted_out",
        _ => return None,
    })
}

impl Receiver for Sms {
    fn channel(&self) -> &'static str {
        NAME
    }

    /// `X-Twilio-Signature` is the HMAC-SHA1, by our token, of the public address and every parameter
    /// in the order of their names: <https://www.twilio.com/docs/usage/webhooks/webhooks-security>.
    fn reports(&self, call: &Call<'_>) -> Result<Vec<Report>, NotBelieved> {
        let form: BTreeMap<String, String> = form_urlencoded::parse(call.body).into_owned().collect();
        let signature = (call.headers)("x-twilio-signature").ok_or(NotBelieved::Signature)?;
        let signature = STANDARD.decode(signature).map_err(|_| NotBelieved::Signature)?;
        let expected = sign(self.settings.token.as_bytes(), call.url, &form);
        let field = |name: &str| form.get(name).map(String::as_str).filter(|text| !text.is_empty());
        if !same(&signature, &expected) || field("AccountSid") != Some(self.settings.account.as_str()) {
            return Err(NotBelieved::Signature);
        }
        let sid = field("MessageSid").ok_or(NotBelieved::Form)?.to_owned();
        if let Some(status) = field("MessageStatus") {
            let Some(state) = state(status) else { return Ok(Vec::new()) };
            let code = field("ErrorCode").and_then(|code| code.parse().ok());
            let failure =
                code.map(|code| fault(code).map_or_else(|| format!("provider:{code}"), str::to_owned));
            return Ok(vec![Report::State { provider_ref: sid, state, failure, at: None }]);
        }
        let Some(from) = field("From").filter(|from| e164(from).is_some()) else { return Ok(Vec::new()) };
        let body = form.get("Body").cloned().unwrap_or_default();
        let stopped = match field("OptOutType") {
            Some("STOP") => Some(true),
            Some("START") => Some(false),
            _ => None,
        };
        Ok(vec![Report::Message { provider_ref: sid, from: from.to_owned(), body, at: None, stopped }])
    }
}

/// How far a message came, by Twilio's word for it; none for what says nothing.
fn state(status: &str) -> Option<Delivery> {
    Some(match status {
        "accepted" | "scheduled" | "queued" | "sending" => Delivery::Accepted,
        "sent" => Delivery::Sent,
        "delivered" | "partially_delivered" => Delivery::Delivered,
        "read" => Delivery::Read,
        "undelivered" | "failed" | "canceled" => Delivery::Undelivered,
        _ => return None,
    })
}

fn sign(token: &[u8], url: &str, form: &BTreeMap<String, String>) -> Vec<u8> {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(token) else { return Vec::new() };
    mac.update(url.as_bytes());
    for (name, value) in form {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    mac.finalize().into_bytes().to_vec()
}

fn is_sid(kind: &str, text: &str) -> bool {
    let figures = text.strip_prefix(kind).unwrap_or_default();
    figures.len() == 32 && figures.chars().all(|c| c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(base: Option<&str>) -> Settings {
        Settings {
            account: format!("AC{}", "0".repeat(32)),
            token: "12345678901234567890123456789012".to_owned(),
            from: "+15005550006".to_owned(),
            base: base.map(str::to_owned),
        }
    }

    #[test]
    fn production_speaks_to_twilio_and_a_demo_to_this_machine() {
        assert_eq!(settings(None).check(true), Ok(()));
        assert!(matches!(settings(None).check(false), Err(BadSettings::Demo(_))));
        let here = settings(Some("http://127.0.0.1:4010"));
        assert_eq!(here.check(false), Ok(()));
        assert!(matches!(here.check(true), Err(BadSettings::Address { .. })));
        let elsewhere = settings(Some("https://api.twilio.com.evil.example"));
        assert!(elsewhere.check(true).is_err() && elsewhere.check(false).is_err());
        let odd = Settings { from: "Saldar".to_owned(), ..settings(None) };
        assert!(matches!(odd.check(true), Err(BadSettings::Malformed { .. })));
    }

    /// Vectors by `RequestValidator.compute_signature` of PyPI `twilio` 9.13.0.
    #[test]
    fn signatures_are_those_of_twilios_own_library() {
        let estado = [
            ("MessageSid", "SM00000000000000000000000000000001"),
            ("MessageStatus", "delivered"),
            ("To", "+525512345678"),
            ("From", "+15005550006"),
            ("AccountSid", "AC00000000000000000000000000000000"),
            ("ApiVersion", "2010-04-01"),
        ];
        let mensaje = [
            ("MessageSid", "SM00000000000000000000000000000002"),
            ("From", "+525512345678"),
            ("To", "+15005550006"),
            ("Body", "¡No molestar! & ya = ñ"),
            ("NumMedia", "0"),
        ];
        let signed = |path: &str, form: &[(&str, &str)]| {
            let form = form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let url = format!("https://cobranza.example/webhooks/twilio/{path}");
            STANDARD.encode(sign(b"12345678901234567890123456789012", &url, &form))
        };
        assert_eq!(signed("estado", &estado), "0OwVHxFzWvp7hr1NTlbsIiWN8DE=");
        assert_eq!(signed("mensaje", &mensaje), "1M9jGG/riUnlukBtVc9NmZ0CMA4=");
    }
}
