//! Which hosts the client talks to, and nothing else does it talk to.

use super::error::{Error, ErrorCode};
use super::text::join;

/// Where the Users API and the proxy to the integrations' own APIs are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    api: String,
    proxy: String,
}

impl Default for Endpoints {
    /// Paragon's cloud, as the Users API page documents it.
    fn default() -> Self {
        Self {
            api: "https://api.useparagon.com".to_owned(),
            proxy: "https://proxy.useparagon.com".to_owned(),
        }
    }
}

impl Endpoints {
    /// An on-premise installation at `host`: `example.com` means `https://zeus.example.com`, and
    /// `https://worker-proxy.example.com` for the proxy.
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
            Some(_) => Ok(Self {
                api: join(&["https://zeus.", name]),
                proxy: join(&["https://worker-proxy.", name]),
            }),
            None => Err(Self::invalid("\"host\" must be a host name such as example.com")),
        }
    }

    /// Any origin for everything, a sandbox for instance. The cloud's own stands for the cloud.
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
        let api = url.trim_end_matches('/').to_owned();
        if api == Self::default().api {
            return Ok(Self::default());
        }
        Ok(Self { proxy: api.clone(), api })
    }

    /// Where the pages are that a user sees while connecting an account. Paragon's cloud has them
    /// under its older name.
    #[must_use]
    pub fn service(&self) -> &str {
        if *self == Self::default() { "https://zeus.useparagon.com" } else { &self.api }
    }

    /// The error for a configuration that cannot be used, and why.
    #[must_use]
    pub fn invalid<J>(why: &str) -> Error<J> {
        Error::new(ErrorCode::InvalidConfiguration, &join(&["configureGlobal: ", why, "."]))
    }
}

/// A project, and where its API is: what every request is built from.
#[derive(Clone, Debug)]
pub struct Project {
    /// The origins.
    pub endpoints: Endpoints,
    /// The project's id, which is safe in a path: see [`super::is_path_segment`].
    pub id: String,
}

impl Project {
    /// The URL of a path of the project's Users API: `me` for instance. `path` is expected to be
    /// safe in a URL.
    #[must_use]
    pub fn api(&self, path: &str) -> String {
        join(&[&self.endpoints.api, "/projects/", &self.id, "/sdk/", path])
    }

    /// The URL of a path behind the proxy.
    #[must_use]
    pub fn proxy(&self, path: &str) -> String {
        join(&[&self.endpoints.proxy, "/projects/", &self.id, "/sdk/proxy/", path])
    }
}

/// The host of `host[:port]`; `None` when it is neither a name, an IPv4 nor a bracketed IPv6.
fn read_authority(authority: &str) -> Option<&str> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (address, rest) = rest.split_once(']')?;
        let port = if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) };
        let sound = |byte: u8| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.';
        return (address.bytes().all(sound) && is_port(port)).then_some(address);
    }
    let (name, port) = match authority.split_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (authority, None),
    };
    let sound = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(sound);
    // Browsers take what ends in a number for an IPv4 address, in many spellings: one is accepted.
    let last = name.rsplit('.').next().unwrap_or(name);
    let is_hexadecimal = last.starts_with("0x") || last.starts_with("0X");
    let is_number = is_hexadecimal || last.bytes().all(|byte| byte.is_ascii_digit());
    let named = !is_number || octets(name).is_some();
    (name.split('.').all(is_label) && named && is_port(port)).then_some(name)
}

/// The numbers of an IPv4 address, written as usual.
fn octets(address: &str) -> Option<[u8; 4]> {
    let mut octets = address.split('.').map(|octet| {
        let sound = octet.len() == 1 || !octet.starts_with('0');
        octet.parse::<u8>().ok().filter(|_| sound)
    });
    let read = [octets.next()??, octets.next()??, octets.next()??, octets.next()??];
    octets.next().is_none().then_some(read)
}

fn is_port(port: Option<&str>) -> bool {
    port.is_none_or(|port| port.parse::<u16>().is_ok() && !port.starts_with('+'))
}

fn is_loopback(host: &str) -> bool {
    let name = host.to_ascii_lowercase();
    if name == "localhost" || name.ends_with(".localhost") || name == "::1" {
        return true;
    }
    octets(&name).is_some_and(|[first, ..]| first == 127)
}

fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/' | b'%')
}

fn is_dot_segment(segment: &str) -> bool {
    segment == "." || segment == ".."
}
