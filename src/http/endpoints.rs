//! Which hosts the client talks to, and nothing else does it talk to.

use super::request::{Request, is_segment};
use crate::error::{Error, ErrorCode};
use crate::text::{before, join};

/// Services of an installation, each at a host of its own under the installation's domain.
const SERVICES: [&str; 3] = ["zeus", "worker-proxy", "dashboard"];

/// The addresses of the Users API and of the proxy to the integrations' own APIs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    prefixes: &'static Prefixes,
    /// The text between the prefix of an origin and a path.
    base: String,
}

/// The beginning of each origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Prefixes {
    api: &'static str,
    proxy: &'static str,
    service: &'static str,
}

/// Paragon's cloud, as the Users API page documents it. It has its pages under its older name.
const CLOUD: Prefixes = Prefixes {
    api: "https://api.useparagon.com",
    proxy: "https://proxy.useparagon.com",
    service: "https://zeus.useparagon.com",
};

const ON_PREMISE: Prefixes =
    Prefixes { api: "https://zeus.", proxy: "https://worker-proxy.", service: "https://zeus." };

/// One origin for everything.
const SAME: Prefixes = Prefixes { api: "", proxy: "", service: "" };

/// One of the origins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The Users API's.
    Api,
    /// That of the proxy to the integrations' own APIs.
    Proxy,
    /// That of the pages that a user sees while connecting an account.
    Service,
}

impl Default for Endpoints {
    /// Paragon's cloud.
    fn default() -> Self {
        Self { prefixes: &CLOUD, base: String::new() }
    }
}

impl Endpoints {
    /// An on-premise installation at `host`: `example.com` means `https://zeus.example.com`, and
    /// `https://worker-proxy.example.com` for the proxy.
    ///
    /// As with the official SDK, a full URL is accepted and only its host is used.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidConfiguration`] when that is no host name, as with an IP address, or when
    /// `host` is already that of one of the services.
    pub fn on_premise<J>(host: &str) -> Result<Self, Error<J>> {
        let host = host.trim_ascii();
        let name = host.strip_prefix("https://").or_else(|| host.strip_prefix("http://"));
        let name = before(name.unwrap_or(host), b'/');
        if SERVICES.contains(&before(name, b'.')) {
            return Err(Self::invalid(
                "\"host\" must be the domain alone, without a service's name",
            ));
        }
        if read_authority(&join(&["zeus.", name])).is_none() {
            return Err(Self::invalid(
                "\"host\" must be a domain such as example.com; pass an address as \"apiUrl\"",
            ));
        }
        Ok(Self { prefixes: &ON_PREMISE, base: name.to_owned() })
    }

    /// Any origin for everything, a sandbox for instance. The cloud's own stands for the cloud.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidConfiguration`] when `url` is not an absolute http(s) URL without
    /// credentials, query and fragment, or is plain http to anything but this machine: the user
    /// token would be readable on the way.
    pub fn from_base_url<J>(url: &str) -> Result<Self, Error<J>> {
        let url = url.trim_ascii();
        let malformed = || {
            Self::invalid(
                "\"apiUrl\" must be an absolute URL such as https://api.example.com, \
                 without credentials, query or fragment",
            )
        };
        let (secure, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return Err(malformed()),
        };
        let authority = before(rest, b'/');
        let host = read_authority(authority).ok_or_else(malformed)?;
        let path = rest.strip_prefix(authority).unwrap_or_default();
        if !path.bytes().all(is_path_byte) || !stays_inside(path) {
            return Err(malformed());
        }
        if !secure && !is_loopback(host) {
            return Err(Self::invalid(
                "\"apiUrl\" may be plain http only on this machine (localhost, 127.0.0.1, [::1]): \
                 use https, the user token travels with every request",
            ));
        }
        let mut api = url;
        while let Some(shorter) = api.strip_suffix("/") {
            api = shorter;
        }
        if api == CLOUD.api {
            return Ok(Self::default());
        }
        Ok(Self { prefixes: &SAME, base: api.to_owned() })
    }

    /// The URL of a path at one of them.
    #[must_use]
    pub fn url(&self, (origin, path): (Origin, String)) -> String {
        let prefix = match origin {
            Origin::Api => self.prefixes.api,
            Origin::Proxy => self.prefixes.proxy,
            Origin::Service => self.prefixes.service,
        };
        join(&[prefix, &self.base, &path])
    }

    /// The error for a configuration that cannot be used, and why.
    #[must_use]
    pub fn invalid<J>(why: &str) -> Error<J> {
        Error::new(ErrorCode::InvalidConfiguration, &join(&["configureGlobal: ", why, "."]))
    }
}

/// The address of `request` for the project `id`, which is safe in a path (see
/// [`super::request::is_path_segment`]): to which origin, and to which path there. A path that begins with
/// `/` is one of the service's own.
#[must_use]
pub fn resolve<J>(id: &str, request: &Request<J>) -> (Origin, String) {
    if request.path.as_bytes().starts_with(b"/") {
        return (Origin::Service, request.path.clone());
    }
    let (origin, kind) =
        if request.proxied { (Origin::Proxy, "/sdk/proxy/") } else { (Origin::Api, "/sdk/") };
    (origin, join(&["/projects/", id, kind, &request.path]))
}

/// The host of `host[:port]`; `None` when it is neither a name, an IPv4 nor a bracketed IPv6.
fn read_authority(authority: &str) -> Option<&str> {
    let (host, is_sound) = match before(authority, b']').strip_prefix("[") {
        Some(address) => {
            (authority.get(..address.len() + 2)?, address.bytes().all(is_address_byte))
        }
        None => (before(authority, b':'), is_name(before(authority, b':'))),
    };
    let is_sound = is_sound
        && match authority.strip_prefix(host)?.as_bytes() {
            [] => true,
            [b':', port @ ..] => is_port(port),
            _ => false,
        };
    is_sound.then_some(host)
}

fn is_port(digits: &[u8]) -> bool {
    let is_small =
        matches!(digits.len(), 1..=4) || digits.len() == 5 && digits <= b"65535".as_slice();
    is_small && digits.iter().all(u8::is_ascii_digit)
}

/// A name, or an IPv4 address. Browsers take what ends in a number for one, in many spellings:
/// the usual one is accepted.
fn is_name(host: &str) -> bool {
    let (mut count, mut are_octets, mut are_segments, mut ends_in_number) = (0, true, true, false);
    for label in host.as_bytes().split(|byte| *byte == b'.') {
        count += 1;
        are_octets &= is_octet(label);
        are_segments &= is_segment(label);
        ends_in_number =
            label.iter().all(u8::is_ascii_digit) || matches!(label, [b'0', b'x' | b'X', ..]);
    }
    if ends_in_number { count == 4 && are_octets } else { are_segments }
}

fn is_octet(label: &[u8]) -> bool {
    let is_small = matches!(label, [_] | [b'1'..=b'9', _])
        || matches!(label, [b'1' | b'2', _, _]) && label <= b"255".as_slice();
    is_small && label.iter().all(u8::is_ascii_digit)
}

fn is_address_byte(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.')
}

/// Browsers know many spellings of this machine's addresses; these are the usual ones.
fn is_loopback(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]") || host.ends_with(".localhost")
}

fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/' | b'%')
}

/// `true` if `path` still lies below where it is put, once it has been normalised.
///
/// A browser drops tabs, line breaks and spaces at the end, takes `\` for `/`, and `%2e` for a
/// dot; a server may take `%2f` and `%5c` for separators.
pub(crate) fn stays_inside(path: &str) -> bool {
    if path.as_bytes().ends_with(b" ") {
        return false;
    }
    // The number of dots that the segment consists of so far; `None` once there is something else in it.
    let mut dots = Some(0);
    let mut in_query = false;
    let mut rest = path.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte.is_ascii_control() || matches!(byte, b'\\' | b'#') {
            return false;
        }
        let (meant, after) = match rest {
            [b'%', b'2', b'e' | b'E', after @ ..] => (b'.', after),
            [b'%', b'2', b'f' | b'F', after @ ..] | [b'%', b'5', b'c' | b'C', after @ ..] => {
                (b'/', after)
            }
            _ => (byte, after),
        };
        rest = after;
        in_query |= byte == b'?';
        if in_query {
            continue;
        }
        match meant {
            b'/' if matches!(dots, Some(1 | 2)) => return false,
            b'/' => dots = Some(0),
            b'.' => dots = dots.map(|dots| dots + 1),
            _ => dots = None,
        }
    }
    !matches!(dots, Some(1 | 2))
}
