//! One account's journeys: where it stands in each, and how staff hold or end one for it.

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Permission};
use domain::ids::{AccountId, JourneyId};
use domain::text::cover_cards;
use serde_json::json;
use store::entities::journey_steps;
use store::happened::{self, Control, control};
use store::journeys::{StepRow, Version};
use store::{Tx, accounts, ledger, versions};

pub use store::happened::EVERY;

use super::journeys::{JourneyLine, line};
use crate::{ServiceError, ServiceResult, Services};

/// Characters of a reason.
const REASON: std::ops::RangeInclusive<usize> = 3..=200;

/// What staff want for one account in a journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steer {
    /// Leave out what falls due until that day, it included; none: until somebody lets it go on.
    Pause { until: Option<NaiveDate> },
    /// Leave out everything that is still to come.
    Stop,
    /// Go on with what falls due from now on.
    GoOn,
}

/// A journey that an account is in.
#[derive(Clone, Debug)]
pub struct InJourney {
    /// The version that the account is in: the one that is going, else the last it came into.
    pub journey: JourneyLine,
    pub entered_on: NaiveDate,
    /// What staff said.
    pub control: Option<Control>,
    /// What was done, step by step.
    pub done: Vec<journey_steps::Model>,
}

impl InJourney {
    /// Staff ended it for the account.
    pub fn is_stopped(&self) -> bool {
        self.control.as_ref().is_some_and(|own| own.state == control::STOPPED)
    }

    /// Staff hold it for the account today.
    pub fn is_paused(&self, today: NaiveDate) -> bool {
        let holds =
            |own: &Control| own.state == control::PAUSED && own.until.is_none_or(|until| today <= until);
        self.control.as_ref().is_some_and(holds)
    }
}

impl Services {
    /// The journeys of an account, the newest first.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn journeys_of_account(
        &self,
        actor: &Actor,
        account: AccountId,
    ) -> ServiceResult<Vec<InJourney>> {
        actor.require(Permission::AccountRead)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let controls = happened::controls(db, org, account).await?;
        let mut found: Vec<InJourney> = Vec::new();
        let entries = happened::entries_of(db, org, account).await?;
        for (id, ..) in &entries {
            if found.iter().any(|known| known.journey.id == *id) {
                continue;
            }
            let rows = versions::of_journey(db, org, *id).await?;
            let is_in = |version: i32| entries.iter().find(|(of, is, _)| of == id && *is == version);
            let row = rows.iter().find(|row| row.running && is_in(row.version).is_some());
            let row = row.or_else(|| rows.iter().find(|row| is_in(row.version).is_some()));
            let Some((row, (.., entered_on))) = row.and_then(|row| Some((row, is_in(row.version)?))) else {
                continue;
            };
            let of = Version { organization: org, journey: *id, version: row.version };
            found.push(InJourney {
                journey: line(row.clone())?,
                entered_on: *entered_on,
                control: controls.iter().find(|own| own.journey_id == id.0).cloned(),
                done: happened::steps_of(db, of, account).await?,
            });
        }
        Ok(found)
    }

    /// What is said of every journey for an account, if anything is.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn journeys_at_rest(
        &self,
        actor: &Actor,
        account: AccountId,
    ) -> ServiceResult<Option<Control>> {
        actor.require(Permission::AccountRead)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let today = self.today(org).await?;
        let all = happened::controls(db, org, account).await?;
        let holds = |own: &Control| own.journey_id == EVERY.0 && own.until.is_none_or(|until| today <= until);
        Ok(all.into_iter().find(holds))
    }

    /// A step of a journey has every journey leave an account alone until a day. A longer rest that
    /// was said before stays.
    pub(super) async fn rest(
        &self,
        tx: &Tx,
        actor: &Actor,
        row: &StepRow,
        until: NaiveDate,
        now: DateTime<Utc>,
    ) -> ServiceResult<()> {
        let (org, account) = (actor.organization_id, AccountId(row.account_id));
        let all = happened::controls(tx, org, account).await?;
        let longer = |own: &Control| own.journey_id == EVERY.0 && own.until.is_none_or(|own| own >= until);
        if all.iter().any(longer) {
            return Ok(());
        }
        let new = Control {
            organization_id: org.0,
            journey_id: EVERY.0,
            account_id: account.0,
            state: control::PAUSED.to_owned(),
            until: Some(until),
            reason: String::new(),
            by: actor.audit_name(),
            at: now,
        };
        happened::hold(tx, new).await?;
        let details = json!({ "journey": row.journey_id, "step": row.step, "until": until });
        self.audit(tx, actor, "journey.rests", format!("account:{account}"), details).await
    }

    /// Holds, ends or lets go on a journey ([`EVERY`]: all of them) for one account. What falls due while it is held is left
    /// out, with the reason in the journey's list, so that nobody gets all of it at once afterwards.
    /// A message that waits in the outbox by then still goes, if it is lawful.
    ///
    /// # Errors
    /// `Denied`, `NotFound` for an account or journey that is not there, `Invalid` without a reason, for
    /// a day that is over, or for what was ended: that stays.
    pub async fn steer_journey(
        &self,
        actor: &Actor,
        account: AccountId,
        (journey, steer): (JourneyId, Steer),
        reason: &str,
    ) -> ServiceResult<()> {
        actor.require(Permission::CaseHandle)?;
        let org = actor.organization_id;
        let reason = cover_cards(reason.trim()).into_owned();
        if !REASON.contains(&reason.chars().count()) {
            return Err(ServiceError::invalid(
                "steer_reason",
                "Escriba por qué, en 3 a 200 letras",
                "Write why, in 3 to 200 letters",
            ));
        }
        let today = self.today(org).await?;
        if matches!(steer, Steer::Pause { until: Some(until) } if until < today) {
            return Err(ServiceError::invalid(
                "steer_until",
                "Elija un día de hoy en adelante, o déjelo en blanco",
                "Choose today or a later day, or leave it empty",
            ));
        }
        let tx = self.begin().await?;
        accounts::find(&tx, org, account).await?.ok_or(ServiceError::NotFound)?;
        // Two members of staff at once: one after the other.
        ledger::lock_balance(&tx, org, account).await?;
        let entries = happened::entries_of(&tx, org, account).await?;
        if journey != EVERY && !entries.iter().any(|(id, ..)| *id == journey) {
            return Err(ServiceError::NotFound);
        }
        let before = happened::controls(&tx, org, account).await?;
        let before = before.into_iter().find(|own| own.journey_id == journey.0);
        if before.as_ref().is_some_and(|own| own.state == control::STOPPED) {
            return match steer {
                Steer::Stop => Ok(()),
                _ => Err(ServiceError::invalid(
                    "steer",
                    "Este recorrido ya se terminó para esta cuenta",
                    "This journey has been ended for this account",
                )),
            };
        }
        let (action, state, until) = match steer {
            Steer::Pause { until } => ("journey.paused", control::PAUSED, until),
            Steer::Stop => ("journey.ended", control::STOPPED, None),
            Steer::GoOn => ("journey.resumed", "", None),
        };
        if steer == Steer::GoOn {
            if !happened::go_on(&tx, org, journey, account).await? {
                return Ok(());
            }
        } else {
            let new = Control {
                organization_id: org.0,
                journey_id: journey.0,
                account_id: account.0,
                state: state.to_owned(),
                until,
                reason: reason.clone(),
                by: actor.audit_name(),
                at: self.now(),
            };
            if before.is_some_and(|own| Control { by: new.by.clone(), at: new.at, ..own } == new) {
                return Ok(());
            }
            happened::hold(&tx, new).await?;
        }
        let details = json!({ "journey": journey, "until": until, "reason": reason });
        self.audit(&tx, actor, action, format!("account:{account}"), details).await?;
        tx.commit().await?;
        Ok(())
    }
}
