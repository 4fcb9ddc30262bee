//! The sandbox's admin routes under `/_sandbox/`, which Paragon does not have. A developer or a
//! test controls the sandbox by them.

pub(crate) mod body;
pub(crate) mod faults;
pub(crate) mod home;
pub(crate) mod icons;
pub(crate) mod provider;
pub(crate) mod requests;
pub(crate) mod token;
pub(crate) mod users;
