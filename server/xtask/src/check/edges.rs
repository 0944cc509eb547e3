//! Which crate may know which: the table, compared with what the manifests say.

use cargo_metadata::{DependencyKind, Metadata};

use super::Outcome;

/// A crate, and the workspace crates it may depend on directly.
struct Allowed {
    package: &'static str,
    always: &'static [&'static str],
    /// Only as optional dependencies, which the `ssr` feature turns on: they never reach the browser.
    optional: &'static [&'static str],
}

const fn allowed(package: &'static str, always: &'static [&'static str]) -> Allowed {
    Allowed { package, always, optional: &[] }
}

const TABLE: [Allowed; 20] = [
    allowed("domain", &[]),
    allowed("store", &["domain"]),
    // Statistics, pure: floating point stays out of the rules.
    allowed("inference", &[]),
    allowed("services", &["domain", "store", "inference"]),
    allowed("gateways", &["domain", "services"]),
    allowed("channels", &["domain", "services"]),
    allowed("documents", &["domain"]),
    allowed("rest", &["domain", "services"]),
    allowed("calc", &["domain"]),
    allowed("ui", &["domain"]),
    allowed("web", &["domain", "ui", "services"]),
    Allowed { package: "portal", always: &["domain", "ui"], optional: &["services", "web"] },
    Allowed { package: "console", always: &["domain", "ui"], optional: &["services", "web"] },
    Allowed {
        package: "app",
        always: &["domain", "ui", "portal", "console"],
        optional: &["services", "web"],
    },
    allowed(
        "saldar",
        &[
            "domain",
            "store",
            "services",
            "gateways",
            "channels",
            "documents",
            "rest",
            "calc",
            "ui",
            "portal",
            "console",
            "app",
            "web",
        ],
    ),
    allowed("frontend", &["app"]),
    allowed("replica", &["domain"]),
    allowed("mobile", &["domain", "replica", "ui"]),
    // In no other crate's list: only tests may use it.
    allowed("testkit", &["domain", "services", "store"]),
    allowed("xtask", &[]),
];

/// One declared dependency between two workspace crates.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Edge {
    from: String,
    to: String,
    optional: bool,
}

pub fn check(metadata: &Metadata) -> Vec<Outcome> {
    let names: Vec<String> = metadata.workspace_packages().iter().map(|p| p.name.to_string()).collect();
    vec![
        Outcome::new("every workspace crate has its place in the dependency table", unplaced(&names)),
        Outcome::new(
            "dependencies between workspace crates point downwards only",
            upward(&edges(metadata, &names)),
        ),
    ]
}

/// Tests may reach up: development dependencies are left out.
fn edges(metadata: &Metadata, names: &[String]) -> Vec<Edge> {
    let mut edges = Vec::new();
    for package in metadata.workspace_packages() {
        for dependency in &package.dependencies {
            if dependency.kind != DependencyKind::Development && names.contains(&dependency.name) {
                let (from, to) = (package.name.to_string(), dependency.name.clone());
                edges.push(Edge { from, to, optional: dependency.optional });
            }
        }
    }
    edges
}

fn unplaced(names: &[String]) -> Vec<String> {
    names
        .iter()
        .filter(|name| !TABLE.iter().any(|row| row.package == name.as_str()))
        .map(|name| format!("`{name}` is not in the table: add it with what it may depend on"))
        .collect()
}

fn upward(edges: &[Edge]) -> Vec<String> {
    edges.iter().filter_map(objection).collect()
}

fn objection(edge: &Edge) -> Option<String> {
    let Edge { from, to, optional } = edge;
    let row = TABLE.iter().find(|row| row.package == from.as_str())?;
    if row.always.contains(&to.as_str()) {
        return None;
    }
    if !row.optional.contains(&to.as_str()) {
        return Some(format!("`{from}` depends on `{to}`, which it must not know"));
    }
    (!optional).then(|| format!("`{from}` depends on `{to}` always: make it optional, turned on by `ssr`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: &str, to: &str, optional: bool) -> Edge {
        Edge { from: from.into(), to: to.into(), optional }
    }

    #[test]
    fn downward_edges_pass() {
        let edges = [
            edge("services", "store", false),
            edge("portal", "services", true),
            edge("saldar", "app", false),
        ];
        assert!(upward(&edges).is_empty());
    }

    #[test]
    fn upward_edges_are_named() {
        for (from, to) in [("domain", "store"), ("store", "services"), ("app", "saldar"), ("portal", "store")]
        {
            let found = upward(&[edge(from, to, true)]);
            assert_eq!(found, [format!("`{from}` depends on `{to}`, which it must not know")]);
        }
    }

    #[test]
    fn services_must_be_optional_below_the_pages() {
        assert_eq!(upward(&[edge("console", "services", false)]).len(), 1);
    }

    #[test]
    fn new_crates_need_a_place() {
        assert_eq!(unplaced(&["domain".into(), "billing".into()]).len(), 1);
    }

    #[test]
    fn the_table_has_no_circle() {
        fn reaches(from: &str, goal: &str) -> bool {
            let row = TABLE.iter().find(|row| row.package == from).unwrap();
            row.always.iter().chain(row.optional).any(|to| *to == goal || reaches(to, goal))
        }
        for row in &TABLE {
            assert!(!reaches(row.package, row.package), "{}", row.package);
        }
    }
}
