//! What the debtor may decide about where a payment goes within a debt.

use domain::access::Actor;
use domain::account::Component;
use domain::ids::AccountId;
use domain::ledger::{AllocationOrder, ImputationLaw};
use domain::text::Say;
use store::{accounts, parties};

use crate::accounts::DebtSummary;
use crate::{ServiceError, ServiceResult, Services};

/// In which order a payment of today goes, and what may be put first.
#[derive(Clone, Debug)]
pub struct Imputation {
    pub order: AllocationOrder,
    /// The law of the creditor's country, where Saldar knows it.
    pub law: Option<ImputationLaw>,
    /// Parts that may be put first and that it makes a difference for.
    pub choices: Vec<Component>,
}

impl Services {
    /// Of a debt that the actor has read.
    ///
    /// # Errors
    /// The database, or terms that cannot be read.
    pub async fn imputation(&self, actor: &Actor, debt: &DebtSummary) -> ServiceResult<Imputation> {
        let org = actor.organization_id;
        let terms = self.account_terms(self.db.read(), org, &debt.account).await?;
        let order = *terms.order(self.today(org).await?);
        let law = ImputationLaw::of(&debt.creditor.country);
        let choices = law.map(|law| law.choices(&order, &debt.balance)).unwrap_or_default();
        Ok(Imputation { order, law, choices })
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
        check(&creditor.ok_or(ServiceError::NotFound)?.country, designated)
    }
}

/// The same where the creditor's country is known.
pub(super) fn check(country: &str, designated: &[Component]) -> ServiceResult<()> {
    if designated.is_empty() || ImputationLaw::of(country).is_some_and(|law| law.is_open_within) {
        return Ok(());
    }
    let says = Say::new(
        "En este país la ley fija el orden en que se paga: vale el orden habitual",
        "In this country the law fixes the order in which parts are paid: the usual order holds",
    );
    let pt = "Neste país a lei fixa a ordem em que se paga: vale a ordem habitual";
    Err(ServiceError::told("designated", says.pt(pt)))
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
