//! Signed webhooks: HMAC-SHA256 over the moment of sending and the raw body.
//!
//! The header reads `t=<unix seconds>,v1=<hex>`; several `v1` may stand side by side while a secret is
//! being replaced. What is signed is the moment's digits, a full stop, and the body's bytes.

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use services::payments::GatewayError;
use sha2::Sha256;

/// The request header that carries the signature.
pub const HEADER: &str = "saldar-signature";

/// How far the moment of sending may lie from now, either way.
pub const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// Why a webhook is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.reason())]
pub enum SignatureError {
    NoSecret,
    Malformed,
    OutsideTolerance,
    Mismatch,
}

impl SignatureError {
    pub const fn reason(self) -> &'static str {
        match self {
            Self::NoSecret => "no webhook secret is configured, or it is empty",
            Self::Malformed => "the signature header is missing or not of the form t=…,v1=…",
            Self::OutsideTolerance => "it was signed too long ago, or in the future",
            Self::Mismatch => "no active secret gives this signature",
        }
    }
}

/// The header's value for `body` sent at `at`.
///
/// # Errors
/// An empty secret.
pub fn sign(secret: &[u8], at: DateTime<Utc>, body: &[u8]) -> Result<String, SignatureError> {
    let seconds = at.timestamp();
    let tag = mac(secret, seconds, body)?.finalize().into_bytes();
    Ok(format!("t={seconds},v1={}", hex::encode(tag)))
}

/// Checks `header` against every active secret and tells which one signed, by its place in the list:
/// anything but the first means that the sender still uses an old secret.
///
/// # Errors
/// See [`SignatureError`]; comparisons take the same time whatever the signature.
pub fn verify<S: AsRef<[u8]>>(
    header: &str,
    body: &[u8],
    secrets: &[S],
    now: DateTime<Utc>,
) -> Result<usize, SignatureError> {
    if secrets.is_empty() {
        return Err(SignatureError::NoSecret);
    }
    let (seconds, tags) = parse(header)?;
    let sent = DateTime::from_timestamp(seconds, 0).ok_or(SignatureError::Malformed)?;
    if (now - sent).abs() > TOLERANCE {
        return Err(SignatureError::OutsideTolerance);
    }
    for (place, secret) in secrets.iter().enumerate() {
        for tag in &tags {
            if mac(secret.as_ref(), seconds, body)?.verify_slice(tag).is_ok() {
                return Ok(place);
            }
        }
    }
    Err(SignatureError::Mismatch)
}

/// Checks the webhook that `gateway` sent with this header; true, and a warning, when only an old secret
/// signed it.
///
/// # Errors
/// `BadSignature`.
pub fn check(
    gateway: &'static str,
    header: Option<String>,
    body: &[u8],
    secrets: &[String],
    now: DateTime<Utc>,
) -> Result<bool, GatewayError> {
    let place = verify(&header.unwrap_or_default(), body, secrets, now)
        .map_err(|error| GatewayError::BadSignature(error.reason()))?;
    if place > 0 {
        tracing::warn!(gateway, place, "a webhook was signed with an old secret");
    }
    Ok(place > 0)
}

fn mac(secret: &[u8], seconds: i64, body: &[u8]) -> Result<Hmac<Sha256>, SignatureError> {
    // An empty key is one that anybody has.
    if secret.is_empty() {
        return Err(SignatureError::NoSecret);
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|_| SignatureError::NoSecret)?;
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    Ok(mac)
}

fn parse(header: &str) -> Result<(i64, Vec<Vec<u8>>), SignatureError> {
    let mut seconds = None;
    let mut tags = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", digits)) => seconds = digits.parse().ok(),
            Some(("v1", digits)) => tags.extend(hex::decode(digits).ok()),
            _ => {}
        }
    }
    match seconds {
        Some(seconds) if !tags.is_empty() => Ok((seconds, tags)),
        _ => Err(SignatureError::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"id":"evt_1"}"#;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_000_000, 0).unwrap()
    }

    #[test]
    fn equals_a_signature_made_elsewhere() {
        // printf '1795000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_new
        let expected = "d529216d577503f3aed4b9be79bb6515ab4951cba64955f33e63e2438c859cb2";
        assert_eq!(sign(b"whsec_new", now(), BODY).unwrap(), format!("t=1795000000,v1={expected}"));
    }

    #[test]
    fn tells_which_secret_signed() {
        let header = sign(b"whsec_old", now(), BODY).unwrap();
        assert_eq!(verify(&header, BODY, &["whsec_new", "whsec_old"], now()), Ok(1));
        assert_eq!(verify(&header, BODY, &["whsec_old"], now()), Ok(0));
    }

    #[test]
    fn accepts_two_tags_while_a_secret_is_replaced() {
        let old = sign(b"whsec_old", now(), BODY).unwrap();
        let new = sign(b"whsec_new", now(), BODY).unwrap();
        let both = format!("{old},{}", new.split_once(',').unwrap().1);
        assert_eq!(verify(&both, BODY, &["whsec_new"], now()), Ok(0));
    }

    #[test]
    fn refuses_a_wrong_secret() {
        let header = sign(b"whsec_other", now(), BODY).unwrap();
        assert_eq!(verify(&header, BODY, &["whsec_new"], now()), Err(SignatureError::Mismatch));
    }

    #[test]
    fn refuses_a_body_or_moment_that_was_changed() {
        let header = sign(b"whsec_new", now(), BODY).unwrap();
        let other = br#"{"id":"evt_2"}"#;
        assert_eq!(verify(&header, other, &["whsec_new"], now()), Err(SignatureError::Mismatch));
        let later = header.replace("t=1795000000", "t=1795000001");
        assert_eq!(verify(&later, BODY, &["whsec_new"], now()), Err(SignatureError::Mismatch));
    }

    #[test]
    fn refuses_what_is_older_or_younger_than_five_minutes() {
        let header = sign(b"whsec_new", now(), BODY).unwrap();
        let second = TimeDelta::seconds(1);
        for (moment, expected) in [
            (now() + TOLERANCE, Ok(0)),
            (now() + TOLERANCE + second, Err(SignatureError::OutsideTolerance)),
            (now() - TOLERANCE, Ok(0)),
            (now() - TOLERANCE - second, Err(SignatureError::OutsideTolerance)),
        ] {
            assert_eq!(verify(&header, BODY, &["whsec_new"], moment), expected);
        }
    }

    #[test]
    fn refuses_what_is_not_a_signature() {
        for header in
            ["", "t=1795000000", "v1=00", "t=x,v1=00", "t=1795000000,v1=zz", "t=99999999999999999999,v1=00"]
        {
            assert_eq!(
                verify(header, BODY, &["whsec_new"], now()),
                Err(SignatureError::Malformed),
                "{header}"
            );
        }
        assert_eq!(verify("t=1795000000,v1=00", BODY, &["whsec_new"], now()), Err(SignatureError::Mismatch));
    }

    #[test]
    fn an_absent_or_empty_secret_opens_nothing() {
        let none: [&str; 0] = [];
        let header = sign(b"whsec_new", now(), BODY).unwrap();
        assert_eq!(verify(&header, BODY, &none, now()), Err(SignatureError::NoSecret));
        assert_eq!(verify(&header, BODY, &[""], now()), Err(SignatureError::NoSecret));
        assert_eq!(sign(b"", now(), BODY), Err(SignatureError::NoSecret));
    }
}
