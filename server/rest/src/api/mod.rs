//! The REST API for other systems, version 1: a bearer key, amounts in minor units with their
//! currency, problem details on error, and an `Idempotency-Key` on every POST that moves money.

mod accounts;
mod payments;
mod problem;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::routing::{get, post};
use domain::access::Actor;
use services::{ServiceError, Services};

use problem::Problem;

/// Where the API lives.
pub const PATH: &str = "/api/v1";

/// The endpoints below [`PATH`].
pub fn routes() -> Router<Services> {
    let routes = Router::new()
        .route("/accounts", get(accounts::find))
        .route("/accounts/{id}", get(accounts::show))
        .route("/accounts/{id}/balance", get(accounts::balance))
        .route("/accounts/{id}/ledger", get(accounts::ledger))
        .route("/payments", post(payments::create))
        .route("/payments/{id}/reverse", post(payments::reverse))
        .fallback(problem::no_such_address)
        .method_not_allowed_fallback(problem::wrong_method);
    Router::new().nest(PATH, routes)
}

/// The system that calls, by its key.
struct Caller(Actor);

impl FromRequestParts<Services> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, services: &Services) -> Result<Self, Problem> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token =
            header.and_then(|value| value.strip_prefix("Bearer ")).ok_or(ServiceError::NotSignedIn)?;
        Ok(Self(services.api_actor(token.trim()).await?))
    }
}
