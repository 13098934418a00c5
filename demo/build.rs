//! Embeds `data/items/*.toml`: adding a file to the folder is all it takes to add an item.

use std::fmt::Write as _;
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=data/items");
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from).unwrap_or_default();
    let mut files = std::fs::read_dir(variable("CARGO_MANIFEST_DIR").join("data/items"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    std::fs::write(variable("OUT_DIR").join("items.rs"), list(&files))
}

/// The source of a slice of (file name, text) pairs, in the order of the names.
fn list(files: &[PathBuf]) -> String {
    let mut source = String::from("&[\n");
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let path = path.to_string_lossy();
        // Writing into a `String` can't fail.
        let _ = writeln!(source, "    ({name:?}, include_str!({path:?})),");
    }
    source.push_str("]\n");
    source
}
