//! What several test files use.
#![allow(dead_code, reason = "no test file uses all of it")]

pub mod chance;
mod jwt;
pub mod reading;
pub mod session;
pub mod world;

pub use jwt::jwt;
