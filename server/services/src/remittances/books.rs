//! What of an account's collections the agency keeps because the charge was its own.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::account::{Balance, Component};
use domain::ids::{AccountId, EntryId, OrganizationId};
use domain::ledger::{Book, Entry, EntryKind};
use domain::money::Money;
use sea_orm::ConnectionTrait;
use store::ledger;

use crate::arrangements::Roots;
use crate::{ServiceResult, Services};

/// A fact by day, with all its corrections: what it put on the debt, or took off it.
struct Fact {
    is_charge: bool,
    parts: Balance,
}

type Facts = BTreeMap<(NaiveDate, DateTime<Utc>, EntryId), Fact>;

impl Services {
    /// Of what payments brought until `until`, the part that went to the agency's own charges:
    /// within a component, a charge of the agency that stands open is paid first.
    pub(super) async fn collected_for_agency(
        &self,
        db: &impl ConnectionTrait,
        org: OrganizationId,
        account: AccountId,
        until: NaiveDate,
    ) -> ServiceResult<Option<Money>> {
        let mut journal = ledger::journal(db, org, account).await?;
        journal.retain(|entry| entry.effective_on <= until);
        let Some(first) = journal.first() else { return Ok(None) };
        let currency = first.currency();
        let facts = facts(&journal, Balance::zero(currency))?;
        let mut kept = Money::zero(currency);
        for component in Component::ALL {
            let mut open = Money::zero(currency);
            for fact in facts.values() {
                let amount = fact.parts.of(*component);
                if fact.is_charge {
                    open = open.add(amount)?;
                    continue;
                }
                let part = amount.negate()?.min(open)?;
                if part.is_positive() {
                    open = open.sub(part)?;
                    kept = kept.add(part)?;
                }
            }
        }
        Ok(Some(kept))
    }
}

/// Payments and charges of the agency, each with what corrected it since.
fn facts(journal: &[Entry], zero: Balance) -> ServiceResult<Facts> {
    let roots = Roots::of(journal);
    let mut facts = Facts::new();
    for entry in journal {
        let Some(root) = roots.root(entry) else { continue };
        let is_charge = root.postings().iter().any(|posting| posting.book == Book::Fees);
        if is_charge || root.kind == EntryKind::Payment {
            let key = (root.effective_on, root.recorded_at, root.id);
            let fact = facts.entry(key).or_insert(Fact { is_charge, parts: zero });
            fact.parts = entry.apply(fact.parts)?;
        }
    }
    Ok(facts)
}
