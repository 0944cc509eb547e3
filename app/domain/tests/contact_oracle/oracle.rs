//! What the law says of one case, by looking.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use chrono::{DateTime, Datelike, Utc};
use domain::contact::{
    Channel, ContactCase, Outcome, Overrides, PastContact, Purpose, Reading, Reason, Recipient, Site,
};
use serde_json::Value;

pub use super::world::Minute;
use super::world::{Clock, DAY, Day, HOLIDAY, Hours, Pack, World, cite, date, named, number, weekday};

/// A case and what it is held against.
pub struct Asked<'a> {
    pub pack: &'a Pack,
    pub case: ContactCase,
    pub overrides: Overrides,
    pub clocks: Vec<&'a Clock>,
}

impl std::fmt::Debug for Asked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:#?} {:#?}", self.pack.country, self.overrides, self.case)
    }
}

/// A rule that speaks against the contact, so that it can be taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The stop of this place in the case.
    Stop(usize),
    Recipient,
    Refused,
    Unauthorised,
    Own,
    Operator,
    /// The hours of a kind of day.
    Day(usize),
    /// The limit of this place in the pack.
    Limit(usize),
    Visit,
    /// The holidays of that year are not known.
    Unknown,
}

#[derive(Clone, Debug)]
pub struct Objection {
    pub key: Key,
    pub reason: Reason,
    /// Law and article; none: policy.
    pub cite: Option<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Open,
    Barred,
    Unknown,
}

/// What a day on one clock is like.
struct Local {
    unknown: bool,
    kind: usize,
    operator: bool,
    open: Option<Hours>,
    own: Vec<Hours>,
    /// Broken limits, by place in the pack.
    broken: Vec<usize>,
}

pub struct Oracle<'a> {
    world: &'a World,
    pub asked: &'a Asked<'a>,
    replaced: bool,
    /// A kind of day that is taken to be open from midnight to midnight.
    opened: Option<usize>,
    days: RefCell<Vec<HashMap<Day, Rc<Local>>>>,
}

impl<'a> Oracle<'a> {
    pub fn new(world: &'a World, asked: &'a Asked<'a>) -> Self {
        let separate = asked.case.own_hours.as_ref().is_some_and(|own| own.separate_instrument);
        let replaced = separate && asked.pack.json["own_hours"].is_object();
        let days = RefCell::new(asked.clocks.iter().map(|_| HashMap::new()).collect());
        Self { world, asked, replaced, opened: None, days }
    }

    /// The same law without the hours of a kind of day.
    pub fn without_hours(world: &'a World, asked: &'a Asked<'a>, kind: usize) -> Self {
        Self { opened: Some(kind), ..Self::new(world, asked) }
    }

    fn open_on(&self, kind: usize) -> Option<Hours> {
        let Asked { pack, case, .. } = self.asked;
        let usual = pack.rule(case.subdivision.as_deref(), kind).open;
        if self.opened == Some(kind) { Some((0, DAY)) } else { usual }
    }

    /// Every rule that objects at this minute, in the order of the law.
    pub fn objections(&self, at: Minute) -> Vec<Objection> {
        let mut found = self.stops(at);
        found.extend(self.recipient());
        found.extend(self.consent());
        let clocks = 0..self.asked.clocks.len();
        for clock in clocks.clone() {
            let (local, minute) = self.local(clock, at);
            if self.asked.case.own_hours.is_some() && !within(&local.own, minute) {
                let cite = cite(&self.asked.pack.json["own_hours"]);
                found.push(Objection { key: Key::Own, reason: Reason::OutsideOwnHours, cite });
            }
        }
        for clock in clocks.clone() {
            let (local, minute) = self.local(clock, at);
            self.hours(&local, minute, &mut found);
        }
        for clock in clocks {
            for limit in &self.local(clock, at).0.broken {
                let cite = cite(&self.asked.pack.json["limits"][*limit]["cite"]);
                found.push(Objection { key: Key::Limit(*limit), reason: Reason::Frequency, cite });
            }
        }
        found.extend(self.visit());
        found
    }

    /// The same, only the first and quickly, and of what changes with the hour alone.
    pub fn state(&self, at: Minute) -> State {
        if !self.stops(at).is_empty() {
            return State::Barred;
        }
        let clocks = 0..self.asked.clocks.len();
        if self.asked.case.own_hours.is_some() {
            for clock in clocks.clone() {
                let (local, minute) = self.local(clock, at);
                if !within(&local.own, minute) {
                    return State::Barred;
                }
            }
        }
        for clock in clocks.clone() {
            let (local, minute) = self.local(clock, at);
            if local.unknown {
                return State::Unknown;
            }
            let norm = self.replaced || local.open.is_some_and(|hours| within(&[hours], minute));
            if local.operator || !norm {
                return State::Barred;
            }
        }
        let busy = clocks.into_iter().any(|clock| !self.local(clock, at).0.broken.is_empty());
        if busy { State::Barred } else { State::Open }
    }

    /// Whether some rule objects whatever the hour.
    pub fn is_hopeless(&self) -> bool {
        self.recipient().is_some() || !self.consent().is_empty() || self.visit().is_some()
    }

    /// The first minute from `from` on without a stop; none if stops cover the rest of time.
    pub fn after_stops(&self, from: Minute) -> Option<Minute> {
        let bound = |at: Option<DateTime<Utc>>| at.map(|at| at.timestamp() / 60);
        let stops = &self.asked.case.stops;
        let last = stops.iter().flat_map(|stop| [bound(stop.from), bound(stop.until)]).flatten().max();
        let last = last.unwrap_or(from).max(from) + 1;
        (from..=last).find(|at| self.stops(*at).is_empty())
    }

    fn known(&self, day: Day) -> bool {
        let region = self.asked.case.subdivision.as_deref();
        self.world.holidays(self.asked.pack.country, region).years.contains(&date(day).year())
    }

    fn stops(&self, at: Minute) -> Vec<Objection> {
        let holds = |stop: &domain::contact::LegalStop| {
            let begun = stop.from.is_none_or(|from| from.timestamp() <= at * 60);
            begun && stop.until.is_none_or(|until| at * 60 < until.timestamp())
        };
        let stops = self.asked.case.stops.iter().enumerate().filter(|(_, stop)| holds(stop));
        let (endless, ending): (Vec<_>, Vec<_>) = stops.partition(|(_, stop)| stop.until.is_none());
        let rules = self.asked.pack.json["stops"].as_array().unwrap();
        let objection = |(place, stop): (usize, &domain::contact::LegalStop)| {
            let rule = rules.iter().find(|rule| rule["kind"] == stop.kind.as_str());
            let cite = rule.and_then(|rule| cite(&rule["cite"]));
            Objection { key: Key::Stop(place), reason: Reason::LegalStop, cite }
        };
        endless.into_iter().chain(ending).map(objection).collect()
    }

    fn recipient(&self) -> Option<Objection> {
        let case = &self.asked.case;
        let rule = &self.asked.pack.json["recipients"];
        if case.recipient == Recipient::Debtor || rule["allowed"][case.recipient.as_str()].is_object() {
            return None;
        }
        let may_ask = case.purpose == Purpose::Location && rule["location_only"].is_object();
        if may_ask && !case.circumstances.location_asked {
            return None;
        }
        let cite = cite(if may_ask { &rule["location_only"] } else { &rule["others"] });
        Some(Objection { key: Key::Recipient, reason: Reason::RecipientNotAllowed, cite })
    }

    fn consent(&self) -> Vec<Objection> {
        let consents = &self.asked.case.consents;
        let rule = &self.asked.pack.json["channels"];
        let channel = self.asked.case.channel;
        let mut found = Vec::new();
        if consents.refused.contains(&channel) {
            let cite = cite(&rule["refused"]);
            found.push(Objection { key: Key::Refused, reason: Reason::ChannelRefused, cite });
        }
        if rule["authorised"].is_object() && !consents.authorised.contains(&channel) {
            let cite = cite(&rule["authorised"]);
            found.push(Objection { key: Key::Unauthorised, reason: Reason::ChannelNotAuthorised, cite });
        }
        found
    }

    fn visit(&self) -> Option<Objection> {
        let case = &self.asked.case;
        let facts = &case.circumstances;
        let rule = &self.asked.pack.json["visits"];
        let place = &rule[if case.site == Site::Work { "work" } else { "home" }];
        let is_visit = case.channel == Channel::Visit;
        let barred = match place.as_str().unwrap() {
            "allowed" => false,
            "barred" => is_visit,
            "given_address" => is_visit && !facts.address_given,
            "unless_employer_forbids" => facts.employer_forbids,
            other => panic!("{other} is new to the oracle"),
        };
        let opens = |exception: &Value| match exception["grounds"]["products"].as_array() {
            Some(products) => {
                let named = facts.product.as_deref().is_some_and(|own| products.contains(&Value::from(own)));
                named && facts.visit_authorised
            }
            None => {
                assert_eq!(exception["grounds"], "unreachable");
                facts.no_contact_data && facts.failure_documented
            }
        };
        let excepted = rule["exceptions"].as_array().unwrap().iter().any(opens);
        let cite = cite(&rule["cite"]);
        (barred && !excepted).then_some(Objection { key: Key::Visit, reason: Reason::VisitNotAllowed, cite })
    }

    fn hours(&self, local: &Local, minute: i64, found: &mut Vec<Objection>) {
        if local.unknown {
            found.push(Objection { key: Key::Unknown, reason: Reason::Holiday, cite: None });
            return;
        }
        let on_holiday = local.kind == HOLIDAY;
        let closed = if on_holiday { Reason::Holiday } else { Reason::DayNotAllowed };
        if local.operator {
            found.push(Objection { key: Key::Operator, reason: closed, cite: None });
        }
        let reason = match local.open {
            _ if self.replaced => return,
            Some(hours) if within(&[hours], minute) => return,
            Some((from, _)) if minute < from => Reason::BeforeWindow,
            Some(_) => Reason::AfterWindow,
            None => closed,
        };
        let rule = self.asked.pack.rule(self.asked.case.subdivision.as_deref(), local.kind);
        let key = Key::Day(local.kind);
        found.push(Objection { key, reason, cite: Some(rule.cite.clone()) });
    }

    fn local(&self, clock: usize, at: Minute) -> (Rc<Local>, i64) {
        let (day, minute) = self.asked.clocks[clock].read(at);
        let mut days = self.days.borrow_mut();
        let local = days[clock].entry(day).or_insert_with(|| Rc::new(self.look_at(clock, day)));
        (Rc::clone(local), minute)
    }

    fn look_at(&self, clock: usize, day: Day) -> Local {
        let Asked { pack, case, overrides, clocks } = self.asked;
        let region = case.subdivision.as_deref();
        let usual = weekday(day);
        let mask = overrides.days.as_ref().map(named);
        let bars = |kind: &usize| mask.as_ref().is_some_and(|mask| !mask.contains(kind));
        let [usual_hours, holiday_hours] = [usual, HOLIDAY].map(|kind| self.open_on(kind));
        let alike = usual_hours.is_some() && usual_hours == holiday_hours;
        // Whether a holiday would change the answer or its reason.
        let matters = bars(&HOLIDAY) || !(alike || self.replaced);
        let extra = overrides.extra_holidays.contains_key(&date(day));
        let off = overrides.called_off.contains(&date(day));
        let listed = self.world.holidays(pack.country, region).days.contains(&day);
        let is_holiday = matters && (extra || (listed && !off));
        let kind = if is_holiday { HOLIDAY } else { usual };
        let slots = case.own_hours.iter().flat_map(|own| &own.slots);
        let on_day =
            slots.filter(|slot| slot.days.iter().any(|on| on.num_days_from_monday() as usize == usual));
        let minutes =
            |time: chrono::NaiveTime| i64::from(chrono::Timelike::num_seconds_from_midnight(&time)) / 60;
        let own = on_day.map(|slot| (minutes(slot.open.start()), minutes(slot.open.end()))).collect();
        let limits = pack.json["limits"].as_array().unwrap();
        let broken = |place: &usize| self.breaks(&limits[*place], clocks[clock], day);
        Local {
            unknown: matters && !extra && !self.known(day),
            kind,
            operator: bars(&kind) || bars(&usual),
            open: self.open_on(kind),
            own,
            broken: (0..limits.len()).filter(broken).collect(),
        }
    }

    /// Whether a contact on `day` would break the limit.
    fn breaks(&self, limit: &Value, clock: &Clock, day: Day) -> bool {
        let Asked { case, overrides, .. } = self.asked;
        let reading = if overrides.reading == Reading::Strict { "strict" } else { "lenient" };
        let holds = limit.get("reading").is_none_or(|own| own == reading);
        let only: Option<BTreeSet<&str>> =
            limit["channels"]["only"].as_array().map(|all| all.iter().filter_map(Value::as_str).collect());
        let named = |channel: Channel| only.as_ref().is_none_or(|only| only.contains(channel.as_str()));
        let exempts =
            |what: &str| limit["exempt"].as_array().is_some_and(|all| all.contains(&Value::from(what)));
        let on = |at: DateTime<Utc>| clock.read(at.timestamp().div_euclid(60)).0;
        let free = exempts("prior_consent")
            && case.consents.direct_prior.is_some_and(|at| (on(at)..on(at) + 7).contains(&day));
        if !holds || !named(case.channel) || free {
            return false;
        }
        let each = limit["channels"] == "each";
        let mut past: Vec<(&PastContact, Day)> = Vec::new();
        for contact in &case.history {
            let differs = |one: &Option<String>, other: &Option<String>| matches!((one, other), (Some(one), Some(other)) if one != other);
            let elsewhere = match limit["scope"].as_str().unwrap() {
                "debtor" => false,
                "creditor" => differs(&contact.creditor, &case.creditor),
                "debt" => differs(&contact.debt, &case.debt),
                other => panic!("{other} is new to the oracle"),
            };
            let exempt = (exempts("not_connected") && contact.outcome == Outcome::NotConnected)
                || (exempts("prior_consent") && contact.prior_consent);
            let counts = if each { contact.channel == case.channel } else { named(contact.channel) };
            if counts && !elsewhere && !exempt {
                past.push((contact, on(contact.at)));
            }
        }
        let rule = &limit["rule"];
        if let Some(days) = rule["days_apart"].as_i64() {
            return (day - days + 1..day + days).any(|near| past.iter().any(|(_, on)| *on == near));
        }
        if let Some(days) = rule["quiet_after_conversation"].as_i64() {
            let spoken = |on: &Day| past.iter().any(|(c, d)| d == on && c.outcome == Outcome::Conversation);
            return (day - days + 1..=day).any(|near| spoken(&near));
        }
        let rule = &rule["at_most"];
        let monday = |day: Day| day - i64::try_from(weekday(day)).unwrap();
        let days: Vec<Day> = match (rule["period"].as_str(), rule["period"]["rolling_days"].as_i64()) {
            (Some("day"), _) => vec![day],
            (Some("week"), _) => (monday(day)..monday(day) + 7).collect(),
            (_, Some(length)) => (day - length + 1..=day).collect(),
            _ => panic!("{rule} is new to the oracle"),
        };
        past.retain(|(_, on)| days.contains(on));
        let answered = |outcome: Outcome| outcome == Outcome::Answered || outcome == Outcome::Conversation;
        let with_this = match rule["counted"].as_str().unwrap() {
            "attempts" => past.len() + 1,
            "unanswered" => 1 + past.iter().filter(|(contact, _)| !answered(contact.outcome)).count(),
            "channels" => {
                let all = past.iter().map(|(contact, _)| contact.channel).chain([case.channel]);
                all.collect::<BTreeSet<_>>().len()
            }
            "after_answer" => match past.iter().filter(|(c, _)| answered(c.outcome)).map(|(c, _)| c.at).min()
            {
                Some(first) => 1 + past.iter().filter(|(contact, _)| contact.at > first).count(),
                None => 0,
            },
            other => panic!("{other} is new to the oracle"),
        };
        with_this > usize::try_from(rule["count"].as_u64().unwrap()).unwrap()
    }
}

fn within(hours: &[Hours], minute: i64) -> bool {
    hours.iter().any(|(from, to)| (*from..*to).contains(&minute))
}

/// The minute that an instant lies in.
pub fn minute_of(at: DateTime<Utc>) -> Minute {
    let on = number(at.date_naive());
    on * DAY + i64::from(chrono::Timelike::num_seconds_from_midnight(&at.time())) / 60
}
