//! The rules against independent figures. Each file of the folder that `VECTORS_DIR` names
//! (default: the project's own copy) is run case by case; a case that cannot be run is a failure
//! unless its id stands in `vectors/exclusions.toml` with a reason.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod files;

use files::Vectors;

/// Runs every case of `file` through `calc::run` and compares each figure of `expected`.
macro_rules! vector_file {
    ($name:ident, $file:literal) => {
        #[test]
        fn $name() {
            Vectors::load($file).check();
        }
    };
}

vector_file!(day_counts, "daycount.csv");
vector_file!(arrears, "arrears_interest.json");
vector_file!(rounding, "rounding.csv");
vector_file!(collection_costs_of_chile, "collection_fees_chile.csv");
vector_file!(index_units, "index_units.json");
vector_file!(plans, "plans.json");
vector_file!(frappe, "frappe_lending.json");
vector_file!(fineract_instalments, "amortization_fineract_emi.json");
vector_file!(fineract_schedules, "schedules_fineract_e2e.json");
vector_file!(waterfall, "waterfall.json");
vector_file!(fineract_waterfall, "waterfall_fineract_e2e.json");
vector_file!(settlements, "settlements.json");
vector_file!(contact_windows, "contact_windows.csv");
vector_file!(contact_frequency, "contact_frequency.json");
vector_file!(holidays, "holidays_2025_2028.csv");
vector_file!(validation_periods, "regf_validation_period.csv");

/// The table that comes with Saldar and the given one, whole: no day more, no day less, in the
/// years that both know.
#[test]
fn the_holiday_table_is_the_given_one() {
    use std::collections::BTreeSet;

    let text = include_str!("../../vectors/holidays_2025_2028.csv");
    let given: BTreeSet<(String, String)> = csv::Reader::from_reader(text.as_bytes())
        .records()
        .map(|row| {
            let row = row.unwrap();
            let place =
                if row[1].is_empty() { row[0].to_owned() } else { format!("{}-{}", &row[0], &row[1]) };
            (place, row[2].to_owned())
        })
        .collect();
    let table = domain::contact::HolidayTable::embedded().unwrap();
    let ours =
        table.sets().flat_map(|set| set.iter().map(|(date, _)| (set.place().to_owned(), date.to_string())));
    let ours: BTreeSet<_> = ours.filter(|(_, date)| date.as_str() < "2029").collect();
    assert_eq!(ours, given);
}
