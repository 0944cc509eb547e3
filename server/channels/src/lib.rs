//! The ways out: adapters of [`services::outbox::Channel`].

pub mod email;
