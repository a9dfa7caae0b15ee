//! The adapter through its public door, against a small server on this machine.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod server;
#[cfg(test)]
mod trouble;
