//! The Paragon User Token.

pub mod token;
