//! Session cookies: `__Host-`, so that no other host or path can set or read them.

use http::HeaderMap;
use http::header::COOKIE;

pub const STAFF_COOKIE: &str = "__Host-saldar-staff";
pub const DEBTOR_COOKIE: &str = "__Host-saldar-debtor";

/// `Set-Cookie` for a session token; it goes when the browser closes.
pub fn session_cookie(name: &str, token: &str) -> String {
    format!("{name}={token}; Path=/; Secure; HttpOnly; SameSite=Lax")
}

/// `Set-Cookie` that takes the cookie away.
pub fn clear_cookie(name: &str) -> String {
    format!("{name}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// The value of a cookie of the request.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_cookie_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "a=1; __Host-saldar-staff=abc; b=2".parse().unwrap());
        assert_eq!(cookie(&headers, STAFF_COOKIE).as_deref(), Some("abc"));
        assert_eq!(cookie(&headers, "saldar-staff"), None);
    }
}
