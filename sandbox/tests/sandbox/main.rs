//! The sandbox over real HTTP. Every answer that a test gets is checked against the description
//! that the sandbox serves of itself.

mod admin;
mod answers;
mod command_line;
mod cors;
mod faults;
mod generated;
mod harness;
mod install;
mod persistence;
mod popup;
mod provider;
mod setup;
mod state;
mod tokens;
