//! Compiles every folder beside this file that has a `plugin.toml`.

fn main() {
    lotus_plugin_build::embed(".");
}
