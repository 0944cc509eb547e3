//! Writing files for the browser: hashes, pre-compressed copies, sizes, and stamps that skip finished work.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// Raised when this tool writes its outputs differently, so that old ones are not taken for finished.
const FORMAT: &str = "1";
const COMPRESSED: [&str; 8] = ["html", "js", "css", "wasm", "json", "webmanifest", "svg", "txt"];
/// Below this, a compressed copy saves no packet.
const WORTH_COMPRESSING: usize = 256;

/// How hard to compress: `Fast` while watching, `Best` for everything that is measured or shipped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    Fast,
    Best,
}

/// A served file and what it costs to load, in bytes.
pub struct Size {
    pub name: String,
    pub raw: usize,
    pub brotli: usize,
}

/// Lower-case hexadecimal SHA-256.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// One hash over named contents.
#[derive(Default)]
pub struct Fingerprint(Sha256);

impl Fingerprint {
    pub fn new(compression: Compression) -> Self {
        let mut print = Self::default();
        print.add(FORMAT, if compression == Compression::Best { b"best" } else { b"fast" });
        print
    }

    pub fn add(&mut self, name: &str, content: &[u8]) {
        self.0.update(format!("{name}\0{}\0", content.len()));
        self.0.update(content);
    }

    pub fn add_file(&mut self, path: &Path) -> Result<()> {
        self.add(&path.to_string_lossy(), &read(path)?);
        Ok(())
    }

    pub fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }
}

/// Remembers which inputs an output was made from.
pub struct Stamp {
    file: PathBuf,
    inputs: String,
}

impl Stamp {
    pub fn new(scratch: &Path, name: &str, inputs: String) -> Self {
        Self { file: scratch.join(format!("{name}.stamp")), inputs }
    }

    /// Whether the output named by `sample` is there and was made from these inputs.
    pub fn is_fresh(&self, sample: &Path) -> bool {
        sample.exists() && fs::read_to_string(&self.file).is_ok_and(|old| old == self.inputs)
    }

    pub fn save(&self) -> Result<()> {
        write(&self.file, self.inputs.as_bytes())
    }
}

pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}

/// Writes a served file, with `.br` and `.gz` copies where compression helps.
pub fn publish(path: &Path, content: &[u8], compression: Compression) -> Result<()> {
    write(path, content)?;
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    if !COMPRESSED.contains(&extension) || content.len() < WORTH_COMPRESSING {
        return Ok(());
    }
    write(&with_suffix(path, "br"), &brotli(content, compression)?)?;
    write(&with_suffix(path, "gz"), &gzip(content, compression)?)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}

fn brotli(content: &[u8], compression: Compression) -> Result<Vec<u8>> {
    let quality = if compression == Compression::Best { 11 } else { 4 };
    let mut packed = Vec::new();
    brotli::CompressorWriter::new(&mut packed, 1 << 16, quality, 22).write_all(content)?;
    Ok(packed)
}

fn gzip(content: &[u8], compression: Compression) -> Result<Vec<u8>> {
    let level = if compression == Compression::Best {
        flate2::Compression::best()
    } else {
        flate2::Compression::fast()
    };
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

/// The size of a published file; a file without a compressed copy travels as it is.
pub fn size(site: &Path, name: &str) -> Result<Size> {
    let path = site.join(name);
    let raw = read(&path)?.len();
    let packed = with_suffix(&path, "br");
    let brotli = if packed.exists() { read(&packed)?.len() } else { raw };
    Ok(Size { name: name.to_owned(), raw, brotli })
}

/// A table of sizes, in bytes.
pub fn size_table(sizes: &[Size]) -> String {
    let mut table = format!("{:<34}{:>12}{:>12}\n", "first load", "bytes", "brotli");
    for size in sizes {
        let _ = writeln!(table, "{:<34}{:>12}{:>12}", size.name, size.raw, size.brotli);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprint_keeps_name_and_content_apart() {
        let print = |name: &str, content: &[u8]| {
            let mut print = Fingerprint::new(Compression::Best);
            print.add(name, content);
            print.finish()
        };
        assert_ne!(print("a", b"bc"), print("ab", b"c"));
        assert_eq!(print("a", b"bc"), print("a", b"bc"));
    }

    #[test]
    fn compressed_copy_unpacks_to_the_original() {
        let text = "saldo pendiente ".repeat(100);
        let packed = brotli(text.as_bytes(), Compression::Best).unwrap();
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut packed.as_slice(), &mut unpacked).unwrap();
        assert!(packed.len() < text.len() / 10);
        assert_eq!(unpacked, text.as_bytes());
    }
}
