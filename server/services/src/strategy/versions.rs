//! Versions of journeys and segments: setting one going, and going back to an earlier one.

use std::mem::discriminant;

use chrono::{DateTime, Utc};
use domain::access::{Actor, Permission};
use domain::ids::{JourneyId, SegmentId};
use domain::strategy::{Journey, Rule, Step};
use serde_json::json;
use store::journeys::{self, JourneyRow, Version};
use store::segments::{self, SegmentRow};
use store::{Tx, experiments, versions};

use super::journeys::{JourneyLine, line, templates_of};
use super::segments::{rule_of, saved_meanwhile};
use crate::{ServiceError, ServiceResult, Services};

/// A journey as it was saved.
#[derive(Clone, Debug)]
pub struct JourneyVersion {
    pub journey: JourneyLine,
    pub segment_name: String,
    /// Of that version of its segment.
    pub rule: Option<Rule>,
    pub saved_by: String,
}

/// A segment as it was saved.
#[derive(Clone, Debug)]
pub struct SegmentVersion {
    pub version: i32,
    pub name: String,
    pub rule: Rule,
    pub saved_at: DateTime<Utc>,
    pub saved_by: String,
}

/// Which step of one version is which of another: the same kind of act on the same day, counted from
/// the same, and the first with the first where there are several. A corrected text is no new step,
/// so that nobody gets it twice.
pub(super) fn same_steps(before: &Journey, now: &Journey) -> Vec<(i32, i32)> {
    let same_anchor = before.counts_from == now.counts_from;
    let alike = |one: &Step, other: &Step| {
        same_anchor && one.day == other.day && discriminant(&one.act) == discriminant(&other.act)
    };
    let mut taken = vec![false; now.steps.len()];
    let mut pairs = Vec::new();
    for (from, step) in (0..).zip(&before.steps) {
        let found =
            (0..).zip(&now.steps).zip(&mut taken).find(|((_, own), taken)| !**taken && alike(step, own));
        if let Some(((to, _), taken)) = found {
            *taken = true;
            pairs.push((from, to));
        }
    }
    pairs
}

impl Services {
    /// Sets a version going in the place of any other, or stops the journey. Who is in stays in, since
    /// the day on which they came, and no step is done again.
    pub(super) async fn switch(
        &self,
        tx: &Tx,
        actor: &Actor,
        row: JourneyRow,
        running: bool,
    ) -> ServiceResult<()> {
        let org = actor.organization_id;
        let id = JourneyId(row.id);
        versions::stop(tx, org, id).await?;
        let version = row.version;
        if running {
            let to = Version { organization: org, journey: id, version };
            let steps = line(row.clone())?.steps;
            self.check_templates(tx, org, &templates_of(&steps), true).await?;
            for before in versions::of_journey(tx, org, id).await? {
                if before.version < version {
                    let from = before.version;
                    versions::take_over(tx, to, from, &same_steps(&line(before)?.steps, &steps)).await?;
                }
            }
            journeys::set_running(tx, JourneyRow { running: false, ..row }, true).await?;
        }
        let details = json!({ "journey": id, "version": version, "running": running });
        self.audit(tx, actor, "journey.switched", format!("journey:{id}"), details).await
    }

    /// A journey is an arm of a running experiment: then it must stay what it is.
    pub(super) async fn not_in_experiment(&self, tx: &Tx, actor: &Actor, id: JourneyId) -> ServiceResult<()> {
        match experiments::running_with(tx, actor.organization_id, id).await? {
            None => Ok(()),
            Some(row) => Err(ServiceError::invalid(
                "act",
                format!("El experimento «{}» compara este recorrido; termínelo antes de cambiarlo", row.name),
                format!("The experiment “{}” compares this journey; end it before you change it", row.name),
            )),
        }
    }

    /// Every version of a journey, newest first.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn journey_versions(&self, actor: &Actor, id: JourneyId) -> ServiceResult<Vec<JourneyVersion>> {
        actor.require(Permission::StrategyRead)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let mut found = Vec::new();
        for row in versions::of_journey(db, org, id).await? {
            let saved_by = row.created_by.clone();
            let segment = SegmentId(row.segment_id);
            let segment = segments::version(db, org, segment, row.segment_version).await?;
            let rule = segment.as_ref().map(rule_of).transpose()?;
            let segment_name = segment.map(|row| row.name).unwrap_or_default();
            found.push(JourneyVersion { journey: line(row)?, segment_name, rule, saved_by });
        }
        if found.is_empty() { Err(ServiceError::NotFound) } else { Ok(found) }
    }

    /// Saves an earlier version of a journey, its version of the segment with it, as the next one.
    /// Gives its number; what is the newest already is not saved again.
    ///
    /// # Errors
    /// `Denied`, `NotFound`; `Invalid` when somebody saved after version `based_on`.
    pub async fn journey_back(
        &self,
        actor: &Actor,
        id: JourneyId,
        to: i32,
        based_on: i32,
    ) -> ServiceResult<i32> {
        actor.require(Permission::StrategyWrite)?;
        let org = actor.organization_id;
        let tx = self.begin().await?;
        let all = versions::of_journey(&tx, org, id).await?;
        let newest = all.first().ok_or(ServiceError::NotFound)?;
        let earlier = all.iter().find(|row| row.version == to).ok_or(ServiceError::NotFound)?;
        let content =
            |row: &JourneyRow| (row.name.clone(), row.steps.clone(), row.segment_id, row.segment_version);
        if content(newest) == content(earlier) {
            return Ok(newest.version);
        }
        if newest.version != based_on {
            return Err(saved_meanwhile());
        }
        let version = newest.version.saturating_add(1);
        let row = JourneyRow {
            version,
            running: false,
            created_at: self.now(),
            created_by: actor.audit_name(),
            ..earlier.clone()
        };
        journeys::save(&tx, row)
            .await
            .map_err(|error| if error.is_unique_violation() { saved_meanwhile() } else { error.into() })?;
        let details = json!({ "journey": id, "version": version, "back_to": to });
        self.audit(&tx, actor, "journey.saved", format!("journey:{id}"), details).await?;
        tx.commit().await?;
        Ok(version)
    }

    /// Every version of a segment, newest first.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn segment_versions(&self, actor: &Actor, id: SegmentId) -> ServiceResult<Vec<SegmentVersion>> {
        actor.require(Permission::StrategyRead)?;
        let rows = versions::of_segment(self.db.read(), actor.organization_id, id).await?;
        if rows.is_empty() {
            return Err(ServiceError::NotFound);
        }
        rows.into_iter()
            .map(|row| {
                let rule = rule_of(&row)?;
                let SegmentRow { version, name, created_at, created_by, .. } = row;
                Ok(SegmentVersion { version, name, rule, saved_at: created_at, saved_by: created_by })
            })
            .collect()
    }

    /// Saves an earlier version of a segment as the next one, as [`Services::journey_back`] does.
    ///
    /// # Errors
    /// The same.
    pub async fn segment_back(
        &self,
        actor: &Actor,
        id: SegmentId,
        to: i32,
        based_on: i32,
    ) -> ServiceResult<i32> {
        actor.require(Permission::StrategyWrite)?;
        let org = actor.organization_id;
        let earlier = segments::version(self.db.read(), org, id, to).await?.ok_or(ServiceError::NotFound)?;
        let rule = rule_of(&earlier)?;
        self.save_segment(actor, super::NewSegment { id, based_on, name: earlier.name, rule }).await
    }
}

#[cfg(test)]
mod tests {
    use domain::contact::Channel;
    use domain::ids::TemplateId;
    use domain::strategy::{Act, Anchor, Letter};

    use super::*;

    fn step(day: i16, act: Act) -> Step {
        Step { day, only_if: None, after: None, act }
    }

    fn message(day: i16, template: u128) -> Step {
        let template = TemplateId(uuid::Uuid::from_u128(template));
        step(day, Act::Message(Letter { template, channels: vec![Channel::Email] }))
    }

    #[test]
    fn steps_are_the_same_by_day_and_kind_each_once() {
        let call = |day| step(day, Act::Call);
        let of = |steps| Journey { counts_from: Anchor::Entry, steps };
        let before = of(vec![message(0, 1), message(0, 2), call(3), call(5)]);
        let now = of(vec![call(0), message(0, 3), message(0, 4), call(5)]);
        assert_eq!(same_steps(&before, &now), [(0, 1), (1, 2), (3, 3)]);
        let all: Vec<_> = (0..4).map(|step| (step, step)).collect();
        assert_eq!(same_steps(&before, &before), all);
        let moved = Journey { counts_from: Anchor::Due, ..before.clone() };
        assert_eq!(same_steps(&before, &moved), [], "its days mean something else");
    }
}
