//! Configuration: `saldar.toml`, overridden by environment variables.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use channels::sms::Settings as TwilioSettings;
use channels::whatsapp::Settings as WhatsAppSettings;
use chrono::{DateTime, Duration, Utc};
use gateways::stripe::Config as StripeConfig;
use ipnet::IpNet;
use serde::Deserialize;
use services::Mode;
use services::gateway_accounts::Vault;

/// The file as it is written; every key is optional.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    database_url: Option<String>,
    addr: Option<String>,
    mode: Option<String>,
    clock: Option<String>,
    public_url: Option<String>,
    site: Option<PathBuf>,
    files: Option<String>,
    smtp_url: Option<String>,
    mail_from: Option<String>,
    mail_bounces: Option<String>,
    twilio_account: Option<String>,
    twilio_token: Option<String>,
    twilio_from: Option<String>,
    twilio_api: Option<String>,
    whatsapp_phone_id: Option<String>,
    whatsapp_token: Option<String>,
    whatsapp_secrets: Option<String>,
    whatsapp_verify_token: Option<String>,
    whatsapp_api: Option<String>,
    gateway: Option<String>,
    stripe_key: Option<String>,
    stripe_webhook_secrets: Option<String>,
    stripe_api: Option<String>,
    secrets_key: Option<String>,
    trusted_proxies: Option<String>,
    jobs: Option<String>,
}

/// What this process runs with.
#[derive(Clone, Debug)]
pub struct Config {
    pub database_url: String,
    pub addr: SocketAddr,
    /// Left out, a database keeps the mode it was made in; a new one is for production.
    pub mode: Option<Mode>,
    pub clock: ClockSetting,
    /// Where debtors reach us, without a slash at the end.
    pub public_url: String,
    /// The folder with the browser bundles.
    pub site: PathBuf,
    /// Where documents and evidence lie: `file://…` or `s3://…`.
    pub files: String,
    /// The SMTP server that e-mail leaves through, and its sender.
    pub mail: Option<Mail>,
    /// The account at Twilio that SMS leaves through.
    pub twilio: Option<TwilioSettings>,
    /// The number at WhatsApp that messages leave through.
    pub whatsapp: Option<WhatsAppSettings>,
    /// The gateway that takes online payments.
    pub gateway: GatewaySetting,
    /// What seals the secrets of organizations' own accounts.
    pub vault: Option<Vault>,
    /// Where Stripe is, instead of its own address.
    pub stripe_api: Option<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether this process does the daily work; left out: in production.
    pub jobs: Option<bool>,
}

/// Who takes online payments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GatewaySetting {
    /// Nothing was said: the sandbox in a demo, nobody in production.
    Default,
    /// Nobody: paying online is not offered.
    None,
    /// The sandbox; demo mode only.
    Sandbox,
    Stripe(StripeConfig),
}

/// How e-mail leaves.
#[derive(Clone)]
pub struct Mail {
    pub smtp_url: String,
    pub from: String,
    /// Where what does not arrive comes back to.
    pub bounces: Option<String>,
}

impl std::fmt::Debug for Mail {
    /// The address holds a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail").field("from", &self.from).finish_non_exhaustive()
    }
}

/// Which time it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockSetting {
    System,
    /// The clock starts at this instant when the process starts, and runs on.
    StartsAt(DateTime<Utc>),
    /// The machine's clock, moved.
    Offset(Duration),
}

impl Config {
    /// Reads the file (if there is one) and the environment.
    ///
    /// # Errors
    /// A value that cannot be understood; the message names it and says what is allowed.
    pub fn load(env: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let file = match std::fs::read_to_string("saldar.toml") {
            Ok(text) => toml::from_str(&text).context("saldar.toml cannot be read")?,
            Err(_) => File::default(),
        };
        Self::from_parts(file, env)
    }

    fn from_parts(file: File, env: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let value = |name: &str, from_file: Option<String>| env(name).filter(|v| !v.is_empty()).or(from_file);
        let addr = value("SALDAR_ADDR", file.addr).unwrap_or_else(|| "127.0.0.1:3000".to_owned());
        let addr: SocketAddr = addr
            .parse()
            .with_context(|| format!("SALDAR_ADDR {addr:?} is not an address such as 127.0.0.1:3000"))?;
        let mode = match value("SALDAR_MODE", file.mode).as_deref() {
            None => None,
            Some("production") => Some(Mode::Production),
            Some("demo") => Some(Mode::Demo),
            Some(other) => bail!("SALDAR_MODE {other:?} is unknown; use demo or production"),
        };
        let clock = clock(value("SALDAR_CLOCK", file.clock).as_deref())?;
        let public_url =
            value("SALDAR_PUBLIC_URL", file.public_url).unwrap_or_else(|| format!("http://{addr}"));
        let site =
            env("SALDAR_SITE").map(PathBuf::from).or(file.site).unwrap_or_else(|| "target/site".into());
        let mail = match (value("SALDAR_SMTP_URL", file.smtp_url), value("SALDAR_MAIL_FROM", file.mail_from))
        {
            (None, _) => None,
            (Some(smtp_url), Some(from)) => {
                let bounces = value("SALDAR_MAIL_BOUNCES", file.mail_bounces);
                Some(Mail { smtp_url, from, bounces })
            }
            (Some(_), None) => bail!("SALDAR_SMTP_URL needs SALDAR_MAIL_FROM, the sender of e-mail"),
        };
        let twilio = value("SALDAR_TWILIO_ACCOUNT", file.twilio_account).map(|account| TwilioSettings {
            account,
            token: value("SALDAR_TWILIO_TOKEN", file.twilio_token).unwrap_or_default(),
            from: value("SALDAR_TWILIO_FROM", file.twilio_from).unwrap_or_default(),
            base: value("SALDAR_TWILIO_API", file.twilio_api),
        });
        let whatsapp =
            value("SALDAR_WHATSAPP_PHONE_ID", file.whatsapp_phone_id).map(|phone_id| WhatsAppSettings {
                phone_id,
                token: value("SALDAR_WHATSAPP_TOKEN", file.whatsapp_token).unwrap_or_default(),
                secrets: list(value("SALDAR_WHATSAPP_SECRETS", file.whatsapp_secrets).as_deref()),
                verify_token: value("SALDAR_WHATSAPP_VERIFY_TOKEN", file.whatsapp_verify_token)
                    .unwrap_or_default(),
                base: value("SALDAR_WHATSAPP_API", file.whatsapp_api),
            });
        let stripe = StripeSetting {
            key: value("SALDAR_STRIPE_KEY", file.stripe_key),
            secrets: value("SALDAR_STRIPE_WEBHOOK_SECRETS", file.stripe_webhook_secrets),
            base: value("SALDAR_STRIPE_API", file.stripe_api),
        };
        let vault = value("SALDAR_SECRETS_KEY", file.secrets_key);
        let vault = vault.map(|text| Vault::parse(&text)).transpose()?;
        Ok(Self {
            vault,
            stripe_api: stripe.base.clone(),
            gateway: gateway(value("SALDAR_GATEWAY", file.gateway).as_deref(), stripe)?,
            mail,
            twilio,
            whatsapp,
            trusted_proxies: proxies(value("SALDAR_TRUSTED_PROXIES", file.trusted_proxies).as_deref())?,
            jobs: value("SALDAR_JOBS", file.jobs).as_deref().map(on_or_off).transpose()?,
            files: value("SALDAR_FILES", file.files).unwrap_or_else(|| "file://data/files".to_owned()),
            database_url: value("SALDAR_DATABASE_URL", file.database_url)
                .unwrap_or_else(|| "sqlite://data/saldar.db".to_owned()),
            addr,
            mode,
            clock,
            public_url: public_url.trim_end_matches('/').to_owned(),
            site,
        })
    }
}

fn on_or_off(text: &str) -> Result<bool> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        other => bail!("SALDAR_JOBS is {other:?}; write on or off"),
    }
}

/// What stands between commas.
fn list(text: Option<&str>) -> Vec<String> {
    let texts = text.unwrap_or_default().split(',').map(str::trim);
    texts.filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

/// Networks or single addresses, separated by commas.
fn proxies(text: Option<&str>) -> Result<Vec<IpNet>> {
    list(text)
        .iter()
        .map(|text| {
            let net = text.parse().or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from));
            net.with_context(|| {
                format!("SALDAR_TRUSTED_PROXIES holds {text:?}, which is neither an address nor a network such as 10.0.0.0/8")
            })
        })
        .collect()
}

struct StripeSetting {
    key: Option<String>,
    secrets: Option<String>,
    base: Option<String>,
}

/// A Stripe key alone says that Stripe is meant.
fn gateway(name: Option<&str>, stripe: StripeSetting) -> Result<GatewaySetting> {
    match (name, stripe.key) {
        (Some("none"), _) => Ok(GatewaySetting::None),
        (Some("sandbox"), _) => Ok(GatewaySetting::Sandbox),
        (None | Some("stripe"), Some(key)) => {
            let secrets = stripe.secrets.unwrap_or_default();
            let secrets = if secrets.trim().is_empty() {
                Vec::new()
            } else {
                secrets.split(',').map(|secret| secret.trim().to_owned()).collect()
            };
            Ok(GatewaySetting::Stripe(StripeConfig { key, secrets, base: stripe.base }))
        }
        (Some("stripe"), None) => bail!("SALDAR_GATEWAY is stripe, so SALDAR_STRIPE_KEY must be set"),
        (None, None) => Ok(GatewaySetting::Default),
        (Some(other), _) => bail!("SALDAR_GATEWAY {other:?} is unknown; use stripe, sandbox or none"),
    }
}

/// `2026-11-20T18:00:00Z`, `+36h`, `-2d`, or nothing.
fn clock(text: Option<&str>) -> Result<ClockSetting> {
    let Some(text) = text.filter(|text| *text != "system") else { return Ok(ClockSetting::System) };
    if let Ok(at) = text.parse::<DateTime<Utc>>() {
        return Ok(ClockSetting::StartsAt(at));
    }
    offset(text).map(ClockSetting::Offset).with_context(|| {
        format!("SALDAR_CLOCK {text:?} is neither an instant such as 2026-11-20T18:00:00Z nor an offset such as +36h or -2d")
    })
}

fn offset(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: i64 = number.parse().ok()?;
    match unit {
        "d" => Duration::try_days(number),
        "h" => Duration::try_hours(number),
        "m" => Duration::try_minutes(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &'static [(&'static str, &'static str)]) -> Result<Config> {
        Config::from_parts(File::default(), |name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn defaults_are_safe() {
        let config = with(&[]).unwrap();
        assert_eq!(config.mode, None);
        assert_eq!(config.addr.to_string(), "127.0.0.1:3000");
        assert_eq!(config.public_url, "http://127.0.0.1:3000");
    }

    #[test]
    fn a_gateway_is_named_or_follows_from_its_key() {
        assert_eq!(with(&[]).unwrap().gateway, GatewaySetting::Default);
        assert_eq!(with(&[("SALDAR_GATEWAY", "none")]).unwrap().gateway, GatewaySetting::None);
        let stripe = with(&[
            ("SALDAR_STRIPE_KEY", "rk_test_1"),
            ("SALDAR_STRIPE_WEBHOOK_SECRETS", "whsec_new, whsec_old"),
        ]);
        let GatewaySetting::Stripe(stripe) = stripe.unwrap().gateway else { panic!("not Stripe") };
        assert_eq!(stripe.secrets, ["whsec_new", "whsec_old"]);
        assert!(with(&[("SALDAR_GATEWAY", "stripe")]).is_err());
        assert!(with(&[("SALDAR_GATEWAY", "paypal")]).is_err());
    }

    #[test]
    fn channels_are_there_when_their_account_is() {
        let config = with(&[]).unwrap();
        assert!(config.twilio.is_none() && config.whatsapp.is_none());
        let config = with(&[
            ("SALDAR_TWILIO_ACCOUNT", "AC0"),
            ("SALDAR_TWILIO_TOKEN", "hush"),
            ("SALDAR_WHATSAPP_PHONE_ID", "1"),
            ("SALDAR_WHATSAPP_SECRETS", "new, old"),
        ]);
        let config = config.unwrap();
        assert_eq!(config.whatsapp.as_ref().unwrap().secrets, ["new", "old"]);
        assert!(!format!("{config:?}").contains("hush"), "secrets stay out of logs");
    }

    #[test]
    fn the_clock_is_an_instant_or_an_offset() {
        let config = with(&[("SALDAR_CLOCK", "-36h"), ("SALDAR_MODE", "demo")]).unwrap();
        assert_eq!(config.clock, ClockSetting::Offset(Duration::hours(-36)));
        assert_eq!(config.mode, Some(Mode::Demo));
        assert!(with(&[("SALDAR_MODE", "prod")]).is_err());
        assert!(with(&[("SALDAR_CLOCK", "tomorrow"), ("SALDAR_MODE", "demo")]).is_err());
    }
}
