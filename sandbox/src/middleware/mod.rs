//! The layers that every request passes, from the outside to the inside: CORS headers,
//! the request log, faults, preflights.

pub(crate) mod cors;
pub(crate) mod fault;
pub(crate) mod record;
