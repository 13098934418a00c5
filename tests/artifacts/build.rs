//! Compiles every guest in `tests/guests`.

fn main() {
    lotus_plugin_build::embed("../guests");
}
