//! What is known of a scenario, and what has to hold in it.

use std::collections::HashMap;

use paragon_wasm::{CallOptions, ErrorCode, Event, Platform};

use crate::support::harness::FakePlatform;

pub const USERS: [&str; 4] = ["ada", "grace", "emmy", "zoë"];

/// One `authenticate`, and its session.
pub struct Attempt {
    pub user: usize,
    /// How many requests had been sent when it ended.
    pub ended: Option<usize>,
}

pub struct Begun {
    pub what: String,
    pub options: CallOptions,
    pub began_ms: f64,
    /// The session it belongs to, or the one it is to open.
    pub attempt: Option<usize>,
    /// Whether it is a sign-in.
    pub opens: bool,
    /// The number of requests that had been sent when it settled.
    pub settled: Option<usize>,
    pub sent: u32,
    pub changed: u32,
    pub last_status: Option<u16>,
}

/// The events of a scenario, and the faults found in it.
#[derive(Default)]
pub struct Notes {
    pub attempts: Vec<Attempt>,
    pub signed_in: Option<usize>,
    pub calls: Vec<Begun>,
    /// The attempt for which each token was made; `None` for one that must never be sent.
    pub tokens: HashMap<String, Option<usize>>,
    pub wrong: Vec<String>,
}

impl Notes {
    pub fn expect(&mut self, right: bool, what: impl FnOnce() -> String) {
        if !right {
            self.wrong.push(what());
        }
    }

    pub fn end_attempts(&mut self, platform: &FakePlatform) {
        for attempt in &mut self.attempts {
            attempt.ended.get_or_insert(platform.sent_count());
        }
    }

    pub fn on_event(&mut self, event: &Event, platform: &FakePlatform) {
        match event {
            Event::SignedIn { user_id } => {
                self.expect(self.signed_in.is_none(), || "signed in twice".into());
                let newest = self.attempts.len() - 1;
                let is_newest = *user_id == USERS[self.attempts[newest].user];
                self.expect(is_newest, || format!("{user_id} signed in, who was overtaken"));
                self.signed_in = Some(newest);
            }
            Event::SignedOut { user_id, expired } => {
                let Some(whose) = self.signed_in.take() else {
                    return self.wrong.push(format!("{user_id} signed out, who was not in"));
                };
                let attempt = &mut self.attempts[whose];
                let right = *user_id == USERS[attempt.user] && *expired == attempt.ended.is_none();
                attempt.ended.get_or_insert(platform.sent_count());
                self.expect(right, || format!("attempt {whose} got {event:?}"));
            }
            Event::WorkflowChanged { workflow_id, .. } => self.changed(workflow_id),
            Event::IntegrationUninstalled { credential_id, .. } => {
                self.changed(credential_id.as_deref().unwrap_or_default());
            }
        }
    }

    fn changed(&mut self, mark: &str) {
        match number_of(mark) {
            Some(call) => self.calls[call].changed += 1,
            None => self.wrong.push(format!("a change without a call: {mark}")),
        }
    }

    /// Notes a call that is about to begin.
    pub fn announce(&mut self, what: String, options: CallOptions) -> usize {
        self.calls.push(Begun {
            what,
            options,
            began_ms: f64::NAN,
            attempt: None,
            opens: false,
            settled: None,
            sent: 0,
            changed: 0,
            last_status: None,
        });
        self.calls.len() - 1
    }

    /// A call begins: it belongs to the session that is on.
    pub fn begin(&mut self, call: usize, platform: &FakePlatform) {
        self.calls[call].attempt = self.signed_in;
        self.calls[call].began_ms = platform.now_ms();
    }

    /// A sign-in begins, and ends what was before it. Gives its number.
    pub fn begin_sign_in(&mut self, call: usize, user: usize, platform: &FakePlatform) -> usize {
        self.end_attempts(platform);
        self.attempts.push(Attempt { user, ended: None });
        let attempt = self.attempts.len() - 1;
        self.calls[call].attempt = Some(attempt);
        self.calls[call].opens = true;
        self.calls[call].began_ms = platform.now_ms();
        attempt
    }

    /// A call has settled: with data that carries an attempt's number, or with a code.
    pub fn settle(
        &mut self,
        call: usize,
        outcome: &Result<Option<u64>, ErrorCode>,
        tagged: bool,
        platform: &FakePlatform,
    ) {
        let begun = &mut self.calls[call];
        begun.settled = Some(platform.sent_count());
        let (attempt, opens) = (begun.attempt, begun.opens);
        let limit = f64::from(begun.options.timeout_ms.unwrap_or(30_000));
        let took = platform.now_ms() - begun.began_ms;
        let what = format!("{} ({attempt:?}) gave {outcome:?} after {took} ms", begun.what);
        self.expect(took <= limit, || format!("{what}: late"));
        let Some(attempt) = attempt else {
            let right = matches!(outcome, Ok(None) | Err(ErrorCode::NotAuthenticated));
            return self.expect(right, || format!("{what}: no user was signed in"));
        };
        let ended = self.attempts[attempt].ended;
        match outcome {
            // The call whose 401 ends the session says so itself.
            Err(ErrorCode::Unauthorized) => {
                let now = (!opens).then(|| platform.sent_count());
                self.expect(ended == now, || format!("{what}: the session ended at {ended:?}"));
            }
            Err(ErrorCode::Superseded) => {
                self.expect(ended.is_some(), || format!("{what}: nothing ended"));
            }
            // Its time was up at the moment at which the session ended.
            Err(ErrorCode::Timeout) if took >= limit => {}
            _ => self.expect(ended.is_none(), || format!("{what}: its session had ended")),
        }
        match outcome {
            Ok(tag) if tagged => {
                self.expect(*tag == Some(attempt as u64), || format!("{what}: another's data"));
            }
            Ok(_) => {}
            Err(code) => {
                let odd = matches!(
                    code,
                    ErrorCode::Internal | ErrorCode::NotAuthenticated | ErrorCode::InvalidArgument
                );
                self.expect(!odd, || format!("{what}: odd"));
            }
        }
    }
}

/// Calls mark what they send with their number: `call-7`.
pub fn number_of(mark: &str) -> Option<usize> {
    let digits = mark.split("call-").nth(1)?;
    digits.split(|next: char| !next.is_ascii_digit()).next()?.parse().ok()
}
