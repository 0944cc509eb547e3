//! Debtors are told when a person has answered, and see what was written both ways.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use domain::access::{Actor, ActorKind, Role};
use domain::account::Account;
use domain::cases::{CaseKind, CaseOutcome};
use domain::ids::{AccountId, OrganizationId};
use domain::party::ContactKind;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use services::accounts::AccountFilter;
use services::bank::BankDetails;
use services::cases::NewCase;
use services::own_data::ContactWhat;
use store::entities::{inbound_messages, outbox_messages};
use testkit::{Bench, both, staff};

/// A debt of somebody with a phone and an e-mail.
async fn reachable(bench: &Bench, org: OrganizationId, skip: usize) -> (Account, String) {
    let db = bench.services.db.read();
    let agent = staff(org, Role::Agent);
    let lines = bench.services.list_accounts(&agent, &AccountFilter::default()).await.unwrap().lines;
    let mut found: Vec<(Account, String)> = Vec::new();
    for line in lines {
        let account = store::accounts::find(db, org, AccountId(line.id)).await.unwrap().unwrap();
        let points = store::parties::contact_points(db, org, account.debtor_id).await.unwrap();
        let of = |kind| points.iter().find(|point| point.kind == kind && !point.is_suppressed);
        let known = found.iter().any(|(one, _)| one.debtor_id == account.debtor_id);
        if let (Some(phone), Some(_), false) = (of(ContactKind::Phone), of(ContactKind::Email), known) {
            found.push((account, phone.value.clone()));
        }
    }
    found.remove(skip)
}

const fn person(org: OrganizationId, account: &Account) -> Actor {
    Actor { organization_id: org, kind: ActorKind::Debtor { party_id: account.debtor_id } }
}

async fn told(bench: &Bench, account: &Account) -> Vec<outbox_messages::Model> {
    outbox_messages::Entity::find()
        .filter(outbox_messages::Column::PartyId.eq(account.debtor_id.0))
        .filter(outbox_messages::Column::Service.eq("case_answer"))
        .all(bench.services.db.read())
        .await
        .unwrap()
}

both!(whoever_opened_a_case_is_told_of_its_answer, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let (debt, _) = reachable(&bench, org, 0).await;
    let (me, agent) = (person(org, &debt), staff(org, Role::Agent));
    let case = NewCase {
        key: services.new_id(),
        account: Some(debt.id),
        kind: CaseKind::Dispute,
        says: "no es mía".to_owned(),
        call_hours: String::new(),
        files: Vec::new(),
    };
    let id = services.open_case(&me, case).await.unwrap();
    services.take_case(&agent, id).await.unwrap();
    let before = told(&bench, &debt).await.len();
    services.answer_case(&agent, id, CaseOutcome::Rejected, "Es suya por el contrato 7").await.unwrap();
    let after = told(&bench, &debt).await;
    assert_eq!(after.len(), before + 1);
    let message = after.last().unwrap();
    assert!(message.body.contains(&format!("/casos/{id}")), "{}", message.body);
    assert!(!message.body.contains("contrato") && !message.body.contains(&debt.external_id));
});

both!(own_data_shows_what_was_written_and_what_was_refused, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let (debt, phone) = reachable(&bench, org, 0).await;
    let (other, _) = reachable(&bench, org, 1).await;
    let tx = services.db.begin().await.unwrap();
    let message = inbound_messages::Model {
        organization_id: org.0,
        id: services.new_id(),
        channel: "sms".to_owned(),
        provider_ref: "SM1".to_owned(),
        sender: phone.clone(),
        sender_key: domain::text::phone_key(&phone),
        party_id: Some(debt.debtor_id.0),
        body: "ya pagué".to_owned(),
        at: services.now(),
        meaning: "words".to_owned(),
        waits: true,
        handled_by: None,
        handled_at: None,
    };
    assert!(store::inbound::keep(&tx, message).await.unwrap());
    store::channel_refusals::refuse(&tx, org, ("sms", &phone), "stop", services.now()).await.unwrap();
    tx.commit().await.unwrap();
    let data = services.own_data(&person(org, &debt)).await.unwrap();
    let said = |what: &ContactWhat| matches!(what, ContactWhat::Received { body, .. } if body == "ya pagué");
    assert!(data.contacts.iter().any(|made| said(&made.what)));
    let refused: Vec<_> =
        data.refused.iter().map(|one| (one.channel.as_deref(), one.point.as_str())).collect();
    assert!(refused.contains(&(Some("sms"), phone.as_str())), "{refused:?}");
    let json = services.export_own_data(&person(org, &debt)).await.unwrap().json;
    assert!(String::from_utf8(json).unwrap().contains("ya pagué"));
    let theirs = services.own_data(&person(org, &other)).await.unwrap();
    assert!(!theirs.contacts.iter().any(|made| said(&made.what)) && theirs.refused.is_empty());
});

both!(staff_see_the_reference_that_the_debtor_has, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let (debt, _) = reachable(&bench, org, 0).await;
    let (agent, auditor) = (staff(org, Role::Agent), staff(org, Role::Auditor));
    let details = services.bank_details(&staff(org, Role::Manager)).await.unwrap();
    let taken = details.iter().any(|one: &BankDetails| one.currency == debt.currency);
    let seen = services.transfer_reference_of(&auditor, debt.id).await.unwrap();
    assert_eq!(seen, None, "looking makes nothing for an auditor");
    let seen = services.transfer_reference_of(&agent, debt.id).await.unwrap();
    assert_eq!(seen.is_some(), taken);
    let way = services.my_transfer_way(&person(org, &debt), debt.id).await.unwrap();
    assert_eq!(way.map(|way| way.reference), seen);
    assert_eq!(services.transfer_reference_of(&auditor, debt.id).await.unwrap(), seen);
});
