//! Who is signed in, and with which token.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::protocol::error::{Error, ErrorCode};
use crate::protocol::json::Json;
use crate::protocol::token::UserToken;

/// Who is signed in. A call takes it at its start and keeps to it: one project, one user and one
/// epoch, whatever happens meanwhile.
pub struct Session<J> {
    pub(super) epoch: u32,
    pub(super) project_id: String,
    /// Whether there is somebody to ask for new tokens.
    pub(super) renewable: bool,
    /// None until the first one has been asked for.
    pub(super) token: RefCell<Option<Rc<UserToken<J>>>>,
    /// What must be added to this computer's clock to get the server's.
    pub(super) skew_ms: Cell<f64>,
}

impl<J: Json> Session<J> {
    pub(super) fn user_id(&self) -> String {
        let token = self.token.borrow();
        token.as_ref().map(|token| token.user_id().to_owned()).unwrap_or_default()
    }

    /// Takes over what the application gave when it was asked for a token.
    ///
    /// # Errors
    /// [`ErrorCode::TokenUnavailable`] for its failure; [`ErrorCode::InvalidToken`].
    pub fn renew(&self, given: Result<String, J>) -> Result<(), Error<J>> {
        let text = given.map_err(|cause| {
            let why = "The function that gives user tokens failed; see the cause.";
            Error::new(ErrorCode::TokenUnavailable, why).with_cause(Some(cause))
        })?;
        // Calls that waited together all bring the same one.
        let is_known = |known: &Rc<UserToken<J>>| known.secret() == text;
        if self.token.borrow().as_ref().is_some_and(is_known) {
            return Ok(());
        }
        let token = UserToken::read(&text)?;
        let user_id = self.user_id();
        if !user_id.is_empty() && token.user_id() != user_id {
            return Err(Error::new(
                ErrorCode::InvalidToken,
                "The new user token is another user's: call authenticate to switch users.",
            ));
        }
        self.token.replace(Some(Rc::new(token)));
        Ok(())
    }

    /// Learns the server's clock from an answer, where its `Date` can be read.
    pub(super) fn learn_clock(&self, date_ms: Option<f64>, now_ms: f64) {
        if let Some(date_ms) = date_ms {
            let skew_ms = date_ms - now_ms;
            // `Date` has whole seconds, and the answer took its time: a little says nothing.
            self.skew_ms.set(if skew_ms.abs() < 5_000.0 { 0.0 } else { skew_ms });
        }
    }
}

impl<J> std::fmt::Debug for Session<J> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("epoch", &self.epoch).finish_non_exhaustive()
    }
}
