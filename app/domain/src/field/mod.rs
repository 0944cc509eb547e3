//! The field protocol.
