//! Counting tests from what their runners print, and keeping what is said of those that failed.

use std::io::{BufRead, BufReader, Read};
use std::ops::AddAssign;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

/// Passed and failed tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    /// A line or two for each failed test whose runner told its name: who reads only the end of a long
    /// output learns which they are.
    pub failures: Vec<String>,
}

impl Tally {
    /// One failure that is no test: a suite that could not run.
    pub fn broken(why: String) -> Self {
        Self { passed: 0, failed: 1, failures: vec![why] }
    }

    fn of(passed: u64, failed: u64) -> Self {
        Self { passed, failed, failures: Vec::new() }
    }

    /// A run that ended badly without a failed test (it did not compile, or died) counts as one failure.
    fn with_exit(self, success: bool) -> Self {
        if success || self.failed > 0 { self } else { Self { failed: 1, ..self } }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.failures.extend(other.failures);
    }
}

/// How a runner's output is read.
struct Format {
    count: fn(&str) -> Option<Tally>,
    /// The test that a line says has failed.
    failure: fn(&str) -> Option<&str>,
}

/// Runs `cargo test`, showing its output, and counts its tests.
pub fn cargo_test(command: &mut Command) -> Result<Tally> {
    command.stdout(Stdio::piped());
    let mut child = command.spawn().context("cannot start cargo")?;
    let format = Format { count: libtest_line, failure: libtest_failure };
    let tally = child.stdout.take().map(|out| follow(out, &format)).unwrap_or_default();
    Ok(tally.with_exit(child.wait()?.success()))
}

/// Runs `cargo nextest run`, showing its output, and counts its tests.
pub fn nextest(command: &mut Command) -> Result<Tally> {
    command.stderr(Stdio::piped());
    let mut child = command.spawn().context("cannot start cargo nextest")?;
    let format = Format { count: nextest_line, failure: nextest_failure };
    let tally = child.stderr.take().map(|out| follow(out, &format)).unwrap_or_default();
    Ok(tally.with_exit(child.wait()?.success()))
}

/// Runs a command that reports in TAP (`node --test`), showing its output, and counts its tests.
pub fn tap(command: &mut Command) -> Result<Tally> {
    command.stdout(Stdio::piped());
    let mut child = command.spawn().context("cannot start node: install Node 20")?;
    let format = Format { count: tap_line, failure: tap_failure };
    let tally = child.stdout.take().map(|out| follow(out, &format)).unwrap_or_default();
    Ok(tally.with_exit(child.wait()?.success()))
}

fn follow(output: impl Read, format: &Format) -> Tally {
    let mut tally = Tally::default();
    let mut awaits_reason = false;
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        eprintln!("{line}");
        if let Some(counted) = (format.count)(&line) {
            tally += counted;
        }
        if let Some(name) = (format.failure)(&line) {
            // Runners name them again in their summary.
            if !tally.failures.iter().any(|known| known.lines().next() == Some(name)) {
                tally.failures.push(name.to_owned());
                awaits_reason = true;
            }
        } else if awaits_reason && line.contains("panicked at ") {
            awaits_reason = false;
            add_reason(&mut tally.failures, &line);
        }
    }
    tally
}

fn add_reason(failures: &mut [String], reason: &str) {
    if let Some(last) = failures.last_mut() {
        last.push_str("\n    ");
        last.push_str(reason.trim());
    }
}

/// `# pass 20` and `# fail 0` at the end.
fn tap_line(line: &str) -> Option<Tally> {
    let number = |prefix| line.strip_prefix(prefix).and_then(|rest: &str| rest.trim().parse().ok());
    match (number("# pass "), number("# fail ")) {
        (Some(passed), _) => Some(Tally::of(passed, 0)),
        (_, Some(failed)) => Some(Tally::of(0, failed)),
        _ => None,
    }
}

/// `not ok 3 - the name`
fn tap_failure(line: &str) -> Option<&str> {
    Some(line.trim().strip_prefix("not ok ")?.split_once(" - ")?.1)
}

/// `test result: ok. 3 passed; 0 failed; 0 ignored; …`
fn libtest_line(line: &str) -> Option<Tally> {
    let rest = line.strip_prefix("test result: ")?;
    Some(Tally::of(number_before(rest, " passed")?, number_before(rest, " failed")?))
}

/// `test money::tests::rounds ... FAILED`
fn libtest_failure(line: &str) -> Option<&str> {
    line.strip_prefix("test ")?.strip_suffix(" ... FAILED")
}

/// `Summary [ 0.1s] 5 tests run: 3 passed, 1 failed, 1 timed out, 0 skipped`
fn nextest_line(line: &str) -> Option<Tally> {
    let rest = line.trim_start().strip_prefix("Summary")?;
    let run = number_before(rest, " tests run").or_else(|| number_before(rest, " test run"))?;
    let passed = number_before(rest, " passed").unwrap_or(0);
    Some(Tally::of(passed, run.saturating_sub(passed)))
}

/// `FAIL [   0.003s] ( 12/900) domain money::tests::rounds`; others than `FAIL` are signals and timeouts.
fn nextest_failure(line: &str) -> Option<&str> {
    let (state, rest) = line.trim_start().split_once(" [")?;
    if !(state == "FAIL" || state == "TIMEOUT" || state.starts_with("SIG") || state == "ABORT") {
        return None;
    }
    let name = rest.split_once(']')?.1.trim_start();
    Some(name.strip_prefix('(').and_then(|counted| counted.split_once(") ")).map_or(name, |(_, name)| name))
}

fn number_before(text: &str, word: &str) -> Option<u64> {
    let before = text.split(word).next().filter(|before| before.len() < text.len())?;
    before.rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Counts from the JSON report of Playwright; no report means that the run never began.
pub fn playwright(report: Option<&str>, success: bool) -> Tally {
    let report = report.and_then(|text| serde_json::from_str::<Value>(text).ok()).unwrap_or_default();
    let count = |name: &str| report["stats"][name].as_u64().unwrap_or(0);
    let mut tally = Tally::of(count("expected") + count("flaky"), count("unexpected"));
    browser_failures(&report, &mut tally.failures);
    tally.with_exit(success)
}

/// Files hold groups, groups hold groups and specs, and a spec has a test for each project.
fn browser_failures(suite: &Value, found: &mut Vec<String>) {
    let list = |of: &Value, name: &str| of[name].as_array().cloned().unwrap_or_default();
    for inner in list(suite, "suites") {
        browser_failures(&inner, found);
    }
    for spec in list(suite, "specs") {
        for test in list(&spec, "tests").iter().filter(|test| test["status"] == "unexpected") {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let title = text(&spec["title"]);
            let mut failure = format!("[{}] {} › {title}", text(&test["projectName"]), text(&spec["file"]));
            let error = list(test, "results").last().map(|result| text(&result["error"]["message"]));
            // What was expected and received, without the colours and the log of the calls.
            for line in
                error.unwrap_or_default().lines().take_while(|line| !line.contains("Call log")).take(8)
            {
                let plain = uncoloured(line);
                if !plain.trim().is_empty() {
                    failure.push_str("\n    ");
                    failure.push_str(plain.trim());
                }
            }
            found.push(failure);
        }
    }
}

fn uncoloured(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| plain + part.split_once('m').map_or(part, |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libtest_lines_are_counted() {
        let line = "test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out";
        assert_eq!(libtest_line(line), Some(Tally::of(12, 2)));
        assert_eq!(libtest_line("test money ... ok"), None);
    }

    #[test]
    fn tap_lines_are_counted() {
        assert_eq!(tap_line("# pass 20"), Some(Tally::of(20, 0)));
        assert_eq!(tap_line("# fail 2"), Some(Tally::of(0, 2)));
        assert_eq!(tap_line("ok 1 - # pass"), None);
    }

    #[test]
    fn nextest_lines_are_counted() {
        let line =
            "     Summary [   0.012s] 5 tests run: 3 passed (1 slow), 1 failed, 1 timed out, 0 skipped";
        assert_eq!(nextest_line(line), Some(Tally::of(3, 2)));
        assert_eq!(nextest_line("Summary [0s] 1 test run: 1 passed, 0 skipped"), Some(Tally::of(1, 0)));
        assert_eq!(nextest_line("        PASS [   0.003s] domain money"), None);
    }

    #[test]
    fn a_run_that_never_began_is_a_failure() {
        assert_eq!(Tally::default().with_exit(false), Tally::of(0, 1));
        assert_eq!(playwright(None, false), Tally::of(0, 1));
        let counted = Tally::of(2, 3);
        assert_eq!(counted.clone().with_exit(false), counted);
    }

    #[test]
    fn playwright_reports_are_counted_and_name_what_failed() {
        let report = r#"{"stats":{"expected":7,"unexpected":1,"flaky":1,"skipped":4},"suites":[{"specs":[],
            "suites":[{"specs":[{"title":"pays","file":"portal.spec.ts","tests":[
                {"projectName":"phone","status":"expected","results":[]},
                {"projectName":"desktop","status":"unexpected","results":[{"error":
                    {"message":"\u001b[31mExpected: 1\u001b[39m\n\nReceived: 2\nCall log:\n  long"}}]}]}]}]}]}"#;
        let tally = playwright(Some(report), false);
        assert_eq!((tally.passed, tally.failed), (8, 1));
        let expected = "[desktop] portal.spec.ts › pays\n    Expected: 1\n    Received: 2";
        assert_eq!(tally.failures, [expected]);
    }

    #[test]
    fn failures_are_named_once_with_their_reason() {
        let output = "        FAIL [   0.003s] ( 12/900) domain money::rounds\n  stderr\n\
            thread 'money::rounds' panicked at app/domain/src/money.rs:7:5:\n        PASS [   0.1s] domain other\n\
             SIGKILL [   9.0s] store kills\n     Summary [   9.1s] 3 tests run: 1 passed, 2 failed, 0 skipped\n\
                FAIL [   0.003s] ( 12/900) domain money::rounds\n";
        let tally = follow(output.as_bytes(), &Format { count: nextest_line, failure: nextest_failure });
        let reason = "thread 'money::rounds' panicked at app/domain/src/money.rs:7:5:";
        assert_eq!(tally.failures, [format!("domain money::rounds\n    {reason}"), "store kills".to_owned()]);
        assert_eq!((tally.passed, tally.failed), (1, 2));
        assert_eq!(tap_failure("not ok 3 - pays by card"), Some("pays by card"));
        assert_eq!(libtest_failure("test money::rounds ... FAILED"), Some("money::rounds"));
        assert_eq!(libtest_failure("test money::rounds ... ok"), None);
    }
}
