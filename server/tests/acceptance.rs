//! Accepting an agreement long after signing in, without scripts.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    dead_code,
    reason = "tests fail by panicking"
)]

mod support;

use reqwest::StatusCode;
use support::{Browser, Server, location, saldar};
use testkit::both;

const ANA: &str = "DEMO900101AA1";
/// Twenty minutes after the first server's start.
const LATER: &str = "2026-11-20T18:20:00Z";
const KEY: &str = "01930000-0000-7000-8000-000000000001";

async fn page(browser: &Browser, path: &str) -> String {
    let path = path.split('#').next().unwrap();
    let answer = browser.get(path).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.text().await.unwrap()
}

/// The value of the first field of this name.
fn value<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split('"').next().unwrap()
}

both!(an_old_session_accepts_with_a_code, |bench| {
    bench.demo(40).await;
    let server = Server::start(&bench.url).await;
    let mut ana = server.debtor(ANA).await;
    let debt = ana.first_link("/deudas", "/deudas/").await;
    let options = page(&ana, &format!("{debt}/acuerdo")).await;
    let choice = [("id", KEY), ("ask", "offer"), ("offer", value(&options, "offer"))];
    let agreement = location(&ana.post(&format!("{debt}/acuerdo"), &choice).await.unwrap());
    let fresh = page(&ana, &agreement).await;
    assert!(fresh.contains("name=\"consent\"") && !fresh.contains("Enviarme un código"));
    let terms = value(&fresh, "terms").to_owned();
    drop(server);

    let mut command = saldar(&bench.url);
    command.env("SALDAR_CLOCK", LATER);
    let later = Server::start_with(command, &bench.url).await;
    ana.base.clone_from(&later.base);
    let asks = page(&ana, &agreement).await;
    assert!(asks.contains("Enviarme un código") && !asks.contains("name=\"consent\""), "one question a page");
    let yes = [("terms", terms.as_str()), ("consent", "true")];
    let refused = ana.post(&agreement, &yes).await.unwrap();
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "no code, no agreement");

    let sent = location(&ana.post(&agreement, &[("step", "code")]).await.unwrap());
    let form = page(&ana, &sent).await;
    let challenge = value(&form, "challenge").to_owned();
    assert!(form.contains("name=\"consent\"") && form.contains('•'), "where it went, masked");
    let messages = page(&ana, "/demo/mensajes").await;
    let (_, rest) = messages.split_once("confirmar es ").unwrap();
    let code: String = rest.chars().take(6).collect();

    let answer = [("terms", terms.as_str()), ("challenge", challenge.as_str()), ("code", code.as_str())];
    let unread = ana.post(&agreement, &answer).await.unwrap();
    assert_eq!(unread.status(), StatusCode::UNPROCESSABLE_ENTITY, "nothing was ticked");
    assert_eq!(value(&unread.text().await.unwrap(), "challenge"), challenge, "the code still counts");
    let answer = [&answer[..], &[("consent", "true")][..]].concat();
    assert_eq!(location(&ana.post(&agreement, &answer).await.unwrap()), agreement);
    assert!(page(&ana, &agreement).await.contains("Lo aceptaste el"));
});
