use chrono::{Days, NaiveDate};
use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn days_of(count: DayCount, start: NaiveDate, end: NaiveDate) -> i64 {
    count.days(&Interval::new(start, end)).unwrap()
}

#[test]
fn names_are_read_as_people_write_them() {
    for count in DayCount::ALL {
        assert_eq!(count.as_str().parse(), Ok(*count));
    }
    for (name, count) in [
        ("act/365", DayCount::Act365F),
        ("Actual/Actual (ISDA)", DayCount::ActActIsda),
        ("30E/360 Eurobond (ISDA 2006 4.16(g))", DayCount::Thirty360E),
        ("30E/360 ISDA (ISDA 2006 4.16(h))", DayCount::Thirty360EIsda),
        ("30/360 US (NASD/SIA end-of-Feb)", DayCount::Thirty360Us),
    ] {
        assert_eq!(name.parse(), Ok(count), "{name}");
    }
    for name in ["", "ACT", "ACT/361", "31/360", &"9".repeat(1000)] {
        assert!(name.parse::<DayCount>().is_err(), "{name}");
    }
}

#[test]
fn impossible_dates_are_errors() {
    for count in DayCount::ALL {
        let far = Interval::new(day("2026-01-01"), day("9999-12-31"));
        assert!(matches!(count.year_fraction(&far), Err(DayCountError::Date(DateError::OutOfRange(_)))));
        let long = Interval::new(day("2026-01-01"), day("2126-01-01"));
        assert!(matches!(count.days(&long), Err(DayCountError::Date(DateError::TooLong { .. }))));
    }
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    (0..20_000_u64).prop_map(|days| day("1990-01-01") + Days::new(days))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn actual_days_add_up_over_any_split(a in any_day(), b in any_day(), c in any_day()) {
        for count in [DayCount::Act365F, DayCount::Act360, DayCount::ActActIsda] {
            let part = |from, to| count.fraction(&Interval::new(from, to)).unwrap();
            let (first, second, whole) = (part(a, b), part(b, c), part(a, c));
            prop_assert_eq!(first.numerator() + second.numerator(), whole.numerator());
            prop_assert_eq!(first.denominator(), whole.denominator());
            prop_assert_eq!(second.denominator(), whole.denominator());
        }
    }

    #[test]
    fn eurobond_days_add_up_over_any_split(a in any_day(), b in any_day(), c in any_day()) {
        let days = |from, to| days_of(DayCount::Thirty360E, from, to);
        prop_assert_eq!(days(a, b) + days(b, c), days(a, c));
    }

    #[test]
    fn backwards_is_the_same_with_the_other_sign(a in any_day(), b in any_day()) {
        use DayCount::{Act360, Act365F, ActActAfb, ActActIsda, Thirty360E};
        for count in [Act365F, Act360, ActActIsda, ActActAfb, Thirty360E] {
            let there = count.year_fraction(&Interval::new(a, b)).unwrap();
            let back = count.year_fraction(&Interval::new(b, a)).unwrap();
            prop_assert_eq!(there, back.negate());
        }
    }

    #[test]
    fn a_later_end_never_counts_less(start in any_day(), days in 0_u64..2_000, more in 0_u64..40) {
        let end = start + Days::new(days);
        for count in DayCount::ALL {
            // A contract's last day is the one exception, and none is given here.
            let until = |end| count.year_fraction(&Interval::new(start, end)).unwrap();
            prop_assert!(until(end) <= until(end + Days::new(more)) , "{} {} {}", count, start, end);
        }
    }

    #[test]
    fn a_fraction_is_near_the_days_over_a_year(start in any_day(), days in 0_u64..3_660) {
        let end = start + Days::new(days);
        let about = Decimal::from(i64::try_from(days).unwrap()).div(Decimal::from(365)).unwrap();
        let near: Decimal = "0.16".parse().unwrap();
        for count in DayCount::ALL {
            let off = count.year_fraction(&Interval::new(start, end)).unwrap().sub(about).unwrap();
            prop_assert!(off <= near && off >= near.negate(), "{count} {start} {end}: {off}");
        }
    }

    #[test]
    fn any_text_names_a_day_count_or_is_an_error(text in "\\PC{0,90}") {
        let _ = text.parse::<DayCount>();
    }
}
