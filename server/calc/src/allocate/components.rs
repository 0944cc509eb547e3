//! One debt, component by component.

use super::{amounts, figures, waterfall};
use crate::scale::{Scale, rule, text};
use crate::{Answer, CalcError, Case};

pub fn compute(case: Case) -> Result<Answer, CalcError> {
    let scale = Scale::of(case)?;
    let owed = amounts(scale, case.object("components")?)?;
    let waterfall = waterfall(case, &owed)?;
    let of = |name: &String| owed.iter().find(|(known, _)| known == name).map_or(scale.zero(), |(_, m)| *m);
    let (parts, unapplied) = waterfall.allocate(scale.field(case, "payment")?, of).map_err(rule)?;
    let mut answer = Answer::default().with("allocated", figures(&parts)).with("unapplied", text(unapplied));
    for (name, part) in parts.iter().filter(|(_, part)| part.is_positive()) {
        answer = answer.because(format!("{name}: {} of {}", text(*part), text(of(name))));
    }
    Ok(answer.because("each component waits until the ones before it are covered"))
}
