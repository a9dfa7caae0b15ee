//! What the file does to answer: each list is walked along the index that is meant for it.
