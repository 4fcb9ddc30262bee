//! The exports to JavaScript. No logic: each method reads its arguments, calls the client and converts
//! the result.
//!
//! | file | purpose |
//! |---|---|
//! | `client` | the class `ParagonClient`: one method for each call |
//! | `functions` | the same calls as functions of one default client |
//! | `install` | exports for the part of the npm package that connects accounts |
//! | `driver` | runs each call and settles its promise |
//! | `options`, `body` | option objects and bodies: read and checked |
//! | `error`, `events` | errors and events as JavaScript has them |

#![expect(
    clippy::needless_pass_by_value,
    reason = "borrowed, each would be kept on a stack of the glue's"
)]

mod body;
mod client;
mod driver;
mod error;
mod events;
mod functions;
mod install;
mod options;

use wasm_bindgen::prelude::*;

/// A quarter of the size of the default one, and constant in time.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

/// The types of all that is exported, written by hand.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("types.d.ts");
