//! The configuration of property tests.

use proptest::test_runner::{Config, RngSeed};

/// A number of cases, the same each time: a test must not fail at random.
///
/// `PROPTEST_CASES=100000 PROPTEST_RNG_SEED=$RANDOM cargo test --release --test native -- properties
/// interleavings` tries others.
pub fn cases(number: u32) -> Config {
    let given = |name| std::env::var_os(name).is_some();
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if !given("PROPTEST_CASES") {
        config.cases = number;
    }
    if !given("PROPTEST_RNG_SEED") {
        config.rng_seed = RngSeed::Fixed(1);
    }
    config
}
