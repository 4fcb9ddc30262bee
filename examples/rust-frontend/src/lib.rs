//! A page in Rust: signs a user in and lists the accounts that they have to reconnect.
//!
//! `accounts` is what the page says, and is tested natively; `page` is what it does in the
//! browser.

/// The application's own: the client brings one only with its exports to JavaScript.
#[global_allocator]
static ALLOCATOR: std::alloc::System = std::alloc::System;

pub mod accounts;
#[cfg(target_arch = "wasm32")]
mod page;
