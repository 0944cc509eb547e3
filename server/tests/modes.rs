//! Pretend money never meets real debts.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod support;

use reqwest::StatusCode;
use support::{Server, ok, saldar};
use testkit::both;

both!(a_database_keeps_its_mode, |bench| {
    ok(&bench.url, &["migrate"]);
    let refused = saldar(&bench.url).arg("migrate").env("SALDAR_MODE", "production").output().unwrap();
    assert!(!refused.status.success());
    let says = String::from_utf8(refused.stderr).unwrap();
    assert!(says.contains("made in demo mode") && says.contains("use another database"), "{says}");
    let unsaid = saldar(&bench.url).args(["verify", "all"]).env_remove("SALDAR_MODE").output().unwrap();
    assert!(unsaid.status.success(), "left out, the mode is the database's own");
});

both!(production_has_no_sandbox, |bench| {
    let production = || {
        let mut command = saldar(&bench.url);
        command.env("SALDAR_MODE", "production").env_remove("SALDAR_CLOCK");
        command
    };
    let demo = production().arg("demo").output().unwrap();
    assert!(!demo.status.success(), "no demo data in production");
    let server = Server::start_with(production(), &bench.url).await;
    let browser = server.browser();
    for path in ["/demo/mensajes", "/sandbox/pay/sbx_1"] {
        assert_eq!(browser.get(path).await.unwrap().status(), StatusCode::NOT_FOUND, "{path}");
    }
    let hook = browser.post("/webhooks/sandbox", &[("a", "b")]).await.unwrap();
    assert_eq!(hook.status(), StatusCode::NOT_FOUND);
});
