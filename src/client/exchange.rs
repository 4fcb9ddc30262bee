//! The one door to the network: sends, sends again, and tells what came of it.

use std::rc::Rc;

use futures_util::future::LocalBoxFuture;

use super::session::Session;
use super::{CallOptions, Client, NoAnswer, Outcome, Platform};
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::message::{Body, Method, Request, Response};
use crate::protocol::retry;
use crate::protocol::text::{decimal, join};
use crate::protocol::token::UserToken;

type Answer<P> = Response<<P as Platform>::Json>;

impl<P: Platform> Client<P> {
    /// Sends `request` for `session`, and again where that may help and can do no harm.
    ///
    /// An answer that belongs to a session that has ended meanwhile is dropped.
    pub(super) fn exchange<'a>(
        &'a self,
        session: &'a Rc<Session<P>>,
        request: Request<P::Json>,
        options: CallOptions,
    ) -> LocalBoxFuture<'a, Outcome<P, Answer<P>>> {
        let max_retries = self.max_retries(options);
        Box::pin(async move {
            let changes = request.method != Method::Get && !request.proxied;
            let _after = changes.then(|| AfterChange(self));
            let attempts = Box::pin(self.attempts(session, &request, max_retries));
            let outcome = self.while_on(session.epoch, attempts).await;
            if !request.proxied && outcome.as_ref().is_err_and(Error::refuses_token) {
                self.end_session(true);
            }
            outcome
        })
    }

    async fn attempts(
        &self,
        session: &Rc<Session<P>>,
        request: &Request<P::Json>,
        max_retries: u32,
    ) -> Outcome<P, Answer<P>> {
        let mut attempt = 0;
        let mut renewed = false;
        let mut unanswered = false;
        loop {
            let token = session.token(self).await?;
            let error = match self.attempt(session, request, &token).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            if error.refuses_token() && !request.proxied {
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
                let body = Body::Text(String::new());
                return Ok(Response { status: 204, body, retry_after: None, date_ms: None });
            }
            unanswered |= error.code == ErrorCode::Network;
            let may_repeat =
                request.repeatable && attempt < max_retries && retry::is_transient(&error);
            let platform = &self.inner.platform;
            let delay = retry::delay_ms(attempt, platform.chance(), error.retry_after_ms);
            let Some(delay_ms) = delay.filter(|_| may_repeat) else { return Err(error) };
            self.debug(&[
                request.method.as_str(),
                " /",
                request.path(),
                " again in ",
                &decimal(delay_ms),
                " ms",
            ]);
            platform.sleep(delay_ms).await;
            attempt += 1;
        }
    }

    async fn attempt(
        &self,
        session: &Session<P>,
        request: &Request<P::Json>,
        token: &UserToken,
    ) -> Outcome<P, Answer<P>> {
        let platform = &self.inner.platform;
        let started_ms = platform.now_ms();
        let answer = platform.send(request, &token.authorization()).await;
        let now_ms = platform.now_ms();
        let status = answer.as_ref().map_or(0, |answer| answer.status);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds")]
        let took_ms = (now_ms - started_ms).max(0.0) as u32;
        self.debug(&[
            request.method.as_str(),
            " /",
            request.path(),
            " ",
            &if status == 0 { "no answer".to_owned() } else { decimal(status.into()) },
            " in ",
            &decimal(took_ms),
            " ms",
        ]);
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

    fn debug(&self, parts: &[&str]) {
        if self.inner.settings.borrow().debug {
            self.inner.platform.debug(&join(parts));
        }
    }
}

/// A `get_user` that comes after a change must not join a request that was sent before it.
struct AfterChange<'a, P: Platform>(&'a Client<P>);

impl<P: Platform> Drop for AfterChange<'_, P> {
    fn drop(&mut self) {
        self.0.inner.user_in_flight.take();
    }
}
