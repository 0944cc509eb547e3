//! All rule packs by country and date.

use std::sync::LazyLock;

use chrono::NaiveDate;

use super::{ContactError, RulePack};

const EMBEDDED: &[(&str, &str)] = &[
    ("AR", include_str!("../../data/contact/ar.json")),
    ("BR", include_str!("../../data/contact/br.json")),
    ("CL", include_str!("../../data/contact/cl.json")),
    ("CO", include_str!("../../data/contact/co.json")),
    ("EC", include_str!("../../data/contact/ec.json")),
    ("ES", include_str!("../../data/contact/es.json")),
    ("GT", include_str!("../../data/contact/gt.json")),
    ("MX", include_str!("../../data/contact/mx.json")),
    ("PA", include_str!("../../data/contact/pa.json")),
    ("PE", include_str!("../../data/contact/pe.json")),
    ("PY", include_str!("../../data/contact/py.json")),
    ("US", include_str!("../../data/contact/us.json")),
];

static BOOK: LazyLock<Result<RuleBook, ContactError>> = LazyLock::new(|| {
    let mut book = RuleBook::default();
    EMBEDDED.iter().try_for_each(|(country, text)| book.add(country, text))?;
    Ok(book)
});

/// The packs of every country that was researched, each with its versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleBook {
    packs: Vec<RulePack>,
}

impl RuleBook {
    /// The packs that come with Saldar, as of November 2026.
    ///
    /// # Errors
    /// They were damaged; a test holds that they were not.
    pub fn embedded() -> Result<&'static Self, ContactError> {
        BOOK.as_ref().map_err(Clone::clone)
    }

    /// Adds the packs of a JSON array. `name` is for the error.
    ///
    /// # Errors
    /// It is no array of packs, or a pack leaves a day without a rule.
    pub fn add(&mut self, name: &str, json: &str) -> Result<(), ContactError> {
        let malformed = |cause: String| ContactError::MalformedPack { pack: name.to_owned(), cause };
        let packs: Vec<RulePack> = serde_json::from_str(json).map_err(|e| malformed(e.to_string()))?;
        if !packs.iter().all(RulePack::is_complete) {
            return Err(malformed("each day of the week and the holiday needs exactly one rule".to_owned()));
        }
        self.packs.extend(packs);
        Ok(())
    }

    /// The pack of a country in force on a date. The one added last wins, so that an operator's
    /// own replaces Saldar's.
    ///
    /// # Errors
    /// No pack of that country is in force then: nothing is known, so nothing is allowed.
    pub fn pack(&self, country: &str, date: NaiveDate) -> Result<&RulePack, ContactError> {
        let found = self.packs.iter().rev().find(|pack| pack.country == country && pack.is_in_force(date));
        found.ok_or_else(|| ContactError::NoRules { country: country.chars().take(40).collect(), date })
    }

    pub fn packs(&self) -> &[RulePack] {
        &self.packs
    }
}
