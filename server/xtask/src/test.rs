//! `cargo xtask test`: installs what the tests need where it is missing, runs them all, and counts.

use std::process::{Command, ExitCode};
use std::{env, fs};

use anyhow::{Context, Result, bail};

use crate::assets::Compression;
use crate::build::{self, Parts};
use crate::check;
use crate::tally::{self, Tally};
use crate::workspace::{self, Workspace, find_program, step};

/// Crates that are built in calls of their own. The browser's would bring features that exclude those of
/// the server (their logic lives in crates that are tested natively); this tool is already built.
const SEPARATE: [&str; 3] = ["frontend", "mobile", "xtask"];
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Which tests to run.
#[derive(Clone, Copy)]
pub struct Suites {
    rust: bool,
    browser: bool,
}

impl Suites {
    /// No flag means everything.
    pub fn from_flags(rust: bool, browser: bool) -> Self {
        let all = !rust && !browser;
        Self { rust: rust || all, browser: browser || all }
    }
}

/// Ends with what failed and the line `N passed, N failed`; nothing is printed after it.
pub fn run(workspace: &Workspace, suites: Suites) -> Result<ExitCode> {
    install_postgres(workspace)?;
    install_hledger(workspace)?;
    install_smtp_server(workspace)?;
    let mut total = Tally::default();
    if suites.rust {
        total += count("Rust tests", rust(workspace));
        total += count("what must not compile", forgeries(workspace));
        total += count("tests of the build tool", build_tool(workspace));
        total += count("Stripe's own clients against its stand-in", stand_in(workspace));
    }
    if suites.browser {
        total += count("browser tests", browser(workspace));
    }
    if suites.rust {
        total += count("workspace rules", check::tally(workspace));
    }
    for failure in &total.failures {
        eprintln!("FAILED {failure}");
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A suite that could not run counts as a failure, and the others still run.
fn count(name: &str, result: Result<Tally>) -> Tally {
    let tally = result.unwrap_or_else(|error| {
        let why = format!("{name}: {error:#}");
        step(&why);
        Tally::broken(why)
    });
    step(&format!("{name}: {} ok, {} not ok", tally.passed, tally.failed));
    tally
}

/// Chooses the native packages, always all of them: another choice would give other features, and with them
/// another build of everything.
fn with_packages(cargo: &mut Command) -> &mut Command {
    cargo.arg("--workspace");
    for package in SEPARATE {
        cargo.args(["--exclude", package]);
    }
    cargo
}

/// Builds the tests and, with the same features, the server that the browser tests start.
fn build_native(workspace: &Workspace) -> Result<()> {
    step("server and Rust tests");
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--lib", "--bins", "--tests"]);
    workspace::run(with_packages(&mut cargo))
}

fn rust(workspace: &Workspace) -> Result<Tally> {
    build_native(workspace)?;
    let mut cargo = workspace.cargo();
    if workspace::has_cargo_subcommand(workspace, "nextest") {
        cargo.args(["nextest", "run", "--no-fail-fast", "--lib", "--bins", "--tests"]);
        tally::nextest(with_packages(&mut cargo))
    } else {
        cargo.args(["test", "--no-fail-fast", "--lib", "--bins", "--tests"]);
        tally::cargo_test(with_packages(&mut cargo))
    }
}

/// Examples of the business rules' documentation: a contact permit cannot be forged, copied or read in.
fn forgeries(workspace: &Workspace) -> Result<Tally> {
    let mut cargo = workspace.cargo();
    tally::cargo_test(cargo.args(["test", "--package", "domain", "--doc"]))
}

fn build_tool(workspace: &Workspace) -> Result<Tally> {
    let mut cargo = workspace.cargo();
    tally::cargo_test(cargo.args(["test", "--package", "xtask"]))
}

/// The stand-in for Stripe is only worth something when the clients that Stripe publishes work with it.
fn stand_in(workspace: &Workspace) -> Result<Tally> {
    install_node_packages(workspace, "end2end/stripe")?;
    let clients = install_python_client(workspace)?;
    let mut node = workspace.command("node");
    node.args(["--test", "--test-reporter=tap", "end2end/stripe/"]).env("SALDAR_STRIPE_VENV", clients);
    tally::tap(node.current_dir(&workspace.root))
}

/// Gives the folder of the virtual environment.
fn install_python_client(workspace: &Workspace) -> Result<std::path::PathBuf> {
    let folder = workspace.scratch().join("stripe-venv");
    let mut python = workspace.command("python3");
    if folder.join("bin/python").exists() {
        return Ok(folder);
    }
    step("Stripe's client for Python");
    if !python.args(["-c", "import ensurepip"]).status().is_ok_and(|status| status.success()) {
        install(workspace, "python3-venv")?;
    }
    workspace::run(workspace.command("python3").args(["-m", "venv"]).arg(&folder))?;
    let list = workspace.root.join("end2end/stripe/clients/requirements.txt");
    let installed = workspace::run(
        workspace.command(folder.join("bin/pip")).args(["install", "--quiet", "--requirement"]).arg(list),
    );
    if installed.is_err() {
        fs::remove_dir_all(&folder)?;
    }
    installed.map(|()| folder)
}

fn browser(workspace: &Workspace) -> Result<Tally> {
    install_browser(workspace)?;
    install_node_packages(workspace, "end2end")?;
    build_native(workspace)?;
    build::site(workspace, Parts::from_flags(false, false), Compression::Best)?;
    let mut total = Tally::default();
    for database in ["sqlite", "postgres"] {
        step(&format!("browser tests on {database}"));
        total += playwright(workspace, database)?;
    }
    Ok(total)
}

fn playwright(workspace: &Workspace, database: &str) -> Result<Tally> {
    let report = workspace.scratch().join(format!("playwright-{database}.json"));
    if report.exists() {
        fs::remove_file(&report)?;
    }
    let mut command = workspace.command("npx");
    command
        .current_dir(workspace.root.join("end2end"))
        .args(["--no-install", "playwright", "test", "--reporter=list,json"])
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report)
        .env("SALDAR_E2E_DB", database)
        .env("SALDAR_E2E_SERVER", workspace.server_binary())
        .env("SALDAR_SITE", &workspace.site);
    let success = command.status().context("cannot start npx: install Node 20")?.success();
    Ok(tally::playwright(fs::read_to_string(&report).ok().as_deref(), success))
}

fn install_node_packages(workspace: &Workspace, folder: &str) -> Result<()> {
    let folder = workspace.root.join(folder);
    let time = |file: &str| folder.join(file).metadata().and_then(|m| m.modified()).ok();
    if time("node_modules/.package-lock.json") >= time("package-lock.json") {
        return Ok(());
    }
    step(&format!("Node packages of {}", folder.display()));
    let mut npm = workspace.command("npm");
    workspace::run(npm.current_dir(folder).arg("ci").env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))
}

fn install_browser(workspace: &Workspace) -> Result<()> {
    if find_program(&BROWSERS).is_some() || env::var_os("SALDAR_CHROMIUM").is_some() {
        return Ok(());
    }
    install(workspace, "chromium")
}

fn install_postgres(workspace: &Workspace) -> Result<()> {
    let debian = fs::read_dir("/usr/lib/postgresql")
        .is_ok_and(|versions| versions.flatten().any(|version| version.path().join("bin/initdb").exists()));
    if debian || find_program(&["initdb"]).is_some() {
        return Ok(());
    }
    install(workspace, "postgresql")
}

/// Reads the exported journal, to see that other people's books agree with ours.
fn install_hledger(workspace: &Workspace) -> Result<()> {
    if find_program(&["hledger"]).is_some() {
        return Ok(());
    }
    install(workspace, "hledger")
}

/// Takes the messages that the tests send.
fn install_smtp_server(workspace: &Workspace) -> Result<()> {
    let mut python = workspace.command("/usr/bin/python3");
    if python.args(["-c", "import aiosmtpd"]).status().is_ok_and(|status| status.success()) {
        return Ok(());
    }
    install(workspace, "python3-aiosmtpd")
}

/// Installs a package of the system; only Debian and its relatives are known here.
fn install(workspace: &Workspace, package: &str) -> Result<()> {
    step(&format!("installing {package} from the system's packages"));
    if find_program(&["apt-get"]).is_none() {
        bail!("{package} is missing, and there is no apt-get to install it with: install it and try again");
    }
    apt_get(workspace, &["update", "-q"])?;
    apt_get(workspace, &["install", "-y", "-q", "--no-install-recommends", package])
}

fn apt_get(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    let mut command = if is_root { workspace.command("apt-get") } else { workspace.command("sudo") };
    if !is_root {
        command.arg("apt-get");
    }
    workspace::run(command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
}
