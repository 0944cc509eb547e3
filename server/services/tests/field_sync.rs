//! Field sync, the same scenarios on SQLite and on PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::sync::Arc;

use chrono::Duration;
use domain::access::{Actor, ActorKind};
use domain::field::{
    Body, CashReceived, DeviceStatus, EnrolRequest, EnrolResponse, EventDraft, Head, NoFixReason, Outcome,
    Position, PushRequest, PushResponse, QuarantineReason, Stop, SuspenseReason, TokenRequest,
    UnappliedReason, VisitDisposition, VisitRecorded, WireEvent, build_event, error_code, format_receipt_no,
    hash_payload,
};
use domain::ids::{AccountId, OrganizationId, UserId};
use domain::ledger::PaymentMethod;
use domain::money::Money;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use services::Services;
use services::clock::ManualClock;
use services::field::{FieldFault, FieldSession};
use services::payments::{PostPayment, ReceiptSeries};
use services::verify::VerifyScope;
use store::entities::{activities, assignments, field_events, field_quarantine, payments, users};
use testkit::Bench;
use uuid::Uuid;

/// The organization with its two collectors, at noon of the book's date.
struct World {
    services: Services,
    clock: Arc<ManualClock>,
    org: OrganizationId,
    collectors: Vec<UserId>,
    _bench: Bench,
}

impl World {
    async fn new(bench: Bench) -> Self {
        let org = bench.demo(400).await;
        let (services, clock) = (bench.services.clone(), bench.clock.clone());
        let staff = users::Entity::find()
            .filter(users::Column::Role.eq("field_collector"))
            .order_by_asc(users::Column::Login)
            .all(services.db.read())
            .await
            .unwrap();
        let collectors = staff.into_iter().map(|user| UserId(user.id)).collect();
        Self { services, clock, org, collectors, _bench: bench }
    }

    async fn code(&self, collector: usize) -> String {
        let actor = Actor { organization_id: self.org, kind: ActorKind::System { process: "test" } };
        self.services.issue_enrolment(&actor, self.collectors[collector]).await.unwrap().code
    }

    async fn enrol(&self, code: &str, device_id: Uuid) -> Result<EnrolResponse, FieldFault> {
        let request = EnrolRequest { code: code.to_owned(), device_id, label: "prueba".into() };
        self.services.enrol_device(&request).await
    }

    async fn phone(&self, collector: usize, device: u128) -> Phone {
        let device_id = Uuid::from_u128(device);
        let code = self.code(collector).await;
        let enrolled = self.enrol(&code, device_id).await.unwrap();
        let session = self.services.field_session(&enrolled.tokens.access_token).await.unwrap();
        Phone { enrolled, session, head: Head::default(), receipts: 0, ids: device * 1_000, wall_ms: None }
    }

    async fn stops(&self, phone: &Phone) -> Vec<Stop> {
        self.services.pull_route(&phone.session, "").await.unwrap().stops
    }

    async fn push(&self, phone: &Phone, events: &[WireEvent]) -> PushResponse {
        let request = PushRequest {
            device_id: phone.session.device_id.0,
            from_seq: events.first().map_or(1, |event| event.seq),
            events: events.to_vec(),
        };
        self.services.push_events(&phone.session, &request).await.unwrap()
    }

    async fn owed(&self, account: Uuid) -> i64 {
        let balance =
            store::ledger::find_balance(self.services.db.read(), self.org, AccountId(account)).await;
        balance.unwrap().unwrap().total_minor()
    }

    async fn books_hold(&self) {
        assert_eq!(self.services.verify(VerifyScope::All).await.unwrap().differences, []);
    }

    async fn field_payments(&self) -> u64 {
        let by_field =
            payments::Entity::find().filter(payments::Column::RecordedBy.starts_with("collector:"));
        by_field.count(self.services.db.read()).await.unwrap()
    }
}

/// A phone's own half.
struct Phone {
    enrolled: EnrolResponse,
    session: FieldSession,
    head: Head,
    receipts: u64,
    ids: u128,
    wall_ms: Option<i64>,
}

impl Phone {
    fn record(&mut self, assignment: Option<Uuid>, account: Option<Uuid>, body: Body) -> WireEvent {
        self.ids += 1;
        let draft = EventDraft {
            event_id: Uuid::from_u128(self.ids),
            device_id: self.session.device_id.0,
            collector_id: self.session.user_id.0,
            assignment_id: assignment,
            account_id: account,
            base_cursor: None,
            wall_ms: self.wall_ms.unwrap_or(1_795_197_600_000),
            server_anchor_ms: None,
            position: Position::None { reason: NoFixReason::Denied },
            body,
        };
        let (event, head) = build_event(&self.head, &draft).unwrap();
        self.head = head;
        event
    }

    fn visit(&mut self, stop: &Stop) -> WireEvent {
        let body = Body::Visit(VisitRecorded {
            disposition: VisitDisposition::NotHome,
            note: "Portón azul".into(),
        });
        self.record(Some(stop.assignment_id), Some(stop.account_id), body)
    }

    fn cash_body(&mut self, amount_minor: i64, currency: &str) -> Body {
        self.receipts += 1;
        Body::Cash(CashReceived {
            receipt_no: format_receipt_no(&self.enrolled.device_code, self.receipts),
            amount_minor,
            currency: currency.into(),
            payer_name: "Ana".into(),
            note: String::new(),
        })
    }

    fn cash(&mut self, stop: &Stop, amount_minor: i64) -> WireEvent {
        let body = self.cash_body(amount_minor, &stop.currency);
        self.record(Some(stop.assignment_id), Some(stop.account_id), body)
    }
}

fn outcomes(response: &PushResponse) -> Vec<Outcome> {
    response.acks.iter().map(|ack| ack.outcome).collect()
}

fn code_of<T: std::fmt::Debug>(result: Result<T, FieldFault>) -> &'static str {
    result.unwrap_err().answer().1
}

async fn a_code_enrols_one_phone_however_often_it_asks(world: World) {
    let code = world.code(0).await;
    let spaced = format!(" {}-{} ", code[..4].to_lowercase(), &code[4..]);
    let first = world.enrol(&spaced, Uuid::from_u128(1)).await.unwrap();
    let again = world.enrol(&code, Uuid::from_u128(1)).await.unwrap();
    assert_eq!((&first.device_code, first.device_id), (&again.device_code, again.device_id));
    assert_eq!(code_of(world.enrol(&code, Uuid::from_u128(2)).await), error_code::BAD_CODE);
    assert_eq!(code_of(world.enrol("ZZZZZZZZ", Uuid::from_u128(2)).await), error_code::BAD_CODE);
    // Each phone has a series of its own; a phone never changes hands by itself.
    let other = world.phone(1, 2).await;
    assert_ne!(other.enrolled.device_code, first.device_code);
    let code = world.code(1).await;
    assert_eq!(code_of(world.enrol(&code, Uuid::from_u128(1)).await), error_code::OTHER_COLLECTOR);
    let late = world.code(0).await;
    world.clock.advance(Duration::hours(73));
    assert_eq!(code_of(world.enrol(&late, Uuid::from_u128(3)).await), error_code::BAD_CODE);
}

async fn a_refresh_token_works_once_and_reuse_ends_all(world: World) {
    let phone = world.phone(0, 1).await;
    let device_id = phone.session.device_id.0;
    let refresh = async |token: &str| {
        let request = TokenRequest { device_id, refresh_token: token.to_owned() };
        world.services.refresh_tokens(&request).await
    };
    let first = phone.enrolled.tokens.refresh_token.clone();
    let lost = refresh(&first).await.unwrap();
    // The answer was lost: the phone asks again with what it has.
    let second = refresh(&first).await.unwrap();
    assert_eq!(code_of(refresh(&lost.refresh_token).await), error_code::UNAUTHORIZED);
    let third = refresh(&second.refresh_token).await.unwrap();
    world.services.field_session(&third.access_token).await.unwrap();
    // Now the first is used again although its successor was used: somebody copied the tokens.
    assert_eq!(code_of(refresh(&first).await), error_code::REVOKED);
    assert_eq!(code_of(refresh(&third.refresh_token).await), error_code::REVOKED);
    assert_eq!(code_of(world.services.field_session(&third.access_token).await), error_code::REVOKED);
    // Enrolled again it is the same device.
    let code = world.code(0).await;
    assert_eq!(world.enrol(&code, device_id).await.unwrap().device_code, phone.enrolled.device_code);
}

async fn access_ends_after_ten_minutes(world: World) {
    let phone = world.phone(0, 1).await;
    let token = &phone.enrolled.tokens.access_token;
    world.clock.advance(Duration::seconds(599));
    world.services.field_session(token).await.unwrap();
    world.clock.advance(Duration::seconds(1));
    assert_eq!(code_of(world.services.field_session(token).await), error_code::UNAUTHORIZED);
    let forged = format!("{}x", &token[..token.len() - 1]);
    assert_eq!(code_of(world.services.field_session(&forged).await), error_code::UNAUTHORIZED);
}

async fn a_day_arrives_once_however_often_it_is_sent(world: World) {
    let mut phone = world.phone(0, 1).await;
    let stops = world.stops(&phone).await;
    let owed = world.owed(stops[0].account_id).await;
    let events = [
        phone.visit(&stops[0]),
        phone.cash(&stops[0], 12_345),
        phone.visit(&stops[1]),
        phone.cash(&stops[0], 55),
    ];
    let first = world.push(&phone, &events).await;
    assert_eq!(outcomes(&first), [Outcome::Recorded, Outcome::Posted, Outcome::Recorded, Outcome::Posted]);
    assert_eq!((first.acked_seq, first.need_from), (4, None));
    assert_eq!(world.owed(stops[0].account_id).await, owed - 12_400);
    for part in [&events[..], &events[..2], &events[3..]] {
        let again = world.push(&phone, part).await;
        assert!(again.acks.iter().all(|ack| ack.duplicate));
        assert_eq!(
            outcomes(&again),
            outcomes(&first)[events.len() - 4 + usize::try_from(part[0].seq - 1).unwrap()..][..part.len()]
        );
        assert_eq!(again.acked_seq, 4);
    }
    assert_eq!(world.owed(stops[0].account_id).await, owed - 12_400);
    assert_eq!(world.field_payments().await, 2);
    let visits = activities::Entity::find().filter(activities::Column::Source.starts_with("field:"));
    assert_eq!(visits.count(world.services.db.read()).await.unwrap(), 2);
    world.books_hold().await;
}

async fn the_same_push_twice_at_once_counts_once(world: World) {
    let mut phone = world.phone(0, 1).await;
    let stops = world.stops(&phone).await;
    let owed = world.owed(stops[0].account_id).await;
    let events = [phone.cash(&stops[0], 700), phone.visit(&stops[0])];
    let (one, two) = tokio::join!(world.push(&phone, &events), world.push(&phone, &events));
    assert_eq!(outcomes(&one), outcomes(&two));
    assert_eq!(world.owed(stops[0].account_id).await, owed - 700);
    world.books_hold().await;
}

async fn a_gap_is_asked_for_and_a_bad_event_blocks_nothing(world: World) {
    let mut phone = world.phone(0, 1).await;
    let stops = world.stops(&phone).await;
    let good = phone.visit(&stops[0]);
    let strange = {
        let mut event = phone.visit(&stops[0]);
        event.payload = event.payload.replace("visit_recorded", "visit_dreamt");
        event.hash = hash_payload(&event.payload);
        phone.head.hash.clone_from(&event.hash);
        event
    };
    let last = phone.cash(&stops[0], 100);
    let gap = world.push(&phone, std::slice::from_ref(&strange)).await;
    assert_eq!((gap.need_from, gap.acked_seq, gap.acks.len()), (Some(1), 0, 0));
    let all = world.push(&phone, &[good, strange, last]).await;
    let aside = Outcome::Quarantined { reason: QuarantineReason::UnknownKind };
    assert_eq!(outcomes(&all), [Outcome::Recorded, aside, Outcome::Posted]);
    world.books_hold().await;
}

async fn a_copied_phone_is_suspended_and_its_bytes_are_kept(world: World) {
    let mut phone = world.phone(0, 1).await;
    let stops = world.stops(&phone).await;
    let mine = phone.cash(&stops[0], 500);
    world.push(&phone, std::slice::from_ref(&mine)).await;
    let owed = world.owed(stops[0].account_id).await;
    let mut copy = world.phone(0, 1).await;
    copy.ids += 500;
    let other = copy.cash(&stops[0], 900);
    let answer = world.push(&copy, std::slice::from_ref(&other)).await;
    assert_eq!((outcomes(&answer), answer.status), (vec![Outcome::Fork], DeviceStatus::Suspended));
    let kept = field_quarantine::Entity::find().all(world.services.db.read()).await.unwrap();
    assert_eq!(kept.iter().map(|row| row.payload.as_str()).collect::<Vec<_>>(), [other.payload.as_str()]);
    // Nothing more is taken in, from either.
    let more = phone.visit(&stops[0]);
    assert_eq!(world.push(&phone, &[more]).await.acks, []);
    assert_eq!(
        code_of(world.services.field_session(&copy.enrolled.tokens.access_token).await),
        error_code::SUSPENDED
    );
    assert_eq!(world.owed(stops[0].account_id).await, owed);
    world.books_hold().await;
}

async fn cash_is_never_refused(world: World) {
    let mut phone = world.phone(0, 1).await;
    let stops = world.stops(&phone).await;
    let foreign = world.stops(&world.phone(1, 2).await).await.remove(0);
    let owed = world.owed(stops[0].account_id).await;
    let over = phone.cash(&stops[0], owed + 1_000);
    let settled = phone.cash(&stops[0], 300);
    let nowhere = phone.cash_body(200, "MXN");
    let nowhere = phone.record(None, Some(Uuid::from_u128(404)), nowhere);
    let dollars = phone.cash_body(100, "USD");
    let dollars = phone.record(Some(stops[1].assignment_id), Some(stops[1].account_id), dollars);
    let late = phone.cash(&foreign, 50);
    let number_again = {
        phone.receipts -= 1;
        phone.cash(&stops[1], 25)
    };
    let answer = world.push(&phone, &[over, settled, nowhere, dollars, late, number_again]).await;
    assert_eq!(
        outcomes(&answer),
        [
            Outcome::PostedUnapplied { reason: UnappliedReason::Over },
            Outcome::PostedUnapplied { reason: UnappliedReason::Settled },
            Outcome::Suspense { reason: SuspenseReason::UnknownAccount },
            Outcome::Suspense { reason: SuspenseReason::OtherCurrency },
            Outcome::AcceptedLate,
            Outcome::Suspense { reason: SuspenseReason::ReceiptNumberTaken },
        ]
    );
    let page = world.services.pull_route(&phone.session, "").await.unwrap();
    let in_hand: Vec<_> =
        page.cash_box.iter().map(|line| (line.currency.as_str(), line.amount_minor)).collect();
    assert_eq!(in_hand, [("MXN", owed + 1_000 + 300 + 200 + 50 + 25), ("USD", 100)]);
    world.books_hold().await;
}

async fn a_wrong_clock_changes_no_amount(world: World) {
    let mut phone = world.phone(0, 1).await;
    let stops = world.stops(&phone).await;
    let owed = world.owed(stops[0].account_id).await;
    let mut events = Vec::new();
    for wall_ms in [0, 4_070_908_800_000, i64::MIN, i64::MAX] {
        phone.wall_ms = Some(wall_ms);
        events.push(phone.cash(&stops[0], 10));
        events.push(phone.visit(&stops[0]));
    }
    let answer = world.push(&phone, &events).await;
    assert!(answer.acks.iter().all(|ack| matches!(ack.outcome, Outcome::Posted | Outcome::Recorded)));
    assert_eq!(world.owed(stops[0].account_id).await, owed - 40);
    let dated = payments::Entity::find()
        .filter(payments::Column::RecordedBy.starts_with("collector:"))
        .all(world.services.db.read())
        .await
        .unwrap();
    assert!(dated.iter().all(|row| row.received_on.to_string() == "2026-11-20"));
    world.books_hold().await;
}

async fn a_collector_sees_only_the_days_own_stops(world: World) {
    let mut phone = world.phone(0, 1).await;
    let first = world.services.pull_route(&phone.session, "").await.unwrap();
    let day = "2026-11-20".parse::<chrono::NaiveDate>().unwrap();
    let assigned = assignments::Entity::find()
        .filter(assignments::Column::UserId.eq(world.collectors[0].0))
        .filter(assignments::Column::OnDate.eq(day))
        .order_by_asc(assignments::Column::Position)
        .all(world.services.db.read())
        .await
        .unwrap();
    let ids = |stops: &[Stop]| stops.iter().map(|stop| stop.assignment_id).collect::<Vec<_>>();
    assert_eq!(ids(&first.stops), assigned.iter().map(|row| row.id).collect::<Vec<_>>());
    assert!(!first.stops.is_empty() && first.reset && !first.more);
    assert!(first.stops.iter().all(|stop| !stop.address.is_empty() && stop.owed_minor > 0));
    let others = world.stops(&world.phone(1, 2).await).await;
    assert!(others.iter().all(|stop| !ids(&first.stops).contains(&stop.assignment_id)));
    // Nothing changed: nothing is sent again.
    let same = world.services.pull_route(&phone.session, &first.cursor).await.unwrap();
    assert_eq!((same.reset, same.stops.len(), &same.cursor), (false, 0, &first.cursor));
    // After a payment the state and the number of events it includes arrive together.
    let events = [phone.visit(&first.stops[0]), phone.cash(&first.stops[0], 100)];
    world.push(&phone, &events).await;
    let after = world.services.pull_route(&phone.session, &first.cursor).await.unwrap();
    assert_eq!((after.reset, after.acked_seq), (true, 2));
    assert_eq!(after.stops[0].owed_minor, first.stops[0].owed_minor - 100);
    assert!(after.stops[0].visited && !after.stops[1].visited);
    // Tomorrow is another day.
    world.clock.advance(Duration::hours(24));
    let next = world.services.pull_route(&phone.session, &after.cursor).await.unwrap();
    assert!(next.reset && ids(&next.stops).iter().all(|id| !ids(&after.stops).contains(id)));
}

async fn a_phone_cannot_speak_for_another(world: World) {
    let mut mine = world.phone(0, 1).await;
    let theirs = world.phone(1, 2).await;
    let stops = world.stops(&mine).await;
    let event = mine.cash(&stops[0], 100);
    let request =
        PushRequest { device_id: mine.session.device_id.0, from_seq: 1, events: vec![event.clone()] };
    let refused = world.services.push_events(&theirs.session, &request).await;
    assert_eq!(code_of(refused), "other_device");
    // Nor hide another phone's event in its own push.
    let answer = world.push(&theirs, &[event]).await;
    assert_eq!(outcomes(&answer), [Outcome::Quarantined { reason: QuarantineReason::OtherOwner }]);
    assert_eq!(world.field_payments().await, 0);
    let stored = field_events::Entity::find().all(world.services.db.read()).await.unwrap();
    assert_eq!(stored.len(), 1);
    world.books_hold().await;
}

async fn a_push_and_payments_at_the_counter_do_not_block_each_other(world: World) {
    let mut phone = world.phone(0, 1).await;
    let stops = world.stops(&phone).await;
    let events: Vec<_> = (0..20).map(|n| phone.cash(&stops[n % 4], 100)).collect();
    let actor = Actor { organization_id: world.org, kind: ActorKind::System { process: "test" } };
    let mut payments = Vec::new();
    for n in 0..40 {
        let (services, actor, stop) = (world.services.clone(), actor.clone(), stops[3 - n % 4].clone());
        payments.push(tokio::spawn(async move {
            let new = PostPayment {
                account_id: AccountId(stop.account_id),
                amount: Money::from_minor(100, stop.currency.parse().unwrap()),
                method: PaymentMethod::OfficeCash,
                received_on: "2026-11-20".parse().unwrap(),
                source: format!("test:{n}"),
                reference: None,
                receipt: ReceiptSeries::Next("O"),
                designated: vec![],
            };
            services.post_payment(&actor, new).await.map(|_| ())
        }));
    }
    for batch in events.chunks(5) {
        assert_eq!(world.push(&phone, batch).await.acks.len(), 5);
    }
    for payment in payments {
        payment.await.unwrap().unwrap();
    }
    assert_eq!(world.field_payments().await, 20);
    world.books_hold().await;
}

async fn the_door_is_told_what_the_portal_tells(world: World) {
    let manager = Actor {
        organization_id: world.org,
        kind: ActorKind::Staff { user_id: world.collectors[0], role: domain::access::Role::Manager },
    };
    let mut with_offers = 0;
    for collector in 0..world.collectors.len() {
        let phone = world.phone(collector, 70 + collector as u128).await;
        for stop in world.stops(&phone).await {
            let told = world.services.offers_for(&manager, AccountId(stop.account_id)).await.unwrap().deals;
            let told: Vec<_> = told
                .iter()
                .map(|deal| {
                    let (first, last) = (&deal.schedule[0], deal.schedule.last().unwrap());
                    let off = deal.agreed.forgiven_total().unwrap().minor();
                    (
                        deal.agreed.to_pay.minor(),
                        off,
                        deal.schedule.len(),
                        first.amount.minor(),
                        first.due_on,
                        last.due_on,
                    )
                })
                .collect();
            let door: Vec<_> = stop
                .offers
                .iter()
                .map(|offer| {
                    (
                        offer.to_pay_minor,
                        offer.forgiven_minor,
                        offer.payments as usize,
                        offer.first_minor,
                        offer.first_on,
                        offer.last_on,
                    )
                })
                .collect();
            assert_eq!(door, told, "{}", stop.external_id);
            with_offers += usize::from(!door.is_empty());
        }
    }
    assert!(with_offers > 5, "{with_offers}");
}

macro_rules! on_both_databases {
    ($($scenario:ident),* $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test]
                async fn $scenario() {
                    super::$scenario(super::World::new(testkit::Bench::sqlite().await).await).await;
                }
            )*
        }

        mod postgres {
            $(
                #[tokio::test]
                async fn $scenario() {
                    super::$scenario(super::World::new(testkit::Bench::postgres().await).await).await;
                }
            )*
        }
    };
}

on_both_databases!(
    a_code_enrols_one_phone_however_often_it_asks,
    a_refresh_token_works_once_and_reuse_ends_all,
    access_ends_after_ten_minutes,
    a_day_arrives_once_however_often_it_is_sent,
    the_same_push_twice_at_once_counts_once,
    a_gap_is_asked_for_and_a_bad_event_blocks_nothing,
    a_copied_phone_is_suspended_and_its_bytes_are_kept,
    cash_is_never_refused,
    a_wrong_clock_changes_no_amount,
    a_collector_sees_only_the_days_own_stops,
    a_phone_cannot_speak_for_another,
    a_push_and_payments_at_the_counter_do_not_block_each_other,
    the_door_is_told_what_the_portal_tells,
);
