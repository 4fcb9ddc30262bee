//! Running other programs: with a time limit, with progress, and with nothing left behind.
//!
//! Every child gets a process group of its own. Ending a child means ending its group, so that the
//! browser that a test runner started goes with the runner.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{BufRead, BufReader, IsTerminal, Write},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        LazyLock, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail};

/// What a program left: its output (both streams, in order), and whether it succeeded.
#[derive(Debug)]
pub struct Finished {
    pub success: bool,
    pub output: String,
    pub elapsed: Duration,
}

/// Far more than anything here needs: it is there so that a hung program ends.
pub const LIMIT: Duration = Duration::from_secs(20 * 60);

/// Runs `command` as one line of progress: its name, then how long it took. Its output appears
/// only if it fails; while it is slow, a line now and then tells what it is at.
pub fn step(name: &str, command: Command) -> Result<String> {
    let finished = watch(name, command, LIMIT)?;
    if finished.success {
        println!("{}", seconds(finished.elapsed));
        return Ok(finished.output);
    }
    println!("failed after {}", seconds(finished.elapsed));
    Err(anyhow!("{name}: failed.\n{}", finished.output.trim_end()))
}

/// The time between two lines on what is slow.
pub const NEWS_EVERY: Duration = Duration::from_secs(10);

/// Runs `command` to its end or for `limit` at most. Prints the beginning of a line; the caller
/// finishes it with the result.
pub fn watch(name: &str, command: Command, limit: Duration) -> Result<Finished> {
    print!("  {name} … ");
    std::io::stdout().flush()?;
    let mut had_news = false;
    let finished = observe(command, limit, |elapsed, last| {
        had_news = true;
        print!("\n      {}: {last} ", seconds(elapsed));
        Ok(std::io::stdout().flush()?)
    });
    if had_news {
        print!("\n      ");
    }
    finished
}

/// Runs `command` to its end or for `limit` at most. While it is slow, `news` receives now and then
/// how long it has run, and its last line.
pub fn observe(
    command: Command,
    limit: Duration,
    mut news: impl FnMut(Duration, &str) -> Result<()>,
) -> Result<Finished> {
    let started = Instant::now();
    let (mut running, lines) = Running::start(command, Errors::WithOutput)?;
    let mut output = String::new();
    let mut next_news = NEWS_EVERY;
    let success = loop {
        match lines.recv_timeout(Duration::from_millis(50)) {
            Ok(line) => {
                output += &line;
                output.push('\n');
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => thread::sleep(Duration::from_millis(10)),
        }
        if let Some(status) = running.ended()? {
            break status.success();
        }
        if started.elapsed() > limit {
            drop(running);
            writeln!(output, "ended: it took longer than {}", seconds(limit))?;
            return Ok(Finished { success: false, output, elapsed: started.elapsed() });
        }
        if started.elapsed() > next_news {
            let last = output.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("");
            let last: String = last.trim().chars().take(90).collect();
            news(next_news, &last)?;
            next_news += NEWS_EVERY;
        }
    };
    drop(running);
    // What was written before the end is already in the pipe. A grandchild that got away may hold
    // the pipe open, so this does not wait for its end.
    while let Ok(line) = lines.recv_timeout(Duration::from_millis(500)) {
        output += &line;
        output.push('\n');
    }
    // What cargo compiled on the way tells nothing about the end.
    let told = output.lines().filter(|line| {
        !["Compiling ", "Checking ", "Downloaded ", "Downloading "]
            .iter()
            .any(|progress| line.trim_start().starts_with(progress))
    });
    let output = told.collect::<Vec<_>>().join("\n");
    Ok(Finished { success, output, elapsed: started.elapsed() })
}

/// Runs a program to its end, whose output is for who reads along. Gives whether it succeeded.
pub fn show(command: Command) -> Result<bool> {
    let (mut running, lines) = Running::start(command, Errors::Shown)?;
    for line in lines {
        println!("{line}");
    }
    loop {
        if let Some(status) = running.ended()? {
            return Ok(status.success());
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// The standard output of a program that answers at once, trimmed; an error if it fails.
pub fn answer(mut command: Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output()?;
    if !output.status.success() {
        bail!("{} failed", command.get_program().display());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A server that runs beside a command until this is dropped.
#[derive(Debug)]
pub struct Service {
    running: Running,
    /// The first line it printed: its address.
    pub address: String,
}

impl Service {
    /// Starts a server that prints its address as its first line. What else it has to say is
    /// shown, or with `quiet` kept in a file.
    pub fn start(name: &str, command: Command, quiet: bool) -> Result<Self> {
        let log = target()?.join("xtask").join(format!("{name}.log"));
        let errors = if quiet { Errors::Kept(create(&log)?) } else { Errors::Shown };
        let (mut running, lines) = Running::start(command, errors)?;
        let Ok(address) = lines.recv_timeout(Duration::from_secs(20)) else {
            let state = running.ended()?;
            bail!(
                "{name} printed no address ({})\n{}",
                state.map_or("it still runs".to_owned(), |status| format!("{status}")),
                if quiet { fs::read_to_string(&log)? } else { String::new() },
            );
        };
        // Whatever else it prints is read, so that a full pipe does not stop it.
        thread::spawn(move || lines.iter().for_each(drop));
        Ok(Self { running, address })
    }

    /// Whether it ended by itself, and how.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.running.ended()
    }
}

/// A command that runs in the project's root, without the variables that `cargo run` sets for this
/// program: build scripts that watch them would otherwise run again each time.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
        {
            command.env_remove(&*name);
        }
    }
    command
}

/// `cargo`, in colour where the output ends up on a terminal.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(arguments);
    if std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
        cargo.env("CARGO_TERM_COLOR", "always");
    }
    cargo
}

/// The project's root directory. As `cargo run` says it, since two clones that share one target
/// directory may share this program too.
pub fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let xtask = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        xtask.parent().unwrap_or(Path::new(".")).to_owned()
    });
    &ROOT
}

/// Where cargo builds: this program runs from `<target>/<profile>/`.
pub fn target() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(2).context("xtask runs outside of a target directory")?;
    Ok(target.to_owned())
}

/// A program that cargo built for this machine.
pub fn built(name: &str) -> Result<PathBuf> {
    Ok(target()?.join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}

/// A new file, in a directory that need not exist yet.
fn create(path: &Path) -> Result<File> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    Ok(File::create(path)?)
}

/// `1.2 s`
pub fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

/// Ends every child before this program ends on Ctrl-C, a closed terminal or `kill`.
pub fn end_children_on_interrupt() -> Result<()> {
    ctrlc::set_handler(|| {
        INTERRUPTED.store(true, Ordering::SeqCst);
        let groups = std::mem::take(&mut *groups());
        for group in &groups {
            end_group(*group, "TERM");
        }
        thread::sleep(Duration::from_millis(if groups.is_empty() { 0 } else { 500 }));
        for group in &groups {
            end_group(*group, "KILL");
        }
        std::process::exit(130);
    })
    .context("cannot listen for Ctrl-C")
}

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

static GROUPS: Mutex<Vec<u32>> = Mutex::new(Vec::new());

fn groups() -> std::sync::MutexGuard<'static, Vec<u32>> {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where a child's standard error goes.
#[derive(Debug)]
enum Errors {
    WithOutput,
    Shown,
    Kept(File),
}

#[derive(Debug)]
struct Running {
    child: Child,
}

impl Running {
    /// Starts `command`; what it prints arrives at the receiver line by line.
    fn start(mut command: Command, errors: Errors) -> Result<(Self, mpsc::Receiver<String>)> {
        let program = command.get_program().display().to_string();
        let (reader, writer) = std::io::pipe()?;
        command.stdout(writer.try_clone()?);
        command.stderr(match errors {
            Errors::WithOutput => Stdio::from(writer),
            Errors::Shown => Stdio::inherit(),
            Errors::Kept(file) => file.into(),
        });
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);

        // Held until the child is listed: an interrupt in between would miss it.
        let mut groups = groups();
        let child = command.spawn().with_context(|| {
            format!("cannot start `{program}`: is it installed, and on the PATH?")
        })?;
        groups.push(child.id());
        drop(groups);
        // It holds ends of the pipe too; as long as they are open, the reader sees no end.
        drop(command);

        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(reader).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned();
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Ok((Self { child }, receiver))
    }

    /// How it ended, if it has. A child that an interrupt ended is no news: this program is about
    /// to end too, and would only report the failure that was asked for.
    fn ended(&mut self) -> Result<Option<ExitStatus>> {
        let status = self.child.try_wait()?;
        while status.is_some() && INTERRUPTED.load(Ordering::SeqCst) {
            thread::park();
        }
        Ok(status)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let group = self.child.id();
        end_group(group, "TERM");
        let patience = Instant::now() + Duration::from_secs(3);
        while Instant::now() < patience && matches!(self.child.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(20));
        }
        end_group(group, "KILL");
        // It was killed: there is nothing left to do about an error here.
        let _ = self.child.wait();
        groups().retain(|other| *other != group);
    }
}

/// Signals a whole process group. With the shell's own `kill`, since a small system has no other,
/// in the one form that every shell understands.
fn end_group(group: u32, signal: &str) {
    let mut kill = if cfg!(windows) {
        let mut kill = Command::new("taskkill");
        kill.args(["/T", "/F", "/PID", &group.to_string()]);
        kill
    } else {
        let mut kill = Command::new("sh");
        kill.arg("-c").arg(format!("kill -s {signal} -- -{group}"));
        kill
    };
    // It fails when the group is gone already, which is what is wanted.
    let _ = kill.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
}
