//! Accounts at gateways that belong to one organization, beside the deployment's own. Their secrets are
//! sealed in the database; a page shows of them the last four characters and nothing else.

mod change;
mod open;
mod vault;
mod view;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use domain::party::UnknownText;

use crate::payments::PaymentGateway;

pub use change::{NewGatewayAccount, new_account_key};
pub use vault::{Vault, VaultError};
pub use view::{GatewayAccountView, GatewaysView, SecretView};

/// What opens an account at a gateway: implemented where the adapters are known.
pub trait OpenGateway: Send + Sync {
    /// The gateway's name, the first word of its accounts' keys.
    fn name(&self) -> &'static str;

    /// Origins of the pages that payers are sent to.
    fn pages(&self) -> Vec<String>;

    /// An adapter with this key and every webhook secret that is active, the newest first.
    ///
    /// # Errors
    /// What this deployment may not use, with its remedy in English; see [`Refusal`].
    fn open(&self, key: &str, secrets: &[String]) -> Result<Arc<dyn PaymentGateway>, Refusal>;
}

/// Why an account may not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("it is not a key of the gateway")]
    NotAKey,
    /// Production takes no pretend money.
    #[error("production needs a live key; this one is for tests")]
    TestKey,
    /// A demo moves no real money.
    #[error("a demo needs a test key")]
    LiveKey,
    #[error("the webhook secret is missing or is none")]
    NoSecret,
    #[error("{0}")]
    Other(String),
}

/// How it stands with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// It takes payments.
    Active,
    /// It takes none any more; what was begun ends there, refunds and payouts too.
    Closed,
}

impl AccountState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Closed => "closed",
        }
    }
}

impl std::str::FromStr for AccountState {
    type Err = UnknownText;

    fn from_str(text: &str) -> Result<Self, UnknownText> {
        match text {
            "active" => Ok(Self::Active),
            "closed" => Ok(Self::Closed),
            _ => Err(UnknownText { of: "AccountState", text: text.to_owned() }),
        }
    }
}

/// What is needed to keep and to open accounts; without it there are none.
#[derive(Clone, Default)]
pub struct OwnGateways {
    inner: Option<Arc<Inner>>,
}

struct Inner {
    vault: Vault,
    opener: Arc<dyn OpenGateway>,
    /// Opened accounts by key, with the version that was opened.
    opened: Mutex<HashMap<String, Opened>>,
}

type Opened = (DateTime<Utc>, Arc<dyn PaymentGateway>);

impl OwnGateways {
    pub fn new(vault: Vault, opener: Arc<dyn OpenGateway>) -> Self {
        let inner = Inner { vault, opener, opened: Mutex::default() };
        Self { inner: Some(Arc::new(inner)) }
    }

    /// Origins of the pages that payers are sent to.
    pub fn pages(&self) -> Vec<String> {
        self.inner.as_ref().map(|inner| inner.opener.pages()).unwrap_or_default()
    }
}

impl std::fmt::Debug for OwnGateways {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnGateways").field("ready", &self.inner.is_some()).finish()
    }
}
