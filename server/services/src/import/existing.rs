//! Accounts of a file that are there already: the same, or different.

use std::collections::HashMap;

use domain::account::Balance;
use domain::ids::{CreditorId, OrganizationId};
use domain::ledger::{Book, EntryKind};
use domain::money::{Currency, Money};
use domain::text::compact;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use store::StoreError;
use store::entities::{accounts, entries, parties, postings};
use uuid::Uuid;

use super::bulk::KEYS;
use super::problem::Differs;
use super::row::PortfolioRow;
use crate::ServiceResult;

/// The accounts of one creditor that a file names, by external id.
pub struct Existing(HashMap<String, Known>);

struct Known {
    currency: String,
    due_on: chrono::NaiveDate,
    opening: Balance,
    document_key: Option<String>,
}

impl Existing {
    /// Loads those of some external ids that are there.
    pub async fn load(
        db: &impl ConnectionTrait,
        org: OrganizationId,
        creditor: CreditorId,
        ids: &[&str],
    ) -> ServiceResult<Self> {
        let mut known = HashMap::new();
        for chunk in ids.chunks(KEYS) {
            let found = accounts::Entity::find()
                .filter(accounts::Column::OrganizationId.eq(org.0))
                .filter(accounts::Column::CreditorId.eq(creditor.0))
                .filter(accounts::Column::ExternalId.is_in(chunk.iter().copied()))
                .all(db)
                .await?;
            if found.is_empty() {
                continue;
            }
            let mut openings = openings(db, org, &found).await?;
            let documents = documents(db, org, &found).await?;
            for account in found {
                let currency: Currency =
                    account.currency.parse().map_err(StoreError::bad_row("accounts", account.id))?;
                let opening = openings.remove(&account.id).unwrap_or(Balance::zero(currency));
                let document_key = documents.get(&account.debtor_id).cloned().flatten();
                let due_on = account.due_on;
                known.insert(
                    account.external_id,
                    Known { currency: account.currency, due_on, opening, document_key },
                );
            }
        }
        Ok(Self(known))
    }

    /// Nothing when the account is new; else whether it says the same.
    pub fn compare(&self, row: &PortfolioRow) -> Option<Result<(), Differs>> {
        let known = self.0.get(&row.external_id)?;
        let document = row.debtor.document.as_ref().map(|document| compact(&document.number));
        Some(if known.currency != row.opening.currency().code() {
            Err(Differs::Currency)
        } else if document.is_some() && document != known.document_key {
            Err(Differs::Debtor)
        } else if known.due_on != row.due_on {
            Err(Differs::DueOn)
        } else if known.opening != row.opening {
            Err(Differs::Amounts)
        } else {
            Ok(())
        })
    }
}

/// What each account was opened with, from its opening entry.
async fn openings(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    found: &[accounts::Model],
) -> ServiceResult<HashMap<Uuid, Balance>> {
    let heads = entries::Entity::find()
        .filter(entries::Column::OrganizationId.eq(org.0))
        .filter(entries::Column::AccountId.is_in(found.iter().map(|account| account.id)))
        .filter(entries::Column::Kind.eq(EntryKind::Opening.as_str()))
        .all(db)
        .await?;
    let lines = postings::Entity::find()
        .filter(postings::Column::OrganizationId.eq(org.0))
        .filter(postings::Column::EntryId.is_in(heads.iter().map(|head| head.id)))
        .all(db)
        .await?;
    let mut openings = HashMap::new();
    for line in lines {
        let bad = |cause: String| StoreError::bad_row("postings", line.entry_id)(cause);
        let book: Book = line.book.parse().map_err(|error| bad(format!("{error}")))?;
        let currency: Currency = line.currency.parse().map_err(|error| bad(format!("{error}")))?;
        if let Some(component) = book.component() {
            let balance = openings.entry(line.account_id).or_insert(Balance::zero(currency));
            *balance = balance.add(component, Money::from_minor(line.amount_minor, currency))?;
        }
    }
    Ok(openings)
}

async fn documents(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    found: &[accounts::Model],
) -> ServiceResult<HashMap<Uuid, Option<String>>> {
    let debtors = parties::Entity::find()
        .filter(parties::Column::OrganizationId.eq(org.0))
        .filter(parties::Column::Id.is_in(found.iter().map(|account| account.debtor_id)))
        .all(db)
        .await?;
    Ok(debtors.into_iter().map(|party| (party.id, party.document_key)).collect())
}
