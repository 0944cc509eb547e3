//! Letters: written by journeys under permits, decided again when they are printed, contacts from the day
//! on which they were posted, and nothing goes where the post brought one back from.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::collections::HashSet;

use chrono::Duration;
use domain::access::{Actor, Role};
use domain::contact::Channel::{Email, Letter as Post};
use domain::ids::{AccountId, CreditorId, JourneyId, OrganizationId, SegmentId, TemplateId};
use domain::ledger::PaymentMethod;
use domain::strategy::{Act, Anchor, Comparison, Expr, Field, Journey, Letter, Rule, Step, Value};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use services::outbox::{LetterFile, LetterState, NewBatch};
use services::payments::{PostPayment, ReceiptSeries};
use services::strategy::{NewJourney, NewSegment, NewTemplate};
use services::{ServiceError, Services};
use store::entities::{
    activities, audit_rows, contact_points, journey_steps, outbox_messages, parties, undeliverable_points,
};
use testkit::{Bench, both, staff};

/// Debtors in Mexico who are late, of whom many have no e-mail any more.
async fn without_email(bench: &Bench) {
    let tx = bench.services.db.begin().await.unwrap();
    contact_points::Entity::delete_many()
        .filter(contact_points::Column::Kind.eq("email"))
        .exec(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn run(bench: &Bench, manager: &Actor, template: TemplateId, channels: Vec<domain::contact::Channel>) {
    let services = &bench.services;
    let is = |field, is, value| Expr::Compare { field, is, value };
    let rule = Rule::new(Expr::All(vec![
        is(Field::Country, Comparison::Eq, Value::Text("MX".to_owned())),
        is(Field::DaysPastDue, Comparison::Ge, Value::Number(1)),
    ]));
    let (segment, journey) = (SegmentId(services.new_id()), JourneyId(services.new_id()));
    let new = NewSegment { id: segment, based_on: 0, name: "México".to_owned(), rule };
    services.save_segment(manager, new).await.unwrap();
    let act = Act::Message(Letter { template, channels });
    let steps = vec![Step { day: 0, only_if: None, after: None, act }];
    let steps = Journey { counts_from: Anchor::Entry, steps };
    let new = NewJourney { id: journey, based_on: 0, name: "Por correo".to_owned(), segment, steps };
    services.save_journey(manager, new).await.unwrap();
    services.run_journey(manager, journey, true).await.unwrap();
    services.run_strategy(manager).await.unwrap();
}

async fn letters(services: &Services) -> Vec<outbox_messages::Model> {
    let by_post = outbox_messages::Column::Channel.eq("letter");
    outbox_messages::Entity::find().filter(by_post).all(services.db.read()).await.unwrap()
}

async fn letter(services: &Services, org: OrganizationId, id: uuid::Uuid) -> outbox_messages::Model {
    outbox_messages::Entity::find_by_id((org.0, id)).one(services.db.read()).await.unwrap().unwrap()
}

async fn pay(services: &Services, manager: &Actor, id: AccountId) {
    let owed = services.account_view(manager, id).await.unwrap().summary.balance.total().unwrap();
    let new = PostPayment {
        account_id: id,
        amount: owed,
        method: PaymentMethod::BankTransfer,
        received_on: "2026-11-20".parse().unwrap(),
        source: format!("test:{id}"),
        reference: None,
        receipt: ReceiptSeries::Next("C"),
        designated: vec![],
    };
    services.post_payment(manager, new).await.unwrap();
}

both!(letters_are_decided_again_posted_and_come_back, |bench| {
    let org = bench.demo(120).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    let supervisor = staff(org, Role::Supervisor);
    without_email(&bench).await;
    let template = testkit::templates(services, org).await[1];
    run(&bench, &manager, template, vec![Email, Post]).await;
    let waiting = letters(services).await;
    assert!(waiting.len() > 10, "{}", waiting.len());
    let steps = journey_steps::Entity::find().all(services.db.read()).await.unwrap();
    let taken = steps.iter().filter(|row| row.detail.as_deref() == Some("email:no_email letter")).count();
    assert_eq!(taken, waiting.len(), "the letter takes what the e-mail cannot");
    // The letter names the debt inside, and says what Mexican law wants said.
    assert!(waiting.iter().all(|row| row.body.contains("MXN") && row.body.contains("no recibir más cartas")));
    assert!(waiting.iter().any(|row| row.body.contains("Acreedor: ")));

    let desk = services.letter_desk(&supervisor).await.unwrap();
    let shown: usize = desk.groups.iter().map(|group| group.letters.len()).sum();
    assert_eq!((shown, desk.batches.len(), desk.sender.len()), (waiting.len(), 0, 2));
    let group = desk.groups.iter().max_by_key(|group| group.ready).unwrap();
    let (creditor, ready) = (group.creditor, group.ready);
    let debts: Vec<AccountId> = group.letters.iter().map(|letter| letter.account).collect();
    assert!(ready > 4 && ready == debts.len());

    // One debt is paid before the batch is made.
    pay(services, &manager, debts[0]).await;
    let new = NewBatch { id: services.new_id(), creditor };
    let made = services.make_letters(&supervisor, new).await.unwrap();
    assert_eq!((made.batch, made.letters, made.stopped), (Some(new.id), ready - 1, 1));
    let again = services.make_letters(&supervisor, new).await.unwrap();
    assert_eq!((again.batch, again.letters), (Some(new.id), ready - 1), "the same form twice is one batch");
    let paid = letters(services).await.into_iter().find(|row| row.account_id == Some(debts[0].0)).unwrap();
    assert_eq!((paid.status.as_str(), paid.failure.as_deref()), ("cancelled", Some("settled")));

    // What is printed, and that it stays the same.
    let LetterFile::ToMake(sheet) = services.letter_file(&supervisor, new.id).await.unwrap() else {
        unreachable!("nobody has made it")
    };
    assert_eq!((sheet.letters.len(), sheet.number), (ready - 1, 1));
    assert_eq!(sheet.letters[0].reference, "1-1");
    assert!(sheet.letters.iter().all(|one| (3..=5).contains(&one.address.len()) && one.language == "es"));
    assert!(!sheet.return_line.contains("MXN") && sheet.return_line.contains("Insurgentes"));
    assert_eq!(services.keep_letter_file(&supervisor, new.id, b"pdf".to_vec()).await.unwrap(), b"pdf");
    assert_eq!(services.keep_letter_file(&supervisor, new.id, b"other".to_vec()).await.unwrap(), b"pdf");
    let kept = services.letter_file(&supervisor, new.id).await.unwrap();
    assert!(matches!(kept, LetterFile::Kept(bytes) if bytes == b"pdf"));

    // Another is paid between printing and the post: the batch says so, and it stays here.
    let view = services.letter_batch(&supervisor, new.id).await.unwrap();
    assert!(view.letters.iter().all(|one| one.state == LetterState::Printed && one.stop.is_none()));
    pay(services, &manager, view.letters[1].account).await;
    let view = services.letter_batch(&supervisor, new.id).await.unwrap();
    assert!(view.letters[1].stop.is_some() && view.letters[0].stop.is_none());
    services.leave_letter_out(&supervisor, new.id, view.letters[1].message).await.unwrap();

    // No contact yet of those that lie here: they count for the day they are meant for. Posted two days on.
    bench.clock.advance(Duration::days(2));
    let on = "2026-11-21".parse().unwrap();
    for wrong in ["2026-11-19", "2026-11-23"] {
        let refused = services.letters_posted(&supervisor, new.id, wrong.parse().unwrap()).await;
        assert!(matches!(refused, Err(ServiceError::Invalid(_))), "{wrong}");
    }
    services.letters_posted(&supervisor, new.id, on).await.unwrap();
    services.letters_posted(&supervisor, new.id, on).await.unwrap();
    let other = services.letters_posted(&supervisor, new.id, "2026-11-20".parse().unwrap()).await;
    assert!(matches!(other, Err(ServiceError::Invalid(_))), "the day is not changed");
    let sent = letter(services, org, view.letters[0].message).await;
    assert_eq!((sent.status.as_str(), sent.sent_at), ("sent", "2026-11-21T18:00:00Z".parse().ok()));
    let left = letter(services, org, view.letters[1].message).await;
    assert_eq!((left.status.as_str(), left.failure.as_deref()), ("cancelled", Some("left_out")));
    let facts = store::contact::facts(services.db.read(), org, &[view.letters[0].account], on).await.unwrap();
    let past = &facts[&view.letters[0].account].history;
    assert!(past.iter().any(|past| past.channel == Post && Some(past.at) == sent.sent_at));

    // One comes back: nothing goes there any more, and staff are asked for another way.
    let unknown = services.letter_came_back(&supervisor, "9-9").await;
    assert!(matches!(unknown, Err(ServiceError::Invalid(_))));
    let not_posted = services.letter_came_back(&supervisor, &view.letters[1].reference).await;
    assert!(matches!(not_posted, Err(ServiceError::Invalid(_))));
    for _ in 0..2 {
        let batch = services.letter_came_back(&supervisor, &view.letters[0].reference).await.unwrap();
        assert_eq!(batch, new.id);
    }
    let gone = undeliverable_points::Entity::find().all(services.db.read()).await.unwrap();
    assert_eq!(gone.iter().map(|row| row.cause.as_str()).collect::<Vec<_>>(), ["returned"]);
    let row = letter(services, org, view.letters[0].message).await;
    assert_eq!((row.delivery.as_deref(), row.failure.as_deref()), (Some("undelivered"), Some("returned")));
    let notes = activities::Entity::find()
        .filter(activities::Column::AccountId.eq(view.letters[0].account.0))
        .filter(activities::Column::Note.contains("La carta volvió"))
        .all(services.db.read())
        .await
        .unwrap();
    assert_eq!(notes.len(), 1);
    let told = services.letters_of(&manager, view.letters[0].account).await.unwrap();
    assert!(matches!(told[0].state, LetterState::CameBack(_)) && told[0].printed.as_deref() == Some("1-1"));
    let audited: HashSet<String> = audit_rows::Entity::find()
        .all(services.db.read())
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.action)
        .collect();
    for action in ["batch_made", "file_made", "file_fetched", "posted"].map(|name| format!("letters.{name}"))
    {
        assert!(audited.contains(&action), "{action}");
    }
    for action in ["letter.left_out", "letter.came_back", "point.undeliverable"] {
        assert!(audited.contains(action), "{action}");
    }

    // A journey that starts later goes past that address.
    bench.clock.advance(Duration::days(9));
    run(&bench, &manager, template, vec![Post]).await;
    let steps = journey_steps::Entity::find()
        .filter(journey_steps::Column::AccountId.eq(view.letters[0].account.0))
        .all(services.db.read())
        .await
        .unwrap();
    assert!(steps.iter().any(|row| row.detail.as_deref() == Some("letter:undeliverable")), "{steps:?}");
});

both!(letters_need_a_text_an_address_and_the_right, |bench| {
    let org = bench.demo(80).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    without_email(&bench).await;
    // A template without a text for letters sends none.
    let standard = testkit::templates(services, org).await[1];
    let mut texts = services.template(&manager, standard).await.unwrap().in_use().unwrap().texts.clone();
    for wording in texts.languages.values_mut() {
        wording.letter = None;
    }
    let bare = TemplateId(services.new_id());
    let new = NewTemplate { id: bare, based_on: 0, name: "Sin carta".to_owned(), texts: texts.clone() };
    services.save_template(&manager, new).await.unwrap();
    // Somebody else approves it.
    let mut other = staff(org, Role::Admin);
    other.kind = domain::access::ActorKind::Staff {
        user_id: domain::ids::UserId(services.new_id()),
        role: Role::Admin,
    };
    services.decide_template(&other, bare, 1, true).await.unwrap();
    run(&bench, &manager, bare, vec![Post]).await;
    assert!(letters(services).await.is_empty());
    let steps = journey_steps::Entity::find().all(services.db.read()).await.unwrap();
    assert!(steps.iter().any(|row| row.detail.as_deref() == Some("letter:no_letter_text")));
    // A letter may name what a detailed text may, and nothing else.
    texts.languages.get_mut("es").unwrap().letter = Some("Debe {{ amont }}".to_owned());
    let new = NewTemplate { id: TemplateId(services.new_id()), based_on: 0, name: "Mal".to_owned(), texts };
    let Err(ServiceError::Invalid(issues)) = services.save_template(&manager, new).await else {
        unreachable!("it names what there is not")
    };
    assert_eq!(issues[0].field, "es_letter");

    run(&bench, &manager, standard, vec![Post]).await;
    let waiting = letters(services).await;
    let people: HashSet<_> = waiting.iter().filter_map(|row| row.party_id).collect();
    let homes = contact_points::Entity::find()
        .filter(contact_points::Column::Kind.eq("address"))
        .all(services.db.read())
        .await
        .unwrap();
    assert!(!people.is_empty() && people.iter().all(|id| homes.iter().any(|home| home.party_id == *id)));
    let all = parties::Entity::find().all(services.db.read()).await.unwrap();
    assert!(all.len() > people.len());

    // Who may: whoever sees messages and handles what people say, in their own organization.
    let creditor = services.letter_desk(&manager).await.unwrap().groups[0].creditor;
    let new = NewBatch { id: services.new_id(), creditor };
    for role in [Role::Agent, Role::Auditor, Role::FieldCollector] {
        let refused = services.make_letters(&staff(org, role), new).await;
        assert!(matches!(refused, Err(ServiceError::Denied(_))), "{role}");
    }
    services.letter_desk(&staff(org, Role::Auditor)).await.unwrap();
    assert!(matches!(services.letter_desk(&staff(org, Role::Agent)).await, Err(ServiceError::Denied(_))));
    let supervisor = staff(org, Role::Supervisor);
    let denied = services.set_letter_sender(&supervisor, "Calle 1\nPuebla").await;
    assert!(matches!(denied, Err(ServiceError::Denied(_))));
    assert!(matches!(services.set_letter_sender(&manager, "Calle").await, Err(ServiceError::Invalid(_))));
    services.set_letter_sender(&manager, " Calle 1 \n\nPuebla").await.unwrap();
    assert_eq!(services.letter_desk(&manager).await.unwrap().sender, ["Calle 1", "Puebla"]);

    // At night nothing is printed: each letter says until when it waits, and then it goes.
    bench.clock.advance(Duration::hours(13));
    let made = services.make_letters(&supervisor, new).await.unwrap();
    assert!(made.batch.is_none() && made.stopped > 0, "{made:?}");
    let held = letters(services).await;
    assert!(held.iter().any(|row| row.failure.as_deref().is_some_and(|code| code.starts_with("held:"))));
    bench.clock.advance(Duration::hours(11));
    let made_then = services.make_letters(&supervisor, new).await.unwrap();
    assert_eq!(made_then.letters, made.stopped);
    let elsewhere = Actor { organization_id: OrganizationId(uuid::Uuid::from_u128(1)), ..supervisor.clone() };
    assert!(matches!(services.letter_batch(&elsewhere, new.id).await, Err(ServiceError::NotFound)));

    // What nobody prints is of no use after two weeks.
    bench.clock.advance(Duration::days(14));
    assert!(services.letter_desk(&supervisor).await.unwrap().groups.is_empty());
    let nothing = NewBatch { id: services.new_id(), creditor: CreditorId(creditor.0) };
    assert_eq!(services.make_letters(&supervisor, nothing).await.unwrap().batch, None);
});
