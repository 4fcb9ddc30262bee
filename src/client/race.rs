//! Waiting for the first of two things.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// The output of `main`, or `None` when `end` came first. The other one is dropped.
pub async fn unless<T>(main: impl Future<Output = T>, end: impl Future<Output = ()>) -> Option<T> {
    let mut main = pin!(main);
    let mut end = pin!(end);
    poll_fn(|context| {
        if let Poll::Ready(output) = main.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        end.as_mut().poll(context).map(|()| None)
    })
    .await
}
