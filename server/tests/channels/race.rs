//! A stop that is committed keeps back whatever has not begun to go out, however close it comes.
//!
//! Two workers send to a server that takes its time, while every debtor says stop in one of four ways.
//! What was begun is read after the stop is committed: nothing else may arrive. On PostgreSQL the
//! commits themselves are compared, so that not a moment is left out.
//!
//! Few tries by default; `SALDAR_GUESSES` says how many all of them do together, on both databases.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration as Pause;

use domain::access::{Actor, ActorKind, Role};
use domain::cases::CaseKind;
use domain::ledger::PaymentMethod;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Statement,
};
use services::cases::NewCase;
use services::outbox::Report;
use services::payments::{PostPayment, ReceiptSeries};
use sha2::{Digest, Sha256};
use store::entities::{login_challenges, outbox_messages};
use testkit::{both, staff};

use super::{Debt, Stage};

/// Debtors at a time.
const ROUND: usize = 20;

fn tries() -> usize {
    let all = std::env::var("SALDAR_GUESSES").ok().map(|text| text.parse::<usize>().unwrap());
    all.map_or(40, |all| all.div_ceil(2)).next_multiple_of(ROUND)
}

/// The four ways to say stop.
async fn stop(stage: &Stage, number: usize, debt: &Debt, link: &str) {
    let services = &stage.services;
    match number % 4 {
        0 => services.not_me(link, &format!("10.0.{}.{}", number / 250, number % 250)).await.unwrap(),
        1 => {
            let report = Report::Message {
                provider_ref: format!("SM{number:032x}"),
                from: debt.phone.clone(),
                body: "BAJA".to_owned(),
                at: None,
                stopped: None,
            };
            services.receive_reports("sms", vec![report]).await.unwrap();
            // Another may be working it off: it is done when it is refused.
            loop {
                services.process_channel_reports().await.unwrap();
                let db = services.db.read();
                if store::channel_refusals::is_refused(db, stage.org, "sms", &debt.phone).await.unwrap() {
                    break;
                }
            }
        }
        2 => {
            let kind = ActorKind::Debtor { party_id: debt.party };
            let me = Actor { organization_id: stage.org, kind };
            let case = NewCase {
                key: services.new_id(),
                account: Some(debt.account),
                kind: CaseKind::Dispute,
                says: "No es lo que debo".to_owned(),
                call_hours: String::new(),
                files: Vec::new(),
            };
            services.open_case(&me, case).await.unwrap();
        }
        _ => {
            let agent = staff(stage.org, Role::Agent);
            // With the interest of today: less would leave something to pursue.
            let view = services.account_view(&agent, debt.account).await.unwrap();
            let amount = view.summary.balance.total().unwrap();
            let payment = PostPayment {
                account_id: debt.account,
                amount,
                method: PaymentMethod::BankTransfer,
                received_on: "2026-11-20".parse().unwrap(),
                source: format!("race:{number}"),
                reference: None,
                receipt: ReceiptSeries::Next("O"),
                designated: vec![],
            };
            services.post_payment(&agent, payment).await.unwrap();
        }
    }
}

/// A link that went to the debtor's phone.
async fn link(stage: &Stage, number: usize, debt: &Debt) -> String {
    let token = format!("link-{number}");
    let now = stage.services.now();
    let row = login_challenges::Model {
        organization_id: stage.org.0,
        id: stage.services.new_id(),
        party_id: Some(debt.party.0),
        secret_hash: hex::encode(Sha256::digest(token.as_bytes())),
        kind: "link".to_owned(),
        created_at: now,
        expires_at: now + chrono::Duration::hours(1),
        attempts: 0,
        used_at: None,
        recipient: Some(debt.phone.clone()),
    };
    let tx = stage.services.db.begin().await.unwrap();
    let row = row.into_active_model().reset_all();
    login_challenges::Entity::insert(row).exec_without_returning(&tx).await.unwrap();
    tx.commit().await.unwrap();
    token
}

/// The messages that a person is sent, and whether sending has begun.
async fn begun(stage: &Stage, debt: &Debt) -> BTreeSet<String> {
    let own = outbox_messages::Column::PartyId.eq(debt.party.0);
    let pursues = outbox_messages::Column::DecisionId.is_not_null();
    let rows =
        outbox_messages::Entity::find().filter(own).filter(pursues).all(stage.services.db.read()).await;
    let rows = rows.unwrap().into_iter().filter(|row| row.began_at.is_some());
    rows.map(|row| row.id.to_string()).collect()
}

/// On PostgreSQL: messages that were let go in a transaction that committed after the stop of their
/// debtor did, by the database's own clock.
async fn late_on_postgres(stage: &Stage) -> i64 {
    let late = "
        with stops as (
            select party_id, min(pg_xact_commit_timestamp(xmin)) as at from (
                select party_id, xmin from holds
                union all
                select p.party_id, s.xmin from suppressed_points s join contact_points p on p.value_key = s.value_key
                union all
                select p.party_id, r.xmin from channel_refusals r join contact_points p on p.value_key = r.phone_key
                union all
                select a.debtor_id, m.xmin from entries m join accounts a on a.id = m.account_id
                where m.source like 'race:%'
            ) s group by party_id
        )
        select count(*) as n from contact_decisions d
        join accounts a on a.id = d.account_id
        join stops on stops.party_id = a.debtor_id
        where d.act = 'send' and d.answer = 'allowed' and pg_xact_commit_timestamp(d.xmin) > stops.at";
    let db = stage.services.db.read();
    let row =
        db.query_one_raw(Statement::from_string(db.get_database_backend(), late)).await.unwrap().unwrap();
    row.try_get::<i64>("", "n").unwrap()
}

both!(nothing_that_had_not_begun_leaves_after_a_stop, |bench| {
    let tries = tries();
    let people = u32::try_from(tries * 5 + 60).unwrap();
    let stage = Arc::new(Stage::set(&bench, people, Pause::from_millis(4)).await);
    let debts = stage.debts().await;
    assert!(debts.len() >= tries, "{} debts for {tries} tries", debts.len());
    let (mut early, mut kept_back) = (0, 0);
    for (round, debts) in debts[..tries].chunks(ROUND).enumerate() {
        let mut links = Vec::new();
        for (place, debt) in debts.iter().enumerate() {
            links.push(link(&stage, round * ROUND + place, debt).await);
            // More than one worker takes at a time, so that both have some.
            stage.queue("sms", debt, true, None).await;
            stage.queue("sms", debt, true, None).await;
        }
        let worker = |stage: Arc<Stage>| tokio::spawn(async move { while stage.deliver().await > 0 {} });
        let workers = [worker(stage.clone()), worker(stage.clone())];
        let stops: Vec<_> = debts
            .iter()
            .cloned()
            .zip(links)
            .enumerate()
            .map(|(place, (debt, link))| {
                let stage = stage.clone();
                tokio::spawn(async move {
                    // Spread over the time that a round takes.
                    tokio::time::sleep(Pause::from_millis((place as u64 * 17) % 300)).await;
                    stop(&stage, round * ROUND + place, &debt, &link).await;
                    let begun = begun(&stage, &debt).await;
                    (debt, begun)
                })
            })
            .collect();
        let mut stopped = Vec::new();
        for stop in stops {
            stopped.push(stop.await.unwrap());
        }
        for worker in workers {
            worker.await.unwrap();
        }
        stage.deliver().await;
        let taken = stage.twilio.taken();
        for (debt, begun) in stopped {
            let pursuing = taken.iter().filter(|taken| taken.to == debt.phone);
            let arrived: BTreeSet<String> = pursuing
                .filter_map(|taken| taken.body.strip_prefix("Hola. Mensaje ").map(str::to_owned))
                .collect();
            assert!(arrived.is_subset(&begun), "{}: {arrived:?} beyond {begun:?}", bench.database);
            if arrived.is_empty() { kept_back += 1 } else { early += 1 }
        }
    }
    println!(
        "{}: {tries} tries, {early} had begun before the stop, {kept_back} were kept back",
        bench.database
    );
    assert!(
        early > 0 && kept_back > 0,
        "the stops did not meet the sending: {early} early, {kept_back} kept back"
    );
    if bench.database == "postgres" {
        assert_eq!(late_on_postgres(&stage).await, 0);
    }
    assert_eq!(stage.twilio.faults(), Vec::<String>::new());
});
