//! `?lang=en` on any page: remembers the choice and shows the page without it.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, header};
use ui::i18n::Lang;

const YEAR_S: u32 = 31_536_000;

pub async fn choose(request: Request, next: Next) -> Response {
    let uri = request.uri();
    let chosen = uri.query().filter(|_| *request.method() == Method::GET).and_then(split_choice);
    let Some((lang, rest)) = chosen else { return next.run(request).await };
    let to = if rest.is_empty() { uri.path().to_owned() } else { format!("{}?{rest}", uri.path()) };
    let cookie = format!("lang={}; Path=/; Max-Age={YEAR_S}; SameSite=Lax", lang.tag());
    let (Ok(to), Ok(cookie)) = (HeaderValue::from_str(&to), HeaderValue::from_str(&cookie)) else {
        return next.run(request).await;
    };
    (StatusCode::SEE_OTHER, [(header::LOCATION, to), (header::SET_COOKIE, cookie)]).into_response()
}

/// The language asked for, and the query without it.
fn split_choice(query: &str) -> Option<(Lang, String)> {
    let lang = query.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Lang::from_tag)?;
    let rest: Vec<_> = query.split('&').filter(|pair| !pair.starts_with("lang=")).collect();
    Some((lang, rest.join("&")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_the_query_stays() {
        assert_eq!(split_choice("q=ana&lang=en&x=1"), Some((Lang::En, "q=ana&x=1".to_owned())));
        assert_eq!(split_choice("lang=xx"), None);
        assert_eq!(split_choice("q=1"), None);
    }
}
