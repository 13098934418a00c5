//! Tells the tests which outside programs there are.

fn main() {
    lotus_test_find::emit();
}
