//! The tests of the simulated merchant, in one program because linking many takes longer than running them.

#[cfg(test)]
mod acting;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod corners;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod idempotency;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod lives;
#[cfg(test)]
mod misspelt;
#[cfg(test)]
mod money;
#[cfg(test)]
mod papers;
#[cfg(test)]
mod past;
#[cfg(test)]
mod present;
#[cfg(test)]
mod references;
#[cfg(test)]
mod refunding;
#[cfg(test)]
mod rehearsal;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod schemas;
#[cfg(test)]
mod selling;
#[cfg(test)]
mod support;
#[cfg(test)]
mod time;
#[cfg(test)]
mod writing;
