//! Text that must not stand in certain files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::Outcome;
use crate::workspace;

/// Words that must not occur in files of certain folders and kinds.
struct Ban {
    rule: &'static str,
    folders: &'static [&'static str],
    extensions: &'static [&'static str],
    /// Split in two, so that this file does not break its own rules.
    words: &'static [(&'static str, &'static str)],
}

const EVERYWHERE: &[&str] = &[""];
const TEXT: &[&str] =
    &["rs", "toml", "md", "css", "js", "ts", "json", "html", "yml", "sh", "webmanifest", "npmrc"];

const BANS: [Ban; 4] = [
    Ban {
        rule: "pages, gateways and the REST layer hold no query",
        folders: &["app", "server/gateways", "server/rest", "frontend", "mobile"],
        extensions: &["rs"],
        words: &[
            ("sea_", "orm::"),
            ("sql", "x::"),
            ("\"SEL", "ECT "),
            ("\"INS", "ERT INTO "),
            ("\"DEL", "ETE FROM "),
        ],
    },
    Ban {
        rule: "no package registry is named: the ordinary clients know theirs",
        folders: EVERYWHERE,
        extensions: TEXT,
        words: &[
            ("registry.npm", "js.org"),
            ("registry.", "yarnpkg.com"),
            ("static.", "crates.io"),
            ("index.", "crates.io"),
            ("files.python", "hosted.org"),
        ],
    },
    Ban {
        rule: "no text names a folder of one machine",
        folders: EVERYWHERE,
        extensions: TEXT,
        words: &[("/wo", "rk/"), ("/ro", "ot/"), ("../sha", "red/")],
    },
    Ban {
        rule: "business rules and the offline core keep clear of floating point",
        folders: &["app/domain/src/money", "app/domain/src/ledger", "app/domain/src/account"],
        extensions: &["rs"],
        words: &[(": f", "64"), (": f", "32"), ("as f", "64")],
    },
];

const COLOUR_FUNCTIONS: [&str; 7] = ["rgb(", "rgba(", "hsl(", "hsla(", "oklch(", "oklab(", "lab("];

pub fn check(root: &Path) -> Result<Vec<Outcome>> {
    let files = sources(root)?;
    let mut outcomes = Vec::new();
    for ban in &BANS {
        let findings = scan(root, &files, |path| ban.covers(path), |line| ban.found_in(line))?;
        outcomes.push(Outcome::new(ban.rule, findings));
    }
    let sheets = |path: &Path| path.starts_with("style") && has_extension(path, &["css"]);
    let colours = scan(root, &files, sheets, colour_literal)?;
    outcomes.push(Outcome::new("style sheets name colours by token only", colours));
    Ok(outcomes)
}

impl Ban {
    fn covers(&self, path: &Path) -> bool {
        has_extension(path, self.extensions) && self.folders.iter().any(|folder| path.starts_with(folder))
    }

    fn found_in(&self, line: &str) -> Option<String> {
        self.words.iter().map(|(a, b)| format!("{a}{b}")).find(|word| line.contains(word))
    }
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().and_then(|e| e.to_str()).is_some_and(|e| extensions.contains(&e))
}

/// The project's own text files: everything but what git ignores.
pub(super) fn sources(root: &Path) -> Result<Vec<PathBuf>> {
    let ignored = ["target", "node_modules", ".git", "data", "test-results", "playwright-report"];
    let mut files = Vec::new();
    for entry in fs::read_dir(root)? {
        let path = entry?.path();
        let Some(name) = path.file_name().map(PathBuf::from) else { continue };
        if ignored.iter().any(|skip| name == Path::new(skip)) {
            continue;
        }
        if path.is_file() {
            files.push(name);
            continue;
        }
        let below = workspace::files_below(&path)?.into_iter().map(|file| name.join(file));
        files.extend(below.filter(|file| !file.iter().any(|part| ignored.iter().any(|skip| part == *skip))));
    }
    files.sort();
    Ok(files)
}

pub(super) fn scan(
    root: &Path,
    files: &[PathBuf],
    covers: impl Fn(&Path) -> bool,
    found_in: impl Fn(&str) -> Option<String>,
) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| covers(file)) {
        let content = fs::read(root.join(file))?;
        for (index, line) in String::from_utf8_lossy(&content).lines().enumerate() {
            if let Some(word) = found_in(line) {
                findings.push(format!("{}:{} has `{word}`", file.display(), index + 1));
            }
        }
    }
    Ok(findings)
}

/// A colour written out in a declaration, other than one that gives a token its value. `#name` in a selector
/// is not a colour.
fn colour_literal(line: &str) -> Option<String> {
    line.split([';', '{', '}']).find_map(|declaration| {
        let (property, value) = declaration.split_once(':')?;
        if property.trim().starts_with("--") { None } else { colour_in(value) }
    })
}

fn colour_in(value: &str) -> Option<String> {
    let function = COLOUR_FUNCTIONS.iter().find(|name| {
        value
            .match_indices(**name)
            .any(|(at, _)| !value[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-'))
    });
    if let Some(name) = function {
        return Some((*name).to_owned());
    }
    value
        .split('#')
        .skip(1)
        .map(hex_digits)
        .find(|digits| matches!(digits.len(), 3 | 4 | 6 | 8))
        .map(|d| format!("#{d}"))
}

/// The hexadecimal word at the start of a text; empty where a longer word goes on.
fn hex_digits(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(text.len());
    let word = text.get(..end).unwrap_or_default();
    if word.chars().all(|c| c.is_ascii_hexdigit()) { word } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_found_in_declarations_only() {
        assert_eq!(colour_literal("  color: #0a5c63;"), Some("#0a5c63".into()));
        assert_eq!(colour_literal("  box-shadow: 0 1px rgb(0 0 0 / 20%);"), Some("rgb(".into()));
        assert_eq!(colour_literal("a{background:#fff}"), Some("#fff".into()));
        assert_eq!(colour_literal("  color: var(--ink);"), None);
        assert_eq!(colour_literal("  --ink: #0a5c63; color: #fff;"), Some("#fff".into()));
        assert_eq!(colour_literal("  --ink: #0a5c63; --paper: rgb(0 0 0);"), None);
        assert_eq!(colour_literal("#facade {"), None);
        assert_eq!(colour_literal("  fill: url(#gradient);"), None);
        assert_eq!(colour_literal("  color: color-mix(in srgb, var(--a), var(--b));"), None);
    }

    #[test]
    fn bans_cover_their_folders_and_kinds() {
        let [query, ..] = &BANS;
        assert!(query.covers(Path::new("app/portal/src/lib.rs")));
        assert!(!query.covers(Path::new("server/store/src/lib.rs")));
        assert!(!query.covers(Path::new("app/notes.md")));
        let (a, b) = query.words[0];
        assert!(query.found_in(&format!("use {a}{b}Entity;")).is_some());
        assert!(query.found_in("let text = select(1);").is_none());
    }

    #[test]
    fn a_broken_rule_names_file_and_line() {
        let root = std::env::temp_dir().join(format!("saldar-text-{}", std::process::id()));
        fs::create_dir_all(root.join("style")).unwrap();
        fs::write(root.join("style/base.css"), "a { --paper: #fff; }\nb { color: #fff; }\n").unwrap();
        fs::write(root.join("style/tokens.css"), ":root { --a: #fff; }\n").unwrap();
        let outcomes = check(&root).unwrap();
        fs::remove_dir_all(&root).unwrap();
        let colours = outcomes.last().unwrap();
        assert_eq!(colours.findings, ["style/base.css:2 has `#fff`"]);
    }
}
