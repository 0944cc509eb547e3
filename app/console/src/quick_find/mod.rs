//! The console's quick search: accounts while one types, by a server function.
//!
//! The browser's half is [`island::QuickFind`]; the server's is mounted by [`serve`], which
//! takes the staff session first. The words travel in the body of a POST: names belong in no
//! address and no log.

mod island;
#[cfg(feature = "ssr")]
mod server;

use domain::money::Money;
use leptos::prelude::*;
use leptos::server_fn::codec::{Json, JsonEncoding};
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use island::QuickFind;
#[cfg(feature = "ssr")]
pub use server::serve;

/// One account, as far as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub id: Uuid,
    pub debtor: String,
    /// The creditor's number of the account.
    pub external_id: String,
    pub creditor: String,
    pub owed: Money,
}

/// Why nothing can be shown; what happened inside stays inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindError {
    /// The session has ended: sign in again.
    SignedOut,
    /// The role sees no accounts.
    Denied,
    /// The server failed, or did not answer.
    Failed,
}

impl FromServerFnError for FindError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(_: ServerFnErrorErr) -> Self {
        Self::Failed
    }
}

/// Accounts by name, document, phone, e-mail or number, at most eight.
///
/// # Errors
/// See [`FindError`].
#[server(prefix = "/api/console", endpoint = "quick-find", input = Json)]
pub async fn quick_find(text: String) -> Result<Vec<Found>, FindError> {
    server::find(text).await
}
