use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use proptest::prelude::*;

use super::*;

const ALL: &[&str] = &["AR", "BR", "CL", "CO", "EC", "ES", "GT", "MX", "PA", "PE", "PY", "US"];

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn lenient() -> Overrides {
    Overrides { reading: Reading::Lenient, ..Overrides::default() }
}

/// A call that nothing but the hour and the history could forbid.
fn call(when: &str) -> ContactCase {
    case(Channel::Call, at(when))
}

fn case(channel: Channel, when: DateTime<Utc>) -> ContactCase {
    let consents = Consents { authorised: Channel::ALL.iter().copied().collect(), ..Consents::default() };
    ContactCase { consents, ..ContactCase::new(channel, when) }
}

fn past(channel: Channel, when: &str, outcome: Outcome) -> PastContact {
    PastContact { at: at(when), channel, outcome, creditor: None, debt: None, prior_consent: false }
}

fn decided(country: &str, overrides: &Overrides, case: &ContactCase) -> Result<Decision, ContactError> {
    decide(Rules::embedded(country, case.at.date_naive(), overrides)?, case)
}

fn refused(country: &str, overrides: &Overrides, case: &ContactCase) -> Refusal {
    match decided(country, overrides, case).unwrap() {
        Decision::Refused(refusal) => refusal,
        Decision::Allowed(permit) => panic!("allowed: {permit:?}"),
    }
}

fn permit(country: &str, overrides: &Overrides, case: &ContactCase) -> ContactPermit {
    match decided(country, overrides, case).unwrap() {
        Decision::Allowed(permit) => permit,
        Decision::Refused(refusal) => panic!("refused: {refusal:?}"),
    }
}

#[test]
fn packs_and_holidays_are_whole() {
    let book = RuleBook::embedded().unwrap();
    assert_eq!(book.packs().iter().map(|pack| pack.country.as_str()).collect::<Vec<_>>(), ALL);
    let table = HolidayTable::embedded().unwrap();
    assert_eq!(table.sets().count(), 22);
    assert_eq!(table.sets().flat_map(HolidaySet::iter).count(), 1600);
    for pack in book.packs() {
        let regions = pack.subdivisions.iter().map(|region| Some(region.code.as_str()));
        for region in regions.chain([None]) {
            let holidays = table.of(&pack.country, region).unwrap();
            for year in 2025..=2030 {
                let in_year = holidays.iter().filter(|(date, _)| chrono::Datelike::year(date) == year);
                assert!(in_year.count() >= 7, "{} {year}", holidays.place());
                assert!(holidays.name(NaiveDate::from_ymd_opt(year, 12, 25).unwrap()).unwrap().is_some());
            }
            for year in [2024, 2031] {
                let day = NaiveDate::from_ymd_opt(year, 12, 25).unwrap();
                let missing = HolidayError::MissingYear { place: holidays.place().to_owned(), year };
                assert_eq!(holidays.name(day), Err(missing));
            }
        }
    }
}

#[test]
fn an_unknown_country_or_year_or_zone_is_an_error() {
    let none = Overrides::default();
    let case = call("2031-03-03T15:00:00Z");
    let error = decided("CO", &none, &case).unwrap_err();
    assert!(error.to_string().contains("2031"), "{error}");
    assert!(matches!(decided("CR", &none, &case), Err(ContactError::NoRules { .. })));
    assert!(matches!(decided("US", &none, &case), Err(ContactError::NoZone { .. })));
    assert!(matches!(decided("CO", &none, &call("2023-10-01T15:00:00Z")), Err(ContactError::NoRules { .. })));
    // Where holidays have the hours of other days, their table is not asked.
    assert!(decided("MX", &none, &case).unwrap().is_allowed());
    let masked = Overrides::suggested(RuleBook::embedded().unwrap().pack("MX", day("2031-03-03")).unwrap());
    assert!(decided("MX", &masked, &case).is_err());
}

#[test]
fn a_search_that_leaves_the_table_says_so() {
    let refusal = refused("CO", &Overrides::default(), &call("2031-01-01T03:00:00Z"));
    assert_eq!(refusal.reason, Reason::AfterWindow);
    let NextSlot::Unknown { cause } = refusal.next else { panic!("{:?}", refusal.next) };
    assert!(cause.contains("2031"), "{cause}");
}

#[test]
fn the_first_objection_in_order_refuses() {
    let mut case = call("2026-03-08T15:00:00Z");
    case.circumstances.employer_forbids = true;
    case.history.push(past(Channel::Call, "2026-03-08T14:00:00Z", Outcome::Answered));
    let mut order = Vec::new();
    case.channel = Channel::Visit;
    order.push(refused("CO", &lenient(), &case).reason);
    case.own_hours = Some(OwnHours { slots: Vec::new(), separate_instrument: false });
    order.push(refused("CO", &lenient(), &case).reason);
    case.consents.authorised.clear();
    order.push(refused("CO", &lenient(), &case).reason);
    case.consents.refused.insert(Channel::Visit);
    order.push(refused("CO", &lenient(), &case).reason);
    case.recipient = Recipient::Reference;
    order.push(refused("CO", &lenient(), &case).reason);
    case.stops.push(LegalStop { kind: StopKind::SuitServed, from: None, until: None });
    order.push(refused("CO", &lenient(), &case).reason);
    order.reverse();
    let expected = [
        Reason::LegalStop,
        Reason::RecipientNotAllowed,
        Reason::ChannelRefused,
        Reason::ChannelNotAuthorised,
        Reason::OutsideOwnHours,
        Reason::DayNotAllowed,
    ];
    assert_eq!(order, expected);
}

#[test]
fn waiting_helps_only_where_it_does() {
    let evening = call("2026-03-03T01:00:00Z");
    let next = |case: &ContactCase| refused("PE", &Overrides::default(), case).next;
    assert_eq!(next(&evening), NextSlot::At(at("2026-03-03T07:00:00-05:00")));
    let third = ContactCase { recipient: Recipient::Neighbour, ..evening.clone() };
    assert_eq!(next(&third), NextSlot::Never);
    let until = Some(at("2026-09-01T05:30:00Z"));
    let stop = LegalStop { kind: StopKind::Dispute, from: None, until };
    let disputed = ContactCase { stops: vec![stop], ..evening };
    assert_eq!(next(&disputed), NextSlot::At(at("2026-09-01T07:00:00-05:00")));
    let forever = LegalStop { until: None, ..stop };
    assert_eq!(next(&ContactCase { stops: vec![stop, forever], ..disputed }), NextSlot::Never);
}

#[test]
fn a_visit_in_colombia_needs_its_exception() {
    let mut case = case(Channel::Visit, at("2026-03-03T15:00:00Z"));
    let refusal = refused("CO", &lenient(), &case);
    assert_eq!((refusal.reason, refusal.cite.article.as_str()), (Reason::VisitNotAllowed, "art. 6"));
    case.circumstances.product = Some("microcredit".to_owned());
    assert_eq!(refused("CO", &lenient(), &case).reason, Reason::VisitNotAllowed);
    case.circumstances.visit_authorised = true;
    permit("CO", &lenient(), &case);
    case.circumstances =
        Circumstances { no_contact_data: true, failure_documented: true, ..Circumstances::default() };
    permit("CO", &lenient(), &case);
}

#[test]
fn work_is_barred_where_the_employer_forbids_it() {
    let mut case = call("2026-03-03T17:00:00Z");
    case.zones = vec![Zone::Named(chrono_tz::America::New_York)];
    case.site = Site::Work;
    permit("US", &lenient(), &case);
    case.circumstances.employer_forbids = true;
    assert_eq!(refused("US", &lenient(), &case).cite.article, "1006.6(b)(3)");
}

#[test]
fn conflicting_zones_must_all_be_open() {
    let mut case = call("2026-03-02T15:30:00Z");
    case.zones =
        vec![Zone::Named(chrono_tz::America::New_York), Zone::Named(chrono_tz::America::Los_Angeles)];
    let refusal = refused("US", &lenient(), &case);
    assert_eq!(refusal.reason, Reason::BeforeWindow);
    assert_eq!(refusal.next, NextSlot::At(at("2026-03-02T08:00:00-08:00")));
    case.at = at("2026-03-02T16:00:00Z");
    assert_eq!(permit("US", &lenient(), &case).valid_until(), at("2026-03-02T21:00:00-05:00"));
}

#[test]
fn strict_and_lenient_weeks_of_colombia() {
    let mut case = call("2026-03-04T15:00:00Z");
    case.history.push(past(Channel::Call, "2026-03-02T14:00:00Z", Outcome::NoAnswer));
    permit("CO", &lenient(), &case);
    let strict = refused("CO", &Overrides::default(), &case);
    assert_eq!(strict.next, NextSlot::At(at("2026-03-09T07:00:00-05:00")));
    let other = ContactCase { channel: Channel::Whatsapp, ..case };
    assert_eq!(refused("CO", &lenient(), &other).reason, Reason::Frequency);
}

#[test]
fn contacts_for_another_creditor_do_not_count_in_colombia() {
    let mut case = call("2026-03-02T20:00:00Z");
    let mut earlier = past(Channel::Call, "2026-03-02T14:00:00Z", Outcome::NoAnswer);
    earlier.creditor = Some("one".to_owned());
    case.history.push(earlier);
    assert!(!decided("CO", &lenient(), &case).unwrap().is_allowed());
    case.creditor = Some("other".to_owned());
    permit("CO", &lenient(), &case);
}

#[test]
fn messages_in_chile_are_two_days_apart() {
    let mut case = case(Channel::Email, at("2026-03-03T12:00:00Z"));
    case.history.push(past(Channel::Sms, "2026-03-02T20:00:00Z", Outcome::NoAnswer));
    let refusal = refused("CL", &lenient(), &case);
    assert_eq!(refusal.reason, Reason::Frequency);
    assert_eq!(refusal.next, NextSlot::At(at("2026-03-04T08:00:00-03:00")));
}

#[test]
fn calls_in_the_united_states_stop_after_a_conversation() {
    let mut case = call("2026-03-08T14:00:00Z");
    case.zones = vec![Zone::Named(chrono_tz::America::New_York)];
    case.history.push(past(Channel::Call, "2026-03-02T15:00:00Z", Outcome::Conversation));
    let refusal = refused("US", &lenient(), &case);
    assert_eq!(refusal.cite.article, "1006.14(b)(2)(i)(B)");
    assert_eq!(refusal.next, NextSlot::At(at("2026-03-09T08:00:00-04:00")));
    case.consents.direct_prior = Some(at("2026-03-02T15:00:00Z"));
    permit("US", &lenient(), &case);
    case.at = at("2026-03-09T14:00:00Z");
    case.history[0].at = at("2026-03-05T15:00:00Z");
    assert!(!decided("US", &lenient(), &case).unwrap().is_allowed());
    case.history[0].outcome = Outcome::NotConnected;
    permit("US", &lenient(), &case);
}

#[test]
fn paraguay_counts_what_was_not_answered() {
    let mut case = call("2026-03-05T15:00:00Z");
    for date in ["02", "03", "04"] {
        case.history.push(past(Channel::Call, &format!("2026-03-{date}T15:00:00Z"), Outcome::NoAnswer));
    }
    assert_eq!(refused("PY", &lenient(), &case).next, NextSlot::At(at("2026-03-09T08:00:00-03:00")));
    case.history[2].outcome = Outcome::Answered;
    permit("PY", &lenient(), &case);
    case.at = at("2026-03-04T17:00:00Z");
    permit("PY", &lenient(), &case);
    case.history.push(past(Channel::Call, "2026-03-04T16:00:00Z", Outcome::Answered));
    assert_eq!(refused("PY", &lenient(), &case).reason, Reason::Frequency);
}

#[test]
fn ecuador_counts_each_mechanism_or_all() {
    let mut case = case(Channel::Sms, at("2026-03-02T20:00:00Z"));
    case.history.push(past(Channel::Call, "2026-03-02T14:00:00Z", Outcome::NoAnswer));
    permit("EC", &lenient(), &case);
    assert_eq!(refused("EC", &Overrides::default(), &case).reason, Reason::Frequency);
}

#[test]
fn regions_have_their_own_hours_and_holidays() {
    let mut case = call("2026-03-02T11:30:00Z");
    case.subdivision = Some("RJ".to_owned());
    assert_eq!(refused("BR", &lenient(), &case).reason, Reason::BeforeWindow);
    case.subdivision = Some("SP".to_owned());
    permit("BR", &lenient(), &case);
    case.at = at("2026-07-09T15:00:00Z");
    assert_eq!(refused("BR", &lenient(), &case).reason, Reason::Holiday);
    // A Sunday and the day of Our Lady of Aparecida: closed twice, and the holiday is said.
    let sunday = ContactCase { at: at("2025-10-12T15:00:00Z"), ..case.clone() };
    assert_eq!(refused("BR", &lenient(), &sunday).reason, Reason::Holiday);
    case.subdivision = None;
    permit("BR", &lenient(), &case);
}

#[test]
fn operators_add_and_call_off_holidays_and_days() {
    let mut overrides = lenient();
    let case = call("2026-05-15T15:00:00Z");
    permit("CO", &overrides, &case);
    overrides.extra_holidays.insert(day("2026-05-15"), "decreed".to_owned());
    let refusal = refused("CO", &overrides, &case);
    assert!(refusal.evidence.contains("decreed"), "{}", refusal.evidence);
    // A Saturday, and then a Sunday and the moved Ascension Day.
    assert_eq!(refusal.next, NextSlot::At(at("2026-05-16T08:00:00-05:00")));
    overrides.days = Some([DayKind::Mon, DayKind::Tue].into());
    assert_eq!(refused("CO", &overrides, &case).next, NextSlot::At(at("2026-05-19T07:00:00-05:00")));
    overrides.called_off.insert(day("2026-05-18"));
    assert_eq!(refused("CO", &overrides, &case).next, NextSlot::At(at("2026-05-18T07:00:00-05:00")));
}

#[test]
fn own_hours_narrow_and_by_a_later_document_replace() {
    let evening = Window::try_from("18:00-21:00".to_owned()).unwrap();
    let slots = vec![OwnSlot { days: vec![Weekday::Mon], open: evening }];
    let mut case = call("2026-03-03T01:00:00Z");
    case.own_hours = Some(OwnHours { slots: slots.clone(), separate_instrument: false });
    let refusal = refused("CO", &lenient(), &case);
    assert_eq!(refusal.reason, Reason::AfterWindow);
    assert_eq!(refusal.next, NextSlot::At(at("2026-03-09T18:00:00-05:00")));
    case.own_hours = Some(OwnHours { slots, separate_instrument: true });
    assert_eq!(permit("CO", &lenient(), &case).valid_until(), at("2026-03-02T21:00:00-05:00"));
    assert_eq!(refused("PE", &lenient(), &case).reason, Reason::AfterWindow);
}

#[test]
fn clocks_that_go_forward_and_back() {
    let santiago = Zone::Named(chrono_tz::America::Santiago);
    let midnight = NaiveTime::MIN;
    // 6 September 2026 begins at 01:00; 4 April 2026 has 23:30 twice.
    assert_eq!(santiago.instants(day("2026-09-06"), midnight), [at("2026-09-06T04:00:00Z")]);
    let half_past = NaiveTime::from_hms_opt(23, 30, 0).unwrap();
    assert_eq!(santiago.instants(day("2026-04-04"), half_past).len(), 2);
    assert_eq!(santiago.change_on(day("2026-09-06")), Some(at("2026-09-06T04:00:00Z")));
    assert_eq!(santiago.change_on(day("2026-09-05")), None);
    // The night is an hour shorter, the hours stay on the wall clock.
    let mut case = call("2026-03-08T04:00:00Z");
    case.zones = vec![Zone::Named(chrono_tz::America::New_York)];
    assert_eq!(refused("US", &lenient(), &case).next, NextSlot::At(at("2026-03-08T12:00:00Z")));
}

#[test]
fn a_permit_names_its_duties_and_ends_with_the_hours() {
    let case = call("2026-03-02T13:30:00Z");
    let permit = permit("MX", &lenient(), &case);
    assert!(permit.duties().iter().any(|duty| duty.code == "identify_agency"));
    assert!(permit.covers(Channel::Call, at("2026-03-03T03:59:59Z")));
    assert!(!permit.covers(Channel::Call, at("2026-03-03T04:00:00Z")));
    assert!(!permit.covers(Channel::Sms, case.at));
    assert!(permit.hours().unwrap().law.starts_with("CONDUSEF"));
}

#[test]
fn others_are_asked_only_where_and_only_once() {
    let mut case = call("2026-03-03T17:00:00Z");
    case.zones = vec![Zone::Named(chrono_tz::America::New_York)];
    case.recipient = Recipient::Neighbour;
    assert_eq!(refused("US", &lenient(), &case).cite.article, "1006.6(d)");
    case.purpose = Purpose::Location;
    permit("US", &lenient(), &case);
    case.circumstances.location_asked = true;
    assert_eq!(refused("US", &lenient(), &case).cite.article, "1006.10");
}

#[test]
fn validation_periods() {
    let table = HolidayTable::embedded().unwrap();
    let period = validation_period(table, day("2026-11-24")).unwrap();
    // Thanksgiving is the 26th.
    assert_eq!(period.assumed_receipt, day("2026-12-02"));
    assert_eq!(period.ends_on, day("2027-01-01"));
    let error = validation_period(table, day("2030-12-27")).unwrap_err();
    assert!(error.to_string().contains("2031"), "{error}");
}

#[test]
fn a_damaged_table_or_pack_is_refused() {
    for text in ["New Year|2025-01-01", "[CO] 2025-2028\nx|2029-01-01", "[CO] 2025", "[CO] 2025-2028\nx|y"] {
        assert!(matches!(HolidayTable::parse(text), Err(HolidayError::Malformed { .. })), "{text}");
    }
    let mut book = RuleBook::default();
    assert!(book.add("x", "[{}]").is_err());
    let text = serde_json::to_string(RuleBook::embedded().unwrap().packs()).unwrap();
    book.add("all", &text).unwrap();
    assert_eq!(&book, RuleBook::embedded().unwrap());
    assert!(book.add("x", &text.replace("\"fri\",", "").replace("\"fri\"", "\"thu\"")).is_err());
}

fn any_channel() -> impl Strategy<Value = Channel> {
    prop::sample::select(Channel::ALL)
}

fn any_zone() -> impl Strategy<Value = Zone> {
    use chrono_tz::{America, Atlantic, Australia, Pacific};
    let names = [
        America::Bogota,
        America::Santiago,
        America::Punta_Arenas,
        America::Los_Angeles,
        America::Tijuana,
        Atlantic::Canary,
        Pacific::Easter,
        Pacific::Kiritimati,
        Australia::Lord_Howe,
    ];
    prop::sample::select(names.to_vec()).prop_map(Zone::Named)
}

/// Instants of 2025 to mid-2028, to the minute.
fn any_instant() -> impl Strategy<Value = DateTime<Utc>> {
    (1_735_700_000_i64 / 60..1_845_000_000 / 60).prop_map(|m| DateTime::from_timestamp(m * 60, 0).unwrap())
}

fn any_history(around: DateTime<Utc>) -> impl Strategy<Value = Vec<PastContact>> {
    let one = (0_i64..14 * 24 * 60, any_channel(), prop::sample::select(Outcome::ALL));
    let one = one.prop_map(move |(minutes, channel, outcome)| PastContact {
        at: around - TimeDelta::minutes(minutes),
        channel,
        outcome,
        creditor: None,
        debt: None,
        prior_consent: false,
    });
    prop::collection::vec(one, 0..10)
}

fn any_own_hours() -> impl Strategy<Value = Option<OwnHours>> {
    let minute = |m: u32| NaiveTime::from_hms_opt(m / 60, m % 60, 0).unwrap();
    let open = (0_u32..1439).prop_flat_map(move |from| {
        (from + 1..1440).prop_map(move |to| Window::new(minute(from), minute(to)).unwrap())
    });
    let days = vec![Weekday::Mon, Weekday::Wed, Weekday::Sat, Weekday::Sun];
    let days = prop::sample::subsequence(days, 1..4);
    let slot = (days, open).prop_map(|(days, open)| OwnSlot { days, open });
    let hours = (prop::collection::vec(slot, 1..3), any::<bool>());
    let hours = hours.prop_map(|(slots, separate_instrument)| OwnHours { slots, separate_instrument });
    prop::option::weighted(0.4, hours)
}

fn any_case() -> impl Strategy<Value = (&'static str, ContactCase, Overrides)> {
    let stop = (prop::sample::select(StopKind::ALL), 0_i64..40 * 24 * 60);
    let who = prop::sample::select(vec![
        Recipient::Debtor,
        Recipient::Debtor,
        Recipient::Guarantor,
        Recipient::Family,
    ]);
    let zones = prop::collection::vec(any_zone(), 1..3);
    (any_instant(), prop::sample::select(ALL), any_channel(), who, zones, prop::option::weighted(0.2, stop))
        .prop_flat_map(|(when, country, channel, recipient, zones, stop)| {
            let until = move |minutes| Some(when + TimeDelta::minutes(minutes));
            let stops: Vec<_> =
                stop.map(|(kind, m)| LegalStop { kind, from: None, until: until(m) }).into_iter().collect();
            let fixed = ContactCase { recipient, zones, stops, ..case(channel, when) };
            (any_history(when), any_own_hours(), any::<bool>(), any::<bool>()).prop_map(
                move |(history, own_hours, strict, masked)| {
                    let days: BTreeSet<_> = [DayKind::Mon, DayKind::Sat, DayKind::Sun].into();
                    let overrides = Overrides {
                        reading: if strict { Reading::Strict } else { Reading::Lenient },
                        days: masked.then_some(days),
                        ..Overrides::default()
                    };
                    (country, ContactCase { history, own_hours, ..fixed.clone() }, overrides)
                },
            )
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn a_refusal_names_its_rule_and_the_first_instant_after_it((country, case, overrides) in any_case(), steps in prop::collection::vec(0..1000_i64, 40)) {
        match decided(country, &overrides, &case).unwrap() {
            Decision::Allowed(permit) => {
                prop_assert!(permit.valid_until() > case.at);
                let last = permit.valid_until() - TimeDelta::seconds(1);
                prop_assert!(permit.covers(case.channel, last));
            }
            Decision::Refused(refusal) => {
                prop_assert!(!refusal.cite.law.is_empty() && !refusal.cite.article.is_empty());
                prop_assert!(!refusal.evidence.is_empty());
                let until = match refusal.next {
                    NextSlot::At(next) => {
                        prop_assert!(next > case.at);
                        let then = ContactCase { at: next, ..case.clone() };
                        prop_assert!(decided(country, &overrides, &then).unwrap().is_allowed(), "{next}");
                        next
                    }
                    NextSlot::Never => case.at + TimeDelta::days(60),
                    NextSlot::NotWithin { days } => case.at + TimeDelta::days(i64::from(days)),
                    NextSlot::Unknown { cause } => return Err(TestCaseError::fail(cause)),
                };
                let minutes = (until - case.at).num_minutes();
                let sampled = steps.iter().map(|part| part * minutes / 1000);
                let late = (1..=30).map(|back| minutes - back);
                for minute in sampled.chain(late).filter(|minute| (0..minutes).contains(minute)) {
                    let earlier = ContactCase { at: case.at + TimeDelta::minutes(minute), ..case.clone() };
                    prop_assert!(!decided(country, &overrides, &earlier).unwrap().is_allowed(), "{}", earlier.at);
                }
            }
        }
    }

    #[test]
    fn no_instant_makes_it_panic(seconds in any::<i64>(), country in prop::sample::select(ALL), zone in any_zone(), history in any::<i64>(), until in any::<i64>()) {
        let instant = |seconds: i64| DateTime::from_timestamp(seconds % 8_334_601_228_800, 0).unwrap_or_default();
        let mut case = case(Channel::Call, instant(seconds));
        case.zones = vec![zone];
        case.history.push(PastContact { at: instant(history), ..past(Channel::Call, "2026-03-02T15:00:00Z", Outcome::Conversation) });
        case.stops.push(LegalStop { kind: StopKind::Dispute, from: None, until: Some(instant(until)) });
        let overrides = Overrides::default();
        let pack = RuleBook::embedded().unwrap().pack(country, day("2026-03-02")).unwrap();
        let rules = Rules { pack, holidays: HolidayTable::embedded().unwrap(), overrides: &overrides };
        // Outside the years that are known there is an error, never leave, unless no table is needed.
        if decide(rules, &case).is_ok_and(|decision| decision.is_allowed()) && !["MX", "US"].contains(&country) {
            prop_assert!((2024..=2031).contains(&chrono::Datelike::year(&case.at)));
        }
    }
}
