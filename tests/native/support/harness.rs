//! A platform that the test controls: its clock stands until the test moves it, and requests are
//! answered when the test says so.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_executor::{LocalPool, LocalSpawner};
use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, RemoteHandle};
use futures_util::task::LocalSpawnExt;
use paragon_wasm::client::{Client, NoAnswer, Outgoing, Platform};
use paragon_wasm::http::request::{Payload, Request};
use paragon_wasm::http::response::Response;
use paragon_wasm::http::retry;
use serde_json::Value;
use tokio::sync::oneshot;

type Answer = Result<Response<Value>, NoAnswer<Value>>;

/// When it is due, and the way to fire it.
type Timer = (f64, oneshot::Sender<()>);

/// Runs inside a `send`.
type OnSend = Box<dyn FnOnce()>;

struct Sent {
    request: Request<Value>,
    url: String,
    authorization: Value,
    wants_date: bool,
    answer: Option<oneshot::Sender<Answer>>,
}

/// The platform. Clones share everything.
#[derive(Clone, Default)]
pub struct FakePlatform {
    now_ms: Rc<Cell<f64>>,
    timers: Rc<RefCell<Vec<Timer>>>,
    /// Requests in the order they were sent, with the way to answer each once.
    sent: Rc<RefCell<Vec<Sent>>>,
    /// Runs inside the next `send`, as an application's own `fetch` may do anything.
    pub on_send: Rc<RefCell<Option<OnSend>>>,
    /// The number of random numbers that were taken.
    pub randoms: Rc<Cell<u32>>,
    pub warnings: Rc<RefCell<Vec<String>>>,
    pub debugged: Rc<RefCell<Vec<String>>>,
    /// `true` if it says that it is a server's.
    pub is_server: Rc<Cell<bool>>,
}

impl Platform for FakePlatform {
    type Json = Value;

    async fn send(&self, outgoing: Outgoing<'_, Value>) -> Answer {
        let (answer, answered) = oneshot::channel();
        self.sent.borrow_mut().push(Sent {
            request: outgoing.request.clone(),
            url: outgoing.url.to_owned(),
            authorization: outgoing.authorization.clone(),
            wants_date: outgoing.wants_date,
            answer: Some(answer),
        });
        let on_send = self.on_send.take();
        if let Some(on_send) = on_send {
            on_send();
        }
        answered.await.unwrap_or(Err(NoAnswer { cause: None }))
    }

    fn now_ms(&self) -> f64 {
        self.now_ms.get()
    }

    fn sleep(&self, ms: u32) -> impl Future<Output = ()> + 'static {
        let platform = self.clone();
        async move {
            let (fire, fired) = oneshot::channel();
            let due_ms = platform.now_ms.get() + f64::from(ms);
            platform.timers.borrow_mut().push((due_ms, fire));
            drop(platform);
            let _ = fired.await;
        }
    }

    fn random(&self) -> f64 {
        self.randoms.set(self.randoms.get() + 1);
        1.0
    }

    fn is_server(&self) -> bool {
        self.is_server.get()
    }

    fn debug(&self, message: &str) {
        self.debugged.borrow_mut().push(message.to_owned());
    }

    fn warn(&self, message: &str) {
        self.warnings.borrow_mut().push(message.to_owned());
    }
}

impl FakePlatform {
    /// The number of requests that have been sent so far.
    pub fn sent_count(&self) -> usize {
        self.sent.borrow().len()
    }

    /// Gives the nth request its answer. The call reacts when it is polled.
    pub fn settle(&self, index: usize, answer: Answer) {
        let sender = self.sent.borrow_mut()[index].answer.take().expect("answered once");
        let _ = sender.send(answer);
    }
}

/// A response without headers that count.
pub fn response(status: u16, body: Value) -> Response<Value> {
    let parsed = (200..300).contains(&status);
    let body = if parsed { body } else { Value::from(body.to_string()) };
    Response { status, body, parsed, broken: false, retry_after_ms: None, date_ms: None }
}

/// A client on such a platform, and calls that run side by side.
pub struct Harness {
    pub platform: FakePlatform,
    pub client: Client<FakePlatform>,
    pool: LocalPool,
    spawner: LocalSpawner,
    held: bool,
}

impl Harness {
    pub fn new() -> Self {
        let platform = FakePlatform::default();
        let pool = LocalPool::new();
        let client = Client::new(platform.clone());
        Self { client, platform, spawner: pool.spawner(), pool, held: false }
    }

    /// Lets everything run until it waits.
    pub fn run(&mut self) {
        if !self.held {
            self.pool.run_until_stalled();
        }
    }

    /// Until `release`, no call reacts to anything.
    pub fn hold(&mut self) {
        self.held = true;
    }

    pub fn release(&mut self) {
        self.held = false;
        self.run();
    }

    pub fn is_held(&self) -> bool {
        self.held
    }

    /// Starts a call and lets everything run until it waits.
    pub fn start<T: 'static>(
        &mut self,
        call: impl AsyncFnOnce(Client<FakePlatform>) -> T + 'static,
    ) -> Call<T> {
        let client = self.client.clone();
        let future: LocalBoxFuture<'static, T> = Box::pin(async move { call(client).await });
        let call =
            Call(Some(self.spawner.spawn_local_with_handle(future).expect("the pool is there")));
        self.run();
        call
    }

    /// The result of a call; the test fails if it is still pending.
    pub fn outcome<T: 'static>(&mut self, mut call: Call<T>) -> T {
        self.run();
        call.take().expect("the call has not settled")
    }

    /// True if a call still waits.
    pub fn is_pending<T: 'static>(&mut self, call: &mut Call<T>) -> bool {
        self.run();
        call.0.as_mut().is_some_and(|handle| {
            let waker = futures_util::task::noop_waker();
            let mut context = std::task::Context::from_waker(&waker);
            match handle.poll_unpin(&mut context) {
                std::task::Poll::Pending => true,
                std::task::Poll::Ready(_) => panic!("ask for the outcome instead"),
            }
        })
    }

    /// `METHOD path` of everything sent so far.
    pub fn sent(&self) -> Vec<String> {
        let origin = "https://api.useparagon.com/projects/";
        let line = |Sent { request, url, .. }: &Sent| {
            format!("{} {}", request.method.as_str(), url.replace(origin, ""))
        };
        self.platform.sent.borrow().iter().map(line).collect()
    }

    /// The nth request, counted from 0.
    pub fn request(&self, index: usize) -> Request<Value> {
        self.platform.sent.borrow()[index].request.clone()
    }

    /// The JSON body of the nth request.
    pub fn json_body(&self, index: usize) -> Value {
        let Payload::Json(Value::String(text)) = self.request(index).payload else {
            panic!("request {index} has no JSON")
        };
        serde_json::from_str(&text).expect("JSON")
    }

    /// The address of the nth request.
    pub fn url(&self, index: usize) -> String {
        self.platform.sent.borrow()[index].url.clone()
    }

    /// The header `Authorization` that the nth request was sent with.
    pub fn authorization(&self, index: usize) -> String {
        let sent = &self.platform.sent.borrow()[index];
        sent.authorization.as_str().expect("text").to_owned()
    }

    /// True if the nth request wants to know the server's clock.
    pub fn wants_date(&self, index: usize) -> bool {
        self.platform.sent.borrow()[index].wants_date
    }

    /// Answers the nth request.
    pub fn answer(&mut self, index: usize, status: u16, body: Value) {
        self.answer_with(index, status, body, None, None);
    }

    /// Answers the nth request with text that is not JSON, or is empty.
    pub fn answer_text(&mut self, index: usize, status: u16, text: &str) {
        self.settle(index, Ok(Response { status, parsed: false, ..response(200, text.into()) }));
    }

    /// Answers the nth request with headers. A date is written as `at <milliseconds since 1970>`; it
    /// is read only where the request wants it.
    pub fn answer_with(
        &mut self,
        index: usize,
        status: u16,
        body: Value,
        retry_after: Option<&str>,
        date_ms: Option<f64>,
    ) {
        let date = |text: &str| text.strip_prefix("at ")?.parse().ok();
        let retry_after_ms = retry_after
            .and_then(|header| retry::retry_after_ms(header, self.platform.now_ms.get(), date));
        let date_ms = date_ms.filter(|_| self.wants_date(index));
        self.settle(index, Ok(Response { retry_after_ms, date_ms, ..response(status, body) }));
    }

    /// Breaks the connection of the nth request.
    pub fn cut(&mut self, index: usize) {
        self.settle(index, Err(NoAnswer { cause: Some("Failed to fetch".into()) }));
    }

    fn settle(&mut self, index: usize, answer: Answer) {
        self.platform.settle(index, answer);
        self.run();
    }

    /// True if no call waits for the nth request any more: on the web it is aborted then.
    pub fn is_aborted(&self, index: usize) -> bool {
        self.platform.sent.borrow()[index].answer.as_ref().is_some_and(oneshot::Sender::is_closed)
    }

    /// The time until the next timer that a call waits for is due.
    pub fn next_timer_ms(&self) -> Option<f64> {
        let timers = self.platform.timers.borrow();
        let due = timers.iter().filter(|(_, fire)| !fire.is_closed()).map(|(at, _)| *at);
        due.min_by(f64::total_cmp).map(|at| at - self.platform.now_ms.get())
    }

    /// Moves the clock; timers that are due fire.
    pub fn pass_ms(&mut self, ms: f64) {
        let now = self.platform.now_ms.get() + ms;
        self.platform.now_ms.set(now);
        let timers = self.platform.timers.take();
        let (due, later) = timers.into_iter().partition(|(at, _)| *at <= now);
        self.platform.timers.replace(later);
        let due: Vec<Timer> = due;
        for (_, fire) in due {
            let _ = fire.send(());
        }
        self.run();
    }
}

/// A call under way.
pub struct Call<T: 'static>(Option<RemoteHandle<T>>);

impl<T> Call<T> {
    fn take(&mut self) -> Option<T> {
        self.0.take()?.now_or_never()
    }
}
