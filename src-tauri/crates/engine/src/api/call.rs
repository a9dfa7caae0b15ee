//! Commands by name, for hosts that speak JSON.

use crate::api::handle;
use crate::api::types::ApiErrorView;
use crate::desk::Desk;
use crate::for_each_command;
use std::sync::Arc;

macro_rules! dispatch {
    ($($(#[$doc:meta])* $name:ident($request:ident) -> $response:ident;)*) => {
        /// Every command's name.
        pub const COMMAND_NAMES: &[&str] = &[$(stringify!($name)),*];

        /// Carries out a command by name; `None` when there is no such command.
        ///
        /// # Errors
        /// The command's own, or that its request could not be read.
        pub async fn call(
            desk: &Arc<Desk>,
            name: &str,
            request: &[u8],
        ) -> Option<Result<serde_json::Value, ApiErrorView>> {
            match name {
                $(stringify!($name) => Some(async {
                    let request = read(request)?;
                    let response = handle::$name(desk, request).await?;
                    write(&response)
                }.await),)*
                _ => None,
            }
        }
    };
}

for_each_command!(dispatch);

fn read<T: serde::de::DeserializeOwned>(request: &[u8]) -> Result<T, ApiErrorView> {
    // The message names the place and the type, never the value: the request may hold a key.
    serde_json::from_slice(request).map_err(|error| ApiErrorView {
        code: "usage".to_owned(),
        message: format!(
            "The request could not be read at line {}, column {}.",
            error.line(),
            error.column()
        ),
        hint: None,
    })
}

fn write<T: serde::Serialize>(response: &T) -> Result<serde_json::Value, ApiErrorView> {
    serde_json::to_value(response).map_err(|error| ApiErrorView {
        code: "internal".to_owned(),
        message: format!("The answer could not be written: {error}."),
        hint: None,
    })
}
