//! Requests to the server, and what counts as an answer.

use domain::field::{FIELD_PATH, FieldError};
use replica::{Reply, Request};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestCache, RequestCredentials, RequestInit, Response};

/// Asks the server. Only an answer in our own form counts: a captive portal's page is no answer.
pub async fn send(request: &Request) -> Reply {
    match request {
        Request::Enrol(body) => post("enrol", None, body, Reply::Enrolled).await,
        Request::Token(body) => post("token", None, body, Reply::Tokens).await,
        Request::Push { access, body } => post("push", Some(access), body, Reply::Pushed).await,
        Request::Pull { access, cursor } => {
            let cursor = String::from(js_sys::encode_uri_component(cursor));
            let address = format!("{FIELD_PATH}/pull?cursor={cursor}");
            understand(fetch("GET", &address, Some(access), None).await, Reply::Pulled)
        }
    }
    .unwrap_or(Reply::Failed)
}

async fn post<T: DeserializeOwned>(
    name: &str,
    access: Option<&String>,
    body: &impl Serialize,
    wrap: fn(T) -> Reply,
) -> Option<Reply> {
    let body = serde_json::to_string(body).ok()?;
    understand(fetch("POST", &format!("{FIELD_PATH}/{name}"), access, Some(&body)).await, wrap)
}

fn understand<T: DeserializeOwned>(answer: Option<(u16, String)>, wrap: fn(T) -> Reply) -> Option<Reply> {
    let (status, text) = answer?;
    if status == 200 {
        return serde_json::from_str(&text).ok().map(wrap);
    }
    let error: FieldError = serde_json::from_str(&text).ok()?;
    Some(Reply::Refused { status, error })
}

async fn fetch(
    method: &str,
    address: &str,
    access: Option<&String>,
    body: Option<&str>,
) -> Option<(u16, String)> {
    let headers = Headers::new().ok()?;
    headers.set("accept", "application/json").ok()?;
    if let Some(access) = access {
        headers.set("authorization", &format!("Bearer {access}")).ok()?;
    }
    let init = RequestInit::new();
    init.set_method(method);
    init.set_credentials(RequestCredentials::Omit);
    init.set_cache(RequestCache::NoStore);
    if let Some(body) = body {
        headers.set("content-type", "application/json").ok()?;
        init.set_body(&JsValue::from_str(body));
    }
    init.set_headers(&headers);
    let promise = web_sys::window()?.fetch_with_str_and_init(address, &init);
    let response: Response = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    Some((response.status(), text))
}
