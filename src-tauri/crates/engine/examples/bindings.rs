//! Prints the commands and their types as TypeScript, for `cargo xtask bindings`.

#[expect(clippy::print_stdout, reason = "printing is what it is for")]
fn main() {
    print!("{}", coffer_engine::api::bindings::typescript());
}
