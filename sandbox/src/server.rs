//! Listening: sockets, connections, and their end.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tower_service::Service;

use crate::catalogue::DEFAULT_PROJECT;
use crate::keys::{KeyError, project_key};
use crate::routes;
use crate::store::StateFileError;
use crate::token::{TokenRequest, mint};

/// The time that pending requests may take once the sandbox is asked to stop.
const GRACE: Duration = Duration::from_millis(500);

/// From the API's port to the provider's. Not one: a second sandbox often stands at the next port.
const PORTS_APART: u16 = 10;

/// The options of a sandbox. The default is a free port of the loopback address, state in memory.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address to listen at; port 0 picks a free one.
    pub address: SocketAddr,
    /// The port of the provider's pages, which are on another origin than the API. `None` picks
    /// the one ten above the API's, or a free one where that is taken or the API's was picked.
    pub provider_port: Option<u16>,
    /// A file that keeps the state across restarts.
    pub state: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        let address = (IpAddr::V4(Ipv4Addr::LOCALHOST), 0).into();
        Self { address, provider_port: None, state: None }
    }
}

/// Starts sandboxes.
#[derive(Debug)]
pub struct Sandbox;

impl Sandbox {
    /// Starts a sandbox on the current tokio runtime. It answers when this returns, and ends
    /// when the returned value is dropped.
    ///
    /// # Errors
    /// When the address cannot be had, or the state file cannot be used.
    pub async fn start(options: Options) -> Result<Running, StartError> {
        let app = crate::app(options.state.as_deref())?;
        let listener = TcpListener::bind(options.address).await;
        let listener = listener.map_err(|cause| StartError::Address(options.address, cause))?;
        let provider = provider_listener(&options).await?;
        let local = |listener: &TcpListener| {
            listener.local_addr().map_err(|cause| StartError::Address(options.address, cause))
        };
        let address = local(&listener)?;
        let provider_address = local(&provider)?;
        // Set once, here; nobody else has this app yet.
        let _ = app.provider_port.set(provider_address.port());
        // The default project's key is computed while the first client is still on its way. A
        // failure is told to whoever needs the key.
        std::thread::spawn(|| drop(project_key(DEFAULT_PROJECT)));
        Ok(Running {
            address,
            provider_address,
            tasks: vec![
                Listening::start(listener, routes::router(app.clone())),
                Listening::start(provider, routes::provider_router(app)),
            ],
        })
    }
}

/// At the asked port, or near the API's, or anywhere.
async fn provider_listener(options: &Options) -> Result<TcpListener, StartError> {
    let (host, own) = (options.address.ip(), options.address.port());
    let near = own.checked_add(PORTS_APART).filter(|_| own != 0 && options.provider_port.is_none());
    if let Some(near) = near
        && let Ok(listener) = TcpListener::bind((host, near)).await
    {
        return Ok(listener);
    }
    let address = SocketAddr::new(host, options.provider_port.unwrap_or(0));
    TcpListener::bind(address).await.map_err(|cause| StartError::Address(address, cause))
}

/// A socket that is being answered at. Dropping it closes the socket and every connection at once.
#[derive(Debug)]
struct Listening {
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Listening {
    fn start(listener: TcpListener, router: Router) -> Self {
        let (stop, stopped) = oneshot::channel();
        Self { stop: Some(stop), task: tokio::spawn(accept(listener, router, stopped)) }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A running sandbox. Dropping it closes its socket and every connection at once;
/// [`Running::shutdown`] lets requests that are underway finish.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    provider_address: SocketAddr,
    tasks: Vec<Listening>,
}

impl Running {
    /// The address at which it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The origin of every endpoint, without a slash at the end: `http://127.0.0.1:4010`. Where
    /// the sandbox listens on every interface, this is its loopback address.
    #[must_use]
    pub fn url(&self) -> String {
        origin(self.address)
    }

    /// The origin of the provider's pages, which ask the user for consent during an install.
    #[must_use]
    pub fn provider_url(&self) -> String {
        origin(self.provider_address)
    }

    /// A Paragon User Token that this sandbox accepts for `ttl_seconds`; one that has expired
    /// already for zero or less. [`mint`] makes stranger ones.
    ///
    /// # Errors
    /// When the project's key cannot be computed.
    pub fn token(
        &self,
        project_id: &str,
        user_id: &str,
        ttl_seconds: i64,
    ) -> Result<String, KeyError> {
        mint(&TokenRequest::new(project_id, user_id, ttl_seconds))
    }

    /// Stops accepting, gives requests that are underway half a second, and closes the rest.
    pub async fn shutdown(mut self) {
        for listening in &mut self.tasks {
            if let Some(stop) = listening.stop.take() {
                // The other end is gone only when the task is, and then there is nothing to stop.
                let _ = stop.send(());
            }
        }
        for listening in &mut self.tasks {
            let _ = (&mut listening.task).await;
        }
    }
}

fn origin(mut address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    format!("http://{address}")
}

/// Marks an answer that must never be sent: the connection is closed in its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NoAnswer;

async fn accept(listener: TcpListener, router: Router, mut stopped: oneshot::Receiver<()>) {
    // Owned by this future: when it is dropped, every connection is.
    let mut connections = JoinSet::new();
    let graceful = GracefulShutdown::new();
    loop {
        tokio::select! {
            _ = &mut stopped => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    // Answers are small; waiting to fill a packet would only delay them.
                    let _ = stream.set_nodelay(true);
                    let connection = graceful.watch(connection(stream, router.clone()));
                    // An error here is a client that went away, or a fault that was asked for.
                    connections.spawn(async move { drop(connection.await) });
                }
                // No file descriptors left, perhaps: some come back when connections end.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
}

fn connection(
    stream: TcpStream,
    router: Router,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> {
    let service = service_fn(move |request: Request<Incoming>| respond(router.clone(), request));
    http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service)
}

async fn respond(
    mut router: Router,
    request: Request<Incoming>,
) -> Result<Response<Body>, ConnectionCut> {
    let response = router
        .call(request.map(Body::new))
        .await
        .unwrap_or_else(|never: Infallible| match never {});
    // hyper closes a connection without a word when its service fails.
    if response.extensions().get::<NoAnswer>().is_some() {
        return Err(ConnectionCut);
    }
    Ok(response)
}

/// The failure that makes hyper, or the body of an answer, cut the connection.
#[derive(Debug)]
pub(crate) struct ConnectionCut;

impl std::fmt::Display for ConnectionCut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection was cut, as a fault asked for")
    }
}

impl std::error::Error for ConnectionCut {}

/// A sandbox could not start.
#[derive(Debug)]
pub enum StartError {
    /// An address cannot be listened on: the API's or the provider's.
    Address(SocketAddr, std::io::Error),
    /// The state file cannot be used; it was left untouched.
    State(StateFileError),
}

impl From<StateFileError> for StartError {
    fn from(error: StateFileError) -> Self {
        Self::State(error)
    }
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address(address, cause) => write!(f, "{address} cannot be listened on: {cause}"),
            Self::State(cause) => cause.fmt(f),
        }
    }
}

impl std::error::Error for StartError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_provider_goes_elsewhere_when_the_port_near_the_apis_is_taken() {
        let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let taken = held.local_addr().unwrap().port();
        let address = (Ipv4Addr::LOCALHOST, taken - PORTS_APART).into();
        let options = Options { address, ..Options::default() };
        let found = provider_listener(&options).await.unwrap().local_addr().unwrap().port();
        assert!(found != taken && found != 0);
        let asked = Options { provider_port: Some(taken), ..options };
        let refused = provider_listener(&asked).await.unwrap_err().to_string();
        assert!(refused.contains(&format!("127.0.0.1:{taken} cannot")), "{refused}");
    }
}
