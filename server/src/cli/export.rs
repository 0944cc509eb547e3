//! `saldar export`.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use chrono::NaiveDate;
use clap::{Args, Subcommand, ValueEnum};
use services::Services;
use services::export::{JournalFormat, JournalRequest};

use super::{explain, organization_id};

#[derive(Debug, Subcommand)]
pub enum Export {
    /// The whole journal, or a part of it.
    #[command(after_help = "Example: saldar export journal --format hledger --from 2026-01-01 libro.journal")]
    Journal(Journal),
}

#[derive(Debug, Args)]
pub struct Journal {
    /// Where to write; standard output if left out.
    file: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// First effective day.
    #[arg(long)]
    from: Option<NaiveDate>,
    /// Last effective day.
    #[arg(long)]
    to: Option<NaiveDate>,
    /// Only this creditor's debts and statements, by code.
    #[arg(long)]
    creditor: Option<String>,
    /// The organization's code, where there are several.
    #[arg(long)]
    organization: Option<String>,
    /// Print the counts as JSON; needs a file.
    #[arg(long, requires = "file")]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One line a posting.
    Csv,
    /// Plain-text double entry.
    Hledger,
}

impl From<Format> for JournalFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Csv => Self::Csv,
            Format::Hledger => Self::Hledger,
        }
    }
}

impl Export {
    pub async fn run(self, services: &Services) -> Result<ExitCode> {
        match self {
            Self::Journal(args) => journal(services, args).await,
        }
    }
}

async fn journal(services: &Services, args: Journal) -> Result<ExitCode> {
    let org = organization_id(services, args.organization.as_deref()).await?;
    let request = JournalRequest {
        format: args.format.into(),
        from: args.from,
        to: args.to,
        creditor: args.creditor.clone(),
    };
    let mut out: Box<dyn Write + Send> = match &args.file {
        Some(path) => Box::new(BufWriter::new(
            File::create(path).with_context(|| format!("cannot write {}", path.display()))?,
        )),
        None => Box::new(BufWriter::new(io::stdout())),
    };
    let actor = services.system(org, "command-line");
    let counts = services.export_journal(&actor, &request, &mut *out).await.map_err(explain)?;
    out.flush().context("cannot write the rest of the export")?;
    if args.json {
        println!("{}", serde_json::to_string(&counts)?);
    } else if args.file.is_some() {
        println!("{} entries with {} postings", counts.entries, counts.postings);
    }
    Ok(ExitCode::SUCCESS)
}
