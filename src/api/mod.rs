//! The Users API, one file a resource: the function that builds a request stands beside the one that
//! reads its answer. Pure: values in, values out; no clock, no I/O.
//!
//! Sources: the `OpenAPI` file of the Users API and <https://docs.useparagon.com/apis/users>; what
//! neither documents is what the official SDK sends.

pub mod answer;
pub mod credentials;
pub mod install;
pub mod integrations;
pub mod proxy;
pub mod users;
pub mod workflows;
