//! The same 2 KiB through HTTP: from a native handler and from a fresh plugin instance, by processor time.

use anyhow::ensure;

use crate::load::once;
use crate::side::{Server, Side};
use crate::table::{Bounds, Table};

pub(crate) fn measure(table: &mut Table) -> anyhow::Result<()> {
    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for threads in [1, 2] {
        let mut server = Server::start("echo", threads)?;
        let port = server.port()?;
        let (native, fresh) =
            tokio.block_on(async { anyhow::Ok((once(port, "/native").await?, once(port, "/fresh").await?)) })?;
        ensure!(native == fresh && native.len() == 2_048, "the two handlers give different bytes");
        for connections in [1, 32, 256] {
            let (mut native, mut fresh) = (Side::new(port, "/native"), Side::new(port, "/fresh"));
            tokio.block_on(server.compare([&mut native, &mut fresh], connections))?;
            let ratio = fresh.cost_against(&native);
            let place = format!("{connections} at once, server on {threads} thread(s)");
            let bounds = Bounds { words: ("≤ 3.0 ×", "≤ 2.0 ×"), numbers: (3.0, 2.0), more: false };
            let what = format!("2 KiB through HTTP with a fresh instance, CPU against native: {place}");
            table.held(&what, bounds, ratio, format!("{ratio:.2} × ({})", fresh.shown()));
            table.beside(&format!("the native handler: {place}"), native.shown());
        }
    }
    Ok(())
}
