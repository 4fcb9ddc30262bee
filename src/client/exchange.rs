//! The one door to the network: sends, sends again, and tells what came of it.

use std::rc::Rc;

use super::session::Session;
use super::{CallOptions, Client, NoAnswer, Outcome, Pending, Platform, superseded};
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::json::Json;
use crate::protocol::message::{Method, Request, Response, without_query};
use crate::protocol::retry;
use crate::protocol::text::{decimal, join};
use crate::protocol::token::UserToken;

impl<P: Platform> Client<P> {
    /// Sends `request` for `session`, and again where that may help and can do no harm.
    ///
    /// An answer that belongs to a session that has ended meanwhile is dropped.
    pub(super) fn exchange(
        &self,
        session: &Rc<Session<P>>,
        request: Request<P::Json>,
        options: CallOptions,
    ) -> Pending<P> {
        let (client, session) = (self.clone(), Rc::clone(session));
        Box::pin(async move {
            let changes = request.method != Method::Get && !request.proxied;
            let after = AfterChange(&client, changes);
            let outcome = client.attempts(&session, &request, options).await;
            drop(after);
            if client.inner.epochs.current() != session.epoch {
                return Err(superseded());
            }
            if let Err(error) = &outcome
                && error.code == ErrorCode::Unauthorized
                && !request.proxied
            {
                client.end_session(true);
            }
            outcome
        })
    }

    async fn attempts(
        &self,
        session: &Rc<Session<P>>,
        request: &Request<P::Json>,
        options: CallOptions,
    ) -> Outcome<P, P::Json> {
        let platform = &self.inner.platform;
        let url = session.project.url(request);
        let mut retries = self.max_retries(options);
        let mut attempt = 0;
        let mut renewed = false;
        let mut unanswered = false;
        loop {
            let token = session.token(self).await?;
            let started_ms = platform.now_ms();
            let answer = platform.send(request, &url, &token.authorization()).await;
            let answered = self.answered(session, request, &token, started_ms, answer);
            let error = match answered {
                Ok(answer) => return answer.read(request.expected),
                Err(error) => error,
            };
            if error.code == ErrorCode::Unauthorized && !request.proxied {
                if renewed || !session.can_renew() {
                    return Err(error);
                }
                renewed = true;
                if let Err(failure) = session.renew(&token).await {
                    return Err(error.with_cause(failure.into_inner().cause));
                }
                continue;
            }
            if unanswered && error.code == ErrorCode::NotFound && request.method == Method::Delete {
                // The first try did it, only its answer was lost.
                return Ok(P::Json::null());
            }
            unanswered |= error.code == ErrorCode::Network;
            let delay = retry::delay_ms(attempt, platform.chance(), error.retry_after_ms);
            let may_repeat = request.repeatable && retries > 0 && retry::is_transient(&error);
            let Some(delay_ms) = delay.filter(|_| may_repeat) else { return Err(error) };
            platform.sleep(delay_ms).await;
            retries -= 1;
            attempt += 1;
        }
    }

    /// What is made of an answer, and learnt from it.
    fn answered(
        &self,
        session: &Session<P>,
        request: &Request<P::Json>,
        token: &UserToken,
        started_ms: f64,
        answer: Result<Response<P::Json>, NoAnswer<P::Json>>,
    ) -> Outcome<P, Response<P::Json>> {
        let platform = &self.inner.platform;
        let now_ms = platform.now_ms();
        if self.inner.settings.borrow().debug {
            let status = answer.as_ref().map_or(0, |answer| answer.status);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "ms")]
            let took_ms = (now_ms - started_ms).max(0.0) as u32;
            platform.debug(&join(&[
                request.method.as_str(),
                " ",
                without_query(&request.path),
                " ",
                &if status == 0 { "no answer".to_owned() } else { decimal(status.into()) },
                " in ",
                &decimal(took_ms),
                " ms",
            ]));
        }
        let answer = answer.map_err(|NoAnswer { cause }| {
            Error::new(
                ErrorCode::Network,
                "Paragon could not be reached. Check the connection, the configured host, and that \
                 no extension or CORS rule blocks it.",
            )
            .with_cause(cause)
        })?;
        session.learn_clock(&answer, now_ms);
        let retry_after = answer.retry_after.as_deref().and_then(|header| {
            retry::retry_after_ms(header, now_ms, |date| platform.parse_date(date))
        });
        answer.accepted(token).map_err(|error| error.with_retry_after_ms(retry_after))
    }
}

/// A `get_user` that comes after a change must not join a request that was sent before it.
struct AfterChange<'a, P: Platform>(&'a Client<P>, bool);

impl<P: Platform> Drop for AfterChange<'_, P> {
    fn drop(&mut self) {
        if self.1 {
            self.0.inner.user_in_flight.take();
        }
    }
}
