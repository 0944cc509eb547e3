//! What typst may see: our templates, our fonts and one document's data. No disk, no network, no
//! clock, so nothing but the data can change the result.

use std::collections::HashMap;
use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::DocumentError;

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));
static FONTS: LazyLock<Fonts> = LazyLock::new(Fonts::embedded);

const TEMPLATES: [(&str, &str); 6] = [
    ("common.typ", include_str!("../templates/common.typ")),
    ("agreement.typ", include_str!("../templates/agreement.typ")),
    ("certificate.typ", include_str!("../templates/certificate.typ")),
    ("letter.typ", include_str!("../templates/letter.typ")),
    ("receipt.typ", include_str!("../templates/receipt.typ")),
    ("statement.typ", include_str!("../templates/statement.typ")),
];

struct Fonts {
    book: LazyHash<FontBook>,
    faces: Vec<Font>,
}

impl Fonts {
    fn embedded() -> Self {
        let regular: &'static [u8] = include_bytes!("../fonts/PublicSans-Regular.ttf");
        let bold: &'static [u8] = include_bytes!("../fonts/PublicSans-Bold.ttf");
        let faces: Vec<Font> =
            [regular, bold].into_iter().flat_map(|data| Font::iter(Bytes::new(data))).collect();
        Self { book: LazyHash::new(FontBook::from_fonts(&faces)), faces }
    }
}

/// The family all documents are set in.
pub fn family() -> Result<&'static str, DocumentError> {
    FONTS
        .faces
        .first()
        .map(|font| font.info().family.as_str())
        .ok_or_else(|| DocumentError::Asset("no font".to_owned()))
}

/// Whether every built-in face can draw `c`.
pub fn has_glyph(c: char) -> bool {
    FONTS.faces.iter().all(|font| font.info().coverage.contains(c.into()))
}

/// One document's surroundings.
pub struct Desk {
    main: FileId,
    files: HashMap<FileId, Bytes>,
}

impl Desk {
    /// `template` names the template to set; `files` are the data it reads.
    pub fn new(template: &str, files: Vec<(&str, Vec<u8>)>) -> Result<Self, DocumentError> {
        let templates = TEMPLATES.into_iter().map(|(name, text)| (name, Bytes::from_string(text)));
        let data = files.into_iter().map(|(name, bytes)| (name, Bytes::new(bytes)));
        let files = templates
            .chain(data)
            .map(|(name, bytes)| file_id(name).map(|id| (id, bytes)))
            .collect::<Result<_, _>>()?;
        Ok(Self { main: file_id(template)?, files })
    }
}

fn file_id(name: &str) -> Result<FileId, DocumentError> {
    let path = VirtualPath::new(name).map_err(|error| DocumentError::Asset(format!("{name}: {error}")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let bytes = self.file(id)?;
        let text = bytes.as_str().map_err(|_| FileError::InvalidUtf8)?;
        Ok(Source::new(id, text.to_owned()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or_else(|| FileError::NotFound(id.vpath().get_without_slash().into()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.faces.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
