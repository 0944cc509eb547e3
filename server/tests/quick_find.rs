//! Who gets an answer from the console's quick search, from outside.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    dead_code,
    reason = "tests fail by panicking"
)]

mod support;

use reqwest::{Response, StatusCode};
use support::{Browser, Server};
use testkit::both;

const PATH: &str = "/api/console/quick-find";
const ANA: &str = "DEMO900101AA1";

async fn ask(browser: &Browser, text: &str) -> Response {
    browser.post_json(PATH, &serde_json::json!({ "text": text })).await.unwrap()
}

both!(only_staff_who_see_accounts_find_some, |bench| {
    bench.demo(40).await;
    let server = Server::start(&bench.url).await;
    let answer = ask(&server.staff("agente").await, ANA).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let found: serde_json::Value = answer.json().await.unwrap();
    let first = found.as_array().unwrap().first().unwrap();
    assert!(first["debtor"].as_str().is_some_and(|name| name.contains("Ana")), "{first}");

    let everything = ask(&server.staff("agente").await, "a").await;
    let found: serde_json::Value = everything.json().await.unwrap();
    assert!(found.as_array().unwrap().len() <= 8, "a handful, not the book");

    let refused = [
        (server.browser(), StatusCode::UNAUTHORIZED),
        // The console does not know the portal's cookie.
        (server.debtor(ANA).await, StatusCode::UNAUTHORIZED),
        (server.staff("cobrador1").await, StatusCode::FORBIDDEN),
    ];
    for (browser, status) in refused {
        let answer = ask(&browser, ANA).await;
        assert_eq!(answer.status(), status);
        let text = answer.text().await.unwrap();
        assert!(!text.contains("debtor") && !text.contains("Ana"), "{text}");
    }
});

both!(quick_search_answers_our_own_pages_only, |bench| {
    bench.demo(40).await;
    let server = Server::start(&bench.url).await;
    let agent = server.staff("agente").await;
    let body = serde_json::json!({ "text": ANA });
    let answer = agent.post_json_from(PATH, &body, "http://evil.example").await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(
        agent.get(PATH).await.unwrap().status(),
        StatusCode::METHOD_NOT_ALLOWED,
        "no names in addresses"
    );
});
