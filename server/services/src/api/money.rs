//! Money through the REST API, each request once.

use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::account::{Balance, Component};
use domain::ids::{AccountId, PaymentId};
use domain::ledger::PaymentMethod;
use domain::money::Money;

use super::{Answered, OnceKey};
use crate::payments::{PaymentPosted, PostPayment, ReceiptSeries, not_in_the_future};
use crate::{ServiceError, ServiceResult, Services};

/// A payment that another system took or saw.
#[derive(Clone, Debug)]
pub struct ApiPayment {
    pub account_id: AccountId,
    pub amount: Money,
    pub method: PaymentMethod,
    /// Today, if left out.
    pub received_on: Option<NaiveDate>,
    pub reference: Option<String>,
    /// Parts that the debtor wants paid first.
    pub designated: Vec<Component>,
}

impl Services {
    /// Posts a payment; `answer` says what the caller is told.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or `Invalid` for the amount, the date, the method, what goes first or
    /// the key. Nothing
    /// is kept then: the same key can be used again.
    pub async fn post_payment_once(
        &self,
        actor: &Actor,
        once: &OnceKey,
        new: ApiPayment,
        answer: impl FnOnce(&PaymentPosted, NaiveDate) -> String + Send,
    ) -> ServiceResult<Answered> {
        actor.require(Permission::PaymentPost)?;
        let today = self.today(actor.organization_id).await?;
        let received_on = new.received_on.unwrap_or(today);
        not_in_the_future(received_on, today)?;
        if !matches!(new.method, PaymentMethod::BankTransfer | PaymentMethod::OfficeCash) {
            return Err(ServiceError::invalid(
                "method",
                "Por aquí entran bank_transfer y office_cash; lo demás llega por la pasarela o por el campo",
                "bank_transfer and office_cash come in here; the rest comes by the gateway or the field app",
            ));
        }
        self.check_designation(actor, new.account_id, &new.designated).await?;
        let tx = self.begin().await?;
        if let Some(again) = self.claim(&tx, actor, once).await? {
            return Ok(again);
        }
        let post = PostPayment {
            account_id: new.account_id,
            amount: new.amount,
            method: new.method,
            received_on,
            source: format!("payment:api:{}", self.new_id()),
            reference: new.reference,
            receipt: ReceiptSeries::Next("A"),
            designated: new.designated,
        };
        let posted = self.post_payment_in(&tx, actor, post).await?;
        let text = answer(&posted, received_on);
        self.keep_answer(&tx, actor, once, &text).await?;
        tx.commit().await?;
        Ok(Answered::New(text))
    }

    /// Takes a payment back; `answer` says what the caller is told.
    ///
    /// # Errors
    /// See [`Services::reverse_payment`]; `Invalid` for the key.
    pub async fn reverse_payment_once(
        &self,
        actor: &Actor,
        once: &OnceKey,
        id: PaymentId,
        reason: &str,
        answer: impl FnOnce(&Balance) -> String + Send,
    ) -> ServiceResult<Answered> {
        actor.require(Permission::PaymentReverse)?;
        let tx = self.begin().await?;
        if let Some(again) = self.claim(&tx, actor, once).await? {
            return Ok(again);
        }
        let balance = self.reverse_payment_in(&tx, actor, id, reason).await?;
        let text = answer(&balance);
        self.keep_answer(&tx, actor, once, &text).await?;
        tx.commit().await?;
        Ok(Answered::New(text))
    }
}
