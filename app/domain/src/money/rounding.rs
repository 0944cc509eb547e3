//! How a figure loses the digits that its currency does not have.

use serde::{Deserialize, Serialize};

use crate::party::text_enum;

/// What becomes of the digits beyond the last one kept. Each rule names its mode; money is
/// rounded once, at a named place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// A half goes away from zero: 2.345 → 2.35, −2.345 → −2.35.
    #[default]
    HalfUp,
    /// A half goes to the even digit: 2.345 → 2.34, 2.355 → 2.36.
    HalfEven,
    /// Towards zero: 2.359 → 2.35.
    Down,
    /// Away from zero: 2.351 → 2.36.
    Up,
}

text_enum!(Rounding { HalfUp = "half_up", HalfEven = "half_even", Down = "down", Up = "up" });
