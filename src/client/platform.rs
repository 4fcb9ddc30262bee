//! The client's needs of the world around it.

use crate::http::request::Request;
use crate::http::response::Response;
use crate::json::Json;

/// The world around the client: the network, a clock, a timer, randomness and a console.
///
/// In the browser it is `fetch`, `Date`, `setTimeout`, `Math.random` and `console`; native tests
/// bring their own.
pub trait Platform: 'static {
    /// The platform's JSON value.
    type Json: Json;

    /// Sends a request and reads the answer to its end. Dropping the future aborts the request.
    ///
    /// Redirects are not followed: the user token must not reach another host.
    fn send(
        &self,
        outgoing: Outgoing<'_, Self::Json>,
    ) -> impl Future<Output = Result<Response<Self::Json>, NoAnswer<Self::Json>>>;

    /// Milliseconds since 1970.
    fn now_ms(&self) -> f64;

    /// Waits.
    fn sleep(&self, ms: u32) -> impl Future<Output = ()> + 'static;

    /// A random number from 0 up to 1.
    fn random(&self) -> f64;

    /// `true` where neither a page nor a worker of one is around.
    fn is_server(&self) -> bool {
        false
    }

    /// Tells the developer something that is worth attention but not a failure.
    fn warn(&self, message: &str);

    /// Tells the developer what goes on, when they have asked for it.
    fn debug(&self, message: &str);
}

/// A request with all that it is sent with.
#[derive(Debug)]
pub struct Outgoing<'a, J> {
    /// The request.
    pub request: &'a Request<J>,
    /// Its address.
    pub url: &'a str,
    /// The header `Authorization`, which nothing may override.
    pub authorization: &'a J,
    /// `true` if the answer's `Date` is wanted: a browser takes long to read a header.
    pub wants_date: bool,
}

/// A request to which no complete answer came.
#[derive(Clone, Debug)]
pub struct NoAnswer<J> {
    /// The platform's own failure.
    pub cause: Option<J>,
}
