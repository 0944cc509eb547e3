//! SIGKILL while a phone sends its day: every event arrives once, in order, whatever was
//! acknowledged before.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(clippy::expect_used, clippy::panic, clippy::string_slice, reason = "tests fail by panicking")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use domain::access::{Actor, ActorKind};
use domain::field::{
    Body, CashReceived, EnrolRequest, EventDraft, Head, NoFixReason, Position, PushRequest, PushResponse,
    Stop, WireEvent, build_event, format_receipt_no,
};
use domain::ids::UserId;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use store::entities::{payments, users};
use support::{Server, assert_clean};
use testkit::{Bench, both};
use uuid::Uuid;

const EVENTS: usize = 60;

struct Day {
    device_id: Uuid,
    token: String,
    events: Vec<WireEvent>,
}

/// Enrols a phone and writes a day of cash on it, all before any network.
async fn day(bench: &Bench) -> Day {
    let org = bench.demo(60).await;
    let services = &bench.services;
    let role = users::Column::Role.eq("field_collector");
    let collector = users::Entity::find().filter(role).one(services.db.read()).await.unwrap().unwrap();
    let office = Actor { organization_id: org, kind: ActorKind::System { process: "test" } };
    let code = services.issue_enrolment(&office, UserId(collector.id)).await.unwrap().code;
    let device_id = Uuid::from_u128(9);
    let request = EnrolRequest { code, device_id, label: "prueba".into() };
    let enrolled = services.enrol_device(&request).await.unwrap();
    let session = services.field_session(&enrolled.tokens.access_token).await.unwrap();
    let stops = services.pull_route(&session, "").await.unwrap().stops;
    let mut head = Head::default();
    let events = (0..EVENTS)
        .map(|n| {
            let number = format_receipt_no(&enrolled.device_code, n as u64 + 1);
            let (event, next) =
                build_event(&head, &cash(n, &stops[n % stops.len()], number, device_id, collector.id))
                    .unwrap();
            head = next;
            event
        })
        .collect();
    Day { device_id, token: enrolled.tokens.access_token, events }
}

fn cash(n: usize, stop: &Stop, receipt_no: String, device_id: Uuid, collector_id: Uuid) -> EventDraft {
    EventDraft {
        event_id: Uuid::from_u128(1_000 + n as u128),
        device_id,
        collector_id,
        assignment_id: Some(stop.assignment_id),
        account_id: Some(stop.account_id),
        base_cursor: None,
        wall_ms: 1_795_197_600_000,
        server_anchor_ms: None,
        position: Position::None { reason: NoFixReason::Denied },
        body: Body::Cash(CashReceived {
            receipt_no,
            amount_minor: 100,
            currency: stop.currency.clone(),
            payer_name: "Ana".into(),
            note: String::new(),
        }),
    }
}

/// Sends from `from` on, three at a time, until all is acknowledged or the server is gone.
/// Gives how far the phone knows it came.
async fn send(day: &Day, base: &str, mut from: usize) -> usize {
    let client = reqwest::Client::new();
    while from < day.events.len() {
        let events = day.events[from..day.events.len().min(from + 3)].to_vec();
        let request = PushRequest { device_id: day.device_id, from_seq: events[0].seq, events };
        let answer =
            client.post(format!("{base}/field/v1/push")).bearer_auth(&day.token).json(&request).send().await;
        let Ok(answer) = answer else { return from };
        let Ok(answer) = answer.json::<PushResponse>().await else { return from };
        from += answer.acks.len();
    }
    from
}

both!(a_killed_server_takes_every_event_once, |bench| {
    let day = Arc::new(day(&bench).await);
    let mut acknowledged = 0;
    for round in 0..5_u64 {
        let mut server = Server::start(&bench.url).await;
        let (day, base) = (day.clone(), server.base.clone());
        let sending = tokio::spawn(async move { send(&day, &base, acknowledged).await });
        tokio::time::sleep(Duration::from_millis(20 + round * 45)).await;
        server.kill();
        // The phone sends from its last sure place again.
        acknowledged = sending.await.unwrap();
        assert_clean(&bench.url);
    }
    let server = Server::start(&bench.url).await;
    assert_eq!(send(&day, &server.base, acknowledged).await, EVENTS);
    // The whole day again changes nothing.
    assert_eq!(send(&day, &server.base, 0).await, EVENTS);
    let taken = payments::Entity::find().filter(payments::Column::RecordedBy.starts_with("collector:"));
    assert_eq!(taken.count(bench.services.db.read()).await.unwrap(), EVENTS as u64);
    assert_clean(&bench.url);
});
