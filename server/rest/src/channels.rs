//! Calls of the providers of messages: verified on the raw bytes, stored, acknowledged; workers do the
//! rest.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{OriginalUri, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use http::{HeaderMap, StatusCode};
use services::Services;
use services::outbox::{Call, NotBelieved, Receiver, Receivers};

/// The addresses of these providers.
pub fn routes(receivers: &Receivers) -> Router<Services> {
    let mut routes = Router::new();
    for (provider, receiver) in receivers {
        let own = Router::new()
            .route(&format!("/webhooks/{provider}"), get(handshake).post(receive))
            .route(&format!("/webhooks/{provider}/estado"), post(receive))
            .route(&format!("/webhooks/{provider}/mensaje"), post(receive))
            .layer(Extension(receiver.clone()));
        routes = routes.merge(own);
    }
    routes
}

async fn handshake(
    Extension(receiver): Extension<Arc<dyn Receiver>>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let value = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    match receiver.handshake(&value) {
        Some(challenge) => challenge.into_response(),
        None => StatusCode::FORBIDDEN.into_response(),
    }
}

async fn receive(
    State(services): State<Services>,
    Extension(receiver): Extension<Arc<dyn Receiver>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    // Behind a proxy the provider has called, and signed, another address than we see.
    let path = uri.path_and_query().map_or("", |path| path.as_str());
    let url = format!("{}{path}", services.public_url);
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let channel = receiver.channel();
    let reports = match receiver.reports(&Call { url: &url, headers: &header, body: &body }) {
        Ok(reports) => reports,
        Err(error) => {
            tracing::warn!(channel, %error, "call of a provider refused");
            let status = match error {
                NotBelieved::Signature => StatusCode::FORBIDDEN,
                NotBelieved::Form => StatusCode::BAD_REQUEST,
            };
            return status.into_response();
        }
    };
    match services.receive_reports(channel, reports).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => {
            tracing::error!(channel, %error, "call of a provider not stored");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
