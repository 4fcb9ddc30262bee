//! The installs through OAuth that are underway. In memory: who restarts the sandbox in the middle
//! of one starts it again.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};

use crate::catalogue::{Integration, Project, fresh_id};
use crate::error::ApiError;

/// The number of attempts that are kept; the oldest are dropped.
const CAPACITY: usize = 1000;

/// An install that was begun.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    /// Its name in addresses.
    pub(crate) state: String,
    pub(crate) project: &'static Project,
    pub(crate) user_id: String,
    pub(crate) integration: &'static Integration,
    /// `oauthMetaKeyId`: what the application asks by whether it is done.
    pub(crate) session_key: Option<String>,
    /// The origin of the application's page, which alone gets the messages.
    pub(crate) opener: String,
    /// The address to which the provider sends the user back.
    pub(crate) redirect_uri: String,
    pub(crate) install_options: Map<String, Value>,
    /// The answers to the questions before.
    pub(crate) answers: Map<String, Value>,
    /// Set when the provider agreed.
    pub(crate) granted: Option<Granted>,
    pub(crate) credential_id: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Granted {
    /// The authorisation code.
    pub(crate) code: String,
    /// The account that agreed.
    pub(crate) account: String,
}

/// Proof that a browser has been at the nonce page.
#[derive(Debug)]
struct Nonce {
    value: String,
    project_id: String,
    user_id: String,
}

#[derive(Debug, Default)]
pub(crate) struct Attempts {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    attempts: VecDeque<Attempt>,
    nonces: VecDeque<Nonce>,
}

impl Attempts {
    pub(crate) fn begin(&self, attempt: Attempt) {
        push(&mut self.lock().attempts, attempt);
    }

    pub(crate) fn by_state(&self, state: &str) -> Result<Attempt, ApiError> {
        self.find(|it| it.state == state).ok_or_else(|| {
            ApiError::bad_request(
                "state_unknown",
                "No install is underway under this `state`. Begin again.",
            )
        })
    }

    /// The attempt of this user whose provider gave this code.
    pub(crate) fn by_code(
        &self,
        project: &Project,
        user_id: &str,
        code: &str,
    ) -> Result<Attempt, ApiError> {
        let has_code = |it: &Attempt| it.granted.as_ref().is_some_and(|it| it.code == code);
        self.find(|it| has_code(it) && it.project.id == project.id && it.user_id == user_id)
            .ok_or_else(|| {
                ApiError::bad_request(
                    "code_invalid",
                    "The provider gave this user no such authorisation code.",
                )
            })
    }

    /// The provider agrees: gives the authorisation code.
    pub(crate) fn grant(&self, state: &str, account: String) -> String {
        let code = fresh_id();
        self.change(state, |it| it.granted = Some(Granted { code: code.clone(), account }));
        code
    }

    pub(crate) fn done(&self, state: &str, credential_id: &str) {
        self.change(state, |it| it.credential_id = Some(credential_id.to_owned()));
    }

    /// The account that came of the user's attempt under this key.
    pub(crate) fn result(&self, project: &Project, user_id: &str, key: &str) -> Option<String> {
        self.find(|it| is_session(it, project, user_id, key))?.credential_id
    }

    pub(crate) fn forget_session(&self, project: &Project, user_id: &str, key: &str) {
        for attempt in &mut self.lock().attempts {
            if is_session(attempt, project, user_id, key) {
                attempt.session_key = None;
            }
        }
    }

    /// Notes that a browser of this user was at the nonce page; gives what it is to remember.
    pub(crate) fn nonce(&self, project: &Project, user_id: &str) -> String {
        let value = fresh_id();
        let (project_id, user_id) = (project.id.clone(), user_id.to_owned());
        push(&mut self.lock().nonces, Nonce { value: value.clone(), project_id, user_id });
        value
    }

    /// True if one of these was given to a browser of this attempt's user.
    pub(crate) fn knows_nonce<'a>(
        &self,
        attempt: &Attempt,
        mut values: impl Iterator<Item = &'a str>,
    ) -> bool {
        let inner = self.lock();
        values.any(|value| {
            inner.nonces.iter().any(|it| {
                it.value == value
                    && it.project_id == attempt.project.id
                    && it.user_id == attempt.user_id
            })
        })
    }

    pub(crate) fn clear(&self) {
        *self.lock() = Inner::default();
    }

    /// The latest that fits.
    fn find(&self, fits: impl Fn(&Attempt) -> bool) -> Option<Attempt> {
        self.lock().attempts.iter().rev().find(|it| fits(it)).cloned()
    }

    fn change(&self, state: &str, change: impl FnOnce(&mut Attempt)) {
        if let Some(attempt) = self.lock().attempts.iter_mut().find(|it| it.state == state) {
            change(attempt);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_session(attempt: &Attempt, project: &Project, user_id: &str, key: &str) -> bool {
    attempt.session_key.as_deref() == Some(key)
        && attempt.project.id == project.id
        && attempt.user_id == user_id
}

fn push<T>(queue: &mut VecDeque<T>, item: T) {
    if queue.len() == CAPACITY {
        queue.pop_front();
    }
    queue.push_back(item);
}
