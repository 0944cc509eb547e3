//! Facts, late facts and balances at two times, through the use cases, on both databases.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]

use chrono::{Days, Duration, NaiveDate};
use domain::access::Role;
use domain::account::Component;
use domain::ids::{AccountId, OrganizationId};
use domain::ledger::{Beneficiary, EntryKind, FactKind, PaymentMethod};
use domain::money::Money;
use domain::terms::ProductTerms;
use services::accounts::AccountFilter;
use services::ledger::{ManualFact, NewTerms};
use services::payments::{PostPayment, ReceiptSeries};
use services::verify::VerifyScope;
use services::{ServiceError, Services};
use testkit::{Bench, both, staff};

const TERMS: &str = r#"{
    "accruals": [{ "kind": "default", "rate": {"fixed": "36"}, "method": {"simple": "ACT/360"}, "vat_pct": "16" }],
    "allocation": ["collection_cost", "late_charge", "default_interest", "tax", "interest", "principal"]
}"#;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An account past due, of a creditor whose terms let interest grow from the demo's date on.
async fn account_under_terms(bench: &Bench, org: OrganizationId) -> AccountId {
    let services = &bench.services;
    let filter =
        AccountFilter { amount_from: Some(100_000), days_from: Some(10), ..AccountFilter::default() };
    let page = services.list_accounts(&staff(org, Role::Agent), &filter).await.unwrap();
    let id = AccountId(page.lines[0].id);
    let account = services.account_view(&staff(org, Role::Agent), id).await.unwrap().summary.account;
    let new = NewTerms {
        creditor_id: account.creditor_id,
        product: account.product.unwrap_or_default(),
        effective_from: day("2026-11-20"),
        terms: serde_json::from_str::<ProductTerms>(TERMS).unwrap(),
        note: Some("contrato 2026".to_owned()),
    };
    let preview = services.preview_terms(&staff(org, Role::Manager), &new).await.unwrap();
    assert!(preview.accounts > 0 && preview.changes.iter().all(|change| change.now == change.then));
    let version = services.add_terms(&staff(org, Role::Manager), new.clone()).await.unwrap();
    assert!(version >= 1);
    let refused = services.add_terms(&staff(org, Role::Agent), new).await;
    assert!(matches!(refused, Err(ServiceError::Denied(_))));
    id
}

async fn pay(
    services: &Services,
    org: OrganizationId,
    id: AccountId,
    minor: i64,
    on: NaiveDate,
    source: &str,
) {
    let currency =
        services.account_view(&staff(org, Role::Agent), id).await.unwrap().summary.account.currency;
    let new = PostPayment {
        account_id: id,
        amount: Money::from_minor(minor, currency),
        method: PaymentMethod::BankTransfer,
        received_on: on,
        source: source.to_owned(),
        reference: None,
        receipt: ReceiptSeries::Next("O"),
        designated: vec![],
    };
    services.post_payment(&staff(org, Role::Agent), new).await.unwrap();
}

async fn assert_clean(services: &Services) {
    assert_eq!(services.verify(VerifyScope::All).await.unwrap().differences, []);
}

both!(a_late_payment_is_as_if_it_had_come_in_time, |bench| {
    let org = bench.demo(60).await;
    let (services, agent) = (&bench.services, staff(org, Role::Agent));
    let id = account_under_terms(&bench, org).await;
    let placed = services.owed(&agent, id, day("2026-11-20"), None).await.unwrap();
    assert!(placed.grown.is_empty());
    // Before the terms were kept, nobody knew that interest would grow.
    let before_terms = services.now() - Duration::seconds(1);
    let unaware = services.owed(&agent, id, day("2026-12-20"), Some(before_terms)).await;
    assert!(unaware.unwrap().grown.is_empty());

    bench.clock.advance(Duration::days(30));
    let told = services.owed(&agent, id, day("2026-12-20"), None).await.unwrap();
    let principal = placed.posted.of(Component::Principal).minor();
    let interest = (i128::from(principal) * 36 * 30 + 18_000) / 36_000;
    let grown = told.total.of(Component::DefaultInterest).sub(placed.posted.of(Component::DefaultInterest));
    assert_eq!(i128::from(grown.unwrap().minor()), interest, "36 % a year for 30 days of 360");
    assert_eq!(services.account_view(&agent, id).await.unwrap().summary.balance, told.total);
    let known = services.now();
    bench.clock.advance(Duration::minutes(5));

    pay(services, org, id, 5_000, day("2026-12-20"), "test:on-time").await;
    assert_clean(services).await;
    bench.clock.advance(Duration::minutes(5));
    // It turns out that the whole principal but 1.00 had been paid on 25 November.
    let early = placed.total.total().unwrap().minor() - 100;
    pay(services, org, id, early, day("2026-11-25"), "test:late").await;
    assert_clean(services).await;
    let journal = services.owed(&agent, id, day("2026-12-20"), None).await.unwrap().journal;
    assert!(journal.iter().any(|entry| entry.kind == EntryKind::Reallocation));

    // The same two payments in the order of their days give the same books.
    let now = services.owed(&agent, id, day("2026-12-31"), None).await.unwrap();
    assert!(now.total.total().unwrap().minor() < 10_000 - 5_000 + early);
    // What we told them then can still be read.
    let then = services.owed(&agent, id, day("2026-12-20"), Some(known)).await.unwrap();
    assert_eq!(then.total, told.total);

    // Taken back, everything is as it was told, less the payment on time.
    let payments = services.account_view(&agent, id).await.unwrap().payments;
    let late = payments.iter().find(|payment| payment.received_on == day("2026-11-25")).unwrap();
    services.reverse_payment(&staff(org, Role::Supervisor), late.id, "duplicado").await.unwrap();
    assert_clean(services).await;
    let back = services.owed(&agent, id, day("2026-12-20"), None).await.unwrap();
    assert_eq!(back.total.total().unwrap().minor(), told.total.total().unwrap().minor() - 5_000);
});

both!(a_debtor_sees_only_their_own_figures, |bench| {
    let org = bench.demo(60).await;
    let id = account_under_terms(&bench, org).await;
    let stranger = domain::access::Actor {
        organization_id: org,
        kind: domain::access::ActorKind::Debtor { party_id: domain::ids::PartyId(uuid::Uuid::nil()) },
    };
    let owed = bench.services.owed(&stranger, id, day("2026-11-20"), None).await;
    assert!(matches!(owed, Err(ServiceError::NotFound)));
});

both!(payments_that_wait_together_are_committed_together_and_fail_alone, |bench| {
    let org = bench.demo(60).await;
    let (services, agent) = (bench.services.clone(), staff(org, Role::Agent));
    let filter = AccountFilter { amount_from: Some(100_000), ..AccountFilter::default() };
    let id = AccountId(services.list_accounts(&agent, &filter).await.unwrap().lines[0].id);
    let currency = services.account_view(&agent, id).await.unwrap().summary.account.currency;
    let before = services.account_view(&agent, id).await.unwrap().payments.len();
    let post = |n: i64| {
        let (services, agent) = (services.clone(), agent.clone());
        let new = PostPayment {
            account_id: id,
            // Every fifth is refused.
            amount: Money::from_minor(if n % 5 == 0 { -1 } else { n }, currency),
            method: PaymentMethod::OfficeCash,
            received_on: day("2026-11-20"),
            source: format!("test:{n}"),
            reference: None,
            receipt: ReceiptSeries::Next("O"),
            designated: vec![],
        };
        tokio::spawn(async move { services.post_payment(&agent, new).await.is_ok() })
    };
    let mut kept = 0;
    for task in (1..=60).map(post).collect::<Vec<_>>() {
        kept += usize::from(task.await.unwrap());
    }
    assert_eq!(kept, 48);
    assert_eq!(services.account_view(&agent, id).await.unwrap().payments.len(), before + 48);
    assert_clean(&services).await;
});

both!(years_of_small_payments_replay_to_the_cent, |bench| {
    let org = bench.demo(60).await;
    let (services, agent) = (&bench.services, staff(org, Role::Agent));
    let id = account_under_terms(&bench, org).await;
    bench.clock.advance(Duration::days(426));
    let first = day("2026-11-21");
    for n in 0..30_u64 {
        pay(
            services,
            org,
            id,
            700 + i64::try_from(n).unwrap(),
            first + Days::new(n * 14),
            &format!("test:{n}"),
        )
        .await;
    }
    let whole = services.owed(&agent, id, day("2028-01-20"), None).await.unwrap();
    // Enough to reach principal, whatever stood before it.
    let placed = services.owed(&agent, id, day("2026-11-20"), None).await.unwrap().total;
    let amount = placed.total().unwrap().minor() - placed.of(Component::Principal).minor() / 2;
    pay(services, org, id, amount, first, "test:late").await;
    let late = services.owed(&agent, id, day("2028-01-20"), None).await.unwrap();
    assert!(late.total.total().unwrap().minor() < whole.total.total().unwrap().minor() - amount);
    // Posted and grown together are what the facts give, whatever was posted when.
    assert_clean(services).await;
});

fn by_hand(id: AccountId, what: FactKind, reason: &str, key: u128) -> ManualFact {
    ManualFact {
        account_id: id,
        what,
        effective_on: day("2026-11-20"),
        reason: reason.to_owned(),
        key: uuid::Uuid::from_u128(key),
    }
}

fn issue(error: ServiceError) -> &'static str {
    match error {
        ServiceError::Invalid(issues) => issues[0].field,
        other => panic!("{other}"),
    }
}

both!(staff_post_charges_and_forgiveness_by_hand_and_take_them_back, |bench| {
    let org = bench.demo(60).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    let filter = AccountFilter { amount_from: Some(100_000), ..AccountFilter::default() };
    let page = services.list_accounts(&manager, &filter).await.unwrap();
    let id = AccountId(page.lines[0].id);
    let owed = async || services.account_view(&manager, id).await.unwrap().summary.balance;
    let start = owed().await;
    let money = |minor| Money::from_minor(minor, start.currency());
    let charge = |minor| FactKind::Charge {
        component: Component::CollectionCost,
        amount: money(minor),
        only_while_owed: false,
        beneficiary: Beneficiary::Agency,
    };

    // Looking changes nothing; doing it twice does it once; nobody below a supervisor may.
    let preview = services.preview_fact(&manager, &by_hand(id, charge(5_000), "", 1)).await.unwrap();
    assert_eq!(preview.after.total_minor(), start.total_minor() + 5_000);
    assert_eq!(owed().await, start);
    let agent = services.post_fact(&staff(org, Role::Agent), by_hand(id, charge(5_000), "x", 1)).await;
    assert!(matches!(agent, Err(ServiceError::Denied(_))));
    let silent = services.post_fact(&manager, by_hand(id, charge(5_000), " ", 1)).await;
    assert_eq!(issue(silent.unwrap_err()), "reason");
    let entry = services.post_fact(&manager, by_hand(id, charge(5_000), "notificación", 1)).await.unwrap();
    assert_eq!(services.post_fact(&manager, by_hand(id, charge(5_000), "otra vez", 1)).await.unwrap(), entry);
    assert_eq!(owed().await, preview.after);

    // No more is forgiven than is owed.
    let parts = |minor| FactKind::Forgiveness { parts: vec![(Component::CollectionCost, money(minor))] };
    let most = owed().await.of(Component::CollectionCost).minor();
    let more = services.post_fact(&manager, by_hand(id, parts(most + 1), "acuerdo", 2)).await;
    assert_eq!(issue(more.unwrap_err()), "amount");
    services.post_fact(&manager, by_hand(id, parts(most), "acuerdo", 3)).await.unwrap();
    assert!(owed().await.of(Component::CollectionCost).is_zero());

    // Taking the charge back takes back what was forgiven of it: nothing else was owed.
    let back = services.preview_taking_back(&manager, id, entry).await.unwrap();
    services.take_back_fact(&manager, id, entry, "error de captura").await.unwrap();
    assert_eq!(owed().await, back.after);
    let again = services.take_back_fact(&manager, id, entry, "error de captura").await;
    assert!(matches!(again, Err(ServiceError::NotFound)));
    assert_clean(services).await;
});

both!(a_charge_off_by_hand_stays_owed_and_can_be_taken_back, |bench| {
    let org = bench.demo(60).await;
    let (services, manager) = (&bench.services, staff(org, Role::Manager));
    let filter = AccountFilter { amount_from: Some(100_000), ..AccountFilter::default() };
    let lines = services.list_accounts(&manager, &filter).await.unwrap().lines;
    let mut id = None;
    for line in &lines {
        let view = services.account_view(&manager, AccountId(line.id)).await.unwrap();
        if view.summary.account.charged_off_on.is_none() {
            id = Some(view.summary.account.id);
            break;
        }
    }
    let id = id.unwrap();
    let view = async || services.account_view(&manager, id).await.unwrap().summary;
    let start = view().await.balance;
    let entry = services.post_fact(&manager, by_hand(id, FactKind::ChargeOff, "castigo", 7)).await.unwrap();
    assert_eq!(view().await.balance, start);
    assert_eq!(view().await.account.charged_off_on, Some(day("2026-11-20")));
    let twice = services.post_fact(&manager, by_hand(id, FactKind::ChargeOff, "castigo", 8)).await;
    assert_eq!(issue(twice.unwrap_err()), "kind");
    let payment = FactKind::Payment {
        amount: Money::from_minor(1, start.currency()),
        method: PaymentMethod::OfficeCash,
        designated: vec![],
    };
    let refused = services.post_fact(&manager, by_hand(id, payment, "pago", 9)).await;
    assert_eq!(issue(refused.unwrap_err()), "kind");
    services.take_back_fact(&manager, id, entry, "se castigó por error").await.unwrap();
    assert_eq!(view().await.account.charged_off_on, None);
    assert_eq!(view().await.balance, start);
    assert_clean(services).await;
});
