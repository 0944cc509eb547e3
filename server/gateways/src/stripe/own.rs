//! Accounts of single organizations.

use std::sync::Arc;

use services::gateway_accounts::{OpenGateway, Refusal};
use services::payments::PaymentGateway;

use super::{Config, ConfigError, NAME, PAGES, Stripe, config};

/// Opens Stripe accounts under this deployment's guards.
#[derive(Clone, Debug)]
pub struct StripeAccounts {
    /// Production: real money.
    pub live: bool,
    /// Instead of Stripe's own address: a stand-in on this machine, for demo mode.
    pub base: Option<String>,
}

impl OpenGateway for StripeAccounts {
    fn name(&self) -> &'static str {
        NAME
    }

    fn pages(&self) -> Vec<String> {
        let page = self.base.as_deref().filter(|base| config::is_here(base)).unwrap_or(PAGES);
        vec![page.trim_end_matches('/').to_owned()]
    }

    fn open(&self, key: &str, secrets: &[String]) -> Result<Arc<dyn PaymentGateway>, Refusal> {
        let config = Config { key: key.to_owned(), secrets: secrets.to_vec(), base: self.base.clone() };
        config.check(self.live).map_err(refusal)?;
        let stripe = Stripe::new(&config).map_err(refusal)?;
        Ok(Arc::new(stripe))
    }
}

fn refusal(error: ConfigError) -> Refusal {
    match error {
        ConfigError::NotAKey => Refusal::NotAKey,
        ConfigError::TestKey => Refusal::TestKey,
        ConfigError::LiveKey => Refusal::LiveKey,
        ConfigError::NoSecret => Refusal::NoSecret,
        other => Refusal::Other(other.to_string()),
    }
}
