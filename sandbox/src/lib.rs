//! A local Paragon.
