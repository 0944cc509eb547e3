//! The field endpoints over HTTP: forms, statuses, refusals that a phone understands.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use domain::access::{Actor, ActorKind};
use domain::field::{
    EnrolRequest, EnrolResponse, EventDraft, FieldError, Head, NoFixReason, Outcome, Position, PullResponse,
    PushRequest, PushResponse, TokenPair, TokenRequest, VisitDisposition, VisitRecorded, WireEvent,
    build_event, error_code,
};
use http_body_util::BodyExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use services::clock::{ManualClock, SeededEntropy};
use services::demo::{DemoPlan, PASSWORD};
use services::{Db, Mode, Services};
use tower::ServiceExt;
use uuid::Uuid;

const DEVICE: Uuid = Uuid::from_u128(7);

struct App {
    router: Router,
    code: String,
    _folder: tempfile::TempDir,
}

impl App {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        let db = Db::connect(&url.parse().unwrap()).await.unwrap();
        db.migrate().await.unwrap();
        let services = Services {
            db,
            clock: Arc::new(ManualClock::at("2026-11-20T18:00:00Z".parse().unwrap())),
            entropy: Arc::new(SeededEntropy::from_seed(1)),
            mode: Mode::Demo,
            public_url: String::new(),
            files: services::files::Files::in_memory(),
            gateways: BTreeMap::new(),
            own_gateways: services::gateway_accounts::OwnGateways::default(),
            providers: domain::strategy::WRITTEN.into(),
        };
        let plan = DemoPlan { accounts: 300, seed: 1, as_of: "2026-11-20".parse().unwrap() };
        services.load_demo(plan).await.unwrap();
        let token = services.staff_sign_in("cobrador1", PASSWORD, "127.0.0.1").await.unwrap();
        let collector = services.staff_session(&token).await.unwrap().unwrap();
        let office = Actor { kind: ActorKind::System { process: "test" }, ..collector.actor };
        let code = services.issue_enrolment(&office, collector.user_id).await.unwrap().code;
        Self { router: rest::routes().with_state(services), code, _folder: folder }
    }

    async fn send(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn post(&self, path: &str, bearer: Option<&str>, body: &impl Serialize) -> Response {
        let mut request = Request::post(path).header("content-type", "application/json");
        if let Some(token) = bearer {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        self.send(request.body(serde_json::to_vec(body).unwrap().into()).unwrap()).await
    }

    async fn enrol(&self) -> EnrolResponse {
        let body = EnrolRequest { code: self.code.clone(), device_id: DEVICE, label: "prueba".into() };
        good(self.post("/field/v1/enrol", None, &body).await).await
    }
}

async fn read<T: DeserializeOwned>(response: Response) -> T {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&bytes).unwrap()
}

async fn good<T: DeserializeOwned>(response: Response) -> T {
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["cache-control"], "no-store");
    read(response).await
}

async fn refused(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["cache-control"], "no-store");
    let error: FieldError = read(response).await;
    assert!(!error.detail.is_empty());
    (status, error.code)
}

fn visit(enrolled: &EnrolResponse, stop: &domain::field::Stop) -> WireEvent {
    let draft = EventDraft {
        event_id: Uuid::from_u128(70),
        device_id: DEVICE,
        collector_id: enrolled.collector_id,
        assignment_id: Some(stop.assignment_id),
        account_id: Some(stop.account_id),
        base_cursor: None,
        wall_ms: 1_795_197_600_000,
        server_anchor_ms: None,
        position: Position::None { reason: NoFixReason::Denied },
        body: domain::field::Body::Visit(VisitRecorded {
            disposition: VisitDisposition::NotHome,
            note: String::new(),
        }),
    };
    build_event(&Head::default(), &draft).unwrap().0
}

#[tokio::test]
async fn a_phone_enrols_pulls_and_pushes() {
    let app = App::new().await;
    let enrolled = app.enrol().await;
    let access = enrolled.tokens.access_token.clone();
    let pull = |cursor: String, access: String| {
        let address = format!("/field/v1/pull?cursor={cursor}");
        Request::get(address).header("authorization", format!("Bearer {access}")).body(Body::empty()).unwrap()
    };
    let page: PullResponse = good(app.send(pull(String::new(), access.clone())).await).await;
    assert!(page.reset && !page.stops.is_empty());
    let body = PushRequest { device_id: DEVICE, from_seq: 1, events: vec![visit(&enrolled, &page.stops[0])] };
    let pushed: PushResponse = good(app.post("/field/v1/push", Some(&access), &body).await).await;
    assert_eq!((pushed.acked_seq, pushed.acks[0].outcome), (1, Outcome::Recorded));
    let request = TokenRequest { device_id: DEVICE, refresh_token: enrolled.tokens.refresh_token };
    let renewed: TokenPair = good(app.post("/field/v1/token", None, &request).await).await;
    let page: PullResponse = good(app.send(pull(page.cursor, renewed.access_token)).await).await;
    assert_eq!(page.acked_seq, 1);
    assert!(page.stops[0].visited);
}

#[tokio::test]
async fn refusals_are_in_the_phones_own_form() {
    let app = App::new().await;
    let access = app.enrol().await.tokens.access_token;
    let push = PushRequest { device_id: DEVICE, from_seq: 1, events: Vec::new() };
    let unauthorized = (401, error_code::UNAUTHORIZED.to_owned());
    assert_eq!(refused(app.post("/field/v1/push", None, &push).await).await, unauthorized);
    assert_eq!(refused(app.post("/field/v1/push", Some("x.y.z"), &push).await).await, unauthorized);
    let empty = Request::get("/field/v1/pull").body(Body::empty()).unwrap();
    assert_eq!(refused(app.send(empty).await).await, unauthorized);
    let wrong = EnrolRequest { code: "AAAAAAAA".into(), device_id: DEVICE, label: String::new() };
    let bad_code = (400, error_code::BAD_CODE.to_owned());
    assert_eq!(refused(app.post("/field/v1/enrol", None, &wrong).await).await, bad_code);
    let text = app.post("/field/v1/push", Some(&access), &"no es un envío").await;
    assert_eq!(refused(text).await, (422, "malformed".to_owned()));
    let event = WireEvent { seq: 1, hash: String::new(), payload: String::new() };
    let many = PushRequest { events: vec![event; 101], ..push };
    assert_eq!(
        refused(app.post("/field/v1/push", Some(&access), &many).await).await,
        (413, "too_many".to_owned())
    );
}
