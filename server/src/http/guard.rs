//! Who may change something from a browser, and what browsers may do with our pages.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

/// Machines sign or carry a bearer token instead of a cookie, so no browser can be tricked
/// into calling these.
const NO_COOKIES: [&str; 3] = ["/webhooks/", "/api/v1/", "/field/v1/"];

/// The one page that other sites may call (RFC 8058 has mail programs do so): its address is signed,
/// and all that it does is to end e-mail to where a message went.
const ONE_CLICK: &str = services::unsubscribe::ADDRESS;

/// Lets a state-changing request through only when it comes from our own pages.
pub async fn same_origin(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let is_free = path.starts_with(ONE_CLICK) || NO_COOKIES.iter().any(|prefix| path.starts_with(prefix));
    if safe || is_free || is_same_origin(request.headers()) {
        return next.run(request).await;
    }
    let says = "This request did not come from a Saldar page, so nothing was done. Open the page again and retry.\n\
                Esta solicitud no viene de una página de Saldar, así que no se hizo nada. Abra la página e intente de nuevo.\n";
    (StatusCode::FORBIDDEN, says).into_response()
}

/// `Sec-Fetch-Site` where the browser sends it, else `Origin`, else `Referer`, against `Host`.
fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    let Some(host) = text(header::HOST) else { return false };
    let from = text(header::ORIGIN).or_else(|| text(header::REFERER));
    from.and_then(|url| url.split_once("://")).is_some_and(|(_, rest)| rest.split('/').next() == Some(host))
}

/// What browsers may load and where forms may lead: to us, and on to the `pages` of payment gateways
/// (a browser applies `form-action` to where a form's answer redirects, too).
pub fn content_security_policy(pages: &[String]) -> HeaderValue {
    let policy = format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; style-src-attr 'unsafe-inline'; \
         img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action {}",
        std::iter::once("'self'").chain(pages.iter().map(String::as_str)).collect::<Vec<_>>().join(" "),
    );
    HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'self'"))
}

/// Headers of every response.
pub async fn headers(State(policy): State<HeaderValue>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    let set: [(HeaderName, &'static str); 4] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "geolocation=(self), camera=(self), microphone=(), payment=()",
        ),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in set {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers =
            pairs.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect();
        is_same_origin(&headers)
    }

    #[test]
    fn only_our_own_pages_change_things() {
        assert!(check(&[("sec-fetch-site", "same-origin")]));
        assert!(!check(&[("sec-fetch-site", "cross-site"), ("host", "a"), ("origin", "http://a")]));
        assert!(!check(&[("sec-fetch-site", "same-site")]));
        assert!(check(&[("host", "a:1"), ("origin", "http://a:1")]));
        assert!(!check(&[("host", "a:1"), ("origin", "http://b:1")]));
        assert!(check(&[("host", "a:1"), ("referer", "http://a:1/x/y")]));
        assert!(!check(&[("host", "a:1"), ("origin", "null")]));
        assert!(!check(&[("host", "a:1")]));
    }
}
