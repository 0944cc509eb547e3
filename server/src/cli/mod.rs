//! The command line. Every command prints people's text, or one JSON document with `--json`.

mod bounce;
mod calc;
mod end_of_day;
mod export;
mod import;
mod reconcile;
mod serve;
mod verify;

use std::process::ExitCode;

use ::calc::Kind;
use anyhow::{Context, Result, bail};
use chrono::NaiveDate;
use clap::{Parser, Subcommand};
use domain::access::Role;
use domain::ids::OrganizationId;
use services::api::NewApiKey;
use services::demo::DemoPlan;
use services::staff::NewUser;
use services::{Mode, ServiceError, Services};

use crate::config::Config;
use crate::{logging, start};
use end_of_day::EndOfDayArgs;
use export::Export;
use import::Import;
use reconcile::ReconcileArgs;
use verify::Scope;

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
    /// The nightly batch: what changes because a day has passed. Run again, it goes on where it was
    /// stopped, or does nothing.
    #[command(after_help = "Example: saldar end-of-day --date 2026-11-20 --json")]
    EndOfDay(EndOfDayArgs),
    /// Run the journeys that are set going: messages, calls and visits for today, each under a permit.
    /// Run again, it does nothing twice.
    #[command(after_help = "Example: saldar run-strategy --json")]
    RunStrategy {
        /// The organization's code, where there are several.
        #[arg(long)]
        organization: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// Hold what gateways paid out against the journal, line by line; fails if anything differs that
    /// nobody has explained.
    #[command(after_help = "Example: saldar reconcile --from 2026-11-01 --events --json")]
    Reconcile(ReconcileArgs),
    /// Note that an e-mail came back: reads one delivery report (RFC 3464) from standard input, as mail
    /// servers pipe it. Exit code 75 asks the mail server to try again later.
    #[command(
        after_help = "Example, in Postfix's master.cf:\n  saldar-bounce unix - n n - - pipe user=saldar argv=/usr/local/bin/saldar bounce --to ${original_recipient}"
    )]
    Bounce {
        /// The address that it came back to, which names the message where SALDAR_MAIL_BOUNCES is set.
        #[arg(long)]
        to: Option<String>,
    },
    /// Write the books for others to read.
    #[command(subcommand)]
    Export(Export),
    /// Recompute from the facts and compare; fails if anything differs.
    #[command(after_help = "Example: saldar verify all --json")]
    Verify {
        #[arg(value_enum, default_value_t = Scope::All)]
        scope: Scope,
        #[arg(long)]
        json: bool,
    },
    /// Compute cases from standard input: one JSON case or an array; needs no database.
    #[command(
        after_help = r#"Example: echo '{"convention":"ACT/360","start":"2026-01-15","end":"2026-02-14"}' | saldar calc day-count"#
    )]
    Calc {
        /// day-count, arrears, rounding, collection-cost, index-unit, plan, allocate, settle, offer or contact.
        #[arg(value_parser = calc::kind)]
        kind: Kind,
    },
    /// Staff accounts.
    #[command(subcommand)]
    User(User),
    /// Keys with which other systems call the REST API.
    #[command(subcommand)]
    ApiKey(ApiKey),
}

#[derive(Debug, Subcommand)]
enum ApiKey {
    /// Make a key and print it, once.
    #[command(after_help = "Example: saldar api-key create --role supervisor --name 'core banking'")]
    Create {
        /// The key may do what this role may: agent, supervisor, manager, auditor or admin.
        #[arg(long)]
        role: Role,
        /// What the key is for.
        #[arg(long, default_value = "api")]
        name: String,
        /// The organization's code, where there are several.
        #[arg(long)]
        organization: Option<String>,
        #[arg(long)]
        json: bool,
    },
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
        if let Command::Calc { kind } = self.command {
            return calc::run(kind);
        }
        let mut config = Config::load(|name| std::env::var(name).ok())?;
        logging::init(config.mode.unwrap_or(Mode::Production));
        match self.command {
            Command::Calc { kind } => calc::run(kind),
            Command::Serve => serve::serve(config).await,
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
            Command::Import(import) => import.run(&start::product(&config).await?.services).await,
            Command::EndOfDay(args) => args.run(&start::product(&config).await?.services).await,
            Command::RunStrategy { organization, json } => {
                let services = start::product(&config).await?.services;
                let org = organization_id(&services, organization.as_deref()).await?;
                let actor = services.system(org, "command-line");
                let report = services.run_strategy(&actor).await.map_err(explain)?;
                if json {
                    println!("{}", serde_json::to_string(&report)?);
                } else {
                    println!(
                        "{} journeys; {} accounts came in; {} messages, {} calls, {} visits, {} pauses; {} wait for a lawful day, {} refused, {} not wanted any more, {} not for them",
                        report.journeys,
                        report.entered,
                        report.messages,
                        report.calls,
                        report.visits,
                        report.rests,
                        report.held,
                        report.refused,
                        report.dropped,
                        report.skipped
                    );
                }
                Ok(ExitCode::SUCCESS)
            }
            Command::Reconcile(args) => args.run(&start::product(&config).await?.services).await,
            Command::Bounce { to } => bounce::run(&config, to.as_deref()).await,
            Command::Export(export) => export.run(&start::product(&config).await?.services).await,
            Command::Verify { scope, json } => {
                verify::verify(&start::product(&config).await?.services, scope, json).await
            }
            Command::ApiKey(ApiKey::Create { role, name, organization, json }) => {
                let services = start::product(&config).await?.services;
                let org = organization_id(&services, organization.as_deref()).await?;
                let key = services.create_api_key(org, NewApiKey { name, role }).await.map_err(explain)?;
                if json {
                    println!("{}", serde_json::json!({ "key": key, "role": role }));
                } else {
                    println!("{key}");
                }
                Ok(ExitCode::SUCCESS)
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
