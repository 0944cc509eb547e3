use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::contact::{
    Channel, ContactCase, Decision, LegalStop, Overrides, Reason, Refusal, Rules, StopKind, Zone, decide,
};
use crate::ids::AccountId;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

const DEBT: AccountId = AccountId(Uuid::from_u128(1));
const OTHER: AccountId = AccountId(Uuid::from_u128(2));
const OUTCOMES: [CaseOutcome; 3] = [CaseOutcome::Upheld, CaseOutcome::PartlyUpheld, CaseOutcome::Rejected];

fn any_kind() -> impl Strategy<Value = CaseKind> {
    proptest::sample::select(CaseKind::ALL)
}

fn any_step() -> impl Strategy<Value = Step> {
    let mut steps = vec![Step::Take, Step::Ask, Step::Write, Step::Close, Step::Reopen];
    steps.extend(OUTCOMES.map(Step::Answer));
    proptest::sample::select(steps)
}

/// The hold that a case of this kind places on a debt when it is opened.
fn placed(kind: CaseKind, debt: AccountId, when: DateTime<Utc>) -> Option<Hold> {
    let rule = hold_of(kind)?;
    let scope = if rule.debt_only { HoldScope::Debt(debt) } else { HoldScope::Person };
    Some(Hold { stop: rule.stop, scope, placed_at: when, lifted_at: None })
}

fn decision(country: &str, zone: Option<Zone>, stops: Vec<LegalStop>, when: DateTime<Utc>) -> Decision {
    let mut case = ContactCase::new(Channel::Call, when);
    case.consents.authorised.insert(Channel::Call);
    case.zones = zone.into_iter().collect();
    case.stops = stops;
    decide(Rules::embedded(country, when.date_naive(), &Overrides::default()).unwrap(), &case).unwrap()
}

fn refusal(decision: Decision) -> Refusal {
    match decision {
        Decision::Refused(refusal) => refusal,
        Decision::Allowed(permit) => panic!("allowed: {permit:?}"),
    }
}

#[test]
fn every_kind_is_offered_once() {
    let mut offered: Vec<_> = CaseKind::DISAGREE.iter().chain(&CaseKind::HELP).map(|k| k.as_str()).collect();
    offered.sort_unstable();
    let mut all: Vec<_> = CaseKind::ALL.iter().map(|kind| kind.as_str()).collect();
    all.sort_unstable();
    assert_eq!(offered, all);
}

#[test]
fn deadlines_count_business_days_of_the_country() {
    let mexico = calendar("MX");
    let by = |kind| answer_by(kind, day("2026-11-20"), &mexico).unwrap();
    assert_eq!(by(CaseKind::CallRequest), day("2026-11-24"));
    assert_eq!(by(CaseKind::Vulnerability), day("2026-11-25"));
    assert_eq!(by(CaseKind::Hardship), day("2026-11-27"));
    assert_eq!(by(CaseKind::Dispute), day("2026-12-11"));
    // 16 November 2026 is a holiday in Mexico, and a country without a table is only stricter.
    assert_eq!(answer_by(CaseKind::CallRequest, day("2026-11-13"), &mexico), Ok(day("2026-11-18")));
    assert_eq!(answer_by(CaseKind::CallRequest, day("2026-11-13"), &calendar("XX")), Ok(day("2026-11-17")));
    assert!(CaseKind::ALL.iter().all(|kind| deadline_cite(*kind).policy));
}

#[test]
fn a_case_goes_its_way_and_no_other() {
    let now = at("2026-11-20T18:00:00Z");
    let go = |steps: &[Step]| steps.iter().try_fold(Progress::OPENED, |case, step| case.after(*step, now));
    let answer = Step::Answer(CaseOutcome::PartlyUpheld);
    let closed = go(&[Step::Take, Step::Ask, Step::Write, answer, Step::Close]).unwrap();
    assert_eq!(closed.status, CaseStatus::Closed);
    assert_eq!(closed.outcome, Some(CaseOutcome::PartlyUpheld));
    assert_eq!(go(&[Step::Take, Step::Ask, Step::Write]).unwrap().status, CaseStatus::InReview);
    assert_eq!(go(&[answer]), Err(StepRefused::NotNow(CaseStatus::Open)), "nobody looked into it");
    assert_eq!(go(&[Step::Take, Step::Close]), Err(StepRefused::NotNow(CaseStatus::InReview)));
    assert_eq!(go(&[Step::Reopen]), Err(StepRefused::NotNow(CaseStatus::Open)));
    assert_eq!(closed.after(Step::Write, now), Err(StepRefused::NotNow(CaseStatus::Closed)));
    let last = now + TimeDelta::days(REOPEN_DAYS);
    assert_eq!(closed.after(Step::Reopen, last), Ok(Progress::OPENED));
    assert_eq!(closed.after(Step::Reopen, last + TimeDelta::seconds(1)), Err(StepRefused::TooLate));
}

#[test]
fn contact_is_refused_by_the_rule_of_the_hold() {
    let noon = at("2026-11-24T17:00:00Z");
    let ask = |country, zone, kind| {
        let hold = placed(kind, DEBT, at("2026-11-20T18:00:00Z")).unwrap();
        refusal(decision(country, zone, legal_stops(&[hold], DEBT), noon))
    };
    let newyork = || Some(Zone::Named(chrono_tz::America::New_York));
    for (country, zone, kind, law, article) in [
        ("US", newyork(), CaseKind::Dispute, "12 CFR 1006", "1006.38"),
        ("US", newyork(), CaseKind::DebtDenial, "12 CFR 1006", "1006.38"),
        ("US", newyork(), CaseKind::LegalRepresentation, "12 CFR 1006", "1006.6(b)(2)"),
        ("CL", None, CaseKind::Insolvency, "Ley 19.496 (Ley 21.320)", "art. 37"),
        ("MX", None, CaseKind::Hardship, "policy", "people in hardship"),
        ("MX", None, CaseKind::Vulnerability, "policy", "people who are vulnerable"),
        ("MX", None, CaseKind::Bereavement, "policy", "people who mourn"),
        ("MX", None, CaseKind::Dispute, "policy", "facts that end contact"),
    ] {
        let found = ask(country, zone, kind);
        assert_eq!(found.reason, Reason::LegalStop, "{country} {kind}");
        assert_eq!(
            (found.cite.law.as_str(), found.cite.article.as_str()),
            (law, article),
            "{country} {kind}"
        );
    }
    assert!(decision("MX", None, Vec::new(), noon).is_allowed(), "without a hold the call is lawful");
}

#[test]
fn a_dispute_holds_its_own_debt_only() {
    let hold = placed(CaseKind::Dispute, DEBT, at("2026-11-20T18:00:00Z")).unwrap();
    assert_eq!(legal_stops(&[hold], OTHER), Vec::new());
    assert_eq!(legal_stops(&[hold], DEBT)[0].kind, StopKind::Dispute);
    let person = placed(CaseKind::Hardship, DEBT, at("2026-11-20T18:00:00Z")).unwrap();
    assert_eq!(legal_stops(&[person], OTHER).len(), 1);
}

#[test]
fn holds_end_as_stated() {
    let now = at("2026-11-20T18:00:00Z");
    let after = |outcome, close| {
        let steps = [Step::Take, Step::Answer(outcome)].into_iter().chain(close);
        steps.fold(Progress::OPENED, |case, step| case.after(step, now).unwrap())
    };
    for kind in CaseKind::ALL.iter().copied().filter(|kind| hold_of(*kind).is_some()) {
        assert!(still_holds(kind, &Progress::OPENED), "{kind}");
        assert!(!still_holds(kind, &after(CaseOutcome::Rejected, None)), "{kind} rejected");
        assert!(still_holds(kind, &after(CaseOutcome::Upheld, None)), "{kind} upheld");
        let stays =
            [CaseKind::DebtDenial, CaseKind::Insolvency, CaseKind::LegalRepresentation].contains(&kind);
        assert_eq!(still_holds(kind, &after(CaseOutcome::Upheld, Some(Step::Close))), stays, "{kind} closed");
    }
    assert!(!still_holds(CaseKind::Complaint, &Progress::OPENED));
}

proptest! {
    /// Whatever is tried in whatever order: an outcome stands with an answer only, and no hold of
    /// a case that waits for its answer is ever let go.
    #[test]
    fn no_order_of_steps_breaks_a_case(
        kind in any_kind(),
        steps in proptest::collection::vec((any_step(), 0_i64..40), 0..30),
    ) {
        let mut now = at("2026-11-20T18:00:00Z");
        let mut case = Progress::OPENED;
        for (step, days) in steps {
            now += TimeDelta::days(days);
            let before = case;
            let Ok(next) = case.after(step, now) else { continue };
            case = next;
            let answered = matches!(case.status, CaseStatus::Answered | CaseStatus::Closed);
            prop_assert_eq!(case.outcome.is_some(), answered);
            prop_assert_eq!(case.answered_at.is_some(), answered);
            if !answered {
                prop_assert_eq!(still_holds(kind, &case), hold_of(kind).is_some());
            }
            if step == Step::Reopen {
                prop_assert!(now <= before.answered_at.unwrap() + TimeDelta::days(REOPEN_DAYS));
            }
            // A hold that went comes back only by the person's own step.
            if !still_holds(kind, &before) && still_holds(kind, &case) {
                prop_assert_eq!(step, Step::Reopen);
            }
        }
    }

    /// A hold bars every call while it stands, in every country and at every hour, and none after.
    #[test]
    fn a_standing_hold_always_refuses(
        kind in any_kind(),
        minutes in 0_i64..600_000,
        lasted in 1_i64..200_000,
        country in proptest::sample::select(vec!["AR", "CL", "CO", "EC", "MX", "PE"]),
    ) {
        let start = at("2026-01-05T00:00:00Z");
        let Some(hold) = placed(kind, DEBT, start) else { return Ok(()) };
        let hold = Hold { lifted_at: Some(start + TimeDelta::minutes(lasted)), ..hold };
        let when = start + TimeDelta::minutes(minutes);
        let made = decision(country, None, legal_stops(&[hold], DEBT), when);
        let by_hold = matches!(&made, Decision::Refused(no) if no.reason == Reason::LegalStop);
        prop_assert_eq!(by_hold, minutes < lasted);
        let elsewhere = decision(country, None, legal_stops(&[hold], OTHER), when);
        let by_hold = matches!(&elsewhere, Decision::Refused(no) if no.reason == Reason::LegalStop);
        prop_assert_eq!(by_hold, minutes < lasted && hold.scope == HoldScope::Person);
    }

    #[test]
    fn a_deadline_is_a_business_day_that_later_cases_never_overtake(
        kind in any_kind(), first in 0_u64..700, later in 0_u64..60,
    ) {
        let calendar = calendar("MX");
        let opened = day("2026-01-01") + chrono::Days::new(first);
        let due = answer_by(kind, opened, &calendar).unwrap();
        prop_assert!(calendar.is_business_day(due) && due > opened);
        prop_assert!(due <= answer_by(kind, opened + chrono::Days::new(later), &calendar).unwrap());
    }
}
