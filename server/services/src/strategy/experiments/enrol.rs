//! Assigning people, and taking in the debts that count.

use chrono::Days;
use domain::access::Actor;
use domain::ids::{ExperimentId, PartyId, SegmentId};
use domain::strategy::Rule;
use serde_json::json;
use store::experiments::{self, ExperimentRow, kind, status};
use store::segments::{self, Moment};
use store::versions;

use super::super::segments::rule_of;
use super::assign;
use crate::{ServiceResult, Services};

/// People that are assigned in one transaction.
const PAGE: u64 = 2_000;

impl Services {
    /// Assigns whoever came since, of every running experiment; of the permanent holdout first, since
    /// whom it keeps away is in no other.
    pub(in crate::strategy) async fn enrol(&self, actor: &Actor, at: Moment) -> ServiceResult<()> {
        let org = actor.organization_id;
        let mut running = experiments::all(self.db.read(), org).await?;
        running.retain(|row| row.status == status::RUNNING);
        running.sort_by_key(|row| (row.kind != kind::HOLDOUT, row.created_at, row.id));
        for row in running {
            for rule in self.rules_of(&row).await? {
                self.enrol_by(actor, &row, &rule, at).await?;
            }
        }
        Ok(())
    }

    /// Whose people it is about: a comparison's segment, or whomever a journey that is going may take.
    async fn rules_of(&self, row: &ExperimentRow) -> ServiceResult<Vec<Rule>> {
        let (db, org) = (self.db.read(), domain::ids::OrganizationId(row.organization_id));
        let mut wanted = Vec::new();
        if row.kind == kind::HOLDOUT {
            let journeys = versions::going(db, org).await?;
            wanted.extend(journeys.iter().map(|row| (row.segment_id, row.segment_version)));
            wanted.sort_unstable();
            wanted.dedup();
        } else {
            wanted.extend(row.segment_id.zip(row.segment_version));
        }
        let mut rules = Vec::new();
        for (id, version) in wanted {
            if let Some(segment) = segments::version(db, org, SegmentId(id), version).await? {
                rules.push(rule_of(&segment)?);
            }
        }
        Ok(rules)
    }

    async fn enrol_by(
        &self,
        actor: &Actor,
        row: &ExperimentRow,
        rule: &Rule,
        at: Moment,
    ) -> ServiceResult<()> {
        let id = ExperimentId(row.id);
        let arms = experiments::arms(self.db.read(), actor.organization_id, id).await?;
        let shares: Vec<_> = arms.iter().map(|arm| (arm.arm, arm.share_pct)).collect();
        let mut after: Option<PartyId> = None;
        loop {
            let tx = self.begin().await?;
            let people = experiments::unassigned(&tx, row, rule, at, after, PAGE).await?;
            after = people.last().copied();
            let assigned = people.iter().filter_map(|person| {
                let point = assign::point(&row.seed, *person);
                let arm = assign::arm(shares.iter().copied(), point)?;
                Some(experiments::assignment(row, *person, (arm, point), (at.today, at.now)))
            });
            experiments::assign(&tx, assigned.collect()).await?;
            let last = (people.len() as u64) < PAGE;
            let days = Days::new(u64::from(row.window_days.unsigned_abs()).saturating_sub(1));
            let until = at.today.checked_add_days(days).unwrap_or(at.today);
            let accounts = if last { experiments::take_in(&tx, row, rule, at, until).await? } else { 0 };
            if !people.is_empty() || accounts > 0 {
                let details = json!({ "experiment": id, "people": people.len(), "accounts": accounts });
                self.audit(&tx, actor, "experiment.enrolled", format!("experiment:{id}"), details).await?;
            }
            tx.commit().await?;
            if last {
                return Ok(());
            }
        }
    }
}
