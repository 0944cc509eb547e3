//! Somebody who is not the debtor says so: nobody is reached there any more.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use chrono::Duration;
use domain::access::Role;
use domain::account::Disposition;
use domain::ids::AccountId;
use services::Services;
use services::accounts::AccountFilter;
use services::outbox::MessageView;
use services::verify::VerifyScope;
use testkit::{both, staff};

async fn newest(services: &Services) -> MessageView {
    services.demo_outbox().await.unwrap().remove(0)
}

fn link_in(message: &MessageView) -> String {
    let (_, rest) = message.body.split_once("/entrar/").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

both!(not_me_stops_every_message_to_that_contact, |bench| {
    let org = bench.demo(60).await;
    let (services, agent) = (&bench.services, staff(org, Role::Agent));
    let lines = services.list_accounts(&agent, &AccountFilter::default()).await.unwrap().lines;
    let line = lines.iter().find(|line| line.document.is_some()).unwrap();
    let (document, id) = (line.document.clone().unwrap(), AccountId(line.id));
    services.request_code(&document, "1").await.unwrap();
    let first = newest(services).await;
    let link = link_in(&first);

    // A link that nobody made changes nothing and says nothing.
    services.not_me("0000", "1").await.unwrap();
    assert_eq!(newest(services).await.status, "queued");
    services.not_me(&link, "1").await.unwrap();
    let taken_back = newest(services).await;
    assert_eq!(
        (taken_back.status.as_str(), taken_back.failure.as_deref()),
        ("cancelled", Some("wrong_person"))
    );
    let phone = domain::party::DeviceKind::Phone;
    assert!(services.use_link(&link, &document, "1", phone).await.is_err(), "the link is spent");

    // Staff see it, and the next code goes another way or none.
    let view = services.account_view(&agent, id).await.unwrap();
    let barred: Vec<_> = view.contacts.iter().filter(|point| point.is_suppressed).collect();
    assert_eq!(barred.len(), 1);
    assert_eq!(barred[0].value, first.recipient);
    assert_eq!(view.activities[0].disposition, Disposition::WrongNumber);
    bench.clock.advance(Duration::minutes(20));
    let before = services.demo_outbox().await.unwrap().len();
    services.request_code(&document, "2").await.unwrap();
    let after = services.demo_outbox().await.unwrap();
    assert!(after.iter().take(after.len() - before).all(|message| message.recipient != first.recipient));
    services.not_me(&link, "1").await.unwrap();
    assert_eq!(services.verify(VerifyScope::All).await.unwrap().differences, []);
});
