//! One case held against one pack, at any instant: the search for the next slot asks again.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::standing::{self, Objection};
use super::{
    Citation, ContactCase, ContactError, DayKind, DayRule, HolidayError, HolidaySet, OwnHours, Reason,
    RulePack, Rules, Zone,
};

pub(super) struct Inquiry<'a> {
    pub(super) rules: Rules<'a>,
    pub(super) case: &'a ContactCase,
    zones: Vec<Zone>,
    /// Asked only where holidays matter, so that not knowing them hurts only there.
    holidays: Result<&'a HolidaySet, HolidayError>,
}

/// A rule held against the case on one of the debtor's clocks.
type Check<'a> = fn(&Inquiry<'a>, DateTime<Utc>, Zone) -> Result<Option<Objection>, ContactError>;

impl<'a> Inquiry<'a> {
    pub(super) fn new(rules: Rules<'a>, case: &'a ContactCase) -> Result<Self, ContactError> {
        let no_zone = || ContactError::NoZone { country: rules.pack.country.clone() };
        let zones = if case.zones.is_empty() {
            vec![rules.pack.zone.map(Zone::Named).ok_or_else(no_zone)?]
        } else {
            case.zones.clone()
        };
        let holidays = rules.holidays.of(&rules.pack.country, case.subdivision.as_deref());
        Ok(Self { rules, case, zones, holidays })
    }

    pub(super) fn zones(&self) -> &[Zone] {
        &self.zones
    }

    /// The first rule, in order, that speaks against the contact at `at`.
    pub(super) fn objection(&self, at: DateTime<Utc>) -> Result<Option<Objection>, ContactError> {
        let standing = || standing::before_hours(self.rules.pack, self.case, at);
        if let Some(found) = standing() {
            return Ok(Some(found));
        }
        let checks: [Check<'a>; 3] = [Self::own_hours, Self::hours, Self::frequency];
        for check in checks {
            for zone in &self.zones {
                if let Some(found) = check(self, at, *zone)? {
                    return Ok(Some(found));
                }
            }
        }
        Ok(standing::visit(self.rules.pack, self.case))
    }

    #[expect(clippy::unnecessary_wraps, reason = "one of several checks with one signature")]
    fn own_hours(&self, at: DateTime<Utc>, zone: Zone) -> Result<Option<Objection>, ContactError> {
        let local = zone.local(at);
        let is_open = |own: &OwnHours| own.slot(local.weekday(), local.time()).is_some();
        Ok(self.case.own_hours.as_ref().filter(|own| !is_open(own)).map(|_| {
            let by_policy = || Citation::policy("the hours that the debtor asked for");
            let cite = self.rules.pack.own_hours.clone().unwrap_or_else(by_policy);
            let evidence = format!("it is {} in {zone}, outside the debtor's own hours", clock(local));
            Objection::passing(Reason::OutsideOwnHours, cite, evidence)
        }))
    }

    fn hours(&self, at: DateTime<Utc>, zone: Zone) -> Result<Option<Objection>, ContactError> {
        let local = zone.local(at);
        let date = local.date();
        if !self.rules.pack.is_in_force(date) {
            return Err(ContactError::NoRules { country: self.rules.pack.country.clone(), date });
        }
        let weekday = DayKind::from(date.weekday());
        let holiday = if self.holiday_matters(weekday)? { self.holiday(date)? } else { None };
        let day = if holiday.is_some() { DayKind::Holiday } else { weekday };
        if let Some(objection) = self.barred_by_operator(local, zone, day) {
            return Ok(Some(objection));
        }
        if self.own_hours_replace() {
            return Ok(None);
        }
        let rule = self.day_rule(day)?;
        let reason = match rule.open {
            Some(open) if open.contains(local.time()) => return Ok(None),
            Some(open) if local.time() < open.start() => Reason::BeforeWindow,
            Some(_) => Reason::AfterWindow,
            None if day == DayKind::Holiday => Reason::Holiday,
            None => Reason::DayNotAllowed,
        };
        let hours = rule.open.map_or("none".to_owned(), |open| open.to_string());
        let named = holiday.map(|name| format!(" ({name})")).unwrap_or_default();
        let evidence = format!("it is {} in {zone}; hours on {day}{named}: {hours}", clock(local));
        Ok(Some(Objection::passing(reason, self.hours_cite(rule), evidence)))
    }

    fn barred_by_operator(&self, local: NaiveDateTime, zone: Zone, day: DayKind) -> Option<Objection> {
        let overrides = self.rules.overrides;
        if let Some(own) = overrides.hours.get(&day).filter(|own| !own.contains(local.time())) {
            let early = local.time() < own.start();
            let reason = if early { Reason::BeforeWindow } else { Reason::AfterWindow };
            let evidence = format!("it is {} in {zone}; the operator's hours on {day}: {own}", clock(local));
            return Some(Objection::passing(reason, Citation::policy("the operator's hours"), evidence));
        }
        if !overrides.bars(day) && !overrides.bars_weekday(local.weekday()) {
            return None;
        }
        let reason = if day == DayKind::Holiday { Reason::Holiday } else { Reason::DayNotAllowed };
        let evidence = format!("it is {} in {zone}; the operator contacts nobody on {day}", clock(local));
        Some(Objection::passing(reason, Citation::policy("the operator's days of contact"), evidence))
    }

    #[expect(clippy::unnecessary_wraps, reason = "one of several checks with one signature")]
    fn frequency(&self, at: DateTime<Utc>, zone: Zone) -> Result<Option<Objection>, ContactError> {
        let overrides = self.rules.overrides;
        let own = overrides.caps.limits();
        let limits = self.rules.pack.limits.iter().filter(|limit| limit.holds(overrides.reading));
        let mut broken = limits
            .chain(&own)
            .filter_map(|limit| Some((limit, limit.broken_by(self.case, zone.date(at), zone)?)));
        Ok(broken
            .next()
            .map(|(limit, evidence)| Objection::passing(Reason::Frequency, limit.cite.clone(), evidence)))
    }

    /// When the hours end that are open at this wall time.
    pub(super) fn ends(&self, local: NaiveDateTime) -> Vec<NaiveTime> {
        let own = self.case.own_hours.as_ref();
        let own_end = own.and_then(|own| own.slot(local.weekday(), local.time())).map(|slot| slot.open.end());
        let norm_end = self.norm_on(local.date()).and_then(|rule| rule.open).map(super::Window::end);
        let operators = self.rules.overrides.hours.get(&self.kind_of(local.date())).map(|own| own.end());
        let norm_end = norm_end.filter(|_| !self.own_hours_replace());
        own_end.into_iter().chain(norm_end).chain(operators).collect()
    }

    /// The norm whose hours are open at this wall time.
    pub(super) fn open_under(&self, local: NaiveDateTime) -> Option<Citation> {
        let own = self.rules.pack.own_hours.as_ref().filter(|_| self.own_hours_replace());
        own.cloned().or_else(|| self.norm_on(local.date()).map(|rule| self.hours_cite(rule)))
    }

    /// The norm's rule for a date. A year without a table is met only where its holidays have the
    /// hours of other days.
    fn norm_on(&self, date: NaiveDate) -> Option<&DayRule> {
        self.day_rule(self.kind_of(date)).ok()
    }

    fn kind_of(&self, date: NaiveDate) -> DayKind {
        let holiday = self.holiday(date).ok().flatten();
        if holiday.is_some() { DayKind::Holiday } else { DayKind::from(date.weekday()) }
    }

    /// Every wall time at which hours begin on some day.
    pub(super) fn starts(&self) -> Vec<NaiveTime> {
        let pack = self.rules.pack;
        let norm = pack.windows_in(self.case.subdivision.as_deref()).iter().filter_map(|rule| rule.open);
        let own = self.case.own_hours.iter().flat_map(|own| own.slots.iter().map(|slot| slot.open));
        let operators = self.rules.overrides.hours.values().copied();
        norm.chain(own).chain(operators).map(super::Window::start).collect()
    }

    /// Whether the debtor's own hours take the place of the norm's.
    fn own_hours_replace(&self) -> bool {
        let by_instrument = self.case.own_hours.as_ref().is_some_and(|own| own.separate_instrument);
        by_instrument && self.rules.pack.own_hours.is_some()
    }

    /// Where holidays have the hours of other days, nobody need know them.
    fn holiday_matters(&self, weekday: DayKind) -> Result<bool, ContactError> {
        let usual = self.day_rule(weekday)?.open;
        // Where both are closed, the holiday is still the better reason.
        let alike = usual.is_some() && usual == self.day_rule(DayKind::Holiday)?.open;
        let overrides = self.rules.overrides;
        let apart = overrides.hours.get(&weekday) != overrides.hours.get(&DayKind::Holiday);
        Ok(apart || overrides.bars(DayKind::Holiday) || !(alike || self.own_hours_replace()))
    }

    fn holiday(&self, date: NaiveDate) -> Result<Option<&str>, ContactError> {
        let overrides = self.rules.overrides;
        if let Some(extra) = overrides.extra_holidays.get(&date) {
            return Ok(Some(extra));
        }
        let known = self.holidays.clone()?.name(date)?;
        Ok(known.filter(|_| !overrides.called_off.contains(&date)))
    }

    fn day_rule(&self, day: DayKind) -> Result<&DayRule, ContactError> {
        let RulePack { country, .. } = self.rules.pack;
        let cause = || format!("no rule for {day}");
        let missing = || ContactError::MalformedPack { pack: country.clone(), cause: cause() };
        self.rules.pack.day_rule(self.case.subdivision.as_deref(), day).ok_or_else(missing)
    }

    fn hours_cite(&self, rule: &DayRule) -> Citation {
        let named = self.rules.pack.hours_name(self.case.subdivision.as_deref(), self.case.channel);
        if named { rule.cite.clone() } else { rule.cite.by_analogy() }
    }
}

fn clock(local: NaiveDateTime) -> String {
    local.format("%a %Y-%m-%d %H:%M:%S").to_string()
}
