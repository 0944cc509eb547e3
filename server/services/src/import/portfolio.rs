//! A portfolio file read row by row.

use domain::account::Balance;
use domain::party::PartyKind;

use super::column::{Column, FileColumn};
use super::fields::Fields;
use super::file::ImportFile;
use super::layout::Layout;
use super::mapping::Mapping;
use super::problem::{Problem, RowError, Shown};
use super::row::{Address, Debtor, Document, Guarantor, PortfolioRow};
use super::seen::Seen;
use super::source::{RawRow, Source, Unopened};

/// An open portfolio file: an iterator of rows, each understood or refused with every reason.
pub struct Portfolio<'a> {
    source: Source,
    layout: Layout,
    mapping: &'a Mapping,
    /// First line of each external id; nothing when the file was checked before.
    seen: Option<Seen>,
}

/// A row that was refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    pub errors: Vec<RowError>,
    /// Its amounts, when they at least could be read: the file's totals include them.
    pub opening: Option<Balance>,
}

impl<'a> Portfolio<'a> {
    /// Opens a file whose external ids are to be compared with each other.
    ///
    /// # Errors
    /// A file that cannot be opened, and every column that is missing.
    pub fn open(file: &ImportFile, mapping: &'a Mapping) -> Result<Self, Unopened> {
        Ok(Self { seen: Some(Seen::default()), ..Self::reopen(file, mapping)? })
    }

    /// Opens a file that was read once already and found to repeat no external id.
    ///
    /// # Errors
    /// See [`Portfolio::open`].
    pub fn reopen(file: &ImportFile, mapping: &'a Mapping) -> Result<Self, Unopened> {
        let source = Source::open(file, mapping)?;
        let layout = layout(source.header(), mapping).map_err(Unopened::Refused)?;
        Ok(Self { source, layout, mapping, seen: None })
    }

    /// Where each column was found.
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Reads what is left and gives the hash of the whole file, lower hex.
    ///
    /// # Errors
    /// Reading failed, now or in the middle of the rows.
    pub fn finish(self) -> std::io::Result<String> {
        self.source.finish()
    }

    fn understand(&mut self, row: &RawRow) -> Result<PortfolioRow, Refused> {
        if let Some(problem) = &row.broken {
            let errors = vec![RowError::row(row.line, problem.clone())];
            return Err(Refused { errors, opening: None });
        }
        let mut errors = self.broken_cells(row);
        if row.width() != self.layout.width() {
            let (expected, found) = (self.layout.width(), row.width());
            errors.push(RowError::row(row.line, Problem::FieldCount { expected, found }));
            // Cells have moved: what they say now means nothing.
            return Err(Refused { errors, opening: None });
        }
        let fields = Fields::new(row, &self.layout, self.mapping);
        let external_id = fields.text(Column::ExternalId);
        if let (Some(id), Some(seen)) = (&external_id, &mut self.seen)
            && let Some(first_line) = seen.first_line(id, row.line)
        {
            fields.fail(Column::ExternalId, Problem::DuplicateId { value: Shown::new(id), first_line });
        }
        let opening = fields.opening(fields.currency());
        let read = read_row(&fields, external_id, opening);
        errors.extend(fields.into_errors());
        match read {
            Some(row) if errors.is_empty() => Ok(row),
            _ => Err(Refused { errors, opening }),
        }
    }

    fn broken_cells(&self, row: &RawRow) -> Vec<RowError> {
        let broken = row.unreadable.iter();
        broken
            .map(|(position, problem)| {
                RowError::cell(row.line, self.layout.header_at(*position), problem.clone())
            })
            .collect()
    }
}

impl Iterator for Portfolio<'_> {
    type Item = Result<PortfolioRow, Refused>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.source.next()?;
        Some(self.understand(&row))
    }
}

/// Finds the columns; one of them must say who owes.
fn layout(header: &RawRow, mapping: &Mapping) -> Result<Layout, Vec<RowError>> {
    let found = Layout::new(header, mapping);
    let columns = [Column::DebtorDocument, Column::DebtorName];
    let wanted = columns.iter().any(|column| mapping.columns.contains_key(column));
    let there = columns.iter().any(|column| Layout::has_header(header, mapping, *column));
    if wanted || there {
        return found;
    }
    let missing = RowError::row(header.line, Problem::MissingDebtorColumn);
    Err(found.err().unwrap_or_default().into_iter().chain([missing]).collect())
}

/// Reads every cell, so that every error is noted, before giving up on the row.
fn read_row(
    fields: &Fields<'_>,
    external_id: Option<String>,
    opening: Option<Balance>,
) -> Option<PortfolioRow> {
    for column in Column::REQUIRED {
        fields.require(*column);
    }
    let country = fields.country();
    let due_on = fields.date(Column::DueOn);
    let opened_on = fields.date(Column::OpenedOn);
    if let (Some(opened_on), Some(due_on)) = (opened_on, due_on)
        && opened_on > due_on
    {
        let value = Shown::new(&opened_on.to_string());
        fields.fail(Column::OpenedOn, Problem::DateOrder { value });
    }
    let charged_off_on = fields.date(Column::ChargedOffOn);
    let annual_rate = fields.rate(Column::AnnualRatePct);
    let default_rate = fields.rate(Column::DefaultRatePct);
    let day_count = fields.day_count();
    let product = fields.text(Column::Product);
    let credit_type = fields.text(Column::CreditType);
    let installments_total = fields.count(Column::InstallmentsTotal);
    let installments_unpaid = fields.count(Column::InstallmentsUnpaid);
    let emails = fields.emails();
    let phones = fields.phones(country.as_deref());
    let address = address(fields);
    let guarantor = guarantor(fields, country.as_deref());
    let consent_channels = fields.channels(Column::ConsentChannels);
    let preferred_channel = fields.channel(Column::PreferredChannel);
    let debtor = debtor(fields, country);
    Some(PortfolioRow {
        line: fields.line(),
        external_id: external_id?,
        debtor: debtor?,
        opening: opening?,
        due_on: due_on?,
        opened_on,
        charged_off_on,
        annual_rate,
        default_rate,
        day_count,
        product,
        credit_type,
        installments_total,
        installments_unpaid,
        emails,
        phones,
        address,
        guarantor,
        consent_channels,
        preferred_channel,
    })
}

fn debtor(fields: &Fields<'_>, country: Option<String>) -> Option<Debtor> {
    let number = fields.text(Column::DebtorDocument);
    let document_type = fields.text(Column::DebtorDocumentType).map(|text| text.to_uppercase());
    let document = number.map(|number| Document { kind: document_type, number });
    let name = fields.text(Column::DebtorName);
    if !fields.is_given(Column::DebtorDocument) && !fields.is_given(Column::DebtorName) {
        let column =
            if fields.has(Column::DebtorDocument) { Column::DebtorDocument } else { Column::DebtorName };
        fields.fail(column, Problem::DebtorRequired);
    }
    let kind = fields.choice(Column::DebtorKind, "person, company", party_kind);
    let time_zone = fields.time_zone();
    let language = fields.choice(Column::Language, "es, en, pt, …", language);
    Some(Debtor {
        document,
        name,
        kind: kind.unwrap_or(PartyKind::Person),
        country: country?,
        time_zone,
        language,
    })
}

fn party_kind(text: &str) -> Option<PartyKind> {
    text.to_ascii_lowercase().parse().ok()
}

/// The primary subtag of a language tag: `es-MX` is `es`.
fn language(text: &str) -> Option<String> {
    let primary = text.split(['-', '_']).next()?;
    let is_code = (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_alphabetic());
    is_code.then(|| primary.to_ascii_lowercase())
}

fn address(fields: &Fields<'_>) -> Option<Address> {
    let address = Address {
        street: fields.text(Column::Address),
        city: fields.text(Column::City),
        region: fields.text(Column::Region),
        postal_code: fields.text(Column::PostalCode),
        position: fields.position(),
    };
    let known = address.street.is_some() || address.city.is_some() || address.position.is_some();
    (known || address.region.is_some() || address.postal_code.is_some()).then_some(address)
}

fn guarantor(fields: &Fields<'_>, country: Option<&str>) -> Option<Guarantor> {
    let guarantor = Guarantor {
        document: fields.text(Column::GuarantorDocument),
        name: fields.text(Column::GuarantorName),
        phone: fields.phone(Column::GuarantorPhone, country),
    };
    let known = guarantor.document.is_some() || guarantor.name.is_some() || guarantor.phone.is_some();
    known.then_some(guarantor)
}
