//! The decisions of the provider's users in place of clicks: set at `/_sandbox/provider`.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::admin::body::LARGEST_INTEGER;
use crate::error::ApiError;

/// The largest number of decisions.
const MOST: usize = 1000;

/// The decision when the provider asks for consent, or gets a key.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Decision {
    /// A type or custom slug. Absent: any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) integration: Option<String>,
    /// The number of times that it is taken. Absent: until it is deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) times: Option<u64>,
    /// Absent: the page waits for a click.
    #[serde(rename = "decision", skip_serializing_if = "Option::is_none")]
    pub(crate) answer: Option<Answer>,
    /// The page cuts the popup off from its opener.
    pub(crate) sever_opener: bool,
    /// The account that agrees. Absent: the account that the page suggests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account: Option<String>,
    /// The reason of the denial.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Answer {
    Allow,
    Deny,
}

/// A decision and what has become of it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Waiting {
    id: u64,
    remaining: Option<u64>,
    hits: u64,
    #[serde(flatten)]
    decision: Decision,
}

#[derive(Debug, Default)]
pub(crate) struct Decisions {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    next_id: u64,
    waiting: Vec<Waiting>,
}

impl Decisions {
    /// Adds decisions behind those there are: all, or on an error none.
    pub(crate) fn add(&self, decisions: Vec<Decision>) -> Result<(), ApiError> {
        if decisions.iter().any(|it| it.times.is_some_and(|times| times > LARGEST_INTEGER)) {
            return Err(ApiError::body_invalid(format!(
                "`times` is larger than {LARGEST_INTEGER}."
            )));
        }
        if decisions.iter().any(|it| it.account.as_deref().is_some_and(str::is_empty)) {
            return Err(ApiError::body_invalid("`account` must not be empty."));
        }
        let mut inner = self.lock();
        if inner.waiting.len() + decisions.len() > MOST {
            return Err(ApiError::conflict(
                "too_many_decisions",
                format!("More than {MOST} decisions would wait; delete the old ones first."),
            ));
        }
        for decision in decisions {
            inner.next_id += 1;
            let id = inner.next_id;
            inner.waiting.push(Waiting { id, remaining: decision.times, hits: 0, decision });
        }
        Ok(())
    }

    /// The first that is about this integration and is not used up.
    pub(crate) fn take(&self, integration: &str) -> Option<Decision> {
        let mut inner = self.lock();
        let waiting = inner.waiting.iter_mut().find(|it| {
            let meant = it.decision.integration.as_deref();
            it.remaining != Some(0) && meant.is_none_or(|meant| meant == integration)
        })?;
        waiting.remaining = waiting.remaining.map(|left| left - 1);
        waiting.hits += 1;
        Some(waiting.decision.clone())
    }

    pub(crate) fn list(&self) -> Vec<Waiting> {
        self.lock().waiting.clone()
    }

    pub(crate) fn clear(&self) {
        self.lock().waiting.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
