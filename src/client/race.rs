//! Waiting for the first of two things.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// The output of `main`, or `None` when `end` came first. The other one is dropped.
///
/// Once `end` has come, `main` does nothing any more: a retry that is due at the moment of a
/// sign-out, an abort or a timeout must not be sent.
pub async fn unless<T>(main: impl Future<Output = T>, end: impl Future<Output = ()>) -> Option<T> {
    let mut main = pin!(main);
    let mut end = pin!(end);
    poll_fn(|context| {
        if end.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        main.as_mut().poll(context).map(Some)
    })
    .await
}
