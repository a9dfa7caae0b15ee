//! A growing list of records that are never removed, addressed by the number they were given.
//!
//! The world refers to its records by number, which keeps it small and makes every list of the API a walk from the highest
//! number down. Because a number is only ever handed out by [`Shelf::push`] and nothing is taken away again, looking one up
//! cannot fail; that is the invariant that allows the indexing here. It is not a cache and not a map.

use std::ops::{Index, IndexMut};

/// Records by number, in the order in which they came to be.
#[derive(Clone, Debug)]
pub(crate) struct Shelf<T>(Vec<T>);

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Shelf<T> {
    /// Adds a record made from the number it will have.
    pub(crate) fn push(&mut self, make: impl FnOnce(u32) -> T) -> u32 {
        let number = self.len();
        self.0.push(make(number));
        number
    }

    /// How many there are.
    pub(crate) fn len(&self) -> u32 {
        self.0.len() as u32
    }

    /// The record of a number that may come from outside.
    pub(crate) fn find(&self, number: u32) -> Option<&T> {
        self.0.get(number as usize)
    }

    /// All of them, oldest first.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }
}

impl<T> Index<u32> for Shelf<T> {
    type Output = T;
    #[expect(
        clippy::indexing_slicing,
        reason = "numbers come from push, and nothing is ever removed"
    )]
    fn index(&self, number: u32) -> &T {
        &self.0[number as usize]
    }
}

impl<T> IndexMut<u32> for Shelf<T> {
    #[expect(
        clippy::indexing_slicing,
        reason = "numbers come from push, and nothing is ever removed"
    )]
    fn index_mut(&mut self, number: u32) -> &mut T {
        &mut self.0[number as usize]
    }
}
