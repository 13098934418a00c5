//! Tells the tests whether a virus scanner and an S3-compatible store can be started here.

fn main() {
    lotus_test_find::emit();
}
