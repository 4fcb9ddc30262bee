//! The one way to the network: every request of every call is sent by [`execute`], with a good token,
//! sent again where that does no harm, and turned into an answer or an error.

use std::rc::Rc;

use super::platform::{NoAnswer, Outgoing};
use super::session::Session;
use super::{Client, Inner, Platform, Result};
use crate::api::answer;
use crate::auth::token::UserToken;
use crate::error::{Error, ErrorCode};
use crate::http::endpoints::resolve;
use crate::http::request::{Method, Request, without_query};
use crate::http::response::Response;
use crate::http::retry;
use crate::json::Json;
use crate::text::join;

/// Sends `request` for the user of `session`, and reads its answer.
///
/// # Errors
/// Whatever the token, the network, the status or the answer comes with. A 401 that a new token does
/// not mend ends the session.
pub(super) async fn execute<P: Platform>(
    client: Client<P>,
    session: Rc<Session<P::Json>>,
    request: Box<Request<P::Json>>,
    max_retries: u32,
) -> Result<P, P::Json> {
    let inner = &*client.inner;
    let _forget = ForgetUser { inner, is_due: request.changes_user() };
    let now_ms = || inner.platform.now_ms();
    let mut tries = Tries { max_retries, ..Tries::default() };
    // The 401 that asks for a new token.
    let mut refused: Option<Error<P::Json>> = None;
    loop {
        let token = session.token(refused.is_some(), now_ms).await;
        // The application's own functions may have ended the session meanwhile.
        inner.check_epoch(session.epoch)?;
        let token = match token {
            Ok(token) => token,
            Err(failure) => return Err(inner.give_up(refused, failure)),
        };
        refused = None;
        let started_ms = now_ms();
        let wants_date = !request.proxied && session.wants_date(started_ms);
        let url = inner.begin(&session, &request);
        let authorization = token.authorization();
        let outgoing = Outgoing { request: &request, url: &url, authorization, wants_date };
        let answer = inner.platform.send(outgoing).await;
        inner.note(&session, &request, &answer, wants_date, started_ms);
        inner.check_epoch(session.epoch)?;
        match tries.judge(answer, &request, &token, || inner.platform.random()) {
            Next::Return(result) => return result,
            Next::Wait(delay_ms) => {
                let delay = P::Json::from_number(delay_ms.into()).stringify();
                inner.debug(&session, &request, &["again in ", &delay, " ms"]);
                inner.platform.sleep(delay_ms).await;
            }
            // Another call may have renewed the token meanwhile.
            Next::Renew(_) if !session.is_current(&token) => {}
            Next::Renew(error) if session.is_renewable() => refused = Some(error),
            Next::Renew(error) | Next::EndSession(error) => {
                inner.end_session(true);
                return Err(error);
            }
        }
    }
}

/// The tries of a request so far.
#[derive(Default)]
struct Tries {
    max_retries: u32,
    attempt: u32,
    /// `true` if the token was renewed because of a 401.
    renewed: bool,
    /// `true` if the request was sent once without an answer.
    unanswered: bool,
}

/// The next step of a request after an answer.
enum Next<J> {
    Return(std::result::Result<J, Error<J>>),
    /// So many milliseconds; then it is sent again.
    Wait(u32),
    /// A new token; then it is sent again. If there is none, this is the error.
    Renew(Error<J>),
    EndSession(Error<J>),
}

impl Tries {
    #[inline(never)]
    fn judge<J: Json>(
        &mut self,
        answer: std::result::Result<Response<J>, NoAnswer<J>>,
        request: &Request<J>,
        token: &UserToken<J>,
        random: impl FnOnce() -> f64,
    ) -> Next<J> {
        let answer = answer.map_err(|failure| {
            let why = "Paragon could not be reached. Check the connection, the configured host, and \
                       that no extension or CORS rule blocks it.";
            Error::new(ErrorCode::Network, why).with_cause(failure.cause)
        });
        let error = match answer.and_then(|answer| answer.error_for_status(Some(token))) {
            Ok(answer) => return Next::Return(answer::read(answer, request.expected)),
            Err(error) => error,
        };
        if error.refuses_token() && !request.proxied {
            let renew = !self.renewed;
            self.renewed = true;
            return if renew { Next::Renew(error) } else { Next::EndSession(error) };
        }
        if self.unanswered && error.code == ErrorCode::NotFound && request.method == Method::Delete
        {
            // The first try succeeded, only its answer was lost.
            return Next::Return(Ok(J::null()));
        }
        self.unanswered |= error.code == ErrorCode::Network;
        if !request.repeatable || self.attempt >= self.max_retries || !retry::is_transient(&error) {
            return Next::Return(Err(error));
        }
        let delay_ms = retry::delay_ms(self.attempt, random(), error.retry_after_ms);
        self.attempt += 1;
        delay_ms.map_or(Next::Return(Err(error)), Next::Wait)
    }
}

impl<P: Platform> Inner<P> {
    /// The address of a request that is about to be sent.
    #[inline(never)]
    fn begin(&self, session: &Session<P::Json>, request: &Request<P::Json>) -> String {
        if request.changes_user() {
            self.user_in_flight.take();
        }
        self.settings.borrow().endpoints.url(resolve(&session.project_id, request))
    }

    /// Notes what an answer says of the clock, and tells the developer of it.
    #[inline(never)]
    fn note(
        &self,
        session: &Session<P::Json>,
        request: &Request<P::Json>,
        answer: &std::result::Result<Response<P::Json>, NoAnswer<P::Json>>,
        wants_date: bool,
        started_ms: f64,
    ) {
        let now_ms = self.platform.now_ms();
        if let (Ok(answer), true) = (answer, wants_date) {
            session.learn_clock(answer.date_ms, now_ms);
        }
        if self.settings.borrow().debug {
            let number = |number: f64| P::Json::from_number(number).stringify();
            let status = answer.as_ref().map(|answer| number(answer.status.into()));
            let status = status.as_deref().unwrap_or("no answer");
            let took_ms = number((now_ms - started_ms).round());
            self.debug(session, request, &[status, " in ", &took_ms, " ms"]);
        }
    }

    /// The error where no token came: of a 401, if there was one, which then ends the session.
    fn give_up(&self, refused: Option<Error<P::Json>>, failure: Error<P::Json>) -> Error<P::Json> {
        match refused {
            Some(refused) => {
                self.end_session(true);
                refused.with_cause(failure.into_inner().cause)
            }
            None => failure,
        }
    }

    /// Tells the developer what a call does, without its query, which holds the application's data.
    fn debug(&self, session: &Session<P::Json>, request: &Request<P::Json>, what: &[&str]) {
        if self.settings.borrow().debug {
            let (_, path) = resolve(&session.project_id, request);
            let what = join(what);
            let line = [request.method.as_str(), " ", without_query(&path), " ", &what];
            self.platform.debug(&join(&line));
        }
    }
}

/// A `get_user` that comes after a change must not join a request that was sent before it.
struct ForgetUser<'a, P: Platform> {
    inner: &'a Inner<P>,
    is_due: bool,
}

impl<P: Platform> Drop for ForgetUser<'_, P> {
    fn drop(&mut self) {
        if self.is_due {
            self.inner.user_in_flight.take();
        }
    }
}
