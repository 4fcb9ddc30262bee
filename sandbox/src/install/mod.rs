//! The install protocol: how an account of a product becomes the user's.
//!
//! With OAuth: the application asks for the provider's address (`build`), its popup loads the
//! `nonce` page and then the provider's (`crate::provider`), which sends it back to `callback`.
//! That page tells its opener, which saves the account through `POST /sdk/credentials`; or, if the
//! opener is out of reach, saves it itself, and the opener learns of it at `session`. Accounts
//! with a key skip all that: `POST /sdk/credentials` takes the key.

pub(crate) mod attempts;
pub(crate) mod build;
pub(crate) mod callback;
pub(crate) mod connect;
pub(crate) mod inputs;
pub(crate) mod nonce;
pub(crate) mod options;
pub(crate) mod plan;
pub(crate) mod save;
pub(crate) mod session;
