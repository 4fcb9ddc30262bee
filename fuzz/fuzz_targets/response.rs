//! Every answer of a server is read or refused. The first two bytes are the status.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "the other target uses the rest")]
#[path = "../../tests/native/support/jwt.rs"]
mod jwt;
#[allow(dead_code, reason = "the other target uses the rest")]
#[path = "../../tests/native/support/reading.rs"]
mod reading;

fuzz_target!(|input: &[u8]| {
    if let Some((status, text)) = input.split_first_chunk() {
        reading::answer(u16::from_be_bytes(*status), &String::from_utf8_lossy(text));
    }
});
