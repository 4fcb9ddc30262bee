//! Which hosts the client talks to, and nothing else does it talk to.

use super::error::{Error, ErrorCode};
use super::text::join;

/// The origin (and path prefix) of the Users API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    api: String,
}

impl Default for Endpoints {
    /// Paragon's cloud, as the Users API page documents it.
    fn default() -> Self {
        Self { api: "https://api.useparagon.com".to_owned() }
    }
}

impl Endpoints {
    /// An on-premise installation at `host`: `example.com` means `https://zeus.example.com`.
    ///
    /// As with the official SDK, a full URL is accepted and only its host is used.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidConfiguration`] when `host` is no host name.
    pub fn on_premise<J>(host: &str) -> Result<Self, Error<J>> {
        let name = host.strip_prefix("https://").or_else(|| host.strip_prefix("http://"));
        let name = name.unwrap_or(host);
        let name = name.split_once('/').map_or(name, |(name, _)| name);
        match read_authority(name) {
            Some(_) => Ok(Self { api: join(&["https://zeus.", name]) }),
            None => Err(Self::invalid("\"host\" must be a host name such as example.com")),
        }
    }

    /// Any origin, a [sandbox](https://crates.io/crates/paragon-sandbox) for instance.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidConfiguration`] when `url` is not an absolute http(s) URL without
    /// credentials, query and fragment, or is plain http to anything but this machine: the user
    /// token would be readable on the way.
    pub fn at_url<J>(url: &str) -> Result<Self, Error<J>> {
        let malformed = || {
            Self::invalid(
                "\"apiUrl\" must be an absolute URL such as https://api.example.com, \
                 without credentials, query or fragment",
            )
        };
        let (secure, rest) = if let Some(rest) = url.strip_prefix("https://") {
            (true, rest)
        } else if let Some(rest) = url.strip_prefix("http://") {
            (false, rest)
        } else {
            return Err(malformed());
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let host = read_authority(authority).ok_or_else(malformed)?;
        if !path.bytes().all(is_path_byte) || path.split('/').any(is_dot_segment) {
            return Err(malformed());
        }
        if !secure && !is_loopback(host) {
            return Err(Self::invalid(
                "\"apiUrl\" may be plain http only on this machine (localhost, 127.0.0.1, [::1]): \
                 use https, the user token travels with every request",
            ));
        }
        Ok(Self { api: url.trim_end_matches('/').to_owned() })
    }

    /// The error for a configuration that cannot be used, and why.
    pub fn invalid<J>(why: &str) -> Error<J> {
        Error::new(ErrorCode::InvalidConfiguration, &join(&["configureGlobal: ", why, "."]))
    }

    /// The URL of a path of the project's Users API: `sdk/me` for instance.
    ///
    /// Both parts are expected to be safe in a URL: see [`super::is_path_segment`].
    #[must_use]
    pub fn api(&self, project_id: &str, path: &str) -> String {
        join(&[&self.api, "/projects/", project_id, "/", path])
    }
}

/// The host of `host[:port]`; `None` when it is neither a name, an IPv4 nor a bracketed IPv6.
fn read_authority(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inside, rest)) => {
            if !inside.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.')
            {
                return None;
            }
            (inside, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
        }
        None => {
            let (host, port) = match authority.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (authority, None),
            };
            let labels_are_sound = host.split('.').all(|label| {
                !label.is_empty()
                    && label
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            });
            if !labels_are_sound {
                return None;
            }
            (host, port)
        }
    };
    match port {
        Some(port) => port.parse::<u16>().is_ok().then_some(host),
        None => Some(host),
    }
}

fn is_loopback(host: &str) -> bool {
    let name = host.to_ascii_lowercase();
    if name == "localhost" || name.ends_with(".localhost") || name == "::1" {
        return true;
    }
    let mut octets = name.split('.').map(str::parse::<u8>);
    matches!(
        (octets.next(), octets.next(), octets.next(), octets.next(), octets.next()),
        (Some(Ok(127)), Some(Ok(_)), Some(Ok(_)), Some(Ok(_)), None)
    )
}

fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/' | b'%')
}

fn is_dot_segment(segment: &str) -> bool {
    segment == "." || segment == ".."
}
