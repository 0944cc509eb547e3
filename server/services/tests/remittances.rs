//! Statements to creditors, on both databases: every entry once, and the books agree.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate};
use domain::access::Role;
use domain::ids::{AccountId, CreditorId, OrganizationId, PaymentId, RemittanceId};
use domain::ledger::{Book, PaymentMethod};
use domain::money::{Decimal, Money};
use domain::remittance::{CommissionBracket, CommissionTerms};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use services::end_of_day::EndOfDay;
use services::ledger::NewTerms;
use services::payments::{PostPayment, ReceiptSeries};
use services::remittances::{RemittanceStatus, RemittanceView};
use services::verify::VerifyScope;
use services::{ServiceError, Services};
use store::entities::{accounts, balances, postings, remittance_lines};
use testkit::{both, staff};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Debts of the creditor with the most of them, in one currency, each of 1,000.00 or more.
async fn debts(services: &Services) -> (CreditorId, Vec<accounts::Model>) {
    let db = services.db.read();
    let large: std::collections::BTreeSet<_> = balances::Entity::find()
        .filter(balances::Column::Total.gt(100_000))
        .all(db)
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.account_id)
        .collect();
    let mut groups: BTreeMap<_, Vec<accounts::Model>> = BTreeMap::new();
    for row in accounts::Entity::find().order_by_asc(accounts::Column::Id).all(db).await.unwrap() {
        if large.contains(&row.id) {
            groups.entry((row.creditor_id, row.currency.clone())).or_default().push(row);
        }
    }
    let ((creditor, _), rows) = groups.into_iter().max_by_key(|(_, rows)| rows.len()).unwrap();
    (CreditorId(creditor), rows)
}

async fn pay(services: &Services, org: OrganizationId, account: &accounts::Model, minor: i64) -> PaymentId {
    let new = PostPayment {
        account_id: AccountId(account.id),
        amount: Money::from_minor(minor, account.currency.parse().unwrap()),
        method: PaymentMethod::BankTransfer,
        received_on: services.today(org).await.unwrap(),
        source: format!("test:{}", services.new_id()),
        reference: None,
        receipt: ReceiptSeries::Next("O"),
        designated: vec![],
    };
    services.post_payment(&staff(org, Role::Agent), new).await.unwrap().payment_id
}

fn terms(account: &accounts::Model) -> CommissionTerms {
    let currency = account.currency.parse().unwrap();
    let bracket = |from_days, rate: &str| CommissionBracket { from_days, rate_pct: rate.parse().unwrap() };
    CommissionTerms {
        brackets: vec![bracket(0, "10"), bracket(1, "12.5"), bracket(91, "20")],
        minimum: vec![Money::from_minor(1_000, currency)],
        fee_per_item: vec![Money::from_minor(250, currency)],
        tax_pct: Decimal::from(16),
        rounding: domain::money::Rounding::HalfUp,
    }
}

/// States everything until today and gives the statement in the currency of `account`.
async fn state(
    services: &Services,
    org: OrganizationId,
    account: &accounts::Model,
) -> Option<RemittanceView> {
    let manager = staff(org, Role::Manager);
    let today = services.today(org).await.unwrap();
    let creditor = CreditorId(account.creditor_id);
    for id in services.remit(&manager, creditor, day("2026-01-01"), today).await.unwrap() {
        let view = services.remittance(&manager, id).await.unwrap();
        if view.net.currency().code() == account.currency {
            return Some(view);
        }
    }
    None
}

fn lines<'a>(view: &'a RemittanceView, kind: &str) -> Vec<&'a services::remittances::RemittanceLine> {
    view.lines.iter().filter(|line| line.kind == kind).collect()
}

/// What a book of the creditor's control account stands at.
async fn control(services: &Services, account: &accounts::Model, book: Book) -> i64 {
    postings::Entity::find()
        .filter(postings::Column::AccountId.eq(account.creditor_id))
        .filter(postings::Column::Book.eq(book.as_str()))
        .filter(postings::Column::Currency.eq(account.currency.clone()))
        .all(services.db.read())
        .await
        .unwrap()
        .iter()
        .map(|row| row.amount_minor)
        .sum()
}

async fn assert_clean(services: &Services) {
    assert_eq!(services.verify(VerifyScope::All).await.unwrap().differences, []);
}

both!(every_entry_is_stated_once_and_what_goes_back_comes_next_time, |bench| {
    let org = bench.demo(200).await;
    let services = &bench.services;
    let manager = staff(org, Role::Manager);
    let (creditor, rows) = debts(services).await;
    let account = &rows[0];
    let until = day("2026-11-20");
    let none = services.remit(&manager, creditor, until, until).await;
    assert!(matches!(none, Err(ServiceError::Invalid(_))), "no commission is agreed");
    let denied = services.remit(&staff(org, Role::Supervisor), creditor, until, until).await;
    assert!(matches!(denied, Err(ServiceError::Denied(_))));
    let version =
        services.add_commission_terms(&manager, creditor, day("2026-01-01"), terms(account)).await.unwrap();
    assert_eq!(version, 1);
    let future = services.remit(&manager, creditor, until, day("2026-11-21")).await;
    assert!(matches!(future, Err(ServiceError::Invalid(_))));

    // The demo book has payments already.
    let before = state(services, org, account).await;
    let stated = before.map_or(0, |view| lines(&view, "collected").len());
    assert!(state(services, org, account).await.is_none(), "nothing is stated twice");

    let one = pay(services, org, account, 40_003).await;
    let tiny = pay(services, org, &rows[1], 700).await;
    let view = state(services, org, account).await.unwrap();
    assert_eq!(lines(&view, "collected").len(), 2);
    assert_eq!(view.number, if stated > 0 { 2 } else { 1 });
    let commission = |row: &accounts::Model| {
        let id = AccountId(row.id);
        *lines(&view, "commission").iter().find(|line| line.account_id == Some(id)).unwrap()
    };
    let rate = match domain::calendar::days_past_due(account.due_on, until) {
        0 => "10",
        days if days < 91 => "12.5",
        _ => "20",
    };
    assert_eq!(commission(account).rate_pct.as_deref(), Some(rate));
    let exact = Decimal::from(40_003).mul(rate.parse().unwrap()).unwrap().div(Decimal::from(100)).unwrap();
    let exact: i64 = exact.to_fixed(0).parse().unwrap();
    assert_eq!(commission(account).amount.minor(), exact);
    assert_eq!(commission(&rows[1]).amount.minor(), 700, "the minimum, but not more than was paid");
    assert_eq!((view.collected.minor(), view.fees.minor()), (40_703, 500));
    let tax = Decimal::from(exact + 700 + 500).mul("0.16".parse().unwrap()).unwrap();
    assert_eq!(view.tax.minor().to_string(), tax.to_fixed(0));
    let net = 40_703 - view.commission.minor() - view.fees.minor() - view.tax.minor();
    assert_eq!(view.net.minor(), net);
    assert_clean(services).await;

    let csv = String::from_utf8(services.remittance_csv(&manager, view.id).await.unwrap()).unwrap();
    assert_eq!(csv.lines().count(), 1 + view.lines.len() + 5);
    assert!(csv.lines().last().unwrap().contains(&view.net.to_decimal()));

    let paid = services.pay_remittance(&manager, view.id, until).await.unwrap();
    assert_eq!(paid, view.net);
    assert_eq!(services.pay_remittance(&manager, view.id, until).await.unwrap(), paid, "once");
    assert_eq!(services.remittance(&manager, view.id).await.unwrap().status, RemittanceStatus::Paid);

    // Both payments bounce: their commissions come back whole, the minimum too; fees were for the work.
    let supervisor = staff(org, Role::Supervisor);
    services.reverse_payment(&supervisor, one, "rechazado").await.unwrap();
    services.reverse_payment(&supervisor, tiny, "rechazado").await.unwrap();
    let back = state(services, org, account).await.unwrap();
    assert_eq!(back.collected.minor(), -40_703);
    assert_eq!(back.commission.minor(), -view.commission.minor());
    assert_eq!(back.fees.minor(), 0);
    assert!(back.net.is_negative());
    let nothing = services.pay_remittance(&manager, back.id, until).await;
    assert!(matches!(nothing, Err(ServiceError::Invalid(_))), "there is nothing to pay");
    assert_clean(services).await;

    // The next payment is set off with it.
    pay(services, org, &rows[2], 90_000).await;
    let next = state(services, org, account).await.unwrap();
    let amount = services.pay_remittance(&manager, next.id, until).await.unwrap();
    assert_eq!(amount, next.net.add(back.net).unwrap());
    assert_eq!(services.remittance(&manager, back.id).await.unwrap().status, RemittanceStatus::Paid);
    let open: i64 = services
        .remittances(&manager, Some(creditor))
        .await
        .unwrap()
        .iter()
        .filter(|view| view.status == RemittanceStatus::Stated && view.net.currency() == next.net.currency())
        .map(|view| view.net.minor())
        .sum();
    assert_eq!(control(services, account, Book::CreditorPayable).await, -open, "what is stated and not paid");
    assert_clean(services).await;
});

both!(a_payment_and_its_reversal_on_one_statement_come_to_nothing, |bench| {
    let org = bench.demo(100).await;
    let services = &bench.services;
    let manager = staff(org, Role::Manager);
    let (creditor, rows) = debts(services).await;
    let mut flat = terms(&rows[0]);
    flat.fee_per_item.clear();
    services.add_commission_terms(&manager, creditor, day("2026-01-01"), flat).await.unwrap();
    state(services, org, &rows[0]).await;
    let payment = pay(services, org, &rows[0], 500).await;
    services.reverse_payment(&staff(org, Role::Supervisor), payment, "duplicado").await.unwrap();
    let view = state(services, org, &rows[0]).await.unwrap();
    assert_eq!(lines(&view, "collected").len(), 2);
    assert_eq!((view.collected.minor(), view.commission.minor(), view.net.minor()), (0, 0, 0));
    assert!(view.entry_id.is_none(), "no money, no entry");
    assert_clean(services).await;
});

both!(what_was_collected_of_the_agencys_own_charges_is_not_the_creditors, |bench| {
    let org = bench.demo(100).await;
    let services = &bench.services;
    let (manager, admin) = (staff(org, Role::Manager), staff(org, Role::Admin));
    let (creditor, rows) = debts(services).await;
    let late: Vec<_> = rows.iter().filter(|row| row.due_on < day("2026-10-20")).collect();
    let account = late[0];
    let charges = r#"{"charges": [{"component": "collection_cost", "beneficiary": "agency", "code": "aviso",
        "amount": {"flat": {"fixed": "30"}}, "recurrence": {"every_days": 7}, "grace_days": 10, "most_times": 900}]}"#;
    let new = NewTerms {
        creditor_id: creditor,
        product: String::new(),
        effective_from: day("2026-11-20"),
        terms: serde_json::from_str(charges).unwrap(),
        note: None,
    };
    services.add_terms(&admin, new).await.unwrap();
    services
        .add_commission_terms(&manager, creditor, day("2026-01-01"), CommissionTerms::flat(Decimal::from(10)))
        .await
        .unwrap();
    state(services, org, account).await;
    bench.clock.advance(Duration::days(8));
    services.end_of_day(&admin, EndOfDay::default()).await.unwrap();
    let owed = services.owed(&manager, AccountId(account.id), day("2026-11-28"), None).await.unwrap();
    let own: i64 = owed
        .journal
        .iter()
        .flat_map(domain::ledger::Entry::postings)
        .filter(|posting| posting.book == Book::Fees)
        .map(|posting| -posting.amount.minor())
        .sum();
    assert!(own > 0, "the night charged something");
    let whole = owed.total.total().unwrap().minor();
    pay(services, org, account, whole).await;
    let view = state(services, org, account).await.unwrap();
    let kept = lines(&view, "agency_charge");
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].amount.minor(), -own);
    assert_eq!(view.collected.minor(), whole - own);
    let commission = Decimal::from(whole - own).div(Decimal::from(10)).unwrap();
    let difference = view.commission.minor() - commission.to_fixed(0).parse::<i64>().unwrap();
    assert!(difference.abs() <= 1, "no commission on what was the agency's: rounded on each line");
    assert_clean(services).await;
    bench.clock.advance(Duration::days(1));
    assert!(state(services, org, account).await.is_none(), "kept once");
});

both!(tampering_shows, |bench| {
    let org = bench.demo(100).await;
    let services = &bench.services;
    let (creditor, rows) = debts(services).await;
    let flat = CommissionTerms::flat(Decimal::from(10));
    let manager = staff(org, Role::Manager);
    services.add_commission_terms(&manager, creditor, day("2026-01-01"), flat).await.unwrap();
    pay(services, org, &rows[0], 5_000).await;
    let view = state(services, org, &rows[0]).await.unwrap();
    let number = view.lines.len();
    let kinds = async || {
        let report = services.verify(VerifyScope::Ledger).await.unwrap();
        report.differences.into_iter().map(|difference| difference.kind).collect::<Vec<_>>()
    };
    assert!(kinds().await.is_empty());
    let tx = services.db.begin().await.unwrap();
    let line = remittance_lines::Entity::find()
        .filter(remittance_lines::Column::RemittanceId.eq(view.id.0))
        .filter(remittance_lines::Column::Kind.eq("collected"))
        .one(&tx)
        .await
        .unwrap()
        .unwrap();
    let mut twice: remittance_lines::ActiveModel = line.into();
    twice.number = sea_orm::Set(i32::try_from(number).unwrap() + 1);
    remittance_lines::Entity::insert(sea_orm::ActiveModelTrait::reset_all(twice))
        .exec_without_returning(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(kinds().await, ["remitted_twice", "remittance_totals"]);
    let tx = services.db.begin().await.unwrap();
    tx.execute_unprepared(
        "UPDATE remittance_lines SET amount_minor = amount_minor + 1 WHERE kind = 'collected'",
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    assert!(kinds().await.contains(&"remitted_amount"));
    let missing = services.remittance(&manager, RemittanceId(uuid::Uuid::from_u128(9))).await;
    assert!(matches!(missing, Err(ServiceError::NotFound)));
});
