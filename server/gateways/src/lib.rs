//! Payment gateways: adapters between the product's payment port and those who move the money.
//!
//! Stripe moves real money; the sandbox pretends to, and is mounted in demo mode alone.

pub mod sandbox;
pub mod signature;
pub mod stripe;
