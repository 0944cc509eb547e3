//! `rounding`: one value in every mode.

use domain::money::Rounding;

use crate::figure::Precision;
use crate::{Answer, CalcError, Case};

pub fn compute(case: Case) -> Result<Answer, CalcError> {
    let value = case.decimal("value")?;
    let places = case.places()?;
    let modes = Rounding::ALL.iter().copied();
    modes.into_iter().try_fold(Answer::default(), |answer, rounding| {
        let precision = Precision { places, rounding };
        let text = precision.text(value)?;
        let why = format!("{value} {} is {text}: {}", precision.said(), meaning(rounding));
        Ok(answer.with(rounding.as_str(), text).because(why))
    })
}

const fn meaning(rounding: Rounding) -> &'static str {
    match rounding {
        Rounding::HalfUp => "a half goes away from zero",
        Rounding::HalfEven => "a half goes to the even digit",
        Rounding::Down => "towards zero",
        Rounding::Up => "away from zero",
    }
}
