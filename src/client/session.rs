//! The session: the signed-in user, and their token.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use super::shared::{LocalFuture, SharedFuture};
use crate::auth::token::UserToken;
use crate::error::{Error, ErrorCode};
use crate::http::request::is_path_segment;
use crate::json::Json;

/// A boxed function that asks the application's server for a user token.
pub type TokenProvider<J> = Rc<dyn Fn() -> LocalFuture<Result<String, J>>>;

/// The source of the user token.
pub enum TokenSource<J> {
    /// A token that cannot be renewed.
    Fixed(String),
    /// A function that gives a new token each time; its failure is the error's `cause`.
    Provider(TokenProvider<J>),
}

impl<J> TokenSource<J> {
    /// A source that asks `provide` for each token.
    pub fn provider<F>(provide: impl Fn() -> F + 'static) -> Self
    where
        F: Future<Output = Result<String, J>> + 'static,
    {
        Self::Provider(Rc::new(move || Box::pin(provide())))
    }
}

impl<J> std::fmt::Debug for TokenSource<J> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Fixed(_) => "Fixed(secret)",
            Self::Provider(_) => "Provider",
        })
    }
}

/// The interval at which the server's clock is read, in milliseconds.
const CLOCK_EVERY_MS: f64 = 60_000.0;

/// The time for which a difference of the clocks holds, in milliseconds.
const CLOCK_HOLDS_MS: f64 = 86_400_000.0;

/// A difference of the clocks that is not counted, in milliseconds: `Date` has whole seconds, and
/// the answer took its time.
const CLOCK_TOLERANCE_MS: f64 = 5_000.0;

/// A renewal of the token that calls wait for together.
type Renewal<J> = SharedFuture<Result<J, Error<J>>>;

/// A session. A call takes it at its start and keeps to it: one project, one user and one
/// epoch, whatever happens meanwhile.
pub(super) struct Session<J> {
    pub(super) epoch: u32,
    pub(super) project_id: String,
    /// Gives new tokens, where there is one.
    provider: Option<TokenProvider<J>>,
    renewal: RefCell<Weak<Renewal<J>>>,
    /// None until the first one has been asked for.
    token: RefCell<Option<Rc<UserToken<J>>>>,
    /// The token that was handed out in the address of a popup.
    pub(super) popup_token: RefCell<Option<Rc<UserToken<J>>>>,
    /// The difference to add to this computer's clock to get the server's.
    skew_ms: Cell<f64>,
    /// When the server's clock was read, by this computer's.
    clock_read_at_ms: Cell<f64>,
}

impl<J: Json> Session<J> {
    /// A session that is about to begin.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidProjectId`], [`ErrorCode::InvalidToken`]
    pub(super) fn new(
        epoch: u32,
        project_id: &str,
        source: TokenSource<J>,
        now_ms: f64,
    ) -> Result<Rc<Self>, Error<J>> {
        let project_id = project_id.trim_ascii();
        check_project(project_id)?;
        let (token, provider) = match source {
            TokenSource::Fixed(text) => (Some(Rc::new(UserToken::read(&text, now_ms)?)), None),
            TokenSource::Provider(provider) => (None, Some(provider)),
        };
        Ok(Rc::new(Self {
            epoch,
            project_id: project_id.to_owned(),
            provider,
            renewal: RefCell::default(),
            token: RefCell::new(token),
            popup_token: RefCell::default(),
            skew_ms: Cell::default(),
            clock_read_at_ms: Cell::new(f64::NEG_INFINITY),
        }))
    }

    pub(super) fn user_id(&self) -> String {
        let token = self.token.borrow();
        token.as_ref().map(|token| token.user_id().to_owned()).unwrap_or_default()
    }

    /// The token as it is, for what must not show it.
    pub(super) fn current_token(&self) -> Option<Rc<UserToken<J>>> {
        self.token.borrow().clone()
    }

    pub(super) fn is_current(&self, token: &Rc<UserToken<J>>) -> bool {
        self.token.borrow().as_ref().is_some_and(|current| Rc::ptr_eq(current, token))
    }

    pub(super) fn is_renewable(&self) -> bool {
        self.provider.is_some()
    }

    /// A token to send: the one at hand, or a new one if that is about to expire or `is_refused`.
    ///
    /// # Errors
    /// [`ErrorCode::TokenExpired`], [`ErrorCode::TokenUnavailable`], [`ErrorCode::InvalidToken`]
    pub(super) async fn token(
        self: &Rc<Self>,
        is_refused: bool,
        now_ms: impl Fn() -> f64,
    ) -> Result<Rc<UserToken<J>>, Error<J>> {
        let (is_stale, is_expired) = self.judge_token(now_ms());
        if is_refused || (is_stale && self.is_renewable()) {
            // A token that is about to expire is used while it lasts.
            if let Err(failure) = self.renew(now_ms()).await
                && (is_refused || self.judge_token(now_ms()).1)
            {
                return Err(failure);
            }
        } else if is_expired {
            return Err(expired());
        }
        self.current_token().ok_or_else(expired)
    }

    /// Two answers: the token is about to expire; it has expired.
    fn judge_token(&self, now_ms: f64) -> (bool, bool) {
        match &*self.token.borrow() {
            None => (true, true),
            Some(token) => {
                // It cannot be before the token was made.
                let now_ms = (now_ms + self.skew_ms(now_ms)).max(token.issued_at_ms());
                (now_ms >= token.stale_at_ms(), token.is_expired(now_ms))
            }
        }
    }

    /// The difference to add to this computer's clock to get the server's. Nothing is known of it where
    /// this clock was set meanwhile.
    fn skew_ms(&self, now_ms: f64) -> f64 {
        let age_ms = now_ms - self.clock_read_at_ms.get();
        if (0.0..CLOCK_HOLDS_MS).contains(&age_ms) { self.skew_ms.get() } else { 0.0 }
    }

    /// Takes a token from the application; calls that need one at the same time wait for one.
    ///
    /// # Errors
    /// [`ErrorCode::TokenUnavailable`] for the application's failure; [`ErrorCode::InvalidToken`].
    async fn renew(self: &Rc<Self>, now_ms: f64) -> Result<J, Error<J>> {
        let Some(provider) = &self.provider else { return Ok(J::null()) };
        let renewal = self.running_renewal().unwrap_or_else(|| {
            let (session, provider) = (Rc::clone(self), Rc::clone(provider));
            let renewal = SharedFuture::new(Box::pin(async move {
                session.replace_token(provider().await, now_ms)
            }));
            self.renewal.replace(Rc::downgrade(&renewal));
            renewal
        });
        renewal.output().await.unwrap_or_else(|| Err(Error::waits_for_itself()))
    }

    fn running_renewal(&self) -> Option<Rc<Renewal<J>>> {
        self.renewal.borrow().upgrade().filter(|renewal| renewal.is_running())
    }

    /// `true` while the application's function has been asked for a token and has not given one.
    pub(super) fn waits_for_token(&self) -> bool {
        self.running_renewal().is_some()
    }

    fn replace_token(&self, given: Result<String, J>, now_ms: f64) -> Result<J, Error<J>> {
        let text = given.map_err(|cause| {
            let why = "The function that gives user tokens failed; see the cause.";
            Error::new(ErrorCode::TokenUnavailable, why).with_cause(Some(cause))
        })?;
        let token = UserToken::read(&text, now_ms + self.skew_ms(now_ms))?;
        if self.token.borrow().as_ref().is_some_and(|known| known.secret() == token.secret()) {
            return Ok(J::null());
        }
        let user_id = self.user_id();
        if !user_id.is_empty() && token.user_id() != user_id {
            return Err(Error::new(
                ErrorCode::InvalidToken,
                "The new user token is another user's: call authenticate to switch users.",
            ));
        }
        self.token.replace(Some(Rc::new(token)));
        Ok(J::null())
    }

    /// `true` if the answer to a request that is sent at `now_ms` is to tell the server's time.
    pub(super) fn wants_date(&self, now_ms: f64) -> bool {
        // A clock that was set back says nothing either.
        let age_ms = now_ms - self.clock_read_at_ms.get();
        !(0.0..CLOCK_EVERY_MS).contains(&age_ms)
    }

    /// Learns the server's clock from an answer, where its `Date` can be read.
    pub(super) fn learn_clock(&self, date_ms: Option<f64>, now_ms: f64) {
        self.clock_read_at_ms.set(now_ms);
        if let Some(date_ms) = date_ms {
            let skew_ms = date_ms - now_ms;
            let counts = skew_ms.abs() >= CLOCK_TOLERANCE_MS;
            self.skew_ms.set(if counts { skew_ms } else { 0.0 });
        }
    }
}

fn expired<J>() -> Error<J> {
    Error::new(
        ErrorCode::TokenExpired,
        "The user token has expired: call authenticate with a new one, or give it a function that \
         fetches one. If it is new, check this computer's clock.",
    )
}

fn check_project<J>(id: &str) -> Result<(), Error<J>> {
    if is_path_segment(id) {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::InvalidProjectId,
        if id.is_empty() {
            "The project id is missing. Copy it from the Overview page of your Paragon project."
        } else {
            "The project id is malformed: Paragon's are UUIDs, of letters, digits and dashes."
        },
    ))
}

impl<J> std::fmt::Debug for Session<J> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("epoch", &self.epoch).finish_non_exhaustive()
    }
}
