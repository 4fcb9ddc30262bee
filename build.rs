//! The size of the stack in a WebAssembly module: 128 kB in the place of a megabyte, which would be the
//! largest part of its memory. The deepest calls, answers and metadata that are nested as deeply as is
//! accepted, are tested.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("wasm32") {
        println!("cargo::rustc-link-arg-cdylib=-zstack-size=131072");
    }
}
