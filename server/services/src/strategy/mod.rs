//! Segments, journeys and templates: which accounts, what is done about them, and what is written;
//! experiments that compare.

mod compose;
mod control;
mod duties;
mod experiments;
mod impact;
mod journeys;
mod run;
mod segments;
mod simulate;
pub(crate) mod template;
mod templates;
mod versions;

pub use control::{EVERY, InJourney, Steer};
pub use experiments::{
    ArmRate, ArmView, Difference, ExperimentLine, ExperimentResults, ExperimentStatus, ExperimentView,
    MOST_ARMS, MoneyResults, NewArm, NewExperiment, TooLittle, UNLIKELY, arm_of, point_of,
};
pub use impact::{Change, Impact, ImpactLine, Why};
pub use inference::NoForecast;
pub use journeys::{JourneyLine, JourneyView, NewJourney, OutcomePage, StepLine};
pub use run::RunReport;
pub use segments::{NewSegment, SegmentLine, SegmentPage, Tested};
pub use simulate::{DayLine, KeptBack, MOST_DAYS, MoneyForecast, SimulatedStep, Simulation};
pub use store::happened::Control;
pub use template::{DETAILED, NEUTRAL};
pub(crate) use templates::standard_rows;
pub use templates::{NewTemplate, Sample, Standing, TemplateLine, TemplateVersion, sample_of};
pub use versions::{JourneyVersion, SegmentVersion};
