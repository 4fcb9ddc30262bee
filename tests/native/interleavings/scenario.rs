//! Does the steps, one by one, and checks what was sent.

use std::cell::{Cell, RefCell};
use std::future::{pending, ready};
use std::rc::Rc;

use paragon_wasm::client::{self, LocalFuture};
use paragon_wasm::{
    AccountSelector, CallOptions, Client, Endpoints, Payload, Platform, Settings, TokenSource,
};
use serde_json::{Value, json};

use super::notes::{Notes, USERS, number_of};
use super::{Kind, Provider, Reply, Step, Tokens};
use crate::support::harness::{Call, FakePlatform, Harness};
use crate::support::{header, jwt};

pub struct Scenario {
    harness: Harness,
    notes: Rc<RefCell<Notes>>,
    calls: Vec<Call<()>>,
    /// Requests that are not answered yet.
    open: Vec<usize>,
    seen: usize,
}

impl Scenario {
    pub fn new() -> Self {
        let (harness, notes) = (Harness::new(), Rc::new(RefCell::new(Notes::default())));
        let (platform, received) = (harness.platform.clone(), Rc::clone(&notes));
        let on_event = move |event: &_| received.borrow_mut().on_event(event, &platform);
        drop(harness.client.subscribe(on_event));
        Self { harness, notes, calls: Vec::new(), open: Vec::new(), seen: 0 }
    }

    pub fn step(&mut self, step: &Step) {
        match step {
            Step::SignIn { user, tokens, metadata, options } => {
                self.sign_in(*user, *tokens, *metadata, options.clone());
            }
            Step::Logout => {
                self.notes.borrow_mut().end_attempts(&self.harness.platform);
                self.harness.client.logout();
                self.harness.run();
            }
            Step::Configure { elsewhere } => {
                let endpoints = match elsewhere {
                    true => {
                        Endpoints::from_base_url::<Value>("https://paragon.example.com").unwrap()
                    }
                    false => Endpoints::default(),
                };
                let old = self.harness.client.settings();
                if old.endpoints != endpoints {
                    self.notes.borrow_mut().end_attempts(&self.harness.platform);
                }
                self.harness.client.configure(Settings { endpoints, ..old });
                self.harness.run();
            }
            Step::Call(kind, options) => self.call(*kind, options.clone()),
            Step::Answer(which, reply) if !self.open.is_empty() => {
                let request = self.open.remove(which.index(self.open.len()));
                self.answer(request, *reply);
            }
            Step::Answer(..) => {}
            Step::Tick => {
                let ms = self.harness.next_timer_ms().unwrap_or(0.0);
                self.harness.pass_ms(ms);
            }
            Step::Pass(ms) => self.pass(f64::from(*ms)),
            Step::AtOnce(first, second) => {
                self.harness.hold();
                self.step(first);
                self.step(second);
                self.harness.release();
            }
        }
        self.check_sent();
    }

    /// Lets time pass timer by timer, as it does where nothing jumps.
    fn pass(&mut self, mut ms: f64) {
        while let Some(next) = self.harness.next_timer_ms().filter(|next| *next <= ms) {
            ms -= next;
            self.harness.pass_ms(next);
            self.check_sent();
        }
        self.harness.pass_ms(ms);
    }

    fn sign_in(&mut self, user: usize, tokens: Tokens, metadata: bool, options: CallOptions) {
        let (notes, platform) = (Rc::clone(&self.notes), self.harness.platform.clone());
        let what = format!("sign-in of {}", USERS[user]);
        let call = self.notes.borrow_mut().announce(what, options.clone());
        self.calls.push(self.harness.start(async move |client| {
            let attempt = notes.borrow_mut().begin_sign_in(call, user, &platform);
            let source = token_source(&notes, &platform, attempt, user, tokens);
            let meta = metadata.then(|| json!({ "mark": format!("call-{call}") }));
            let outcome = client.authenticate("p", source, meta.as_ref(), &options).await;
            let notes = &mut *notes.borrow_mut();
            let is_theirs = outcome.as_ref().map_or(true, |id| *id == USERS[user]);
            notes.expect(is_theirs, || format!("{outcome:?} is not {}", USERS[user]));
            let outcome = outcome.map(|_| None).map_err(|error| error.code);
            notes.settle(call, &outcome, false, &platform);
            let signed_in = outcome.is_ok();
            notes.expect(!signed_in || notes.signed_in == Some(attempt), || "no event".into());
            if !signed_in {
                notes.attempts[attempt].ended.get_or_insert(platform.sent_count());
            }
        }));
    }

    fn call(&mut self, kind: Kind, options: CallOptions) {
        let (notes, platform) = (Rc::clone(&self.notes), self.harness.platform.clone());
        let call = self.notes.borrow_mut().announce(format!("{kind:?}"), options.clone());
        self.calls.push(self.harness.start(async move |client| {
            notes.borrow_mut().begin(call, &platform);
            let outcome = make(&client, kind, &format!("call-{call}"), options).await;
            let outcome = outcome.map_err(|error| error.code);
            let tagged = matches!(kind, Kind::GetUser | Kind::GetIntegrations | Kind::SetMetadata);
            let notes = &mut *notes.borrow_mut();
            notes.settle(call, &outcome, tagged, &platform);
            let has_event = outcome.is_ok() && matches!(kind, Kind::Switch | Kind::Uninstall);
            let right = notes.calls[call].changed == u32::from(has_event);
            notes.expect(right, || format!("call-{call}, {kind:?}: its event"));
        }));
    }

    fn answer(&mut self, request: usize, reply: Reply) {
        let url = self.harness.url(request);
        let authorization = self.harness.authorization(request);
        let attempt = self.notes.borrow().tokens.get(&authorization).copied().flatten();
        let mark = mark(&self.harness, request);
        if let (Some(call), Reply::Status(status)) = (mark, reply) {
            self.notes.borrow_mut().calls[call].last_status = Some(status);
        }
        match reply {
            Reply::Good { enabled } => {
                let slack = format!("i-{}", attempt.unwrap_or_default());
                let body = if url.ends_with("/me") {
                    let integrations = json!({ "slack": { "credentialStatus": "INVALID" } });
                    json!({ "userId": "u", "integrations": integrations, "meta": { "tag": attempt } })
                } else if url.ends_with("/integrations") {
                    json!([{ "id": slack, "type": "slack", "enabled": enabled, "tag": attempt }])
                } else {
                    Value::Null
                };
                self.harness.answer(request, 200, body);
            }
            Reply::Status(429) => {
                self.harness.answer_with(request, 429, json!({}), Some("2"), None);
            }
            Reply::Status(status) => {
                self.harness.answer(request, status, json!({ "message": "no" }));
            }
            Reply::Garbage(null) => {
                let body = if null { Value::Null } else { "<!doctype html>".into() };
                self.harness.answer(request, 200, body);
            }
            Reply::Cut => self.harness.cut(request),
        }
    }

    /// Checks what was sent since the last check, and that requests of sessions that ended are aborted.
    fn check_sent(&mut self) {
        let notes = &mut *self.notes.borrow_mut();
        for index in self.seen..self.harness.platform.sent_count() {
            self.open.push(index);
            let request = self.harness.request(index);
            let token = notes.tokens.get(&self.harness.authorization(index)).copied().flatten();
            let line = format!("request {index}, {request:?}");
            let Some(attempt) = token else {
                notes.wrong.push(format!("{line}: a token that was never given"));
                continue;
            };
            let after_end = notes.attempts[attempt].ended.is_some_and(|sent| index >= sent);
            notes.expect(!after_end, || format!("{line}: sent after its session ended"));
            if let Some(id) = request.path.split("integrations/i-").nth(1) {
                notes.expect(id == attempt.to_string(), || format!("{line}: another's id"));
            }
            if let Some(call) = mark(&self.harness, index) {
                let begun = &mut notes.calls[call];
                begun.sent += 1;
                let again = begun.sent > 1 && request.path.contains("events/");
                let refused = begun.last_status == Some(401);
                let most = 2 + begun.options.max_retries.unwrap_or(2);
                let sound = begun.settled.is_none_or(|sent| index < sent)
                    && begun.sent <= most
                    && (!again || (refused && begun.sent == 2));
                let what = format!("{line}, by {}: the {}. time", begun.what, begun.sent);
                notes.expect(sound, || what);
            }
        }
        self.seen = self.harness.platform.sent_count();
        if !self.harness.is_held() {
            let harness = &self.harness;
            for &index in &self.open {
                let attempt = notes.tokens.get(&harness.authorization(index)).copied().flatten();
                let over = attempt.is_some_and(|attempt| notes.attempts[attempt].ended.is_some());
                let aborted = harness.is_aborted(index);
                notes.expect(!over || aborted, || format!("request {index} is not aborted"));
            }
        }
        assert!(notes.wrong.is_empty(), "{}", notes.wrong.join("\n"));
    }

    /// All time passes, nothing answers any more: every call must have settled.
    pub fn end(mut self) {
        self.step(&Step::Pass(120_000));
        let nothing_waits = self.open.iter().all(|index| self.harness.is_aborted(*index));
        for call in std::mem::take(&mut self.calls) {
            self.harness.outcome(call);
        }
        assert!(nothing_waits, "a request outlived its call");
    }
}

/// The call that a request says it is of.
fn mark(harness: &Harness, index: usize) -> Option<usize> {
    let request = harness.request(index);
    let body = match &request.payload {
        Payload::Json(body) => body.as_str().expect("JSON text").to_owned(),
        _ => String::new(),
    };
    let credential = header(&request, "x-paragon-credential").unwrap_or_default();
    [&request.path, &body, &credential].into_iter().find_map(|text| number_of(text))
}

/// Makes a call, and gives the number of the attempt whose data it brought.
async fn make(
    client: &Client<FakePlatform>,
    kind: Kind,
    mark: &str,
    mut options: CallOptions,
) -> client::Result<FakePlatform, Option<u64>> {
    let tag = |of: &Value| of["tag"].as_u64();
    let nothing = |given: Value| {
        assert!(given.is_null(), "{kind:?} gave {given}");
        None
    };
    match kind {
        Kind::GetUser => Ok(tag(&client.get_user(&options).await?["meta"])),
        Kind::GetIntegrations => Ok(tag(&client.get_integrations(&options).await?[0])),
        Kind::SetMetadata => {
            let user = client.set_user_metadata(&json!({ "mark": mark }), &options).await?;
            Ok(tag(&user["meta"]))
        }
        Kind::Uninstall => {
            let credential_id = Some(mark.to_owned());
            options.account = AccountSelector { credential_id, ..AccountSelector::default() };
            client.uninstall_integration("slack", &options).await.map(nothing)
        }
        Kind::Switch => client.switch_workflow(mark, true, &options).await.map(nothing),
        Kind::Event => client.event(mark, &json!({}), &options).await.map(nothing),
    }
}

/// The source of an attempt's tokens. Each is noted, with the attempt that may send it.
fn token_source(
    notes: &Rc<RefCell<Notes>>,
    platform: &FakePlatform,
    attempt: usize,
    user: usize,
    tokens: Tokens,
) -> TokenSource<Value> {
    let (notes, platform) = (Rc::clone(notes), platform.clone());
    let clock = platform.clone();
    let make = move |seconds: u32, user: usize, whose: Option<usize>| {
        let notes = &mut *notes.borrow_mut();
        let (now, id) = ((clock.now_ms() / 1000.0).floor(), notes.tokens.len());
        let claims =
            json!({ "sub": USERS[user], "iat": now, "exp": now + f64::from(seconds), "jti": id });
        let token = jwt(&claims);
        notes.tokens.insert(format!("Bearer {token}"), whose);
        token
    };
    let (seconds, provider) = match tokens {
        Tokens::Fixed(seconds) => return TokenSource::Fixed(make(seconds, user, Some(attempt))),
        Tokens::Provider(seconds, provider) => (seconds, provider),
    };
    let asked = Cell::new(0_u32);
    TokenSource::Provider(Rc::new(move || -> LocalFuture<Result<String, Value>> {
        let nth = asked.replace(asked.get() + 1);
        let (again, platform) = (nth > 0, platform.clone());
        let good = || make(seconds, user, Some(attempt));
        match provider {
            Provider::FailsLater if again => Box::pin(ready(Err("offline".into()))),
            Provider::FailsAtOnce => Box::pin(ready(Err("offline".into()))),
            Provider::NeverAnswers if again => Box::pin(pending()),
            Provider::AnotherUser if again => {
                Box::pin(ready(Ok(make(seconds, (user + 1) % USERS.len(), None))))
            }
            Provider::Takes(ms) => {
                let token = good();
                Box::pin(async move {
                    platform.sleep(ms).await;
                    Ok(token)
                })
            }
            _ => Box::pin(ready(Ok(good()))),
        }
    }))
}
