//! What the providers of messages have in common: one HTTP client, where they may be reached, and how
//! their signatures are compared.

use std::time::Duration;

use services::outbox::SendError;
use subtle::ConstantTimeEq;

/// A provider that says nothing for so long is given up for now.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a channel cannot be set up; says the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSettings {
    #[error("{0} is not set")]
    Missing(&'static str),
    #[error("{name} is not {what}")]
    Malformed { name: &'static str, what: &'static str },
    #[error("{name}: production speaks to {host} only; leave it out")]
    Address { name: &'static str, host: &'static str },
    #[error(
        "a demo reaches nobody real: leave the account out, or set {0} to a stand-in on this machine (http://127.0.0.1:…)"
    )]
    Demo(&'static str),
    #[error("no HTTP client can be made: {0}")]
    Client(String),
}

/// A client that follows nobody elsewhere: an answer that points away is a failure.
pub(crate) fn client() -> Result<reqwest::Client, BadSettings> {
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("saldar/", env!("CARGO_PKG_VERSION")));
    client.build().map_err(|error| BadSettings::Client(error.to_string()))
}

/// A stand-in on this machine.
pub(crate) fn is_here(base: &str) -> bool {
    let rest = base.strip_prefix("http://127.0.0.1:");
    rest.and_then(|rest| rest.split('/').next()).is_some_and(|port| port.parse::<u16>().is_ok())
}

/// A phone as providers want it: `+` and 8 to 15 digits (E.164).
pub(crate) fn e164(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let plain = text.chars().all(|c| c.is_ascii_digit() || "+ -().".contains(c));
    let fits = text.trim_start().starts_with('+') && (8..=15).contains(&digits.len());
    (plain && fits && !digits.starts_with('0')).then(|| format!("+{digits}"))
}

/// In one time, whatever was sent.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    bool::from(one.ct_eq(other))
}

/// Nothing was heard: the request may have arrived. It is tried again, as with e-mail.
pub(crate) fn silence(_: reqwest::Error) -> SendError {
    SendError::Later("unreachable".to_owned())
}

/// What an HTTP status says when the answer gives no code that we know.
pub(crate) fn by_status(status: u16) -> SendError {
    match status {
        429 => SendError::Later("throttled".to_owned()),
        500.. | 408 => SendError::Later(format!("provider:{status}")),
        401 | 403 => SendError::Later(format!("account:{status}")),
        _ => SendError::Never(format!("provider:{status}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_international_numbers_are_numbers() {
        assert_eq!(e164("+52 (55) 1234-5678").as_deref(), Some("+525512345678"));
        for text in ["55 1234 5678", "+52", "+052 55 1234 5678", "ana@example.com", "+52 55 1234 5678 ext 3"]
        {
            assert_eq!(e164(text), None, "{text}");
        }
    }

    #[test]
    fn a_stand_in_is_on_this_machine() {
        assert!(is_here("http://127.0.0.1:4010/v23.0") && is_here("http://127.0.0.1:4010"));
        for base in
            ["http://127.0.0.1.evil.example:80", "http://127.0.0.1@evil.example", "https://api.twilio.com"]
        {
            assert!(!is_here(base), "{base}");
        }
    }
}
