//! `saldar import`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use services::Services;
use services::import::{ImportFile, ImportRequest, ImportStatus, Lang};

use super::{explain, organization_id};

#[derive(Debug, Subcommand)]
pub enum Import {
    /// Debts of one creditor, from CSV or XLSX.
    #[command(
        after_help = "Example: saldar import portfolio cartera.csv --creditor banco-sur --mapping mapa.toml --dry-run"
    )]
    Portfolio(Portfolio),
}

#[derive(Debug, Args)]
pub struct Portfolio {
    file: PathBuf,
    /// The creditor's code; one that is not known is added.
    #[arg(long)]
    creditor: String,
    /// TOML that names the file's columns, constants and formats.
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// Check and count, but write nothing.
    #[arg(long)]
    dry_run: bool,
    /// The organization's code, where there are several.
    #[arg(long)]
    organization: Option<String>,
    #[arg(long)]
    json: bool,
}

impl Import {
    pub async fn run(self, services: &Services) -> Result<ExitCode> {
        match self {
            Self::Portfolio(args) => portfolio(services, args).await,
        }
    }
}

async fn portfolio(services: &Services, args: Portfolio) -> Result<ExitCode> {
    let mapping = args
        .mapping
        .as_ref()
        .map(|path| {
            std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the mapping {}", path.display()))
        })
        .transpose()?;
    let org = organization_id(services, args.organization.as_deref()).await?;
    let file_name = args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let request = ImportRequest {
        creditor_code: args.creditor,
        file_name,
        file: ImportFile::Path(args.file),
        mapping,
        dry_run: args.dry_run,
    };
    let report =
        services.import_portfolio(&services.system(org, "command-line"), request).await.map_err(explain)?;
    let view = report.view(Lang::En);
    if args.json {
        println!("{}", serde_json::to_string(&view)?);
    } else {
        for total in &view.control_totals {
            println!("{:<16} {:>10}  {}", total.component.as_str(), total.count, total.sum);
        }
        println!(
            "rows {}, new {}, unchanged {}, rejected {}",
            view.rows, view.accepted, view.unchanged, view.rejected
        );
        for error in &view.errors {
            let line = error.line.map_or_else(|| "mapping".to_owned(), |line| format!("line {line}"));
            let column = error.column.as_deref().map(|c| format!(", column {c}")).unwrap_or_default();
            eprintln!("{line}{column}: {} {}", error.message, error.remedy);
        }
        let more = view.problems.saturating_sub(view.errors.len() as u64);
        if more > 0 {
            eprintln!("and {more} more");
        }
    }
    if report.status == ImportStatus::Rejected {
        bail!("nothing was imported: {} problem(s) in the file; mend them and run again", view.problems);
    }
    if !args.json {
        println!(
            "{}",
            match report.status {
                ImportStatus::Imported => "imported",
                ImportStatus::Checked => "checked; nothing was written (dry run)",
                ImportStatus::Unchanged => "all of it was there already; nothing changed",
                ImportStatus::Rejected => "rejected",
            }
        );
    }
    Ok(ExitCode::SUCCESS)
}
