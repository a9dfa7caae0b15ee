//! Questions that span tables, one file for each view.

pub mod customers;
pub mod explained;
pub mod ledger;
pub mod lists;
pub mod object;
pub mod records;
pub mod unsettled;
pub mod waiting;
pub mod weight;
pub mod window;
