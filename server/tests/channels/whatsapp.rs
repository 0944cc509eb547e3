//! WhatsApp: templates outside of a conversation, texts inside, states in any order.

use std::time::Duration as Pause;

use chrono::Duration;
use domain::access::Role;
use http::StatusCode;
use services::outbox::ProviderTemplate;
use testkit::{both, staff};

use super::whatsapp_server::{SECRET, TEMPLATE, VERIFY};
use super::{Stage, told};

fn template(name: &str) -> Option<ProviderTemplate> {
    let params = vec!["Ana".to_owned(), "$ 1,250.00".to_owned()];
    Some(ProviderTemplate { name: name.to_owned(), language: "es_MX".to_owned(), params })
}

both!(templates_open_a_conversation_and_texts_go_on, |bench| {
    let stage = Stage::set(&bench, 60, Pause::ZERO).await;
    let debts = stage.debts().await;
    let (ana, now) = (&debts[0], bench.services.now().timestamp());
    let url = stage.services.public_url.clone();
    let without = stage.queue("whatsapp", ana, true, None).await;
    stage.deliver().await;
    assert_eq!(stage.state(without).await, told("failed", None, Some("needs_template")));
    let unknown = stage.queue("whatsapp", ana, true, template("otra")).await;
    stage.deliver().await;
    assert_eq!(stage.state(unknown).await, told("failed", None, Some("bad_template")));
    let first = stage.queue("whatsapp", ana, true, template(TEMPLATE)).await;
    stage.deliver().await;
    assert_eq!(stage.state(first).await, told("sent", None, None));
    let taken = stage.whatsapp.taken();
    assert_eq!(taken[0].request["template"]["components"][0]["parameters"][1]["text"], "$ 1,250.00");

    // The person answers, from the spelling of Mexico that WhatsApp uses: a text may go.
    let from = format!("521{}", ana.phone.trim_start_matches("+52"));
    let said = stage.whatsapp.text("wamid.in1", &from, "Hola, ¿quién eres?", now);
    assert_eq!(stage.whatsapp.call(&url, vec![said], SECRET).await, StatusCode::NO_CONTENT);
    stage.work_off().await;
    let answer = stage.queue("whatsapp", ana, false, template(TEMPLATE)).await;
    stage.deliver().await;
    assert_eq!(stage.state(answer).await, told("sent", None, None));
    assert_eq!(stage.whatsapp.taken()[1].request["type"], "text");
    let written = stage.services.messages_from(&staff(stage.org, Role::Agent), ana.party).await.unwrap();
    assert_eq!(written[0].body, "Hola, ¿quién eres?");

    // A day later it is a template again.
    bench.clock.advance(Duration::hours(24));
    stage.whatsapp.close_windows();
    let later = stage.queue("whatsapp", ana, false, template(TEMPLATE)).await;
    stage.deliver().await;
    assert_eq!(stage.state(later).await, told("sent", None, None));
    assert_eq!(stage.whatsapp.taken()[2].request["type"], "template");
    assert_eq!(stage.whatsapp.faults(), Vec::<String>::new(), "every request is as Meta describes it");

    // Several states in one call, in any order and twice.
    let wamid = stage.row(first).await.provider_ref.unwrap();
    let states = ["read", "sent", "delivered", "read"];
    let values = states.iter().map(|state| stage.whatsapp.status(&wamid, state, now, None)).collect();
    assert_eq!(stage.whatsapp.call(&url, values, SECRET).await, StatusCode::NO_CONTENT);
    let lost = stage.row(later).await.provider_ref.unwrap();
    let values = vec![
        stage.whatsapp.status(&lost, "failed", now, Some(131_026)),
        stage.whatsapp.status(&lost, "sent", now, None),
    ];
    assert_eq!(stage.whatsapp.call(&url, values, SECRET).await, StatusCode::NO_CONTENT);
    stage.work_off().await;
    assert_eq!(stage.state(first).await, told("sent", Some("read"), None));
    assert_eq!(stage.state(later).await, told("sent", Some("undelivered"), Some("not_on_whatsapp")));

    // SAIR closes WhatsApp alone.
    let said = stage.whatsapp.text("wamid.in2", &from, "Sair", now);
    stage.whatsapp.call(&url, vec![said], SECRET).await;
    stage.work_off().await;
    let refused = stage.queue("whatsapp", ana, true, template(TEMPLATE)).await;
    let text = stage.queue("sms", ana, true, None).await;
    stage.deliver().await;
    assert_eq!(stage.state(refused).await, told("cancelled", None, Some("refused")));
    assert_eq!(stage.state(text).await, told("sent", None, None));
});

both!(whoever_is_not_meta_is_not_believed, |bench| {
    let stage = Stage::set(&bench, 30, Pause::ZERO).await;
    let debt = stage.debts().await.remove(0);
    let url = stage.services.public_url.clone();
    let id = stage.queue("whatsapp", &debt, false, template(TEMPLATE)).await;
    stage.deliver().await;
    let wamid = stage.row(id).await.provider_ref.unwrap();
    let value = || vec![stage.whatsapp.status(&wamid, "read", 1_795_000_000, None)];
    assert_eq!(stage.whatsapp.call(&url, value(), "another secret").await, StatusCode::FORBIDDEN);
    assert_eq!(stage.whatsapp.call(&url, value(), "an-older-secret").await, StatusCode::NO_CONTENT);
    stage.work_off().await;
    assert_eq!(stage.state(id).await, told("sent", Some("read"), None));
    let ask = async |word: &str| {
        let asks =
            format!("{url}/webhooks/whatsapp?hub.mode=subscribe&hub.challenge=77&hub.verify_token={word}");
        let answer = reqwest::get(asks).await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    };
    assert_eq!(ask(VERIFY).await, (StatusCode::OK, "77".to_owned()));
    assert_eq!(ask("otra").await.0, StatusCode::FORBIDDEN);
});
