//! Passwords and tokens.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use sha2::{Digest, Sha256};

/// Hashes a password with argon2id and the given salt.
///
/// # Errors
/// The parameters are refused (a salt that is too short).
pub fn hash_password(password: &str, salt: &[u8; 16]) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default().hash_password_with_salt(password.as_bytes(), salt)?.to_string())
}

/// Does the password fit the hash? A malformed hash fits nothing.
pub fn verify_password(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// How a token or code is kept: SHA-256 as lower hex. Tokens are long random texts, so they
/// need no slow hash; codes are short, so they expire and have few tries.
pub fn hash_token(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_fits() {
        let hash = hash_password("correcto caballo", &[7; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify_password("correcto caballo", &hash));
        assert!(!verify_password("otro", &hash));
        assert!(!verify_password("x", "not a hash"));
    }
}
