//! Daily work is done once a day, by whoever comes first, and nobody forgets what failed.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use chrono::Duration;
use domain::access::Role;
use domain::ids::OrganizationId;
use services::jobs::JobState;
use services::{ServiceError, ServiceResult};
use store::jobs::Slot;
use testkit::{both, staff};

both!(two_processes_do_a_day_s_work_once, |bench| {
    let org = bench.demo(20).await;
    let manager = staff(org, Role::Manager);
    let (one, two) = (bench.services.clone(), bench.services.clone());
    let (one, two) = tokio::join!(
        tokio::spawn(async move { one.do_daily_work().await.unwrap() }),
        tokio::spawn(async move { two.do_daily_work().await.unwrap() })
    );
    assert_eq!(one.unwrap() + two.unwrap(), 3);
    let lines = bench.services.daily_work(&manager).await.unwrap();
    let done: Vec<_> = lines.iter().map(|line| (line.job.as_str(), line.state, line.tries)).collect();
    let expected = ["end_of_day", "reconcile", "strategy"].map(|job| (job, JobState::Done, 1));
    assert_eq!(done, expected);
    let night = bench.services.last_batch_run(&manager).await.unwrap().unwrap();
    assert_eq!(night.date, "2026-11-19".parse().unwrap(), "the day that is over");
    assert_eq!(bench.services.do_daily_work().await.unwrap(), 0);
    // 00:10 in Mexico: too early; 00:40: the night; 06:10: the journeys.
    for (hours, minutes, expected) in [(12, 10, 0), (0, 30, 1), (5, 30, 1)] {
        bench.clock.advance(Duration::hours(hours) + Duration::minutes(minutes));
        assert_eq!(bench.services.do_daily_work().await.unwrap(), expected, "{hours}:{minutes}");
    }
});

both!(what_fails_is_tried_again_and_then_waits_for_somebody, |bench| {
    let org = bench.demo(5).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    let on = "2026-11-20".parse().unwrap();
    let slot = Slot { organization: org, job: "strategy", on };
    let fails = async || {
        let failing = |_| async {
            ServiceResult::<String>::Err(ServiceError::Outside { part: "x", cause: "secret".to_owned() })
        };
        services.do_work(slot, failing).await.unwrap()
    };
    let state = async || services.daily_work(&manager).await.unwrap()[0].clone();
    for wait in [1, 5, 15, 60] {
        assert!(fails().await);
        assert!(!fails().await, "not before its time");
        let line = state().await;
        assert_eq!((line.state, line.failure.as_deref()), (JobState::Waiting, Some("outside")));
        bench.clock.advance(Duration::minutes(wait));
    }
    assert!(fails().await);
    assert_eq!(state().await.state, JobState::Dead);
    bench.clock.advance(Duration::hours(5));
    assert!(!fails().await, "somebody must look first");
    let agent = staff(org, Role::Agent);
    assert!(matches!(services.retry_work(&agent, "strategy", on).await, Err(ServiceError::Denied(_))));
    let elsewhere = staff(OrganizationId(uuid::Uuid::from_u128(1)), Role::Admin);
    assert!(matches!(services.retry_work(&elsewhere, "strategy", on).await, Err(ServiceError::NotFound)));
    services.retry_work(&manager, "strategy", on).await.unwrap();
    assert!(services.do_work(slot, |_| async { Ok("{}".to_owned()) }).await.unwrap());
    let line = state().await;
    assert_eq!((line.state, line.tries, line.failure), (JobState::Done, 1, None));
    assert!(matches!(services.retry_work(&manager, "strategy", on).await, Err(ServiceError::NotFound)));
});

both!(work_of_a_process_that_died_is_taken_over, |bench| {
    let org = bench.demo(5).await;
    let services = &bench.services;
    let slot = Slot { organization: org, job: "strategy", on: "2026-11-20".parse().unwrap() };
    let tx = services.db.begin().await.unwrap();
    let now = services.now();
    let lease = now + Duration::minutes(30);
    assert_eq!(store::jobs::take(&tx, slot, now, lease).await.unwrap(), Some(1));
    tx.commit().await.unwrap();
    let work = async || services.do_work(slot, |_| async { Ok("{}".to_owned()) }).await.unwrap();
    assert!(!work().await);
    bench.clock.advance(Duration::minutes(30));
    assert!(work().await);
    let line = &services.daily_work(&staff(org, Role::Manager)).await.unwrap()[0];
    assert_eq!((line.state, line.tries), (JobState::Done, 2));
});
