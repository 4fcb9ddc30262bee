//! The signing keys of the projects.
//!
//! A key follows from the project's id alone, so that the server, the command line and a restarted
//! server agree without sharing a file. This also means that **everybody can compute these keys**:
//! they protect nothing and must never be used outside the sandbox.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jsonwebtoken::{DecodingKey, EncodingKey};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use rsa::RsaPrivateKey;
use rsa::pkcs1::{EncodeRsaPrivateKey, EncodeRsaPublicKey};
use rsa::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
use sha2::{Digest, Sha256};

const BITS: usize = 2048;

/// Part of what the key is computed from. Changing it changes every key, and tokens minted by an
/// older sandbox stop working. Its number is one for which both demo projects' primes are found
/// early, which is most of the sandbox's start-up time.
const LABEL: &str = "paragon-sandbox signing key 14";

/// A project's key pair in the forms that are needed.
pub(crate) struct ProjectKey {
    pub(crate) signing: EncodingKey,
    pub(crate) verifying: DecodingKey,
    pub(crate) private_pem: String,
    pub(crate) public_pem: String,
}

/// The key of a project; computed at its first use (a few hundred milliseconds), then kept.
///
/// # Errors
/// When the key cannot be computed or encoded, which no project id is known to cause.
pub(crate) fn project_key(project_id: &str) -> Result<Arc<ProjectKey>, KeyError> {
    static KEYS: Mutex<BTreeMap<String, Arc<ProjectKey>>> = Mutex::new(BTreeMap::new());
    // The lock is held while computing, so that two first requests do not compute it twice.
    let mut keys = KEYS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(key) = keys.get(project_id) {
        return Ok(Arc::clone(key));
    }
    let key = Arc::new(derive(project_id)?);
    keys.insert(project_id.to_owned(), Arc::clone(&key));
    Ok(key)
}

fn derive(project_id: &str) -> Result<ProjectKey, KeyError> {
    let seed = Sha256::new_with_prefix(LABEL).chain_update([0]).chain_update(project_id).finalize();
    let mut random = ChaCha20Rng::from_seed(seed.into());
    let private = RsaPrivateKey::new(&mut random, BITS).map_err(KeyError::of)?;
    let public = private.to_public_key();
    let private_der = private.to_pkcs1_der().map_err(KeyError::of)?;
    let public_der = public.to_pkcs1_der().map_err(KeyError::of)?;
    Ok(ProjectKey {
        signing: EncodingKey::from_rsa_der(private_der.as_bytes()),
        verifying: DecodingKey::from_rsa_der(public_der.as_bytes()),
        private_pem: private.to_pkcs8_pem(LineEnding::LF).map_err(KeyError::of)?.to_string(),
        public_pem: public.to_public_key_pem(LineEnding::LF).map_err(KeyError::of)?,
    })
}

/// A signing key or a token could not be made.
#[derive(Debug)]
pub struct KeyError(String);

impl KeyError {
    pub(crate) fn of(cause: impl std::fmt::Display) -> Self {
        Self(cause.to_string())
    }
}

impl std::fmt::Display for KeyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the sandbox could not make its signing key or a token: {}", self.0)
    }
}

impl std::error::Error for KeyError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_follow_from_the_project_alone() {
        let first = derive("8f2d6f0e-3c1b-4a57-9e64-0d5b7a1c2e39").unwrap();
        let again = derive("8f2d6f0e-3c1b-4a57-9e64-0d5b7a1c2e39").unwrap();
        let other = derive("2b7e94c1-60d8-4f3a-b5a2-91c7e8d04f6b").unwrap();
        assert_eq!(first.private_pem, again.private_pem);
        assert_ne!(first.private_pem, other.private_pem);
    }
}
