//! What the office reads about itself: the audit trail and the field collectors.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use domain::access::Role;
use domain::account::{ActivityChannel, Disposition};
use domain::ids::AccountId;
use services::ServiceError;
use services::accounts::AccountFilter;
use services::work::RecordActivity;
use testkit::{both, staff};

both!(the_audit_trail_is_read_newest_first_without_gap_or_repeat, |bench| {
    let org = bench.demo(3).await;
    let (services, agent) = (&bench.services, staff(org, Role::Agent));
    let page = services.list_accounts(&agent, &AccountFilter::default()).await.unwrap();
    for number in 0..105 {
        let new = RecordActivity {
            account_id: AccountId(page.lines[0].id),
            channel: ActivityChannel::Call,
            disposition: Disposition::NoAnswer,
            note: String::new(),
            source: format!("test:{number}"),
        };
        services.record_activity(&agent, new).await.unwrap();
    }
    let auditor = staff(org, Role::Auditor);
    let first = services.audit_page(&auditor, None).await.unwrap();
    assert_eq!((first.lines.len(), first.lines[0].action.as_str()), (100, "activity.recorded"));
    let rest = services.audit_page(&auditor, first.next).await.unwrap();
    assert_eq!(rest.next, None);
    let seqs: Vec<_> = first.lines.iter().chain(&rest.lines).map(|line| line.seq).collect();
    let expected: Vec<_> = (1..=i64::try_from(seqs.len()).unwrap()).rev().collect();
    assert_eq!(seqs, expected);

    let refused = services.audit_page(&agent, None).await;
    assert!(matches!(refused, Err(ServiceError::Denied(_))), "an agent reads no audit");
});

both!(the_roster_names_collectors_with_their_phones, |bench| {
    let org = bench.demo(3).await;
    let services = &bench.services;
    let supervisor = staff(org, Role::Supervisor);
    let roster = services.collectors(&supervisor).await.unwrap();
    assert_eq!(roster.len(), 2);
    assert!(roster.iter().all(|line| line.devices.is_empty() && !line.name.is_empty()));
    assert!(services.issue_enrolment(&supervisor, roster[0].id).await.is_ok());

    let refused = services.collectors(&staff(org, Role::Agent)).await;
    assert!(matches!(refused, Err(ServiceError::Denied(_))), "an agent enrols no phone");
});

both!(a_visit_is_planned_once_by_who_may, |bench| {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let supervisor = staff(org, Role::Supervisor);
    let collector = services.collectors(&supervisor).await.unwrap()[0].id;
    let filter = services::accounts::AccountFilter::default();
    let list = services.list_accounts(&supervisor, &filter).await.unwrap();
    let account = domain::ids::AccountId(list.lines[0].id);
    let day = "2026-12-24".parse().unwrap();
    let planned = services.plan_visit(&supervisor, account, collector, day).await.unwrap();
    assert_eq!(services.plan_visit(&supervisor, account, collector, day).await.unwrap(), planned);
    let other = domain::ids::AccountId(list.lines[1].id);
    assert_ne!(services.plan_visit(&supervisor, other, collector, day).await.unwrap(), planned);

    let agent = staff(org, Role::Agent);
    assert!(matches!(
        services.plan_visit(&agent, account, collector, day).await,
        Err(ServiceError::Denied(_))
    ));
    let past = services.plan_visit(&supervisor, account, collector, "2026-11-19".parse().unwrap()).await;
    assert!(matches!(past, Err(ServiceError::Invalid(_))));
    let elsewhere = staff(domain::ids::OrganizationId(uuid::Uuid::from_u128(1)), Role::Admin);
    assert!(services.plan_visit(&elsewhere, account, collector, day).await.is_err());
});
