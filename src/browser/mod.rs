//! What JavaScript has: values and, for Rust applications, a platform. The npm package's platform is
//! JavaScript of its own, so its module has neither futures nor `web-sys`.

mod json;
#[cfg(not(feature = "npm"))]
mod platform;

pub use self::json::JsJson;
#[cfg(not(feature = "npm"))]
pub use self::platform::Browser;
