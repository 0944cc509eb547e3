//! From data to PDF bytes.

use chrono::{DateTime, Datelike, Timelike, Utc};
use fast_qr::convert::Builder;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::{ECL, QRBuilder};
use serde::Serialize;
use typst::diag::SourceDiagnostic;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::labels::Labels;
use crate::world::{Desk, family, has_glyph};
use crate::{DocumentError, Issuer, Lang, glyphs};

/// How many renders a cached part of the layout outlives without being used.
const CACHE_AGE: usize = 8;

/// A document's data together with what every template needs.
#[derive(Serialize)]
pub struct Sheet<'a, T> {
    #[serde(flatten)]
    data: &'a T,
    lang: Lang,
    labels: &'static Labels,
    issued: Moment,
    footer: String,
}

/// The moment of issue, in UTC, for the file's own date.
#[derive(Serialize)]
struct Moment {
    year: i32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
}

impl<'a, T: Serialize> Sheet<'a, T> {
    pub fn new(data: &'a T, lang: Lang, issuer: &Issuer, issued_on: &str, at: DateTime<Utc>) -> Self {
        let labels = lang.labels();
        let footer = format!("{} · {}", issuer.name, labels.issued.replace("{date}", issued_on));
        let issued = Moment {
            year: at.year(),
            month: at.month(),
            day: at.day(),
            hour: at.hour(),
            minute: at.minute(),
            second: at.second(),
        };
        Self { data, lang, labels, issued, footer }
    }
}

/// Sets `template` with the sheet's data and exports it.
pub fn pdf<T: Serialize>(template: &str, sheet: &Sheet<T>, address: &str) -> Result<Vec<u8>, DocumentError> {
    let document = layout(template, sheet, address)?;
    let accessible = export(&document, &[PdfStandard::A_2a, PdfStandard::Ua_1], true);
    // A payer must get the document even where its tags would not pass.
    let bytes = accessible.or_else(|_| export(&document, &[PdfStandard::A_2b], false))?;
    typst::comemo::evict(CACHE_AGE);
    Ok(bytes)
}

fn export(
    document: &PagedDocument,
    standards: &[PdfStandard],
    tagged: bool,
) -> Result<Vec<u8>, DocumentError> {
    let standards =
        PdfStandards::new(standards).map_err(|error| DocumentError::Export(error.message().to_string()))?;
    let options = PdfOptions { standards, tagged, ..PdfOptions::default() };
    typst_pdf::pdf(document, &options).map_err(|errors| DocumentError::Export(list(&errors)))
}

/// The pages before their export.
pub fn layout<T: Serialize>(
    template: &str,
    sheet: &Sheet<T>,
    address: &str,
) -> Result<PagedDocument, DocumentError> {
    let mut data = serde_json::to_value(sheet)?;
    glyphs::fit(&mut data, &has_glyph);
    if let Some(members) = data.as_object_mut() {
        members.insert("family".to_owned(), family()?.into());
    }
    let files = vec![("data.json", serde_json::to_vec(&data)?), ("qr.svg", qr(address)?.into_bytes())];
    let desk = Desk::new(template, files)?;
    typst::compile(&desk).output.map_err(|e| DocumentError::Layout(list(&e)))
}

fn qr(address: &str) -> Result<String, DocumentError> {
    let code = QRBuilder::new(address)
        .ecl(ECL::M)
        .build()
        .map_err(|error| DocumentError::Qr(format!("{} bytes: {error}", address.len())))?;
    Ok(SvgBuilder::default().margin(0).to_str(&code))
}

fn list(errors: &[SourceDiagnostic]) -> String {
    errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("; ")
}
