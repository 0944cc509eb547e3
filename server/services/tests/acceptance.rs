//! Who accepts an agreement proves that it is them, on both databases.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(clippy::panic, reason = "tests fail by panicking")]

use chrono::Duration;
use domain::access::Role;
use domain::ids::{AccountId, ArrangementId};
use services::accounts::AccountFilter;
use services::arrangements::{AcceptArrangement, Ask, NewNegotiation};
use services::debtors::{CodeAnswer, DebtorSession, Standing};
use services::verify::VerifyScope;
use services::{ServiceError, ServiceResult, Services};
use testkit::{Bench, both, staff};

/// The six figures after `before` in the newest message, and where it went.
async fn code(services: &Services, before: &str) -> (String, String) {
    let message = services.demo_outbox().await.unwrap().remove(0);
    let (_, rest) = message.body.split_once(before).unwrap();
    (rest.chars().take(6).collect(), message.recipient)
}

/// A debtor who signs in with a code, one of their debts, and where their code went.
async fn signed_in(bench: &Bench) -> (DebtorSession, AccountId, String) {
    let org = bench.demo(60).await;
    let (services, agent) = (&bench.services, staff(org, Role::Agent));
    let filter = AccountFilter { amount_from: Some(100_000), ..AccountFilter::default() };
    for line in services.list_accounts(&agent, &filter).await.unwrap().lines {
        let Some(document) = line.document else { continue };
        let id = AccountId(line.id);
        if services.offers_for(&agent, id).await.unwrap().deals.is_empty() {
            continue;
        }
        // Messages of one instant have no order.
        bench.clock.advance(Duration::seconds(1));
        let before = services.demo_outbox().await.unwrap().first().map(|message| message.id);
        let challenge = services.request_code(&document, "1").await.unwrap();
        if services.demo_outbox().await.unwrap().first().map(|message| message.id) == before {
            continue;
        }
        let (code, recipient) = code(services, "código es ").await;
        let token =
            services.prove_code(challenge, &code, "1", domain::party::DeviceKind::Phone).await.unwrap();
        let session = services.debtor_session(&token).await.unwrap().unwrap();
        return (session, id, recipient);
    }
    panic!("nobody of the demo can sign in");
}

/// An offer to accept, and how.
async fn offer(
    services: &Services,
    session: &DebtorSession,
    account_id: AccountId,
) -> (ArrangementId, AcceptArrangement) {
    let name = services.offers_for(&session.actor, account_id).await.unwrap().deals[0].offer.clone();
    let new = NewNegotiation { id: services.new_id(), account_id, ask: Ask::Offer(name), surface: "portal" };
    let answer = services.negotiate(&session.actor, new).await.unwrap();
    let id = services.take_deal(&session.actor, answer.id, 0).await.unwrap();
    let terms_hash = services.arrangement(&session.actor, id).await.unwrap().terms_hash;
    let words = "Acepto".to_owned();
    (id, AcceptArrangement { terms_hash, channel: "portal".to_owned(), words, origin: None })
}

fn about_code(result: ServiceResult<()>) -> bool {
    matches!(result, Err(ServiceError::Invalid(issues)) if issues[0].field == "code")
}

both!(a_fresh_sign_in_is_proof_enough, |bench| {
    let (session, account, recipient) = signed_in(&bench).await;
    let services = &bench.services;
    let (id, accept) = offer(services, &session, account).await;
    bench.clock.advance(Duration::minutes(15));
    assert_eq!(services.standing(&session, None).await.unwrap(), Standing::Fresh);
    // The actor alone proves nothing.
    assert!(about_code(services.accept_arrangement(&session.actor, id, accept.clone()).await));
    services.accept_my_arrangement(&session, id, accept, None).await.unwrap();
    let evidence = services.arrangement(&session.actor, id).await.unwrap().evidence.unwrap();
    assert_eq!(evidence["proof"]["by"], "code");
    let target = evidence["proof"]["target"].as_str().unwrap();
    assert!(target.contains('•') && !evidence.to_string().contains(&recipient), "masked: {target}");
    assert_eq!(services.verify(VerifyScope::All).await.unwrap().differences, []);
});

both!(an_old_sign_in_needs_a_code, |bench| {
    let (session, account, recipient) = signed_in(&bench).await;
    let services = &bench.services;
    let (id, accept) = offer(services, &session, account).await;
    bench.clock.advance(Duration::minutes(16));
    assert!(matches!(services.standing(&session, None).await.unwrap(), Standing::Needed(Some(_))));
    assert!(about_code(services.accept_my_arrangement(&session, id, accept.clone(), None).await));

    // It goes where the sign-in was answered, and opens no session.
    let challenge = services.send_fresh_code(&session).await.unwrap();
    let (right, sent_to) = code(services, "confirmar es ").await;
    assert_eq!(sent_to, recipient);
    assert!(
        services.prove_code(challenge, &right, "1", domain::party::DeviceKind::Phone).await.is_err(),
        "it is no sign-in"
    );
    assert!(matches!(services.standing(&session, Some(challenge)).await.unwrap(), Standing::Sent { .. }));
    let answer = |code: &str| Some(CodeAnswer { challenge, code: code.to_owned() });
    let wrong = if right == "000000" { "000001" } else { "000000" };
    assert!(about_code(services.accept_my_arrangement(&session, id, accept.clone(), answer(wrong)).await));

    // An acceptance that fails for another reason does not cost the code.
    let other = AcceptArrangement { terms_hash: "00".to_owned(), ..accept.clone() };
    let failed = services.accept_my_arrangement(&session, id, other, answer(&right)).await;
    assert!(matches!(failed, Err(ServiceError::Invalid(issues)) if issues[0].field == "status"));
    services.accept_my_arrangement(&session, id, accept.clone(), answer(&right)).await.unwrap();
    services.accept_my_arrangement(&session, id, accept, answer(&right)).await.unwrap();
    let evidence = services.arrangement(&session.actor, id).await.unwrap().evidence.unwrap();
    assert_eq!(evidence["proof"]["by"], "confirm");
    assert!(matches!(services.standing(&session, Some(challenge)).await.unwrap(), Standing::Needed(_)));
    assert_eq!(services.verify(VerifyScope::All).await.unwrap().differences, []);
});

both!(a_code_is_not_guessed_and_not_somebody_elses, |bench| {
    let (session, account, _) = signed_in(&bench).await;
    let services = &bench.services;
    let (id, accept) = offer(services, &session, account).await;
    bench.clock.advance(Duration::minutes(16));
    let challenge = services.send_fresh_code(&session).await.unwrap();
    let (right, _) = code(services, "confirmar es ").await;
    let wrong = if right == "000000" { "000001" } else { "000000" };
    for guess in [wrong; 5].into_iter().chain([right.as_str()]) {
        let answer = Some(CodeAnswer { challenge, code: guess.to_owned() });
        assert!(about_code(services.accept_my_arrangement(&session, id, accept.clone(), answer).await));
    }
    // Five codes in fifteen minutes, and each for ten.
    let mut last = challenge;
    for _ in 0..4 {
        bench.clock.advance(Duration::seconds(1));
        last = services.send_fresh_code(&session).await.unwrap();
    }
    let (right, _) = code(services, "confirmar es ").await;
    assert!(matches!(services.send_fresh_code(&session).await, Err(ServiceError::Throttled { .. })));
    bench.clock.advance(Duration::minutes(10));
    let answer = Some(CodeAnswer { challenge: last, code: right });
    assert!(about_code(services.accept_my_arrangement(&session, id, accept, answer).await), "too late");
});
