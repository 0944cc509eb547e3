//! Accounts as the evaluator in `domain::strategy` sees them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::account::{DelinquencyBucket, PromiseStatus, Stage};
use domain::calendar::days_past_due;
use domain::ids::{AccountId, OrganizationId};
use domain::ledger::PaymentStatus;
use domain::money::Money;
use domain::party::ContactKind;
use domain::strategy::{Field, Row, Value};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{CONTACTS, Moment};
use crate::entities::{
    account_attributes, accounts, activities, balances, contact_points, creditors, parties, payments,
    promises,
};
use crate::{StoreError, StoreResult};

/// The rows of these accounts; those that are not there are left out.
///
/// # Errors
/// The database fails or a row is invalid.
pub async fn rows(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    ids: &[AccountId],
    at: Moment,
) -> StoreResult<HashMap<AccountId, Row>> {
    let of = || ids.iter().map(|id| id.0);
    let found = accounts::Entity::find()
        .filter(accounts::Column::OrganizationId.eq(org.0))
        .filter(accounts::Column::Id.is_in(of()))
        .all(db)
        .await?;
    let debtors: Vec<Uuid> = found.iter().map(|row| row.debtor_id).collect();
    let owed = balances::Entity::find()
        .filter(balances::Column::OrganizationId.eq(org.0))
        .filter(balances::Column::AccountId.is_in(of()))
        .all(db)
        .await?;
    let people = parties::Entity::find()
        .filter(parties::Column::OrganizationId.eq(org.0))
        .filter(parties::Column::Id.is_in(debtors.iter().copied()))
        .all(db)
        .await?;
    let addresses = contact_points::Entity::find()
        .filter(contact_points::Column::OrganizationId.eq(org.0))
        .filter(contact_points::Column::PartyId.is_in(debtors))
        .filter(contact_points::Column::Kind.eq(ContactKind::Address.as_str()))
        .order_by_asc(contact_points::Column::Id)
        .all(db)
        .await?;
    let creditors =
        creditors::Entity::find().filter(creditors::Column::OrganizationId.eq(org.0)).all(db).await?;
    let promised = promises::Entity::find()
        .filter(promises::Column::OrganizationId.eq(org.0))
        .filter(promises::Column::AccountId.is_in(of()))
        .all(db)
        .await?;
    let paid = payments::Entity::find()
        .filter(payments::Column::OrganizationId.eq(org.0))
        .filter(payments::Column::AccountId.is_in(of()))
        .filter(payments::Column::Status.eq(PaymentStatus::Posted.as_str()))
        .all(db)
        .await?;
    let contacts = activities::Entity::find()
        .filter(activities::Column::OrganizationId.eq(org.0))
        .filter(activities::Column::AccountId.is_in(of()))
        .all(db)
        .await?;
    let attributes = account_attributes::Entity::find()
        .filter(account_attributes::Column::OrganizationId.eq(org.0))
        .filter(account_attributes::Column::AccountId.is_in(of()))
        .all(db)
        .await?;
    let mut rows = HashMap::new();
    for account in found {
        let Some(balance) = owed.iter().find(|row| row.account_id == account.id) else { continue };
        let Some(debtor) = people.iter().find(|row| row.id == account.debtor_id) else { continue };
        let mut row = Row::new(at.today);
        facts(&mut row, &account, balance, at.today)?;
        let text = |value: Option<String>| value.map(Value::Text);
        row.set(Field::Country, text(Some(debtor.country.clone())));
        row.set(Field::Language, text(Some(debtor.language.clone())));
        let creditor = creditors.iter().find(|row| row.id == account.creditor_id);
        row.set(Field::Creditor, text(creditor.map(|creditor| creditor.code.clone())));
        let address = addresses.iter().find(|point| point.party_id == account.debtor_id);
        row.set(Field::Region, text(address.and_then(|point| point.region.clone())));
        row.set(Field::City, text(address.and_then(|point| point.city.clone())));
        let last =
            paid.iter().filter(|payment| payment.account_id == account.id).map(|p| p.received_on).max();
        row.set(Field::LastPaidOn, last.map(Value::Date));
        let count = |status: PromiseStatus| {
            let own = promised.iter().filter(|promise| promise.account_id == account.id);
            number(own.filter(|promise| promise.status == status.as_str()).count())
        };
        row.set(Field::PromisesOpen, count(PromiseStatus::Open));
        row.set(Field::PromisesKept, count(PromiseStatus::Kept));
        row.set(Field::PromisesBroken, count(PromiseStatus::Broken));
        let made: Vec<DateTime<Utc>> = contacts
            .iter()
            .filter(|made| made.account_id == account.id && CONTACTS.contains(&made.channel.as_str()))
            .map(|made| made.at)
            .collect();
        for field in Field::LISTED {
            if let Field::Contacts(days) = field {
                let since = at.now - TimeDelta::days(i64::from(days));
                let recent = made.iter().filter(|made| **made > since && **made <= at.now);
                row.set(Field::Contacts(days), number(recent.count()));
            }
        }
        for own in attributes.iter().filter(|own| own.account_id == account.id) {
            row.set(Field::Attribute(own.name.clone()), text(Some(own.value.clone())));
        }
        rows.insert(AccountId(account.id), row);
    }
    Ok(rows)
}

fn facts(
    row: &mut Row,
    account: &accounts::Model,
    balance: &balances::Model,
    today: NaiveDate,
) -> StoreResult<()> {
    let currency = balance.currency.parse().map_err(StoreError::bad_row("balances", account.id))?;
    let money = |minor| Some(Value::Money(Money::from_minor(minor, currency)));
    let text = |value: Option<&String>| value.map(|value| Value::Text(value.clone()));
    let date = |value: Option<NaiveDate>| value.map(Value::Date);
    let count = |value: Option<i32>| value.map(|value| Value::Number(i64::from(value)));
    let late = if balance.total > 0 { days_past_due(account.due_on, today) } else { 0 };
    let stage = Stage::of(balance.total, account.due_on, account.charged_off_on, today);
    let bucket = DelinquencyBucket::of(balance.total, account.due_on, today);
    row.set(Field::DaysPastDue, Some(Value::Number(late)));
    row.set(Field::Stage, Some(Value::Text(stage.as_str().to_owned())));
    row.set(Field::Bucket, Some(Value::Number(i64::from(bucket.code()))));
    row.set(Field::Owed, money(balance.total));
    row.set(Field::OwedPrincipal, money(balance.principal));
    row.set(Field::Currency, text(Some(&account.currency)));
    row.set(Field::Product, text(account.product.as_ref()));
    row.set(Field::CreditType, text(account.credit_type.as_ref()));
    row.set(Field::InstallmentsTotal, count(account.installments_total));
    row.set(Field::InstallmentsUnpaid, count(account.installments_unpaid));
    row.set(Field::DueOn, date(Some(account.due_on)));
    row.set(Field::OpenedOn, date(account.opened_on));
    row.set(Field::ChargedOffOn, date(account.charged_off_on));
    Ok(())
}

fn number(count: usize) -> Option<Value> {
    i64::try_from(count).ok().map(Value::Number)
}
