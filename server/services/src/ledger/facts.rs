//! Recording a fact: the journal gets what is missing, the balance moves, all in one transaction.

use chrono::NaiveDate;
use domain::access::Actor;
use domain::account::{Account, Balance};
use domain::ids::{AccountId, EntryId};
use domain::ledger::{AccountTerms, AllocationOrder, Entry, Fact, FactKind, History, reconcile, replay};
use store::posting::{self, PostingContext};
use store::writes::Writes;
use store::{Tx, accounts, ledger};

use super::terms::Given;
use crate::{ServiceError, ServiceResult, Services};

/// Something that happened to an account.
#[derive(Clone, Debug)]
pub struct NewFact {
    /// Unique within the organization: a second fact of this source is the first one again.
    pub source: String,
    /// The day on which it counts; earlier than what is known already is no problem.
    pub effective_on: NaiveDate,
    pub what: FactKind,
}

/// What recording a fact did.
#[derive(Clone, Debug)]
pub struct FactPosted {
    /// The fact's own entry; the one of the first time when `already`.
    pub entry_id: EntryId,
    /// The fact's own entry, when it is new.
    pub entry: Option<Entry>,
    /// Everything that was posted: interest up to the fact, the fact, and what it moved.
    pub posted: Vec<Entry>,
    pub before: Balance,
    pub balance: Balance,
    pub already: bool,
}

impl Services {
    /// Records a fact in the caller's transaction; the caller has authorised it.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` when the fact would change nothing; a figure that is too large.
    pub(crate) async fn post_fact_in(
        &self,
        tx: &Tx,
        actor: &Actor,
        account_id: AccountId,
        fact: NewFact,
    ) -> ServiceResult<FactPosted> {
        let context = posting::lock(tx, actor.organization_id, account_id, &fact.source).await?;
        let context = context.ok_or(ServiceError::NotFound)?;
        if let Some(entry_id) = context.already {
            let (entry, posted, before) = (None, Vec::new(), context.balance);
            return Ok(FactPosted { entry_id, entry, posted, before, balance: before, already: true });
        }
        let mut writes = Writes::new(tx);
        let posted = self.post_fact_on(tx, actor, &context, fact, &mut writes).await?;
        writes.flush(tx).await?;
        Ok(posted)
    }

    /// The same for a source that is known to be new; the caller flushes `writes`.
    pub(crate) async fn post_fact_on(
        &self,
        tx: &Tx,
        actor: &Actor,
        context: &PostingContext,
        fact: NewFact,
        writes: &mut Writes,
    ) -> ServiceResult<FactPosted> {
        let org = actor.organization_id;
        let PostingContext { account, balance: before, .. } = context;
        let terms = if context.has_terms {
            let given = Given { country: &context.country, rates: &context.rates };
            self.account_terms_given(tx, org, account, given).await?
        } else {
            AccountTerms::plain(account.due_on, AllocationOrder::for_country(&context.country))
        };
        let source = fact.source.clone();
        let fact = Fact {
            source: fact.source,
            effective_on: fact.effective_on,
            recorded_at: self.now(),
            what: fact.what,
        };
        let in_order = context.last_effective.is_none_or(|last| last <= fact.effective_on);
        let simple = in_order && !terms.accrues() && account.charged_off_on.is_none();
        let posted = if simple && !fact.what.needs_history() {
            let entry = fact.entry_on(account.id, EntryId(self.new_id()), before, &terms)?;
            entry.into_iter().collect()
        } else {
            let mut history = History::of(&ledger::journal(tx, org, account.id).await?)?;
            history.learn(fact);
            self.missing(account, &terms, &history)?
        };
        let Some(entry) = posted.iter().find(|entry| entry.source == source) else {
            return Err(ServiceError::invalid(
                "fact",
                "Esto no cambiaría nada en la cuenta: ese día no se debía nada de ello",
                "This would change nothing on the account: none of it was owed on that day",
            ));
        };
        let entry = entry.clone();
        let balance = ledger::post_into(writes, org, &posted, *before, self.livemode())?;
        Ok(FactPosted {
            entry_id: entry.id,
            entry: Some(entry),
            posted,
            before: *before,
            balance,
            already: false,
        })
    }

    /// Takes a fact back from its own day on: what came later is allocated again. Gives the
    /// reversing entry and the balance.
    ///
    /// # Errors
    /// `NotFound`, also when the fact was taken back before.
    pub(crate) async fn reverse_fact_in(
        &self,
        tx: &Tx,
        actor: &Actor,
        account_id: AccountId,
        entry_id: EntryId,
    ) -> ServiceResult<(Entry, Balance)> {
        let org = actor.organization_id;
        let before = ledger::lock_balance(tx, org, account_id).await?.ok_or(ServiceError::NotFound)?;
        let account = accounts::find(tx, org, account_id).await?.ok_or(ServiceError::NotFound)?;
        let journal = ledger::journal(tx, org, account_id).await?;
        let source = journal.iter().find(|entry| entry.id == entry_id).map(|entry| entry.source.clone());
        let source = source.ok_or(ServiceError::NotFound)?;
        let mut history = History::of(&journal)?;
        history.forget(&source);
        let terms = self.account_terms(tx, org, &account).await?;
        let posted = self.missing(&account, &terms, &history)?;
        let reversal = posted.iter().find(|entry| entry.reverses == Some(entry_id)).cloned();
        let reversal = reversal.ok_or(ServiceError::NotFound)?;
        let balance = ledger::post_all(tx, org, &posted, before, self.livemode()).await?;
        Ok((reversal, balance))
    }

    /// What has to be posted so that the journal says what its facts say.
    fn missing(
        &self,
        account: &Account,
        terms: &AccountTerms,
        history: &History,
    ) -> ServiceResult<Vec<Entry>> {
        let until = history.facts.iter().map(|fact| fact.effective_on).max().unwrap_or(account.due_on);
        let replay = replay(account.currency, terms, &history.facts, until)?;
        let mut next_id = || EntryId(self.new_id());
        let cause = next_id();
        let at = self.now();
        Ok(reconcile(account.id, account.currency, history, &replay, cause, at, &mut next_id)?)
    }
}
