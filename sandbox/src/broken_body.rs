//! A body that does not end as it should, or is larger than memory should hold.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::server::ConnectionCut;

/// The pause before the end, so that the client receives what was sent before it.
const FLUSH: Duration = Duration::from_millis(30);

/// Chunks, then an end.
pub(crate) struct BrokenBody {
    chunks: Box<dyn Iterator<Item = Bytes> + Send>,
    end: End,
    /// The `Content-Length` that is announced.
    declared: u64,
}

enum End {
    Proper,
    Cut(Option<Pin<Box<Sleep>>>),
    Silence,
}

impl BrokenBody {
    /// Sends `sent`, although `declared` bytes were announced, and cuts the connection.
    pub(crate) fn cut(sent: Bytes, declared: usize) -> Self {
        // Never the whole of what was announced, or nothing would be broken.
        let declared = declared.max(sent.len() + 1) as u64;
        Self { chunks: Box::new(some(sent)), end: End::Cut(None), declared }
    }

    /// Announces a body and never sends it.
    pub(crate) fn silent(declared: usize) -> Self {
        let declared = declared.max(1) as u64;
        Self { chunks: Box::new(std::iter::empty()), end: End::Silence, declared }
    }

    /// A JSON object of exactly `bytes` bytes (but at least as many as it takes), made as it goes.
    pub(crate) fn big(bytes: u64) -> Self {
        const START: &[u8] = b"{\"padding\":\"";
        const END: &[u8] = b"\"}";
        const CHUNK: u64 = 64 * 1024;
        static FILLING: [u8; 64 * 1024] = [b'x'; 64 * 1024];

        let frame = (START.len() + END.len()) as u64;
        let filling = bytes.saturating_sub(frame);
        let full = (0..filling / CHUNK).map(|_| Bytes::from_static(&FILLING));
        let rest = usize::try_from(filling % CHUNK).unwrap_or(0);
        let chunks = some(Bytes::from_static(START))
            .chain(full)
            .chain(some(Bytes::from_static(&FILLING).slice(..rest)))
            .chain(some(Bytes::from_static(END)));
        Self { chunks: Box::new(chunks), end: End::Proper, declared: filling + frame }
    }
}

/// One chunk, unless it is empty.
fn some(chunk: Bytes) -> impl Iterator<Item = Bytes> + Send {
    Some(chunk).filter(|chunk| !chunk.is_empty()).into_iter()
}

impl Body for BrokenBody {
    type Data = Bytes;
    type Error = ConnectionCut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ConnectionCut>>> {
        if let Some(chunk) = self.chunks.next() {
            return Poll::Ready(Some(Ok(Frame::data(chunk))));
        }
        match &mut self.end {
            End::Proper => Poll::Ready(None),
            // The connection wakes its task itself when the client goes away.
            End::Silence => Poll::Pending,
            End::Cut(pause) => {
                let pause = pause.get_or_insert_with(|| Box::pin(sleep(FLUSH)));
                pause.as_mut().poll(context).map(|()| Some(Err(ConnectionCut)))
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.declared)
    }
}
