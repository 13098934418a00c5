//! A throwaway PostgreSQL to try things on: prints the address of a fresh database, and is gone when this program is.

use std::io::Write as _;

use lotus_test_services::postgres::{Error, Server};

fn main() -> Result<(), Error> {
    let server = Server::quick()?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", server.create_database()?)?;
    out.flush()?;
    loop {
        std::thread::park();
    }
}
