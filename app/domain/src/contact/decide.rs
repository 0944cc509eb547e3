//! The decision: the first rule that objects refuses; if none does, there is a permit.

use chrono::{DateTime, NaiveDate, Utc};

use super::inquiry::Inquiry;
use super::next::next_slot;
use super::{
    ContactCase, ContactError, ContactPermit, Decision, HolidayTable, Overrides, PackRef, Refusal, RuleBook,
    RulePack,
};

/// What a case is held against.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    pub pack: &'a RulePack,
    pub holidays: &'a HolidayTable,
    pub overrides: &'a Overrides,
}

impl<'a> Rules<'a> {
    /// The rules that come with Saldar for a country and date, with an operator's overrides.
    ///
    /// # Errors
    /// No pack of that country is in force then.
    pub fn embedded(country: &str, date: NaiveDate, overrides: &'a Overrides) -> Result<Self, ContactError> {
        let pack = RuleBook::embedded()?.pack(country, date)?;
        Ok(Self { pack, holidays: HolidayTable::embedded()?, overrides })
    }
}

/// Decides whether the contact of `case` may be made, in the order legal stop, recipient, consent,
/// own hours, hours, holiday, frequency, visit. Where what is known of the debtor's place points
/// to several clocks, every one of them must agree.
///
/// # Errors
/// The rules, the zone or the holidays of that year are not known: then nobody may be contacted.
pub fn decide(rules: Rules<'_>, case: &ContactCase) -> Result<Decision, ContactError> {
    let inquiry = Inquiry::new(rules, case)?;
    let pack = PackRef {
        country: rules.pack.country.clone(),
        subdivision: case.subdivision.clone(),
        version: rules.pack.version.clone(),
    };
    let Some(objection) = inquiry.objection(case.at)? else {
        let span = (case.at, valid_until(&inquiry, case.at));
        let duties = rules.pack.duties_of(case.channel, case.history.is_empty());
        let hours = inquiry.zones().first().and_then(|zone| inquiry.open_under(zone.local(case.at)));
        return Ok(Decision::Allowed(ContactPermit::new(case.channel, span, pack, (hours, duties))));
    };
    let next = next_slot(&inquiry, case.at);
    Ok(Decision::Refused(Refusal {
        reason: objection.reason,
        cite: objection.cite,
        evidence: objection.evidence,
        next,
        pack,
    }))
}

/// When the hours that are open at `at` end on the first of the debtor's clocks.
fn valid_until(inquiry: &Inquiry, at: DateTime<Utc>) -> DateTime<Utc> {
    let end = |zone: &super::Zone| {
        let local = zone.local(at);
        let ends = inquiry.ends(local);
        let instants = ends.into_iter().flat_map(|end| zone.instants(local.date(), end));
        instants.filter(|end| *end > at).min()
    };
    inquiry.zones().iter().filter_map(end).min().unwrap_or(at)
}
