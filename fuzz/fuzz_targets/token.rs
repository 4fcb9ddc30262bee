//! Every token is read or refused, as it is and as claims.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "the other target uses the rest")]
#[path = "../../tests/native/support/jwt.rs"]
mod jwt;
#[allow(dead_code, reason = "the other target uses the rest")]
#[path = "../../tests/native/support/reading.rs"]
mod reading;

fuzz_target!(|input: &[u8]| reading::token(input));
