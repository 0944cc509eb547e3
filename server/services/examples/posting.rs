//! Benchmark: how many payments a second are posted, durably, one by one and side by side.
//!
//! `posting DATABASE_URL SECONDS LANES` on an empty database; prints one JSON line. It measures
//! the whole use case: allocation, journal, balance, receipt number, promises, audit chain.
#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a measurement reads the machine's clock"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use domain::ids::AccountId;
use domain::ledger::PaymentMethod;
use domain::money::Money;
use services::accounts::AccountFilter;
use services::clock::{SeededEntropy, SystemClock};
use services::demo::DemoPlan;
use services::payments::{PostPayment, ReceiptSeries};
use services::{Db, Mode, Services};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// CPU time of this process so far.
fn cpu_seconds() -> f64 {
    const TICKS: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    ticks / TICKS
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, seconds, lanes] = arguments.as_slice() else { panic!("DATABASE_URL SECONDS LANES") };
    let (seconds, lanes): (u64, u64) = (seconds.parse().unwrap(), lanes.parse().unwrap());
    let db = Db::connect(&url.parse().unwrap()).await.unwrap();
    db.migrate().await.unwrap();
    let services = Services {
        db,
        clock: Arc::new(SystemClock { offset: chrono::Duration::zero() }),
        entropy: Arc::new(SeededEntropy::from_os().unwrap()),
        mode: Mode::Demo,
        public_url: String::new(),
        files: services::files::Files::in_memory(),
        gateways: std::collections::BTreeMap::new(),
        own_gateways: services::gateway_accounts::OwnGateways::default(),
        providers: domain::strategy::WRITTEN.into(),
    };
    let today = DemoPlan::today(services.now());
    if store::parties::organizations(services.db.read()).await.unwrap().is_empty() {
        services.load_demo(DemoPlan { accounts: 2_000, seed: 1, as_of: today }).await.unwrap();
    }
    let org = store::parties::organizations(services.db.read()).await.unwrap().remove(0).id;
    let actor = services.system(org, "benchmark");
    let mut accounts = Vec::new();
    let mut filter = AccountFilter { amount_from: Some(1), ..AccountFilter::default() };
    loop {
        let page = services.list_accounts(&actor, &filter).await.unwrap();
        accounts.extend(page.lines.iter().map(|line| (AccountId(line.id), line.currency.parse().unwrap())));
        filter.after = page.next;
        if filter.after.is_none() {
            break;
        }
    }
    let accounts = Arc::new(accounts);
    let posted = Arc::new(AtomicU64::new(0));
    let run = services.new_token(6);
    let (begun, cpu) = (Instant::now(), cpu_seconds());
    let until = begun + Duration::from_secs(seconds);
    let tasks: Vec<_> = (0..lanes)
        .map(|lane| {
            let (services, actor, accounts, posted, run) =
                (services.clone(), actor.clone(), accounts.clone(), posted.clone(), run.clone());
            tokio::spawn(async move {
                let mut n = lane;
                while Instant::now() < until {
                    let (account_id, currency) =
                        accounts[usize::try_from(n * 7_919).unwrap() % accounts.len()];
                    let new = PostPayment {
                        account_id,
                        amount: Money::from_minor(1, currency),
                        method: PaymentMethod::BankTransfer,
                        received_on: today,
                        source: format!("bench:{run}:{lane}:{n}"),
                        reference: None,
                        receipt: ReceiptSeries::Next("O"),
                        designated: vec![],
                    };
                    services.post_payment(&actor, new).await.unwrap();
                    posted.fetch_add(1, Ordering::Relaxed);
                    n += lanes;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let posted = posted.load(Ordering::Relaxed);
    let (wall, cpu) = (begun.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = posted as f64;
    println!(
        "{{\"lanes\":{lanes},\"posted\":{posted},\"per_second\":{:.0},\"per_cpu_second\":{:.0}}}",
        rate / wall,
        rate / cpu
    );
}
