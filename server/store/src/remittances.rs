//! Remittances and commission terms.
