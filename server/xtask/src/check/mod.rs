//! `cargo xtask check`: rules of the workspace that no compiler checks.

mod bundles;
mod edges;
mod licences;
mod permits;
mod text;

use anyhow::{Result, bail};

use crate::tally::Tally;
use crate::workspace::Workspace;

/// A rule and what breaks it; no findings means it holds.
pub struct Outcome {
    pub rule: String,
    pub findings: Vec<String>,
}

impl Outcome {
    fn new(rule: impl Into<String>, findings: Vec<String>) -> Self {
        Self { rule: rule.into(), findings }
    }
}

pub fn run(workspace: &Workspace) -> Result<()> {
    let tally = tally(workspace)?;
    if tally.failed > 0 {
        bail!(
            "{} of {} workspace rules are broken: see the lines above",
            tally.failed,
            tally.passed + tally.failed
        );
    }
    Ok(())
}

/// Checks every rule, prints what it finds, and counts.
pub fn tally(workspace: &Workspace) -> Result<Tally> {
    let mut tally = Tally::default();
    for outcome in outcomes(workspace)? {
        if outcome.findings.is_empty() {
            eprintln!("ok      {}", outcome.rule);
            tally.passed += 1;
        } else {
            eprintln!("BROKEN  {}", outcome.rule);
            for finding in &outcome.findings {
                eprintln!("        {finding}");
            }
            tally.failed += 1;
            tally.failures.push(format!("{}: {}", outcome.rule, outcome.findings.join("; ")));
        }
    }
    Ok(tally)
}

fn outcomes(workspace: &Workspace) -> Result<Vec<Outcome>> {
    let mut outcomes = edges::check(&workspace.metadata);
    outcomes.extend(bundles::check(workspace)?);
    outcomes.extend(licences::check(&workspace.root)?);
    outcomes.extend(text::check(&workspace.root)?);
    outcomes.extend(permits::check(&workspace.root)?);
    Ok(outcomes)
}
