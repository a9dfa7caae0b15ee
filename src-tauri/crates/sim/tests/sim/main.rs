//! The tests of the simulated merchant, in one program because linking many takes longer than running them.

#[cfg(test)]
mod contract;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod lives;
#[cfg(test)]
mod money;
#[cfg(test)]
mod past;
#[cfg(test)]
mod present;
#[cfg(test)]
mod references;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod support;
#[cfg(test)]
mod time;
