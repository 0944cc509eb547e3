//! Nothing pursues a debt without leave: where permits are made, and who may write what leaves the
//! house. The types hold that a permit cannot be made elsewhere; this holds that nobody goes round.

use std::path::Path;

use anyhow::Result;

use super::Outcome;
use super::text::{scan, sources};

/// Code that may stand in these files only. Tests and their kit, which make what they test by hand, and
/// what is declared, are no ways out.
struct Only {
    rule: &'static str,
    /// Split in two, so that this file does not break its own rules.
    words: &'static [(&'static str, &'static str)],
    files: &'static [&'static str],
}

const RULES: [Only; 5] = [
    Only {
        rule: "a contact permit is made by the decision alone",
        words: &[("ContactPermit", "::new("), ("ContactPermit", " {"), ("Permitted", " {")],
        files: &[
            "app/domain/src/contact/decide.rs",
            "app/domain/src/contact/decision.rs",
            "server/services/src/contact/mod.rs",
        ],
    },
    Only {
        rule: "messages enter the outbox with a permit or as a service, by one door",
        words: &[("outbox_messages::", "ActiveModel"), ("outbox_messages::", "Entity::insert")],
        files: &["server/services/src/outbox/mod.rs"],
    },
    Only {
        rule: "a message goes out only by the worker that asks for leave",
        words: &[("OutgoingMessage", " {"), ("OutgoingMessage", "::new("), ("channel.", "send(")],
        files: &["server/services/src/outbox/channel.rs", "server/services/src/outbox/deliver.rs"],
    },
    Only {
        rule: "visits are planned with a permit, by one door (the demo's book apart)",
        words: &[("assignments::", "ActiveModel"), ("assignments::", "Entity::insert")],
        files: &["server/services/src/roster.rs", "server/services/src/demo/load.rs"],
    },
    Only {
        rule: "only the channels speak to mail servers",
        words: &[("lettre", "::")],
        files: &["server/channels/src/email.rs"],
    },
];

pub fn check(root: &Path) -> Result<Vec<Outcome>> {
    let files = sources(root)?;
    let is_code = |path: &Path| {
        let has_part = |name: &str| path.iter().any(|part| part == name);
        let for_tests = ["tests", "testkit", "fuzz"].into_iter().any(has_part);
        path.extension().is_some_and(|kind| kind == "rs") && !for_tests
    };
    let mut outcomes = Vec::new();
    for only in &RULES {
        let covers = |path: &Path| is_code(path) && !only.files.iter().any(|file| path == Path::new(file));
        let findings = scan(root, &files, covers, |line| only.found_in(line))?;
        outcomes.push(Outcome::new(only.rule, findings));
        for file in only.files.iter().filter(|file| !root.join(file).exists()) {
            outcomes
                .push(Outcome::new(only.rule, vec![format!("{file} is gone: tell this rule where it went")]));
        }
    }
    Ok(outcomes)
}

impl Only {
    /// What stands in the line and may not; comments and types in signatures are none of it.
    fn found_in(&self, line: &str) -> Option<String> {
        let code = line.split("//").next().unwrap_or_default();
        let declares = ["struct ", "impl ", "-> ", "for "].iter().any(|word| code.contains(word));
        let words = self.words.iter().map(|(a, b)| format!("{a}{b}"));
        words.filter(|word| !(declares && word.ends_with(" {"))).find(|word| code.contains(word.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_round_is_found() {
        let [permit, outbox, ..] = &RULES;
        let (a, b) = permit.words[0];
        assert!(permit.found_in(&format!("let leave = {a}{b}channel);")).is_some());
        assert!(permit.found_in(&format!("// {a}{b}")).is_none());
        let (a, b) = permit.words[1];
        assert!(permit.found_in(&format!("let leave = {a}{b} channel }};")).is_some());
        assert!(permit.found_in(&format!("pub struct {a}{b}")).is_none());
        let (a, b) = outbox.words[1];
        assert!(outbox.found_in(&format!("{a}{b}(row)")).is_some());
    }

    #[test]
    fn the_workspace_has_no_way_round() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        for outcome in check(root).unwrap() {
            assert!(outcome.findings.is_empty(), "{}: {:?}", outcome.rule, outcome.findings);
        }
    }
}
