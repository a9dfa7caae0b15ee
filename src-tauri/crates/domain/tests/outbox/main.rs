//! The outbox against a ledger of what really happened at a provider that loses answers, forgets keys and comes late.
//!
//! The ledger is the reference: it knows each request that arrived and what it did, and nothing of states. The machine
//! knows its answers and nothing of the ledger. After each step the two are held against each other: nothing was done
//! twice, what is shown as done was done, and what is shown as not done was not.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the helpers of a test may fail it"
)]

mod ledger;
mod machine;
mod table;

use machine::OutboxTest;
use proptest::test_runner::Config;
use proptest_state_machine::prop_state_machine;

prop_state_machine! {
    #![proptest_config(Config { cases: 400, max_shrink_iters: 20_000, ..Config::default() })]

    #[test]
    fn nothing_is_done_twice_lost_or_told_wrongly(sequential 1..120 => OutboxTest);
}

prop_state_machine! {
    #![proptest_config(Config { cases: 12_000, max_shrink_iters: 20_000, ..Config::default() })]

    /// More than a million transitions; `cargo xtask soak` runs it.
    #[test]
    #[ignore = "takes minutes; `cargo xtask soak` runs it"]
    fn soak_of_a_million_transitions(sequential 100..121 => OutboxTest);
}
