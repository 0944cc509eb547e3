//! How a person wishes to be reached: the contact rules take it, and the outbox keeps to it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use chrono::{NaiveTime, Weekday};
use domain::access::{Actor, ActorKind, Role};
use domain::account::Account;
use domain::contact::{Channel, Consents, ContactCase, Decision, Overrides, Reason, Rules, decide};
use domain::ids::{AccountId, OrganizationId};
use domain::money::Money;
use domain::party::{ContactKind, DeviceKind};
use domain::reported::ReportWay;
use services::accounts::AccountFilter;
use services::preferences::{Hours, Preferences};
use services::reports::NewReport;
use services::{ServiceError, ServiceResult};
use testkit::{Bench, both, staff};

/// Somebody with document, e-mail and phone, and one of their debts.
async fn somebody(bench: &Bench, org: OrganizationId) -> Account {
    let services = &bench.services;
    let db = services.db.read();
    let page = services.list_accounts(&staff(org, Role::Agent), &AccountFilter::default()).await.unwrap();
    for line in page.lines {
        let account = store::accounts::find(db, org, AccountId(line.id)).await.unwrap().unwrap();
        let party = store::parties::find_party(db, org, account.debtor_id).await.unwrap().unwrap();
        let points = store::parties::contact_points(db, org, party.id).await.unwrap();
        let has = |kind| points.iter().filter(|point| point.kind == kind).count() == 1;
        if party.document.is_some() && has(ContactKind::Email) && has(ContactKind::Phone) {
            return account;
        }
    }
    panic!("nobody has both")
}

fn fields<T>(result: ServiceResult<T>) -> Vec<&'static str> {
    match result {
        Err(ServiceError::Invalid(issues)) => issues.iter().map(|issue| issue.field).collect(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was let through"),
    }
}

fn at(text: &str) -> NaiveTime {
    text.parse().unwrap()
}

/// Asks for a code; the message that goes out.
async fn ask_code(
    bench: &Bench,
    org: OrganizationId,
    account: &Account,
) -> (uuid::Uuid, services::outbox::MessageView) {
    let services = &bench.services;
    let party =
        store::parties::find_party(services.db.read(), org, account.debtor_id).await.unwrap().unwrap();
    let challenge = services.request_code(party.document.as_deref().unwrap(), "1").await.unwrap();
    bench.clock.advance(chrono::Duration::seconds(1));
    (challenge, services.demo_outbox().await.unwrap().remove(0))
}

/// Reports a payment that is not found; the message that tells so.
async fn declined(
    bench: &Bench,
    org: OrganizationId,
    me: &Actor,
    account: &Account,
) -> services::outbox::MessageView {
    let services = &bench.services;
    let report = NewReport {
        key: services.new_id(),
        account: account.id,
        amount: Money::from_minor(500, account.currency),
        paid_on: "2026-11-18".parse().unwrap(),
        way: ReportWay::Store,
        place: "Tienda".to_owned(),
        reference: String::new(),
        files: Vec::new(),
    };
    let id = services.report_payment(me, report).await.unwrap();
    services.decline_report(&staff(org, Role::Agent), id, "No llegó").await.unwrap();
    bench.clock.advance(chrono::Duration::seconds(1));
    services.demo_outbox().await.unwrap().remove(0)
}

both!(wishes_are_kept_to_by_rules_and_outbox, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let debt = somebody(&bench, org).await;
    let me = Actor { organization_id: org, kind: ActorKind::Debtor { party_id: debt.debtor_id } };
    let agent = staff(org, Role::Agent);
    let (challenge, message) = ask_code(&bench, org, &debt).await;
    let code: String =
        message.body.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    services.prove_code(challenge, &code, "1", DeviceKind::Phone).await.unwrap();

    // Only the point that answered a code is proven, and can be the first.
    let (kept, points) = services.my_preferences(&me).await.unwrap();
    assert_eq!((kept.point, kept.hours.clone(), kept.refused.len()), (None, None, 0));
    let email = points.iter().find(|known| known.point.kind == ContactKind::Email).unwrap();
    let phone = points.iter().find(|known| known.point.kind == ContactKind::Phone).unwrap();
    assert!(email.is_proven && !phone.is_proven);
    assert_eq!(declined(&bench, org, &me, &debt).await.recipient, email.point.value);

    let hours = Hours { days: vec![Weekday::Mon, Weekday::Fri], from: at("16:00:00"), to: at("18:30:00") };
    let base = || Preferences {
        point: Some(email.point.id),
        hours: Some(hours.clone()),
        language: "en".to_owned(),
        refused: vec![phone.point.id],
    };
    let wrong = |new| services.save_preferences(&me, new);
    assert_eq!(fields(wrong(Preferences { point: Some(phone.point.id), ..base() }).await), ["point"]);
    assert_eq!(fields(wrong(Preferences { refused: vec![email.point.id], ..base() }).await), ["point"]);
    let backwards = Hours { days: Vec::new(), from: at("18:00:00"), to: at("16:00:00") };
    assert_eq!(fields(wrong(Preferences { hours: Some(backwards), ..base() }).await), ["days", "to"]);
    assert_eq!(fields(wrong(Preferences { language: "de".to_owned(), ..base() }).await), ["language"]);
    services.save_preferences(&me, base()).await.unwrap();
    services.save_preferences(&me, base()).await.unwrap();
    assert_eq!(services.my_preferences(&me).await.unwrap().0, base());

    // The contact rules refuse the hour and the channel.
    let wishes = services.contact_wishes(&agent, debt.id).await.unwrap();
    assert_eq!(wishes.preferred, Some(email.point.id));
    let overrides = Overrides::default();
    let ask = |channel, instant: &str| {
        let mut case = ContactCase::new(channel, instant.parse().unwrap());
        case.own_hours = wishes.ruled.own_hours.clone();
        case.consents = Consents { refused: wishes.ruled.refused.clone(), ..Consents::default() };
        let rules = Rules::embedded("MX", case.at.date_naive(), &overrides).unwrap();
        match decide(rules, &case).unwrap() {
            Decision::Refused(refusal) => Some(refusal.reason),
            _ => None,
        }
    };
    // Friday 27 November 2026, 17:00 and 12:00 in Mexico City; Thursday.
    assert_eq!(ask(Channel::Email, "2026-11-27T23:00:00Z"), None);
    assert_eq!(ask(Channel::Email, "2026-11-27T18:00:00Z"), Some(Reason::OutsideOwnHours));
    assert_eq!(ask(Channel::Email, "2026-11-26T23:00:00Z"), Some(Reason::OutsideOwnHours));
    for channel in [Channel::Call, Channel::Sms, Channel::Whatsapp] {
        assert_eq!(ask(channel, "2026-11-27T23:00:00Z"), Some(Reason::ChannelRefused), "{channel}");
    }

    // So does what staff see, and whatever asks for leave.
    let outlook = services.contact_outlook(&agent, debt.id).await.unwrap();
    let call = outlook.iter().find(|line| line.channel == Channel::Call).unwrap();
    assert_eq!((call.reason, call.never), (Some(Reason::ChannelRefused), true));
    let email_now = outlook.iter().find(|line| line.channel == Channel::Email).unwrap();
    assert_eq!(email_now.reason, Some(Reason::OutsideOwnHours));

    // Messages are in the language, and go where they are wished.
    let message = declined(&bench, org, &me, &debt).await;
    assert_eq!((message.recipient.as_str(), message.status.as_str()), (email.point.value.as_str(), "queued"));
    assert_eq!(message.subject.as_deref(), Some("We answered your message"));
    // With the e-mail refused, the phone; with both, nothing goes out, and it can be seen.
    let only_phone = Preferences { point: None, refused: vec![email.point.id], ..base() };
    services.save_preferences(&me, only_phone).await.unwrap();
    assert_eq!(declined(&bench, org, &me, &debt).await.recipient, phone.point.value);
    let none = Preferences { point: None, refused: vec![email.point.id, phone.point.id], ..base() };
    services.save_preferences(&me, none).await.unwrap();
    let message = declined(&bench, org, &me, &debt).await;
    assert_eq!((message.status.as_str(), message.failure.as_deref()), ("cancelled", Some("refused")));
    // A code that the person asks for goes out all the same.
    let (_, message) = ask_code(&bench, org, &debt).await;
    assert_eq!((message.recipient.as_str(), message.status.as_str()), (email.point.value.as_str(), "queued"));
    // Nothing chosen any more: nothing limits but the law.
    let free = Preferences { point: None, hours: None, language: "es".to_owned(), refused: Vec::new() };
    services.save_preferences(&me, free).await.unwrap();
    assert_eq!(services.contact_wishes(&agent, debt.id).await.unwrap(), Default::default());
    assert_eq!(declined(&bench, org, &me, &debt).await.status, "queued");
    assert!(matches!(services.my_preferences(&agent).await, Err(ServiceError::NotSignedIn)));
    assert!(matches!(services.contact_wishes(&me, debt.id).await, Err(ServiceError::Denied(_))));
});
