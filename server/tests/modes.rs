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
use sea_orm::ConnectionTrait;
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

both!(production_moves_real_money_only, |bench| {
    let production = |env: &[(&str, &str)]| {
        let mut command = saldar(&bench.url);
        command.arg("migrate").env("SALDAR_MODE", "production").env_remove("SALDAR_CLOCK");
        command.envs(env.iter().copied());
        command.output().unwrap()
    };
    assert!(production(&[]).status.success());
    let stripe = |key, secrets| {
        [("SALDAR_GATEWAY", "stripe"), ("SALDAR_STRIPE_KEY", key), ("SALDAR_STRIPE_WEBHOOK_SECRETS", secrets)]
    };
    for (env, says) in [
        (vec![("SALDAR_GATEWAY", "sandbox")], "production needs stripe or none"),
        (stripe("sk_test_1", "whsec_1").to_vec(), "this one is for tests"),
        (stripe("rk_test_1", "whsec_1").to_vec(), "this one is for tests"),
        (stripe("sk_live_1", "").to_vec(), "webhook secret is missing or empty"),
        (stripe("sk_live_1", "whsec_1,,").to_vec(), "webhook secret is missing or empty"),
        (
            [&stripe("sk_live_1", "whsec_1")[..], &[("SALDAR_STRIPE_API", "http://127.0.0.1:1")]].concat(),
            "reached at https://api.stripe.com only",
        ),
    ] {
        let refused = production(&env);
        let error = String::from_utf8(refused.stderr).unwrap();
        assert!(!refused.status.success() && error.contains(says), "{env:?}: {error}");
        assert_eq!(error.trim_end().lines().count(), 1, "{error}");
        assert!(!error.contains("sk_live_1"), "{error}");
    }
    assert!(production(&stripe("rk_live_1", "whsec_1")).status.success());

    // The database itself refuses, whoever writes.
    let id = "'00000000-0000-7000-8000-000000000001'";
    let insert = |livemode: bool| {
        format!(
            "INSERT INTO entries (organization_id, id, account_id, kind, source, effective_on, recorded_at, livemode) \
             VALUES ({id}, {id}, {id}, 'payment', 'x', '2026-11-20', '2026-11-20T00:00:00Z', {livemode})"
        )
    };
    let tx = bench.services.db.begin().await.unwrap();
    let refused = tx.execute_unprepared(&insert(false)).await;
    assert!(refused.is_err(), "pretend money in production");
    tx.rollback().await.unwrap();
    let tx = bench.services.db.begin().await.unwrap();
    tx.execute_unprepared(&insert(true)).await.unwrap();
    let refused = tx.execute_unprepared("UPDATE entries SET livemode = FALSE").await;
    assert!(refused.is_err(), "real money does not become pretend money");
    tx.rollback().await.unwrap();
});
