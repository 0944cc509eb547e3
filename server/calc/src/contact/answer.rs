//! A decision as the figures of an answer.

use domain::contact::{Citation, ContactPermit, Decision, NextSlot, Refusal, RulePack, Zone};
use serde_json::Value;

use super::read::Asked;
use crate::Answer;

/// `allowed`, `reason`, `rule`, `article`, `confidence`, `policy`, `next_slot` and `version`.
pub fn told(asked: &Asked, pack: &RulePack, decision: Decision) -> Answer {
    let own = pack.zone.map(Zone::Named);
    let zones = &asked.contact.zones;
    let shown: Vec<Zone> = if zones.is_empty() { own.into_iter().collect() } else { zones.clone() };
    let mut answer = Answer::default()
        .with("allowed", allowed(asked, decision.is_allowed()))
        .with("version", format!("{} {}", pack.country, pack.version));
    for zone in &shown {
        let local = zone.shown(asked.contact.at).format("%a %Y-%m-%d %H:%M:%S %:z");
        answer = answer.because(format!("for the debtor it is {local} ({zone})"));
    }
    answer = asked.assumed.iter().fold(answer, Answer::because);
    match decision {
        Decision::Allowed(permit) => granted(answer, &permit, shown.first()),
        Decision::Refused(refusal) => denied(answer, &refusal, shown.first()),
    }
}

fn allowed(asked: &Asked, is: bool) -> Value {
    if asked.as_text { if is { "True".into() } else { "False".into() } } else { is.into() }
}

fn granted(answer: Answer, permit: &ContactPermit, zone: Option<&Zone>) -> Answer {
    let until = instant(zone, permit.valid_until());
    let answer = cited(answer.with("reason", "ok"), permit.hours())
        .with("next_slot", instant(zone, permit.at()))
        .because(format!("no rule speaks against it; the hours end at {until}"));
    permit
        .duties()
        .iter()
        .fold(answer, |answer, duty| answer.because(format!("{} [{}]", duty.text, duty.cite)))
}

fn denied(answer: Answer, refusal: &Refusal, zone: Option<&Zone>) -> Answer {
    let (slot, words) = match &refusal.next {
        NextSlot::At(at) => {
            let at = instant(zone, *at);
            (Value::from(at.clone()), format!("the next lawful instant is {at}"))
        }
        NextSlot::Never => (Value::Null, "waiting does not help: a fact of the case must change".to_owned()),
        NextSlot::NotWithin { days } => (Value::Null, format!("nothing is lawful within {days} days")),
        NextSlot::Unknown { cause } => (Value::Null, format!("the next lawful instant is unknown: {cause}")),
    };
    cited(answer.with("reason", refusal.reason.as_str()), Some(&refusal.cite))
        .with("next_slot", slot)
        .because(format!("{} [{}]", refusal.evidence, refusal.cite))
        .because(words)
}

fn cited(answer: Answer, cite: Option<&Citation>) -> Answer {
    let Some(cite) = cite else { return answer.with("rule", Value::Null).with("article", Value::Null) };
    answer
        .with("rule", cite.law.clone())
        .with("article", cite.article.clone())
        .with("confidence", cite.confidence.as_str())
        .with("policy", cite.policy)
}

fn instant(zone: Option<&Zone>, at: chrono::DateTime<chrono::Utc>) -> String {
    let shown = zone.map_or(at.fixed_offset(), |zone| zone.shown(at));
    shown.format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}
