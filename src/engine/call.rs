//! One call: what it does next, and what it makes of what came.

use std::rc::Rc;

use super::{Engine, Event, Notice, Session};
use crate::protocol::endpoints::{Origin, place};
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::integrations::{self, Integration};
use crate::protocol::json::Json;
use crate::protocol::me;
use crate::protocol::message::{Method, Request, Response, Selection};
use crate::protocol::retry;
use crate::protocol::route;
use crate::protocol::text::join;
use crate::protocol::token::UserToken;

/// What a call comes to.
type Outcome<J> = Result<J, Error<J>>;

/// What has come of a request: an answer, or the platform's own failure.
pub type Answer<J> = Result<Response<J>, Option<J>>;

/// A call that has been made.
#[derive(Debug)]
pub enum Started<J: Json> {
    /// It is over already: nothing has to be sent.
    Done(Outcome<J>),
    /// [`Call::step`] says what it needs.
    Call(Box<Call<J>>),
}

/// What a call needs next.
#[derive(Debug)]
pub enum Step<J> {
    /// [`Call::request`] sent to [`Call::place`] with [`Call::authorization`]; then
    /// [`Input::Answered`].
    Send,
    /// A token of the application's, handed to [`Session::renew`]; then [`Input::Renewed`]. Calls
    /// of one session that need one at the same time are to wait for one.
    Renew,
    /// So many milliseconds; then [`Input::Go`].
    Wait(u32),
    /// Nothing: this is what it came to.
    Done(Outcome<J>),
    /// The same, and then that the session ends: [`Engine::end_session`] with `true`. In this order
    /// whoever waits for several calls hears of the cause first.
    End(Error<J>),
}

/// What has happened.
#[derive(Debug)]
pub enum Input<J> {
    /// The call may go on.
    Go,
    /// The token was renewed, or was not.
    Renewed(Result<(), Error<J>>),
    /// The request has come to this. The number from 0 up to 1 is by chance.
    Answered(Answer<J>, f64),
}

/// A call that is under way.
pub struct Call<J: Json> {
    pub(super) session: Rc<Session<J>>,
    pub(super) request: Request<J>,
    pub(super) goal: Goal,
    pub(super) max_retries: u32,
    /// How often the request has been sent again.
    attempt: u32,
    /// Whether the token was renewed because of a 401.
    renewed: bool,
    /// Whether the request was sent once without an answer.
    unanswered: bool,
    /// The token that the request was sent with.
    used: Option<Rc<UserToken<J>>>,
    /// The 401 that has the token renewed.
    refused: Option<Error<J>>,
}

/// What the answer is for.
#[derive(Debug)]
pub(super) enum Goal {
    /// The caller.
    Value,
    /// The caller, and those who listen.
    Tell(Event),
    /// The session is on then.
    SignIn,
    /// The element of that name.
    FindMetadata(String),
    /// The list of integrations, to uninstall the one of that name.
    Uninstall(String, Selection),
    /// The user, who must have the integration's account.
    UninstallConnected(Integration, String, Selection),
    /// No request: the token, for an address that has to carry it.
    Access,
}

impl<J: Json> Call<J> {
    pub(super) fn new(
        session: Rc<Session<J>>,
        request: Request<J>,
        goal: Goal,
        max_retries: u32,
    ) -> Self {
        Self {
            session,
            request,
            goal,
            max_retries,
            attempt: 0,
            renewed: false,
            unanswered: false,
            used: None,
            refused: None,
        }
    }

    /// The number of the session that it belongs to: see [`Engine::epoch`].
    pub fn epoch(&self) -> u32 {
        self.session.epoch
    }

    /// The session that it belongs to.
    pub fn session(&self) -> &Rc<Session<J>> {
        &self.session
    }

    /// What is to be sent.
    pub fn request(&self) -> &Request<J> {
        &self.request
    }

    /// Where it is to be sent: to which origin, and to which path there.
    pub fn place(&self) -> (Origin, String) {
        place(&self.session.project_id, &self.request)
    }

    /// The header `Authorization`, which nothing may override.
    pub fn authorization(&self) -> J {
        self.used.as_ref().map_or_else(J::null, |token| token.authorization().clone())
    }

    /// Until when, on the clock that [`Self::step`] is told, the same may be sent once more without
    /// a look at the token.
    pub fn fresh_until_ms(&self) -> f64 {
        let stale_at_ms = self.used.as_ref().map_or(0.0, |token| token.stale_at_ms());
        stale_at_ms - self.session.skew_ms.get()
    }

    /// What the call needs after `input`, at `now_ms`.
    pub fn step(&mut self, engine: &Engine<J>, input: Input<J>, now_ms: f64) -> Step<J> {
        let next = match input {
            // What belongs to a session that has ended is dropped, and nothing more is sent for it.
            _ if engine.epoch() != self.session.epoch => Err(superseded()),
            Input::Go => self.go(now_ms),
            Input::Renewed(outcome) => self.after_renewal(outcome, now_ms),
            Input::Answered(answer, chance) => self.after_answer(engine, answer, chance, now_ms),
        };
        next.unwrap_or_else(|error| Step::Done(Err(error)))
    }

    /// Sends, with a token that is good now: renewed if it is about to expire.
    fn go(&mut self, now_ms: f64) -> Result<Step<J>, Error<J>> {
        let session = &self.session;
        let (is_stale, is_expired) = self.judge_token(now_ms);
        if session.renewable && is_stale {
            return Ok(Step::Renew);
        }
        if is_expired {
            return Err(Error::new(
                ErrorCode::TokenExpired,
                "The user token has expired: call authenticate with a new one, or give it a \
                 function that fetches one. If it is new, check this computer's clock.",
            ));
        }
        Ok(self.send())
    }

    /// Whether the session's token is about to expire, and whether it has.
    fn judge_token(&self, now_ms: f64) -> (bool, bool) {
        match &*self.session.token.borrow() {
            None => (true, true),
            Some(token) => {
                // It cannot be before the token was made.
                let now_ms = (now_ms + self.session.skew_ms.get()).max(token.issued_at_ms());
                (now_ms >= token.stale_at_ms(), token.is_expired(now_ms))
            }
        }
    }

    fn send(&mut self) -> Step<J> {
        self.used.clone_from(&self.session.token.borrow());
        if let Goal::Access = self.goal {
            let token = self.used.as_ref().map(|token| token.secret());
            return Step::Done(Ok(J::from_text(token.unwrap_or_default())));
        }
        Step::Send
    }

    fn after_renewal(
        &mut self,
        outcome: Result<(), Error<J>>,
        now_ms: f64,
    ) -> Result<Step<J>, Error<J>> {
        let refused = self.refused.take();
        if let Err(failure) = outcome {
            if let Some(refused) = refused {
                return Ok(Step::End(refused.with_cause(failure.into_inner().cause)));
            }
            // The token at hand may still be good.
            if self.judge_token(now_ms).1 {
                return Err(failure);
            }
        }
        Ok(self.send())
    }

    fn after_answer(
        &mut self,
        engine: &Engine<J>,
        answer: Answer<J>,
        chance: f64,
        now_ms: f64,
    ) -> Result<Step<J>, Error<J>> {
        let answer = answer.map_err(|cause| {
            Error::new(
                ErrorCode::Network,
                "Paragon could not be reached. Check the connection, the configured host, and that \
                 no extension or CORS rule blocks it.",
            )
            .with_cause(cause)
        });
        let accepted = answer.and_then(|answer| {
            self.session.learn_clock(answer.date_ms, now_ms);
            answer.accepted(self.used.as_deref())
        });
        let error = match accepted {
            Ok(answer) => {
                let value = answer.read(self.request.expected)?;
                return self.after_success(engine, value, now_ms);
            }
            Err(error) => error,
        };
        if error.refuses_token() && !self.request.proxied {
            if self.renewed || !self.session.renewable {
                return Ok(Step::End(error));
            }
            self.renewed = true;
            let current = self.session.token.borrow().clone();
            if !self.used.iter().zip(&current).all(|(used, current)| Rc::ptr_eq(used, current)) {
                return Ok(self.send());
            }
            self.refused = Some(error);
            return Ok(Step::Renew);
        }
        if self.unanswered
            && error.code == ErrorCode::NotFound
            && self.request.method == Method::Delete
        {
            // The first try did it, only its answer was lost.
            return self.after_success(engine, J::null(), now_ms);
        }
        self.unanswered |= error.code == ErrorCode::Network;
        let may_repeat = self.request.repeatable
            && self.attempt < self.max_retries
            && retry::is_transient(&error);
        let delay_ms = retry::delay_ms(self.attempt, chance, error.retry_after_ms);
        match delay_ms.filter(|_| may_repeat) {
            Some(delay_ms) => {
                self.attempt += 1;
                Ok(Step::Wait(delay_ms))
            }
            None => Err(error),
        }
    }

    fn after_success(
        &mut self,
        engine: &Engine<J>,
        value: J,
        now_ms: f64,
    ) -> Result<Step<J>, Error<J>> {
        let value = match std::mem::replace(&mut self.goal, Goal::Value) {
            Goal::Value | Goal::Access => value,
            Goal::Tell(event) => {
                engine.tell(Notice::Event(event));
                value
            }
            Goal::SignIn => {
                engine.session.replace(Some(Rc::clone(&self.session)));
                let user_id = self.session.user_id();
                let value = J::from_text(&user_id);
                engine.tell(Notice::Event(Event::SignedIn { user_id }));
                value
            }
            Goal::FindMetadata(name) => integrations::find_metadata(&value, &name)?,
            Goal::Uninstall(name, selection) => {
                let found = integrations::find(&value, &name)?;
                // The list shows an account that must be reconnected as not enabled, like one that
                // was never connected; only the user's own entry tells them apart.
                if found.enabled {
                    return self.uninstall(found, name, selection, now_ms);
                }
                self.goal = Goal::UninstallConnected(found, name, selection);
                return self.then(route::ME.request("")?, now_ms);
            }
            Goal::UninstallConnected(found, name, selection) => {
                if me::is_connected(&value, &found) {
                    return self.uninstall(found, name, selection, now_ms);
                }
                let why =
                    join(&["Integration \"", &name, "\" is not installed: nothing to disconnect."]);
                return Err(Error::new(ErrorCode::IntegrationNotInstalled, &why));
            }
        };
        Ok(Step::Done(Ok(value)))
    }

    fn uninstall(
        &mut self,
        found: Integration,
        name: String,
        selection: Selection,
        now_ms: f64,
    ) -> Result<Step<J>, Error<J>> {
        let credential_id = selection.credential_id.clone();
        let request = integrations::uninstall(&found.id, selection);
        self.goal = Goal::Tell(Event::IntegrationUninstalled {
            integration_id: found.id,
            integration_type: name,
            credential_id,
        });
        self.then(request, now_ms)
    }

    /// Goes on with another request.
    fn then(&mut self, request: Request<J>, now_ms: f64) -> Result<Step<J>, Error<J>> {
        self.request = request;
        self.attempt = 0;
        self.renewed = false;
        self.unanswered = false;
        self.go(now_ms)
    }
}

/// What a call comes to whose session has ended: whoever drives it gives it up.
#[must_use]
pub fn superseded<J>() -> Error<J> {
    Error::new(
        ErrorCode::Superseded,
        "The session that this call belonged to has ended: another sign-in, a sign-out or a new \
         configuration came first.",
    )
}

impl<J: Json> std::fmt::Debug for Call<J> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Call").field(&self.request).finish()
    }
}
