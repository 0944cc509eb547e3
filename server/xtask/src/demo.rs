//! `cargo xtask run`: from a fresh clone to a served, seeded product.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result};

use crate::assets::Compression;
use crate::build::{self, Parts};
use crate::workspace::{self, Workspace, step};

pub fn run(workspace: &Workspace) -> Result<()> {
    step("browser bundles and server (a first build takes some minutes)");
    // Side by side: linking a bundle keeps one core busy for a minute and leaves the other idle.
    std::thread::scope(|scope| {
        let server = scope.spawn(|| workspace.build_server());
        let site = build::site(workspace, Parts::from_flags(false, false), Compression::Best);
        let server =
            server.join().unwrap_or_else(|_| Err(anyhow::anyhow!("building the server ended early")));
        site.and(server)
    })?;
    seed(workspace)?;
    step("serving");
    let error = server(workspace).arg("serve").exec();
    Err(error).context("cannot start the server")
}

/// The server binary in demo mode, knowing where the site was built.
pub fn server(workspace: &Workspace) -> std::process::Command {
    let mut command = workspace.command(workspace.server_binary());
    if env::var_os("SALDAR_MODE").is_none() {
        command.env("SALDAR_MODE", "demo");
    }
    command.env("SALDAR_SITE", &workspace.site);
    command
}

/// Fills the default database the first time; one that the user chose is left alone. It is filled under another name and then renamed, so that an
/// interrupted run leaves no half portfolio behind.
pub fn seed(workspace: &Workspace) -> Result<()> {
    if env::var_os("SALDAR_DATABASE_URL").is_some() {
        return Ok(());
    }
    let data = workspace.root.join("data");
    let finished = data.join("saldar.db");
    if finished.exists() {
        return Ok(());
    }
    step("demo portfolio");
    fs::create_dir_all(&data)?;
    let unfinished = data.join("seeding.db");
    for suffix in ["", "-wal", "-shm"] {
        let file = with_suffix(&unfinished, suffix);
        if file.exists() {
            fs::remove_file(file)?;
        }
    }
    let url = format!("sqlite://{}", unfinished.display());
    workspace::run(server(workspace).arg("demo").env("SALDAR_DATABASE_URL", url))?;
    // The log first: a database without its log would have lost facts.
    let log = with_suffix(&unfinished, "-wal");
    if log.exists() {
        fs::rename(log, with_suffix(&finished, "-wal"))?;
    }
    fs::rename(unfinished, finished).context("cannot put the demo portfolio in place")
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
