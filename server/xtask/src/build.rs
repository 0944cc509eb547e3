//! `cargo xtask build`: everything the server hands out as files.

use anyhow::Result;

use crate::assets::{self, Compression, Size};
use crate::workspace::{Workspace, step};
use crate::{bundle, field, styles};

/// What of the site to build. Stylesheets take no time and are always built.
#[derive(Clone, Copy)]
pub struct Parts {
    pub web: bool,
    pub field: bool,
}

impl Parts {
    /// No flag means everything.
    pub fn from_flags(web: bool, field: bool) -> Self {
        let all = !web && !field;
        Self { web: web || all, field: field || all }
    }
}

pub fn run(workspace: &Workspace, parts: Parts) -> Result<()> {
    site(workspace, parts, Compression::Best)?;
    eprint!("{}", assets::size_table(&sizes(workspace)?));
    Ok(())
}

pub fn site(workspace: &Workspace, parts: Parts, compression: Compression) -> Result<()> {
    workspace.ensure_wasm_target()?;
    step("stylesheets and fonts");
    styles::publish(workspace, compression)?;
    if parts.web {
        step("web bundle");
        bundle::publish_web(workspace, compression)?;
    }
    if parts.field {
        step("field app");
        field::publish(workspace, compression)?;
    }
    Ok(())
}

/// What a first visit loads, of the files built so far.
pub fn sizes(workspace: &Workspace) -> Result<Vec<Size>> {
    let names = [
        "pkg/portal.css",
        "pkg/console.css",
        "pkg/saldar.js",
        "pkg/saldar_bg.wasm",
        "field/index.html",
        "field/field.css",
        "field/saldar_field.js",
        "field/saldar_field_bg.wasm",
    ];
    names
        .iter()
        .filter(|name| workspace.site.join(name).exists())
        .map(|name| assets::size(&workspace.site, name))
        .collect()
}
