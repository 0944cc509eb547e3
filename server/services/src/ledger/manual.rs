//! Facts by hand: a charge, something forgiven, a charge-off; and taking one back. What would change
//! is shown first, by doing it in a transaction that is then undone.

use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::account::{Balance, Component};
use domain::ids::{AccountId, EntryId};
use domain::ledger::{Entry, EntryKind, FactKind};
use domain::money::Money;
use serde_json::json;
use store::{Tx, accounts, ledger};
use uuid::Uuid;

use super::{FactPosted, NewFact};
use crate::{ServiceError, ServiceResult, Services};

/// Something that a member of staff says happened to an account.
#[derive(Clone, Debug)]
pub struct ManualFact {
    pub account_id: AccountId,
    /// A charge, forgiveness or charge-off: payments and openings have ways of their own.
    pub what: FactKind,
    pub effective_on: NaiveDate,
    pub reason: String,
    /// Idempotency: a form carries it, so that sending it twice posts once.
    pub key: Uuid,
}

/// What is owed today before and after, and what would be posted.
#[derive(Clone, Debug)]
pub struct FactPreview {
    pub before: Balance,
    pub after: Balance,
    pub posted: Vec<Entry>,
}

/// Longest reason kept, in characters.
const REASON_CHARS: usize = 500;

impl Services {
    /// What posting this would change. Nothing is kept.
    ///
    /// # Errors
    /// As [`Services::post_fact`], but the reason may be missing.
    pub async fn preview_fact(&self, actor: &Actor, new: &ManualFact) -> ServiceResult<FactPreview> {
        actor.require(Permission::FactPost)?;
        let today = self.today(actor.organization_id).await?;
        let tx = self.begin().await?;
        let before = self.owed_today(&tx, actor, new.account_id, today).await?;
        let posted = self.manual_fact_in(&tx, actor, new, today).await?.posted;
        let after = self.owed_today(&tx, actor, new.account_id, today).await?;
        tx.rollback().await?;
        Ok(FactPreview { before, after, posted })
    }

    /// Posts a fact by hand. Posting the same key twice is posting it once.
    ///
    /// # Errors
    /// `Denied`; `NotFound`; `Invalid` for an amount that is not positive or of another currency, more
    /// forgiven than is owed on that day, a date to come, a second charge-off, or no reason.
    pub async fn post_fact(&self, actor: &Actor, new: ManualFact) -> ServiceResult<EntryId> {
        actor.require(Permission::FactPost)?;
        let reason = reason(&new.reason)?;
        let today = self.today(actor.organization_id).await?;
        let tx = self.begin().await?;
        let done = self.manual_fact_in(&tx, actor, &new, today).await?;
        if !done.already {
            let details = json!({ "entry": done.entry_id, "kind": new.what.entry_kind(), "reason": reason });
            self.audit(&tx, actor, "fact.posted", format!("account:{}", new.account_id), details).await?;
        }
        tx.commit().await?;
        Ok(done.entry_id)
    }

    async fn manual_fact_in(
        &self,
        tx: &Tx,
        actor: &Actor,
        new: &ManualFact,
        today: NaiveDate,
    ) -> ServiceResult<FactPosted> {
        let org = actor.organization_id;
        if new.effective_on > today {
            return Err(ServiceError::invalid(
                "effective_on",
                "La fecha no puede ser futura; elija hoy o un día anterior",
                "The date cannot be in the future; choose today or an earlier day",
            ));
        }
        let id = new.account_id;
        let balance = ledger::lock_balance(tx, org, id).await?.ok_or(ServiceError::NotFound)?;
        let account = accounts::find(tx, org, id).await?.ok_or(ServiceError::NotFound)?;
        let source = format!("manual:{}", new.key);
        let known = ledger::entry_of_source(tx, org, &source).await?.is_some();
        if !known {
            makes_sense(&new.what, balance, account.charged_off_on.is_some())?;
        }
        let fact = NewFact { source, effective_on: new.effective_on, what: new.what.clone() };
        let done = self.post_fact_in(tx, actor, id, fact).await?;
        if done.already {
            return Ok(done);
        }
        if let (FactKind::Forgiveness { parts }, Some(entry)) = (&new.what, &done.entry) {
            all_was_owed(parts, entry)?;
        }
        if new.what == FactKind::ChargeOff {
            accounts::set_charged_off(tx, org, id, Some(new.effective_on)).await?;
        }
        self.after_payment_in(tx, actor, id, new.effective_on).await?;
        Ok(done)
    }

    /// What taking this entry back would change. Nothing is kept.
    ///
    /// # Errors
    /// As [`Services::take_back_fact`], but the reason may be missing.
    pub async fn preview_taking_back(
        &self,
        actor: &Actor,
        account_id: AccountId,
        entry: EntryId,
    ) -> ServiceResult<FactPreview> {
        actor.require(Permission::FactPost)?;
        let today = self.today(actor.organization_id).await?;
        let tx = self.begin().await?;
        let before = self.owed_today(&tx, actor, account_id, today).await?;
        let reversal = self.take_back_in(&tx, actor, account_id, entry).await?;
        let after = self.owed_today(&tx, actor, account_id, today).await?;
        tx.rollback().await?;
        Ok(FactPreview { before, after, posted: vec![reversal] })
    }

    /// Takes a charge, forgiveness or charge-off back from its own day on.
    ///
    /// # Errors
    /// `Denied`; `NotFound`, also for what was taken back before; `Invalid` for an entry of another
    /// kind, for what an arrangement forgave, or without a reason.
    pub async fn take_back_fact(
        &self,
        actor: &Actor,
        account_id: AccountId,
        entry: EntryId,
        why: &str,
    ) -> ServiceResult<()> {
        actor.require(Permission::FactPost)?;
        let reason = reason(why)?;
        let tx = self.begin().await?;
        let reversal = self.take_back_in(&tx, actor, account_id, entry).await?;
        let details = json!({ "entry": entry, "reversal": reversal.id, "reason": reason });
        self.audit(&tx, actor, "fact.taken_back", format!("account:{account_id}"), details).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn take_back_in(
        &self,
        tx: &Tx,
        actor: &Actor,
        account_id: AccountId,
        entry: EntryId,
    ) -> ServiceResult<Entry> {
        let org = actor.organization_id;
        let found = ledger::find_entry(tx, org, entry).await?;
        let found = found.filter(|found| found.account_id == account_id).ok_or(ServiceError::NotFound)?;
        can_be_taken_back(&found)?;
        let (reversal, _) = self.reverse_fact_in(tx, actor, account_id, entry).await?;
        if found.kind == EntryKind::ChargeOff {
            accounts::set_charged_off(tx, org, account_id, None).await?;
        }
        self.after_reversal_in(tx, actor, account_id, reversal.effective_on).await?;
        Ok(reversal)
    }

    async fn owed_today(
        &self,
        tx: &Tx,
        actor: &Actor,
        id: AccountId,
        today: NaiveDate,
    ) -> ServiceResult<Balance> {
        let org = actor.organization_id;
        let account = accounts::find(tx, org, id).await?.ok_or(ServiceError::NotFound)?;
        Ok(self.balance_on(tx, org, &account, today).await?.0)
    }
}

/// Can staff take this entry back by hand?
///
/// # Errors
/// `Invalid`, with where it is done instead.
pub fn can_be_taken_back(entry: &Entry) -> ServiceResult<()> {
    let by_hand = matches!(entry.kind, EntryKind::Charge | EntryKind::Forgiveness | EntryKind::ChargeOff);
    if !by_hand {
        return Err(ServiceError::invalid(
            "",
            "Aquí se anulan cargos, quitas y castigos; un pago se revierte desde su recibo",
            "Charges, forgiveness and charge-offs are taken back here; a payment is reversed from its receipt",
        ));
    }
    if entry.source.starts_with("arrangement:") {
        return Err(ServiceError::invalid(
            "",
            "Esta quita es de un convenio; cancele el convenio y volverá a deberse",
            "An arrangement forgave this; cancel the arrangement and it is owed again",
        ));
    }
    Ok(())
}

fn reason(text: &str) -> ServiceResult<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(ServiceError::invalid("reason", "Escriba el motivo", "Say why"));
    }
    Ok(text.chars().take(REASON_CHARS).collect())
}

fn makes_sense(what: &FactKind, owed: Balance, is_charged_off: bool) -> ServiceResult<()> {
    let right = |amount: &Money| amount.currency() == owed.currency() && amount.is_positive();
    let code = owed.currency();
    match what {
        FactKind::Charge { amount, .. } if !right(amount) => Err(ServiceError::invalid(
            "amount",
            format!("El importe debe ser mayor que cero y en {code}"),
            format!("The amount must be more than zero and in {code}"),
        )),
        FactKind::Forgiveness { parts }
            if parts.is_empty() || !parts.iter().all(|(_, amount)| right(amount)) =>
        {
            Err(ServiceError::invalid(
                "amount",
                format!("Lo que se perdona debe ser mayor que cero y en {code}"),
                format!("What is forgiven must be more than zero and in {code}"),
            ))
        }
        FactKind::ChargeOff if is_charged_off => Err(ServiceError::invalid(
            "kind",
            "La cuenta ya está castigada",
            "The account has been charged off already",
        )),
        FactKind::Charge { .. } | FactKind::Forgiveness { .. } | FactKind::ChargeOff => Ok(()),
        FactKind::Opening { .. }
        | FactKind::Payment { .. }
        | FactKind::MoneyBack { .. }
        | FactKind::MoneyAgain { .. }
        | FactKind::GatewayFee { .. }
        | FactKind::Moved => Err(ServiceError::invalid(
            "kind",
            "Elija cargo, quita o castigo; los pagos tienen su propio formulario",
            "Choose charge, forgiveness or charge-off; payments have a form of their own",
        )),
    }
}

/// Forgiveness gives up what is owed on its day and no more; somebody who typed more made a mistake.
fn all_was_owed(parts: &[(Component, Money)], entry: &Entry) -> ServiceResult<()> {
    for (component, asked) in parts {
        let of_it = entry.postings().iter().filter(|posting| posting.book.component() == Some(*component));
        let mut given = Money::zero(asked.currency());
        for posting in of_it {
            given = given.sub(posting.amount)?;
        }
        if given < *asked {
            return Err(ServiceError::invalid(
                "amount",
                format!("Ese día se debían {given} de esa parte; perdone eso o menos"),
                format!("On that day {given} of that part were owed; forgive that or less"),
            ));
        }
    }
    Ok(())
}
