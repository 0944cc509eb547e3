//! Segments, journeys and templates: which accounts, what is done about them, and what is written.

mod compose;
mod duties;
mod journeys;
mod run;
mod segments;
mod template;
mod templates;

pub use journeys::{JourneyLine, JourneyView, NewJourney, OutcomePage, StepLine};
pub use run::RunReport;
pub use segments::{NewSegment, SegmentLine, SegmentPage, Tested};
pub use template::{DETAILED, NEUTRAL};
pub(crate) use templates::standard_rows;
pub use templates::{NewTemplate, Sample, Standing, TemplateLine, TemplateVersion, sample_of};
