//! The rule language has two evaluators, one in Rust and one in SQL: random rules on random rows,
//! on both databases.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use chrono::{Duration, NaiveDate};
use domain::account::Stage;
use domain::ids::AccountId;
use domain::money::Money;
use domain::strategy::{Comparison, Expr, Field, Kind, Rule, Value};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use store::entities::{account_attributes, accounts, balances, contact_points};
use store::segments::{self, Moment};
use testkit::{Bench, both};

const RULES: usize = 400;
const ACCOUNTS: u32 = 60;

both!(rust_and_sql_agree_on_random_rules, |bench| {
    let org = bench.demo(ACCOUNTS).await;
    let mut chance = ChaCha8Rng::seed_from_u64(5);
    stir(&bench, &mut chance).await;
    let at = Moment { today: "2026-11-20".parse().unwrap(), now: bench.services.now() };
    let db = bench.services.db.read();
    let all: Vec<AccountId> =
        accounts::Entity::find().all(db).await.unwrap().iter().map(|row| AccountId(row.id)).collect();
    let rows = segments::rows(db, org, &all, at).await.unwrap();
    assert_eq!(rows.len(), all.len());
    let (mut pairs, mut held) = (0, 0);
    for number in 0..RULES {
        let rule = Rule::new(expr(&mut chance, 3, at.today));
        rule.check().unwrap_or_else(|problems| panic!("{problems:?}: {rule:?}"));
        let kept: Rule = serde_json::from_str(&serde_json::to_string(&rule).unwrap()).unwrap();
        let found = segments::page(db, org, &kept, at, None, 10_000).await.unwrap();
        let mut expected: Vec<AccountId> =
            rows.iter().filter(|(_, row)| rule.holds(row)).map(|(id, _)| *id).collect();
        expected.sort();
        for id in &all {
            let (rust, sql) = (expected.contains(id), found.contains(id));
            assert_eq!(rust, sql, "{} rule {number}: {rule:#?} on {:#?}", bench.database, rows[id]);
            assert_eq!(rust, rule.explain(&rows[id]).holds);
        }
        assert_eq!(segments::count(db, org, &rule, at).await.unwrap(), expected.len() as u64);
        pairs += all.len();
        held += expected.len();
    }
    println!("{}: {pairs} pairs of rule and row agree, {held} hold", bench.database);
    assert!(pairs >= 10_000 && held > pairs / 20 && held < pairs * 19 / 20);
});

/// Takes away and adds what the demo book always has, so that things are missing.
async fn stir(bench: &Bench, chance: &mut ChaCha8Rng) {
    let tx = bench.services.db.begin().await.unwrap();
    for row in accounts::Entity::find().all(&tx).await.unwrap() {
        if chance.random_bool(0.5) {
            let name = ["branch", "score"][chance.random_range(0..2)];
            let own = account_attributes::ActiveModel {
                organization_id: Set(row.organization_id),
                account_id: Set(row.id),
                name: Set(name.to_owned()),
                value: Set(["north", "Süd", "", "o'1"][chance.random_range(0..4)].to_owned()),
            };
            account_attributes::Entity::insert(own).exec_without_returning(&tx).await.unwrap();
        }
        let balance = balances::Entity::find()
            .filter(balances::Column::AccountId.eq(row.id))
            .one(&tx)
            .await
            .unwrap()
            .unwrap();
        if chance.random_bool(0.2) {
            let mut change = balance.into_active_model();
            change.total = Set([0, -5, 1, 150_000][chance.random_range(0..4)]);
            change.update(&tx).await.unwrap();
        }
        let mut change = row.into_active_model();
        if chance.random_bool(0.3) {
            change.product = Set(None);
        }
        if chance.random_bool(0.5) {
            change.installments_unpaid = Set(None);
        }
        if chance.random_bool(0.3) {
            change.opened_on = Set(None);
        }
        if chance.random_bool(0.3) {
            let days = [0, 1, 30, 31, 90, 91, 180, 181, -1, -30][chance.random_range(0..10)];
            change.due_on = Set("2026-11-20".parse::<NaiveDate>().unwrap() - Duration::days(days));
        }
        if chance.random_bool(0.2) {
            change.charged_off_on =
                Set(["2026-11-20".parse().ok(), "2026-11-21".parse().ok()][chance.random_range(0..2)]);
        }
        change.update(&tx).await.unwrap();
    }
    for point in contact_points::Entity::find().all(&tx).await.unwrap() {
        if chance.random_bool(0.3) {
            let mut change = point.into_active_model();
            change.region = Set(None);
            change.update(&tx).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
}

fn expr(chance: &mut ChaCha8Rng, depth: u32, today: NaiveDate) -> Expr {
    let choice = if depth == 0 { chance.random_range(3..9) } else { chance.random_range(0..9) };
    let some = |chance: &mut ChaCha8Rng| -> Vec<Expr> {
        (0..chance.random_range(0..4)).map(|_| expr(chance, depth - 1, today)).collect()
    };
    match choice {
        0 => Expr::All(some(chance)),
        1 => Expr::Any(some(chance)),
        2 => Expr::Not(Box::new(expr(chance, depth - 1, today))),
        3 | 4 => {
            let field = field(chance);
            let mut is = Comparison::ALL[chance.random_range(0..6)];
            if field.kind() == Kind::Text {
                is = [Comparison::Eq, Comparison::Ne][chance.random_range(0..2)];
            }
            let value = value(chance, &field, today);
            Expr::Compare { field, is, value }
        }
        5 => {
            let field = field(chance);
            let values = (0..chance.random_range(1..4)).map(|_| value(chance, &field, today)).collect();
            Expr::In { field, values }
        }
        6 => loop {
            let field = field(chance);
            let (from, to) = (value(chance, &field, today), value(chance, &field, today));
            let alike = match (&from, &to) {
                (Value::Money(one), Value::Money(two)) => one.currency() == two.currency(),
                (Value::Text(_), _) => false,
                _ => true,
            };
            if alike {
                break Expr::Between { field, from, to };
            }
        },
        7 => Expr::Exists { field: field(chance) },
        _ => {
            let dates = [Field::DueOn, Field::OpenedOn, Field::ChargedOffOn, Field::LastPaidOn];
            let field = dates[chance.random_range(0..4)].clone();
            let is = Comparison::ALL[chance.random_range(0..6)];
            let days = [0, 1, -1, 30, 45, 90, 180, 365, 36_500, -36_500][chance.random_range(0..10)];
            Expr::DaysSince { field, is, days }
        }
    }
}

fn field(chance: &mut ChaCha8Rng) -> Field {
    match chance.random_range(0..12) {
        0 => Field::Attribute("branch".to_owned()),
        1 => Field::Attribute("score".to_owned()),
        _ => Field::LISTED[chance.random_range(0..Field::LISTED.len())].clone(),
    }
}

fn value(chance: &mut ChaCha8Rng, field: &Field, today: NaiveDate) -> Value {
    let mut pick = |texts: &[&str]| Value::Text(texts[chance.random_range(0..texts.len())].to_owned());
    match field {
        Field::Currency => pick(&["MXN", "COP", "USD"]),
        Field::Stage => {
            let stages: Vec<&str> =
                Stage::ALL.iter().map(|stage| stage.as_str()).chain(["nothing"]).collect();
            pick(&stages)
        }
        Field::Country => pick(&["MX", "CO", "AR"]),
        Field::City => pick(&["Guadalajara", "Ciudad de México", "Bogotá", "x"]),
        Field::Region => pick(&["Jalisco", "CDMX", "Cundinamarca", ""]),
        Field::Language => pick(&["es", "en"]),
        Field::Attribute(_) => pick(&["north", "Süd", "", "o'1", "South"]),
        _ => match field.kind() {
            Kind::Number => {
                let numbers = [0, 1, 2, 3, 7, 12, 30, 31, 90, 180, -1, i64::MAX, i64::MIN];
                Value::Number(numbers[chance.random_range(0..numbers.len())])
            }
            Kind::Money => {
                let minor = [0, 1, 50_000, 150_000, 1_000_000, -5][chance.random_range(0..6)];
                let currency = ["MXN", "COP"][chance.random_range(0..2)].parse().unwrap();
                Value::Money(Money::from_minor(minor, currency))
            }
            Kind::Date => Value::Date(today - Duration::days(chance.random_range(-60..400))),
            Kind::Text => pick(&["personal_loan", "card", "auto", "mfi", "banco"]),
        },
    }
}
