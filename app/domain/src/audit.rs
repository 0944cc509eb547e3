//! The audit chain: each row holds the hash of the one before, so a change or a gap shows.

use chrono::{DateTime, SecondsFormat, Utc};
use sha2::{Digest, Sha256};

use crate::ids::OrganizationId;

/// What one audit row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    pub organization_id: OrganizationId,
    /// 1, 2, 3 … without gaps within the organization.
    pub seq: i64,
    pub at: DateTime<Utc>,
    /// See [`crate::access::Actor::audit_name`].
    pub actor: String,
    /// Verb in the past tense, for example `payment.posted`.
    pub action: String,
    /// What it was done to, for example `account:…`.
    pub subject: String,
    /// JSON without personal data.
    pub details: String,
}

/// The hash before the first row.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

impl AuditRecord {
    /// SHA-256 over the previous hash and every field, each with its length, as lower hex.
    pub fn hash(&self, previous: &str) -> String {
        let at = self.at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let organization = self.organization_id.to_string();
        let seq = self.seq.to_string();
        let fields =
            [previous, &organization, &seq, &at, &self.actor, &self.action, &self.subject, &self.details];
        let mut hasher = Sha256::new();
        for field in fields {
            hasher.update((field.len() as u64).to_be_bytes());
            hasher.update(field.as_bytes());
        }
        hex::encode(hasher.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_change_changes_the_hash() {
        let record = AuditRecord {
            organization_id: OrganizationId(uuid::Uuid::nil()),
            seq: 1,
            at: "2026-11-21T10:00:00.000001Z".parse().unwrap(),
            actor: "system:test".into(),
            action: "payment.posted".into(),
            subject: "account:1".into(),
            details: "{}".into(),
        };
        let hash = record.hash(GENESIS);
        assert_eq!(hash.len(), 64);
        assert_ne!(hash, AuditRecord { seq: 2, ..record.clone() }.hash(GENESIS));
        assert_ne!(
            hash,
            AuditRecord { actor: "system:tes".into(), action: "tpayment.posted".into(), ..record.clone() }
                .hash(GENESIS)
        );
        assert_ne!(hash, record.hash(&hash));
    }
}
