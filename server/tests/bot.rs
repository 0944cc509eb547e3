//! A bot that probes the portal, against two servers whose policies differ in what staff may agree.
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

use domain::access::Role;
use domain::account::Component;
use support::{Server, location};
use testkit::{Bench, staff};

const ANA: &str = "DEMO900101AA1";

/// Ids of rows, which are new in each database.
fn masked(page: &str) -> String {
    let is_id = |text: &str| text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    while let Some(first) = rest.chars().next() {
        match rest.get(..36).filter(|text| is_id(text)) {
            Some(_) => {
                out.push_str("{id}");
                rest = &rest[36..];
            }
            None => {
                out.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

async fn answers(bench: &Bench, other_limits: bool) -> Vec<String> {
    let org = bench.demo(40).await;
    let manager = staff(org, Role::Manager);
    let mut policy = bench.services.offer_policy(&manager).await.unwrap().policy;
    if other_limits {
        policy.rules[0].supervisor.discount_pct.insert(Component::Principal, 75.into());
        policy.rules[0].agent = policy.rules[0].supervisor.clone();
        policy.rules[0].manager = None;
    }
    bench.services.set_offer_policy(&manager, 0, &policy, "límites").await.unwrap();
    let server = Server::start(&bench.url).await;
    let ana = server.debtor(ANA).await;
    let debt = ana.first_link("/deudas", "/deudas/").await;
    let page = format!("{debt}/acuerdo");
    let mut learnt = vec![masked(&ana.get(&page).await.unwrap().text().await.unwrap())];
    // The day's proposals, and some more that a person is asked about.
    for number in 1..=14_u32 {
        let total = format!("{}", number * 400);
        let payments = format!("{}", number % 5 + 1);
        let form = [
            ("ask", "proposal"),
            ("payments", payments.as_str()),
            ("every", "monthly"),
            ("first_on", "2026-11-27"),
            ("total", total.as_str()),
        ];
        let answer = ana.post(&page, &form).await.unwrap();
        let to = location(&answer);
        learnt.push(masked(&to));
        if to.starts_with("/acuerdos/") {
            continue;
        }
        learnt.push(masked(&ana.get(&to).await.unwrap().text().await.unwrap()));
    }
    learnt
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_portal_tells_a_bot_the_menu_and_nothing_else() {
    let (one, other) = (Bench::sqlite().await, Bench::sqlite().await);
    let (one, other) = (answers(&one, false).await, answers(&other, true).await);
    assert_eq!(one.len(), other.len());
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one, other);
    }
    assert!(one.last().unwrap().contains("Ya probaste muchas propuestas hoy"), "{:?}", one.last());
}
