//! The part of the client that connecting an account needs. The npm package connects accounts in JavaScript
//! that is loaded on demand; sessions, tokens, retries and errors are those of all calls.

use std::rc::Rc;

use super::{CallOptions, Client, Pending, Platform, Result, ready};
use crate::api::install;
use crate::http::endpoints::Origin;
use crate::http::request::{Method, Payload};
use crate::json::Json;

/// The session in which an account is connected.
#[derive(Clone, Debug)]
pub struct InstallSession {
    /// The origin of the pages that a user sees meanwhile.
    pub url: String,
    /// The project.
    pub project_id: String,
    /// The user.
    pub user_id: String,
    /// The time limit of a call, in milliseconds.
    pub timeout_ms: u32,
}

impl<P: Platform> Client<P> {
    /// A request of an install: see [`install::request`].
    pub fn install_request(
        &self,
        method: Method,
        path: String,
        body: Payload<P::Json>,
        options: &CallOptions,
    ) -> Pending<P> {
        self.send(Ok(install::request(method, path, body)), options)
    }

    /// The session that is on.
    ///
    /// # Errors
    /// [`crate::ErrorCode::NotAuthenticated`]
    pub fn install_session(&self) -> Result<P, InstallSession> {
        let session = self.inner.session()?;
        let settings = self.inner.settings.borrow();
        Ok(InstallSession {
            url: settings.endpoints.url((Origin::Service, String::new())),
            project_id: session.project_id.clone(),
            user_id: session.user_id(),
            timeout_ms: settings.timeout_ms,
        })
    }

    /// The address of the first page of an install: see [`install::popup_path`].
    ///
    /// # Errors
    /// [`crate::ErrorCode::NotAuthenticated`], and those of a renewal of the token.
    pub fn popup_url(&self, query: &str, options: &CallOptions) -> Pending<P> {
        let session = match self.inner.session() {
            Ok(session) => session,
            Err(error) => return ready::<P>(Err(error)),
        };
        let (client, query) = (self.clone(), query.to_owned());
        let this_session = Rc::clone(&session);
        let work: Pending<P> = Box::pin(async move {
            let inner = &*client.inner;
            let token = session.token(false, || inner.platform.now_ms()).await;
            inner.check_epoch(session.epoch)?;
            let token = token?;
            session.popup_token.replace(Some(Rc::clone(&token)));
            let path = install::popup_path(&session.project_id, &query, token.secret());
            let url = inner.settings.borrow().endpoints.url((Origin::Service, path));
            Ok(P::Json::from_text(&url))
        });
        self.bounded(this_session, None, options, work)
    }

    /// A string without the user tokens of the session that is on.
    #[must_use]
    pub fn redact(&self, text: &P::Json) -> P::Json {
        let Ok(session) = self.inner.session() else { return text.clone() };
        let mut text = text.clone();
        if let Some(token) = &session.current_token() {
            text = text.redacted(token.secret());
        }
        if let Some(token) = &*session.popup_token.borrow() {
            text = text.redacted(token.secret());
        }
        text
    }
}
