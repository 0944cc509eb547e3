//! `saldar verify`.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::ValueEnum;
use services::Services;
use services::verify::VerifyScope;

use super::explain;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Scope {
    Ledger,
    Audit,
    Receipts,
    All,
}

impl From<Scope> for VerifyScope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Ledger => Self::Ledger,
            Scope::Audit => Self::Audit,
            Scope::Receipts => Self::Receipts,
            Scope::All => Self::All,
        }
    }
}

pub async fn verify(services: &Services, scope: Scope, json: bool) -> Result<ExitCode> {
    let report = services.verify(scope.into()).await.map_err(explain)?;
    if json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        println!(
            "checked {} accounts, {} entries, {} audit rows, {} receipts",
            report.accounts, report.entries, report.audit_rows, report.receipts
        );
    }
    if report.differences.is_empty() {
        if !json {
            println!("clean: the books follow from the facts");
        }
        return Ok(ExitCode::SUCCESS);
    }
    for difference in report.differences.iter().take(50) {
        eprintln!("{} {}: {}", difference.kind, difference.subject, difference.says);
    }
    bail!("{} difference(s); restore a backup or ask for help before posting more", report.differences.len());
}
