//! Why, and why not: kept decisions of a debt, and what would be said now.

use chrono::{DateTime, Utc};
use domain::access::{Actor, Permission};
use domain::contact::{Channel, Reason};
use domain::ids::{AccountId, ContactDecisionId};
use store::contact::{self, DecisionRow};
use store::{StoreError, accounts};

use super::{Act, Ask};
use crate::{ServiceError, ServiceResult, Services};

/// A decision as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionLine {
    pub id: ContactDecisionId,
    pub decided_at: DateTime<Utc>,
    /// The instant of the contact that was asked for.
    pub asked_for: DateTime<Utc>,
    /// `queue`, `send`, `plan_visit` or `ask_for_call`.
    pub act: String,
    pub channel: Channel,
    pub allowed: bool,
    /// Why not; none where it was allowed, or the rules were not known.
    pub reason: Option<Reason>,
    /// Law and article; empty where the rules were not known.
    pub rule: String,
    /// No norm demands it.
    pub is_policy: bool,
    /// Stable and in English: what in the case met the rule.
    pub evidence: String,
    /// When the same contact is lawful; none: not by waiting, or not known.
    pub next: Option<DateTime<Utc>>,
    /// Waiting does not help.
    pub never: bool,
    pub pack: String,
}

/// What would be said of a contact now, by channel.
pub type Outlook = Vec<DecisionLine>;

/// Decisions that a page shows.
const SHOWN: u64 = 30;
/// What staff can do about a debt today.
const ASKED: [Channel; 4] = [Channel::Call, Channel::Email, Channel::Sms, Channel::Visit];

impl Services {
    /// The newest kept decisions about a debt.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn contact_decisions(
        &self,
        actor: &Actor,
        account: AccountId,
    ) -> ServiceResult<Vec<DecisionLine>> {
        actor.require(Permission::AccountRead)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        accounts::find(db, org, account).await?.ok_or(ServiceError::NotFound)?;
        contact::decisions(db, org, account, SHOWN).await?.into_iter().map(line).collect()
    }

    /// Whether the debtor may be contacted now, by each channel, and when else. Nothing is kept:
    /// nobody contacts anybody by looking.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn contact_outlook(&self, actor: &Actor, account: AccountId) -> ServiceResult<Outlook> {
        actor.require(Permission::AccountRead)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let facts = contact::facts(db, org, &[account], self.now().date_naive()).await?;
        let facts = facts.get(&account).ok_or(ServiceError::NotFound)?;
        let policy = self.contact_policy_in(db, org).await?.policy;
        let at = self.now();
        let ask = |channel| Ask { act: Act::Queue, channel, at, message: None };
        ASKED.into_iter().map(|channel| line(self.decided(org, facts, &policy, ask(channel)).1)).collect()
    }
}

pub(crate) fn line(row: DecisionRow) -> ServiceResult<DecisionLine> {
    let bad = || StoreError::bad_row("contact_decisions", row.id);
    let rule = row.law.iter().chain(&row.article).map(String::as_str).collect::<Vec<_>>().join(", ");
    Ok(DecisionLine {
        id: ContactDecisionId(row.id),
        decided_at: row.decided_at,
        asked_for: row.asked_for,
        channel: row.channel.parse().map_err(bad())?,
        allowed: row.answer == "allowed",
        reason: row.reason.as_deref().map(str::parse).transpose().map_err(bad())?,
        rule,
        is_policy: row.is_policy,
        next: row.next_at,
        never: row.next_kind.as_deref() == Some("never"),
        pack: format!("{} {}", row.country, row.pack_version),
        act: row.act,
        evidence: row.evidence,
    })
}
