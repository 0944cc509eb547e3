//! The web app: mounts the debtor portal and the back-office console.

/// All pages, on the server.
#[cfg(feature = "ssr")]
pub fn routes() -> axum::Router<services::Services> {
    axum::Router::new().merge(portal::routes()).merge(console::routes())
}

/// Keeps the islands of both surfaces in the browser's bundle.
#[cfg(feature = "hydrate")]
pub use {console as _console, portal as _portal};
