//! One click ends e-mail to where a message went, from wherever it comes, and does nothing else.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
#![allow(
    clippy::expect_used,
    clippy::string_slice,
    clippy::panic,
    dead_code,
    reason = "tests fail by panicking"
)]

mod support;

use std::sync::{Arc, Mutex};

use reqwest::StatusCode;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use services::outbox::{Channel, Channels, OutgoingMessage, ProviderRef, SendError};
use store::entities::{audit_rows, contact_points, contact_refusals, outbox_messages};
use support::Server;
use testkit::{Bench, both};
use uuid::Uuid;

/// Keeps where each message is stopped.
#[derive(Default)]
struct Kept(Mutex<Vec<Option<String>>>);

#[async_trait::async_trait]
impl Channel for Kept {
    async fn send(&self, message: &OutgoingMessage) -> Result<ProviderRef, SendError> {
        self.0.lock().unwrap().push(message.stop.clone());
        Ok(None)
    }
}

/// Queues an e-mail for somebody, and tries to send it.
async fn send(bench: &Bench, to: &contact_points::Model, service: &str) -> (String, Option<String>) {
    let id = testkit::queue_email(&bench.services, to, service).await;
    let kept = Arc::new(Kept::default());
    let channels: Channels = [("email", Arc::clone(&kept) as Arc<dyn Channel>)].into();
    while bench.services.deliver_messages(&channels).await.unwrap() > 0 {}
    let row = outbox_messages::Entity::find_by_id((to.organization_id, id)).one(bench.services.db.read());
    let stop = kept.0.lock().unwrap().pop().flatten();
    (row.await.unwrap().unwrap().status, stop)
}

both!(one_click_ends_e_mail_and_nothing_else, |bench| {
    bench.demo(40).await;
    let db = bench.services.db.read();
    // What the demo left in the outbox does not matter here.
    let tx = bench.services.db.begin().await.unwrap();
    outbox_messages::Entity::delete_many().exec(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let emails = contact_points::Entity::find().filter(contact_points::Column::Kind.eq("email"));
    let to = emails.one(db).await.unwrap().unwrap();
    let (status, stop) = send(&bench, &to, "case_answer").await;
    assert_eq!(status, "sent");
    let address = stop.unwrap();
    let path = address.strip_prefix("http://127.0.0.1:3000").unwrap();
    assert!(!path.contains(&to.party_id.to_string()) && !path.contains('@'), "{path}");
    assert_eq!(send(&bench, &to, "sign_in_code").await, ("sent".to_owned(), None));

    let server = Server::start(&bench.url).await;
    let page = server.browser().get(path).await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    let page = page.text().await.unwrap();
    assert!(page.contains("Dejar de recibir correos") && !page.contains(&to.value), "{page}");
    let refused = async || {
        let all = contact_refusals::Entity::find().all(db).await.unwrap();
        all.into_iter().map(|row| (row.party_id, row.value_key)).collect::<Vec<_>>()
    };
    let before = refused().await.len();
    // A mail program calls from elsewhere, without cookies, and perhaps twice.
    let click = [("List-Unsubscribe", "One-Click")];
    for _ in 0..2 {
        let done = server.browser().post_from(path, &click, "https://mail.example").await.unwrap();
        assert_eq!(done.status(), StatusCode::OK);
        assert!(done.text().await.unwrap().contains("Ya no te escribiremos"));
    }
    assert_eq!(refused().await.len(), before + 1);
    assert!(refused().await.contains(&(to.party_id, domain::text::compact(&to.value))));
    let told = audit_rows::Entity::find().filter(audit_rows::Column::Action.eq("preferences.unsubscribed"));
    assert_eq!(told.all(db).await.unwrap().len(), 1);
    assert_eq!(send(&bench, &to, "case_answer").await, ("cancelled".to_owned(), None));
    assert_eq!(send(&bench, &to, "sign_in_code").await.0, "sent");

    // A changed address is none, and no other page opens by it.
    let (head, tail) = path.split_at(path.len() - 3);
    let changed: String = tail.chars().map(|c| if c == 'A' { 'B' } else { 'A' }).collect();
    for forged in [format!("{head}{changed}"), format!("/baja/{}", Uuid::nil())] {
        let answer = server.browser().post_from(&forged, &click, "https://mail.example").await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{forged}");
    }
    for other in ["/mis-preferencias", "/baja", "/console/mensajes"] {
        let answer = server.browser().post_from(other, &click, "https://mail.example").await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{other}");
    }
});
