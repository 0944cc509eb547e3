//! Messages go out through a real SMTP server: accepted, deferred, refused.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::expect_used, clippy::indexing_slicing)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use channels::bounce;
use channels::email::{self, Email};
use chrono::Duration;
use domain::access::Role;
use domain::ids::OrganizationId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use services::outbox::Channels;
use store::entities::{contact_points, outbox_messages, undeliverable_points};
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
    let away = || Email::new("smtp://127.0.0.1:9", "cobranza@example.com").unwrap();
    let channels: Channels = [(email::NAME, Arc::new(away()) as _)].into();
    let id = queue(&bench, "ana@example.com", None).await;
    bench.services.deliver_messages(&channels).await.unwrap();
    assert_eq!(state(&bench, id).await, ("queued".to_owned(), Some("unreachable".to_owned()), 1));
    for _ in 0..30 {
        bench.clock.advance(Duration::days(1));
        bench.services.deliver_messages(&channels).await.unwrap();
    }
    // The server was left alone before the message had used up its tries.
    assert_eq!(state(&bench, id).await, ("queued".to_owned(), Some("unreachable".to_owned()), 4));
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let mail = Email::new(&format!("smtp://127.0.0.1:{}", server.port), "cobranza@example.com").unwrap();
    let channels: Channels = [(email::NAME, Arc::new(mail) as _)].into();
    bench.clock.advance(Duration::days(1));
    bench.services.deliver_messages(&channels).await.unwrap();
    assert_eq!(state(&bench, id).await.0, "sent");
});

testkit::both!(a_provider_that_fails_is_left_alone_and_tried_with_one_message, |bench| {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let here = Email::new(&format!("smtp://127.0.0.1:{}", server.port), "cobranza@example.com").unwrap();
    let away = Email::new("smtp://127.0.0.1:9", "cobranza@example.com").unwrap();
    let away: Channels = [(email::NAME, Arc::new(away) as _)].into();
    let here: Channels = [(email::NAME, Arc::new(here) as _)].into();
    let mut ids = Vec::new();
    for number in 0..30 {
        ids.push(queue(&bench, &format!("n{number}@example.com"), None).await);
    }
    let tries = async || {
        let mut all = Vec::new();
        for id in &ids {
            all.push(state(&bench, *id).await.2);
        }
        all.into_iter().sum::<i32>()
    };
    let admin = testkit::staff(OrganizationId(Uuid::nil()), Role::Admin);
    let stopped = async || {
        let states = bench.services.channel_states(&admin).await.unwrap();
        states.into_iter().find(|state| state.channel == email::NAME).unwrap().stopped
    };
    bench.services.deliver_messages(&away).await.unwrap();
    let stop = stopped().await.unwrap();
    assert_eq!(stop.retry_at, bench.services.now() + Duration::minutes(1));
    assert_eq!(stop.words.reason.en, "The provider has not taken it yet");
    // Four cost a try; the fifth, which stopped the server, and the fifteen that were leased with it do not.
    assert_eq!(tries().await, 4);
    assert_eq!(bench.services.deliver_messages(&away).await.unwrap(), 0, "nothing before the wait is over");

    bench.clock.advance(Duration::minutes(1));
    let (a, b) = (bench.services.clone(), bench.services.clone());
    let (one, two) = tokio::join!(a.deliver_messages(&away), b.deliver_messages(&away));
    assert_eq!(one.unwrap() + two.unwrap(), 1, "one message is tried, whoever tries it");
    assert_eq!(stopped().await.unwrap().retry_at, bench.services.now() + Duration::minutes(5));
    assert_eq!(tries().await, 4);

    // Recipients that are refused say nothing of the server.
    for number in 0..6 {
        queue(&bench, &format!("rebota{number}@example.com"), None).await;
    }
    bench.clock.advance(Duration::minutes(5));
    assert_eq!(bench.services.deliver_messages(&here).await.unwrap(), 1);
    assert!(stopped().await.is_none());
    bench.clock.advance(Duration::minutes(5));
    while bench.services.deliver_messages(&here).await.unwrap() > 0 {}
    assert!(stopped().await.is_none(), "refused recipients stop nobody");
    for id in &ids {
        assert_eq!(state(&bench, *id).await.0, "sent");
    }
});

testkit::both!(what_comes_back_is_noted_and_nobody_writes_there_again, |bench| {
    let org = bench.demo(40).await;
    let tx = bench.services.db.begin().await.unwrap();
    outbox_messages::Entity::delete_many().exec(&tx).await.unwrap();
    let emails = contact_points::Entity::find().filter(contact_points::Column::Kind.eq("email"));
    let point = emails.one(&tx).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let mail = Email::new(&format!("smtp://127.0.0.1:{}", server.port), "Agencia <cobranza@example.com>");
    let mail = mail.unwrap().with_bounces("bounces@example.com").unwrap();
    let channels: Channels = [(email::NAME, Arc::new(mail) as _)].into();
    let mut services = bench.services.clone();
    services.public_url = "https://deudas.example.com".to_owned();
    let send = async |service: &str| {
        let id = testkit::queue_email(&bench.services, &point, service).await;
        services.deliver_messages(&channels).await.unwrap();
        id
    };
    let row = async |id: Uuid| {
        let found = outbox_messages::Entity::find_by_id((org.0, id)).one(bench.services.db.read()).await;
        let row = found.unwrap().unwrap();
        (row.status, row.delivery, row.failure)
    };
    let (first, code) = (send("case_answer").await, send("sign_in_code").await);
    let sent = letters(folder.path());
    assert!(sent[0].contains("List-Unsubscribe: <https://deudas.example.com/baja/"), "{}", sent[0]);
    assert!(sent[0].contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
    assert!(!sent[1].contains("List-Unsubscribe"), "{}", sent[1]);
    let from = std::fs::read_to_string(folder.path().join("0.from")).unwrap();
    assert_eq!(from, format!("bounces+{first}@example.com"));

    // The report holds nothing of the message but the address that it came back to.
    let report = bounce::read(include_bytes!("dsn/bare.eml"), Some(&from)).unwrap();
    let full = include_str!("dsn/gmail.eml").replace("{ID}", &code.to_string());
    let full = bounce::read(full.as_bytes(), None).unwrap();
    for report in [report.clone(), full, report] {
        services.receive_reports(email::NAME, vec![report]).await.unwrap();
    }
    services.process_channel_reports().await.unwrap();
    let undelivered =
        |failure: &str| ("sent".to_owned(), Some("undelivered".to_owned()), Some(failure.to_owned()));
    assert_eq!(row(first).await, undelivered("bounced:5.4.4"));
    assert_eq!(row(code).await, undelivered("bounced:5.2.2"), "a full mailbox ends nothing");
    let gone = undeliverable_points::Entity::find().all(services.db.read()).await.unwrap();
    assert_eq!(gone.len(), 1);
    assert_eq!(gone[0].cause, "bounced:5.4.4");
    // What nobody asked for is not sent there any more; a code is.
    let (next, code) = (send("case_answer").await, send("sign_in_code").await);
    assert_eq!(row(next).await, ("cancelled".to_owned(), None, Some("undeliverable".to_owned())));
    assert_eq!(row(code).await.0, "sent");
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
