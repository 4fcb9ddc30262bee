//! `cargo xtask test`: rows of tests, each with its result and time, and one sum as the last line.

use std::{
    cell::OnceCell,
    collections::VecDeque,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    sync::mpsc,
    thread,
    time::Instant,
};

use anyhow::{Result, anyhow, bail};

use crate::{
    browser::{Browser, Engine},
    check,
    counts::{Counts, libtest_counts, node_counts, node_notes},
    demo, fuzz, pkg,
    process::{
        Finished, LIMIT, NEWS_EVERY, Service, built, cargo, command, observe, root, seconds,
        target, watch,
    },
    release, setup, size,
};

/// Where the tests in the browser expect the local Paragon, unless they were compiled with another
/// address in `PARAGON_SANDBOX_URL`. That is done only when this port is taken: a page cannot read
/// a variable, and a new address each time would mean compiling the tests each time.
const SANDBOX_PORT: u16 = 4011;

/// What `--quick` runs: something of each part, and all of it in two minutes.
const QUICK: [&str; 21] = [
    "native",
    "wasm",
    "js/guides/reconnecting",
    "js/demo/signin",
    "js/guides/blocks",
    "js/guides/migrating",
    "js/loader",
    "js/methods",
    "js/sessions",
    "js/slim",
    "js/types/drift",
    "matrix/node",
    "size",
    "check/fmt",
    "check/clippy",
    "check/clippy-wasm",
    "check/doc",
    "check/eslint",
    "check/types-ts7",
    "check/workflows",
    "check/links",
];

/// The test files that run in every engine. Without `connecting-faults`, which takes six minutes in `WebKitGTK` and
/// more in Firefox.
const IN_EVERY_ENGINE: [&str; 14] = [
    "methods",
    "request",
    "get-user",
    "sessions",
    "faults",
    "connecting",
    "connecting-ends",
    "connecting-flow",
    "connecting-messages",
    "connecting-official",
    "configuring",
    "entries",
    "endurance",
    "many",
];

/// The test files of the demo that run in Firefox too. The others, and all in `WebKitGTK`, need what its automation does
/// not do reliably, such as going back.
const DEMO_IN_FIREFOX: [&str; 6] = [
    "demo/accounts",
    "demo/catalogue",
    "demo/connecting",
    "demo/developer",
    "demo/metadata",
    "demo/signin",
];

/// One line of the report.
pub struct Row {
    pub name: String,
    pub work: Work,
}

/// What a row does, and so how its output is counted.
pub enum Work {
    /// A program that counts as one test: it succeeds or it does not.
    Check(Command),
    /// The same, in this program.
    InProcess(Box<dyn FnOnce() -> Result<()>>),
    Native,
    Wasm,
    /// One file for `node --test`; in Chromium, where it says nothing else.
    Js(PathBuf, Option<Engine>),
    /// What the package weighs.
    Size,
    /// A fuzz target.
    Fuzz(&'static str),
}

/// Rows that run side by side, however many processors there are: each has a browser.
const MOST_TOGETHER: usize = 4;

/// What may run beside a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing: it measures, its limits of time are short, it needs a port of its own, or it is
    /// this program.
    Alone,
    /// Anything but rows that compile too: cargo does one thing at a time.
    Compiling,
    /// Anything.
    Beside,
}

/// The test files that measure, or that take all there is.
const MEASURING: [&str; 4] = ["js/bench", "js/clocks", "js/lifetime", "js/many"];

/// The test files that have cargo compile something.
const COMPILING: [&str; 1] = ["js/stock"];

impl Row {
    fn place(&self) -> Place {
        let name = self.name.split('@').next().unwrap_or_default();
        match &self.work {
            Work::InProcess(_) | Work::Native | Work::Wasm | Work::Size => Place::Alone,
            Work::Js(..) if MEASURING.contains(&name) => Place::Alone,
            Work::Js(..) if COMPILING.contains(&name) => Place::Compiling,
            Work::Check(command) if command.get_program() != "node" => Place::Compiling,
            Work::Js(..) | Work::Check(_) | Work::Fuzz(_) => Place::Beside,
        }
    }
}

/// A row whose prerequisites are there.
enum Start {
    Program(Box<Program>),
    /// A check in this program.
    Check(Box<dyn FnOnce() -> Result<()>>),
    /// It cannot be run here, for this reason.
    NotRun(String),
}

/// The program of a row, and how its output is counted.
struct Program {
    command: Command,
    /// Runs as long as the program does.
    service: Option<Service>,
    count: fn(&Finished) -> Counts,
}

impl Program {
    /// Runs it by `watch` or `observe`.
    fn run(self, run: impl FnOnce(Command) -> Result<Finished>) -> Result<(Counts, Finished)> {
        let mut finished = run(self.command)?;
        drop(self.service);
        let mut counts = (self.count)(&finished);
        if finished.success && counts == Counts::default() {
            counts.failed = 1;
            finished.output += "\nno test ran";
        }
        if !finished.success && counts.failed == 0 {
            // It did not come as far as a failing test: it does not compile, or it was ended.
            counts.failed = 1;
        }
        Ok((counts, finished))
    }
}

/// Runs the tests and checks, row by row
///
/// Rows are native, wasm, `js/<file>`, `matrix/<app>`, `check/<name>`, `fuzz/<target>`, size and release.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo xtask test js/sessions matrix/vite")]
pub struct Options {
    /// Only the rows whose name contains one of these words; a whole name stands for that row only
    words: Vec<String>,
    /// Only something of each part, in two minutes: for while you work
    #[arg(long)]
    quick: bool,
    /// Leaves out the rows whose name contains this word
    #[arg(long, value_name = "WORD")]
    skip: Vec<String>,
    /// Prints the rows' names instead of running them
    #[arg(long)]
    list: bool,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let mut rows = rows()?;
    if options.quick {
        rows.retain(|row| QUICK.contains(&row.name.as_str()));
    }
    let mut rows = select(rows, &options.words)?;
    rows.retain(|row| !options.skip.iter().any(|word| row.name.contains(word.as_str())));
    if rows.is_empty() {
        bail!("--skip leaves no row");
    }
    if options.list {
        for row in rows {
            println!("{}", row.name);
        }
        return Ok(ExitCode::SUCCESS);
    }
    Ok(report(&run_rows(rows)))
}

/// The rows that are named by a word, or whose name contains one; without words, all.
pub fn select(mut rows: Vec<Row>, words: &[String]) -> Result<Vec<Row>> {
    let names: Vec<String> = rows.iter().map(|row| row.name.clone()).collect();
    rows.retain(|row| {
        words.is_empty()
            || words.iter().any(|word| {
                if names.iter().any(|name| name == word) {
                    row.name == *word
                } else {
                    row.name.contains(word.as_str())
                }
            })
    });
    if rows.is_empty() {
        bail!("there is no such row; there are: {}", names.join(", "));
    }
    Ok(rows)
}

/// Runs rows, as many side by side as there are processors. Each prints its line when it ends, and
/// its output if it failed. First come those that nothing may run beside.
pub fn run_rows(rows: Vec<Row>) -> Vec<Counts> {
    let prerequisites = Prerequisites::default();
    let (alone, others): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.place() == Place::Alone);
    let mut results = Vec::new();
    for Row { name, work } in alone {
        match prerequisites.start(work) {
            Ok(Start::Program(program)) => {
                // `watch` begins the line itself.
                let result = program.run(|command| watch(&name, command, LIMIT));
                results.push(finish_line(&name, result));
            }
            start => results.push(print_without_program(&name, start)),
        }
    }
    results.extend(run_together(&prerequisites, others.into()));
    results
}

/// Runs rows side by side. What they stand on is prepared here, one thing at a time; only their
/// programs run beside each other.
fn run_together(prerequisites: &Prerequisites, mut waiting: VecDeque<Row>) -> Vec<Counts> {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let mut running: Vec<(String, Place, Instant)> = Vec::new();
    let mut results = Vec::new();
    thread::scope(|scope| {
        let (sender, ended) = mpsc::channel();
        loop {
            while running.len() < processors.min(MOST_TOGETHER)
                && let Some(row) = next_beside(&running, &mut waiting)
            {
                let place = row.place();
                let Row { name, work } = row;
                match prerequisites.start(work) {
                    Ok(Start::Program(program)) => {
                        running.push((name.clone(), place, Instant::now()));
                        let sender = sender.clone();
                        scope.spawn(move || {
                            let result =
                                program.run(|command| observe(command, LIMIT, |_, _| Ok(())));
                            // The receiver is there until every row has ended.
                            let _ = sender.send((name, result));
                        });
                    }
                    start => results.push(print_without_program(&name, start)),
                }
            }
            if running.is_empty() {
                break;
            }
            if let Ok((name, result)) = ended.recv_timeout(NEWS_EVERY) {
                running.retain(|(other, ..)| *other != name);
                print!("  {name} … ");
                results.push(finish_line(&name, result));
            } else {
                let rows = running
                    .iter()
                    .map(|(name, _, started)| format!("{name} ({})", seconds(started.elapsed())));
                println!("      running: {}", rows.collect::<Vec<_>>().join(", "));
            }
        }
    });
    results
}

/// The first row that may run beside those that do.
fn next_beside(running: &[(String, Place, Instant)], waiting: &mut VecDeque<Row>) -> Option<Row> {
    let compiles = running.iter().any(|(_, place, _)| *place == Place::Compiling);
    let next = waiting.iter().position(|row| !compiles || row.place() != Place::Compiling)?;
    waiting.remove(next)
}

/// Prints the line of a row that has no program, or none yet: a check in this program is made.
fn print_without_program(name: &str, start: Result<Start>) -> Counts {
    print!("  {name} … ");
    let started = Instant::now();
    let result = match start {
        Ok(Start::NotRun(why)) => {
            println!("not run: {why}");
            return Counts { skipped: 1, ..Counts::default() };
        }
        Ok(Start::Check(check)) => check(),
        Ok(Start::Program(_)) => unreachable!("it is run by the caller"),
        Err(error) => Err(error.context("could not run")),
    };
    let finished = Finished {
        success: result.is_ok(),
        output: result.err().map_or_else(String::new, |error| format!("{error:#}")),
        elapsed: started.elapsed(),
    };
    finish_line(name, Ok((one(&finished), finished)))
}

/// Prints the result of a row behind its name, and what is to be read of its output.
fn finish_line(name: &str, result: Result<(Counts, Finished)>) -> Counts {
    let (counts, finished) = match result {
        Ok(finished) => finished,
        Err(error) => {
            println!("could not run\n{}\n", indented(&format!("{error:#}")));
            return Counts { failed: 1, ..Counts::default() };
        }
    };
    println!("{counts}  {}", seconds(finished.elapsed));
    if counts.failed > 0 {
        println!("{}\n", indented(&finished.output));
    } else if name == "size" {
        println!("{}", indented(&finished.output));
    } else {
        // Why something was not run, everywhere; measurements, where they are wanted.
        let measures = name.starts_with("matrix/") || name.starts_with("js/guides/");
        for note in node_notes(&finished.output) {
            if measures || note.starts_with("not run: ") {
                println!("      {note}");
            }
        }
    }
    counts
}

/// Prints the sum as the last line.
pub fn report(results: &[Counts]) -> ExitCode {
    let sum: Counts = results.iter().copied().sum();
    println!("\n{sum}");
    if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn rows() -> Result<Vec<Row>> {
    let mut rows = vec![
        Row { name: "native".to_owned(), work: Work::Native },
        Row { name: "wasm".to_owned(), work: Work::Wasm },
    ];
    for file in setup::files_under(&root().join("tests"))? {
        let name = file.strip_prefix(root().join("tests"))?.to_string_lossy().replace('\\', "/");
        if let Some(name) = name.strip_suffix(".test.mjs") {
            let group = if name.starts_with("matrix/") { "" } else { "js/" };
            rows.push(Row { name: format!("{group}{name}"), work: Work::Js(file.clone(), None) });
            for engine in Engine::ALL {
                let runs_demo = engine == Engine::Firefox && DEMO_IN_FIREFOX.contains(&name);
                // The adapter for WebKitGTK finds windows by asking, and misses when one closes.
                let counts_windows = engine == Engine::WebKit && name == "connecting-ends";
                if runs_demo || IN_EVERY_ENGINE.contains(&name) && !counts_windows {
                    rows.push(Row {
                        name: format!("{group}{name}@{}", engine.name()),
                        work: Work::Js(file.clone(), Some(engine)),
                    });
                }
            }
        }
    }
    rows.push(Row { name: "size".to_owned(), work: Work::Size });
    for target in fuzz::TARGETS {
        let (name, work) = (format!("fuzz/{target}"), Work::Fuzz(target));
        rows.push(Row { name, work });
    }
    rows.extend(check::rows());
    let rehearsal = Work::InProcess(Box::new(release::rehearse));
    rows.push(Row { name: "release".to_owned(), work: rehearsal });
    Ok(rows)
}

/// What rows stand on, prepared when the first one needs it. Why it could not be prepared is kept:
/// every row that needs it fails with that, and no installation is tried twice.
#[derive(Default)]
struct Prerequisites {
    browser: OnceCell<Result<Browser, String>>,
    firefox: OnceCell<Result<Vec<(&'static str, PathBuf)>, String>>,
    webkit: OnceCell<Result<Vec<(&'static str, PathBuf)>, String>>,
    pkg: OnceCell<Result<(), String>>,
    sandbox: OnceCell<Result<(), String>>,
    lints: OnceCell<Result<(), String>>,
    fuzzers: OnceCell<Result<(), String>>,
}

impl Prerequisites {
    /// Prepares what a row stands on. A check in this program is run at once.
    fn start(&self, work: Work) -> Result<Start> {
        let (command, service, count): (Command, Option<Service>, fn(&Finished) -> Counts) =
            match work {
                Work::InProcess(check) => return Ok(Start::Check(check)),
                Work::Check(command) => {
                    once(&self.lints, check::prepare)?;
                    (command, None, one)
                }
                Work::Size => {
                    once(&self.pkg, || pkg::build().map(drop))?;
                    (size::measurement()?, None, one)
                }
                Work::Fuzz(target) => {
                    if let Some(why) = fuzz::missing() {
                        return Ok(Start::NotRun(why.to_owned()));
                    }
                    once(&self.fuzzers, fuzz::build)?;
                    (fuzz::session(target, fuzz::SHORT)?, None, one)
                }
                Work::Native => {
                    (cargo(&["test", "--workspace", "--exclude", "tools"]), None, |it| {
                        libtest_counts(&it.output)
                    })
                }
                Work::Wasm => {
                    let (command, sandbox) = self.wasm_tests()?;
                    (command, Some(sandbox), |it| libtest_counts(&it.output))
                }
                Work::Js(file, engine) => {
                    let mut tests = self.js_tests(&file)?;
                    if let Some(engine) = engine {
                        match self.engine(engine) {
                            Ok(programs) => {
                                tests.envs(programs.iter().map(|(name, path)| (name, path)));
                                tests.env("PARAGON_ENGINE", engine.name());
                            }
                            Err(error) if must_have_every_engine() => return Err(error),
                            Err(error) => return Ok(Start::NotRun(format!("{error:#}"))),
                        }
                    }
                    (tests, None, |it| node_counts(&it.output))
                }
            };
        Ok(Start::Program(Box::new(Program { command, service, count })))
    }

    fn wasm_tests(&self) -> Result<(Command, Service)> {
        setup::wasm_target()?;
        setup::tools()?;
        let browser = self.browser()?;
        let sandbox = demo::start_sandbox(SANDBOX_PORT, true)?;
        // `--quiet` makes cargo tell the runner so, which then fails.
        let mut tests = cargo(&["test", "--package", "paragon-wasm", "--test", "browser*"]);
        tests
            .args(["--target", "wasm32-unknown-unknown", "--features", "models"])
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", built("wasm-bindgen-test-runner")?)
            .env("CHROMEDRIVER", &browser.chromedriver)
            .env("WASM_BINDGEN_TEST_ONLY_WEB", "1")
            .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", browser.webdriver_capabilities()?);
        if !sandbox.address.ends_with(&format!(":{SANDBOX_PORT}")) {
            tests.env("PARAGON_SANDBOX_URL", &sandbox.address);
        }
        Ok((tests, sandbox))
    }

    fn js_tests(&self, file: &Path) -> Result<Command> {
        once(&self.pkg, || pkg::build().map(drop))?;
        once(&self.sandbox, demo::build_sandbox)?;
        let browser = self.browser()?;
        let mut tests = command("node");
        tests
            .args(["--test", "--test-reporter=spec"])
            .arg(file)
            .env("CHROMIUM", &browser.chromium)
            .env_remove("PARAGON_ENGINE")
            .env("PARAGON_SANDBOX_BIN", built("paragon-sandbox")?)
            .env("PARAGON_MATRIX", target()?.join("matrix"))
            .env("PARAGON_TOOLS", target()?.join("debug"))
            .env_remove("FORCE_COLOR");
        Ok(tests)
    }

    fn browser(&self) -> Result<&Browser> {
        once(&self.browser, Browser::find_or_install)
    }

    fn engine(&self, engine: Engine) -> Result<&Vec<(&'static str, PathBuf)>> {
        let cell = match engine {
            Engine::Firefox => &self.firefox,
            Engine::WebKit => &self.webkit,
        };
        once(cell, || engine.find_or_install())
    }
}

fn once<T>(cell: &OnceCell<Result<T, String>>, prepare: impl FnOnce() -> Result<T>) -> Result<&T> {
    cell.get_or_init(|| prepare().map_err(|error| format!("{error:#}")))
        .as_ref()
        .map_err(|error| anyhow!("{error}"))
}

/// In CI on Linux every engine can be had: a row that is not run there would be missed by nobody.
fn must_have_every_engine() -> bool {
    cfg!(target_os = "linux") && std::env::var_os("CI").is_some_and(|value| !value.is_empty())
}

fn one(finished: &Finished) -> Counts {
    Counts { passed: u32::from(finished.success), failed: u32::from(!finished.success), skipped: 0 }
}

fn indented(text: &str) -> String {
    format!("      {}", text.trim_end().replace('\n', "\n      "))
}

#[cfg(test)]
mod tests {
    use super::{COMPILING, IN_EVERY_ENGINE, MEASURING, QUICK, rows};

    #[test]
    fn the_rows_of_each_engine_are_there() {
        let rows = rows().unwrap();
        for name in IN_EVERY_ENGINE {
            for engine in ["", "@firefox", "@webkit"] {
                let name = format!("js/{name}{engine}");
                let is_left_out = name == "js/connecting-ends@webkit";
                assert_eq!(rows.iter().any(|row| row.name == name), !is_left_out, "{name}");
            }
        }
    }

    #[test]
    fn the_rows_that_are_named_are_there() {
        let rows = rows().unwrap();
        for name in QUICK.iter().chain(&MEASURING).chain(&COMPILING) {
            assert!(rows.iter().any(|row| row.name == *name), "there is no {name}");
        }
    }
}
