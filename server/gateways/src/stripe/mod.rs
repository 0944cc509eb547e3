//! Stripe by its hosted Checkout: the payer's card never reaches us. What the account has switched on
//! (cards, OXXO, SPEI, Pix, Boleto, …) is offered on Stripe's page.
//!
//! Through `async-stripe`. What it leaves to us: a time limit, trying again with the same idempotency
//! key, webhooks, of which only the ids count (see [`notice`]), and reading answers (see [`answer`]).

mod amount;
mod answer;
mod config;
mod notice;
mod own;
mod payouts;
mod port;
mod read;
mod saved;

use std::time::Duration;

use miniserde::Deserialize;
use services::payments::GatewayError;
use stripe::{Client, ClientBuilder, IdempotencyKey, RequestStrategy, StripeError, StripeRequest};

pub use config::{Config, ConfigError};
pub use own::StripeAccounts;

/// The gateway's name, as in `/webhooks/stripe`.
pub const NAME: &str = "stripe";

/// Where Stripe's hosted Checkout is.
const PAGES: &str = "https://checkout.stripe.com";

/// How long Stripe may take for one answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// The waits before the second and third try.
const WAITS: [Duration; 2] = [Duration::from_millis(300), Duration::from_millis(1_200)];

/// The metadata keys that lead from Stripe's objects to ours.
const ATTEMPT: &str = "saldar_attempt";
const REFUND: &str = "saldar_refund";
/// Marks an intent that nobody confirms by hand: what is not done there at once has failed.
const AUTOPAY: &str = "saldar_autopay";

/// The Stripe gateway. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Stripe {
    client: Client,
    secrets: Vec<String>,
    /// Where its hosted pages are.
    page: String,
}

impl Stripe {
    /// # Errors
    /// A key or an address that no request can carry.
    pub fn new(config: &Config) -> Result<Self, ConfigError> {
        // Several crates of this process bring a provider of their own; async-stripe needs one chosen.
        // An error says that it was chosen before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = ClientBuilder::new(config.key.as_str()).timeout(PATIENCE).app_info(
            "Saldar",
            Some(env!("CARGO_PKG_VERSION").to_owned()),
            None,
        );
        if let Some(base) = &config.base {
            builder = builder.url(format!("{}/", base.trim_end_matches('/')));
        }
        let client = builder.build().map_err(|error| ConfigError::Unusable(error.to_string()))?;
        let page = config.base.as_deref().filter(|base| config::is_here(base)).unwrap_or(PAGES);
        let page = page.trim_end_matches('/').to_owned();
        Ok(Self { client, secrets: config.secrets.clone(), page })
    }

    /// Sends a request up to three times, as long as Stripe may answer better the next time; with
    /// the same key on every try, since Stripe does once what it is asked with one key.
    async fn ask<T: Deserialize + Send>(
        &self,
        request: &(impl StripeRequest + Sync),
        key: Option<&str>,
    ) -> Result<T, GatewayError> {
        let strategy = match key {
            Some(key) => {
                let key =
                    IdempotencyKey::new(key).map_err(|error| GatewayError::Refused(error.to_string()))?;
                RequestStrategy::Idempotent(key)
            }
            None => RequestStrategy::Once,
        };
        let mut waits = WAITS.iter();
        loop {
            let send = request.build().customize::<T>().request_strategy(strategy.clone()).send(&self.client);
            match (send.await.map_err(gateway_error), waits.next()) {
                (Err(GatewayError::Unreachable(cause)), Some(wait)) => {
                    tracing::warn!(gateway = NAME, cause, "no good answer; asking again");
                    tokio::time::sleep(*wait).await;
                }
                (answer, _) => return answer,
            }
        }
    }
}

/// Stripe's sentences may hold what a payer typed, so only its codes are passed on.
fn gateway_error(error: StripeError) -> GatewayError {
    match error {
        StripeError::Stripe(_, 404) => GatewayError::Unknown,
        StripeError::Stripe(_, status @ (409 | 424 | 429 | 500..=599)) => {
            GatewayError::Unreachable(format!("Stripe answered {status}"))
        }
        StripeError::Stripe(error, status) => {
            let code = error.code.as_ref().map_or("no code", |code| code.as_str());
            let param = error.param.as_deref().unwrap_or("none");
            GatewayError::Refused(format!("Stripe answered {status}, code {code}, parameter {param}"))
        }
        StripeError::JSONDeserialize(cause) => {
            GatewayError::Unreachable(format!("Stripe's answer cannot be read: {cause}"))
        }
        StripeError::ClientError(cause) | StripeError::ConfigError(cause) => GatewayError::Unreachable(cause),
        StripeError::Timeout => GatewayError::Unreachable("Stripe did not answer in time".to_owned()),
    }
}
