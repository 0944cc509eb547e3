//! Measures nights on a portfolio: CPU of this process, and of PostgreSQL where that is the
//! database. `night sqlite:///tmp/night.db portfolio.csv`, with the database empty.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a measurement stops where it fails")]
#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a measurement reads the machine's clock"
)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use chrono::{Days, Duration};
use services::clock::{Clock, SeededEntropy, SystemClock};
use services::end_of_day::EndOfDay;
use services::import::ImportRequest;
use services::{Db, Mode, Services};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Ticks of CPU of a process, from its `stat`; those of ended children included.
fn ticks(stat: &str) -> u64 {
    let rest = stat.rsplit(')').next().unwrap();
    let fields: Vec<&str> = rest.split_whitespace().collect();
    (11..15).map(|n| fields[n].parse::<u64>().unwrap()).sum()
}

/// CPU seconds of this process and of every `postgres` on the machine (100 ticks a second).
fn cpu() -> f64 {
    let mut sum = ticks(&std::fs::read_to_string("/proc/self/stat").unwrap());
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        if stat.contains("(postgres)") {
            let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
            sum += fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
        }
    }
    sum as f64 / 100.0
}

#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().collect();
    let db = Db::connect(&args[1].parse().unwrap()).await.unwrap();
    db.migrate().await.unwrap();
    let clock = SystemClock { offset: Duration::zero() };
    let now = clock.now();
    let services = Services {
        db,
        clock: Arc::new(clock),
        entropy: Arc::new(SeededEntropy::from_seed(now.timestamp().unsigned_abs())),
        mode: Mode::Demo,
        public_url: String::new(),
        files: services::files::Files::in_memory(),
        gateways: BTreeMap::new(),
        own_gateways: services::gateway_accounts::OwnGateways::default(),
        providers: domain::strategy::WRITTEN.into(),
    };
    let known = store::parties::organizations(services.db.read()).await.unwrap();
    let org = match known.first() {
        Some(organization) => organization.id,
        None => services.add_first_organization().await.unwrap(),
    };
    let actor = services.system(org, "bench");
    let (began, used) = (Instant::now(), cpu());
    let request = ImportRequest {
        creditor_code: "BENCH".into(),
        file_name: "portfolio.csv".into(),
        file: services::import::ImportFile::Path(args[2].clone().into()),
        mapping: None,
        dry_run: false,
    };
    let report = services.import_portfolio(&actor, request).await.unwrap();
    println!("import {}: {:.2} CPU s, {:.1} s", report.accepted, cpu() - used, began.elapsed().as_secs_f64());
    let today = services.today(org).await.unwrap();
    for (name, ahead) in [("first night", 0), ("the next", 1), ("the same again", 1), ("a month later", 31)] {
        let (began, used) = (Instant::now(), cpu());
        let request = EndOfDay { date: Some(today + Days::new(ahead)), ..EndOfDay::default() };
        let report = services.end_of_day(&actor, request).await.unwrap();
        println!(
            "{name}: {:.2} CPU s, {:.1} s, {} rows written, {} to another stage, {} to another bucket",
            cpu() - used,
            began.elapsed().as_secs_f64(),
            report.rows_written,
            report.counts.stage_changes,
            report.counts.bucket_changes,
        );
    }
}
