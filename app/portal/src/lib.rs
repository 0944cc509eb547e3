//! The debtor's portal: plain pages from the server that need no script, and a few islands that
//! add comfort where scripts run.
#![recursion_limit = "256"]

pub mod amount;
pub mod islands;

#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
mod routes;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
mod words;

#[cfg(feature = "ssr")]
pub use routes::routes;
