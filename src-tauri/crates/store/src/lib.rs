//! The encrypted file: one SQLite database per mode.
//!
//! `Store<M>` owns the file of one mode and nothing else can open it: the path and the mode written inside follow from
//! the type. One thread writes, several connections read; every commit advances a revision and says which kinds
//! changed. Row type, SQL and migration of a table stand in one file under `table`; questions that span tables stand
//! under `query`. What the mirror tables hold comes from a provider through `apply` and from nowhere else.

mod apply;
mod copy;
mod derive;
mod error;
mod file;
mod key;
mod migration;
mod project;
pub mod proof;
pub mod query;
mod raw;
mod store;
pub mod table;

pub use apply::{Incoming, PageCommit, delete, reproject, see, unseen};
pub use derive::{derive_all, derive_some, fill_words};
pub use error::StoreError;
pub use key::DatabaseKey;
pub use store::{Listener, Notice, Pending, Read, Store, Write};
