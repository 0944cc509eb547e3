//! `saldar reconcile`.

use std::process::ExitCode;

use anyhow::Result;
use chrono::NaiveDate;
use clap::Args;
use serde_json::json;
use services::Services;

use super::{explain, organization_id};

#[derive(Debug, Args)]
pub struct ReconcileArgs {
    /// Look at what was paid out since this day; without it, at the last weeks.
    #[arg(long)]
    from: Option<NaiveDate>,
    /// First read the gateways' lists of events, for what no webhook brought, and work it off.
    #[arg(long)]
    events: bool,
    /// The organization's code, where there are several.
    #[arg(long)]
    organization: Option<String>,
    #[arg(long)]
    json: bool,
}

impl ReconcileArgs {
    pub async fn run(self, services: &Services) -> Result<ExitCode> {
        let org = organization_id(services, self.organization.as_deref()).await?;
        let mut missed = None;
        if self.events {
            let since = self.from.map(|day| day.and_time(chrono::NaiveTime::MIN).and_utc());
            missed = Some(services.poll_gateways_now(since).await.map_err(explain)?);
            while services.process_gateway_events().await.map_err(explain)? > 0 {}
        }
        let actor = services.system(org, "command-line");
        let report = services.reconcile(&actor, self.from).await.map_err(explain)?;
        if self.json {
            let mut told = json!(report);
            if let (Some(missed), Some(told)) = (missed, told.as_object_mut()) {
                told.insert("missed_events".to_owned(), json!(missed));
            }
            println!("{told}");
        } else {
            if let Some(missed) = missed {
                println!("{missed} events that no webhook had brought");
            }
            println!(
                "{} payouts: {} match, {} wait, {} by hand, which cannot be matched",
                report.payouts, report.matched, report.waiting, report.manual
            );
        }
        if report.differences.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        for one in report.differences.iter().take(50) {
            eprintln!("{} {}: {} {} minor; {}", one.kind, one.subject, one.currency, one.minor, one.says);
        }
        eprintln!("error: {} difference(s); explain each at /console/conciliacion", report.differences.len());
        Ok(ExitCode::FAILURE)
    }
}
