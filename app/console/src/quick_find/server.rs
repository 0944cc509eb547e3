//! The server's half: who asks, one use case, and its answer without what the list does not show.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use domain::access::Actor;
use domain::money::Money;
use http::{HeaderValue, StatusCode, header};
use leptos::prelude::*;
use leptos_axum::{ResponseOptions, handle_server_fns_with_context};
use services::accounts::{AccountFilter, AccountLine};
use services::{ServiceError, Services};
use web::Staff;

use super::{FindError, Found};

/// Lines that the eye takes in at once.
const LINES: usize = 8;
/// Longer texts are no search.
const LETTERS: usize = 100;

/// `POST /api/console/{function}`: server functions, within the session of a member of staff.
pub async fn serve(State(services): State<Services>, request: Request<Body>) -> Response {
    let session = match Staff::token(request.headers()) {
        Some(token) => services.staff_session(&token).await,
        None => Ok(None),
    };
    let mut response = match session {
        Ok(Some(session)) => {
            let context = move || {
                provide_context(services.clone());
                provide_context(session.actor.clone());
            };
            handle_server_fns_with_context(context, request).await.into_response()
        }
        Ok(None) => plain(StatusCode::UNAUTHORIZED, FindError::SignedOut),
        Err(error) => {
            tracing::error!(%error, "no session for a server function");
            plain(StatusCode::INTERNAL_SERVER_ERROR, FindError::Failed)
        }
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn plain(status: StatusCode, error: FindError) -> Response {
    (status, axum::Json(error)).into_response()
}

/// The use case with the actor of the request.
pub async fn find(text: String) -> Result<Vec<Found>, FindError> {
    let (Some(services), Some(actor)) = (use_context::<Services>(), use_context::<Actor>()) else {
        return Err(refused(FindError::SignedOut));
    };
    let text: String = text.trim().chars().take(LETTERS).collect();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let filter = AccountFilter { text, ..AccountFilter::default() };
    match services.list_accounts(&actor, &filter).await {
        Ok(page) => Ok(page.lines.into_iter().take(LINES).filter_map(found).collect()),
        Err(ServiceError::Denied(_)) => Err(refused(FindError::Denied)),
        Err(error) => {
            tracing::error!(%error, "quick search failed");
            Err(refused(FindError::Failed))
        }
    }
}

fn found(line: AccountLine) -> Option<Found> {
    let owed = Money::from_minor(line.total, line.currency.parse().ok()?);
    let AccountLine { id, debtor_name, external_id, creditor_name, .. } = line;
    Some(Found { id, debtor: debtor_name, external_id, creditor: creditor_name, owed })
}

/// Says it in the status, too: a server function alone would answer 500 to everything.
fn refused(error: FindError) -> FindError {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(match error {
            FindError::SignedOut => StatusCode::UNAUTHORIZED,
            FindError::Denied => StatusCode::FORBIDDEN,
            FindError::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        });
    }
    error
}
