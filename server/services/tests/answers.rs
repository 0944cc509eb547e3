//! Staff answer what people write by phone, under a permit, once; and use an address again that was given up.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Duration, Utc};
use domain::access::Role;
use domain::account::PromiseTerms;
use domain::contact::Channel as Way;
use domain::ids::{AccountId, ContactPointId, MessageId, OrganizationId, PartyId};
use domain::money::Money;
use domain::text::phone_key;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use services::ServiceError;
use services::outbox::{
    AnswerWay, Channel, Channels, Leave, NewAnswer, OutgoingMessage, ProviderRef, Says, SendError, ThreadLine,
};
use store::entities::{
    accounts, activities, audit_rows, contact_points, inbound_messages, outbox_messages, parties,
};
use testkit::{Bench, both, staff};

/// Somebody in Mexico with a phone and a debt.
async fn person(bench: &Bench, org: OrganizationId) -> (PartyId, AccountId, contact_points::Model) {
    let db = bench.services.db.read();
    let phones = contact_points::Entity::find()
        .filter(contact_points::Column::Kind.eq("phone"))
        .order_by_asc(contact_points::Column::Id)
        .all(db)
        .await
        .unwrap();
    let clean = activities::Entity::find().all(db).await.unwrap();
    for phone in phones {
        let person = parties::Entity::find_by_id((org.0, phone.party_id)).one(db).await.unwrap().unwrap();
        let debts = accounts::Entity::find()
            .filter(accounts::Column::DebtorId.eq(phone.party_id))
            .all(db)
            .await
            .unwrap();
        let [debt] = debts.as_slice() else { continue };
        let view = bench.services.account_view(&staff(org, Role::Manager), AccountId(debt.id)).await.unwrap();
        let owes = view.summary.balance.total_minor() > 10_000;
        if person.country == "MX" && owes && !clean.iter().any(|row| row.account_id == debt.id) {
            return (PartyId(phone.party_id), AccountId(debt.id), phone);
        }
    }
    unreachable!("the demo book has such people")
}

async fn writes(
    bench: &Bench,
    phone: &contact_points::Model,
    channel: &str,
    at: DateTime<Utc>,
) -> uuid::Uuid {
    let services = &bench.services;
    let row = inbound_messages::Model {
        organization_id: phone.organization_id,
        id: services.new_id(),
        channel: channel.to_owned(),
        provider_ref: services.new_token(8),
        sender: phone.value.clone(),
        sender_key: phone_key(&phone.value),
        party_id: Some(phone.party_id),
        body: "¿Puedo pagar el viernes?".to_owned(),
        at,
        meaning: "words".to_owned(),
        waits: true,
        handled_by: None,
        handled_at: None,
    };
    let id = row.id;
    let tx = services.db.begin().await.unwrap();
    let row = row.into_active_model().reset_all();
    inbound_messages::Entity::insert(row).exec_without_returning(&tx).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn answers(bench: &Bench) -> Vec<outbox_messages::Model> {
    let found = outbox_messages::Entity::find().filter(outbox_messages::Column::Service.eq("answer"));
    found.all(bench.services.db.read()).await.unwrap()
}

#[derive(Default)]
struct Kept(Mutex<Vec<String>>);

#[async_trait::async_trait]
impl Channel for Kept {
    async fn send(&self, message: &OutgoingMessage) -> Result<ProviderRef, SendError> {
        assert!(matches!(message.leave(), Leave::Permitted(_)), "an answer goes with a permit");
        self.0.lock().unwrap().push(message.body.clone());
        Ok(None)
    }
}

both!(an_answer_goes_once_under_a_permit_although_the_debt_is_promised, |bench| {
    let org = bench.demo(120).await;
    let (services, agent) = (&bench.services, staff(org, Role::Agent));
    let (party, account, phone) = person(&bench, org).await;
    assert!(services.answer_form(&agent, account).await.unwrap().is_none(), "nobody wrote");
    let to = writes(&bench, &phone, "sms", services.now()).await;
    let form = services.answer_form(&agent, account).await.unwrap().unwrap();
    assert!(form.to == to && form.now.allowed && matches!(form.way, AnswerWay::FreeText));
    assert!(services.answer_form(&staff(org, Role::Auditor), account).await.unwrap().is_none());
    let inbox = services.inbox(&staff(org, Role::Supervisor)).await.unwrap();
    assert_eq!((inbox.waiting, inbox.messages[0].account), (1, Some(account)));

    let new = |says: Says| NewAnswer { id: MessageId(services.new_id()), account, to, says };
    let text = |text: &str| Says::Text(text.to_owned());
    for wrong in [String::new(), "x".repeat(401)] {
        let refused = services.answer_message(&agent, new(text(&wrong))).await;
        assert!(matches!(refused, Err(ServiceError::Invalid(issues)) if issues[0].field == "answer"));
    }
    let auditor = staff(org, Role::Auditor);
    assert!(matches!(services.answer_message(&auditor, new(text("a"))).await, Err(ServiceError::Denied(_))));
    let other = services.answer_message(&agent, NewAnswer { to: services.new_id(), ..new(text("a")) }).await;
    assert!(matches!(other, Err(ServiceError::NotFound)));

    // At night the law says no, with the time from which it may be sent; the refusal is kept.
    bench.clock.advance(Duration::hours(13));
    let refused = services.answer_message(&agent, new(text("Sí"))).await;
    let Err(ServiceError::Invalid(issues)) = refused else { unreachable!("not at night") };
    assert!(issues[0].says.es.contains("Se permite desde"), "{:?}", issues[0]);
    let decisions = services.contact_decisions(&agent, account).await.unwrap();
    assert!(decisions.iter().any(|line| !line.allowed && line.channel == Way::Sms));
    assert!(answers(&bench).await.is_empty());

    // In the morning it goes, once, although they promised meanwhile.
    bench.clock.advance(Duration::hours(11));
    let terms = PromiseTerms {
        amount: Money::from_minor(1_000, domain::money::Currency::MXN),
        due_on: "2026-11-27".parse().unwrap(),
    };
    services.take_promise(&agent, account, terms).await.unwrap();
    let answer = new(text(" Sí, el viernes está bien. "));
    for _ in 0..2 {
        services.answer_message(&agent, answer.clone()).await.unwrap();
    }
    let sent = answers(&bench).await;
    assert_eq!(sent.len(), 1);
    assert!(sent[0].decision_id.is_some() && sent[0].account_id == Some(account.0));
    assert_eq!((sent[0].recipient.as_str(), sent[0].channel.as_str()), (phone.value.as_str(), "sms"));
    let inbox = services.inbox(&staff(org, Role::Supervisor)).await.unwrap();
    assert_eq!(inbox.waiting, 0);
    let kept = Arc::new(Kept::default());
    let channels: Channels = [("sms", Arc::clone(&kept) as Arc<dyn Channel>)].into();
    while services.deliver_messages(&channels).await.unwrap() > 0 {}
    assert_eq!(*kept.0.lock().unwrap(), ["Sí, el viernes está bien."]);
    let thread = services.thread(&agent, party).await.unwrap();
    assert!(matches!(&thread[0].1, ThreadLine::Ours(line) if line.status == "sent"));
    assert!(matches!(&thread[1].1, ThreadLine::Theirs(line) if !line.waits));
    let audited = audit_rows::Entity::find().filter(audit_rows::Column::Action.eq("message.answered"));
    assert_eq!(audited.all(services.db.read()).await.unwrap().len(), 1);
});

both!(whatsapp_takes_free_text_for_a_day_and_then_a_template, |bench| {
    let org = bench.demo(120).await;
    let (services, agent) = (&bench.services, staff(org, Role::Agent));
    let (_, account, phone) = person(&bench, org).await;
    let to = writes(&bench, &phone, "whatsapp", services.now() - Duration::hours(23)).await;
    let form = services.answer_form(&agent, account).await.unwrap().unwrap();
    assert!(matches!(form.way, AnswerWay::FreeText));
    bench.clock.advance(Duration::hours(1));
    let form = services.answer_form(&agent, account).await.unwrap().unwrap();
    let AnswerWay::Templates(templates) = form.way else { unreachable!("the day is over") };
    assert_eq!(templates.len(), 3);
    let new = |says: Says| NewAnswer { id: MessageId(services.new_id()), account, to, says };
    let refused = services.answer_message(&agent, new(Says::Text("Hola".to_owned()))).await;
    let Err(ServiceError::Invalid(issues)) = refused else { unreachable!("free text is refused") };
    assert!(issues[0].says.es.contains("24 horas"));
    services.answer_message(&agent, new(Says::Template(templates[0].0))).await.unwrap();
    let sent = answers(&bench).await;
    assert!(sent.len() == 1 && sent[0].template.is_some() && !sent[0].body.contains("MXN"));

    // Whoever closed the channel gets no answer by it.
    let mut services = services.clone();
    services.providers = [Way::Email].into();
    let form = services.answer_form(&agent, account).await.unwrap().unwrap();
    assert!(matches!(form.way, AnswerWay::Closed("no_provider")));
    let closed = services.answer_message(&agent, new(Says::Template(templates[0].0))).await;
    assert!(matches!(closed, Err(ServiceError::Invalid(_))));
});

both!(an_address_that_was_given_up_is_used_again_with_a_reason, |bench| {
    let org = bench.demo(60).await;
    let (services, agent) = (&bench.services, staff(org, Role::Agent));
    let (party, account, phone) = person(&bench, org).await;
    let tx = services.db.begin().await.unwrap();
    store::undeliverable::mark(&tx, org, party, (&phone.value, "returned"), services.now()).await.unwrap();
    tx.commit().await.unwrap();
    let point = ContactPointId(phone.id);
    let gone = async || services.contact_wishes(&agent, account).await.unwrap().undeliverable;
    assert_eq!(gone().await, [point]);
    let refused = services.lift_undeliverable(&agent, account, point, " ").await;
    assert!(matches!(refused, Err(ServiceError::Invalid(_))));
    let auditor = staff(org, Role::Auditor);
    let denied = services.lift_undeliverable(&auditor, account, point, "La confirmó").await;
    assert!(matches!(denied, Err(ServiceError::Denied(_))));
    let strange = ContactPointId(services.new_id());
    let unknown = services.lift_undeliverable(&agent, account, strange, "La confirmó").await;
    assert!(matches!(unknown, Err(ServiceError::NotFound)));
    for _ in 0..2 {
        services.lift_undeliverable(&agent, account, point, "La confirmó por teléfono").await.unwrap();
    }
    assert!(gone().await.is_empty());
    let notes = activities::Entity::find().filter(activities::Column::Note.contains("La confirmó"));
    assert_eq!(notes.all(services.db.read()).await.unwrap().len(), 1);
    let audited = audit_rows::Entity::find().filter(audit_rows::Column::Action.eq("point.lifted"));
    assert_eq!(audited.all(services.db.read()).await.unwrap().len(), 1);
});
