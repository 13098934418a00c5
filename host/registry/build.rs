//! Tells the tests whether an OCI registry can be started here.

fn main() {
    lotus_test_find::emit();
}
