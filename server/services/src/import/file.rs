//! The file to import: bytes in memory or a path, read from its beginning as often as needed.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::PathBuf;
use std::sync::Arc;

use sha2::{Digest, Sha256};

/// Where a file's bytes come from.
#[derive(Debug, Clone)]
pub enum ImportFile {
    /// Sent with a form.
    Bytes(Arc<[u8]>),
    /// On this machine; read in pieces, so that its size does not matter.
    Path(PathBuf),
}

impl From<Vec<u8>> for ImportFile {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl From<&[u8]> for ImportFile {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl From<PathBuf> for ImportFile {
    fn from(path: PathBuf) -> Self {
        Self::Path(path)
    }
}

impl ImportFile {
    /// A reader at the beginning.
    ///
    /// # Errors
    /// The path cannot be opened.
    pub fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Self::Bytes(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
            Self::Path(path) => Box::new(File::open(path)?),
        })
    }

    /// The hash of all bytes, lower hex.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn sha256(&self) -> io::Result<String> {
        let mut reader = Hashing::new(self.open()?);
        reader.drain()?;
        Ok(reader.hex())
    }
}

/// A reader that hashes what passes through.
pub struct Hashing {
    inner: Box<dyn Read + Send>,
    hash: Sha256,
}

impl Hashing {
    pub fn new(inner: Box<dyn Read + Send>) -> Self {
        Self { inner, hash: Sha256::new() }
    }

    /// Reads the rest and forgets it.
    ///
    /// # Errors
    /// Reading fails.
    pub fn drain(&mut self) -> io::Result<()> {
        io::copy(self, &mut io::sink()).map(|_| ())
    }

    /// The hash of what was read so far.
    pub fn hex(self) -> String {
        hex::encode(self.hash.finalize())
    }
}

impl Read for Hashing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hash.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}
