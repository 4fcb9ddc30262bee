//! The log of received requests: bounded, and without secrets.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::clock::now_rfc3339;
use crate::redact;

/// The number of requests that are kept; older ones are dropped.
const CAPACITY: usize = 1000;

/// The bytes of a body that are kept.
const BODY_KEPT: usize = 32 * 1024;

/// The requests received, oldest first.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    next_id: u64,
    entries: VecDeque<Entry>,
}

/// One request. Secrets are removed before it is stored, so that nothing can leak later.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    id: u64,
    time: String,
    method: String,
    path: String,
    query: String,
    headers: Map<String, Value>,
    body: Value,
    body_size: usize,
    body_truncated: bool,
    /// `null` while there is no answer, and for ever when none was given.
    status: Option<u16>,
    duration_ms: Option<u64>,
}

impl RequestLog {
    /// Notes a request and gives the number to name it by. `body` is `None` when it was not taken.
    pub(crate) fn arrived(&self, parts: &Parts, body: Option<&Bytes>) -> u64 {
        let body = body.cloned().unwrap_or_default();
        let kept = body.slice(..body.len().min(BODY_KEPT));
        let mut entry = Entry {
            id: 0,
            time: now_rfc3339(),
            method: parts.method.to_string(),
            path: redact::text(parts.uri.path()),
            query: redact::query(parts.uri.query().unwrap_or_default()),
            headers: redact::headers(&parts.headers),
            body: readable(&parts.headers, &kept),
            body_size: body.len(),
            body_truncated: kept.len() < body.len(),
            status: None,
            duration_ms: None,
        };
        let mut inner = self.lock();
        inner.next_id += 1;
        entry.id = inner.next_id;
        if inner.entries.len() == CAPACITY {
            inner.entries.pop_front();
        }
        inner.entries.push_back(entry);
        inner.next_id
    }

    /// Notes the answer of a request, if the request is still kept.
    pub(crate) fn answered(&self, id: u64, status: StatusCode, took: Duration) {
        let mut inner = self.lock();
        if let Some(entry) = inner.entries.iter_mut().rev().find(|entry| entry.id == id) {
            entry.status = Some(status.as_u16());
            entry.duration_ms = Some(u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        }
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.lock().entries.iter().cloned().collect()
    }

    /// Ids go on counting, so that an answer still to come cannot be noted at another request.
    pub(crate) fn clear(&self) {
        self.lock().entries.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// JSON as JSON, other text as a string, anything else as base64; `null` for no body.
fn readable(headers: &HeaderMap, body: &Bytes) -> Value {
    if body.is_empty() {
        return Value::Null;
    }
    if let Ok(mut value) = serde_json::from_slice(body) {
        redact::json(&mut value);
        return value;
    }
    let content_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    match std::str::from_utf8(body) {
        Ok(text) if content_type.starts_with("application/x-www-form-urlencoded") => {
            redact::query(text).into()
        }
        Ok(text) => redact::text(text).into(),
        Err(_) => json!({ "base64": BASE64_STANDARD.encode(redact::bytes(body)) }),
    }
}
