//! Refusals as problem details (RFC 9457), in English, with a stable code.

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use services::ServiceError;

/// A refusal on its way out.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    /// What is wrong with which field, and what to do.
    errors: Vec<Value>,
}

impl Problem {
    const fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self { status, code, title, errors: Vec::new() }
    }

    /// The request is not in the form that its address takes.
    pub fn malformed(field: &str, detail: &str) -> Self {
        let errors = vec![json!({ "field": field, "detail": detail })];
        Self { errors, ..Self::new(StatusCode::BAD_REQUEST, "malformed", "The request cannot be read") }
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::NotSignedIn => Self::new(
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "Send a key that is valid as bearer token",
            ),
            ServiceError::Denied(denied) => {
                let errors = vec![json!({ "permission": denied.0.as_str() })];
                Self {
                    errors,
                    ..Self::new(StatusCode::FORBIDDEN, "denied", "The key's role may not do this")
                }
            }
            ServiceError::NotFound => {
                Self::new(StatusCode::NOT_FOUND, "not_found", "There is no such thing, or it is not yours")
            }
            ServiceError::Invalid(issues) => {
                let about_key = issues.iter().any(|issue| issue.field == "Idempotency-Key");
                let code = if about_key { "idempotency_key" } else { "invalid" };
                let errors = issues
                    .iter()
                    .map(|issue| json!({ "field": issue.field, "detail": issue.says.en }))
                    .collect();
                Self {
                    errors,
                    ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, "The request is not valid")
                }
            }
            ServiceError::Throttled { .. } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "throttled", "Too many requests; try again later")
            }
            ServiceError::Store(error) => {
                tracing::error!(%error, "an API request failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The request failed; try again")
            }
            ServiceError::Outside { part, cause } => {
                tracing::error!(part, cause, "an API request failed");
                Self::new(StatusCode::BAD_GATEWAY, "outside", "A part outside failed; try again")
            }
        }
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        Self::malformed("", &rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(_: PathRejection) -> Self {
        ServiceError::NotFound.into()
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::malformed("", &rejection.body_text())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({
            "type": format!("urn:saldar:problem:{}", self.code),
            "title": self.title,
            "status": self.status.as_u16(),
            "code": self.code,
            "errors": self.errors,
        });
        let kind = HeaderValue::from_static("application/problem+json");
        let headers =
            [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
        (self.status, headers, body.to_string()).into_response()
    }
}

pub async fn no_such_address() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "The API has no such address")
}

pub async fn wrong_method() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method", "This address takes another method")
}
