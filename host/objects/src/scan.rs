//! The virus scanner: ClamAV's daemon over TCP or a Unix socket, fed while the file goes by (`INSTREAM`, clamd(8)).
//!
//! Invariant: where a scanner is configured, nothing is taken that it has not looked through. One that is away, full or
//! confused means “not now”, never “clean”.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};

use crate::ObjectError;

/// How long the scanner may take to accept, to take a chunk, and to say what it found.
const PATIENCE: Duration = Duration::from_mins(1);
/// Longest answer.
const ANSWER: u64 = 4096;

/// Where the scanner listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScannerAddress {
    /// `TCPSocket` of its configuration.
    Tcp(SocketAddr),
    /// `LocalSocket` of its configuration.
    Unix(PathBuf),
}

/// A scanner.
#[derive(Debug, Clone)]
pub struct Scanner {
    address: ScannerAddress,
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// A file that is being looked through.
pub(crate) struct Scan {
    wire: Box<dyn Wire>,
}

fn away(why: impl std::fmt::Display) -> ObjectError {
    ObjectError::Unavailable(format!("the virus scanner: {why}"))
}

async fn patiently<T>(what: impl Future<Output = std::io::Result<T>>) -> Result<T, ObjectError> {
    match tokio::time::timeout(PATIENCE, what).await {
        Ok(done) => done.map_err(away),
        Err(_) => Err(away("it does not answer")),
    }
}

impl Scanner {
    /// At this address.
    pub const fn new(address: ScannerAddress) -> Self {
        Self { address }
    }

    /// Whether it answers.
    pub async fn ping(&self) -> Result<(), ObjectError> {
        let mut scan = self.connect().await?;
        patiently(scan.wire.write_all(b"zPING\0")).await?;
        let said = scan.answer().await?;
        if said == "PONG" { Ok(()) } else { Err(away(said)) }
    }

    async fn connect(&self) -> Result<Scan, ObjectError> {
        let wire: Box<dyn Wire> = match &self.address {
            ScannerAddress::Tcp(address) => Box::new(patiently(TcpStream::connect(address)).await?),
            ScannerAddress::Unix(path) => Box::new(patiently(UnixStream::connect(path)).await?),
        };
        Ok(Scan { wire })
    }

    /// Begins to look through a file.
    pub(crate) async fn begin(&self) -> Result<Scan, ObjectError> {
        let mut scan = self.connect().await?;
        patiently(scan.wire.write_all(b"zINSTREAM\0")).await?;
        Ok(scan)
    }
}

impl Scan {
    /// The next bytes: their length in network order, then they.
    pub(crate) async fn see(&mut self, bytes: &[u8]) -> Result<(), ObjectError> {
        if bytes.is_empty() {
            return Ok(());
        }
        let length = u32::try_from(bytes.len()).map_err(away)?.to_be_bytes();
        patiently(self.wire.write_all(&length)).await?;
        patiently(self.wire.write_all(bytes)).await
    }

    /// That was all: what was found, if anything.
    pub(crate) async fn found(mut self) -> Result<Option<String>, ObjectError> {
        patiently(self.wire.write_all(&[0; 4])).await?;
        patiently(self.wire.flush()).await?;
        let said = self.answer().await?;
        let said = said.strip_prefix("stream: ").unwrap_or(&said);
        match said.strip_suffix(" FOUND") {
            Some(name) => Ok(Some(name.to_owned())),
            None if said == "OK" => Ok(None),
            None => Err(away(said)),
        }
    }

    async fn answer(&mut self) -> Result<String, ObjectError> {
        let mut said = Vec::new();
        patiently((&mut self.wire).take(ANSWER).read_to_end(&mut said)).await?;
        Ok(String::from_utf8_lossy(&said).trim_end_matches(['\0', '\n']).to_owned())
    }
}
