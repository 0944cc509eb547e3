//! The ways out: adapters of [`services::outbox::Channel`].

pub mod bounce;
pub mod email;
mod provider;
pub mod sms;
pub mod whatsapp;

pub use provider::BadSettings;
