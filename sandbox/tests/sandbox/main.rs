//! The sandbox over real HTTP. Every answer that a test gets is checked against the description
//! that the sandbox serves of itself.

mod answers;
mod command_line;
mod cors;
mod desk;
mod faults;
mod generated;
mod install;
mod persistence;
mod popup;
mod provider;
mod setup;
mod stage;
mod state;
mod tokens;
