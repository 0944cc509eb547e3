//! Calls that journeys ask for: by due time, each with whether it may be made now. What came of a call,
//! recorded as an activity on its account, closes it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::access::{Actor, Permission};
use domain::contact::Channel;
use domain::ids::AccountId;
use domain::money::Money;
use store::calls::{self, Call};
use store::{contact, parties};

use crate::contact::{Act, Ask, DecisionLine};
use crate::{ServiceResult, Services};

/// Calls that a page shows.
const SHOWN: u64 = 100;

/// A call to make.
#[derive(Clone, Debug)]
pub struct CallLine {
    pub account: AccountId,
    pub external_id: String,
    pub debtor_name: String,
    pub creditor_name: String,
    pub owed: Money,
    /// The first lawful time on the day for which it was asked.
    pub due_at: DateTime<Utc>,
    /// Whether it may be made now, and else when.
    pub now: DecisionLine,
}

impl Services {
    /// Open calls, the longest due first: of the organization, or of one account.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn open_calls(
        &self,
        actor: &Actor,
        account: Option<AccountId>,
    ) -> ServiceResult<Vec<CallLine>> {
        actor.require(Permission::AccountRead)?;
        let (db, org, at) = (self.db.read(), actor.organization_id, self.now());
        let open: Vec<Call> = calls::open(db, org, account, SHOWN).await?;
        let debts: Vec<AccountId> = open.iter().map(|call| AccountId(call.account_id)).collect();
        let facts = contact::facts(db, org, &debts, at.date_naive()).await?;
        let creditors = parties::creditors(db, org).await?;
        let creditors: HashMap<_, _> =
            creditors.into_iter().map(|creditor| (creditor.id, creditor.name)).collect();
        let policy = self.contact_policy_in(db, org).await?.policy;
        let mut lines = Vec::new();
        for call in open {
            let Some(own) = facts.get(&AccountId(call.account_id)) else { continue };
            let ask = Ask { act: Act::AskForCall, channel: Channel::Call, at, message: None };
            lines.push(CallLine {
                account: own.account.id,
                external_id: own.account.external_id.clone(),
                debtor_name: own.debtor.name.clone(),
                creditor_name: creditors.get(&own.account.creditor_id).cloned().unwrap_or_default(),
                owed: Money::from_minor(own.owed_minor, own.account.currency),
                due_at: call.not_before,
                now: crate::contact::line(self.decided(org, own, &policy, ask).1)?,
            });
        }
        Ok(lines)
    }
}
