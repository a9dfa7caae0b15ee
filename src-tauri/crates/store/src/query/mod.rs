//! Questions that span tables, one file for each view.

pub mod customers;
pub mod lists;
pub mod object;
pub mod weight;
