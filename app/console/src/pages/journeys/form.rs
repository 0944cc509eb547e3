//! Journeys by form: up to four steps.

use domain::ids::{JourneyId, SegmentId};
use domain::strategy::{Act, Journey, Step};
use domain::text::Say;
use services::FieldIssue;
use services::strategy::JourneyLine;
use ui::forms::FormState;
use web::Form;

use crate::typed;

/// The journey that a form is about.
#[derive(Clone, Copy, Debug)]
pub struct Draft {
    pub id: JourneyId,
    pub based_on: i32,
}

/// The names of a step's fields.
#[derive(Clone, Copy, Debug)]
pub struct Names {
    pub act: &'static str,
    pub day: &'static str,
    pub subject: &'static str,
    pub body: &'static str,
    pub collector: &'static str,
}

pub const STEPS: [Names; 4] = [
    Names { act: "s0_act", day: "s0_day", subject: "s0_subject", body: "s0_body", collector: "s0_collector" },
    Names { act: "s1_act", day: "s1_day", subject: "s1_subject", body: "s1_body", collector: "s1_collector" },
    Names { act: "s2_act", day: "s2_day", subject: "s2_subject", body: "s2_body", collector: "s2_collector" },
    Names { act: "s3_act", day: "s3_day", subject: "s3_subject", body: "s3_body", collector: "s3_collector" },
];

pub fn blank() -> FormState {
    FormState::new(
        [("s0_act", "email"), ("s0_day", "0")].map(|(name, value)| (name.to_owned(), value.to_owned())),
    )
}

/// The segment and steps that were typed.
///
/// # Errors
/// What is wrong, by field.
pub fn read(form: &Form) -> Result<(SegmentId, Journey), Vec<FieldIssue>> {
    let mut issues = Vec::new();
    let segment = typed::keep(&mut issues, typed::choice::<SegmentId>("segment", form.get("segment")));
    let mut steps = Vec::new();
    for names in STEPS {
        let act = match form.get(names.act) {
            "email" => Act::Email {
                subject: form.get(names.subject).to_owned(),
                body: form.get(names.body).to_owned(),
            },
            "call" => Act::Call,
            "visit" => {
                let collector = typed::choice(names.collector, form.get(names.collector));
                let Some(collector) = typed::keep(&mut issues, collector) else { continue };
                Act::Visit { collector }
            }
            _ => continue,
        };
        match form.get(names.day).parse() {
            Ok(day) => steps.push(Step { day, act }),
            Err(_) => issues.push(FieldIssue {
                field: names.day,
                says: Say::new(
                    "Escriba el día con un número; el primero es 0",
                    "Write the day as a number; the first is 0",
                ),
            }),
        }
    }
    match segment {
        Some(segment) if issues.is_empty() => Ok((segment, Journey(steps))),
        _ => Err(issues),
    }
}

/// A journey as the form shows it.
pub fn fields(journey: &JourneyLine) -> FormState {
    let mut pairs =
        vec![("name".to_owned(), journey.name.clone()), ("segment".to_owned(), journey.segment.to_string())];
    for (names, step) in STEPS.iter().zip(&journey.steps.0) {
        let mut set = |name: &str, value: &str| pairs.push((name.to_owned(), value.to_owned()));
        set(names.day, &step.day.to_string());
        match &step.act {
            Act::Email { subject, body } => {
                set(names.act, "email");
                set(names.subject, subject);
                set(names.body, body);
            }
            Act::Call => set(names.act, "call"),
            Act::Visit { collector } => {
                set(names.act, "visit");
                set(names.collector, &collector.to_string());
            }
        }
    }
    FormState::new(pairs)
}
