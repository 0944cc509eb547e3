//! An organization's own account at the gateway: the console keeps it sealed, payments go by it, its
//! webhooks come to its own address.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    dead_code,
    reason = "tests fail by panicking"
)]

mod support;

use std::process::Command;
use std::time::Duration;

use domain::access::Role;
use domain::ids::OrganizationId;
use reqwest::StatusCode;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use services::ServiceError;
use services::gateway_accounts::{NewGatewayAccount, OwnGateways, Vault, new_account_key};
use support::stand_in::{SECRET, StandIn};
use support::{Server, location, saldar};
use testkit::{Bench, both, staff};
use uuid::Uuid;

const SEAL: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const KEY: &str = "rk_test_the_organizations_own_9Xyz";
const ANA: &str = "DEMO900101AA1";

fn command(bench: &Bench, stripe: &StandIn) -> Command {
    let mut command = saldar(&bench.url);
    command
        .env("SALDAR_SECRETS_KEY", SEAL)
        .env("SALDAR_GATEWAY", "none")
        .env("SALDAR_STRIPE_API", &stripe.url);
    command
}

async fn text(bench: &Bench, sql: &str) -> Vec<String> {
    let db = bench.services.db.read();
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect()
}

async fn count(bench: &Bench, sql: &str) -> i64 {
    let db = bench.services.db.read();
    let statement = Statement::from_string(db.get_database_backend(), sql);
    db.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

/// The id that the page's form carries.
fn form_id(page: &str) -> String {
    let at = page.find("name=\"account\" value=\"").unwrap() + "name=\"account\" value=\"".len();
    page[at..at + 36].to_owned()
}

both!(an_organization_is_paid_by_its_own_account, |bench| {
    bench.demo(40).await;
    let stripe = StandIn::start();
    let server = Server::start_with(command(&bench, &stripe), &bench.url).await;
    let admin = server.staff("admin").await;
    let manager = server.staff("gerente").await;
    assert_eq!(manager.get("/console/pasarela").await.unwrap().status(), StatusCode::FORBIDDEN);
    let page = admin.get("/console/pasarela").await.unwrap().text().await.unwrap();
    let id = form_id(&page);
    let key = new_account_key("stripe", id.parse().unwrap());
    assert!(page.contains(&format!("/webhooks/{key}")), "the address is known before the secret is");

    // Refused: the same page, 422, and nothing that was typed of what is secret.
    let wrong = [
        ("step", "open"),
        ("account", &id),
        ("key", "sk_live_never_in_a_demo_12345"),
        ("webhook_secret", SECRET),
    ];
    let answer = admin.post("/console/pasarela", &wrong).await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.text().await.unwrap();
    assert!(
        page.contains("Es una clave real") && !page.contains("never_in_a_demo") && !page.contains(SECRET)
    );
    assert_eq!(form_id(&page), id, "the address stays");

    let form = [("step", "open"), ("account", &id), ("key", KEY), ("webhook_secret", SECRET)];
    for _ in 0..2 {
        location(&admin.post("/console/pasarela", &form).await.unwrap());
    }
    assert_eq!(count(&bench, "SELECT COUNT(*) FROM gateway_accounts").await, 1, "a double post does it once");
    let page = admin.get("/console/pasarela").await.unwrap().text().await.unwrap();
    assert!(page.contains("9Xyz") && !page.contains(KEY) && !page.contains(SECRET));
    for sealed in
        text(&bench, "SELECT sealed_key FROM gateway_accounts UNION ALL SELECT sealed FROM gateway_secrets")
            .await
    {
        assert!(sealed.starts_with("v1:") && !sealed.contains("rk_test") && !sealed.contains("whsec"));
        assert!(!sealed.contains(&hex::encode("organizations")), "{sealed}");
    }
    for details in text(&bench, "SELECT details FROM audit_rows WHERE action LIKE 'gateway_account%'").await {
        assert!(!details.contains("organizations_own") && !details.contains("stand_in"), "{details}");
    }

    // Ana pays by it; its webhooks come to its own address.
    let url = format!("{}/webhooks/{key}", server.base);
    stripe.tell("delivery", json!({ "mode": "hold", "url": url })).await;
    let ana = server.debtor(ANA).await;
    let debt = ana.first_link("/deudas", "/deudas/").await;
    let pay = async |amount: &str| {
        let form = [("choice", "other"), ("amount", amount)];
        let page = location(&ana.post(&format!("{debt}/pagar"), &form).await.unwrap());
        stripe.settle(page.rsplit('/').next().unwrap(), "pay").await
    };
    let intent = pay("10.00").await;
    let events: Vec<String> = stripe.events_of(&intent, "").await.into_iter().map(|(_, id)| id).collect();
    stripe.deliver(&events).await;
    let posted = format!("SELECT COUNT(*) FROM entries WHERE source LIKE 'payment:{key}:%'");
    for _ in 0..200 {
        if count(&bench, &posted).await == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(count(&bench, &posted).await, 1);
    // The deployment's address knows nothing of it.
    let other = reqwest::Client::new().post(format!("{}/webhooks/stripe", server.base)).send().await.unwrap();
    assert_eq!(other.status(), StatusCode::NOT_FOUND);

    // A new secret is added; what still comes under the old one alone is believed, and told.
    let add = [("step", "add"), ("account", id.as_str()), ("webhook_secret", "whsec_the_new_one_0001")];
    location(&admin.post("/console/pasarela", &add).await.unwrap());
    let intent = pay("11.00").await;
    let events: Vec<String> = stripe.events_of(&intent, "").await.into_iter().map(|(_, id)| id).collect();
    stripe.deliver(&events).await;
    let page = admin.get("/console/pasarela").await.unwrap().text().await.unwrap();
    assert!(page.contains("firmados con un secreto anterior"), "{page}");
    assert_eq!(count(&bench, "SELECT COUNT(*) FROM audit_rows WHERE action = 'webhook.old_secret'").await, 1);
    // Ended, it is believed no more.
    let secret = oldest_secret(&bench).await;
    let end = [("step", "end"), ("account", id.as_str()), ("secret", secret.as_str())];
    location(&admin.post("/console/pasarela", &end).await.unwrap());
    let intent = pay("12.00").await;
    let events: Vec<String> = stripe.events_of(&intent, "").await.into_iter().map(|(_, id)| id).collect();
    let report = stripe.tell("deliver", json!({ "events": events, "lanes": 1 })).await;
    assert_eq!(report["statuses"]["400"], events.len(), "{report}");

    // Without the key that seals, nothing starts: better than a payment that fails.
    let mut blind = saldar(&bench.url);
    let refused = blind.args(["verify", "ledger"]).env("SALDAR_STRIPE_API", &stripe.url).output().unwrap();
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("SALDAR_SECRETS_KEY"));
    let mut other = command(&bench, &stripe);
    let other =
        other.env("SALDAR_SECRETS_KEY", SEAL.replace('1', "2")).args(["verify", "ledger"]).output().unwrap();
    assert!(!other.status.success());

    // Closed, it takes no new payments; what was begun is still its own.
    location(&admin.post("/console/pasarela", &[("step", "close"), ("account", &id)]).await.unwrap());
    let answer =
        ana.post(&format!("{debt}/pagar"), &[("choice", "other"), ("amount", "13.00")]).await.unwrap();
    assert_ne!(answer.status(), StatusCode::SEE_OTHER);
    let wrong: Vec<_> = stripe.ask("requests").await.into_iter().filter(|one| one["valid"] != true).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
});

/// The id of the old secret.
async fn oldest_secret(bench: &Bench) -> String {
    use sea_orm::{EntityTrait, QueryOrder};
    use store::entities::gateway_secrets::{Column, Entity};
    let rows = Entity::find().order_by_asc(Column::AddedAt).all(bench.services.db.read()).await.unwrap();
    rows[0].id.to_string()
}

both!(an_account_is_its_organizations_alone, |bench| {
    let org = bench.demo(5).await;
    let mut services = bench.services.clone();
    let opener = gateways::stripe::StripeAccounts { live: false, base: None };
    services.own_gateways = OwnGateways::new(Vault::parse(SEAL).unwrap(), std::sync::Arc::new(opener));
    let admin = staff(org, Role::Admin);
    let id = Uuid::from_u128(77);
    let new = NewGatewayAccount { id, key: KEY.to_owned(), webhook_secret: SECRET.to_owned() };
    for role in [Role::Manager, Role::Supervisor, Role::Agent, Role::Auditor] {
        let denied = services.open_gateway_account(&staff(org, role), new.clone()).await;
        assert!(matches!(denied, Err(ServiceError::Denied(_))));
    }
    services.open_gateway_account(&admin, new.clone()).await.unwrap();
    let second = NewGatewayAccount { id: Uuid::from_u128(78), ..new };
    let refused = services.open_gateway_account(&admin, second).await;
    assert!(matches!(refused, Err(ServiceError::Invalid(_))), "one takes payments already");
    let elsewhere = staff(OrganizationId(Uuid::from_u128(1)), Role::Admin);
    for result in [
        services.replace_gateway_key(&elsewhere, id, KEY).await,
        services.add_webhook_secret(&elsewhere, id, SECRET).await,
        services.end_webhook_secret(&elsewhere, id, id).await,
        services.close_gateway_account(&elsewhere, id).await,
    ] {
        assert!(matches!(result, Err(ServiceError::NotFound)), "{result:?}");
    }
    assert!(services.gateway_accounts(&elsewhere, None).await.unwrap().accounts.is_empty());
    let view = services.gateway_accounts(&admin, None).await.unwrap().accounts.remove(0);
    let last = services.end_webhook_secret(&admin, id, view.secrets[0].id).await;
    assert!(matches!(last, Err(ServiceError::Invalid(_))), "the last secret stays");
    // In production, a test key is refused before anything is kept.
    let opener = gateways::stripe::StripeAccounts { live: true, base: None };
    services.own_gateways = OwnGateways::new(Vault::parse(SEAL).unwrap(), std::sync::Arc::new(opener));
    let refused = services.replace_gateway_key(&admin, id, KEY).await;
    assert!(matches!(refused, Err(ServiceError::Invalid(_))));
    assert!(services.check_own_gateways().await.is_err(), "and what is kept may not be used");
});
