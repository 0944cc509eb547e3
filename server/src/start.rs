//! The composition root: opens the database, guards the mode, builds `Services`.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use channels::email::{self, Email};
use channels::sms::{self, Sms};
use channels::whatsapp::{self, WhatsApp};
use chrono::Duration;
use domain::strategy::WRITTEN;
use gateways::sandbox::{Config as SandboxConfig, Sandbox};
use gateways::stripe::{Stripe, StripeAccounts};
use services::clock::{Clock, Entropy, SeededEntropy, SystemClock};
use services::files::Files;
use services::gateway_accounts::{OwnGateways, Vault};
use services::outbox::{Channel, Channels, Receiver, Receivers};
use services::payments::PaymentGateway;
use services::{Db, Mode, Services};
use store::parties;

use crate::config::{ClockSetting, Config, GatewaySetting};
use crate::sandbox_books::SandboxBooks;

/// The product, ready to serve or to run one command.
pub struct Product {
    pub services: Services,
    /// Present in demo mode only.
    pub sandbox: Option<Sandbox>,
    /// None in demo mode, unless to a stand-in on this machine: nobody real hears of pretend debts.
    pub channels: Channels,
    /// Whoever reports to us what became of messages.
    pub receivers: Receivers,
}

/// Opens and migrates the database and builds the use cases.
///
/// # Errors
/// The database cannot be opened, or it belongs to the other mode.
pub async fn product(config: &Config) -> Result<Product> {
    let db = open(config).await?;
    let clock: Arc<dyn Clock> = Arc::new(clock(config.clock));
    let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::from_os().context("no randomness to be had")?);
    let mode = guarded_mode(&db, config).await?;
    let files = Files::open(&config.files, std::env::vars().filter(|(name, _)| name.starts_with("AWS_")))
        .map_err(anyhow::Error::msg)
        .context("cannot open the file store; check SALDAR_FILES")?;
    let mut services = Services {
        db,
        clock,
        entropy,
        mode,
        public_url: config.public_url.clone(),
        files,
        gateways: BTreeMap::new(),
        own_gateways: services::gateway_accounts::OwnGateways::default(),
        providers: WRITTEN.into(),
    };
    let sandbox = match (&config.gateway, mode) {
        (GatewaySetting::Sandbox, Mode::Production) => {
            bail!("SALDAR_GATEWAY is sandbox, which pretends; production needs stripe or none")
        }
        (GatewaySetting::Sandbox | GatewaySetting::Default, Mode::Demo) => {
            Some(sandbox(&services, config).await?)
        }
        _ => None,
    };
    let stripe = match &config.gateway {
        GatewaySetting::Stripe(account) => {
            account.check(mode == Mode::Production).context("SALDAR_STRIPE_…")?;
            Some(Stripe::new(account)?)
        }
        _ => None,
    };
    let sandbox_port = sandbox.clone().map(|gateway| Arc::new(gateway) as Arc<dyn PaymentGateway>);
    let stripe_port = stripe.map(|gateway| Arc::new(gateway) as Arc<dyn PaymentGateway>);
    services.gateways.extend(sandbox_port.into_iter().chain(stripe_port).map(|port| (port.name(), port)));
    if let Some(vault) = &config.vault {
        services.own_gateways = own_gateways(vault, config, mode);
    }
    services.check_own_gateways().await.context("an organization's own payment account cannot be used")?;
    let (channels, receivers) = channels(config, mode)?;
    if mode == Mode::Production {
        // Letters need no provider: people print and post them.
        let letters = std::iter::once(domain::contact::Channel::Letter);
        services.providers = channels.keys().filter_map(|name| name.parse().ok()).chain(letters).collect();
    }
    Ok(Product { services, sandbox, channels, receivers })
}

fn own_gateways(vault: &Vault, config: &Config, mode: Mode) -> OwnGateways {
    let opener = StripeAccounts { live: mode == Mode::Production, base: config.stripe_api.clone() };
    OwnGateways::new(vault.clone(), Arc::new(opener))
}

fn channels(config: &Config, mode: Mode) -> Result<(Channels, Receivers)> {
    let live = mode == Mode::Production;
    let (mut channels, mut receivers) = (Channels::new(), Receivers::new());
    match &config.mail {
        Some(_) if !live => {
            bail!("SALDAR_SMTP_URL works only in production: a demo sends nothing; remove it")
        }
        Some(mail) => {
            let mut email = Email::new(&mail.smtp_url, &mail.from).context("SALDAR_SMTP_URL")?;
            if let Some(bounces) = &mail.bounces {
                email = email.with_bounces(bounces).context("SALDAR_MAIL_BOUNCES")?;
            }
            channels.insert(email::NAME, Arc::new(email));
        }
        None if live => tracing::warn!("SALDAR_SMTP_URL is not set: e-mail waits in the outbox"),
        None => {}
    }
    if let Some(account) = &config.twilio {
        account.check(live).context("SALDAR_TWILIO_…")?;
        let sms = Arc::new(Sms::new(account.clone(), &config.public_url)?);
        channels.insert(sms::NAME, sms.clone() as Arc<dyn Channel>);
        receivers.insert(sms::PROVIDER, sms as Arc<dyn Receiver>);
    } else if live {
        tracing::warn!("SALDAR_TWILIO_ACCOUNT is not set: SMS waits in the outbox");
    }
    if let Some(number) = &config.whatsapp {
        number.check(live).context("SALDAR_WHATSAPP_…")?;
        let whatsapp = Arc::new(WhatsApp::new(number.clone())?);
        channels.insert(whatsapp::NAME, whatsapp.clone() as Arc<dyn Channel>);
        receivers.insert(whatsapp::NAME, whatsapp as Arc<dyn Receiver>);
    }
    Ok((channels, receivers))
}

async fn open(config: &Config) -> Result<Db> {
    let url = config.database_url.parse().context("SALDAR_DATABASE_URL")?;
    let db = Db::connect(&url).await.context("cannot open the database; check SALDAR_DATABASE_URL")?;
    db.migrate().await.context("cannot bring the database up to date")?;
    Ok(db)
}

fn clock(setting: ClockSetting) -> SystemClock {
    let offset = match setting {
        ClockSetting::System => Duration::zero(),
        ClockSetting::Offset(offset) => offset,
        ClockSetting::StartsAt(at) => at - SystemClock { offset: Duration::zero() }.now(),
    };
    SystemClock { offset }
}

/// A database keeps the mode of its first start: pretend money never meets real debts. A new
/// one is for production unless demo mode is asked for.
async fn guarded_mode(db: &Db, config: &Config) -> Result<Mode> {
    let asked = config.mode.unwrap_or(Mode::Production);
    let tx = db.begin().await?;
    parties::set_setting_once(&tx, "mode", asked.as_str()).await?;
    let stamped = parties::setting(&tx, "mode").await?.unwrap_or_default();
    tx.commit().await?;
    let mode = if stamped == Mode::Demo.as_str() { Mode::Demo } else { Mode::Production };
    if config.mode.is_some_and(|asked| asked != mode) {
        bail!(
            "this database was made in {stamped} mode and cannot be used in {} mode; use another database",
            asked.as_str()
        );
    }
    if mode == Mode::Production {
        if config.clock != ClockSetting::System {
            bail!("SALDAR_CLOCK works only in demo mode; remove it, or use a demo database");
        }
        db.refuse_pretend_money().await.context("this database holds pretend money")?;
    }
    Ok(mode)
}

async fn sandbox(services: &Services, config: &Config) -> Result<Sandbox> {
    let secret = secret(services, "sandbox_webhook_secret").await?;
    let settings = SandboxConfig {
        webhook_url: format!("http://{}/webhooks/sandbox", config.addr),
        secrets: vec![secret],
    };
    let books = Arc::new(SandboxBooks(services.db.clone()));
    Ok(Sandbox::new(settings, books, services.clock.clone())?)
}

/// A secret of this deployment, made at first use.
async fn secret(services: &Services, name: &str) -> Result<String> {
    let tx = services.db.begin().await?;
    parties::set_setting_once(&tx, name, &services.new_token(32)).await?;
    let secret = parties::setting(&tx, name).await?.context("the secret was not kept")?;
    tx.commit().await?;
    Ok(secret)
}
