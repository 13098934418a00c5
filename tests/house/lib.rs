//! Tests that keep the house; they stand in `tests/`, this is empty.
