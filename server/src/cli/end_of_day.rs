//! `saldar end-of-day`.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, NaiveDate, Utc};
use clap::Args;
use domain::ids::OrganizationId;
use services::Services;
use services::end_of_day::{BatchReport, BatchStatus, EndOfDay};

use super::explain;

#[derive(Debug, Args)]
pub struct EndOfDayArgs {
    /// The business date that ends; today in the organization's zone if left out.
    #[arg(long)]
    date: Option<NaiveDate>,
    /// The organization's code, where there are several.
    #[arg(long)]
    organization: Option<String>,
    #[arg(long)]
    json: bool,
    /// Accounts a transaction: fewer let others write sooner, more cost less.
    #[arg(long, default_value_t = EndOfDay::CHUNK_ACCOUNTS, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    chunk: u64,
    /// Demo mode only: what everything is recorded at, for example 2026-11-20T23:55:00Z.
    #[arg(long)]
    at: Option<DateTime<Utc>>,
}

impl EndOfDayArgs {
    pub async fn run(self, services: &Services) -> Result<ExitCode> {
        let org = known_organization(services, self.organization.as_deref()).await?;
        let request = EndOfDay { date: self.date, chunk_accounts: self.chunk, at: self.at };
        let actor = services.system(org, "command-line");
        let report = services.end_of_day(&actor, request).await.map_err(explain)?;
        if self.json {
            println!("{}", serde_json::to_string(&report)?);
        } else {
            tell(&report);
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The organization to work for. Unlike an import, a night never makes one.
async fn known_organization(services: &Services, code: Option<&str>) -> Result<OrganizationId> {
    let all = store::parties::organizations(services.db.read()).await?;
    match (code, all.as_slice()) {
        (_, []) => bail!(
            "there is no organization yet; import a portfolio first (saldar import portfolio) or load the demo (saldar demo)"
        ),
        (Some(code), all) => {
            let found = all.iter().find(|organization| organization.code == code);
            let known: Vec<_> = all.iter().map(|organization| organization.code.as_str()).collect();
            found
                .map(|organization| organization.id)
                .with_context(|| format!("there is no organization {code:?}; there are {}", known.join(", ")))
        }
        (None, [only]) => Ok(only.id),
        (None, _) => bail!("there are several organizations; name one with --organization"),
    }
}

fn tell(report: &BatchReport) {
    for date in &report.earlier {
        println!("finished the batch of {date}, which had been stopped");
    }
    let counts = &report.counts;
    println!(
        "{}: {} accounts; {} went to another stage, {} to another bucket",
        report.date, counts.accounts, counts.stage_changes, counts.bucket_changes
    );
    println!(
        "promises broken {}, kept {}; arrangements broken {}, completed {}, expired {}; charges {}",
        counts.promises_broken,
        counts.promises_kept,
        counts.arrangements_broken,
        counts.arrangements_completed,
        counts.arrangements_expired,
        counts.charges
    );
    if counts.charges_failed > 0 {
        println!("charges of {} account(s) could not be computed; see the log", counts.charges_failed);
    }
    match report.status {
        BatchStatus::Already => println!("it had been run before; nothing was written"),
        BatchStatus::Finished if report.resumed => {
            println!("it had been stopped and went on; {} rows written now", report.rows_written);
        }
        BatchStatus::Finished | BatchStatus::Open => println!("{} rows written", report.rows_written),
    }
}
