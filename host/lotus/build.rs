//! Tells the program's tests whether a PostgreSQL can be started here.

fn main() {
    lotus_test_find::emit();
}
