//! What the client needs of the world around it.

use crate::protocol::json::Json;
use crate::protocol::message::{Request, Response};

/// The world around the client: the network, a clock, a timer, chance and a console.
///
/// In the browser it is `fetch`, `Date`, `setTimeout`, `Math.random` and `console`; native tests
/// bring their own.
pub trait Platform: 'static {
    /// The platform's JSON value.
    type Json: Json;

    /// Sends `request` to `url` with `authorization` as its header of that name, which nothing may
    /// override, and reads the answer to its end. Dropping the future aborts the request.
    ///
    /// Redirects are not followed: the user token must not reach another host.
    fn send(
        &self,
        request: &Request<Self::Json>,
        url: &str,
        authorization: &str,
    ) -> impl Future<Output = Result<Response<Self::Json>, NoAnswer<Self::Json>>>;

    /// Milliseconds since 1970.
    fn now_ms(&self) -> f64;

    /// Waits.
    fn sleep(&self, ms: u32) -> impl Future<Output = ()>;

    /// A number from 0 up to 1, by chance.
    fn chance(&self) -> f64;

    /// Tells the developer something that is worth his attention but no failure.
    fn warn(&self, message: &str);

    /// Tells the developer what goes on, when he has asked for it.
    fn debug(&self, message: &str);
}

/// A request to which no complete answer came.
#[derive(Clone, Debug)]
pub struct NoAnswer<J> {
    /// The platform's own failure.
    pub cause: Option<J>,
}
