//! Whatever pursues a debt asks the law, when it is planned and when it is done.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use domain::access::{Actor, ActorKind, Role};
use domain::contact::{Channel, Loosening, Overrides, Reason};
use domain::ids::{AccountId, UserId};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
use services::ServiceError;
use services::contact::ContactPolicy;
use store::entities::{accounts, assignments, parties};
use testkit::{Bench, both, staff};

/// A past-due debt of somebody in a country.
async fn debt_in(bench: &Bench, country: &str) -> AccountId {
    let db = bench.services.db.read();
    let people = parties::Entity::find().all(db).await.unwrap();
    let debts = accounts::Entity::find().all(db).await.unwrap();
    let lives = |debtor| people.iter().any(|party| party.id == debtor && party.country == country);
    let debt = debts.iter().find(|debt| lives(debt.debtor_id)).unwrap();
    AccountId(debt.id)
}

both!(a_visit_is_planned_only_where_and_when_the_law_allows_it, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let supervisor = staff(org, Role::Supervisor);
    let collector = services.collectors(&supervisor).await.unwrap()[0].id;
    let before = assignments::Entity::find().all(services.db.read()).await.unwrap().len();

    // Colombia bars visits to homes: Ley 2300/2023, art. 6.
    let barred = debt_in(&bench, "CO").await;
    let day = "2026-12-02".parse().unwrap();
    let refused = services.plan_visit(&supervisor, barred, collector, day).await;
    let Err(ServiceError::Invalid(issues)) = refused else { panic!("{refused:?}") };
    assert_eq!(issues[0].field, "visit_on");
    let planned = assignments::Entity::find().all(services.db.read()).await.unwrap().len();
    assert_eq!(planned, before);
    let kept = services.contact_decisions(&supervisor, barred).await.unwrap();
    assert_eq!(kept.len(), 1, "the refusal is kept");
    assert!(!kept[0].allowed && kept[0].act == "plan_visit" && kept[0].channel == Channel::Visit);

    // In Mexico on a Wednesday it is allowed, and the assignment names the decision.
    let allowed = debt_in(&bench, "MX").await;
    let id = services.plan_visit(&supervisor, allowed, collector, day).await.unwrap();
    let row = assignments::Entity::find_by_id((org.0, id.0)).one(services.db.read()).await.unwrap().unwrap();
    let kept = services.contact_decisions(&supervisor, allowed).await.unwrap();
    assert_eq!(row.decision_id, Some(kept[0].id.0));
    assert!(kept[0].allowed && kept[0].rule.contains("CONDUSEF") && !kept[0].pack.is_empty());

    // Not on a Sunday, which the operator keeps free, until they say otherwise.
    let sunday = "2026-12-06".parse().unwrap();
    let other = services.plan_visit(&supervisor, allowed, collector, sunday).await;
    assert!(matches!(other, Err(ServiceError::Invalid(_))));
    let why = &services.contact_decisions(&supervisor, allowed).await.unwrap()[0];
    assert_eq!((why.reason, why.is_policy), (Some(Reason::DayNotAllowed), true));
    assert!(why.next.is_some_and(|next| next.to_rfc3339().starts_with("2026-12-07")));
    let manager = staff(org, Role::Manager);
    let policy = ContactPolicy([("MX".to_owned(), Overrides::default())].into());
    let saved = services.set_contact_policy(&manager, 0, &policy, "a test").await.unwrap();
    assert_eq!((saved.version, &saved.loosens["MX"]), (1, &[Loosening::Days].into()));
    assert!(services.set_contact_policy(&manager, 0, &policy, "a test").await.is_err());
    assert!(services.set_contact_policy(&supervisor, 1, &policy, "a test").await.is_err());
    // It allows more: until somebody else has approved it, nothing changes.
    assert_eq!(services.contact_policy(&manager).await.unwrap().version, 0);
    assert!(services.plan_visit(&supervisor, allowed, collector, sunday).await.is_err());
    assert!(matches!(services.approve_contact_policy(&manager, 1).await, Err(ServiceError::Invalid(_))));
    assert!(matches!(services.approve_contact_policy(&supervisor, 1).await, Err(ServiceError::Denied(_))));
    let user_id = UserId(services.new_id());
    let other = Actor { organization_id: org, kind: ActorKind::Staff { user_id, role: Role::Manager } };
    services.approve_contact_policy(&other, 1).await.unwrap();
    assert!(services.approve_contact_policy(&other, 1).await.is_err(), "once");
    assert_eq!(services.contact_policy(&manager).await.unwrap().version, 1);
    services.plan_visit(&supervisor, allowed, collector, sunday).await.unwrap();

    // A holiday that the operator adds.
    let mut decreed = Overrides::default();
    decreed.extra_holidays.insert("2026-12-07".parse().unwrap(), "decreto".to_owned());
    decreed.days =
        Some(domain::contact::DayKind::ALL.iter().copied().filter(|day| day.as_str() != "holiday").collect());
    let policy = ContactPolicy([("MX".to_owned(), decreed)].into());
    let saved = services.set_contact_policy(&manager, 1, &policy, "decreto").await.unwrap();
    assert!(saved.loosens.is_empty(), "stricter is in force at once");
    assert!(services.contact_policies(&manager).await.unwrap().waits.is_none());
    let monday = services.plan_visit(&supervisor, allowed, collector, "2026-12-07".parse().unwrap()).await;
    assert!(matches!(monday, Err(ServiceError::Invalid(_))));
});

both!(staff_see_what_is_lawful_now_and_others_see_nothing, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let agent = staff(org, Role::Agent);
    let account = debt_in(&bench, "CO").await;
    // Somebody who authorised e-mail alone: art. 2.
    let tx = services.db.begin().await.unwrap();
    let mut row =
        accounts::Entity::find_by_id((org.0, account.0)).one(&tx).await.unwrap().unwrap().into_active_model();
    row.consent_channels = Set(Some("email".to_owned()));
    row.update(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let outlook = services.contact_outlook(&agent, account).await.unwrap();
    let of = |channel| outlook.iter().find(|line| line.channel == channel).unwrap();
    assert_eq!(of(Channel::Call).reason, Some(Reason::ChannelNotAuthorised));
    assert!(of(Channel::Call).never);
    assert!(services.contact_decisions(&agent, account).await.unwrap().is_empty(), "looking keeps nothing");
    let elsewhere = staff(domain::ids::OrganizationId(uuid::Uuid::from_u128(1)), Role::Admin);
    assert!(matches!(services.contact_outlook(&elsewhere, account).await, Err(ServiceError::NotFound)));
    assert!(matches!(services.contact_decisions(&elsewhere, account).await, Err(ServiceError::NotFound)));
});
