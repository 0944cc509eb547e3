//! May this debtor be contacted, by this channel, at this instant?
//!
//! The law is data: a [`RulePack`] for each country, dated, versioned and cited, with how sure
//! each rule is. [`decide`] holds a [`ContactCase`] against a pack in a fixed order (legal stop,
//! recipient, the debtor's consent, the debtor's own hours, the hours of the norm on the debtor's
//! clock, holidays, frequency, visits) and gives a [`ContactPermit`], which nothing else can make,
//! or a [`Refusal`] with its reason, the norm, the evidence and the next lawful instant. What is
//! not known (a country, a zone, a year of holidays) is an error, never leave.

mod book;
mod case;
mod channel;
mod citation;
mod decide;
mod decision;
mod holidays;
mod inquiry;
mod limit;
mod next;
mod overrides;
mod pack;
mod reply;
mod standing;
#[cfg(test)]
mod tests;
mod validation;
mod window;
mod zone;

pub use book::RuleBook;
pub use case::{Circumstances, Consents, ContactCase, LegalStop, PastContact, StopKind};
pub use channel::{Channel, Outcome, Purpose, Recipient, Site};
pub use citation::{Citation, Confidence};
pub use decide::{Rules, decide};
pub use decision::{ContactError, ContactPermit, Decision, NextSlot, PackRef, Reason, Refusal};
pub use holidays::{HolidayError, HolidaySet, HolidayTable};
pub use limit::{ChannelScope, Counted, Exemption, Limit, LimitRule, Period, Scope};
pub use overrides::{Caps, Loosening, Overrides, Reading};
pub use pack::{
    ChannelRule, Duty, DutyMoment, Grounds, RecipientRule, RulePack, SiteRule, StopRule, Subdivision,
    VisitException, VisitRule,
};
pub use reply::{Reply, reply};
pub use validation::{ValidationPeriod, validation_period};
pub use window::{DayKind, DayRule, NotAWindow, OwnHours, OwnSlot, Window};
pub use zone::Zone;
