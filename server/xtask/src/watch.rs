//! `cargo xtask watch`: rebuilds what a saved file touches and starts the server again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};

use crate::assets::Compression;
use crate::build::{self, Parts};
use crate::workspace::{self, Workspace, step};
use crate::{demo, styles};

const PERIOD: Duration = Duration::from_millis(500);
const FOLDERS: [&str; 5] = ["app", "server", "frontend", "mobile", "style"];

/// What a change makes necessary to build again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Styles,
    Web,
    Field,
    Server,
}

type Work = BTreeSet<Part>;

/// What contains a file.
fn work_for(path: &Path) -> Work {
    let below = |folders: &[&str]| folders.iter().any(|folder| path.starts_with(folder));
    let parts = [
        (Part::Styles, below(&["style"])),
        (Part::Web, below(&["app", "frontend"])),
        // The field app carries its own copy of its sheet.
        (Part::Field, below(&["mobile", "style", "app/domain", "app/ui"])),
        (Part::Server, below(&["app", "server"]) && !below(&["server/xtask"])),
    ];
    parts.into_iter().filter_map(|(part, touched)| touched.then_some(part)).collect()
}

type Times = BTreeMap<PathBuf, SystemTime>;

pub fn run(workspace: &Workspace) -> Result<()> {
    build::site(workspace, Parts::from_flags(false, false), Compression::Fast)?;
    workspace.build_server()?;
    let mut server = start(workspace)?;
    let mut known = times(&workspace.root)?;
    loop {
        thread::sleep(PERIOD);
        let now = times(&workspace.root)?;
        let work: Work = changes(&known, &now).flat_map(|path| work_for(path)).collect();
        known = now;
        if work.is_empty() {
            continue;
        }
        // A mistake in the code is shown by the compiler; the old server keeps running until it is mended.
        match rebuild(workspace, &work) {
            Ok(()) if work.contains(&Part::Server) => {
                server.kill().and_then(|()| server.wait()).context("cannot stop the server")?;
                server = start(workspace)?;
            }
            Ok(()) => step("ready"),
            Err(error) => step(&format!("{error:#}")),
        }
    }
}

fn rebuild(workspace: &Workspace, work: &Work) -> Result<()> {
    if work.contains(&Part::Styles) {
        styles::publish(workspace, Compression::Fast)?;
    }
    if work.contains(&Part::Server) {
        workspace.build_server()?;
    }
    let parts = Parts { web: work.contains(&Part::Web), field: work.contains(&Part::Field) };
    if parts.web || parts.field {
        build::site(workspace, parts, Compression::Fast)?;
    }
    Ok(())
}

fn start(workspace: &Workspace) -> Result<Child> {
    demo::seed(workspace)?;
    step("serving");
    demo::server(workspace).arg("serve").spawn().context("cannot start the server")
}

fn times(root: &Path) -> Result<Times> {
    let mut times = Times::new();
    for folder in FOLDERS {
        for file in workspace::files_below(&root.join(folder))? {
            let path = Path::new(folder).join(file);
            // A file that an editor replaces may be gone for a moment.
            if let Ok(modified) = root.join(&path).metadata().and_then(|m| m.modified()) {
                times.insert(path, modified);
            }
        }
    }
    Ok(times)
}

fn changes<'a>(before: &'a Times, after: &'a Times) -> impl Iterator<Item = &'a PathBuf> {
    let written = after.iter().filter(|(path, time)| before.get(*path) != Some(*time));
    let removed = before.iter().filter(|(path, _)| !after.contains_key(*path));
    written.chain(removed).map(|(path, _)| path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_rebuilds_only_what_contains_it() {
        let work = |path: &str| work_for(Path::new(path)).into_iter().collect::<Vec<_>>();
        assert_eq!(work("server/rest/src/lib.rs"), [Part::Server]);
        assert_eq!(work("style/base.css"), [Part::Styles, Part::Field]);
        assert_eq!(work("mobile/src/lib.rs"), [Part::Field]);
        assert_eq!(work("app/portal/src/lib.rs"), [Part::Web, Part::Server]);
        assert_eq!(work("app/domain/src/lib.rs"), [Part::Web, Part::Field, Part::Server]);
        assert!(work("server/xtask/src/main.rs").is_empty());
    }

    #[test]
    fn new_changed_and_removed_files_are_changes() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let before = Times::from([("same".into(), at(1)), ("changed".into(), at(1)), ("gone".into(), at(1))]);
        let after = Times::from([("same".into(), at(1)), ("changed".into(), at(2)), ("new".into(), at(2))]);
        let found: Vec<_> = changes(&before, &after).map(|path| path.to_string_lossy()).collect();
        assert_eq!(found, ["changed", "new", "gone"]);
    }
}
