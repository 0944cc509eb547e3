//! `saldar import`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use services::Services;
use services::import::{ImportFile, ImportRequest, ImportStatus, Lang, RowErrorView};

use super::{explain, organization_id};

#[derive(Debug, Subcommand)]
pub enum Import {
    /// Debts of one creditor, from CSV or XLSX.
    #[command(
        after_help = "Example: saldar import portfolio cartera.csv --creditor banco-sur --mapping mapa.toml --dry-run"
    )]
    Portfolio(ImportArgs),
    /// Payments that one creditor's debtors made by bank transfer, from CSV or XLSX.
    #[command(after_help = "Example: saldar import payments pagos.csv --creditor banco-sur --dry-run")]
    Payments(ImportArgs),
}

#[derive(Debug, Args)]
pub struct ImportArgs {
    file: PathBuf,
    /// The creditor's code; a portfolio adds one that is not known.
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
            Self::Payments(args) => payments(services, args).await,
        }
    }
}

impl ImportArgs {
    fn request(self) -> Result<ImportRequest> {
        let read = |path: &PathBuf| {
            std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the mapping {}", path.display()))
        };
        let file_name = self.file.file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(ImportRequest {
            creditor_code: self.creditor,
            file_name: file_name.unwrap_or_default(),
            mapping: self.mapping.as_ref().map(read).transpose()?,
            file: ImportFile::Path(self.file),
            dry_run: self.dry_run,
        })
    }
}

async fn portfolio(services: &Services, args: ImportArgs) -> Result<ExitCode> {
    let org = organization_id(services, args.organization.as_deref()).await?;
    let json = args.json;
    let actor = services.system(org, "command-line");
    let report = services.import_portfolio(&actor, args.request()?).await.map_err(explain)?;
    let view = report.view(Lang::En);
    if json {
        println!("{}", serde_json::to_string(&view)?);
    } else {
        for total in &view.control_totals {
            println!("{:<16} {:>10}  {}", total.component.as_str(), total.count, total.sum);
        }
        println!(
            "rows {}, new {}, unchanged {}, rejected {}",
            view.rows, view.accepted, view.unchanged, view.rejected
        );
        say_errors(&view.errors, view.problems);
    }
    outcome(view.status, view.problems, json)
}

async fn payments(services: &Services, args: ImportArgs) -> Result<ExitCode> {
    let org = organization_id(services, args.organization.as_deref()).await?;
    let json = args.json;
    let actor = services.system(org, "command-line");
    let report = services.import_payments(&actor, args.request()?).await.map_err(explain)?;
    let view = report.view(Lang::En);
    let problems = view.errors.len() as u64;
    if json {
        println!("{}", serde_json::to_string(&view)?);
    } else {
        for total in &view.control_totals {
            println!("{:<16} {:>10}  {}", "payments", total.count, total.sum);
        }
        println!(
            "rows {}, new {}, unchanged {}, rejected {}",
            view.rows, view.accepted, view.unchanged, view.rejected
        );
        say_errors(&view.errors, problems);
    }
    outcome(view.status, problems, json)
}

fn say_errors(errors: &[RowErrorView], problems: u64) {
    for error in errors {
        let line = error.line.map_or_else(|| "mapping".to_owned(), |line| format!("line {line}"));
        let column = error.column.as_deref().map(|c| format!(", column {c}")).unwrap_or_default();
        eprintln!("{line}{column}: {} {}", error.message, error.remedy);
    }
    let more = problems.saturating_sub(errors.len() as u64);
    if more > 0 {
        eprintln!("and {more} more");
    }
}

fn outcome(status: ImportStatus, problems: u64, json: bool) -> Result<ExitCode> {
    let says = match status {
        ImportStatus::Imported => "imported",
        ImportStatus::Checked => "checked; nothing was written (dry run)",
        ImportStatus::Unchanged => "all of it was there already; nothing changed",
        ImportStatus::Rejected => {
            bail!("nothing was imported: {problems} problem(s) in the file; mend them and run again")
        }
    };
    if !json {
        println!("{says}");
    }
    Ok(ExitCode::SUCCESS)
}
