//! `saldar calc`: the rules on JSON cases, without a database.

use std::io::Read;
use std::process::ExitCode;

use anyhow::{Context, Result};
use calc::Kind;
use serde_json::Value;

/// Cases are small; a longer input is a mistake.
const LONGEST_INPUT: u64 = 256 * 1024 * 1024;

/// For clap: the kind of this name.
pub fn kind(name: &str) -> Result<Kind, String> {
    Kind::named(name).ok_or_else(|| {
        let known: Vec<_> = Kind::ALL.iter().map(|(name, _)| *name).collect();
        format!("no such kind; there are {}", known.join(", "))
    })
}

/// Reads one case or an array of cases on standard input; prints the result in the same shape.
pub fn run(kind: Kind) -> Result<ExitCode> {
    let mut text = String::new();
    std::io::stdin().take(LONGEST_INPUT).read_to_string(&mut text).context("cannot read standard input")?;
    let input: Value = serde_json::from_str(&text)
        .context("standard input is no JSON; give one case or an array of cases")?;
    println!("{}", serde_json::to_string(&calc::run(kind, &input))?);
    Ok(ExitCode::SUCCESS)
}
