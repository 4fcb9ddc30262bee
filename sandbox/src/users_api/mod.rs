//! Paragon's Users API: one file for each resource.

pub(crate) mod actions;
pub(crate) mod configurations;
pub(crate) mod credentials;
pub(crate) mod events;
pub(crate) mod integrations;
pub(crate) mod me;
pub(crate) mod proxy;
pub(crate) mod workflows;
