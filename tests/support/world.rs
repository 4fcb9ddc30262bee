//! A platform under a test's control: a clock that stands until it is moved, and requests that
//! are answered when the test says so.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_executor::{LocalPool, LocalSpawner};
use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, RemoteHandle};
use futures_util::task::LocalSpawnExt;
use paragon_wasm::client::{Client, NoAnswer, Platform};
use paragon_wasm::protocol::message::{Request, Response};
use paragon_wasm::protocol::retry;
use serde_json::Value;
use tokio::sync::oneshot;

type Answer = Result<Response<Value>, NoAnswer<Value>>;

/// When it is due, and the way to fire it.
type Timer = (f64, oneshot::Sender<()>);

struct Sent {
    request: Request<Value>,
    url: String,
    authorization: String,
    answer: Option<oneshot::Sender<Answer>>,
}

/// The platform. Clones are the same world.
#[derive(Clone, Default)]
pub struct World {
    now_ms: Rc<Cell<f64>>,
    timers: Rc<RefCell<Vec<Timer>>>,
    /// Requests in the order they were sent, with the way to answer each once.
    sent: Rc<RefCell<Vec<Sent>>>,
    pub warnings: Rc<RefCell<Vec<String>>>,
    pub debugged: Rc<RefCell<Vec<String>>>,
}

impl Platform for World {
    type Json = Value;

    async fn send(&self, request: &Request<Value>, url: &str, authorization: &str) -> Answer {
        let (answer, answered) = oneshot::channel();
        self.sent.borrow_mut().push(Sent {
            request: request.clone(),
            url: url.to_owned(),
            authorization: authorization.to_owned(),
            answer: Some(answer),
        });
        answered.await.unwrap_or(Err(NoAnswer { cause: None }))
    }

    fn now_ms(&self) -> f64 {
        self.now_ms.get()
    }

    async fn sleep(&self, ms: u32) {
        let (fire, fired) = oneshot::channel();
        self.timers.borrow_mut().push((self.now_ms.get() + f64::from(ms), fire));
        let _ = fired.await;
    }

    fn chance(&self) -> f64 {
        1.0
    }

    fn debug(&self, message: &str) {
        self.debugged.borrow_mut().push(message.to_owned());
    }

    fn warn(&self, message: &str) {
        self.warnings.borrow_mut().push(message.to_owned());
    }
}

impl World {
    /// How many requests have been sent so far.
    pub fn sent_count(&self) -> usize {
        self.sent.borrow().len()
    }
}

/// A client in such a world, and calls that run side by side.
pub struct Stage {
    pub world: World,
    pub client: Client<World>,
    pool: LocalPool,
    spawner: LocalSpawner,
    held: bool,
}

impl Stage {
    pub fn new() -> Self {
        let world = World::default();
        let pool = LocalPool::new();
        let client = Client::new(world.clone());
        Self { client, world, spawner: pool.spawner(), pool, held: false }
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
        call: impl AsyncFnOnce(Client<World>) -> T + 'static,
    ) -> Call<T> {
        let client = self.client.clone();
        let future: LocalBoxFuture<'static, T> = Box::pin(async move { call(client).await });
        let call =
            Call(Some(self.spawner.spawn_local_with_handle(future).expect("the pool is there")));
        self.run();
        call
    }

    /// What a call came to; the test fails if it is still pending.
    pub fn outcome<T: 'static>(&mut self, mut call: Call<T>) -> T {
        self.run();
        call.take().expect("the call has not settled")
    }

    /// Whether a call still waits.
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
        self.world.sent.borrow().iter().map(line).collect()
    }

    /// The nth request, counted from 0.
    pub fn request(&self, index: usize) -> Request<Value> {
        self.world.sent.borrow()[index].request.clone()
    }

    /// Where the nth request was sent to.
    pub fn url(&self, index: usize) -> String {
        self.world.sent.borrow()[index].url.clone()
    }

    /// The header `Authorization` that the nth request was sent with.
    pub fn authorization(&self, index: usize) -> String {
        self.world.sent.borrow()[index].authorization.clone()
    }

    /// Answers the nth request.
    pub fn answer(&mut self, index: usize, status: u16, body: Value) {
        self.answer_with(index, status, body, None, None);
    }

    /// Answers the nth request with headers. A date is written as `at <milliseconds since 1970>`.
    pub fn answer_with(
        &mut self,
        index: usize,
        status: u16,
        body: Value,
        retry_after: Option<&str>,
        date_ms: Option<f64>,
    ) {
        let parsed = (200..300).contains(&status);
        let body = if parsed { body } else { Value::from(body.to_string()) };
        let date = |text: &str| text.strip_prefix("at ")?.parse().ok();
        let retry_after_ms = retry_after
            .and_then(|header| retry::retry_after_ms(header, self.world.now_ms.get(), date));
        self.settle(index, Ok(Response { status, body, parsed, retry_after_ms, date_ms }));
    }

    /// Lets the nth request come to nothing.
    pub fn cut(&mut self, index: usize) {
        self.settle(index, Err(NoAnswer { cause: Some("Failed to fetch".into()) }));
    }

    fn settle(&mut self, index: usize, answer: Answer) {
        let sender = self.world.sent.borrow_mut()[index].answer.take().expect("answered once");
        let _ = sender.send(answer);
        self.run();
    }

    /// Whether nobody waits for the nth request any more: on the web it is aborted then.
    pub fn is_aborted(&self, index: usize) -> bool {
        self.world.sent.borrow()[index].answer.as_ref().is_some_and(oneshot::Sender::is_closed)
    }

    /// How long it is until a timer that somebody waits for is due.
    pub fn next_timer_ms(&self) -> Option<f64> {
        let timers = self.world.timers.borrow();
        let due = timers.iter().filter(|(_, fire)| !fire.is_closed()).map(|(at, _)| *at);
        due.min_by(f64::total_cmp).map(|at| at - self.world.now_ms.get())
    }

    /// Moves the clock; timers that are due fire.
    pub fn pass_ms(&mut self, ms: f64) {
        let now = self.world.now_ms.get() + ms;
        self.world.now_ms.set(now);
        let timers = self.world.timers.take();
        let (due, later) = timers.into_iter().partition(|(at, _)| *at <= now);
        self.world.timers.replace(later);
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
