//! Counting tests from what their runners print.

use std::io::{BufRead, BufReader, Read};
use std::ops::AddAssign;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

/// Passed and failed tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
}

impl Tally {
    pub const ONE_FAILURE: Self = Self { passed: 0, failed: 1 };

    /// A run that ended badly without a failed test (it did not compile, or died) counts as one failure.
    fn with_exit(self, success: bool) -> Self {
        if success || self.failed > 0 { self } else { Self { failed: 1, ..self } }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Runs `cargo test`, showing its output, and counts its tests.
pub fn cargo_test(command: &mut Command) -> Result<Tally> {
    command.stdout(Stdio::piped());
    let mut child = command.spawn().context("cannot start cargo")?;
    let tally = child.stdout.take().map(|out| follow(out, libtest_line)).unwrap_or_default();
    Ok(tally.with_exit(child.wait()?.success()))
}

/// Runs `cargo nextest run`, showing its output, and counts its tests.
pub fn nextest(command: &mut Command) -> Result<Tally> {
    command.stderr(Stdio::piped());
    let mut child = command.spawn().context("cannot start cargo nextest")?;
    let tally = child.stderr.take().map(|out| follow(out, nextest_line)).unwrap_or_default();
    Ok(tally.with_exit(child.wait()?.success()))
}

/// Runs a command that reports in TAP (`node --test`), showing its output, and counts its tests.
pub fn tap(command: &mut Command) -> Result<Tally> {
    command.stdout(Stdio::piped());
    let mut child = command.spawn().context("cannot start node: install Node 20")?;
    let tally = child.stdout.take().map(|out| follow(out, tap_line)).unwrap_or_default();
    Ok(tally.with_exit(child.wait()?.success()))
}

fn follow(output: impl Read, count: fn(&str) -> Option<Tally>) -> Tally {
    let mut tally = Tally::default();
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        eprintln!("{line}");
        if let Some(counted) = count(&line) {
            tally += counted;
        }
    }
    tally
}

/// `# pass 20` and `# fail 0` at the end.
fn tap_line(line: &str) -> Option<Tally> {
    let number = |prefix| line.strip_prefix(prefix).and_then(|rest: &str| rest.trim().parse().ok());
    match (number("# pass "), number("# fail ")) {
        (Some(passed), _) => Some(Tally { passed, failed: 0 }),
        (_, Some(failed)) => Some(Tally { passed: 0, failed }),
        _ => None,
    }
}

/// `test result: ok. 3 passed; 0 failed; 0 ignored; …`
fn libtest_line(line: &str) -> Option<Tally> {
    let rest = line.strip_prefix("test result: ")?;
    Some(Tally { passed: number_before(rest, " passed")?, failed: number_before(rest, " failed")? })
}

/// `Summary [ 0.1s] 5 tests run: 3 passed, 1 failed, 1 timed out, 0 skipped`
fn nextest_line(line: &str) -> Option<Tally> {
    let rest = line.trim_start().strip_prefix("Summary")?;
    let run = number_before(rest, " tests run").or_else(|| number_before(rest, " test run"))?;
    let passed = number_before(rest, " passed").unwrap_or(0);
    Some(Tally { passed, failed: run.saturating_sub(passed) })
}

fn number_before(text: &str, word: &str) -> Option<u64> {
    let before = text.split(word).next().filter(|before| before.len() < text.len())?;
    before.rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Counts from the JSON report of Playwright; no report means that the run never began.
pub fn playwright(report: Option<&str>, success: bool) -> Tally {
    let stats = report
        .and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok())
        .and_then(|report| report.get("stats").cloned())
        .unwrap_or_default();
    let count = |name: &str| stats.get(name).and_then(serde_json::Value::as_u64).unwrap_or(0);
    Tally { passed: count("expected") + count("flaky"), failed: count("unexpected") }.with_exit(success)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libtest_lines_are_counted() {
        let line = "test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out";
        assert_eq!(libtest_line(line), Some(Tally { passed: 12, failed: 2 }));
        assert_eq!(libtest_line("test money ... ok"), None);
    }

    #[test]
    fn tap_lines_are_counted() {
        assert_eq!(tap_line("# pass 20"), Some(Tally { passed: 20, failed: 0 }));
        assert_eq!(tap_line("# fail 2"), Some(Tally { passed: 0, failed: 2 }));
        assert_eq!(tap_line("ok 1 - # pass"), None);
    }

    #[test]
    fn nextest_lines_are_counted() {
        let line =
            "     Summary [   0.012s] 5 tests run: 3 passed (1 slow), 1 failed, 1 timed out, 0 skipped";
        assert_eq!(nextest_line(line), Some(Tally { passed: 3, failed: 2 }));
        assert_eq!(
            nextest_line("Summary [0s] 1 test run: 1 passed, 0 skipped"),
            Some(Tally { passed: 1, failed: 0 })
        );
        assert_eq!(nextest_line("        PASS [   0.003s] domain money"), None);
    }

    #[test]
    fn a_run_that_never_began_is_a_failure() {
        assert_eq!(Tally::default().with_exit(false), Tally::ONE_FAILURE);
        assert_eq!(playwright(None, false), Tally::ONE_FAILURE);
        let counted = Tally { passed: 2, failed: 3 };
        assert_eq!(counted.with_exit(false), counted);
    }

    #[test]
    fn playwright_reports_are_counted() {
        let report = r#"{"stats":{"expected":7,"unexpected":1,"flaky":1,"skipped":4}}"#;
        assert_eq!(playwright(Some(report), false), Tally { passed: 8, failed: 1 });
    }
}
