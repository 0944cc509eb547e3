//! Styles, bundles and the field app, from the folder that the build tool fills.

use std::path::Path;

use axum::Router;
use axum::middleware::{Next, from_fn};
use axum::response::{Redirect, Response};
use axum::routing::{get, get_service};
use http::{HeaderValue, header};
use tower_http::services::{ServeDir, ServeFile};

/// Starts islands on pages that have some, and makes navigation smooth.
const BOOT: &str = include_str!("../../../frontend/boot.js");
const ICON: &str = include_str!("../../../style/icon.svg");

pub fn routes(site: &Path) -> Router {
    let field = site.join("field");
    let files = |folder: &Path| ServeDir::new(folder).precompressed_br().precompressed_gzip();
    Router::new()
        .route("/pkg/boot.js", get(text("text/javascript; charset=utf-8", BOOT)))
        .route("/pkg/icon.svg", get(text("image/svg+xml", ICON)))
        .nest_service("/pkg", files(&site.join("pkg")))
        .route("/field", get(|| async { Redirect::permanent("/field/") }))
        .route_service("/field/", ServeFile::new(field.join("index.html")))
        .route_service("/field/{*file}", get_service(files(site)))
        .layer(from_fn(revalidate))
}

/// Answers with what never changes while the process runs.
const fn text(
    kind: &'static str,
    content: &'static str,
) -> ([(header::HeaderName, &'static str); 1], &'static str) {
    ([(header::CONTENT_TYPE, kind)], content)
}

/// Names are stable, so browsers ask each time whether a file changed; mostly it has not.
async fn revalidate(request: axum::extract::Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
