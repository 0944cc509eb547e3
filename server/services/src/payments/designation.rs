//! What the debtor may decide about where a payment goes within a debt.

use domain::access::{Actor, ActorKind, Permission};
use domain::account::{Balance, Component};
use domain::ids::AccountId;
use domain::ledger::{AllocationOrder, ImputationLaw};
use store::{accounts, parties};

use crate::{ServiceError, ServiceResult, Services};

/// In which order a payment of today goes, and what may be put first.
#[derive(Clone, Debug)]
pub struct PaymentOrder {
    pub order: AllocationOrder,
    /// The law of the creditor's country, where Saldar knows it.
    pub law: Option<ImputationLaw>,
    /// Parts that may be put first and that it makes a difference for.
    pub choices: Vec<Component>,
}

impl Services {
    /// For the debtor, of one's own debts; for staff that read accounts. `owed` is what is owed today.
    ///
    /// # Errors
    /// `NotFound` for a debt of somebody else, `Denied`, or the database.
    pub async fn payment_order(
        &self,
        actor: &Actor,
        account_id: AccountId,
        owed: &Balance,
    ) -> ServiceResult<PaymentOrder> {
        let (db, org) = (self.db.read(), actor.organization_id);
        let account = accounts::find(db, org, account_id).await?.ok_or(ServiceError::NotFound)?;
        match actor.kind {
            ActorKind::Debtor { party_id } if party_id != account.debtor_id => {
                return Err(ServiceError::NotFound);
            }
            ActorKind::Debtor { .. } => {}
            _ => actor.require(Permission::AccountRead)?,
        }
        let creditor = parties::find_creditor(db, org, account.creditor_id).await?;
        let law = creditor.and_then(|creditor| ImputationLaw::of(&creditor.country));
        let order = *self.account_terms(db, org, &account).await?.order(self.today(org).await?);
        let choices = law.map(|law| law.choices(&order, owed)).unwrap_or_default();
        Ok(PaymentOrder { order, law, choices })
    }

    /// Refuses a choice that the law does not leave to the debtor. Asked where people choose; money that
    /// is here already is posted in any case.
    pub(crate) async fn check_designation(
        &self,
        actor: &Actor,
        account_id: AccountId,
        designated: &[Component],
    ) -> ServiceResult<()> {
        if designated.is_empty() {
            return Ok(());
        }
        let (db, org) = (self.db.read(), actor.organization_id);
        let account = accounts::find(db, org, account_id).await?.ok_or(ServiceError::NotFound)?;
        let creditor = parties::find_creditor(db, org, account.creditor_id).await?;
        let law = creditor.and_then(|creditor| ImputationLaw::of(&creditor.country));
        if law.is_some_and(|law| law.is_open_within) {
            return Ok(());
        }
        Err(ServiceError::invalid(
            "designated",
            "En este país la ley fija el orden en que se paga; deje el orden habitual",
            "In this country the law fixes the order in which parts are paid; leave the usual order",
        ))
    }
}

/// As a row keeps it: names with a comma between; none for the usual order.
pub(crate) fn to_column(designated: &[Component]) -> Option<String> {
    let names: Vec<&str> = designated.iter().map(|component| component.as_str()).collect();
    (!names.is_empty()).then(|| names.join(","))
}

/// What a row says; a name that is not known (any more) is left out.
pub(crate) fn from_column(names: Option<&str>) -> Vec<Component> {
    names.into_iter().flat_map(|names| names.split(',')).filter_map(|name| name.parse().ok()).collect()
}
