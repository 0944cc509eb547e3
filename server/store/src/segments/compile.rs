//! A rule as SQL.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::account::{PromiseStatus, Stage};
use domain::ids::OrganizationId;
use domain::ledger::PaymentStatus;
use domain::party::ContactKind;
use domain::strategy::{Comparison, Expr as Rules, Field, Rule, Value};
use sea_orm::ExprTrait;
use sea_orm::sea_query::{Condition, Expr, Func, IntoColumnRef, Order, Query, SelectStatement};

use super::CONTACTS;
use crate::batch::{bucket_on, stage_on};
use crate::entities::{
    account_attributes, accounts, activities, balances, contact_points, creditors, parties, payments,
    promises,
};

/// When a rule is asked: the organization's business date, and the instant.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub today: NaiveDate,
    pub now: DateTime<Utc>,
}

/// The ids of the accounts for which a checked rule holds.
pub fn matching(org: OrganizationId, rule: &Rule, at: Moment) -> SelectStatement {
    let mut select = Query::select();
    let with_balance =
        Condition::all().add(col((balances::Entity, balances::Column::OrganizationId)).eq(org.0)).add(
            col((balances::Entity, balances::Column::AccountId))
                .equals((accounts::Entity, accounts::Column::Id)),
        );
    select
        .column((accounts::Entity, accounts::Column::Id))
        .from(accounts::Entity)
        .inner_join(balances::Entity, with_balance)
        .and_where(account(accounts::Column::OrganizationId).eq(org.0));
    if asks(&rule.when, &|field| matches!(field, Field::Country | Field::Language)) {
        let of_debtor =
            Condition::all().add(col((parties::Entity, parties::Column::OrganizationId)).eq(org.0)).add(
                col((parties::Entity, parties::Column::Id))
                    .equals((accounts::Entity, accounts::Column::DebtorId)),
            );
        select.inner_join(parties::Entity, of_debtor);
    }
    if asks(&rule.when, &|field| matches!(field, Field::Creditor)) {
        let of_creditor =
            Condition::all().add(col((creditors::Entity, creditors::Column::OrganizationId)).eq(org.0)).add(
                col((creditors::Entity, creditors::Column::Id))
                    .equals((accounts::Entity, accounts::Column::CreditorId)),
            );
        select.inner_join(creditors::Entity, of_creditor);
    }
    select.cond_where(Compiler { org, at }.expr(&rule.when));
    select
}

fn asks(rule: &Rules, wanted: &impl Fn(&Field) -> bool) -> bool {
    match rule {
        Rules::All(parts) | Rules::Any(parts) => parts.iter().any(|part| asks(part, wanted)),
        Rules::Not(part) => asks(part, wanted),
        other => other.field().is_some_and(wanted),
    }
}

fn col(column: impl IntoColumnRef) -> Expr {
    Expr::col(column)
}

fn account(column: accounts::Column) -> Expr {
    col((accounts::Entity, column))
}

fn constant(truth: bool) -> Expr {
    Expr::val(1).eq(i32::from(truth))
}

/// A field in SQL.
struct Sql {
    value: Expr,
    /// It may be missing; then a condition on it is false, not unknown.
    nullable: bool,
}

impl Sql {
    fn condition(&self, holds: impl FnOnce(Expr) -> Expr) -> Expr {
        let asked = holds(self.value.clone());
        if self.nullable { Func::coalesce([asked, Expr::val(false)]).into() } else { asked }
    }
}

/// Days beyond which no due date lies; databases know no dates as far as numbers go.
const FARTHEST: i64 = 500_000;

struct Compiler {
    org: OrganizationId,
    at: Moment,
}

impl Compiler {
    fn expr(&self, rule: &Rules) -> Condition {
        match rule {
            Rules::All(parts) => {
                let all = Condition::all().add(constant(true));
                parts.iter().fold(all, |all, part| all.add(self.expr(part)))
            }
            Rules::Any(parts) => {
                let any = Condition::any().add(constant(false));
                parts.iter().fold(any, |any, part| any.add(self.expr(part)))
            }
            Rules::Not(part) => Condition::all().add(self.expr(part)).not(),
            Rules::Compare { field, is, value } => Condition::all().add(self.compare(field, *is, value)),
            Rules::In { field, values } => {
                let any = Condition::any().add(constant(false));
                values.iter().fold(any, |any, value| any.add(self.compare(field, Comparison::Eq, value)))
            }
            Rules::Between { field, from, to } => Condition::all()
                .add(self.compare(field, Comparison::Ge, from))
                .add(self.compare(field, Comparison::Le, to)),
            Rules::Exists { field } => {
                let sql = self.field(field);
                let there = if sql.nullable { sql.value.is_not_null() } else { constant(true) };
                Condition::all().add(there)
            }
            Rules::DaysSince { field, is, days } => Condition::all().add(self.days_since(field, *is, *days)),
        }
    }

    fn compare(&self, field: &Field, is: Comparison, value: &Value) -> Expr {
        match (field, value) {
            (Field::DaysPastDue, Value::Number(days)) => self.days_past_due(is, *days),
            (Field::Stage, Value::Text(text)) => match text.parse::<Stage>() {
                Ok(stage) => ordered(stage_on(self.at.today).into(), is, stage.code()),
                Err(_) => constant(is == Comparison::Ne),
            },
            (Field::Owed | Field::OwedPrincipal, Value::Money(money)) => {
                let column =
                    if *field == Field::Owed { balances::Column::Total } else { balances::Column::Principal };
                let amount = ordered(col((balances::Entity, column)), is, money.minor());
                let same =
                    col((balances::Entity, balances::Column::Currency)).eq(money.currency().to_string());
                same.and(amount)
            }
            (_, Value::Number(number)) => self.field(field).condition(|own| ordered(own, is, *number)),
            (_, Value::Text(text)) => self.field(field).condition(|own| ordered(own, is, text.clone())),
            (_, Value::Date(date)) => self.field(field).condition(|own| ordered(own, is, *date)),
            // A checked rule compares no other field with an amount.
            (_, Value::Money(_)) => constant(false),
        }
    }

    /// Compares due dates, so that no day is counted and an index can serve.
    fn days_past_due(&self, is: Comparison, days: i64) -> Expr {
        let at_least = |days: Option<i64>| match days {
            Some(days) if days <= 0 => constant(true),
            Some(days) if days <= FARTHEST => {
                let owed = col((balances::Entity, balances::Column::Total)).gt(0_i64);
                owed.and(account(accounts::Column::DueOn).lte(self.days_ago(days)))
            }
            _ => constant(false),
        };
        let more = days.checked_add(1);
        match is {
            Comparison::Ge => at_least(Some(days)),
            Comparison::Gt => at_least(more),
            Comparison::Lt => at_least(Some(days)).not(),
            Comparison::Le => at_least(more).not(),
            Comparison::Eq => at_least(Some(days)).and(at_least(more).not()),
            Comparison::Ne => at_least(Some(days)).and(at_least(more).not()).not(),
        }
    }

    fn days_since(&self, field: &Field, is: Comparison, days: i64) -> Expr {
        // The later the date, the fewer the days.
        let turned = match is {
            Comparison::Lt => Comparison::Gt,
            Comparison::Le => Comparison::Ge,
            Comparison::Gt => Comparison::Lt,
            Comparison::Ge => Comparison::Le,
            same => same,
        };
        self.field(field).condition(|own| ordered(own, turned, self.days_ago(days)))
    }

    fn days_ago(&self, days: i64) -> NaiveDate {
        let span = TimeDelta::try_days(days.clamp(-FARTHEST, FARTHEST)).unwrap_or_default();
        self.at.today.checked_sub_signed(span).unwrap_or(self.at.today)
    }

    fn field(&self, field: &Field) -> Sql {
        let always = |value: Expr| Sql { value, nullable: false };
        let maybe = |value: Expr| Sql { value, nullable: true };
        match field {
            // Compared by other means; whether they exist is asked here.
            Field::DaysPastDue => always(account(accounts::Column::DueOn)),
            Field::Stage => always(stage_on(self.at.today).into()),
            Field::Owed => always(col((balances::Entity, balances::Column::Total))),
            Field::OwedPrincipal => always(col((balances::Entity, balances::Column::Principal))),
            Field::Bucket => always(bucket_on(self.at.today).into()),
            Field::Currency => always(account(accounts::Column::Currency)),
            Field::Creditor => always(col((creditors::Entity, creditors::Column::Code))),
            Field::Country => always(col((parties::Entity, parties::Column::Country))),
            Field::Language => always(col((parties::Entity, parties::Column::Language))),
            Field::DueOn => always(account(accounts::Column::DueOn)),
            Field::Product => maybe(account(accounts::Column::Product)),
            Field::CreditType => maybe(account(accounts::Column::CreditType)),
            Field::InstallmentsTotal => maybe(account(accounts::Column::InstallmentsTotal)),
            Field::InstallmentsUnpaid => maybe(account(accounts::Column::InstallmentsUnpaid)),
            Field::OpenedOn => maybe(account(accounts::Column::OpenedOn)),
            Field::ChargedOffOn => maybe(account(accounts::Column::ChargedOffOn)),
            Field::Region => maybe(self.of_address(contact_points::Column::Region)),
            Field::City => maybe(self.of_address(contact_points::Column::City)),
            Field::LastPaidOn => maybe(self.last_paid()),
            Field::PromisesOpen => always(self.promises(PromiseStatus::Open)),
            Field::PromisesKept => always(self.promises(PromiseStatus::Kept)),
            Field::PromisesBroken => always(self.promises(PromiseStatus::Broken)),
            Field::Contacts(days) => always(self.contacts(*days)),
            Field::Attribute(name) => maybe(self.attribute(name)),
        }
    }

    /// Of the debtor's first address.
    fn of_address(&self, column: contact_points::Column) -> Expr {
        use contact_points::Column;
        let point = |column: Column| col((contact_points::Entity, column));
        let mut query = Query::select();
        query
            .column((contact_points::Entity, column))
            .from(contact_points::Entity)
            .and_where(point(Column::OrganizationId).eq(self.org.0))
            .and_where(point(Column::PartyId).equals((accounts::Entity, accounts::Column::DebtorId)))
            .and_where(point(Column::Kind).eq(ContactKind::Address.as_str()))
            .order_by((contact_points::Entity, Column::Id), Order::Asc)
            .limit(1);
        scalar(query)
    }

    fn last_paid(&self) -> Expr {
        use payments::Column;
        let paid = |column: Column| col((payments::Entity, column));
        let mut query = Query::select();
        query
            .expr(Func::max(paid(Column::ReceivedOn)))
            .from(payments::Entity)
            .and_where(paid(Column::OrganizationId).eq(self.org.0))
            .and_where(paid(Column::AccountId).equals((accounts::Entity, accounts::Column::Id)))
            .and_where(paid(Column::Status).eq(PaymentStatus::Posted.as_str()));
        scalar(query)
    }

    fn promises(&self, status: PromiseStatus) -> Expr {
        use promises::Column;
        let promise = |column: Column| col((promises::Entity, column));
        let mut query = Query::select();
        query
            .expr(Func::count(Expr::val(1)))
            .from(promises::Entity)
            .and_where(promise(Column::OrganizationId).eq(self.org.0))
            .and_where(promise(Column::AccountId).equals((accounts::Entity, accounts::Column::Id)))
            .and_where(promise(Column::Status).eq(status.as_str()));
        scalar(query)
    }

    fn contacts(&self, days: u16) -> Expr {
        use activities::Column;
        let activity = |column: Column| col((activities::Entity, column));
        let mut query = Query::select();
        query
            .expr(Func::count(Expr::val(1)))
            .from(activities::Entity)
            .and_where(activity(Column::OrganizationId).eq(self.org.0))
            .and_where(activity(Column::AccountId).equals((accounts::Entity, accounts::Column::Id)))
            .and_where(activity(Column::Channel).is_in(CONTACTS))
            .and_where(activity(Column::At).gt(self.at.now - TimeDelta::days(i64::from(days))))
            .and_where(activity(Column::At).lte(self.at.now));
        scalar(query)
    }

    fn attribute(&self, name: &str) -> Expr {
        use account_attributes::Column;
        let own = |column: Column| col((account_attributes::Entity, column));
        let mut query = Query::select();
        query
            .column((account_attributes::Entity, Column::Value))
            .from(account_attributes::Entity)
            .and_where(own(Column::OrganizationId).eq(self.org.0))
            .and_where(own(Column::AccountId).equals((accounts::Entity, accounts::Column::Id)))
            .and_where(own(Column::Name).eq(name));
        scalar(query)
    }
}

fn scalar(query: SelectStatement) -> Expr {
    Expr::SubQuery(None, Box::new(query.into()))
}

fn ordered(own: Expr, is: Comparison, value: impl Into<Expr>) -> Expr {
    let value = value.into();
    match is {
        Comparison::Eq => own.eq(value),
        Comparison::Ne => own.ne(value),
        Comparison::Lt => own.lt(value),
        Comparison::Le => own.lte(value),
        Comparison::Gt => own.gt(value),
        Comparison::Ge => own.gte(value),
    }
}
