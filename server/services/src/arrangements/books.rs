//! What the journals of the included debts say about an arrangement.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::access::Actor;
use domain::account::{Account, Balance};
use domain::arrangement::Arrangement;
use domain::ids::{AccountId, EntryId};
use domain::ledger::{Entry, EntryKind};
use domain::money::Money;
use sea_orm::ConnectionTrait;
use store::accounts;

use crate::{ServiceError, ServiceResult, Services};

/// The figures on a day.
#[derive(Clone, Debug)]
pub(crate) struct Books {
    /// Each debt in the arrangement's order, with what is owed on it, interest grown included.
    pub owed: Vec<(Account, Balance)>,
    /// What the debts would come to, had nothing been paid or forgiven since the arrangement began.
    pub gross: Balance,
    /// What payments since the start brought, net of reversals and of what stayed unapplied.
    pub paid: Money,
    /// What was forgiven under the arrangement, by debt.
    pub forgiven: Vec<Balance>,
}

impl Services {
    /// What is owed on each debt, for an offer.
    pub(super) async fn owed_on(
        &self,
        db: &impl ConnectionTrait,
        actor: &Actor,
        ids: &[AccountId],
        on: NaiveDate,
    ) -> ServiceResult<Vec<(Account, Balance)>> {
        let mut owed = Vec::with_capacity(ids.len());
        for id in ids {
            let account = accounts::find(db, actor.organization_id, *id).await?;
            let account = account.ok_or(ServiceError::NotFound)?;
            let total = self.owed_in(db, actor, &account, on, None).await?.total;
            owed.push((account, total));
        }
        Ok(owed)
    }

    pub(crate) async fn arrangement_books(
        &self,
        db: &impl ConnectionTrait,
        actor: &Actor,
        of: &Arrangement,
        on: NaiveDate,
    ) -> ServiceResult<Books> {
        let currency = of.agreed.debt.currency();
        let zero = Balance::zero(currency);
        let mut books =
            Books { owed: Vec::new(), gross: zero, paid: Money::zero(currency), forgiven: Vec::new() };
        for debt in &of.debts {
            let account = accounts::find(db, actor.organization_id, debt.account_id).await?;
            let account = account.ok_or(ServiceError::NotFound)?;
            let owed = self.owed_in(db, actor, &account, on, None).await?;
            let roots = Roots::of(&owed.journal);
            let forgiven_by: BTreeSet<EntryId> = debt.forgiven_by.iter().copied().collect();
            let (mut paid, mut forgiven) = (zero, zero);
            for entry in &owed.journal {
                let Some(root) = roots.root(entry) else { continue };
                if root.kind == EntryKind::Payment && is_under(of, root) {
                    paid = less(paid, entry)?;
                } else if forgiven_by.contains(&root.id) {
                    forgiven = less(forgiven, entry)?;
                }
            }
            for (component, amount) in owed.total.components() {
                let whole = amount.add(paid.of(component))?.add(forgiven.of(component))?;
                books.gross = books.gross.add(component, whole)?;
            }
            books.paid = books.paid.add(paid.total()?)?;
            books.forgiven.push(forgiven);
            books.owed.push((account, owed.total));
        }
        Ok(books)
    }
}

/// Is a payment one of this arrangement: did it come, and was it told, after the acceptance?
fn is_under(of: &Arrangement, payment: &Entry) -> bool {
    let since = of.acceptance.as_ref().zip(of.starts_on);
    since.is_some_and(|(acceptance, starts_on)| {
        payment.effective_on >= starts_on && payment.recorded_at >= acceptance.at
    })
}

/// `sum` and what the entry took off the debt.
fn less(sum: Balance, entry: &Entry) -> ServiceResult<Balance> {
    let taken = entry.apply(Balance::zero(sum.currency()))?;
    let mut sum = sum;
    for (component, amount) in taken.components() {
        sum = sum.add(component, amount.negate()?)?;
    }
    Ok(sum)
}

/// The fact that each entry of a journal belongs to: its own, the one it corrects, or the payment
/// whose money it gives back.
pub(crate) struct Roots<'a> {
    by_id: BTreeMap<EntryId, &'a Entry>,
    by_source: BTreeMap<&'a str, &'a Entry>,
}

impl<'a> Roots<'a> {
    pub(crate) fn of(journal: &'a [Entry]) -> Self {
        Self {
            by_id: journal.iter().map(|entry| (entry.id, entry)).collect(),
            by_source: journal.iter().map(|entry| (entry.source.as_str(), entry)).collect(),
        }
    }

    pub(crate) fn root(&self, entry: &'a Entry) -> Option<&'a Entry> {
        let root = self.corrected(entry)?;
        let payment = root.gives_back().and_then(|source| self.by_source.get(source.as_str()).copied());
        Some(payment.unwrap_or(root))
    }

    fn corrected(&self, entry: &'a Entry) -> Option<&'a Entry> {
        match (entry.kind, entry.reverses) {
            (EntryKind::Reversal, Some(id)) => self.by_id.get(&id).copied(),
            // `replay:{cause}:{source}`, and a cause has no colon.
            (EntryKind::Reallocation, _) => {
                let source = entry.source.splitn(3, ':').nth(2)?;
                self.by_source.get(source).copied()
            }
            _ => Some(entry),
        }
    }
}
