//! What changes for whom when the newest version of a journey is set going.

use std::collections::HashMap;

use domain::access::{Actor, Permission};
use domain::ids::{AccountId, JourneyId};
use domain::strategy::{Anchor, Explained, Rule, Step};
use store::impact::{self, Next, Pair, Side, Versus};
use store::segments::{self, Match};
use store::versions;

use super::journeys::{JourneyLine, line};
use super::segments::rule_of;
use super::versions::same_steps;
use crate::{ServiceError, ServiceResult, Services};

/// Accounts on a page.
const PAGE: u64 = 50;
/// Accounts of a page that are explained condition by condition.
const EXPLAINED: usize = 3;

/// How one account's treatment changes. Steps are told by their place, from 0; none: no step is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    ComesIn { will: Next },
    Leaves { was: Next },
    NextStep { was: Next, will: Next },
}

/// Why an account is in a version or is not.
#[derive(Clone, Debug)]
pub struct Why {
    /// None: nothing is going.
    pub before: Option<Explained>,
    pub after: Explained,
}

#[derive(Clone, Debug)]
pub struct ImpactLine {
    pub account: Match,
    pub change: Change,
    /// Of a few.
    pub why: Option<Why>,
}

/// What setting the newest version going changes.
#[derive(Clone, Debug)]
pub struct Impact {
    /// None: nothing is going.
    pub before: Option<JourneyLine>,
    pub after: JourneyLine,
    pub before_rule: Option<Rule>,
    pub after_rule: Rule,
    /// People whose treatment changes.
    pub debtors: u64,
    /// Accounts.
    pub comes_in: u64,
    pub leaves: u64,
    pub next_differs: u64,
    pub unchanged: u64,
    pub lines: Vec<ImpactLine>,
    /// The next page begins after this one.
    pub next: Option<AccountId>,
}

impl Services {
    /// Whose treatment changes today when the newest version of a journey is set going in the place of
    /// the one that is: who comes in, who leaves, whose next step is another. Writes nothing.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn impact(
        &self,
        actor: &Actor,
        id: JourneyId,
        after: Option<AccountId>,
    ) -> ServiceResult<Impact> {
        actor.require(Permission::StrategyRead)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let all: Vec<JourneyLine> =
            versions::of_journey(db, org, id).await?.into_iter().map(line).collect::<Result<_, _>>()?;
        let newest = all.first().ok_or(ServiceError::NotFound)?.clone();
        let going = all.iter().find(|own| own.running).cloned();
        let after_rule = self.rule_of_journey(actor, &newest).await?;
        let before_rule = match &going {
            Some(going) => Some(self.rule_of_journey(actor, going).await?),
            None => None,
        };
        let side = |rule, of: &JourneyLine| {
            let from_due = of.steps.counts_from == Anchor::Due;
            let due_days = of.steps.steps.iter().map(|step| from_due.then_some(step.day)).collect();
            Side { rule, done_by: done_by(of, &all), due_days }
        };
        let versus = Versus {
            organization: org,
            journey: id,
            before: going.as_ref().zip(before_rule.as_ref()).map(|(going, rule)| side(rule, going)),
            after: side(&after_rule, &newest),
            at: self.moment(org).await?,
        };
        let pairs = impact::pairs(db, &versus).await?;
        let change = |pair: &Pair| change(pair, going.as_ref(), &newest);
        let ways: Vec<Pair> =
            pairs.iter().map(|(pair, _)| *pair).filter(|pair| change(pair).is_some()).collect();
        let count = |wanted: fn(Option<Change>) -> bool| {
            let found =
                pairs.iter().filter(|(pair, _)| wanted(change(pair))).map(|(_, count)| *count).sum::<i64>();
            u64::try_from(found).unwrap_or(0)
        };
        let debtors = impact::people(db, &versus, &ways).await?;
        let mut page = impact::page(db, &versus, &ways, after, PAGE + 1).await?;
        let more = page.len() as u64 > PAGE;
        page.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
        let next = page.last().map(|(id, _)| *id).filter(|_| more);
        let ids: Vec<AccountId> = page.iter().map(|(id, _)| *id).collect();
        // Who comes or goes says more of the rule than whose step differs.
        let mut telling: Vec<_> =
            page.iter().map(|(id, pair)| (pair.0.is_some() && pair.1.is_some(), *id)).collect();
        telling.sort_by_key(|(stays, _)| *stays);
        let explained: Vec<AccountId> = telling.into_iter().take(EXPLAINED).map(|(_, id)| id).collect();
        let rows = segments::rows(db, org, &explained, versus.at).await?;
        let mut by_id: HashMap<_, _> = segments::lines(db, org, &ids)
            .await?
            .into_iter()
            .map(|line| (AccountId(line.id), line))
            .collect();
        let lines = page.iter().filter_map(|(id, pair)| {
            let why = rows.get(id).map(|row| Why {
                before: before_rule.as_ref().map(|rule| rule.explain(row)),
                after: after_rule.explain(row),
            });
            Some(ImpactLine { account: by_id.remove(id)?, change: change(pair)?, why })
        });
        Ok(Impact {
            debtors,
            comes_in: count(|change| matches!(change, Some(Change::ComesIn { .. }))),
            leaves: count(|change| matches!(change, Some(Change::Leaves { .. }))),
            next_differs: count(|change| matches!(change, Some(Change::NextStep { .. }))),
            unchanged: count(|change| change.is_none()),
            lines: lines.collect(),
            next,
            before: going.clone(),
            after: newest.clone(),
            before_rule: before_rule.clone(),
            after_rule: after_rule.clone(),
        })
    }

    pub(super) async fn rule_of_journey(&self, actor: &Actor, of: &JourneyLine) -> ServiceResult<Rule> {
        let (db, org) = (self.db.read(), actor.organization_id);
        let segment = segments::version(db, org, of.segment, of.segment_version).await?;
        rule_of(&segment.ok_or(ServiceError::NotFound)?)
    }
}

/// The kept steps that mean a step of a version was done: its own, and the same of earlier versions,
/// which it takes over.
fn done_by(of: &JourneyLine, all: &[JourneyLine]) -> Vec<Vec<(i32, i32)>> {
    let mut found: Vec<Vec<(i32, i32)>> = of.steps.steps.iter().map(|_| Vec::new()).collect();
    for earlier in all.iter().filter(|own| own.version <= of.version) {
        for (from, to) in same_steps(&earlier.steps, &of.steps) {
            let own = usize::try_from(to).ok().and_then(|to| found.get_mut(to));
            own.into_iter().for_each(|own| own.push((earlier.version, from)));
        }
    }
    found
}

fn change(pair: &Pair, before: Option<&JourneyLine>, after: &JourneyLine) -> Option<Change> {
    let step = |of: Option<&JourneyLine>, next: Next| -> Option<Step> {
        of?.steps.steps.get(usize::try_from(next?).ok()?).cloned()
    };
    match *pair {
        (None, None) => None,
        (None, Some(will)) => Some(Change::ComesIn { will }),
        (Some(was), None) => Some(Change::Leaves { was }),
        (Some(was), Some(will)) => {
            (step(before, was) != step(Some(after), will)).then_some(Change::NextStep { was, will })
        }
    }
}
