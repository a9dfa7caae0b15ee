//! Builds the program anew when the page it carries has changed: the page's files change their names with their content,
//! so that watching the files of the last build is not enough.

#![expect(
    clippy::print_stdout,
    reason = "this is how a build script speaks to Cargo"
)]

fn main() {
    println!("cargo::rerun-if-changed=../../../ui/dist");
    println!("cargo::rerun-if-changed=build.rs");
}
