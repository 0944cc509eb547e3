//! Secrets of others that we must be able to read again: sealed with a key that is in no database.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

/// Marks the form of what is sealed, so that another can follow.
const FORM: &str = "v1:";
const NONCE: usize = 24;

/// Why something cannot be sealed or opened; says the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    #[error(
        "SALDAR_SECRETS_KEY is not a key: write 64 hexadecimal digits, as `openssl rand -hex 32` prints them"
    )]
    NotAKey,
    #[error("SALDAR_SECRETS_KEY is not set; secrets cannot be kept without it")]
    NoKey,
    #[error(
        "a stored secret cannot be opened with SALDAR_SECRETS_KEY; add the key that it was sealed with, after a comma"
    )]
    WrongKey,
}

/// Seals with its first key, opens with any of them: so a key can be replaced.
#[derive(Clone)]
pub struct Vault {
    ciphers: Vec<XChaCha20Poly1305>,
}

impl Vault {
    /// From keys of 64 hexadecimal digits each, separated by commas.
    ///
    /// # Errors
    /// `NotAKey`, also for an empty text.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        let ciphers = text.split(',').map(|key| {
            let mut bytes = [0_u8; 32];
            hex::decode_to_slice(key.trim(), &mut bytes).map_err(|_| VaultError::NotAKey)?;
            // Zeros and the like are what somebody fills in to be rid of the question.
            let first = bytes.first().copied().unwrap_or_default();
            if bytes.iter().all(|byte| *byte == first) {
                return Err(VaultError::NotAKey);
            }
            Ok(XChaCha20Poly1305::new(&Key::from(bytes)))
        });
        Ok(Self { ciphers: ciphers.collect::<Result<_, _>>()? })
    }

    /// Seals a secret for one place; `place` is what it is and whose, and `nonce` is random.
    pub(super) fn seal(&self, place: &str, nonce: [u8; NONCE], secret: &str) -> Result<String, VaultError> {
        let cipher = self.ciphers.first().ok_or(VaultError::NoKey)?;
        let payload = Payload { msg: secret.as_bytes(), aad: place.as_bytes() };
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError::NoKey)?;
        Ok(format!("{FORM}{}{}", hex::encode(nonce), hex::encode(sealed)))
    }

    /// Opens what was sealed for this place; what was moved here from another row stays shut.
    pub(super) fn open(&self, place: &str, sealed: &str) -> Result<String, VaultError> {
        let bytes = sealed.strip_prefix(FORM).and_then(|text| hex::decode(text).ok());
        let bytes = bytes.ok_or(VaultError::WrongKey)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().ok_or(VaultError::WrongKey)?;
        let open = |cipher: &XChaCha20Poly1305| {
            let payload = Payload { msg: sealed, aad: place.as_bytes() };
            cipher.decrypt(&XNonce::from(*nonce), payload).ok()
        };
        let secret = self.ciphers.iter().find_map(open).ok_or(VaultError::WrongKey)?;
        String::from_utf8(secret).map_err(|_| VaultError::WrongKey)
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("keys", &self.ciphers.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const NEW: &str = "f00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    #[test]
    fn only_the_right_key_in_the_right_place_opens() {
        let old = Vault::parse(OLD).unwrap();
        let sealed = old.seal("a:key", [7; NONCE], "rk_test_secret").unwrap();
        assert!(!sealed.contains(&hex::encode("secret")), "{sealed}");
        assert_eq!(old.open("a:key", &sealed).as_deref(), Ok("rk_test_secret"));
        assert_eq!(old.open("b:key", &sealed), Err(VaultError::WrongKey), "moved to another row");
        let new = Vault::parse(NEW).unwrap();
        assert_eq!(new.open("a:key", &sealed), Err(VaultError::WrongKey));
        // Replaced: the new one seals, the old one still opens.
        let both = Vault::parse(&format!("{NEW}, {OLD}")).unwrap();
        assert_eq!(both.open("a:key", &sealed).as_deref(), Ok("rk_test_secret"));
        let again = both.seal("a:key", [8; NONCE], "x").unwrap();
        assert_eq!(new.open("a:key", &again).as_deref(), Ok("x"));
        let mut changed = sealed.clone();
        let last = if changed.pop() == Some('0') { '1' } else { '0' };
        changed.push(last);
        assert_eq!(old.open("a:key", &changed), Err(VaultError::WrongKey), "changed by somebody");
        assert!(!format!("{old:?}").contains("0001"));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "abc", &"0".repeat(64), &"ff".repeat(32), &format!("{OLD},")] {
            assert_eq!(Vault::parse(text).err(), Some(VaultError::NotAKey), "{text:?}");
        }
    }
}
