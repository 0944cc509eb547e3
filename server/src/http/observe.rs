//! One log line and one measurement for each request. Paths are told by their pattern, because
//! a path may hold a one-time token.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::request_id::RequestId;

pub async fn observe(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let id = request
        .extensions()
        .get::<RequestId>()
        .and_then(|id| id.header_value().to_str().ok())
        .map(str::to_owned);
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let elapsed = started.elapsed();
    metrics::counter!("saldar_http_requests_total", "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("saldar_http_request_seconds", "route" => route.clone())
        .record(elapsed.as_secs_f64());
    let (request_id, took_ms) =
        (id.unwrap_or_default(), u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX));
    // Assets and probes would drown the rest.
    if matches!(route.as_str(), "other" | "/healthz" | "/readyz" | "/metrics") && status < 500 {
        tracing::debug!(%method, route, status, took_ms, request_id, "request");
    } else {
        tracing::info!(%method, route, status, took_ms, request_id, "request");
    }
    response
}
