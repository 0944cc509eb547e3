//! What an operator adds to a rule pack. It forbids more; the little that allows more (a holiday that
//! was called off, the lenient reading) and whatever takes back a restriction can be told apart, so
//! that somebody else approves it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::{ChannelScope, Citation, Counted, DayKind, Limit, LimitRule, Period, RulePack, Scope, Window};

/// An operator's own rules for one country.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overrides {
    /// Decreed or municipal holidays, by name.
    #[serde(default)]
    pub extra_holidays: BTreeMap<NaiveDate, String>,
    #[serde(default)]
    pub called_off: BTreeSet<NaiveDate>,
    /// Days on which this operator contacts anybody at all.
    #[serde(default)]
    pub days: Option<BTreeSet<DayKind>>,
    /// Hours to which this operator keeps on some days; the norm's hold beside them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hours: BTreeMap<DayKind, Window>,
    #[serde(default, skip_serializing_if = "Caps::are_none")]
    pub caps: Caps,
    #[serde(default)]
    pub reading: Reading,
}

/// The most contacts and tries with one debtor, whatever the channel and the debt, beside the norm's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caps {
    /// On a day of the debtor's calendar.
    #[serde(default)]
    pub day: Option<u32>,
    /// In seven days in a row.
    #[serde(default)]
    pub week: Option<u32>,
}

/// Days that [`Caps::week`] looks at.
const WEEK: i64 = 7;

impl Caps {
    pub fn are_none(&self) -> bool {
        *self == Self::default()
    }

    /// As limits like those of the norms.
    pub fn limits(self) -> Vec<Limit> {
        let limit = |most: Option<u32>, period, says| {
            let count = usize::try_from(most?).unwrap_or(usize::MAX);
            Some(Limit {
                channels: ChannelScope::All,
                scope: Scope::Debtor,
                rule: LimitRule::AtMost { count, counted: Counted::Attempts, period },
                reading: None,
                exempt: BTreeSet::new(),
                cite: Citation::policy(says),
            })
        };
        let day = limit(self.day, Period::Day, "the operator's most contacts a day");
        let week = limit(self.week, Period::RollingDays(WEEK), "the operator's most contacts in seven days");
        day.into_iter().chain(week).collect()
    }
}

/// How an unclear norm is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// The reading that forbids more.
    #[default]
    Strict,
    /// The reading of the bare words.
    Lenient,
}

crate::party::text_enum!(Reading { Strict = "strict", Lenient = "lenient" });

/// What a change allows that was not allowed before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loosening {
    /// A holiday is none any more.
    CalledOff,
    /// A holiday of the operator's own is gone.
    OwnHoliday,
    /// An own holiday where holidays have longer hours than that day of the week.
    LongerHoliday,
    Days,
    Hours,
    Caps,
    Reading,
}

impl Overrides {
    /// Keeps to the days that the pack suggests, and reads strictly.
    pub fn suggested(pack: &RulePack) -> Self {
        Self { days: pack.suggested_days.clone(), ..Self::default() }
    }

    pub fn bars(&self, day: DayKind) -> bool {
        self.days.as_ref().is_some_and(|days| !days.contains(&day))
    }

    pub fn bars_weekday(&self, day: Weekday) -> bool {
        self.bars(DayKind::from(day))
    }

    /// What these rules allow that `before` did not. Empty: whatever is lawful under these was lawful
    /// under those.
    pub fn loosens(&self, before: &Self, pack: &RulePack) -> BTreeSet<Loosening> {
        let mut found = BTreeSet::new();
        if !self.called_off.is_subset(&before.called_off) {
            found.insert(Loosening::CalledOff);
        }
        if before.extra_holidays.keys().any(|day| !self.extra_holidays.contains_key(day)) {
            found.insert(Loosening::OwnHoliday);
        }
        let new = self.extra_holidays.keys().filter(|day| !before.extra_holidays.contains_key(day));
        if new.into_iter().any(|day| self.holiday_is_longer(*day, pack)) {
            found.insert(Loosening::LongerHoliday);
        }
        if DayKind::ALL.iter().any(|day| before.bars(*day) && !self.bars(*day)) {
            found.insert(Loosening::Days);
        }
        let within = |(day, old): (&DayKind, &Window)| {
            self.bars(*day)
                || self.hours.get(day).is_some_and(|new| old.start() <= new.start() && new.end() <= old.end())
        };
        if !before.hours.iter().all(within) {
            found.insert(Loosening::Hours);
        }
        let raised =
            |old: Option<u32>, new: Option<u32>| old.is_some_and(|old| new.is_none_or(|new| new > old));
        if raised(before.caps.day, self.caps.day) || raised(before.caps.week, self.caps.week) {
            found.insert(Loosening::Caps);
        }
        if before.reading == Reading::Strict && self.reading == Reading::Lenient {
            found.insert(Loosening::Reading);
        }
        found
    }

    /// Whether calling this date a holiday would open hours that its day of the week does not have.
    fn holiday_is_longer(&self, date: NaiveDate, pack: &RulePack) -> bool {
        use chrono::Datelike;
        let weekday = DayKind::from(date.weekday());
        let places = [None].into_iter().chain(pack.subdivisions.iter().map(|own| Some(own.code.as_str())));
        let norms = places.into_iter().any(|place| {
            let open = |day| pack.day_rule(place, day).and_then(|rule| rule.open);
            longer(open(DayKind::Holiday), open(weekday))
        });
        // The operator's own hours of that day of the week no longer hold either.
        norms
            || self
                .hours
                .get(&weekday)
                .is_some_and(|own| longer(self.hours.get(&DayKind::Holiday).copied(), Some(*own)))
            || (self.hours.contains_key(&weekday) && !self.hours.contains_key(&DayKind::Holiday))
    }
}

/// Whether the first window holds a moment that the second does not.
fn longer(one: Option<Window>, other: Option<Window>) -> bool {
    match (one, other) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(one), Some(other)) => one.start() < other.start() || one.end() > other.end(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone, Utc};
    use proptest::prelude::*;

    use super::super::{
        Channel, ContactCase, Decision, HolidayTable, Outcome, PastContact, RuleBook, Rules, decide,
    };
    use super::*;

    fn day() -> impl Strategy<Value = NaiveDate> {
        (0_u64..40).prop_map(|n| NaiveDate::from_ymd_opt(2026, 11, 1).unwrap() + chrono::Days::new(n))
    }

    fn window() -> impl Strategy<Value = Window> {
        (6_u32..12, 1_u32..12).prop_map(|(from, long)| {
            let hour = |h| chrono::NaiveTime::from_hms_opt(h, 0, 0).unwrap();
            Window::new(hour(from), hour((from + long).min(23))).unwrap()
        })
    }

    fn kind() -> impl Strategy<Value = DayKind> {
        proptest::sample::select(DayKind::ALL.to_vec())
    }

    prop_compose! {
        fn overrides()(
            extra in proptest::collection::btree_map(day(), Just("decreed".to_owned()), 0..3),
            off in proptest::collection::btree_set(day(), 0..2),
            days in proptest::option::of(proptest::collection::btree_set(kind(), 3..8)),
            hours in proptest::collection::btree_map(kind(), window(), 0..4),
            day in proptest::option::of(1_u32..4),
            week in proptest::option::of(1_u32..6),
            strict in any::<bool>(),
        ) -> Overrides {
            Overrides {
                extra_holidays: extra,
                called_off: off,
                days,
                hours,
                caps: Caps { day, week },
                reading: if strict { Reading::Strict } else { Reading::Lenient },
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 4_000, max_global_rejects: 60_000, ..ProptestConfig::default()
        })]

        /// What is said to loosen nothing never allows what was refused before.
        #[test]
        fn what_loosens_nothing_allows_nothing_new(
            before in overrides(), after in overrides(), keep in 0_u8..6,
            pack in 0_usize..64, minutes in 0_i64..40 * 1_440, tries in 0_i64..5, channel in 0_usize..3,
        ) {
            // Two drawn apart nearly always loosen something: most of the second is the first's.
            let after = match keep {
                0 => Overrides { hours: after.hours, ..before.clone() },
                1 => Overrides { caps: after.caps, ..before.clone() },
                2 => Overrides { days: after.days, ..before.clone() },
                3 => Overrides { extra_holidays: after.extra_holidays, ..before.clone() },
                4 => Overrides { reading: after.reading, called_off: after.called_off, ..before.clone() },
                _ => after,
            };
            let packs = RuleBook::embedded().unwrap().packs();
            let pack = &packs[pack % packs.len()];
            prop_assume!(after.loosens(&before, pack).is_empty());
            let at = Utc.with_ymd_and_hms(2026, 11, 1, 0, 0, 0).unwrap() + TimeDelta::minutes(minutes);
            let channel = [Channel::Call, Channel::Email, Channel::Visit][channel];
            let mut case = ContactCase::new(channel, at);
            case.zones = vec![super::super::Zone::Named(chrono_tz::America::Bogota)];
            case.consents.authorised.insert(channel);
            case.history = (0..tries).map(|n| PastContact {
                at: at - TimeDelta::hours(7 * n),
                channel: Channel::Email,
                outcome: Outcome::NoAnswer,
                creditor: None,
                debt: None,
                prior_consent: false,
            }).collect();
            let allowed = |overrides: &Overrides| {
                let rules = Rules { pack, holidays: HolidayTable::embedded().unwrap(), overrides };
                matches!(decide(rules, &case), Ok(Decision::Allowed(_)))
            };
            prop_assert!(!allowed(&after) || allowed(&before));
        }
    }

    #[test]
    fn own_hours_and_caps_refuse_and_name_the_next_slot() {
        let pack =
            RuleBook::embedded().unwrap().pack("CL", NaiveDate::from_ymd_opt(2026, 11, 16).unwrap()).unwrap();
        let ten = "10:00-12:00".to_owned().try_into().unwrap();
        let overrides = Overrides { hours: BTreeMap::from([(DayKind::Mon, ten)]), ..Overrides::default() };
        let rules = Rules { pack, holidays: HolidayTable::embedded().unwrap(), overrides: &overrides };
        // Monday the 16th, 09:30 in Santiago.
        let case = ContactCase::new(Channel::Call, Utc.with_ymd_and_hms(2026, 11, 16, 12, 30, 0).unwrap());
        let Ok(Decision::Refused(refusal)) = decide(rules, &case) else { panic!("refused") };
        assert!(refusal.cite.policy);
        let next = super::super::NextSlot::At(Utc.with_ymd_and_hms(2026, 11, 16, 13, 0, 0).unwrap());
        assert_eq!(refusal.next, next);
        let inside = ContactCase::new(Channel::Call, Utc.with_ymd_and_hms(2026, 11, 16, 13, 0, 0).unwrap());
        let Ok(Decision::Allowed(permit)) = decide(rules, &inside) else { panic!("allowed") };
        assert_eq!(permit.valid_until(), Utc.with_ymd_and_hms(2026, 11, 16, 15, 0, 0).unwrap());
    }
}
