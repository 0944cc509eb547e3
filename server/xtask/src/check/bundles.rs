//! What is linked into the pure crates and the browser bundles, and how large the bundles are.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};

use super::Outcome;
use crate::assets::Size;
use crate::build;
use crate::workspace::Workspace;

/// Crates that do I/O, wait, or belong to one side.
const IMPURE: [&str; 8] = ["tokio", "sea-orm", "sqlx-core", "axum", "hyper", "reqwest", "leptos", "web-sys"];
/// Of tokio, the browser may have the channels but not the runtime.
const SERVER_ONLY: [&str; 8] =
    ["tokio/rt", "sea-orm", "sqlx-core", "axum", "hyper", "services", "store", "web"];

/// Package, cargo target, what must not be in its tree, and why.
const TREES: [(&str, Option<&str>, &[&str], &str); 4] = [
    ("domain", None, &IMPURE, "the business rules do no I/O"),
    ("replica", None, &IMPURE, "the offline core does no I/O"),
    ("frontend", Some("wasm32-unknown-unknown"), &SERVER_ONLY, "the web bundle holds no server code"),
    ("mobile", Some("wasm32-unknown-unknown"), &SERVER_ONLY, "the field bundle holds no server code"),
];

/// Served files whose sum, in brotli bytes, must stay within a limit.
const BUDGETS: [(&str, &[&str], usize); 3] = [
    ("the portal's stylesheet", &["pkg/portal.css"], 15_000),
    ("the web bundle", &["pkg/saldar.js", "pkg/saldar_bg.wasm"], 250_000),
    (
        "the field app",
        &["field/index.html", "field/field.css", "field/saldar_field.js", "field/saldar_field_bg.wasm"],
        450_000,
    ),
];

pub fn check(workspace: &Workspace) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    for (package, target, banned, why) in TREES {
        let findings = banned_in(package, &tree(workspace, package, target)?, banned);
        outcomes.push(Outcome::new(format!("{why} (dependency tree of `{package}`)"), findings));
    }
    let sizes = build::sizes(workspace)?;
    // Without a built site there is nothing to weigh.
    if !sizes.is_empty() {
        outcomes.push(Outcome::new("first loads keep within their size budgets", over_budget(&sizes)));
    }
    Ok(outcomes)
}

/// The names of everything linked into a package, with the features it has when built alone.
fn tree(workspace: &Workspace, package: &str, target: Option<&str>) -> Result<BTreeSet<String>> {
    let mut cargo = workspace.cargo();
    cargo.args([
        "tree",
        "--package",
        package,
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p} |{f}",
    ]);
    if let Some(target) = target {
        cargo.args(["--target", target]);
    }
    let output = cargo.output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!("cargo tree of `{package}` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(names(&String::from_utf8_lossy(&output.stdout)))
}

/// From lines such as `tokio v1.0.0 |rt,sync`: the crate's name and, after a slash, each of its features.
fn names(tree: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for line in tree.lines() {
        let Some(name) = line.split_whitespace().next() else { continue };
        names.insert(name.to_owned());
        let features = line.split_once('|').map_or("", |(_, features)| features.trim_end_matches(" (*)"));
        names.extend(features.split(',').map(|feature| format!("{name}/{feature}")));
    }
    names
}

fn banned_in(package: &str, tree: &BTreeSet<String>, banned: &[&str]) -> Vec<String> {
    banned
        .iter()
        .filter(|name| tree.contains(**name))
        .map(|name| format!("`{package}` pulls in `{name}`: see `cargo tree -p {package}`"))
        .collect()
}

fn over_budget(sizes: &[Size]) -> Vec<String> {
    let mut findings = Vec::new();
    for (what, files, limit) in BUDGETS {
        let total: usize = sizes.iter().filter(|s| files.contains(&s.name.as_str())).map(|s| s.brotli).sum();
        if total > limit {
            findings.push(format!("{what} takes {total} bytes compressed; the limit is {limit}"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_features_are_read_from_a_tree() {
        let tree = names("domain v0.1.0 (/somewhere/app/domain) |\nserde v1.0.0 |derive,std (*)\n");
        for name in ["domain", "serde", "serde/derive", "serde/std"] {
            assert!(tree.contains(name), "{name}");
        }
    }

    #[test]
    fn banned_crates_and_features_are_named() {
        let found = banned_in("frontend", &names("tokio v1.0.0 |rt,sync\naxum v0.8.0 |\n"), &SERVER_ONLY);
        assert_eq!(found.len(), 2);
        assert!(
            banned_in("frontend", &names("tokio v1.0.0 |sync\naxum-like v1.0.0 |\n"), &SERVER_ONLY)
                .is_empty()
        );
    }

    #[test]
    fn budgets_add_up_the_files_of_a_first_load() {
        let size = |name: &str, brotli| Size { name: name.into(), raw: brotli, brotli };
        let within = [size("pkg/saldar.js", 10_000), size("pkg/saldar_bg.wasm", 240_000)];
        assert!(over_budget(&within).is_empty());
        let over = [size("pkg/saldar.js", 10_001), size("pkg/saldar_bg.wasm", 240_000)];
        assert_eq!(over_budget(&over).len(), 1);
    }
}
