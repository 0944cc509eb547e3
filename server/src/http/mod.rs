//! One router for all surfaces.

mod client;
mod guard;
mod language;
mod observe;
mod operations;
mod site;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use gateways::sandbox::Sandbox;
use http::StatusCode;
use ipnet::IpNet;
use metrics_exporter_prometheus::PrometheusHandle;
use services::Services;
use services::outbox::Receivers;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::timeout::TimeoutLayer;

/// Routes that take files set a limit of their own.
const FORM_LIMIT: usize = 2 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_mins(5);

/// Everything this process answers to.
pub fn router(
    services: Services,
    sandbox: Option<&Sandbox>,
    receivers: &Receivers,
    site: &Path,
    metrics: PrometheusHandle,
    proxies: &[IpNet],
) -> Router {
    let mut pages: Vec<String> = services.gateways.values().flat_map(|gateway| gateway.pages()).collect();
    pages.extend(
        services.own_gateways.pages().into_iter().filter(|page| !pages.contains(page)).collect::<Vec<_>>(),
    );
    let policy = guard::content_security_policy(&pages);
    let pages = app::routes().merge(crate::pdf::routes()).layer(from_fn(language::choose));
    let mut router = Router::new()
        .merge(pages)
        .merge(rest::routes())
        .merge(rest::channel_routes(receivers))
        .merge(operations::routes(metrics))
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .with_state(services);
    if let Some(sandbox) = sandbox {
        router = router.merge(sandbox.router());
    }
    let layers = ServiceBuilder::new()
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(from_fn_with_state(Arc::from(proxies), client::see_through))
        .layer(from_fn(observe::observe))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .layer(from_fn_with_state(policy, guard::headers))
        .layer(from_fn(guard::same_origin))
        .layer(CompressionLayer::new());
    router.merge(site::routes(site)).fallback(operations::not_found).layer(layers)
}
