//! Gives every command of the engine's list a permission of its own.
//!
//! Without an app manifest any page in the window may call every command; with it, a command that `capabilities` does
//! not name is refused. The names come from the very file that declares the commands, so there is no second list.

use std::path::Path;

/// The one list, included for its names alone.
#[macro_use]
#[path = "crates/engine/src/api/list.rs"]
mod list;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident($request:ident) -> $response:ident;)*) => {
        const COMMANDS: &[&str] = &[$(stringify!($name)),*];
    };
}

for_each_command!(names);

/// Where the built UI lies; the configuration names the same folder.
const PAGES: &str = "../ui/dist";

fn main() {
    println!("cargo::rerun-if-changed=crates/engine/src/api/list.rs");
    println!("cargo::rerun-if-changed={PAGES}");
    // The window refuses to start without its pages, but checks and tests of the shell must not need a UI build.
    if !Path::new(PAGES).join("index.html").exists() {
        println!(
            "cargo::warning=there is no built UI in {PAGES}; this window will say so and end. Run `npm run build` in ui/."
        );
        if let Err(error) = std::fs::create_dir_all(PAGES) {
            fail(&error);
        }
    }
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    if let Err(error) =
        tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))
    {
        fail(&error);
    }
}

fn fail(error: &dyn std::fmt::Debug) -> ! {
    println!("cargo::error={error:?}");
    std::process::exit(1)
}
