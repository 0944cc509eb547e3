//! Turns a compiled browser crate into a module and the script that loads it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::assets::{self, Compression, Fingerprint, Stamp};
use crate::workspace::{self, Workspace};

/// A browser crate and the base name of its files: `<name>.js`, `<name>_bg.wasm`.
pub struct Bundle {
    pub package: &'static str,
    pub name: &'static str,
}

pub const WEB: Bundle = Bundle { package: "frontend", name: "saldar" };
pub const FIELD: Bundle = Bundle { package: "mobile", name: "saldar_field" };

/// Compiles and binds a bundle. Returns the folder that holds its files, not yet published.
pub fn make(workspace: &Workspace, bundle: &Bundle) -> Result<PathBuf> {
    workspace.build_wasm(bundle.package)?;
    let input = workspace.wasm_file(bundle.package);
    let folder = workspace.scratch().join(bundle.name);
    let mut print = Fingerprint::new(Compression::Best);
    print.add("bundle", &assets::read(&input)?);
    let stamp = Stamp::new(&workspace.scratch(), bundle.name, print.finish());
    if !stamp.is_fresh(&folder.join(format!("{}.js", bundle.name))) {
        bind(&input, &folder, bundle.name)?;
        stamp.save()?;
    }
    Ok(folder)
}

fn bind(input: &Path, folder: &Path, name: &str) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Bindgen::new()
        .input_path(input)
        .out_name(name)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)
        .with_context(|| format!("cannot bind {}", input.display()))
}

/// Publishes the web bundle to `<site>/pkg`.
pub fn publish_web(workspace: &Workspace, compression: Compression) -> Result<()> {
    let made = make(workspace, &WEB)?;
    let pkg = workspace.site.join("pkg");
    let files = workspace::files_below(&made)?;
    let mut print = Fingerprint::new(compression);
    for file in &files {
        print.add_file(&made.join(file))?;
    }
    let stamp = Stamp::new(&workspace.scratch(), "web-published", print.finish());
    if stamp.is_fresh(&pkg.join("saldar.js")) {
        return Ok(());
    }
    for file in &files {
        assets::publish(&pkg.join(file), &assets::read(&made.join(file))?, compression)?;
    }
    stamp.save()
}
