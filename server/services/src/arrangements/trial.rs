//! Trying a policy on a debt before it is saved: through the same table as the portal.

use chrono::NaiveDate;
use domain::access::Actor;
use domain::account::{Account, Balance};
use domain::arrangement::negotiation::Deal;
use domain::arrangement::{ArrangementStatus, Miss, OfferPolicy, OfferSubject};
use domain::ids::{AccountId, ArrangementId};
use store::{accounts, arrangements, parties};

use super::negotiate::Table;
use super::offer::subject;
use super::policy::may_read_policy;
use crate::{ServiceError, ServiceResult, Services};

/// Accounts of several creditors can have one number; more than these are not one account.
const MOST_FOUND: usize = 3;

/// A debt, and what it would be offered.
#[derive(Clone, Debug)]
pub struct PolicyTrial {
    pub account_id: AccountId,
    pub external_id: String,
    pub creditor_name: String,
    pub subject: OfferSubject,
    pub debt: Balance,
    /// An agreement that runs: until it ends, nothing is offered beside it.
    pub running: Option<ArrangementId>,
    pub today: NaiveDate,
    pub in_force: Trial,
    /// Under the policy that is being edited.
    pub draft: Option<Trial>,
}

/// What one policy says of a debt.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The rules that were looked at, each with why it does not hold; the last one holds unless it
    /// has a miss, too.
    pub rules: Vec<(String, Vec<Miss>)>,
    /// The rule that holds.
    pub rule: Option<String>,
    pub deals: Vec<Deal>,
}

impl Services {
    /// What the debts with this number would be offered, under the policy in force and under `draft`.
    ///
    /// # Errors
    /// `Denied`; `Invalid` when no account has this number.
    pub async fn try_policy(
        &self,
        actor: &Actor,
        number: &str,
        draft: Option<&OfferPolicy>,
    ) -> ServiceResult<Vec<PolicyTrial>> {
        may_read_policy(actor)?;
        let number = number.trim();
        let found = accounts::by_external_id(self.db.read(), actor.organization_id, number).await?;
        if number.is_empty() || found.is_empty() {
            return Err(ServiceError::invalid(
                "account",
                "No hay ninguna cuenta con este número; copiarlo de la página de la cuenta",
                "No account has this number; copy it from the account's page",
            ));
        }
        let mut trials = Vec::new();
        for account in found.into_iter().take(MOST_FOUND) {
            trials.push(self.try_on(actor, account, draft).await?);
        }
        Ok(trials)
    }

    async fn try_on(
        &self,
        actor: &Actor,
        account: Account,
        draft: Option<&OfferPolicy>,
    ) -> ServiceResult<PolicyTrial> {
        let (db, org) = (self.db.read(), actor.organization_id);
        let today = self.today(org).await?;
        let owed = self.owed_on(db, actor, &[account.id], today).await?;
        let debt = owed.first().map(|(_, debt)| *debt).ok_or(ServiceError::NotFound)?;
        let subject = subject(&owed, debt.total()?, today);
        let saved = self.offer_policy_in(db, actor).await?;
        let trial = |policy: &OfferPolicy, version| {
            let table = Table::of(account.clone(), debt, policy, version, &subject, today);
            let deals = if debt.total_minor() > 0 { table.deals()? } else { Vec::new() };
            ServiceResult::Ok(Trial::of(policy, &subject, deals))
        };
        let statuses = [ArrangementStatus::Accepted, ArrangementStatus::Active];
        let running = arrangements::of_account(db, org, account.id, &statuses).await?;
        let creditor = parties::find_creditor(db, org, account.creditor_id).await?;
        Ok(PolicyTrial {
            in_force: trial(&saved.policy, saved.version)?,
            draft: draft.map(|draft| trial(draft, saved.version)).transpose()?,
            account_id: account.id,
            external_id: account.external_id.clone(),
            creditor_name: creditor.map(|creditor| creditor.name).unwrap_or_default(),
            debt,
            running: running.first().copied(),
            today,
            subject,
        })
    }
}

impl Trial {
    fn of(policy: &OfferPolicy, subject: &OfferSubject, deals: Vec<Deal>) -> Self {
        let mut rules = Vec::new();
        for rule in &policy.rules {
            let misses = rule.when.misses(subject);
            let holds = misses.is_empty();
            rules.push((rule.name.clone(), misses));
            if holds {
                break;
            }
        }
        Self { rules, rule: policy.rule(subject).map(|rule| rule.name.clone()), deals }
    }
}
