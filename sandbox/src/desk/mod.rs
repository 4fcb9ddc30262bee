//! The sandbox's own desk under `/_sandbox/`: what a developer or a test asks of the sandbox
//! itself, and what Paragon does not have.

pub(crate) mod asked;
pub(crate) mod faults;
pub(crate) mod home;
pub(crate) mod icons;
pub(crate) mod provider;
pub(crate) mod requests;
pub(crate) mod token;
pub(crate) mod users;
