//! What a deployment says about its Stripe account, and what it may not say.

/// Where Stripe answers.
const HOST: &str = "https://api.stripe.com";

/// A Stripe account.
#[derive(Clone, PartialEq, Eq)]
pub struct Config {
    /// A secret (`sk_…`) or, better, restricted key (`rk_…`).
    pub key: String,
    /// Every webhook secret that is active: while one is being replaced, Stripe signs with both.
    pub secrets: Vec<String>,
    /// Instead of Stripe's own address: a stand-in on this machine, for demo mode.
    pub base: Option<String>,
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config").field("base", &self.base).finish_non_exhaustive()
    }
}

/// Why a deployment may not start with its Stripe account; says the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("the Stripe key is not one: it begins with sk_live_, rk_live_, sk_test_ or rk_test_")]
    NotAKey,
    #[error("production needs a live Stripe key (sk_live_ or rk_live_); this one is for tests")]
    TestKey,
    #[error("a demo moves no real money: use a test key (sk_test_ or rk_test_)")]
    LiveKey,
    #[error("the Stripe webhook secret is missing or empty; copy it from the endpoint's page at Stripe")]
    NoSecret,
    #[error("Stripe is reached at {HOST} only; in demo mode also at 127.0.0.1")]
    Address,
    #[error("Stripe cannot be set up: {0}")]
    Unusable(String),
}

impl Config {
    /// May a deployment use this? `live` is true in production, where money is real.
    ///
    /// # Errors
    /// The first thing that forbids it.
    pub fn check(&self, live: bool) -> Result<(), ConfigError> {
        let key =
            |mode: &str| ["sk", "rk"].iter().any(|kind| self.key.starts_with(&format!("{kind}_{mode}_")));
        match (key("live"), key("test")) {
            (false, false) => return Err(ConfigError::NotAKey),
            (true, _) if !live => return Err(ConfigError::LiveKey),
            (_, true) if live => return Err(ConfigError::TestKey),
            _ => {}
        }
        if self.secrets.is_empty() || self.secrets.iter().any(|secret| secret.trim().is_empty()) {
            return Err(ConfigError::NoSecret);
        }
        let base = self.base.as_deref().unwrap_or(HOST).trim_end_matches('/');
        if base == HOST || (is_here(base) && !live) { Ok(()) } else { Err(ConfigError::Address) }
    }
}

/// A stand-in on this machine.
pub fn is_here(base: &str) -> bool {
    let port = base.trim_end_matches('/').strip_prefix("http://127.0.0.1:");
    port.is_some_and(|port| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(key: &str, secrets: &[&str], base: Option<&str>) -> Config {
        Config {
            key: key.to_owned(),
            secrets: secrets.iter().map(|secret| (*secret).to_owned()).collect(),
            base: base.map(str::to_owned),
        }
    }

    #[test]
    fn production_takes_live_keys_and_stripes_own_address_only() {
        let live = |key, secrets: &[&str], base| config(key, secrets, base).check(true);
        assert_eq!(live("rk_live_x", &["whsec_1"], None), Ok(()));
        assert_eq!(live("sk_live_x", &["whsec_1", "whsec_2"], Some("https://api.stripe.com/")), Ok(()));
        assert_eq!(live("sk_test_x", &["whsec_1"], None), Err(ConfigError::TestKey));
        assert_eq!(live("rk_test_x", &["whsec_1"], None), Err(ConfigError::TestKey));
        assert_eq!(live("pk_live_x", &["whsec_1"], None), Err(ConfigError::NotAKey));
        assert_eq!(live("", &["whsec_1"], None), Err(ConfigError::NotAKey));
        assert_eq!(live("sk_live_x", &[], None), Err(ConfigError::NoSecret));
        assert_eq!(live("sk_live_x", &["whsec_1", " "], None), Err(ConfigError::NoSecret));
        for base in ["http://127.0.0.1:1", "http://api.stripe.com", "https://api.stripe.com.example.org"] {
            assert_eq!(live("sk_live_x", &["whsec_1"], Some(base)), Err(ConfigError::Address));
        }
    }

    #[test]
    fn a_demo_takes_test_keys_and_a_stand_in() {
        let demo = |key, base| config(key, &["whsec_1"], base).check(false);
        assert_eq!(demo("sk_test_x", Some("http://127.0.0.1:4242")), Ok(()));
        assert_eq!(demo("sk_test_x", None), Ok(()));
        assert_eq!(demo("sk_live_x", None), Err(ConfigError::LiveKey));
        assert_eq!(demo("sk_test_x", Some("http://127.0.0.1:4242@example.org")), Err(ConfigError::Address));
        assert_eq!(demo("sk_test_x", Some("http://192.0.2.1:80")), Err(ConfigError::Address));
    }
}
