//! What views show, made from the books: each answer carries money as minor units with ready text.
//!
//! Nothing here changes anything. All of it blocks and is called off the async threads.

mod acts;
pub mod chart;
mod csv_line;
pub mod customers;
pub mod money;
pub mod news;
pub mod numbers;
pub mod overview;
mod past;
pub mod reconcile;
pub mod records;
pub mod status;
pub mod timeline;
pub mod today;
pub(crate) mod words;
