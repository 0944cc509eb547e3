//! Where things are, and how other programs are started from here.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use anyhow::{Context, Result, bail};
use cargo_metadata::{Metadata, MetadataCommand};

/// The profile of the bundles; its folder below the target directory has the same name.
pub const WASM_PROFILE: &str = "wasm";
const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The project's folders.
pub struct Workspace {
    pub root: PathBuf,
    pub target: PathBuf,
    /// Everything the server hands out as files.
    pub site: PathBuf,
    pub metadata: Metadata,
}

impl Workspace {
    pub fn find() -> Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let metadata = MetadataCommand::new()
            .manifest_path(manifest)
            .no_deps()
            .exec()
            .context("cargo metadata failed: run this from a complete checkout")?;
        let target = metadata.target_directory.clone().into_std_path_buf();
        Ok(Self {
            root: metadata.workspace_root.clone().into_std_path_buf(),
            site: target.join("site"),
            target,
            metadata,
        })
    }

    /// The stamps and half-finished files of this tool; never served.
    pub fn scratch(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// The server binary of the development profile.
    pub fn server_binary(&self) -> PathBuf {
        self.target.join("debug").join("saldar")
    }

    /// The module that cargo wrote for a browser crate.
    pub fn wasm_file(&self, package: &str) -> PathBuf {
        self.target.join(WASM_TARGET).join(WASM_PROFILE).join(format!("{package}.wasm"))
    }

    /// A cargo command in the workspace root.
    pub fn cargo(&self) -> Command {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = self.command(cargo);
        command.env("CARGO_TARGET_DIR", &self.target);
        // `cargo run` describes this package to us; handed on, it would make build scripts run again.
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_", "CARGO_BIN_"]
                .iter()
                .any(|p| text.starts_with(p))
            {
                command.env_remove(&name);
            }
        }
        command
    }

    /// Any other program, started in the workspace root.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// Builds one browser crate. Each gets a cargo call of its own: in a shared one cargo would unite
    /// their features, and `hydrate` and `csr` exclude each other.
    pub fn build_wasm(&self, package: &str) -> Result<()> {
        let mut cargo = self.cargo();
        cargo.args(["build", "--profile", WASM_PROFILE, "--target", WASM_TARGET, "--package", package]);
        run(&mut cargo)
    }

    /// Builds the server in the development profile.
    pub fn build_server(&self) -> Result<()> {
        run(self.cargo().args(["build", "--package", "saldar"]))
    }

    /// Adds the browser target to the toolchain where it is missing.
    pub fn ensure_wasm_target(&self) -> Result<()> {
        let output =
            self.command("rustc").args(["--print", "sysroot"]).output().context("rustc is not installed")?;
        let sysroot = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        if sysroot.join("lib/rustlib").join(WASM_TARGET).exists() {
            return Ok(());
        }
        step("adding the browser target to the Rust toolchain");
        run(self.command("rustup").args(["target", "add", WASM_TARGET])).context(
            "the Rust toolchain has no wasm32-unknown-unknown target: install rustup, or add the target",
        )
    }
}

/// Runs a command to its end, showing its output.
pub fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("cannot start {name}"))?;
    if status.success() {
        return Ok(());
    }
    let arguments: Vec<_> = command.get_args().map(|a| a.to_string_lossy().into_owned()).collect();
    bail!("`{name} {}` failed ({status})", arguments.join(" "))
}

/// The first of these programs that can be found on the path.
pub fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<_> = env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |f| f.join(name))).find(|file| file.is_file())
}

/// Whether `cargo <subcommand>` exists.
pub fn has_cargo_subcommand(workspace: &Workspace, subcommand: &str) -> bool {
    let mut cargo = workspace.cargo();
    cargo.args([subcommand, "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    cargo.status().is_ok_and(|status| status.success())
}

/// One line that says what happens now.
pub fn step(text: &str) {
    eprintln!("── {text}");
}

/// All files below a folder, sorted, as paths relative to it; none where the folder is missing.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_path_buf()];
    while let Some(current) = pending.pop() {
        if !current.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&current).with_context(|| format!("cannot read {}", current.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                pending.push(path);
            } else {
                found.push(path.strip_prefix(folder)?.to_path_buf());
            }
        }
    }
    found.sort();
    Ok(found)
}
