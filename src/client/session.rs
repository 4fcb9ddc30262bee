//! Who is signed in, with which token, and how the token is renewed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, WeakShared};

use super::{Client, Outcome, Pending, Platform, WeakFlight};
use crate::protocol::endpoints::Project;
use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::message::Response;
use crate::protocol::token::UserToken;

/// Where the user token comes from.
pub enum TokenSource<J> {
    /// A token that cannot be renewed.
    Fixed(String),
    /// A function that gives a new token each time; its failure is the error's `cause`.
    Provider(TokenProvider<J>),
}

/// Asks the application's server for a user token.
pub type TokenProvider<J> = Rc<dyn Fn() -> LocalBoxFuture<'static, Result<String, J>>>;

impl<J> std::fmt::Debug for TokenSource<J> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Fixed(_) => "Fixed(secret)",
            Self::Provider(_) => "Provider",
        })
    }
}

/// Who is signed in. A call takes it at its start and keeps to it: one project, one user and one
/// epoch, whatever happens meanwhile.
pub(super) struct Session<P: Platform> {
    pub(super) epoch: u32,
    pub(super) project: Project,
    provider: Option<TokenProvider<P::Json>>,
    token: RefCell<Rc<UserToken>>,
    renewal: RefCell<Option<WeakFlight<P>>>,
    /// What must be added to this computer's clock to get the server's.
    skew_ms: Cell<f64>,
}

impl<P: Platform> Session<P> {
    pub(super) async fn open(
        epoch: u32,
        project: Project,
        source: TokenSource<P::Json>,
    ) -> Outcome<P, Rc<Self>> {
        let (provider, text) = match source {
            TokenSource::Fixed(text) => (None, text),
            TokenSource::Provider(provider) => {
                let text = provider().await.map_err(unavailable)?;
                (Some(provider), text)
            }
        };
        let token = UserToken::read(&text)?;
        Ok(Rc::new(Self {
            epoch,
            project,
            provider,
            token: RefCell::new(Rc::new(token)),
            renewal: RefCell::default(),
            skew_ms: Cell::default(),
        }))
    }

    pub(super) fn user_id(&self) -> String {
        self.token.borrow().user_id().to_owned()
    }

    pub(super) fn can_renew(&self) -> bool {
        self.provider.is_some()
    }

    /// A token that is good now, renewed if it is about to expire.
    ///
    /// When renewing fails and the token at hand is still good, it is used.
    pub(super) async fn token(self: &Rc<Self>, client: &Client<P>) -> Outcome<P, Rc<UserToken>> {
        let token = Rc::clone(&self.token.borrow());
        let now_ms = self.server_now_ms(&token, client);
        if self.can_renew() && token.is_stale(now_ms) {
            return match self.renew(&token).await {
                Err(_) if !token.is_expired(now_ms) => Ok(token),
                renewed => renewed,
            };
        }
        if token.is_expired(now_ms) {
            return Err(Error::new(
                ErrorCode::TokenExpired,
                "The user token has expired: call authenticate with a new one, or give it a \
                 function that fetches one. If it is new, check this computer's clock.",
            ));
        }
        Ok(token)
    }

    /// A token newer than `used`. Calls that need one at the same time wait for one renewal.
    pub(super) async fn renew(self: &Rc<Self>, used: &Rc<UserToken>) -> Outcome<P, Rc<UserToken>> {
        let current = Rc::clone(&self.token.borrow());
        if !Rc::ptr_eq(&current, used) {
            return Ok(current);
        }
        let Some(provider) = self.provider.clone() else { return Ok(current) };
        let running = self.renewal.borrow().as_ref().and_then(WeakShared::upgrade);
        let renewal = running.filter(|renewal| renewal.peek().is_none()).unwrap_or_else(|| {
            let session = Rc::clone(self);
            let renewal: Pending<P, Option<P::Json>> = Box::pin(async move {
                let text = provider().await.map_err(unavailable)?;
                let token = Rc::new(UserToken::read(&text)?);
                if token.user_id() != session.token.borrow().user_id() {
                    return Err(Error::new(
                        ErrorCode::InvalidToken,
                        "The new user token is another user's: call authenticate to switch users.",
                    ));
                }
                session.token.replace(token);
                Ok(None)
            });
            let renewal = renewal.shared();
            self.renewal.replace(renewal.downgrade());
            renewal
        });
        renewal.await?;
        Ok(Rc::clone(&self.token.borrow()))
    }

    /// Learns the server's clock from an answer, where its `Date` can be read.
    pub(super) fn learn_clock(&self, answer: &Response<P::Json>, now_ms: f64) {
        if let Some(date_ms) = answer.date_ms {
            let skew_ms = date_ms - now_ms;
            // `Date` has whole seconds, and the answer took its time: a little says nothing.
            self.skew_ms.set(if skew_ms.abs() < 5_000.0 { 0.0 } else { skew_ms });
        }
    }

    /// The server's time, as far as it is known. It cannot be before the token was made.
    fn server_now_ms(&self, token: &UserToken, client: &Client<P>) -> f64 {
        let now_ms = client.inner.platform.now_ms() + self.skew_ms.get();
        now_ms.max(token.issued_at_ms())
    }
}

fn unavailable<J>(cause: J) -> Error<J> {
    Error::new(
        ErrorCode::TokenUnavailable,
        "The function that gives user tokens failed; see the cause.",
    )
    .with_cause(Some(cause))
}
