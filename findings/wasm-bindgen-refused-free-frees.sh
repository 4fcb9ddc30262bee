#!/usr/bin/env bash
# Expected: `free()` that throws, because a call still uses the object, has done nothing: the object works on, and
#           free() can be called again later.
# Seen:     it throws "attempted to take ownership of Rust value while it was borrowed", and frees the object
#           all the same, as soon as the pending call ends (which still gets its result). From then on,
#           and in fact from the throw on, every use says "null pointer passed to rust", a second free() too.
# Version:  wasm-bindgen 0.2.130, wasm-bindgen-futures 0.4.80
# Matters:  for modules of your own with async methods: who catches the error and goes on with the object, or
#           tries again, gets errors that name a pointer. Let `using` or a component's clean-up wait first.
# Source:   seen in the generated code, which forgets the pointer before the module is asked; the guide
#           describes neither.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
rustup target list --installed | grep -q wasm32-unknown-unknown || rustup target add wasm32-unknown-unknown
# wasm-bindgen's command line is a library too; built as one it takes seconds instead of minutes.
mkdir -p bindgen/src module/src
cat > bindgen/Cargo.toml <<'TOML'
[package]
name = "bindgen"
version = "0.0.0"
edition = "2021"
[dependencies]
wasm-bindgen-cli-support = "=0.2.130"
[profile.dev]
debug = false
TOML
cat > bindgen/src/main.rs <<'RUST'
fn main() {
    let [wasm, out] = [1, 2].map(|n| std::env::args().nth(n).unwrap());
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen.input_path(wasm).typescript(false).nodejs(true).unwrap();
    bindgen.generate(out).unwrap();
}
RUST
cat > module/Cargo.toml <<'TOML'
[package]
name = "module"
version = "0.0.0"
edition = "2021"
[lib]
crate-type = ["cdylib"]
[dependencies]
wasm-bindgen = "=0.2.130"
wasm-bindgen-futures = "=0.4.80"
js-sys = "=0.3.107"
TOML
cat > module/src/lib.rs <<'RUST'
use std::cell::Cell;
use wasm_bindgen::prelude::*;

thread_local!(static ALIVE: Cell<u32> = const { Cell::new(0) });

#[wasm_bindgen]
pub fn alive() -> u32 {
    ALIVE.get()
}

#[wasm_bindgen]
pub struct Session {
    number: u32,
}

impl Drop for Session {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
    }
}

#[wasm_bindgen]
impl Session {
    #[wasm_bindgen(constructor)]
    pub fn new(number: u32) -> Session {
        ALIVE.set(ALIVE.get() + 1);
        Session { number }
    }

    pub fn number(&self) -> u32 {
        self.number
    }

    pub async fn after(&self, promise: js_sys::Promise) -> u32 {
        let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
        self.number
    }
}
RUST
echo '{ "type": "commonjs" }' > package.json
export CARGO_TARGET_DIR="${FINDINGS_TARGET_DIR:-$dir/target}"
cargo build --quiet --manifest-path bindgen/Cargo.toml
cargo build --quiet --manifest-path module/Cargo.toml --release --target wasm32-unknown-unknown
"$CARGO_TARGET_DIR/debug/bindgen" "$CARGO_TARGET_DIR/wasm32-unknown-unknown/release/module.wasm" out
cat > run.cjs <<'JS'
const { Session, alive } = require("./out/module.js");
const said = (call) => {
  try {
    return String(call() ?? "done");
  } catch ({ message }) {
    return message;
  }
};
(async () => {
  let settle;
  const session = new Session(7);
  const pending = session.after(new Promise((resolve) => (settle = resolve)));
  const seen = { "free() while after() is pending": said(() => session.free()) };
  settle();
  seen["after() resolves with"] = String(await pending);
  seen["then number()"] = said(() => session.number());
  seen["then free()"] = said(() => session.free());
  seen["values that live in the module"] = String(alive());
  const other = new Session(8);
  other.free();
  seen["and after one more that is made and freed"] = String(alive());
  console.log(`wasm-bindgen 0.2.130, Node ${process.version}`, seen);
  const right = Object.values(seen).join(" / ") ===
    "attempted to take ownership of Rust value while it was borrowed / 7 / null pointer passed to rust / null pointer passed to rust / 0 / 0";
  if (!right) console.error("CHANGED: what becomes of an object whose free() throws");
  console.log("A free() that throws has freed the object all the same.");
  process.exit(right ? 0 : 1);
})();
JS
node run.cjs
