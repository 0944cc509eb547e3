//! What an arrangement does to the books, and how it is told.

use chrono::NaiveDate;
use domain::access::Actor;
use domain::account::{Balance, Component};
use domain::arrangement::{Arrangement, ArrangementStatus, Forgiveness, WhenForgiven, price};
use domain::ids::AccountId;
use domain::ledger::FactKind;
use domain::money::Money;
use serde_json::{Value, json};
use store::audit::NewAudit;
use store::entities::account_events;
use store::{Tx, arrangements};

use super::books::Books;
use crate::ledger::NewFact;
use crate::{ServiceResult, Services};

type Parts = Vec<(Component, Money)>;

impl Services {
    /// Posts what was agreed to be forgiven, at acceptance.
    pub(super) async fn forgive_upfront(
        &self,
        tx: &Tx,
        actor: &Actor,
        mut of: Arrangement,
        on: NaiveDate,
    ) -> ServiceResult<Arrangement> {
        let books = self.arrangement_books(tx, actor, &of, on).await?;
        let parts = spread(&of.agreed.forgiven, &books)?;
        self.forgive(tx, actor, &mut of, parts, on).await?;
        Ok(of)
    }

    /// All is paid: what is still owed on the debts is what was agreed to be forgiven. It shows on
    /// the components that the payments, in the order of the law, left.
    pub(super) async fn forgive_rest(
        &self,
        tx: &Tx,
        actor: &Actor,
        of: &mut Arrangement,
        books: &Books,
        on: NaiveDate,
    ) -> ServiceResult<()> {
        let left =
            |balance: &Balance| balance.components().filter(|(_, amount)| amount.is_positive()).collect();
        let parts = books.owed.iter().map(|(_, balance)| left(balance)).collect();
        self.forgive(tx, actor, of, parts, on).await
    }

    /// What the payments so far have earned, of a discount that comes in proportion.
    pub(super) async fn forgive_share(
        &self,
        tx: &Tx,
        actor: &Actor,
        of: &mut Arrangement,
        books: &Books,
        on: NaiveDate,
    ) -> ServiceResult<()> {
        let priced = price(&of.terms, &of.agreed, &books.gross)?;
        let earned = priced.forgiven_after(books.paid, Forgiveness::Proportional)?;
        let mut more = Vec::new();
        for (component, target) in earned {
            let given =
                Money::sum(target.currency(), books.forgiven.iter().map(|balance| balance.of(component)))?;
            let delta = target.sub(given)?;
            if delta.is_positive() {
                more.push((component, delta));
            }
        }
        let parts = spread(&more, books)?;
        self.forgive(tx, actor, of, parts, on).await
    }

    async fn forgive(
        &self,
        tx: &Tx,
        actor: &Actor,
        of: &mut Arrangement,
        parts: Vec<Parts>,
        on: NaiveDate,
    ) -> ServiceResult<()> {
        let id = of.id;
        for (debt, parts) in of.debts.iter_mut().zip(parts) {
            if parts.is_empty() {
                continue;
            }
            let source = format!("arrangement:{id}:forgiveness:{}", self.new_id());
            let fact = NewFact { source, effective_on: on, what: FactKind::Forgiveness { parts } };
            let posted = self.post_fact_in(tx, actor, debt.account_id, fact).await?;
            debt.forgiven_by.push(posted.entry_id);
            self.keep_promises(tx, actor, debt.account_id, &posted.balance).await?;
        }
        Ok(())
    }

    /// What was forgiven is owed again, as if it had never been forgiven.
    pub(super) async fn take_forgiveness_back(
        &self,
        tx: &Tx,
        actor: &Actor,
        of: &mut Arrangement,
    ) -> ServiceResult<()> {
        for debt in &mut of.debts {
            for entry in std::mem::take(&mut debt.forgiven_by) {
                self.reverse_fact_in(tx, actor, debt.account_id, entry).await?;
            }
        }
        Ok(())
    }

    /// What the terms say about a breach. What was forgiven in proportion to payments stays.
    pub(super) async fn suffer_breach(
        &self,
        tx: &Tx,
        actor: &Actor,
        of: &mut Arrangement,
        on: NaiveDate,
    ) -> ServiceResult<()> {
        let breach = of.terms.on_breach;
        if breach.reinstate && of.terms.when_forgiven == WhenForgiven::Upfront {
            self.take_forgiveness_back(tx, actor, of).await?;
        }
        if let (Some(charge), Some(debt)) = (breach.charge, of.debts.first()) {
            let what = FactKind::Charge {
                component: charge.component,
                amount: charge.amount,
                only_while_owed: false,
                beneficiary: domain::ledger::Beneficiary::Creditor,
            };
            let source = format!("arrangement:{}:breach", of.id);
            self.post_fact_in(tx, actor, debt.account_id, NewFact { source, effective_on: on, what }).await?;
        }
        Ok(())
    }

    /// An event on each debt, for whatever listens to accounts.
    pub(super) async fn tell_end(
        &self,
        tx: &Tx,
        actor: &Actor,
        before: &Arrangement,
        after: &Arrangement,
        on: NaiveDate,
    ) -> ServiceResult<()> {
        let kind = match after.status {
            ArrangementStatus::Completed => "arrangement_completed",
            ArrangementStatus::Broken => "arrangement_broken",
            ArrangementStatus::Expired => "arrangement_expired",
            _ => return Ok(()),
        };
        let why = after.ending.as_ref().map(|ending| json!({ "why": ending.why }).to_string());
        for debt in &after.debts {
            let event = account_events::Model {
                organization_id: actor.organization_id.0,
                account_id: debt.account_id.0,
                on_date: on,
                kind: kind.to_owned(),
                subject_id: after.id.0,
                from_value: Some(before.status.as_str().to_owned()),
                to_value: Some(after.status.as_str().to_owned()),
                details: why.clone(),
                recorded_at: self.now(),
            };
            arrangements::tell_event(tx, event).await?;
        }
        Ok(())
    }

    pub(super) fn told_of(
        &self,
        actor: &Actor,
        action: &'static str,
        of: &Arrangement,
        details: Value,
    ) -> NewAudit {
        self.told(actor, action, format!("arrangement:{}", of.id), details)
    }

    /// A row for the audit trail, to be appended when nothing is locked any more after it.
    pub(super) fn told(
        &self,
        actor: &Actor,
        action: &'static str,
        subject: String,
        details: Value,
    ) -> NewAudit {
        NewAudit {
            organization_id: actor.organization_id,
            at: self.now(),
            actor: actor.audit_name(),
            action,
            subject,
            details,
        }
    }
}

/// Amounts of components over the debts, in their order, of each never more than is owed.
fn spread(amounts: &[(Component, Money)], books: &Books) -> ServiceResult<Vec<Parts>> {
    let mut rest = amounts.to_vec();
    let mut all = Vec::with_capacity(books.owed.len());
    for (_, balance) in &books.owed {
        let mut parts = Vec::new();
        for (component, amount) in &mut rest {
            let part = amount.min(balance.of(*component))?;
            if part.is_positive() {
                *amount = amount.sub(part)?;
                parts.push((*component, part));
            }
        }
        all.push(parts);
    }
    Ok(all)
}

/// Ids of accounts, for those who lock them.
pub(super) fn accounts_of<'a>(all: impl IntoIterator<Item = &'a Arrangement>) -> Vec<AccountId> {
    all.into_iter().flat_map(|one| one.debts.iter().map(|debt| debt.account_id)).collect()
}
