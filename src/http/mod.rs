//! Requests and responses, independent of what they are about. Pure: no clock, no I/O.

pub mod endpoints;
pub mod request;
pub mod response;
pub mod retry;
