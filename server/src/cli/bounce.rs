//! `saldar bounce`: what a mail server pipes to us when an e-mail did not arrive.

use std::io::Read;
use std::process::ExitCode;

use anyhow::{Context, Result};
use channels::{bounce, email};

use crate::config::Config;
use crate::start;

/// Some servers send the whole message back.
const MOST_BYTES: u64 = 32 * 1024 * 1024;
/// `EX_TEMPFAIL` of sysexits.h: the mail server keeps the report and tries again.
const LATER: u8 = 75;

/// Reads one report and keeps it; the serving process's workers do the rest. What is no report about a
/// message of ours is told and left alone with success, so that the mail server sends nothing back.
pub async fn run(config: &Config, to: Option<&str>) -> Result<ExitCode> {
    let mut raw = Vec::new();
    std::io::stdin().take(MOST_BYTES).read_to_end(&mut raw).context("cannot read the report from stdin")?;
    let report = match bounce::read(&raw, to) {
        Ok(report) => report,
        Err(ignored) => {
            println!("{ignored}");
            return Ok(ExitCode::SUCCESS);
        }
    };
    let kept = async {
        let services = start::product(config).await?.services;
        services.receive_reports(email::NAME, vec![report]).await?;
        anyhow::Ok(())
    };
    match kept.await {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            eprintln!("error: the report was not kept, try again later: {error:#}");
            Ok(ExitCode::from(LATER))
        }
    }
}
