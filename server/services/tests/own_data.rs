//! What is held about a person is shown to that person: also who opened the file, by every role.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use chrono::Duration;
use domain::access::{Actor, ActorKind, Permission, Role};
use domain::account::Account;
use domain::cases::CaseKind;
use domain::field::EnrolRequest;
use domain::ids::{AccountId, OrganizationId};
use domain::party::DeviceKind;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use services::ServiceError;
use services::accounts::AccountFilter;
use services::cases::{NewCase, NewFile};
use services::own_data::ContactWhat;
use services::verify::VerifyScope;
use store::entities::audit_rows;
use testkit::{Bench, both, staff};
use uuid::Uuid;

async fn debts(bench: &Bench, org: OrganizationId, count: usize) -> Vec<Account> {
    let services = &bench.services;
    let page = services.list_accounts(&staff(org, Role::Agent), &AccountFilter::default()).await.unwrap();
    let mut found: Vec<Account> = Vec::new();
    for line in page.lines {
        let account =
            store::accounts::find(services.db.read(), org, AccountId(line.id)).await.unwrap().unwrap();
        if found.iter().all(|known| known.debtor_id != account.debtor_id) {
            found.push(account);
        }
    }
    found.truncate(count);
    assert_eq!(found.len(), count);
    found
}

const fn person(org: OrganizationId, account: &Account) -> Actor {
    Actor { organization_id: org, kind: ActorKind::Debtor { party_id: account.debtor_id } }
}

/// Signs in as the person, through the code in the outbox.
async fn sign_in(bench: &Bench, account: &Account, device: DeviceKind) -> String {
    let services = &bench.services;
    let org = account_org(bench).await;
    let party =
        store::parties::find_party(services.db.read(), org, account.debtor_id).await.unwrap().unwrap();
    // Messages are told apart by their time.
    bench.clock.advance(Duration::seconds(1));
    let challenge = services.request_code(party.document.as_deref().unwrap(), "1").await.unwrap();
    let message = services.demo_outbox().await.unwrap().remove(0);
    let code: String =
        message.body.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    services.prove_code(challenge, &code, "1", device).await.unwrap()
}

async fn account_org(bench: &Bench) -> OrganizationId {
    store::parties::organizations(bench.services.db.read()).await.unwrap().remove(0).id
}

both!(the_portal_shows_every_look_that_the_trail_holds, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let two = debts(&bench, org, 2).await;
    let me = person(org, &two[0]);
    // Everybody opens both files, some at once, some again within the hour, and once more after it.
    for round in 0..2 {
        for role in Role::ALL {
            let user = Actor {
                organization_id: org,
                kind: ActorKind::Staff {
                    user_id: domain::ids::UserId(Uuid::from_u128(*role as u128 + 1)),
                    role: *role,
                },
            };
            for account in &two {
                for _ in 0..3 {
                    let seen = services.account_view(&user, account.id).await;
                    assert_eq!(seen.is_ok(), role.may(Permission::AccountRead), "{role}");
                }
            }
        }
        bench.clock.advance(Duration::hours(1));
        assert!(services.own_data(&me).await.unwrap().opened.len() >= round);
    }
    let at_once = (0..6).map(|_| {
        let (services, agent, id) = (services.clone(), staff(org, Role::Agent), two[0].id);
        tokio::spawn(async move { services.account_view(&agent, id).await.map(|_| ()) })
    });
    for one in at_once.collect::<Vec<_>>() {
        one.await.unwrap().unwrap();
    }
    // What one sees of oneself is no look into the file.
    services.my_debt(&me, two[0].id).await.unwrap();

    let shown = services.own_data(&me).await.unwrap().opened;
    let held = audit_rows::Entity::find()
        .filter(audit_rows::Column::Subject.eq(format!("account:{}", two[0].id)))
        .filter(audit_rows::Column::Action.eq("account.viewed"))
        .order_by_desc(audit_rows::Column::Seq)
        .all(services.db.read())
        .await
        .unwrap();
    assert_eq!(
        shown.iter().map(|look| (look.seq, look.at)).collect::<Vec<_>>(),
        held.iter().map(|row| (row.seq, row.at)).collect::<Vec<_>>()
    );
    for (look, row) in shown.iter().zip(&held) {
        assert!(row.details.contains(look.role.as_str()), "{}", row.details);
        assert_eq!(look.account, two[0].external_id);
    }
    let readers = Role::ALL.iter().filter(|role| role.may(Permission::AccountRead)).count();
    assert_eq!(shown.len(), readers * 2 + 1, "one for each, account and hour");
    for role in Role::ALL.iter().filter(|role| role.may(Permission::AccountRead)) {
        assert!(shown.iter().filter(|look| look.role == *role).count() >= 2, "{role}");
    }
    // A collector's phone that gets the visit is a look, too, and once.
    let supervisor = staff(org, Role::Supervisor);
    let collector = services.collectors(&supervisor).await.unwrap()[0].id;
    let day = services.today(org).await.unwrap();
    services.plan_visit(&supervisor, two[0].id, collector, day).await.unwrap();
    let code = services.issue_enrolment(&supervisor, collector).await.unwrap().code;
    let request = EnrolRequest { code, device_id: Uuid::from_u128(70), label: "prueba".to_owned() };
    let phone = services.enrol_device(&request).await.unwrap();
    let session = services.field_session(&phone.tokens.access_token).await.unwrap();
    for _ in 0..2 {
        services.pull_route(&session, "").await.unwrap();
    }
    let by_phone = services.own_data(&me).await.unwrap().opened;
    assert_eq!(by_phone.len(), shown.len() + 1);
    assert_eq!(by_phone[0].role, Role::FieldCollector);
    // Another person sees their own file's looks and nobody else's.
    let other = services.own_data(&person(org, &two[1])).await.unwrap().opened;
    let from_desks = other.iter().filter(|look| look.role != Role::FieldCollector);
    assert_eq!(from_desks.count(), readers * 2);
    assert!(other.iter().all(|look| shown.iter().all(|mine| mine.seq != look.seq)));
    // The account lists are searched without opening a file.
    assert_eq!(services.verify(VerifyScope::Audit).await.unwrap().differences, []);
});

both!(sessions_are_seen_and_ended_by_their_owner_alone, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let found = debts(&bench, org, 20).await;
    let mut reachable = Vec::new();
    for account in found {
        let party =
            store::parties::find_party(services.db.read(), org, account.debtor_id).await.unwrap().unwrap();
        let points = store::parties::contact_points(services.db.read(), org, party.id).await.unwrap();
        let can = points.iter().any(|point| point.kind != domain::party::ContactKind::Address);
        if party.document.is_some() && can {
            reachable.push(account);
        }
    }
    let (mine, theirs) = (&reachable[0], &reachable[1]);
    let phone = sign_in(&bench, mine, DeviceKind::Phone).await;
    bench.clock.advance(Duration::minutes(1));
    let computer = sign_in(&bench, mine, DeviceKind::Computer).await;
    bench.clock.advance(Duration::minutes(1));
    let stranger = sign_in(&bench, theirs, DeviceKind::Phone).await;
    let session = services.debtor_session(&computer).await.unwrap().unwrap();
    let open = services.own_data(&session.actor).await.unwrap().sessions;
    let devices: Vec<_> = open.iter().map(|one| one.device).collect();
    assert_eq!(devices, [Some(DeviceKind::Computer), Some(DeviceKind::Phone)]);
    assert_eq!(open[0].id, session.id);
    let other = services.debtor_session(&stranger).await.unwrap().unwrap();
    let not_mine = services.end_my_session(&other.actor, open[1].id.unwrap()).await;
    assert!(matches!(not_mine, Err(ServiceError::NotFound)));
    services.end_my_session(&session.actor, open[1].id.unwrap()).await.unwrap();
    assert!(services.debtor_session(&phone).await.unwrap().is_none());
    let tablet = sign_in(&bench, mine, DeviceKind::Tablet).await;
    services.end_my_other_sessions(&session.actor, session.id).await.unwrap();
    assert!(services.debtor_session(&tablet).await.unwrap().is_none());
    assert!(services.debtor_session(&computer).await.unwrap().is_some());
    assert!(services.debtor_session(&stranger).await.unwrap().is_some());

    // The codes that were sent are contacts, and are shown.
    let data = services.own_data(&session.actor).await.unwrap();
    let sent = data.contacts.iter().filter(|made| matches!(made.what, ContactWhat::Message { .. }));
    assert_eq!(sent.count(), 3);
});

both!(data_are_taken_along_and_put_right_through_a_case, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let two = debts(&bench, org, 2).await;
    let me = person(org, &two[0]);
    services.account_view(&staff(org, Role::Agent), two[0].id).await.unwrap();
    let case = NewCase {
        key: services.new_id(),
        account: None,
        kind: CaseKind::DataCorrection,
        says: "Mi teléfono: 5550001111".to_owned(),
        call_hours: String::new(),
        files: vec![NewFile { name: "ine.png".to_owned(), bytes: b"\x89PNG\r\n\x1a\n".to_vec() }],
    };
    let id = services.open_case(&me, case).await.unwrap();
    let view = services.case_view(&staff(org, Role::Agent), id).await.unwrap();
    assert_eq!((view.line.account_id, view.says.as_str()), (None, "Mi teléfono: 5550001111"));

    let export = services.export_own_data(&me).await.unwrap();
    assert_eq!(export.file_name, "mis-datos-2026-11-20.json");
    let json: serde_json::Value = serde_json::from_slice(&export.json).unwrap();
    let data = services.own_data(&me).await.unwrap();
    assert_eq!(json["person"]["name"], data.person.name.as_str());
    let counts = [
        ("contact_points", data.points.len()),
        ("debts", data.debts.len()),
        ("contacts", data.contacts.len()),
        // A case about the person is a look into each of their debts.
        ("file_opened", data.debts.len()),
        ("cases", 1),
        ("files", 1),
    ];
    for (name, count) in counts {
        assert_eq!(json[name].as_array().unwrap().len(), count, "{name}");
    }
    assert_eq!(json["file_opened"][0]["role"], "agent");
    // Nothing of anybody else, and no name of staff.
    let text = String::from_utf8(export.json).unwrap();
    let other = store::parties::find_party(services.db.read(), org, two[1].debtor_id).await.unwrap().unwrap();
    assert!(!text.contains(&other.name) && !text.contains(&two[1].external_id));
    let taken = audit_rows::Entity::find()
        .filter(audit_rows::Column::Action.eq("own_data.exported"))
        .all(services.db.read())
        .await
        .unwrap();
    assert_eq!(taken.len(), 1);
    assert!(matches!(services.own_data(&staff(org, Role::Admin)).await, Err(ServiceError::NotSignedIn)));
});
