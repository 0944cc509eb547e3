//! Posting and reversing payments: the one way in which money reaches the ledger.

use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::account::{Balance, Component};
use domain::ids::{AccountId, EntryId, PaymentId};
use domain::ledger::{Book, Entry, FactKind, PaymentMethod, PaymentStatus};
use domain::money::Money;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, Set};
use serde_json::json;
use store::entities::payments;
use store::writes::Writes;
use store::{StoreError, Tx, ledger, posting};

use crate::ledger::NewFact;
use crate::{ServiceError, ServiceResult, Services};

/// A payment to post.
#[derive(Clone, Debug)]
pub struct PostPayment {
    pub account_id: AccountId,
    pub amount: Money,
    pub method: PaymentMethod,
    pub received_on: NaiveDate,
    /// Idempotency: a second payment of this source is the first one again.
    pub source: String,
    /// The payer's own mark, for example a transfer number.
    pub reference: Option<String>,
    pub receipt: ReceiptSeries,
    /// Parts that the debtor wants paid first; none for the usual order.
    pub designated: Vec<Component>,
}

/// Who numbers the receipt.
#[derive(Clone, Debug)]
pub enum ReceiptSeries {
    /// The next number of this series, for example `W` for online payments.
    Next(&'static str),
    /// A field device has given the number already.
    Given(String),
}

/// What posting a payment did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentPosted {
    pub payment_id: PaymentId,
    pub receipt_no: String,
    /// What exceeded the debt: kept in the debtor's favour.
    pub unapplied: Money,
    pub balance: Balance,
    /// The source had been posted before; nothing was written.
    pub already: bool,
}

impl Services {
    /// Staff post a payment received at the office or seen on the bank account.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or `Invalid` for the amount, the date or what goes first.
    pub async fn post_payment(&self, actor: &Actor, new: PostPayment) -> ServiceResult<PaymentPosted> {
        actor.require(Permission::PaymentPost)?;
        not_in_the_future(new.received_on, self.today(actor.organization_id).await?)?;
        self.check_designation(actor, new.account_id, &new.designated).await?;
        self.post_payment_grouped(actor.clone(), new).await
    }

    /// Posts together with whatever else is posted at the same moment; the caller has authorised
    /// it. Answers when the payment is on disk.
    pub(crate) async fn post_payment_grouped(
        &self,
        actor: Actor,
        new: PostPayment,
    ) -> ServiceResult<PaymentPosted> {
        let services = self.clone();
        let posted = self.db.write_grouped(move |tx| {
            Box::pin(async move { services.post_payment_in(tx, &actor, new).await })
        });
        posted.await?
    }

    /// Posts within the caller's transaction; the caller has authorised it. What is paid on a debt
    /// that was replaced counts for the one in its place.
    pub(crate) async fn post_payment_in(
        &self,
        tx: &Tx,
        actor: &Actor,
        new: PostPayment,
    ) -> ServiceResult<PaymentPosted> {
        let org = actor.organization_id;
        let context = posting::lock(tx, org, new.account_id, &new.source).await?;
        let context = context.ok_or(ServiceError::NotFound)?;
        if let Some(entry) = context.already {
            return already_posted(tx, actor, entry, context.balance).await;
        }
        if let Some(account_id) = context.replaced_by {
            let on_the_new = PostPayment { account_id, ..new };
            return Box::pin(self.post_payment_in(tx, actor, on_the_new)).await;
        }
        let account = &context.account;
        if new.amount.currency() != account.currency || !new.amount.is_positive() {
            return Err(bad_amount(account.currency.code()));
        }
        let what =
            FactKind::Payment { amount: new.amount, method: new.method, designated: new.designated.clone() };
        let fact = NewFact { source: new.source.clone(), effective_on: new.received_on, what };
        let mut writes = Writes::new(tx);
        let posted = self.post_fact_on(tx, actor, &context, fact, &mut writes).await?;
        let entry = posted.entry.ok_or(ServiceError::NotFound)?;
        let receipt_no = self.receipt_number(tx, actor, &new.receipt).await?;
        let payment_id = PaymentId(self.new_id());
        let check_code = self.check_code();
        let row = payments::ActiveModel {
            organization_id: Set(org.0),
            id: Set(payment_id.0),
            account_id: Set(account.id.0),
            debtor_id: Set(account.debtor_id.0),
            method: Set(new.method.as_str().to_owned()),
            amount_minor: Set(new.amount.minor()),
            currency: Set(new.amount.currency().to_string()),
            received_on: Set(new.received_on),
            recorded_at: Set(entry.recorded_at),
            recorded_by: Set(actor.audit_name()),
            status: Set(PaymentStatus::Posted.as_str().to_owned()),
            entry_id: Set(entry.id.0),
            reversal_entry_id: Set(None),
            reversal_reason: Set(None),
            reference: Set(new.reference),
            receipt_no: Set(receipt_no.clone()),
            check_code: Set(check_code),
            livemode: Set(self.livemode()),
            returned_minor: Set(0),
        };
        writes.insert(row);
        let balance = posted.balance;
        let is_watched = context.has_open_promises || context.has_arrangements;
        if is_watched || balance.total_minor() <= 0 {
            // What follows reads it.
            writes.flush(tx).await?;
        }
        if context.has_open_promises {
            self.keep_promises(tx, actor, account.id, &balance).await?;
        }
        if context.has_arrangements {
            self.after_payment_in(tx, actor, account.id, new.received_on).await?;
        }
        if balance.total_minor() <= 0 || context.has_arrangements {
            self.certify_in(tx, actor, account.id, new.received_on).await?;
        }
        let details = json!({ "payment": payment_id, "minor": new.amount.minor(), "currency": new.amount.currency(), "method": new.method });
        let subject = format!("account:{}", account.id);
        self.audit_with(tx, actor, ("payment.posted", subject, details), writes).await?;
        metrics::counter!("saldar_payments_posted_total", "method" => new.method.as_str()).increment(1);
        Ok(PaymentPosted { payment_id, receipt_no, unapplied: unapplied(&entry)?, balance, already: false })
    }

    async fn receipt_number(&self, tx: &Tx, actor: &Actor, series: &ReceiptSeries) -> ServiceResult<String> {
        match series {
            ReceiptSeries::Given(number) => Ok(number.clone()),
            ReceiptSeries::Next(series) => {
                let number = ledger::next_receipt(tx, actor.organization_id, series).await?;
                Ok(format!("{series}-{number:08}"))
            }
        }
    }

    /// Twelve characters without look-alikes, for the public check of a receipt.
    pub(crate) fn check_code(&self) -> String {
        const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        let mut random = [0; 12];
        self.entropy.fill(&mut random);
        random.iter().filter_map(|byte| LETTERS.get(usize::from(byte % 32))).map(|b| char::from(*b)).collect()
    }

    /// A supervisor takes a payment back; the debt is as if it had never come.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or `Invalid` when it is reversed already or the reason is empty.
    pub async fn reverse_payment(
        &self,
        actor: &Actor,
        id: PaymentId,
        reason: &str,
    ) -> ServiceResult<Balance> {
        actor.require(Permission::PaymentReverse)?;
        let tx = self.begin().await?;
        let balance = self.reverse_payment_in(&tx, actor, id, reason).await?;
        tx.commit().await?;
        Ok(balance)
    }

    /// The same within the caller's transaction; the caller has authorised it.
    pub(crate) async fn reverse_payment_in(
        &self,
        tx: &Tx,
        actor: &Actor,
        id: PaymentId,
        reason: &str,
    ) -> ServiceResult<Balance> {
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(ServiceError::invalid(
                "reason",
                "Escriba por qué se revierte el pago",
                "Say why the payment is reversed",
            ));
        }
        let org = actor.organization_id;
        let payment = payments::Entity::find_by_id((org.0, id.0)).lock_exclusive().one(tx).await?;
        let payment = payment.ok_or(ServiceError::NotFound)?;
        if payment.reversal_entry_id.is_some() {
            return Err(ServiceError::invalid(
                "reason",
                "Este pago ya fue revertido",
                "This payment has been reversed already",
            ));
        }
        if payment.returned_minor > 0 {
            return Err(ServiceError::invalid(
                "reason",
                "Parte de este pago ya volvió al pagador; devuelva el resto en lugar de revertir",
                "Part of this payment has gone back to the payer; refund the rest instead of reversing",
            ));
        }
        let account_id = AccountId(payment.account_id);
        let (reversal, balance) =
            self.reverse_fact_in(tx, actor, account_id, EntryId(payment.entry_id)).await?;
        let mut row = payment.into_active_model();
        row.status = Set(PaymentStatus::Reversed.as_str().to_owned());
        row.reversal_entry_id = Set(Some(reversal.id.0));
        row.reversal_reason = Set(Some(reason.chars().take(500).collect()));
        row.update(tx).await?;
        self.after_reversal_in(tx, actor, account_id, reversal.effective_on).await?;
        let details = json!({ "payment": id, "entry": reversal.id });
        self.audit(tx, actor, "payment.reversed", format!("account:{account_id}"), details).await?;
        Ok(balance)
    }
}

/// What a payment left over: kept in the debtor's favour.
fn unapplied(entry: &Entry) -> ServiceResult<Money> {
    let kept = entry.postings().iter().find(|posting| posting.book == Book::Unapplied);
    Ok(kept.map_or(Ok(Money::zero(entry.currency())), |posting| posting.amount.negate())?)
}

async fn already_posted(
    tx: &Tx,
    actor: &Actor,
    entry: EntryId,
    balance: Balance,
) -> ServiceResult<PaymentPosted> {
    let row = payments::Entity::find()
        .filter(payments::Column::OrganizationId.eq(actor.organization_id.0))
        .filter(payments::Column::EntryId.eq(entry.0))
        .one(tx)
        .await?
        .ok_or(ServiceError::NotFound)?;
    let unapplied = Money::zero(balance.currency());
    Ok(PaymentPosted {
        payment_id: PaymentId(row.id),
        receipt_no: row.receipt_no,
        unapplied,
        balance,
        already: true,
    })
}

/// Nobody has paid tomorrow.
pub(crate) fn not_in_the_future(received_on: NaiveDate, today: NaiveDate) -> ServiceResult<()> {
    if received_on <= today {
        return Ok(());
    }
    Err(ServiceError::invalid(
        "received_on",
        "La fecha del pago no puede ser futura",
        "The payment cannot be dated in the future",
    ))
}

fn bad_amount(currency: &str) -> ServiceError {
    ServiceError::invalid(
        "amount",
        format!("El importe debe ser mayor que cero y en {currency}"),
        format!("The amount must be more than zero and in {currency}"),
    )
}

/// Parses a stored amount.
pub(crate) fn stored_money(
    table: &'static str,
    key: impl std::fmt::Display,
    minor: i64,
    currency: &str,
) -> ServiceResult<Money> {
    let currency = currency.parse().map_err(StoreError::bad_row(table, key))?;
    Ok(Money::from_minor(minor, currency))
}
