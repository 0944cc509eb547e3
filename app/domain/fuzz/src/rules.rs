//! Noise for the rules: whatever comes in, an answer or a typed error comes out.
//!
//! The first byte chooses what is fed; the rest is the food.

#![no_main]

mod allocation;
mod cases;

use std::hint::black_box;

use domain::interest::{InterestTerms, RateTable};
use domain::money::{Currency, DayCount, Decimal, DecimalMark, Money, Rounding};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((choice, food)) = data.split_first() else { return };
    match choice % 4 {
        0 => texts(food),
        1 => allocation::pour(food),
        2 => cases::changed(food),
        _ => cases::any_json(food),
    }
});

/// Every parser; what is read must be written and read again unchanged.
fn texts(food: &[u8]) {
    let Ok(text) = std::str::from_utf8(food) else { return };
    if let Ok(number) = text.parse::<Decimal>() {
        assert_eq!(number.to_string().parse(), Ok(number));
        for rounding in Rounding::ALL {
            let rounded = number.round(2, *rounding);
            let off = rounded.sub(number).expect("a small difference");
            assert!(off < Decimal::ONE && off > Decimal::ONE.negate(), "{number} {rounded}");
            let _ = black_box(number.to_money(Currency::MXN, *rounding));
        }
    }
    for mark in [DecimalMark::Point, DecimalMark::Comma] {
        for currency in [Currency::MXN, Currency::CLP] {
            if let Ok(money) = Money::parse(text, currency, mark) {
                assert_eq!(Money::parse(&money.to_decimal(), currency, DecimalMark::Point), Ok(money));
            }
        }
    }
    if let Ok(count) = text.parse::<DayCount>() {
        assert_eq!(count.as_str().parse(), Ok(count));
    }
    let _ = black_box(text.parse::<Currency>());
    let _ = black_box(serde_json::from_str::<RateTable>(text));
    let _ = black_box(serde_json::from_str::<InterestTerms>(text).map(InterestTerms::prepare));
}
