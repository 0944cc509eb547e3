//! Experiments by form: up to four groups.

use domain::ids::{ExperimentId, SegmentId};
use domain::text::Say;
use services::FieldIssue;
use services::strategy::{NewArm, NewExperiment};
use ui::forms::FormState;
use web::Form;

use crate::typed;

/// The fields of a group: how it is treated, and its share.
pub const ARMS: [(&str, &str); 4] =
    [("a0_way", "a0_share"), ("a1_way", "a1_share"), ("a2_way", "a2_share"), ("a3_way", "a3_share")];

/// The way of a group about which nothing is done.
pub const NOTHING: &str = "nothing";

pub fn blank() -> FormState {
    let values = [("window", "30"), ("a0_share", "50"), ("a1_share", "50")];
    FormState::new(values.map(|(name, value)| (name.to_owned(), value.to_owned())))
}

/// What was typed.
///
/// # Errors
/// What is wrong, by field.
pub fn read(form: &Form, id: ExperimentId) -> Result<NewExperiment, Vec<FieldIssue>> {
    let mut issues = Vec::new();
    let segment = typed::keep(&mut issues, typed::choice::<SegmentId>("segment", form.get("segment")));
    let mut arms = Vec::new();
    for (way, share) in ARMS {
        let journey = match form.get(way) {
            "" => continue,
            NOTHING => None,
            _ => match typed::keep(&mut issues, typed::choice(way, form.get(way))) {
                Some(journey) => Some(journey),
                None => continue,
            },
        };
        match form.get(share).trim().trim_end_matches('%').trim().parse() {
            Ok(share_pct) => arms.push(NewArm { journey, share_pct }),
            Err(_) => issues.push(FieldIssue {
                field: share,
                says: Say::new(
                    "Escriba un número entero, por ejemplo 50",
                    "Write a whole number, for example 50",
                ),
            }),
        }
    }
    match segment {
        Some(segment) if issues.is_empty() => Ok(NewExperiment {
            id,
            name: form.get("name").to_owned(),
            segment,
            // What is no number is refused with the range.
            window_days: form.get("window").trim().parse().unwrap_or(0),
            arms,
        }),
        _ => Err(issues),
    }
}
