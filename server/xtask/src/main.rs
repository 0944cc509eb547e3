//! The workspace's own tool: builds the browser bundles, runs the product and its tests, and checks the
//! rules that the compiler does not know. `cargo xtask help` lists the commands; `make` calls them.

mod assets;
mod build;
mod bundle;
mod check;
mod demo;
mod field;
mod styles;
mod tally;
mod test;
mod watch;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use workspace::Workspace;

#[derive(Parser)]
#[command(name = "xtask", about = "Builds, runs and checks Saldar")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the browser bundles and stylesheets into `<target>/site`, e.g. `cargo xtask build --field`
    Build {
        /// Only the web bundle and the stylesheets
        #[arg(long)]
        web: bool,
        /// Only the field app and the stylesheets
        #[arg(long)]
        field: bool,
    },
    /// Build everything, seed the demo portfolio the first time and serve it, e.g. `cargo xtask run`
    Run,
    /// Build, serve, and do both again whenever a source file changes, e.g. `cargo xtask watch`
    Watch,
    /// Check dependency direction, bundle contents and forbidden text, e.g. `cargo xtask check`
    Check,
    /// Install what the tests need and run every test, e.g. `cargo xtask test --rust`
    Test {
        /// Only the Rust tests and the checks
        #[arg(long)]
        rust: bool,
        /// Only the browser tests
        #[arg(long)]
        browser: bool,
    },
}

fn main() -> ExitCode {
    run(Cli::parse().command).unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::find()?;
    match command {
        Command::Build { web, field } => build::run(&workspace, build::Parts::from_flags(web, field))?,
        Command::Run => demo::run(&workspace)?,
        Command::Watch => watch::run(&workspace)?,
        Command::Check => check::run(&workspace)?,
        Command::Test { rust, browser } => {
            return test::run(&workspace, test::Suites::from_flags(rust, browser));
        }
    }
    Ok(ExitCode::SUCCESS)
}
