//! SIGKILL at any moment: the books stay clean, and what was acknowledged is there once.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]
#![allow(clippy::expect_used, clippy::string_slice, reason = "tests fail by panicking")]

mod support;

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use support::{Dice, Server, assert_clean, kill_after, kills, ok, run};
use testkit::both;

const ROWS: usize = 4_000;

fn portfolio() -> String {
    let mut csv = String::from("external_id,debtor_document,debtor_name,due_on,principal,currency,country\n");
    for n in 0..ROWS {
        writeln!(csv, "K-{n},DOC{n:06},Persona {n},2026-09-01,{}.50,MXN,MX", 100 + n).unwrap();
    }
    csv
}

fn accounts(database: &str) -> u64 {
    let report: serde_json::Value =
        serde_json::from_str(&ok(database, &["verify", "ledger", "--json"])).unwrap();
    report["accounts"].as_u64().unwrap()
}

both!(a_killed_import_leaves_all_or_nothing, |bench| {
    bench.demo(20).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cartera.csv");
    std::fs::write(&file, portfolio()).unwrap();
    let file = file.to_str().unwrap();
    let (mut before, mut creditor, mut left) = (accounts(&bench.url), 0, kills(5));
    let mut dice = Dice::new(7);
    let mut whole = Duration::ZERO;
    while left > 0 {
        // Each creditor is imported to the end once: first undisturbed, to know how long it takes.
        let code = format!("KILL{creditor}");
        let args = ["import", "portfolio", file, "--creditor", &code];
        let mut all = before + ROWS as u64;
        if whole.is_zero() {
            let begun = Instant::now();
            ok(&bench.url, &args);
            (whole, before) = (begun.elapsed(), all);
            creditor += 1;
            continue;
        }
        for _ in 0..6_u64.min(left) {
            let wait = whole.mul_f64(0.01 * f64::from(u32::try_from(dice.below(105)).unwrap()));
            left -= u64::from(kill_after(&bench.url, &args, wait).await);
            // PostgreSQL may need a moment to notice that the client is gone.
            assert_clean(&bench.url);
            let now = accounts(&bench.url);
            assert!(now == before || now == all, "{now} accounts after {wait:?}");
            // What was imported whole in spite of the kill is there to stay.
            if now == all {
                before = now;
                all = before;
            }
        }
        ok(&bench.url, &args);
        assert!(ok(&bench.url, &args).contains("nothing changed"));
        before = accounts(&bench.url);
        assert_eq!(before, all);
        creditor += 1;
    }
    assert_clean(&bench.url);
});

/// Posts one payment after the other until the server is gone; remembers what was
/// acknowledged and what was not.
async fn post_until_killed(
    browser: support::Browser,
    account: String,
    lane: usize,
    said: Arc<Mutex<Vec<String>>>,
) -> Option<String> {
    for n in 0.. {
        let key = uuid::Uuid::from_u128(((lane as u128) << 64) | n).to_string();
        let form = payment_form(&key);
        match browser.post(&format!("{account}/pagos"), &form).await {
            Ok(answer) if answer.status() == 303 => said.lock().unwrap().push(key),
            Ok(answer) => panic!("refused: {}", answer.status()),
            Err(_) => return Some(key),
        }
    }
    None
}

fn payment_form(key: &str) -> [(&str, &str); 4] {
    [("pay_amount", "1.00"), ("pay_method", "office_cash"), ("received_on", "2026-11-20"), ("pay_key", key)]
}

both!(a_killed_server_keeps_every_acknowledged_payment_once, |bench| {
    bench.demo(60).await;
    let mut lane = 0;
    let mut dice = Dice::new(11);
    for _ in 0..kills(4) {
        let mut server = Server::start(&bench.url).await;
        let agent = server.staff("agente").await;
        let account = agent.first_link("/console/cuentas?amount_from=9000", "/console/cuentas/").await;
        let said = Arc::new(Mutex::new(Vec::new()));
        let lanes: Vec<_> = (0..4)
            .map(|_| {
                lane += 1;
                tokio::spawn(post_until_killed(agent.clone(), account.clone(), lane, said.clone()))
            })
            .collect();
        // In the middle of the stream, however slow the machine is.
        while said.lock().unwrap().len() < 3 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_micros(dice.below(400_000))).await;
        server.kill();
        let mut unsure = Vec::new();
        for lane in lanes {
            unsure.extend(lane.await.unwrap());
        }
        assert_clean(&bench.url);
        let server = Server::start(&bench.url).await;
        let before = receipts(&server.database);
        // Sending everything again, acknowledged or not, adds only what had not arrived.
        let agent = server.staff("agente").await;
        let said = said.lock().unwrap().clone();
        for key in &said {
            assert_eq!(
                agent.post(&format!("{account}/pagos"), &payment_form(key)).await.unwrap().status(),
                303
            );
        }
        assert_eq!(receipts(&server.database), before, "an acknowledged payment was missing");
        for key in &unsure {
            assert_eq!(
                agent.post(&format!("{account}/pagos"), &payment_form(key)).await.unwrap().status(),
                303
            );
        }
        let added = receipts(&server.database) - before;
        assert!(added <= unsure.len() as u64);
        assert_clean(&bench.url);
    }
});

fn receipts(database: &str) -> u64 {
    let output = run(database, &["verify", "receipts", "--json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    report["receipts"].as_u64().unwrap()
}
