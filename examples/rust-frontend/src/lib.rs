//! A page in Rust: signs a user in and lists the accounts that they have to reconnect.
//!
//! `accounts` is what the page says, and is tested natively; `page` is what it does in the
//! browser.

pub mod accounts;
#[cfg(target_arch = "wasm32")]
mod page;
