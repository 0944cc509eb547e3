//! Segments and journeys: which accounts, and what is done about them; experiments that compare.

mod experiments;
mod impact;
mod journeys;
mod run;
mod segments;
mod simulate;
mod template;
mod versions;

pub use experiments::{
    ArmRate, ArmView, Difference, ExperimentLine, ExperimentResults, ExperimentStatus, ExperimentView,
    MOST_ARMS, MoneyResults, NewArm, NewExperiment, TooLittle, UNLIKELY, arm_of, point_of,
};
pub use impact::{Change, Impact, ImpactLine, Why};
pub use inference::NoForecast;
pub use journeys::{JourneyLine, JourneyView, NewJourney};
pub use run::RunReport;
pub use segments::{NewSegment, SegmentLine, SegmentPage, Tested};
pub use simulate::{DayLine, KeptBack, MOST_DAYS, MoneyForecast, SimulatedStep, Simulation};
pub use versions::{JourneyVersion, SegmentVersion};
