//! The product's own doors, for tests.
