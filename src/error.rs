//! The one table of error codes, and the error that every failure becomes.

use std::fmt;
use std::ops::Deref;

use crate::json::Json;
use crate::text::join;

/// Writes the enum, its strings and its list from one table, so that they cannot differ.
macro_rules! error_codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $code:literal, $name:literal;)+) => {
        /// Why a call failed, as a stable code.
        ///
        /// The JavaScript `code` is [`ErrorCode::as_str`] and the JavaScript `name` is
        /// [`ErrorCode::name`]. Names that the official SDK uses are kept.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode { $($(#[doc = $doc])+ $variant,)+ }

        impl ErrorCode {
            /// Every code there is.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$variant,)+];

            /// The code that is written `code`, if there is one.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str() == code)
            }

            /// The stable code, `not_authenticated` for instance.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(ErrorCode::$variant => $code,)+ }
            }

            /// The `name` of the JavaScript error.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(ErrorCode::$variant => $name,)+ }
            }
        }
    };
}

error_codes! {
    /// An argument has the wrong type or value. Nothing was sent.
    InvalidArgument = "invalid_argument", "ParagonError";
    /// The project id is missing or malformed. Nothing was sent.
    InvalidProjectId = "invalid_project_id", "ParagonError";
    /// The user token is missing or is no Paragon User Token. Nothing was sent.
    InvalidToken = "invalid_token", "ParagonError";
    /// The user token's `exp` has passed. Nothing was sent.
    TokenExpired = "token_expired", "ParagonError";
    /// The metadata holds something that JSON cannot carry. Nothing was sent.
    InvalidMetadata = "invalid_metadata", "ParagonError";
    /// `configureGlobal` was given a host or URL that cannot be used.
    InvalidConfiguration = "invalid_configuration", "ParagonError";
    /// The function that gives user tokens failed, and the token at hand is no longer good.
    TokenUnavailable = "token_unavailable", "ParagonError";
    /// The call needs a signed-in user. Nothing was sent.
    NotAuthenticated = "not_authenticated", "UserNotAuthenticatedError";
    /// The project has no integration of that type. Nothing was changed.
    IntegrationNotFound = "integration_not_found", "IntegrationNotFoundError";
    /// The user has not connected that integration. Nothing was changed.
    IntegrationNotInstalled = "integration_not_installed", "IntegrationNotInstalledError";
    /// Paragon answered 401: it does not accept the user token. The session has ended.
    Unauthorized = "unauthorized", "ParagonError";
    /// Paragon answered 403: the user or the project's plan may not do this.
    Forbidden = "forbidden", "ParagonError";
    /// Paragon answered 404.
    NotFound = "not_found", "ParagonError";
    /// Paragon answered 429: too many requests.
    RateLimited = "rate_limited", "ParagonError";
    /// Paragon answered with another status that is no success and no server error.
    RequestFailed = "request_failed", "ParagonError";
    /// Paragon answered 500 or above.
    ServerError = "server_error", "ParagonError";
    /// A success status with a body that is not what the Users API documents.
    InvalidResponse = "invalid_response", "ParagonError";
    /// No answer came: offline, DNS, TLS, CORS, a content blocker, or the connection broke.
    Network = "network", "ParagonError";
    /// No answer came in time.
    Timeout = "timeout", "TimeoutError";
    /// The caller's signal aborted the call.
    Aborted = "aborted", "AbortError";
    /// A later sign-in, a sign-out or a new configuration ended the session the call belonged to.
    Superseded = "superseded", "ParagonError";
    /// The WebAssembly module could not be loaded (the npm package's loader reports it).
    LoadFailed = "load_failed", "ParagonError";
    /// The integration is connected already.
    AlreadyInstalled = "already_installed", "ParagonError";
    /// The user or the application ended the install before the account was connected.
    Cancelled = "cancelled", "ParagonError";
    /// The install needs answers that its options do not give.
    InputRequired = "input_required", "ParagonError";
    /// No install flow has been started.
    NoInstallFlow = "no_install_flow", "NoActiveInstallFlowError";
    /// The provider did not give access.
    OauthDenied = "oauth_denied", "ParagonError";
    /// The user did not finish connecting the account in time.
    OauthTimeout = "oauth_timeout", "OAuthTimeoutError";
    /// The browser opened no window for the user's consent.
    PopupBlocked = "popup_blocked", "OAuthBlockedError";
    /// The install flow is at another stage than the one the call is for.
    WrongStage = "wrong_stage", "ParagonError";
    /// A defect of paragon-wasm itself. Please report it.
    Internal = "internal", "ParagonError";
}

/// A failed call.
///
/// No user token is ever in it: server answers are redacted before they become `details`.
#[derive(Clone)]
pub struct Error<J>(Box<Failure<J>>);

/// The content of an [`Error`], behind one pointer: results are moved about a lot.
#[derive(Clone)]
pub struct Failure<J> {
    /// Why, for code to decide on.
    pub code: ErrorCode,
    /// The failure and the remedy, for people.
    pub message: String,
    /// The HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// Another known fact, and its name:
    ///
    /// - `path`: where in the argument the fault is, such as `metadata.plan.price`;
    /// - `integrationTypes`: the integration types that the project has;
    /// - `response`: the server's answer, as JSON or else the beginning of its text.
    pub detail: Option<(&'static str, J)>,
    /// After how many milliseconds the server wants to be asked again, when it said so.
    pub retry_after_ms: Option<f64>,
    /// The platform's original failure, such as the `TypeError` of `fetch`.
    pub cause: Option<J>,
}

impl<J> Error<J> {
    /// An error with nothing but a code and a message.
    #[must_use]
    #[inline(never)]
    pub fn new(code: ErrorCode, message: &str) -> Self {
        let message = message.to_owned();
        Self(Box::new(Failure {
            code,
            message,
            status: None,
            detail: None,
            retry_after_ms: None,
            cause: None,
        }))
    }

    /// The content, to take apart.
    #[must_use]
    pub fn into_inner(self) -> Failure<J> {
        *self.0
    }

    /// The same with something else that is known: see [`Failure::detail`].
    #[must_use]
    #[inline(never)]
    pub fn with_detail(mut self, name: &'static str, value: J) -> Self {
        self.0.detail = Some((name, value));
        self
    }

    /// The same with the HTTP `status`.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// The same with the time after which the server wants to be asked again.
    #[must_use]
    pub fn with_retry_after_ms(mut self, ms: Option<f64>) -> Self {
        self.0.retry_after_ms = ms;
        self
    }

    /// The same with the platform's original failure.
    #[must_use]
    #[inline(never)]
    pub fn with_cause(mut self, cause: Option<J>) -> Self {
        self.0.cause = cause;
        self
    }
}

impl<J: Json> Error<J> {
    /// The error for an argument that cannot be used: which one, and why.
    #[must_use]
    #[inline(never)]
    pub fn invalid_argument(path: &str, why: &str) -> Self {
        Self::new(ErrorCode::InvalidArgument, &join(&["\"", path, "\" ", why, "."]))
            .with_detail("path", J::from_text(path))
    }

    /// The error of a call whose session has ended.
    #[must_use]
    pub fn superseded() -> Self {
        Self::new(
            ErrorCode::Superseded,
            "The session that this call belonged to has ended: another sign-in, a sign-out or a new \
             configuration came first.",
        )
    }

    /// The error of a call that the function makes which gives user tokens: it would wait for itself.
    #[must_use]
    #[inline(never)]
    pub fn waits_for_itself() -> Self {
        Self::new(
            ErrorCode::TokenUnavailable,
            "The function that gives user tokens calls the client, which waits for that function.",
        )
    }

    /// `true` if Paragon does not accept the user token: a 401, unless it says that it is the
    /// integration which does not accept the account.
    #[must_use]
    pub fn refuses_token(&self) -> bool {
        let meta = self.detail.as_ref().and_then(|(_, answer)| answer.get("meta"));
        let of_integration = meta.is_some_and(|meta| meta.flag("isIntegrationError"));
        self.code == ErrorCode::Unauthorized && !of_integration
    }
}

impl<J> Deref for Error<J> {
    type Target = Failure<J>;

    fn deref(&self) -> &Failure<J> {
        &self.0
    }
}

impl<J> fmt::Debug for Error<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<J> fmt::Debug for Failure<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("code", &self.code.as_str())
            .field("message", &self.message)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl<J> fmt::Display for Error<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl<J> std::error::Error for Error<J> {}
