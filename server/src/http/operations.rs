//! For whoever runs Saldar: is it up, is it ready, how does it do.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use metrics_exporter_prometheus::PrometheusHandle;
use services::{ServiceError, Services};
use web::{PageError, Surface, Visitor};

pub fn routes(metrics: PrometheusHandle) -> Router<Services> {
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(move || async move { metrics.render() }))
}

/// Ready when the database answers.
async fn ready(State(services): State<Services>) -> Response {
    match services.db.ping().await {
        Ok(()) => "ready".into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer").into_response()
        }
    }
}

/// An address that nothing answers to.
pub async fn not_found(visitor: Visitor) -> Response {
    let surface = if visitor.path.starts_with("/console") { Surface::Console } else { Surface::Portal };
    PageError::new(ServiceError::NotFound, surface, &visitor).into_page()
}
