//! A whole portal page with a plugin's part, against the same page of the same host with the plugin's answer at hand:
//! the difference is what the sandbox costs a reader.

use anyhow::{Context as _, ensure};

use crate::load::once;
use crate::side::{Server, Side};
use crate::table::{Bounds, Table};

/// 禹州's zone, and a page of it.
const PATHS: [&str; 2] = ["/d/411081/zones/jun-porcelain", "/d/411081/services/studio-award"];

pub(crate) fn measure(table: &mut Table) -> anyhow::Result<()> {
    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut server = Server::start("city", 2)?;
    let (plugin_port, native_port) = (server.port()?, server.port()?);
    for path in PATHS {
        let (plugin, native) =
            tokio.block_on(async { anyhow::Ok((once(plugin_port, path).await?, once(native_port, path).await?)) })?;
        let (plugin, native) = (without_tokens(&plugin)?, without_tokens(&native)?);
        ensure!(plugin == native, "{path}: the two sides give different bytes");
        for connections in [1, 32, 256] {
            let (mut plugin, mut native) = (Side::new(plugin_port, path), Side::new(native_port, path));
            tokio.block_on(server.compare([&mut native, &mut plugin], connections))?;
            let share = 100.0 * plugin.rate_against(&native);
            let bounds = Bounds { words: ("70 %", "90 %"), numbers: (70.0, 90.0), more: true };
            let what = format!("the page {path} against its native twin, requests/s: {connections} at once");
            table.held(&what, bounds, share, format!("{share:.0} % ({})", plugin.shown()));
            table.beside(&format!("its native twin: {connections} at once"), native.shown());
        }
    }
    Ok(())
}

/// The page without what is another one in every answer: the form's token.
fn without_tokens(page: &[u8]) -> anyhow::Result<String> {
    let page = std::str::from_utf8(page).context("a page is UTF-8")?;
    let random = |piece: &&str| piece.len() >= 40 && piece.bytes().all(|byte| byte.is_ascii_hexdigit());
    Ok(page.split('"').filter(|piece| !random(piece)).collect::<Vec<_>>().join("\""))
}
