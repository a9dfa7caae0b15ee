//! Keeps the memory of a release build to itself: no core dump, and no other process of the same user may read it.
//!
//! A debug build stays open to debuggers. Where the system refuses, the window still opens: these are second walls, and
//! the log says that one is missing.

/// Closes what can be closed on this system.
pub(crate) fn process() {
    if cfg!(debug_assertions) {
        return;
    }
    #[cfg(target_os = "linux")]
    linux();
}

#[cfg(target_os = "linux")]
fn linux() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!("core dumps could not be turned off: {error}");
    }
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!("the process's memory stays readable to the user's other programs: {error}");
    }
}
