//! paragon-wasm
