//! Payment gateways: adapters between the product's payment port and those who move the money.
//!
//! Only the sandbox exists so far. It is mounted in demo mode alone.

pub mod sandbox;
pub mod signature;
