//! Who is at the other end. Behind a proxy the peer is the proxy: the visitor's address is then what the
//! proxy says, as far as we trust who says it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName};
use ipnet::IpNet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Puts the visitor's address in place of a trusted proxy's.
pub async fn see_through(State(proxies): State<Arc<[IpNet]>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer);
    if let Some(peer) = peer {
        let visitor = behind(peer.ip().to_canonical(), request.headers(), &proxies);
        if visitor != peer.ip() {
            // The visitor's port is not known.
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(visitor, 0)));
        }
    }
    next.run(request).await
}

/// From the nearest to the farthest, the first address that is no proxy of ours. What stands before it was
/// written by somebody we do not know.
fn behind(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let is_ours = |ip: &IpAddr| proxies.iter().any(|net| net.contains(ip));
    let values = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
    let named: Vec<Option<IpAddr>> =
        values.flat_map(|value| value.split(',')).map(|text| address(text.trim())).collect();
    let mut last = peer;
    for hop in named.into_iter().rev() {
        if !is_ours(&last) {
            break;
        }
        let Some(ip) = hop else { break };
        last = ip;
    }
    last
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let ip = text.parse::<IpAddr>().or_else(|_| text.parse::<SocketAddr>().map(|with_port| with_port.ip()));
    ip.ok().map(|ip| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visitor(peer: &str, forwarded: &[&str]) -> String {
        let proxies = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        behind(peer.parse().unwrap(), &headers, &proxies).to_string()
    }

    #[test]
    fn a_stranger_cannot_claim_an_address() {
        assert_eq!(visitor("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(visitor("10.0.0.1", &["198.51.100.7, 192.0.2.9"]), "192.0.2.9");
    }

    #[test]
    fn trusted_proxies_are_seen_through() {
        assert_eq!(visitor("10.0.0.1", &["192.0.2.9"]), "192.0.2.9");
        assert_eq!(visitor("::1", &["192.0.2.9, 10.1.2.3", "10.9.9.9"]), "192.0.2.9");
        assert_eq!(visitor("10.0.0.1", &["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(visitor("10.0.0.1", &["::ffff:192.0.2.9"]), "192.0.2.9");
    }

    #[test]
    fn nonsense_leaves_the_nearest_known() {
        assert_eq!(visitor("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(visitor("10.0.0.1", &["192.0.2.9, unknown"]), "10.0.0.1");
    }
}
