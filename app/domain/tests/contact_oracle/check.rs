//! One case decided by both.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, Utc};
use domain::contact::{
    Citation, Confidence, ContactCase, ContactError, DayKind, DayRule, Decision, NextSlot, Overrides, Reason,
    Refusal, RulePack, Rules, SiteRule, Window, decide,
};

use super::oracle::{Asked, Key, Minute, Objection, Oracle, State, minute_of};
use super::world::{DAY, KINDS, World};

/// How often each kind of answer was given.
#[derive(Default)]
pub struct Tally(pub BTreeMap<String, u64>);

impl Tally {
    fn count(&mut self, name: impl Into<String>) {
        *self.0.entry(name.into()).or_default() += 1;
    }
}

/// # Errors
/// The two differ, and where.
pub fn check(world: &World, asked: &Asked, tally: &mut Tally) -> Result<(), String> {
    let oracle = Oracle::new(world, asked);
    let at = asked.case.at;
    let found = oracle.objections(minute_of(at));
    let answer = decided(world, asked, &asked.pack.ours, &asked.overrides, &asked.case);
    same_answer(&answer, &found).map_err(|problem| format!("{problem}; the oracle: {found:?}"))?;
    match answer {
        Err(_) => tally.count("unknown year"),
        Ok(Decision::Allowed(permit)) => {
            tally.count("allowed");
            tally.count(format!("allowed in {}", asked.pack.country));
            let until = permit.valid_until();
            if until <= at {
                return Err(format!("the permit ends at {until}"));
            }
            let hours = minute_of(at)..minute_of(until);
            let over = hours.into_iter().find(|minute| {
                let late = oracle.objections(*minute);
                late.iter().any(|o| matches!(o.key, Key::Own | Key::Operator | Key::Day(_)))
            });
            if let Some(minute) = over {
                return Err(format!("the permit until {until} outlasts the hours at {}", shown(minute)));
            }
        }
        Ok(Decision::Refused(refusal)) => {
            tally.count(refusal.reason.to_string());
            cause(world, asked, &refusal, &found)?;
            slot(world, asked, &oracle, &refusal, tally)?;
        }
    }
    Ok(())
}

fn decided(
    world: &World,
    asked: &Asked,
    pack: &RulePack,
    overrides: &Overrides,
    case: &ContactCase,
) -> Result<Decision, ContactError> {
    debug_assert_eq!(pack.country, asked.pack.country);
    decide(Rules { pack, holidays: world.table, overrides }, case)
}

fn same_answer(answer: &Result<Decision, ContactError>, found: &[Objection]) -> Result<(), String> {
    match (answer, found.first()) {
        (Ok(Decision::Allowed(_)), None) => Ok(()),
        (Err(ContactError::Holidays(_)), Some(first)) if first.key == Key::Unknown => Ok(()),
        (Ok(Decision::Refused(refusal)), Some(first)) if first.key != Key::Unknown => {
            if refusal.reason != first.reason {
                return Err(format!("refused for {}, not for {}", refusal.reason, first.reason));
            }
            let same = match &first.cite {
                Some((law, article)) => &refusal.cite.law == law && &refusal.cite.article == article,
                None => refusal.cite.law == "policy",
            };
            if same { Ok(()) } else { Err(format!("refused by {}", refusal.cite)) }
        }
        (other, _) => Err(format!("decided: {other:?}")),
    }
}

/// The rule is the cause: taken out, the answer is yes, or what the next rule says.
fn cause(world: &World, asked: &Asked, refusal: &Refusal, found: &[Objection]) -> Result<(), String> {
    let Some(first) = found.first() else { return Ok(()) };
    let mut pack = asked.pack.ours.clone();
    let mut overrides = asked.overrides.clone();
    let mut case = asked.case.clone();
    match first.key {
        Key::Stop(place) => {
            case.stops.remove(place);
        }
        Key::Recipient => {
            pack.recipients.allowed.insert(case.recipient, taken_out());
        }
        Key::Refused => {
            case.consents.refused.remove(&case.channel);
        }
        Key::Unauthorised => pack.channels.authorised = None,
        Key::Own => case.own_hours = None,
        Key::Operator => overrides.days = None,
        Key::Day(kind) => open(&mut pack, asked.case.subdivision.as_deref(), kind),
        Key::Limit(place) => {
            pack.limits.remove(place);
        }
        Key::Visit => (pack.visits.home, pack.visits.work) = (SiteRule::Allowed, SiteRule::Allowed),
        Key::Unknown => return Err("an unknown year refuses".to_owned()),
    }
    let without = decided(world, asked, &pack, &overrides, &case);
    if first.key == Key::Own {
        // Where own hours take the place of the norm's, the norm speaks now.
        let still = matches!(&without, Ok(Decision::Refused(next)) if next.reason == Reason::OutsideOwnHours);
        return if still { Err("own hours refuse that are none".to_owned()) } else { Ok(()) };
    }
    let rest: Vec<Objection> = match first.key {
        // Other days may look otherwise beside it, so the oracle looks again.
        Key::Day(kind) => Oracle::without_hours(world, asked, kind).objections(minute_of(asked.case.at)),
        _ => found.iter().filter(|other| other.key != first.key).cloned().collect(),
    };
    same_answer(&without, &rest)
        .map_err(|problem| format!("without {:?} ({}): {problem}; left: {rest:?}", first.key, refusal.reason))
}

fn taken_out() -> Citation {
    Citation {
        law: "none".to_owned(),
        article: "taken out".to_owned(),
        confidence: Confidence::Single,
        policy: true,
    }
}

/// Leaves a kind of day open from midnight to midnight.
fn open(pack: &mut RulePack, region: Option<&str>, kind: usize) {
    let own = pack.subdivisions.iter_mut().find(|own| Some(own.code.as_str()) == region);
    let rules = own.map_or(&mut pack.windows, |own| &mut own.windows);
    let kind: DayKind = KINDS[kind].parse().unwrap();
    for rule in rules.iter_mut() {
        rule.days.retain(|day| *day != kind);
    }
    let last = NaiveTime::from_hms_nano_opt(23, 59, 59, 999_999_999).unwrap();
    rules.push(DayRule { days: vec![kind], open: Window::new(NaiveTime::MIN, last), cite: taken_out() });
}

/// The proposed slot is accepted, and nothing before it is lawful.
fn slot(
    world: &World,
    asked: &Asked,
    oracle: &Oracle,
    refusal: &Refusal,
    tally: &mut Tally,
) -> Result<(), String> {
    let from = minute_of(asked.case.at);
    let begins = oracle.after_stops(from);
    let walk = |to: Minute| {
        (from..to).map(|minute| (minute, oracle.state(minute))).find(|(_, s)| *s != State::Barred)
    };
    match &refusal.next {
        NextSlot::At(next) => {
            tally.count("slot: at");
            if next.timestamp() % 60 != 0 || *next <= asked.case.at {
                return Err(format!("the slot {next} is odd"));
            }
            let then = ContactCase { at: *next, ..asked.case.clone() };
            let accepted = decided(world, asked, &asked.pack.ours, &asked.overrides, &then);
            if !accepted.as_ref().is_ok_and(Decision::is_allowed) {
                return Err(format!("the slot {next} is refused: {accepted:?}"));
            }
            let objections = oracle.objections(minute_of(*next));
            if !objections.is_empty() {
                return Err(format!("the oracle objects to the slot {next}: {objections:?}"));
            }
            if let Some((minute, state)) = walk(minute_of(*next)) {
                return Err(format!("before the slot {next}, {} is {state:?}", shown(minute)));
            }
        }
        NextSlot::Never => {
            tally.count("slot: never");
            if begins.is_some() && !oracle.is_hopeless() {
                return Err("waiting would help".to_owned());
            }
        }
        NextSlot::NotWithin { days } => {
            tally.count("slot: not within");
            let Some(begins) = begins.filter(|_| !oracle.is_hopeless()) else {
                return Err("no wait would help".to_owned());
            };
            if let Some((minute, state)) = walk(begins + i64::from(*days) * DAY) {
                return Err(format!("{} is {state:?}, within {days} days", shown(minute)));
            }
        }
        NextSlot::Unknown { cause } => {
            tally.count("slot: unknown");
            let horizon = from + 200 * DAY;
            match walk(horizon) {
                Some((_, State::Unknown)) => {}
                other => return Err(format!("{cause}, but the oracle walks to {other:?}")),
            }
        }
    }
    Ok(())
}

fn shown(minute: Minute) -> DateTime<Utc> {
    DateTime::from_timestamp(minute * 60, 0).unwrap_or_default()
}
