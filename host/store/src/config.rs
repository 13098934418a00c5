//! Which database a store is opened on.

use std::path::PathBuf;

/// Which database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreConfig {
    /// One file; made where it is not there.
    Sqlite {
        /// The file.
        file: PathBuf,
        /// Connections that read at the same time.
        readers: u32,
    },
    /// A server.
    Postgres {
        /// `postgres://user:password@host/database`.
        url: String,
        /// Most connections.
        connections: u32,
    },
}

impl StoreConfig {
    /// A file with the usual number of readers.
    pub fn sqlite(file: impl Into<PathBuf>) -> Self {
        Self::Sqlite { file: file.into(), readers: 4 }
    }

    /// A server with the usual number of connections.
    pub fn postgres(url: impl Into<String>) -> Self {
        Self::Postgres { url: url.into(), connections: 16 }
    }
}
