//! Sessions under random orders of events: sign-ins that overtake each other, late and odd answers,
//! tokens that run out. A failing case is shrunk to the few steps that it takes.
//!
//! [`scenario`] does the steps, [`notes`] knows the results that they must have. The cases are the same
//! each time; `support/cases.rs` says how to try others.

mod notes;
mod scenario;

use paragon_wasm::CallOptions;
use proptest::prelude::*;
use proptest::sample::Index;

use self::scenario::Scenario;
use crate::support::cases::cases;

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn whatever_happens_sessions_stay_apart_and_calls_settle(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut scenario = Scenario::new();
        for step in &steps {
            scenario.step(step);
        }
        scenario.end();
    }
}

#[derive(Clone, Debug)]
pub enum Step {
    SignIn {
        user: usize,
        tokens: Tokens,
        metadata: bool,
        options: CallOptions,
    },
    Logout,
    /// Another host, or the cloud: the change ends the session.
    Configure {
        elsewhere: bool,
    },
    Call(Kind, CallOptions),
    Answer(Index, Reply),
    /// The clock moves to the next timer.
    Tick,
    Pass(u32),
    /// Two steps before any call may react to the first.
    AtOnce(Box<Step>, Box<Step>),
}

#[derive(Clone, Copy, Debug)]
pub enum Tokens {
    /// One token for so many seconds.
    Fixed(u32),
    /// A function whose tokens hold for so many seconds, and what it does after the first.
    Provider(u32, Provider),
}

#[derive(Clone, Copy, Debug)]
pub enum Provider {
    Gives,
    Takes(u32),
    FailsLater,
    FailsAtOnce,
    NeverAnswers,
    AnotherUser,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    GetUser,
    GetIntegrations,
    SetMetadata,
    Uninstall,
    Switch,
    Event,
}

#[derive(Clone, Copy, Debug)]
pub enum Reply {
    Good { enabled: bool },
    Status(u16),
    Garbage(bool),
    Cut,
}

fn step() -> impl Strategy<Value = Step> {
    let ending = prop_oneof![
        2 => sign_in(),
        1 => Just(Step::Logout),
        1 => any::<bool>().prop_map(|elsewhere| Step::Configure { elsewhere }),
    ];
    let call = || (kind(), options()).prop_map(|(kind, options)| Step::Call(kind, options));
    let answer = || (any::<Index>(), reply()).prop_map(|(which, reply)| Step::Answer(which, reply));
    let first = prop_oneof![call(), answer(), Just(Step::Tick)];
    let second = prop_oneof![ending, call(), answer()].boxed();
    let pair = (first, second.clone())
        .prop_map(|(first, second)| Step::AtOnce(Box::new(first), Box::new(second)));
    let pass = prop::sample::select(vec![1, 100, 400, 1_000, 10_000, 31_000]);
    prop_oneof![
        4 => second,
        4 => call(),
        8 => answer(),
        2 => pair,
        2 => Just(Step::Tick),
        1 => pass.prop_map(Step::Pass),
    ]
}

fn sign_in() -> impl Strategy<Value = Step> {
    let seconds = prop::sample::select(vec![2, 45, 3600]);
    let provider = prop::sample::select(vec![
        Provider::Gives,
        Provider::Takes(500),
        Provider::FailsLater,
        Provider::FailsAtOnce,
        Provider::NeverAnswers,
        Provider::AnotherUser,
    ]);
    let tokens = prop_oneof![
        seconds.clone().prop_map(Tokens::Fixed),
        (seconds, provider).prop_map(|(seconds, provider)| Tokens::Provider(seconds, provider)),
    ];
    (0..4_usize, tokens, any::<bool>(), options()).prop_map(|(user, tokens, metadata, options)| {
        Step::SignIn { user, tokens, metadata, options }
    })
}

fn kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(vec![
        Kind::GetUser,
        Kind::GetUser,
        Kind::GetIntegrations,
        Kind::SetMetadata,
        Kind::Uninstall,
        Kind::Switch,
        Kind::Event,
    ])
}

fn options() -> impl Strategy<Value = CallOptions> {
    let timeout_ms = prop::sample::select(vec![None, None, Some(50), Some(1_000)]);
    let max_retries = prop::sample::select(vec![None, None, Some(0), Some(10)]);
    (timeout_ms, max_retries).prop_map(|(timeout_ms, max_retries)| CallOptions {
        timeout_ms,
        max_retries,
        ..CallOptions::default()
    })
}

fn reply() -> impl Strategy<Value = Reply> {
    prop_oneof![
        8 => any::<bool>().prop_map(|enabled| Reply::Good { enabled }),
        4 => prop::sample::select(vec![401, 403, 404, 429, 500, 503]).prop_map(Reply::Status),
        1 => any::<bool>().prop_map(Reply::Garbage),
        2 => Just(Reply::Cut),
    ]
}
