//! Segments and journeys: which accounts, and what is done about them.

mod journeys;
mod run;
mod segments;
pub(crate) mod template;

pub use journeys::{JourneyLine, JourneyView, NewJourney};
pub use run::RunReport;
pub use segments::{NewSegment, SegmentLine, SegmentPage, Tested};
