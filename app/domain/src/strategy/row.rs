//! One account as a rule sees it.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::{Field, Value};

/// What is known of one account on a day. What is not in it is missing.
#[derive(Clone, Debug)]
pub struct Row {
    today: NaiveDate,
    values: HashMap<Field, Value>,
}

impl Row {
    pub fn new(today: NaiveDate) -> Self {
        Self { today, values: HashMap::new() }
    }

    /// Adds what is known; a value of another kind than the field's is left out.
    pub fn set(&mut self, field: Field, value: Option<Value>) {
        if let Some(value) = value.filter(|value| value.kind() == field.kind()) {
            self.values.insert(field, value);
        }
    }

    /// The business date on which the row was read.
    pub const fn today(&self) -> NaiveDate {
        self.today
    }

    pub fn get(&self, field: &Field) -> Option<&Value> {
        self.values.get(field)
    }
}
