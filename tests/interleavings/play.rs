//! Does the steps, one by one, and looks at what was sent.

use std::cell::{Cell, RefCell};
use std::future::{pending, ready};
use std::rc::Rc;

use paragon_wasm::Endpoints;
use paragon_wasm::client::{
    CallOptions, Client, LocalFuture, Outcome, Platform, Settings, TokenSource,
};
use paragon_wasm::protocol::message::{Payload, Selection};
use serde_json::{Value, json};

use super::notes::{Notes, USERS, number_of};
use super::support::world::{Call, Stage, World};
use super::support::{header, jwt};
use super::{Kind, Provider, Reply, Step, Tokens};

pub struct Play {
    stage: Stage,
    notes: Rc<RefCell<Notes>>,
    calls: Vec<Call<()>>,
    /// Requests that are not answered yet.
    open: Vec<usize>,
    seen: usize,
}

impl Play {
    pub fn new() -> Self {
        let (stage, notes) = (Stage::new(), Rc::new(RefCell::new(Notes::default())));
        let (world, heard) = (stage.world.clone(), Rc::clone(&notes));
        drop(stage.client.subscribe(move |event| heard.borrow_mut().heard(event, &world)));
        Self { stage, notes, calls: Vec::new(), open: Vec::new(), seen: 0 }
    }

    pub fn step(&mut self, step: &Step) {
        match step {
            Step::SignIn { user, tokens, metadata, options } => {
                self.sign_in(*user, *tokens, *metadata, *options);
            }
            Step::Logout => {
                self.notes.borrow_mut().end_attempts(&self.stage.world);
                self.stage.client.logout();
                self.stage.run();
            }
            Step::Configure { elsewhere } => {
                let endpoints = match elsewhere {
                    true => Endpoints::at_url::<Value>("https://paragon.example.com").unwrap(),
                    false => Endpoints::default(),
                };
                let old = self.stage.client.settings();
                if old.endpoints != endpoints {
                    self.notes.borrow_mut().end_attempts(&self.stage.world);
                }
                self.stage.client.configure(Settings { endpoints, ..old });
                self.stage.run();
            }
            Step::Call(kind, options) => self.call(*kind, *options),
            Step::Answer(which, reply) if !self.open.is_empty() => {
                let request = self.open.remove(which.index(self.open.len()));
                self.answer(request, *reply);
            }
            Step::Answer(..) => {}
            Step::Tick => {
                let ms = self.stage.next_timer_ms().unwrap_or(0.0);
                self.stage.pass_ms(ms);
            }
            Step::Pass(ms) => self.pass(f64::from(*ms)),
            Step::AtOnce(first, second) => {
                self.stage.hold();
                self.step(first);
                self.step(second);
                self.stage.release();
            }
        }
        self.look();
    }

    /// Lets time pass timer by timer, as it does where nothing jumps.
    fn pass(&mut self, mut ms: f64) {
        while let Some(next) = self.stage.next_timer_ms().filter(|next| *next <= ms) {
            ms -= next;
            self.stage.pass_ms(next);
            self.look();
        }
        self.stage.pass_ms(ms);
    }

    fn sign_in(&mut self, user: usize, tokens: Tokens, metadata: bool, options: CallOptions) {
        let (notes, world) = (Rc::clone(&self.notes), self.stage.world.clone());
        let what = format!("sign-in of {}", USERS[user]);
        let call = self.notes.borrow_mut().announce(what, options);
        self.calls.push(self.stage.start(async move |client| {
            let attempt = notes.borrow_mut().begin_sign_in(call, user, &world);
            let source = token_source(&notes, &world, attempt, user, tokens);
            let meta = metadata.then(|| json!({ "mark": format!("call-{call}") }));
            let outcome = client.authenticate("p", source, meta.as_ref(), options).await;
            let notes = &mut *notes.borrow_mut();
            let is_his = outcome.as_ref().map_or(true, |id| *id == USERS[user]);
            notes.expect(is_his, || format!("{outcome:?} is not {}", USERS[user]));
            let outcome = outcome.map(|_| None).map_err(|error| error.code);
            notes.settle(call, &outcome, false, &world);
            let signed_in = outcome.is_ok();
            notes.expect(!signed_in || notes.signed_in == Some(attempt), || "not told".into());
            if !signed_in {
                notes.attempts[attempt].ended.get_or_insert(world.sent_count());
            }
        }));
    }

    fn call(&mut self, kind: Kind, options: CallOptions) {
        let (notes, world) = (Rc::clone(&self.notes), self.stage.world.clone());
        let call = self.notes.borrow_mut().announce(format!("{kind:?}"), options);
        self.calls.push(self.stage.start(async move |client| {
            notes.borrow_mut().begin(call, &world);
            let outcome = make(&client, kind, &format!("call-{call}"), options).await;
            let outcome = outcome.map_err(|error| error.code);
            let tagged = matches!(kind, Kind::GetUser | Kind::GetIntegrations | Kind::SetMetadata);
            let notes = &mut *notes.borrow_mut();
            notes.settle(call, &outcome, tagged, &world);
            let tells = outcome.is_ok() && matches!(kind, Kind::Switch | Kind::Uninstall);
            let told = notes.calls[call].changed == u32::from(tells);
            notes.expect(told, || format!("call-{call}, {kind:?}: its event"));
        }));
    }

    fn answer(&mut self, request: usize, reply: Reply) {
        let url = self.stage.url(request);
        let authorization = self.stage.authorization(request);
        let attempt = self.notes.borrow().tokens.get(&authorization).copied().flatten();
        let mark = mark(&self.stage, request);
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
                self.stage.answer(request, 200, body);
            }
            Reply::Status(429) => self.stage.answer_with(request, 429, json!({}), Some("2"), None),
            Reply::Status(status) => self.stage.answer(request, status, json!({ "message": "no" })),
            Reply::Garbage(null) => {
                let body = if null { Value::Null } else { "<!doctype html>".into() };
                self.stage.answer(request, 200, body);
            }
            Reply::Cut => self.stage.cut(request),
        }
    }

    /// Checks what was sent since the last look, and that what ended is aborted.
    fn look(&mut self) {
        let notes = &mut *self.notes.borrow_mut();
        for index in self.seen..self.stage.world.sent_count() {
            self.open.push(index);
            let request = self.stage.request(index);
            let token = notes.tokens.get(&self.stage.authorization(index)).copied().flatten();
            let line = format!("request {index}, {request:?}");
            let Some(attempt) = token else {
                notes.wrong.push(format!("{line}: a token that is nobody's"));
                continue;
            };
            let after_end = notes.attempts[attempt].ended.is_some_and(|sent| index >= sent);
            notes.expect(!after_end, || format!("{line}: sent after its session ended"));
            if let Some(id) = request.path.split("integrations/i-").nth(1) {
                notes.expect(id == attempt.to_string(), || format!("{line}: another's id"));
            }
            if let Some(call) = mark(&self.stage, index) {
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
        self.seen = self.stage.world.sent_count();
        if !self.stage.is_held() {
            let stage = &self.stage;
            for &index in &self.open {
                let attempt = notes.tokens.get(&stage.authorization(index)).copied().flatten();
                let over = attempt.is_some_and(|attempt| notes.attempts[attempt].ended.is_some());
                let aborted = stage.is_aborted(index);
                notes.expect(!over || aborted, || format!("request {index} is not aborted"));
            }
        }
        assert!(notes.wrong.is_empty(), "{}", notes.wrong.join("\n"));
    }

    /// All time passes, nothing answers any more: all must have come to something.
    pub fn end(mut self) {
        self.step(&Step::Pass(120_000));
        let nothing_waits = self.open.iter().all(|index| self.stage.is_aborted(*index));
        for call in std::mem::take(&mut self.calls) {
            self.stage.outcome(call);
        }
        assert!(nothing_waits, "a request outlived its call");
    }
}

/// The call that a request says it is of.
fn mark(stage: &Stage, index: usize) -> Option<usize> {
    let request = stage.request(index);
    let body = match &request.payload {
        Payload::Json(body) => body.to_string(),
        _ => String::new(),
    };
    let credential = header(&request, "x-paragon-credential").unwrap_or_default();
    [&request.path, &body, &credential].into_iter().find_map(|text| number_of(text))
}

/// Makes a call, and gives the number of the attempt whose data it brought.
async fn make(
    client: &Client<World>,
    kind: Kind,
    mark: &str,
    options: CallOptions,
) -> Outcome<World, Option<u64>> {
    let all = Selection::default();
    let tag = |of: &Value| of["tag"].as_u64();
    let nothing = |given: Value| {
        assert!(given.is_null(), "{kind:?} gave {given}");
        None
    };
    match kind {
        Kind::GetUser => Ok(tag(&client.get_user(options).await?["meta"])),
        Kind::GetIntegrations => Ok(tag(&client.get_integrations(options).await?[0])),
        Kind::SetMetadata => {
            let user = client.set_user_metadata(&json!({ "mark": mark }), options).await?;
            Ok(tag(&user["meta"]))
        }
        Kind::Uninstall => {
            client.uninstall_integration("slack", Some(mark), options).await.map(nothing)
        }
        Kind::Switch => client.switch_workflow(mark, true, all, options).await.map(nothing),
        Kind::Event => client.event(mark, &json!({}), all, options).await.map(nothing),
    }
}

/// Where the tokens of an attempt come from. Each is noted, with the attempt that may send it.
fn token_source(
    notes: &Rc<RefCell<Notes>>,
    world: &World,
    attempt: usize,
    user: usize,
    tokens: Tokens,
) -> TokenSource<Value> {
    let (notes, world) = (Rc::clone(notes), world.clone());
    let clock = world.clone();
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
        let (again, world) = (nth > 0, world.clone());
        let good = || make(seconds, user, Some(attempt));
        match provider {
            Provider::FailsLater if again => Box::pin(ready(Err("offline".into()))),
            Provider::FailsAtOnce => Box::pin(ready(Err("offline".into()))),
            Provider::NeverAnswers if again => Box::pin(pending()),
            Provider::GivesAnothers if again => {
                Box::pin(ready(Ok(make(seconds, (user + 1) % USERS.len(), None))))
            }
            Provider::Takes(ms) => {
                let token = good();
                Box::pin(async move {
                    world.sleep(ms).await;
                    Ok(token)
                })
            }
            _ => Box::pin(ready(Ok(good()))),
        }
    }))
}
