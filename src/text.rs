//! Putting text together without Rust's formatting machinery, which is large in wasm.

/// The parts one after another. Not inlined: `[…].concat()` compiles anew for every length.
#[inline(never)]
#[must_use]
pub fn join(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

/// `text` up to the first `byte`, which must be ASCII; all of it when there is none. By bytes, as
/// the searches of `str` bring two kilobytes of algorithm into the wasm.
#[must_use]
pub fn before(text: &str, byte: u8) -> &str {
    let end = text.bytes().position(|one| one == byte);
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}
