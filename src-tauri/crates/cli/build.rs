//! Builds the program anew when the page it carries has changed: the page's files change their names with their content,
//! so that watching the files of the last build is not enough.

fn main() {
    println!("cargo::rerun-if-changed=../../../ui/dist");
    println!("cargo::rerun-if-changed=build.rs");
}
