//! Arrangements as they are shown.

use chrono::NaiveDate;
use domain::access::{Actor, ActorKind, Permission};
use domain::account::Component;
use domain::arrangement::{Arrangement, ArrangementStatus, Due, Progress, price};
use domain::ids::{AccountId, ArrangementId};
use domain::money::Money;
use serde_json::Value;
use store::{accounts, arrangements, parties};

use super::books::Books;
use crate::{ServiceError, ServiceResult, Services};

/// One arrangement with all that hangs on it.
#[derive(Clone, Debug)]
pub struct ArrangementView {
    pub arrangement: Arrangement,
    pub debtor_name: String,
    pub debts: Vec<ArrangementDebt>,
    /// The instalments, each with what is paid of it.
    pub progress: Progress,
    /// Nothing that fell due is open. Means something while it runs.
    pub is_kept: bool,
    /// What is to be paid and forgiven as the debts stand today.
    pub to_pay: Money,
    pub forgiven: Vec<(Component, Money)>,
    /// Every schedule it has had, the first one first.
    pub revisions: Vec<ArrangementRevision>,
    /// Hand it back when the debtor agrees: it says which terms were shown.
    pub terms_hash: String,
    /// How the debtor agreed: JSON with `words`, `channel`, `origin`, `terms`, and, where the debtor
    /// agreed in person, `proof`.
    pub evidence: Option<Value>,
    pub today: NaiveDate,
}

#[derive(Clone, Debug)]
pub struct ArrangementDebt {
    pub account_id: AccountId,
    pub external_id: String,
    pub creditor_name: String,
    /// Owed when it was offered, and today.
    pub included: Money,
    pub owed: Money,
    /// Forgiven so far under the arrangement.
    pub forgiven: Money,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArrangementRevision {
    pub revision: i32,
    pub schedule: Vec<Due>,
}

/// One line of a list.
#[derive(Clone, Debug)]
pub struct ArrangementLine {
    pub arrangement: Arrangement,
    pub debtor_name: String,
}

/// Lines on a page of the list.
const PAGE: u64 = 50;

impl Services {
    /// One arrangement, for staff and for its debtor.
    ///
    /// # Errors
    /// `Denied`; `NotFound`, also for those of others.
    pub async fn arrangement(&self, actor: &Actor, id: ArrangementId) -> ServiceResult<ArrangementView> {
        let found = arrangements::find(self.db.read(), actor.organization_id, id).await?;
        let found = found.ok_or(ServiceError::NotFound)?;
        match actor.kind {
            ActorKind::Debtor { party_id } if party_id == found.debtor_id => {}
            ActorKind::Debtor { .. } => return Err(ServiceError::NotFound),
            _ => actor.require(Permission::AccountRead)?,
        }
        self.view_of(actor, found).await
    }

    /// The arrangements that include an account, newest first, for staff and for its debtor.
    ///
    /// # Errors
    /// `Denied`; `NotFound`, also for accounts of others.
    pub async fn arrangements_of(
        &self,
        actor: &Actor,
        account: AccountId,
    ) -> ServiceResult<Vec<ArrangementView>> {
        let org = actor.organization_id;
        let db = self.db.read();
        let owner = accounts::find(db, org, account).await?.ok_or(ServiceError::NotFound)?.debtor_id;
        match actor.kind {
            ActorKind::Debtor { party_id } if party_id == owner => {}
            ActorKind::Debtor { .. } => return Err(ServiceError::NotFound),
            _ => actor.require(Permission::AccountRead)?,
        }
        let mut views = Vec::new();
        for id in arrangements::of_account(db, org, account, &[]).await? {
            if let Some(found) = arrangements::find(db, org, id).await? {
                views.push(self.view_of(actor, found).await?);
            }
        }
        Ok(views)
    }

    /// A page of arrangements with one of these statuses (all for none given), newest first;
    /// `before` continues a page after its last line.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn arrangements(
        &self,
        actor: &Actor,
        statuses: &[ArrangementStatus],
        before: Option<ArrangementId>,
    ) -> ServiceResult<(Vec<ArrangementLine>, Option<ArrangementId>)> {
        actor.require(Permission::AccountRead)?;
        let org = actor.organization_id;
        let db = self.db.read();
        let mut found = arrangements::list(db, org, statuses, before, PAGE + 1).await?;
        let has_more = found.len() as u64 > PAGE;
        found.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
        let next = found.last().filter(|_| has_more).map(|last| last.id);
        let mut lines = Vec::with_capacity(found.len());
        for arrangement in found {
            let debtor = parties::find_party(db, org, arrangement.debtor_id).await?;
            let debtor_name = debtor.map(|party| party.name).unwrap_or_default();
            lines.push(ArrangementLine { arrangement, debtor_name });
        }
        Ok((lines, next))
    }

    async fn view_of(&self, actor: &Actor, of: Arrangement) -> ServiceResult<ArrangementView> {
        let org = actor.organization_id;
        let db = self.db.read();
        let today = self.today(org).await?;
        // One that has ended stays as it was on its last day.
        let on = of.ending.as_ref().map_or(today, |ending| ending.on);
        let books = self.arrangement_books(db, actor, &of, on).await?;
        let progress = of.progress(books.paid, on)?;
        let priced = price(&of.terms, &of.agreed, &books.gross)?;
        let currency = of.agreed.debt.currency();
        let debts = self.debt_lines(actor, &of, &books).await?;
        let debtor = parties::find_party(db, org, of.debtor_id).await?.ok_or(ServiceError::NotFound)?;
        let revisions = arrangements::revisions(db, org, of.id, currency).await?;
        let evidence = of.acceptance.as_ref().and_then(|given| serde_json::from_str(&given.evidence).ok());
        Ok(ArrangementView {
            debtor_name: debtor.name,
            debts,
            is_kept: progress.is_kept(),
            progress,
            to_pay: priced.to_pay,
            forgiven: priced.forgiven.into_iter().filter(|(_, part)| !part.is_zero()).collect(),
            revisions: revisions
                .into_iter()
                .map(|(revision, schedule)| ArrangementRevision { revision, schedule })
                .collect(),
            terms_hash: of.terms_hash(),
            evidence,
            today,
            arrangement: of,
        })
    }

    async fn debt_lines(
        &self,
        actor: &Actor,
        of: &Arrangement,
        books: &Books,
    ) -> ServiceResult<Vec<ArrangementDebt>> {
        let mut lines = Vec::with_capacity(of.debts.len());
        for ((debt, (account, owed)), forgiven) in of.debts.iter().zip(&books.owed).zip(&books.forgiven) {
            let creditor =
                parties::find_creditor(self.db.read(), actor.organization_id, account.creditor_id).await?;
            lines.push(ArrangementDebt {
                account_id: debt.account_id,
                external_id: account.external_id.clone(),
                creditor_name: creditor.map(|creditor| creditor.name).unwrap_or_default(),
                included: debt.included,
                owed: owed.total()?,
                forgiven: forgiven.total()?,
            });
        }
        Ok(lines)
    }
}
