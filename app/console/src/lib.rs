//! The back office: accounts, work on them, payments, imports, field devices, messages, audit.
//!
//! Pages are rendered by the server and work without scripts; the browser gets only
//! [`islands`], which add the keyboard.
#![recursion_limit = "256"]

pub mod islands;
pub mod quick_find;

#[cfg(feature = "ssr")]
mod desk;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
mod routes;
#[cfg(feature = "ssr")]
mod typed;

#[cfg(feature = "ssr")]
pub use routes::routes;
