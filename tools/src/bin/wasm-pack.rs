//! `wasm-pack`, without the original's look for a newer version of itself: a build here uses the
//! network only for crates.

use clap::Parser;

fn main() -> anyhow::Result<()> {
    let cli = wasm_pack::Cli::parse();
    wasm_pack::PBAR.set_log_level(cli.log_level);
    wasm_pack::PBAR.set_quiet(cli.quiet);
    wasm_pack::command::run_wasm_pack(cli.cmd)
}
