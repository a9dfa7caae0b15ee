//! The commands and their types as TypeScript, in one file that is committed and checked for freshness.

use crate::api::reconcile::EXPORT_BYTES_MAX;
use crate::api::types::{Changed, *};
use crate::for_each_command;
use crate::notes::TEXT_MAX;
use crate::view::chart::notes::CHARACTERS;
use std::any::TypeId;
use std::collections::BTreeMap;
use std::collections::HashSet;
use std::fmt::Write as _;
use ts_rs::{Config, TS, TypeVisitor};

/// Gathers the declaration of every type that a type rests on.
struct Gatherer {
    config: Config,
    seen: HashSet<TypeId>,
    declared: BTreeMap<String, String>,
}

impl Gatherer {
    fn add<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        // Only our own types have a place of their own; the rest is built in.
        if T::output_path().is_some() {
            let docs = T::docs().unwrap_or_default();
            let declaration = format!("{docs}export {}", T::decl(&self.config));
            self.declared.insert(T::ident(&self.config), declaration);
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

impl TypeVisitor for Gatherer {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        self.add::<T>();
    }
}

macro_rules! commands {
    ($($(#[doc = $doc:literal])* $name:ident($request:ident) -> $response:ident;)*) => {
        fn gather(gatherer: &mut Gatherer) -> String {
            let mut interface = String::new();
            let mut names = String::new();
            $(
                gatherer.add::<$request>();
                gatherer.add::<$response>();
                let docs: &[&str] = &[$($doc),*];
                // Writing to a String cannot fail.
                let _ = writeln!(
                    interface,
                    "  /**{} */\n  {}: {{ request: {}; response: {} }};",
                    docs.concat(), stringify!($name), stringify!($request), stringify!($response),
                );
                let _ = writeln!(names, "  \"{}\",", stringify!($name));
            )*
            format!(
                "/** Every command with what it takes and gives. */\nexport interface Commands {{\n{interface}}}\n\n\
                 /** Every command's name. */\nexport const COMMAND_NAMES = [\n{names}] as const satisfies readonly (keyof Commands)[];\n"
            )
        }
    };
}

for_each_command!(commands);

/// The whole file.
#[must_use]
pub fn typescript() -> String {
    let mut gatherer = Gatherer {
        config: Config::new().with_large_int("number"),
        seen: HashSet::new(),
        declared: BTreeMap::new(),
    };
    let commands = gather(&mut gatherer);
    gatherer.add::<Changed>();
    gatherer.add::<ApiErrorView>();
    let mut out = String::from(
        "// Generated from the engine's list of commands by `cargo xtask bindings`; changes belong there.\n\n",
    );
    for declaration in gatherer.declared.values() {
        out.push_str(declaration);
        out.push_str("\n\n");
    }
    out.push_str(&commands);
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "\n/** The longest export that `reconcile` takes, in bytes. */\nexport const EXPORT_BYTES_MAX = {EXPORT_BYTES_MAX};\n\n\
         /** Characters that a note on a customer may have. */\nexport const NOTE_TEXT_MAX = {TEXT_MAX};\n\n\
         /** Characters that words on a day may have. */\nexport const WORDS_TEXT_MAX = {CHARACTERS};"
    );
    out
}
