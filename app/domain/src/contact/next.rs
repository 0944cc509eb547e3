//! The next lawful instant.
//!
//! Leave can only begin where something begins: a day, hours, another offset of the clock, or the
//! time after a stop. So those instants are tried in order, each with every rule, and the first lawful one is the answer.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

use super::inquiry::Inquiry;
use super::standing::lasting;
use super::{NextSlot, Zone};

/// How far the search goes. No known limit is longer than a week; days that an operator bars and
/// long holidays stay well below.
const SEARCH_DAYS: u32 = 120;
/// Days that are looked through at once: the answer is nearly always in the first.
const STRIDE_DAYS: u32 = 10;

pub(super) fn next_slot(inquiry: &Inquiry, from: DateTime<Utc>) -> NextSlot {
    let Some(start) = after_stops(inquiry, from) else { return NextSlot::Never };
    if lasting(inquiry.rules.pack, inquiry.case, start).is_some() {
        return NextSlot::Never;
    }
    for day in (0..SEARCH_DAYS).step_by(STRIDE_DAYS as usize) {
        let offset = |days: u32| start.checked_add_signed(TimeDelta::days(i64::from(days)));
        let Some((lo, hi)) = offset(day).zip(offset(day + STRIDE_DAYS)) else { break };
        for at in beginnings(inquiry, lo, hi).into_iter().filter(|at| *at > from) {
            match inquiry.objection(at) {
                Ok(None) => return NextSlot::At(at),
                Ok(Some(_)) => {}
                Err(error) => return NextSlot::Unknown { cause: error.to_string() },
            }
        }
    }
    NextSlot::NotWithin { days: SEARCH_DAYS }
}

/// The first instant from `from` on at which no stop holds; none if one has no end.
fn after_stops(inquiry: &Inquiry, from: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut at = from;
    while let Some(stop) = inquiry.case.stops.iter().find(|stop| stop.holds(at)) {
        at = stop.until?;
    }
    Some(at)
}

/// Every instant of `[lo, hi)` at which something begins on one of the debtor's clocks.
fn beginnings(inquiry: &Inquiry, lo: DateTime<Utc>, hi: DateTime<Utc>) -> BTreeSet<DateTime<Utc>> {
    let mut times = inquiry.starts();
    times.push(NaiveTime::MIN);
    let on_clock = |zone: &Zone| {
        let first = zone.date(lo).pred_opt().unwrap_or_else(|| zone.date(lo));
        let last = zone.date(hi);
        let days: Vec<_> = first.iter_days().take_while(|day| *day <= last).collect();
        let zone = *zone;
        let times = times.clone();
        days.into_iter().flat_map(move |day| {
            let times = times.clone();
            times.into_iter().flat_map(move |time| zone.instants(day, time)).chain(zone.change_on(day))
        })
    };
    let stops = inquiry.case.stops.iter().filter_map(|stop| stop.until);
    let all = inquiry.zones().iter().flat_map(on_clock).chain(stops).chain([lo]);
    all.filter(|at| lo <= *at && *at < hi).collect()
}
