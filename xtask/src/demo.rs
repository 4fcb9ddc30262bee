//! `cargo xtask demo`: a local Paragon, and the demo page on an origin of its own.

use std::{
    net::{Ipv4Addr, TcpListener},
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::{
    pkg,
    process::{Service, answer, built, cargo, command, root, seconds, step},
};

/// Builds the package, and starts a local Paragon and the demo page
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: cargo xtask demo --port 8080 --open")]
pub struct Options {
    /// The port of the demo page; 0 takes a free one
    #[arg(long, default_value_t = 4000)]
    port: u16,
    /// The port of the local Paragon; 0 takes a free one
    #[arg(long, default_value_t = 4010)]
    sandbox_port: u16,
    /// Opens the page in the default browser
    #[arg(long)]
    open: bool,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let started = Instant::now();
    pkg::build()?;
    let mut sandbox = start_sandbox(options.sandbox_port, false)?;
    let mut page = start_page(options.port, &sandbox.address)?;

    println!("\nready after {}", seconds(started.elapsed()));
    println!("  local Paragon  {}", sandbox.address);
    println!("  demo page      {}", page.address);
    println!("\nOpen the page in a browser. Ctrl-C stops both.");
    if options.open {
        open(&page.address);
    }
    loop {
        if let Some(status) = sandbox.ended()? {
            bail!("the local Paragon ended by itself: {status}");
        }
        if let Some(status) = page.ended()? {
            bail!("the page's server ended by itself: {status}");
        }
        thread::sleep(Duration::from_millis(200));
    }
}

/// Builds the sandbox and starts it; with `quiet`, without its greeting.
pub fn start_sandbox(port: u16, quiet: bool) -> Result<Service> {
    build_sandbox()?;
    let mut sandbox = command(built("paragon-sandbox")?);
    sandbox.args(["--port", &free(port, "the local Paragon").to_string()]);
    Service::start("paragon-sandbox", sandbox, quiet)
}

pub fn build_sandbox() -> Result<()> {
    let build = cargo(&["build", "--package", "paragon-sandbox"]);
    step("building the local Paragon", build).map(drop)
}

fn start_page(port: u16, sandbox: &str) -> Result<Service> {
    let mut server = command("node");
    server
        .arg(root().join("www/serve.mjs"))
        .args(["--port", &free(port, "the demo page").to_string()])
        // How the page learns where the API is.
        .arg("--config")
        .arg(format!("{{\"sandbox\":\"{sandbox}\"}}"));
    Service::start("www-serve", server, false)
}

/// `port`, or 0 (any) with a word about it when someone else listens there.
fn free(port: u16, what: &str) -> u16 {
    if port == 0 || TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
        return port;
    }
    println!("  port {port} is taken: {what} gets another one");
    0
}

/// A page that does not open by itself is still at the printed address, so failing is no error.
fn open(address: &str) {
    let mut opener = if cfg!(target_os = "macos") {
        command("open")
    } else if cfg!(windows) {
        let mut opener = command("cmd");
        opener.args(["/C", "start", ""]);
        opener
    } else {
        command("xdg-open")
    };
    opener.arg(address);
    if answer(opener).is_err() {
        println!("no browser could be opened: the address above works in any");
    }
}
