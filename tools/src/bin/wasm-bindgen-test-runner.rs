//! `wasm-bindgen-test-runner`: what cargo runs in place of a wasm test binary.

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os())
}
