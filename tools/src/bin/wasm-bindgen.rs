//! `wasm-bindgen`, at exactly the version of the `wasm-bindgen` crate in `Cargo.lock`: the two
//! refuse to work together otherwise.

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(std::env::args_os())
}
