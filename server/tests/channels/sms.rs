//! SMS: out, back, and refused.

use std::collections::BTreeMap;
use std::time::Duration as Pause;

use chrono::Duration;
use domain::access::Role;
use domain::account::Disposition;
use domain::contact::Reply;
use http::StatusCode;
use services::ServiceError;
use testkit::{both, staff};

use super::twilio_server::{ACCOUNT, TOKEN};
use super::{Stage, told};

both!(texts_go_out_and_what_becomes_of_them_is_known, |bench| {
    let stage = Stage::set(&bench, 60, Pause::ZERO).await;
    let debts = stage.debts().await;
    let [fine, nobody, landline, waits, lost] = &debts[..5] else { panic!("too few debts: {}", debts.len()) };
    let (mut nobody, mut landline) = (nobody.clone(), landline.clone());
    nobody.phone = "+525500000001".to_owned();
    landline.phone = "+525500000002".to_owned();
    stage.twilio.busy(1);
    let waits = stage.queue("sms", waits, false, None).await;
    assert_eq!(stage.deliver().await, 1);
    assert_eq!(stage.state(waits).await, told("queued", None, Some("throttled")));
    let sent = stage.queue("sms", fine, true, None).await;
    let lost = (stage.queue("sms", lost, true, None).await, lost);
    let nobody = (stage.queue("sms", &nobody, true, None).await, nobody);
    let landline = stage.queue("sms", &landline, true, None).await;
    assert_eq!(stage.deliver().await, 4);
    assert_eq!(stage.twilio.faults(), Vec::<String>::new(), "every request is as Twilio describes it");
    assert_eq!(stage.state(sent).await, told("sent", None, None));
    assert_eq!(stage.state(nobody.0).await, told("failed", None, Some("bad_number")));
    assert_eq!(stage.state(landline).await, told("failed", None, Some("landline")));
    bench.clock.advance(Duration::minutes(2));
    assert_eq!(stage.deliver().await, 1, "what was told to come later goes out");
    let row = stage.row(sent).await;
    let taken = stage.twilio.taken();
    let at_twilio = taken.iter().find(|taken| Some(&taken.sid) == row.provider_ref.as_ref()).unwrap();
    assert_eq!((at_twilio.to.as_str(), &at_twilio.body), (fine.phone.as_str(), &row.body));
    assert_eq!(taken.len(), 3);

    // Unordered, and more than once: it never goes back.
    for status in ["delivered", "sent", "queued", "delivered", "undelivered"] {
        let code = (status == "undelivered").then_some(30008);
        assert_eq!(stage.twilio.report(&at_twilio.sid, status, code).await, StatusCode::NO_CONTENT);
        stage.work_off().await;
        assert_eq!(stage.state(sent).await, told("sent", Some("delivered"), None), "{status}");
    }

    // What does not arrive has a reason and a next step, and staff see it on the account.
    let gone = stage.row(lost.0).await.provider_ref.unwrap();
    stage.twilio.report(&gone, "undelivered", Some(30003)).await;
    stage.twilio.report(&gone, "sent", None).await;
    stage.work_off().await;
    assert_eq!(stage.state(lost.0).await, told("sent", Some("undelivered"), Some("unreachable_number")));
    let supervisor = staff(stage.org, Role::Supervisor);
    for account in [lost.1.account, nobody.1.account] {
        let view = stage.services.account_view(&supervisor, account).await.unwrap();
        assert_eq!(view.activities[0].disposition, Disposition::WrongNumber);
    }
    let seen = stage.services.outbox(&supervisor).await.unwrap();
    let seen = seen.iter().find(|message| message.id.0 == lost.0).unwrap();
    let words = seen.failure_words().unwrap();
    assert!(
        words.reason.es.contains("no está disponible") && words.next.es.contains("otro número"),
        "{words:?}"
    );

    // Whoever is not Twilio is not believed; what is signed for another address neither.
    let form = BTreeMap::from([
        ("AccountSid", ACCOUNT.to_owned()),
        ("MessageSid", gone.clone()),
        ("MessageStatus", "delivered".to_owned()),
    ]);
    let url = format!("{}/webhooks/twilio/estado", stage.services.public_url);
    assert_eq!(stage.twilio.call(&url, &form, "another token").await, StatusCode::FORBIDDEN);
    let other = BTreeMap::from([("AccountSid", "AC00".to_owned()), ("MessageSid", gone)]);
    assert_eq!(stage.twilio.call(&url, &other, TOKEN).await, StatusCode::FORBIDDEN);
    stage.work_off().await;
    assert_eq!(stage.state(lost.0).await.1.as_deref(), Some("undelivered"));
});

both!(a_report_that_comes_before_we_know_the_message_waits, |bench| {
    let stage = Stage::set(&bench, 30, Pause::ZERO).await;
    let debt = stage.debts().await.remove(0);
    let report = |state| services::outbox::Report::State {
        provider_ref: "SM00000000000000000000000000000001".to_owned(),
        state,
        failure: None,
        at: None,
    };
    let early = vec![report(services::outbox::Delivery::Delivered)];
    stage.services.receive_reports("sms", early).await.unwrap();
    stage.work_off().await;
    let id = stage.queue("sms", &debt, false, None).await;
    stage.deliver().await;
    assert_eq!(stage.state(id).await, told("sent", None, None));
    bench.clock.advance(Duration::minutes(1));
    stage.work_off().await;
    assert_eq!(stage.state(id).await, told("sent", Some("delivered"), None));
});

both!(one_word_closes_and_opens_the_channel, |bench| {
    let stage = Stage::set(&bench, 60, Pause::ZERO).await;
    let debts = stage.debts().await;
    let (supervisor, agent) = (staff(stage.org, Role::Supervisor), staff(stage.org, Role::Agent));
    let url = stage.services.public_url.clone();
    let say = async |sid: &str, from: &str, body: &str| {
        assert_eq!(stage.twilio.say(&url, sid, from, body).await, StatusCode::NO_CONTENT);
        stage.work_off().await;
    };
    let ana = &debts[0];
    let waiting = stage.queue("sms", ana, true, None).await;
    let chat = stage.queue("whatsapp", ana, true, None).await;
    say("SM01", &ana.phone, "¡Bája!").await;
    say("SM01", &ana.phone, "¡Bája!").await;
    say("SM02", &ana.phone, "no molestar").await;
    stage.deliver().await;
    assert_eq!(stage.state(waiting).await, told("cancelled", None, Some("refused")));
    assert_ne!(stage.state(chat).await.2.as_deref(), Some("refused"), "another channel stays open");
    let told_once: Vec<_> = stage.twilio.taken().into_iter().filter(|taken| taken.to == ana.phone).collect();
    assert_eq!(told_once.len(), 1, "confirmed once: {told_once:?}");
    assert!(told_once[0].body.contains("ALTA"));
    // What the person asks for goes all the same.
    let code = stage.queue("sms", ana, false, None).await;
    stage.deliver().await;
    assert_eq!(stage.state(code).await.0, "sent");
    say("SM03", &ana.phone, "Alta").await;
    let again = stage.queue("sms", ana, true, None).await;
    stage.deliver().await;
    assert_eq!(stage.state(again).await, told("sent", None, None));

    // Twilio's own stop counts as well, and an answer 21610 to what we did not know.
    let luis = &debts[1];
    say("SM04", &luis.phone, "STOP").await;
    let refused = stage.queue("sms", luis, false, None).await;
    stage.deliver().await;
    assert_eq!(stage.state(refused).await, told("failed", None, Some("opted_out")));
    let pursued = stage.queue("sms", luis, true, None).await;
    stage.deliver().await;
    assert_eq!(stage.state(pursued).await, told("cancelled", None, Some("refused")));

    // CANCELAR alone may mean to pay: contact stops, and a person asks.
    let eva = &debts[2];
    let pursued = stage.queue("sms", eva, true, None).await;
    say("SM05", &eva.phone, "Cancelar.").await;
    stage.deliver().await;
    assert_eq!(stage.state(pursued).await, told("cancelled", None, Some("refused")));
    say("SM06", &eva.phone, "quiero pagar, mi tarjeta es 4111 1111 1111 1111").await;
    let inbox = stage.services.inbox(&supervisor).await.unwrap();
    assert_eq!(inbox.waiting, 2);
    let unclear = inbox.messages.iter().find(|message| message.meaning == Reply::Unclear).unwrap();
    assert!(unclear.waits && unclear.party_id == Some(eva.party));
    assert!(inbox.messages.iter().all(|message| !message.body.contains("4111 1111 1111 1111")));
    let view = stage.services.account_view(&agent, eva.account).await.unwrap();
    assert!(view.activities[0].note.as_deref().unwrap().contains("CANCELAR"));
    stage.services.message_handled(&agent, unclear.id).await.unwrap();
    stage.services.message_handled(&agent, unclear.id).await.unwrap();
    assert_eq!(stage.services.inbox(&supervisor).await.unwrap().waiting, 1);
    assert_eq!(stage.services.messages_from(&agent, eva.party).await.unwrap().len(), 2);
    let elsewhere = staff(domain::ids::OrganizationId(uuid::Uuid::from_u128(1)), Role::Admin);
    let other = stage.services.message_handled(&elsewhere, unclear.id).await;
    assert!(matches!(other, Err(ServiceError::NotFound)));
    assert!(stage.services.inbox(&elsewhere).await.unwrap().messages.is_empty());

    // Somebody whom nobody knows is shown, and nothing else happens.
    say("SM07", "+525599999999", "¿quién es?").await;
    let inbox = stage.services.inbox(&supervisor).await.unwrap();
    assert_eq!(inbox.messages.iter().filter(|message| message.party_id.is_none()).count(), 1);
    assert_eq!(stage.services.verify(services::verify::VerifyScope::All).await.unwrap().differences, []);
});

both!(a_channel_that_is_off_sends_nothing, |bench| {
    let stage = Stage::set(&bench, 30, Pause::ZERO).await;
    let debt = stage.debts().await.remove(0);
    let manager = staff(stage.org, Role::Manager);
    let denied = stage.services.switch_channel(&staff(stage.org, Role::Agent), "sms", false).await;
    assert!(matches!(denied, Err(ServiceError::Denied(_))));
    assert!(matches!(
        stage.services.switch_channel(&manager, "fax", false).await,
        Err(ServiceError::NotFound)
    ));
    stage.services.switch_channel(&manager, "sms", false).await.unwrap();
    let id = stage.queue("sms", &debt, false, None).await;
    stage.deliver().await;
    assert_eq!(stage.state(id).await, told("queued", None, Some("held:channel_off")));
    stage.services.switch_channel(&manager, "sms", true).await.unwrap();
    bench.clock.advance(Duration::hours(2));
    stage.deliver().await;
    assert_eq!(stage.state(id).await, told("sent", None, None));
});

both!(a_debtor_with_only_a_phone_gets_the_code_there, |bench| {
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
    use store::entities::{contact_points, parties};
    let stage = Stage::set(&bench, 30, Pause::ZERO).await;
    let db = stage.services.db.read();
    let people = parties::Entity::find().all(db).await.unwrap();
    let debts = stage.debts().await;
    let (debt, document) = debts
        .iter()
        .find_map(|debt| {
            let person = people.iter().find(|party| party.id == debt.party.0)?;
            Some((debt, person.document.clone()?))
        })
        .unwrap();
    let tx = stage.services.db.begin().await.unwrap();
    contact_points::Entity::delete_many()
        .filter(contact_points::Column::PartyId.eq(debt.party.0))
        .filter(contact_points::Column::Kind.eq("email"))
        .exec(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    stage.services.request_code(&document, "1").await.unwrap();
    stage.deliver().await;
    let taken = stage.twilio.taken();
    assert_eq!(taken.len(), 1);
    assert!(taken[0].body.contains("/entrar/"), "{}", taken[0].body);
    assert_eq!(stage.twilio.faults(), Vec::<String>::new());
});
