//! By when a case is answered, and until when it can be reopened.

use chrono::NaiveDate;

use super::CaseKind;
use crate::calendar::{BusinessCalendar, NoBusinessDay};
use crate::contact::{Citation, HolidayTable};

/// Days after an answer during which the person can reopen the case; a policy default.
pub const REOPEN_DAYS: i64 = 30;

/// Business days to answer; a policy default, shorter where somebody waits in distress.
pub const fn answer_days(kind: CaseKind) -> i32 {
    match kind {
        CaseKind::CallRequest => 2,
        CaseKind::Vulnerability | CaseKind::Bereavement => 3,
        CaseKind::Hardship | CaseKind::Insolvency | CaseKind::LegalRepresentation => 5,
        CaseKind::DataCorrection => 10,
        CaseKind::Dispute | CaseKind::DebtDenial | CaseKind::Complaint => 15,
    }
}

/// Where the deadline comes from.
pub fn deadline_cite(kind: CaseKind) -> Citation {
    Citation::policy(match kind {
        CaseKind::CallRequest => "calls that were asked for",
        CaseKind::DataCorrection => "corrections of data",
        CaseKind::Dispute | CaseKind::DebtDenial | CaseKind::Complaint => "disputes and complaints",
        CaseKind::Hardship
        | CaseKind::Vulnerability
        | CaseKind::Bereavement
        | CaseKind::Insolvency
        | CaseKind::LegalRepresentation => "people who need help",
    })
}

/// The last day on which the answer is in time.
///
/// # Errors
/// The calendar has no business days.
pub fn answer_by(
    kind: CaseKind,
    opened_on: NaiveDate,
    calendar: &BusinessCalendar,
) -> Result<NaiveDate, NoBusinessDay> {
    calendar.add_business_days(opened_on, answer_days(kind))
}

/// Business days of a country. Holidays that are not known count as working days: the answer is
/// then due earlier, never later.
pub fn calendar(country: &str) -> BusinessCalendar {
    let known = HolidayTable::embedded().ok().and_then(|table| table.of(country, None).ok());
    BusinessCalendar::weekends(known.into_iter().flat_map(|set| set.iter().map(|(date, _)| date)))
}
