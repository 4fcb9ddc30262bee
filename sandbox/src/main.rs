//! The command line of the sandbox.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use paragon_sandbox::{
    DEFAULT_PROJECT, DEFAULT_TTL_SECONDS, DEFAULT_USER, Options, Sandbox, StartError, TokenRequest,
    is_project, mint, public_key_pem, signing_key_pem,
};

/// A local Paragon: serves Paragon's Users API for development, tests and CI
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Args)]
struct Serve {
    /// The port to listen on; 0 picks a free one
    #[arg(long, default_value_t = 4010)]
    port: u16,
    /// The port of the provider's pages, which stand on another origin (default: ten above, or
    /// any that is free)
    #[arg(long, value_name = "PORT")]
    provider_port: Option<u16>,
    /// The address to listen on. Anybody who reaches it can make tokens
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Keep the state in this file across restarts (default: in memory)
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Print a Paragon User Token that every sandbox accepts
    Token {
        /// The project it is for
        #[arg(long, default_value = DEFAULT_PROJECT)]
        project: String,
        /// The user it is for; any id will do
        #[arg(long, default_value = DEFAULT_USER)]
        user: String,
        /// Seconds until it expires; a negative number gives an expired one
        #[arg(long, value_name = "S", default_value_t = DEFAULT_TTL_SECONDS, allow_negative_numbers = true)]
        expires_in: i64,
    },
    /// Print the key that signs a project's tokens, for a backend under development
    ///
    /// Anybody can compute this key. Use it with the sandbox only.
    Key {
        /// The project whose key it is
        #[arg(long, default_value = DEFAULT_PROJECT)]
        project: String,
        /// Print the public half, which verifies tokens
        #[arg(long)]
        public: bool,
    },
}

fn main() -> ExitCode {
    let done = match Cli::parse() {
        Cli { command: None, serve: options } => serve(options),
        Cli { command: Some(command), .. } => print(&command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("paragon-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

type Done = Result<(), Box<dyn std::error::Error>>;

fn print(command: &Command) -> Done {
    let (Command::Token { project, .. } | Command::Key { project, .. }) = command;
    if !is_project(project) {
        return Err(format!("the sandbox has no project {project:?}").into());
    }
    let text = match command {
        Command::Token { user, .. } if user.is_empty() => {
            return Err("a user id must not be empty".into());
        }
        Command::Token { project, user, expires_in } => {
            mint(&TokenRequest::new(project, user, *expires_in))?
        }
        Command::Key { project, public: false } => signing_key_pem(project)?,
        Command::Key { project, public: true } => public_key_pem(project)?,
    };
    writeln!(io::stdout(), "{}", text.trim_end())?;
    Ok(())
}

#[tokio::main]
async fn serve(options: Serve) -> Done {
    let address = SocketAddr::new(options.host, options.port);
    let in_file = options.state.clone();
    let stopped = stop_signal()?;
    let provider_port = options.provider_port;
    let started = Sandbox::start(Options { address, provider_port, state: options.state }).await;
    let sandbox = started.map_err(|error| with_remedy(&error))?;
    // The first line is for programs: the address and nothing else.
    writeln!(io::stdout(), "{}", sandbox.url())?;
    io::stdout().flush()?;
    greet(&sandbox.url(), &sandbox.provider_url(), in_file.as_deref());
    if !options.host.is_loopback() {
        eprintln!(
            "\nWarning: {} is reachable by other machines, and this server makes a token for \
             whoever asks.\nKeep nothing in it that matters.",
            options.host
        );
    }
    stopped.await;
    sandbox.shutdown().await;
    Ok(())
}

/// Says what to do about a port that is taken, which happens to whoever starts two.
fn with_remedy(error: &StartError) -> String {
    match error {
        StartError::Address(_, cause) if cause.kind() == io::ErrorKind::AddrInUse => {
            format!(
                "{error}.\nStop what listens there, or name another port with --port or --provider-port (--port 0 is any that is free)"
            )
        }
        _ => error.to_string(),
    }
}

fn greet(url: &str, provider: &str, state: Option<&std::path::Path>) {
    let state = state.map_or("in memory".to_owned(), |file| format!("kept in {}", file.display()));
    eprintln!(
        "
A local Paragon is listening on {url} (state {state}).

  Project      {DEFAULT_PROJECT}
  Users        {url}/_sandbox/users
  Provider     {provider} (asks for consent when an account is connected)
  Everything   {url}/_sandbox/openapi.json
  A token      paragon-sandbox token --user {DEFAULT_USER}
               curl -X POST {url}/_sandbox/token -H 'Content-Type: application/json' \\
                    -d '{{\"userId\":\"{DEFAULT_USER}\"}}'

Anybody can make tokens for it: no real data, please. Ctrl-C stops it."
    );
}

/// Ends at Ctrl-C, or at what a process manager sends. Signals are heard from the call on, not from
/// the first wait: whoever has read the address may stop the sandbox at once.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends at Ctrl-C, which is heard from the call on.
#[cfg(windows)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move { drop(interrupt.recv().await) })
}
