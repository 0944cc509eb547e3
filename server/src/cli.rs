//! The command line. Every command prints people's text, or one JSON document with `--json`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::access::Role;
use domain::ids::OrganizationId;
use services::demo::DemoPlan;
use services::import::{ImportRequest, ImportStatus, Lang};
use services::staff::NewUser;
use services::verify::VerifyScope;
use services::{Mode, ServiceError, Services};

use crate::config::Config;
use crate::start::{self, Product};
use crate::{http, logging, workers};

/// Saldar: debt collection from ledger to doorstep.
#[derive(Debug, Parser)]
#[command(
    name = "saldar",
    version,
    about,
    after_help = "Example: SALDAR_MODE=demo saldar demo && SALDAR_MODE=demo saldar serve"
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Migrate if needed and serve all surfaces.
    #[command(after_help = "Example: SALDAR_DATABASE_URL=postgres://saldar@db/saldar saldar serve")]
    Serve,
    /// Fill an empty database with a deterministic, believable portfolio.
    #[command(
        after_help = "Example: SALDAR_MODE=demo saldar demo --accounts 500 --seed 7 --as-of 2026-11-20"
    )]
    Demo {
        /// How many accounts.
        #[arg(long, default_value_t = DemoPlan::DEFAULT_ACCOUNTS)]
        accounts: u32,
        /// Same seed and date, same portfolio.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The business date on which the portfolio looks alive; today if left out.
        #[arg(long)]
        as_of: Option<NaiveDate>,
        #[arg(long)]
        json: bool,
    },
    /// Bring the schema up to date.
    #[command(after_help = "Example: saldar migrate")]
    Migrate,
    /// Import a file, all or nothing.
    #[command(subcommand)]
    Import(Import),
    /// Recompute from the facts and compare; fails if anything differs.
    #[command(after_help = "Example: saldar verify all --json")]
    Verify {
        #[arg(value_enum, default_value_t = Scope::All)]
        scope: Scope,
        #[arg(long)]
        json: bool,
    },
    /// Staff accounts.
    #[command(subcommand)]
    User(User),
}

#[derive(Debug, Subcommand)]
enum Import {
    /// Debts of one creditor, from CSV or XLSX.
    #[command(
        after_help = "Example: saldar import portfolio cartera.csv --creditor banco-sur --mapping mapa.toml --dry-run"
    )]
    Portfolio(Portfolio),
}

#[derive(Debug, Args)]
struct Portfolio {
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

#[derive(Debug, Subcommand)]
enum User {
    /// Add a member of staff; the password is read from SALDAR_PASSWORD or standard input.
    #[command(
        after_help = "Example: SALDAR_PASSWORD=… saldar user add ana@agencia.mx --name 'Ana Ruiz' --role supervisor"
    )]
    Add {
        login: String,
        #[arg(long)]
        name: String,
        /// agent, supervisor, manager, auditor, field_collector or admin.
        #[arg(long)]
        role: Role,
        /// The organization's code, where there are several.
        #[arg(long)]
        organization: Option<String>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scope {
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

impl Cli {
    /// Runs the command; a failure is one line on stderr with cause and remedy.
    pub async fn run(self) -> ExitCode {
        match self.dispatch().await {
            Ok(code) => code,
            Err(error) => {
                eprintln!("error: {}", one_line(&error));
                ExitCode::FAILURE
            }
        }
    }

    async fn dispatch(self) -> Result<ExitCode> {
        let mut config = Config::load(|name| std::env::var(name).ok())?;
        logging::init(config.mode.unwrap_or(Mode::Production));
        match self.command {
            Command::Serve => serve(config).await,
            Command::Migrate => {
                start::product(&config).await?;
                println!("the database is up to date");
                Ok(ExitCode::SUCCESS)
            }
            Command::Demo { accounts, seed, as_of, json } => {
                // The demo is the one command that makes sense in no other mode.
                config.mode = config.mode.or(Some(Mode::Demo));
                let services = start::product(&config).await?.services;
                let as_of = as_of.unwrap_or_else(|| DemoPlan::today(services.now()));
                demo(&services, DemoPlan { accounts, seed, as_of }, json).await
            }
            Command::Import(Import::Portfolio(portfolio)) => {
                import(&start::product(&config).await?.services, portfolio).await
            }
            Command::Verify { scope, json } => {
                verify(&start::product(&config).await?.services, scope, json).await
            }
            Command::User(User::Add { login, name, role, organization }) => {
                let services = start::product(&config).await?.services;
                let org = organization_id(&services, organization.as_deref()).await?;
                let new = NewUser { login: login.clone(), name, role, password: password()? };
                services.add_user(org, new).await?;
                println!("added {login} as {role}");
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

async fn serve(config: Config) -> Result<ExitCode> {
    let metrics = metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder()?;
    let Product { services, sandbox } = start::product(&config).await?;
    let listener = tokio::net::TcpListener::bind(config.addr).await.with_context(|| {
        format!("cannot listen on {}; is another server running there? Set SALDAR_ADDR", config.addr)
    })?;
    tokio::spawn(workers::gateway_events(services.clone()));
    if let Some(sandbox) = sandbox.clone() {
        tokio::spawn(async move { sandbox.run().await });
    }
    let router = http::router(services.clone(), sandbox.as_ref(), &config.site, metrics);
    greet(&config, services.mode);
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop_signal()).await?;
    Ok(ExitCode::SUCCESS)
}

/// Ctrl-C, or SIGTERM from whoever runs us.
async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    drop(interrupt.await);
}

fn greet(config: &Config, mode: Mode) {
    let url = &config.public_url;
    println!("Saldar serves on http://{}", config.addr);
    println!("  portal   {url}/");
    println!("  console  {url}/console");
    println!("  field    {url}/field/");
    if mode == Mode::Demo {
        println!("  messages {url}/demo/mensajes   (demo: what the debtor would receive)");
        println!("Demo sign-ins, password {}:", services::demo::PASSWORD);
        for (login, role) in services::demo::sign_ins() {
            println!("  {login:28} {role}");
        }
        println!("Demo debtors, by document:");
        for (document, name) in services::demo::known_documents() {
            println!("  {document:28} {name}");
        }
    }
}

async fn demo(services: &Services, plan: DemoPlan, json: bool) -> Result<ExitCode> {
    let report = services.load_demo(plan).await.map_err(explain)?;
    if json {
        println!("{}", serde_json::to_string(&report)?);
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "{} accounts of {} debtors, {} payments, {} promises, {} plans, {} activities, {} visits; as of {}, seed {}",
        report.accounts,
        report.debtors,
        report.payments,
        report.promises,
        report.plans,
        report.activities,
        report.stops,
        report.as_of,
        report.seed
    );
    println!("fingerprint {}", report.fingerprint);
    Ok(ExitCode::SUCCESS)
}

async fn import(services: &Services, args: Portfolio) -> Result<ExitCode> {
    let bytes = std::fs::read(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
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
    let request =
        ImportRequest { creditor_code: args.creditor, file_name, bytes, mapping, dry_run: args.dry_run };
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
    }
    if report.status == ImportStatus::Rejected {
        bail!("nothing was imported: {} problem(s) in the file; mend them and run again", view.errors.len());
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

async fn verify(services: &Services, scope: Scope, json: bool) -> Result<ExitCode> {
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

/// The organization a command is for: by code, or the only one there is. An empty database
/// gets its first.
async fn organization_id(services: &Services, code: Option<&str>) -> Result<OrganizationId> {
    let all = store::parties::organizations(services.db.read()).await?;
    match (code, all.as_slice()) {
        (Some(code), all) => {
            let found = all.iter().find(|organization| organization.code == code);
            found
                .map(|organization| organization.id)
                .with_context(|| format!("there is no organization {code:?}"))
        }
        (None, [only]) => Ok(only.id),
        (None, []) => services.add_first_organization().await.map_err(explain),
        (None, _) => bail!("there are several organizations; name one with --organization"),
    }
}

fn password() -> Result<String> {
    if let Ok(password) = std::env::var("SALDAR_PASSWORD") {
        return Ok(password);
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("cannot read the password")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// A refusal in words; the rest as it is.
fn explain(error: ServiceError) -> anyhow::Error {
    match error {
        ServiceError::Invalid(issues) => {
            let says: Vec<_> = issues.into_iter().map(|issue| issue.says.en).collect();
            anyhow::anyhow!(says.join("; "))
        }
        other => other.into(),
    }
}

fn one_line(error: &anyhow::Error) -> String {
    format!("{error:#}").replace('\n', " ")
}
