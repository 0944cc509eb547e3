//! The field app's endpoints: enrol, token, push, pull. All answers are JSON in the protocol's own types; a
//! refusal is a [`FieldError`] whose code the phone acts upon.

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::field::{EnrolRequest, FIELD_PATH, FieldError, PushRequest, TokenRequest};
use serde::{Deserialize, Serialize};
use services::Services;
use services::field::{FieldFault, FieldSession};

/// A hundred events with long notes fit well.
const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// The endpoints below [`FIELD_PATH`].
pub fn routes() -> Router<Services> {
    let routes = Router::new()
        .route("/enrol", post(enrol))
        .route("/token", post(token))
        .route("/push", post(push))
        .route("/pull", get(pull))
        .layer(DefaultBodyLimit::max(BODY_LIMIT));
    Router::new().nest(FIELD_PATH, routes)
}

/// A refusal on its way out.
enum Refusal {
    Fault(FieldFault),
    /// The request is not in the protocol's form.
    Body(StatusCode),
}

impl From<FieldFault> for Refusal {
    fn from(fault: FieldFault) -> Self {
        Self::Fault(fault)
    }
}

impl From<JsonRejection> for Refusal {
    fn from(rejection: JsonRejection) -> Self {
        Self::Body(rejection.status())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code, detail) = match &self {
            Self::Fault(fault) => {
                let (status, code, detail) = fault.answer();
                if status == 500 {
                    tracing::error!(%fault, "field request failed");
                }
                (StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), code, detail)
            }
            Self::Body(status) => (*status, "malformed", "La petición no tiene la forma esperada"),
        };
        let error = FieldError { code: code.to_owned(), detail: detail.to_owned() };
        (status, [(CACHE_CONTROL, "no-store")], Json(error)).into_response()
    }
}

fn answer<T: Serialize>(body: T) -> Response {
    ([(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

async fn session(services: &Services, headers: &HeaderMap) -> Result<FieldSession, FieldFault> {
    let token = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or(FieldFault::Unauthorized)?;
    services.field_session(token).await
}

async fn enrol(
    State(services): State<Services>,
    body: Result<Json<EnrolRequest>, JsonRejection>,
) -> Result<Response, Refusal> {
    let Json(request) = body?;
    Ok(answer(services.enrol_device(&request).await?))
}

async fn token(
    State(services): State<Services>,
    body: Result<Json<TokenRequest>, JsonRejection>,
) -> Result<Response, Refusal> {
    let Json(request) = body?;
    Ok(answer(services.refresh_tokens(&request).await?))
}

async fn push(
    State(services): State<Services>,
    headers: HeaderMap,
    body: Result<Json<PushRequest>, JsonRejection>,
) -> Result<Response, Refusal> {
    let session = session(&services, &headers).await?;
    let Json(request) = body?;
    Ok(answer(services.push_events(&session, &request).await?))
}

#[derive(Deserialize)]
struct PullQuery {
    #[serde(default)]
    cursor: String,
}

async fn pull(
    State(services): State<Services>,
    headers: HeaderMap,
    Query(query): Query<PullQuery>,
) -> Result<Response, Refusal> {
    let session = session(&services, &headers).await?;
    Ok(answer(services.pull_route(&session, &query.cursor).await?))
}
