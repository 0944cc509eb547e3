//! The back office's part: look for the money, post it, or say why not.

use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::ids::{AccountId, PartyId, PaymentId, ReportId};
use domain::ledger::PaymentMethod;
use domain::money::Money;
use domain::reported::ReportStatus;
use domain::text::Say;
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
use serde_json::json;
use store::Tx;
use store::entities::payment_reports as rows;

use super::{locked, status_of};
use crate::outbox::{Service, Telling};
use crate::payments::{PostPayment, ReceiptSeries, not_in_the_future};
use crate::{ServiceError, ServiceResult, Services};

/// Receipts of payments that staff post.
const SERIES: &str = "C";

/// What was found of a reported payment.
#[derive(Clone, Debug)]
pub struct Confirmation {
    /// What came in, which may differ from what was reported.
    pub amount: Money,
    /// The day from which it counts.
    pub received_on: NaiveDate,
    /// Where the money is: [`PaymentMethod::BankTransfer`] or [`PaymentMethod::OfficeCash`].
    pub method: PaymentMethod,
}

fn decided_already() -> ServiceError {
    ServiceError::invalid(
        "",
        "Otra persona ya respondió a este aviso; mire cómo quedó",
        "Somebody else has answered this report; look at how it stands",
    )
}

impl Services {
    /// Begins to look for a reported payment; the debtor sees so. What another took stays theirs.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn take_report(&self, actor: &Actor, id: ReportId) -> ServiceResult<()> {
        actor.require(Permission::CaseHandle)?;
        let tx = self.begin().await?;
        let row = locked(&tx, actor, id).await?;
        if status_of(&row)? != ReportStatus::Received {
            return Ok(());
        }
        let mut row = row.into_active_model();
        row.status = Set(ReportStatus::Checking.as_str().to_owned());
        row.taken_by = Set(Some(actor.audit_name()));
        row.update(&tx).await?;
        self.audit(&tx, actor, "payment_report.taken", format!("report:{id}"), json!({})).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Posts what was found, with its receipt. However often it is confirmed, it is posted once.
    ///
    /// # Errors
    /// `Denied`, `NotFound`; `Invalid` for the amount, a day in the future, or a report that was
    /// declined.
    pub async fn confirm_report(
        &self,
        actor: &Actor,
        id: ReportId,
        found: Confirmation,
    ) -> ServiceResult<PaymentId> {
        actor.require(Permission::CaseHandle)?;
        actor.require(Permission::PaymentPost)?;
        not_in_the_future(found.received_on, self.today(actor.organization_id).await?)?;
        if !matches!(found.method, PaymentMethod::BankTransfer | PaymentMethod::OfficeCash) {
            return Err(ServiceError::invalid(
                "method",
                "Elija dónde está el dinero",
                "Choose where the money is",
            ));
        }
        let tx = self.begin().await?;
        let row = locked(&tx, actor, id).await?;
        if let Some(payment) = row.payment_id {
            return Ok(PaymentId(payment));
        }
        if !status_of(&row)?.is_open() {
            return Err(decided_already());
        }
        let new = PostPayment {
            account_id: AccountId(row.account_id),
            amount: found.amount,
            method: found.method,
            received_on: found.received_on,
            source: format!("report:{id}"),
            reference: row.reference.clone(),
            receipt: ReceiptSeries::Next(SERIES),
            designated: Vec::new(),
        };
        let posted = self.post_payment_in(&tx, actor, new).await?;
        let party = PartyId(row.party_id);
        let mut row = row.into_active_model();
        row.payment_id = Set(Some(posted.payment_id.0));
        self.decide(actor, &mut row, ReportStatus::Confirmed);
        row.update(&tx).await?;
        // A receipt that the person asked for.
        self.tell_of_report(&tx, actor, party, id, true).await?;
        let details = json!({ "payment": posted.payment_id });
        self.audit(&tx, actor, "payment_report.confirmed", format!("report:{id}"), details).await?;
        tx.commit().await?;
        Ok(posted.payment_id)
    }

    /// Tells the debtor that the money was not found, and why.
    ///
    /// # Errors
    /// `Denied`, `NotFound`; `Invalid` without a reason, or when it was decided already.
    pub async fn decline_report(&self, actor: &Actor, id: ReportId, reason: &str) -> ServiceResult<()> {
        actor.require(Permission::CaseHandle)?;
        let reason = crate::cases::text("reason", reason)?;
        if reason.is_empty() {
            return Err(ServiceError::invalid(
                "reason",
                "Escriba por qué no se encontró; la persona lo lee",
                "Write why it was not found; the person reads it",
            ));
        }
        let tx = self.begin().await?;
        let row = locked(&tx, actor, id).await?;
        if !status_of(&row)?.is_open() {
            return Err(decided_already());
        }
        let party = PartyId(row.party_id);
        let mut row = row.into_active_model();
        row.reason = Set(Some(reason));
        self.decide(actor, &mut row, ReportStatus::NotFound);
        row.update(&tx).await?;
        self.tell_of_report(&tx, actor, party, id, false).await?;
        self.audit(&tx, actor, "payment_report.declined", format!("report:{id}"), json!({})).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn tell_of_report(
        &self,
        tx: &Tx,
        actor: &Actor,
        party: PartyId,
        id: ReportId,
        found: bool,
    ) -> ServiceResult<()> {
        let url = format!("{}/pagos-reportados/{id}", self.public_url);
        let (subject, es, en, pt) = if found {
            (
                Say::new("Encontramos tu pago", "We found your payment").pt("Encontramos seu pagamento"),
                "Encontramos el pago del que nos avisaste. Tu recibo está aquí:",
                "We found the payment that you told us of. Your receipt is here:",
                "Encontramos o pagamento que você avisou. Seu recibo está aqui:",
            )
        } else {
            (
                Say::new("Respondimos a tu aviso", "We answered your message").pt("Respondemos seu aviso"),
                "Ya respondimos al aviso que nos enviaste. Léelo aquí:",
                "We have answered the message that you sent us. Read it here:",
                "Já respondemos o aviso que você enviou. Leia aqui:",
            )
        };
        let with = |text: &str| format!("{text}\n{url}");
        let service = if found { Service::Receipt } else { Service::CaseAnswer };
        let telling = Telling { subject, body: Say::new(with(es), with(en)).pt(with(pt)), service };
        self.tell(tx, actor.organization_id, party, telling).await
    }

    fn decide(&self, actor: &Actor, row: &mut rows::ActiveModel, status: ReportStatus) {
        row.status = Set(status.as_str().to_owned());
        row.decided_by = Set(Some(actor.audit_name()));
        row.decided_at = Set(Some(self.now()));
    }
}
