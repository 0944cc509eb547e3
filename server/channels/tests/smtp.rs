//! Messages go out through a real SMTP server: accepted, deferred, refused.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use channels::email::{self, Email};
use chrono::Duration;
use sea_orm::{EntityTrait, Set};
use services::outbox::Channels;
use store::entities::outbox_messages;
use testkit::Bench;
use uuid::Uuid;

struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/smtp_server.py");
        let python = ["/usr/bin/python3", "python3"].into_iter().find(|python| {
            let mut has = Command::new(python);
            has.args(["-c", "import aiosmtpd"]).stderr(Stdio::null());
            has.status().is_ok_and(|status| status.success())
        });
        let python = python.expect("Python with aiosmtpd: the system's package python3-aiosmtpd has it");
        let mut server = Command::new(python);
        let mut child = server.arg(script).arg(folder).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, port: line.trim().parse().unwrap() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn queue(bench: &Bench, recipient: &str, lives: Option<Duration>) -> Uuid {
    let id = bench.services.new_id();
    let row = outbox_messages::ActiveModel {
        organization_id: Set(Uuid::nil()),
        id: Set(id),
        party_id: Set(None),
        channel: Set(email::NAME.to_owned()),
        recipient: Set(recipient.to_owned()),
        subject: Set(Some("Tu código".to_owned())),
        body: Set("Tu código es 123456. ¡Que estés bien!".to_owned()),
        created_at: Set(bench.services.now()),
        status: Set("queued".to_owned()),
        sent_at: Set(None),
        tries: Set(0),
        next_try_at: Set(None),
        leased_until: Set(None),
        expires_at: Set(lives.map(|lives| bench.services.now() + lives)),
        failure: Set(None),
        service: Set(Some("sign_in_code".to_owned())),
        account_id: Set(None),
        decision_id: Set(None),
        ..outbox_messages::ActiveModel::default()
    };
    let tx = bench.services.db.begin().await.unwrap();
    outbox_messages::Entity::insert(row).exec_without_returning(&tx).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn state(bench: &Bench, id: Uuid) -> (String, Option<String>, i32) {
    let row = outbox_messages::Entity::find_by_id((Uuid::nil(), id)).one(bench.services.db.read()).await;
    let row = row.unwrap().unwrap();
    (row.status, row.failure, row.tries)
}

fn letters(folder: &Path) -> Vec<String> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|kind| kind == "eml"));
    files.sort();
    files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

testkit::both!(messages_go_out_wait_or_fail_with_a_reason, |bench| {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let mail =
        Email::new(&format!("smtp://127.0.0.1:{}", server.port), "Agencia <cobranza@example.com>").unwrap();
    let channels: Channels = [(email::NAME, Arc::new(mail) as _)].into();
    let accepted = queue(&bench, "ana@example.com", None).await;
    let refused = queue(&bench, "rebota@example.com", None).await;
    let deferred = queue(&bench, "luego@example.com", None).await;
    let odd = queue(&bench, "no es un correo", None).await;
    let stale = queue(&bench, "tarde@example.com", Some(Duration::zero())).await;
    assert_eq!(bench.services.deliver_messages(&channels).await.unwrap(), 4);
    assert_eq!(state(&bench, accepted).await, ("sent".to_owned(), None, 1));
    assert_eq!(state(&bench, refused).await, ("failed".to_owned(), Some("refused:550".to_owned()), 1));
    assert_eq!(state(&bench, deferred).await, ("queued".to_owned(), Some("deferred:451".to_owned()), 1));
    assert_eq!(state(&bench, odd).await, ("failed".to_owned(), Some("bad_address".to_owned()), 1));
    assert_eq!(state(&bench, stale).await, ("expired".to_owned(), None, 0));
    // Nothing more before the wait is over, and then it goes out.
    assert_eq!(bench.services.deliver_messages(&channels).await.unwrap(), 0);
    std::fs::write(folder.path().join("ya"), "").unwrap();
    bench.clock.advance(Duration::minutes(2));
    assert_eq!(bench.services.deliver_messages(&channels).await.unwrap(), 1);
    assert_eq!(state(&bench, deferred).await, ("sent".to_owned(), None, 2));
    let letters = letters(folder.path());
    assert_eq!(letters.len(), 2);
    assert!(letters[0].contains(&format!("Message-ID: <{accepted}@example.com>")), "{}", letters[0]);
    assert!(letters[0].contains("To: ana@example.com"));
});

testkit::both!(a_server_that_is_away_loses_nothing, |bench| {
    let mail = Email::new("smtp://127.0.0.1:9", "cobranza@example.com").unwrap();
    let channels: Channels = [(email::NAME, Arc::new(mail) as _)].into();
    let id = queue(&bench, "ana@example.com", None).await;
    bench.services.deliver_messages(&channels).await.unwrap();
    assert_eq!(state(&bench, id).await, ("queued".to_owned(), Some("unreachable".to_owned()), 1));
    for _ in 0..7 {
        bench.clock.advance(Duration::days(1));
        bench.services.deliver_messages(&channels).await.unwrap();
    }
    assert_eq!(state(&bench, id).await.0, "failed");
});

testkit::both!(workers_at_once_send_each_message_once, |bench| {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let mail = Email::new(&format!("smtp://127.0.0.1:{}", server.port), "cobranza@example.com").unwrap();
    let channels: Channels = [(email::NAME, Arc::new(mail) as _)].into();
    for number in 0..30 {
        queue(&bench, &format!("n{number}@example.com"), None).await;
    }
    let (a, b) = (bench.services.clone(), bench.services.clone());
    let (one, two) = tokio::join!(a.deliver_messages(&channels), b.deliver_messages(&channels));
    assert_eq!(one.unwrap() + two.unwrap(), 30);
    assert_eq!(letters(folder.path()).len(), 30);
});
