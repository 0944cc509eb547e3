//! An arrangement follows its debts: it re-plans itself, begins, completes, goes on.

use chrono::NaiveDate;
use domain::access::Actor;
use domain::arrangement::{Arrangement, ArrangementStatus, WhenForgiven, price, replan};
use domain::ids::AccountId;
use domain::money::Money;
use serde_json::json;
use store::audit::NewAudit;
use store::{Tx, arrangements};

use super::accept::debts_of;
use super::books::Books;
use super::refusal::{bad_step, bad_terms};
use crate::{ServiceResult, Services};

/// What made it look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Money moved on one of the debts, whose balance is locked; the others' may not be.
    Payment,
    /// The debtor has just agreed. What grew since the offer waits: nobody is asked for more than
    /// what they said yes to on the day they said it.
    Accepted,
    /// A day ended. Interest grown meanwhile is asked for when the next payment posts it.
    Night,
}

impl Services {
    /// To be called in the transaction that posted a payment on a debt, with its balance locked,
    /// before the transaction's own audit rows: re-plans, begins or completes the arrangement that
    /// the debt is in.
    ///
    /// # Errors
    /// The database, or figures that are too large.
    pub(crate) async fn after_payment_in(
        &self,
        tx: &Tx,
        actor: &Actor,
        account: AccountId,
        on: NaiveDate,
    ) -> ServiceResult<()> {
        let running = [ArrangementStatus::Accepted, ArrangementStatus::Active];
        self.follow(tx, actor, account, on, &running).await
    }

    /// The same after a payment was taken back: an arrangement that it completed goes on.
    ///
    /// # Errors
    /// See [`Services::after_payment_in`].
    pub(crate) async fn after_reversal_in(
        &self,
        tx: &Tx,
        actor: &Actor,
        account: AccountId,
        on: NaiveDate,
    ) -> ServiceResult<()> {
        let all = [ArrangementStatus::Accepted, ArrangementStatus::Active, ArrangementStatus::Completed];
        self.follow(tx, actor, account, on, &all).await
    }

    async fn follow(
        &self,
        tx: &Tx,
        actor: &Actor,
        account: AccountId,
        on: NaiveDate,
        statuses: &[ArrangementStatus],
    ) -> ServiceResult<()> {
        let org = actor.organization_id;
        let found = arrangements::of_account(tx, org, account, statuses).await?;
        if found.is_empty() {
            return Ok(());
        }
        // A late payment counts for today's plan.
        let on = on.max(self.today(org).await?);
        let mut told = Vec::new();
        for id in found {
            if let Some(current) = arrangements::lock(tx, org, id).await?
                && statuses.contains(&current.status)
            {
                told.extend(self.refresh_in(tx, actor, current, on, Why::Payment).await?);
            }
        }
        Ok(store::audit::append(tx, told).await?)
    }

    /// Brings an arrangement, whose row is locked, up to `on`; gives what to tell the audit trail.
    pub(super) async fn refresh_in(
        &self,
        tx: &Tx,
        actor: &Actor,
        before: Arrangement,
        on: NaiveDate,
        why: Why,
    ) -> ServiceResult<Vec<NewAudit>> {
        let mut books = self.arrangement_books(tx, actor, &before, on).await?;
        let mut now = before.clone();
        let mut told = Vec::new();
        if now.status == ArrangementStatus::Completed {
            let asked = now.progress(books.paid, on)?;
            if asked.is_complete() || self.runs_elsewhere(tx, actor, &now).await? {
                return Ok(told);
            }
            now = now.reopen().map_err(bad_step)?;
            self.take_forgiveness_back(tx, actor, &mut now).await?;
            told.push(self.told_of(actor, "arrangement.reopened", &now, json!({})));
            books = self.arrangement_books(tx, actor, &now, on).await?;
        }
        now = self.replanned(actor, now, &books, on, why, &mut told)?;
        let progress = now.progress(books.paid, on)?;
        if now.status == ArrangementStatus::Accepted
            && progress.installments.first().is_none_or(|i| i.left.is_zero())
        {
            now = now.activate(&progress).map_err(bad_step)?;
            told.push(self.told_of(actor, "arrangement.activated", &now, json!({})));
        }
        let completes = progress.is_complete();
        let forgives = completes || now.terms.when_forgiven == WhenForgiven::Proportional;
        // A completed plan must be able to post on every debt: if somebody else is at one of them,
        // their own payment, or the night, completes it.
        let is_free = !forgives || why != Why::Payment || self.others_are_free(tx, actor, &now).await?;
        if completes && is_free {
            self.forgive_rest(tx, actor, &mut now, &books, on).await?;
            now = now.complete(&progress, on).map_err(bad_step)?;
            self.tell_end(tx, actor, &before, &now, on).await?;
            told.push(self.told_of(
                actor,
                "arrangement.completed",
                &now,
                json!({ "paid": books.paid.minor() }),
            ));
            metrics::counter!("saldar_arrangements_completed_total").increment(1);
        } else if forgives && is_free {
            self.forgive_share(tx, actor, &mut now, &books, on).await?;
        }
        if now != before {
            arrangements::update(tx, actor.organization_id, &before, &now).await?;
        }
        Ok(told)
    }

    fn replanned(
        &self,
        actor: &Actor,
        now: Arrangement,
        books: &Books,
        on: NaiveDate,
        why: Why,
        told: &mut Vec<NewAudit>,
    ) -> ServiceResult<Arrangement> {
        let mut to_pay = price(&now.terms, &now.agreed, &books.gross)?.to_pay;
        let asked = Money::sum(to_pay.currency(), now.schedule.iter().map(|due| due.amount))?;
        if why != Why::Payment {
            to_pay = to_pay.min(asked)?;
        }
        match replan(&now.schedule, to_pay, books.paid, on, &now.terms).map_err(bad_terms)? {
            None => Ok(now),
            Some(schedule) => {
                let now = now.revise(schedule).map_err(bad_step)?;
                let details =
                    json!({ "revision": now.revision, "from": asked.minor(), "to": to_pay.minor() });
                told.push(self.told_of(actor, "arrangement.replanned", &now, details));
                Ok(now)
            }
        }
    }

    async fn others_are_free(&self, tx: &Tx, actor: &Actor, of: &Arrangement) -> ServiceResult<bool> {
        if of.debts.len() < 2 {
            return Ok(true);
        }
        Ok(arrangements::try_lock_debts(tx, actor.organization_id, &debts_of(of)).await?)
    }

    /// Has another arrangement begun on one of the debts since this one was completed?
    async fn runs_elsewhere(&self, tx: &Tx, actor: &Actor, of: &Arrangement) -> ServiceResult<bool> {
        let running = [ArrangementStatus::Accepted, ArrangementStatus::Active];
        for account in debts_of(of) {
            if !arrangements::of_account(tx, actor.organization_id, account, &running).await?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
