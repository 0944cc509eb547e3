//! Webhooks of gateways: verified on the raw bytes, stored, acknowledged; workers do the rest.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use services::{ServiceError, Services};

pub fn routes() -> Router<Services> {
    Router::new().route("/webhooks/{gateway}", post(receive))
}

async fn receive(
    State(services): State<Services>,
    Path(gateway): Path<String>,
    headers: HeaderMap,
    raw: Bytes,
) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    match services.receive_webhook(&gateway, &header, &raw).await {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(ServiceError::NotFound) => StatusCode::NOT_FOUND.into_response(),
        Err(ServiceError::Outside { cause, .. }) => {
            tracing::warn!(gateway, cause, "webhook refused");
            (StatusCode::BAD_REQUEST, "the webhook's signature or form is not valid").into_response()
        }
        Err(error) => {
            tracing::error!(gateway, %error, "webhook not stored");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
