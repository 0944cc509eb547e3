//! Licences of everything that is linked in, against the list in `deny.toml`. `cargo deny` reads the same
//! list and looks closer, where it is installed; this check needs nothing that is not here already.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use cargo_metadata::{Metadata, MetadataCommand};
use serde::Deserialize;

use super::Outcome;
use crate::assets;

const LIST: &str = "deny.toml";

#[derive(Deserialize)]
struct Deny {
    licenses: Licences,
}

#[derive(Deserialize)]
struct Licences {
    allow: BTreeSet<String>,
}

pub fn check(root: &Path) -> Result<Vec<Outcome>> {
    let text = String::from_utf8(assets::read(&root.join(LIST))?)?;
    let allowed =
        toml::from_str::<Deny>(&text).with_context(|| format!("{LIST} cannot be read"))?.licenses.allow;
    let metadata = MetadataCommand::new().manifest_path(root.join("Cargo.toml")).exec()?;
    Ok(vec![Outcome::new(format!("every licence is on the list in {LIST}"), objections(&metadata, &allowed))])
}

fn objections(metadata: &Metadata, allowed: &BTreeSet<String>) -> Vec<String> {
    let outside = metadata.packages.iter().filter_map(|package| {
        let licence = package.license.as_deref().unwrap_or("no licence");
        (!permits(licence, allowed))
            .then(|| format!("`{}` {} is under {licence}", package.name, package.version))
    });
    outside.collect()
}

/// Whether an SPDX expression can be met with the allowed licences. `/` is an old way to write `OR`.
fn permits(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
    either(&mut words, allowed) && words.is_empty()
}

/// `a OR b`; the words still to read stand in reverse order.
fn either(words: &mut Vec<&str>, allowed: &BTreeSet<String>) -> bool {
    let mut met = both(words, allowed);
    while take(words, "OR") {
        met |= both(words, allowed);
    }
    met
}

/// `a AND b`
fn both(words: &mut Vec<&str>, allowed: &BTreeSet<String>) -> bool {
    let mut met = single(words, allowed);
    while take(words, "AND") {
        met &= single(words, allowed);
    }
    met
}

/// `a`, `a WITH exception` or `( … )`
fn single(words: &mut Vec<&str>, allowed: &BTreeSet<String>) -> bool {
    if take(words, "(") {
        return either(words, allowed) & take(words, ")");
    }
    let Some(name) = words.pop() else { return false };
    if take(words, "WITH") {
        return words.pop().is_some_and(|exception| allowed.contains(&format!("{name} WITH {exception}")));
    }
    allowed.contains(name)
}

fn take(words: &mut Vec<&str>, word: &str) -> bool {
    words.pop_if(|next| *next == word).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_met_as_spdx_says() {
        let allowed = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned).into();
        for good in [
            "MIT",
            "GPL-3.0 OR MIT",
            "MIT/GPL-3.0",
            "(MIT OR GPL-3.0) AND Apache-2.0",
            "Apache-2.0 WITH LLVM-exception OR GPL-3.0",
            "GPL-3.0 AND MIT OR Apache-2.0",
        ] {
            assert!(permits(good, &allowed), "{good}");
        }
        for bad in ["GPL-3.0", "MIT AND GPL-3.0", "MIT WITH some-exception", "(MIT", "no licence", ""] {
            assert!(!permits(bad, &allowed), "{bad}");
        }
    }
}
