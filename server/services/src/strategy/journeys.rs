//! Journeys: kept in versions; the one that was set going last runs, until another is or it is stopped.

use chrono::{DateTime, Utc};
use domain::access::{Actor, Permission};
use domain::ids::{AccountId, JourneyId, SegmentId, TemplateId};
use domain::strategy::Journey;
use domain::text::Say;
use serde_json::json;
use store::journeys::{self, JourneyRow, Version};
use store::{StoreError, segments, versions};

use super::segments::{name, saved_meanwhile};
use crate::{ServiceError, ServiceResult, Services};

/// A journey in a list.
#[derive(Clone, Debug)]
pub struct JourneyLine {
    pub id: JourneyId,
    pub version: i32,
    pub name: String,
    pub segment: SegmentId,
    pub segment_version: i32,
    pub steps: Journey,
    /// This version is going.
    pub running: bool,
    /// The version that is going, which may be an earlier one.
    pub going: Option<i32>,
    pub saved_at: DateTime<Utc>,
}

/// A journey with what it did.
#[derive(Clone, Debug)]
pub struct JourneyView {
    pub journey: JourneyLine,
    pub segment_name: String,
    /// Accounts that came into the version that is going, else into the newest.
    pub came: u64,
    /// Step from 0, outcome, and how often; empty while the newest waits.
    pub done: Vec<(i32, String, i64)>,
}

/// What a step did about one account.
pub use store::journeys::Outcome as StepLine;

/// Accounts for which a step ended in one way.
#[derive(Clone, Debug)]
pub struct OutcomePage {
    pub journey: JourneyLine,
    pub lines: Vec<StepLine>,
    /// The next page begins after this one.
    pub next: Option<AccountId>,
}

/// Accounts on a page.
const PAGE: u64 = 50;

/// A journey to save.
#[derive(Clone, Debug)]
pub struct NewJourney {
    /// Made by the form, so that a double post saves once.
    pub id: JourneyId,
    /// The version it was made from; 0 for a new one.
    pub based_on: i32,
    pub name: String,
    pub segment: SegmentId,
    pub steps: Journey,
}

impl Services {
    /// Every journey, by name.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn journeys(&self, actor: &Actor) -> ServiceResult<Vec<JourneyLine>> {
        actor.require(Permission::StrategyRead)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let going = versions::going(db, org).await?;
        let going = |id| going.iter().find(|row| row.id == id).map(|row| row.version);
        let all = journeys::all(db, org).await?;
        all.into_iter().map(|row| Ok(JourneyLine { going: going(row.id), ..line(row)? })).collect()
    }

    /// One journey with what it did.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn journey(&self, actor: &Actor, id: JourneyId) -> ServiceResult<JourneyView> {
        actor.require(Permission::StrategyRead)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let row = journeys::newest(db, org, id).await?.ok_or(ServiceError::NotFound)?;
        let going = versions::of_journey(db, org, id).await?.into_iter().find(|row| row.running);
        let going = going.map(|row| row.version);
        // While a newer one waits, the one that is going is counted; its steps are not the newest's.
        let counted = going.unwrap_or(row.version);
        let version = Version { organization: org, journey: id, version: counted };
        let (came, mut done) = journeys::tally(db, version).await?;
        if counted != row.version {
            done.clear();
        }
        let journey = JourneyLine { going, ..line(row)? };
        let segment = segments::version(db, org, journey.segment, journey.segment_version).await?;
        let segment_name = segment.map(|row| row.name).unwrap_or_default();
        Ok(JourneyView { journey, segment_name, came, done })
    }

    /// Accounts for which a step (from 0) of the newest version ended in one way, after one of them.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn journey_outcome(
        &self,
        actor: &Actor,
        id: JourneyId,
        (step, outcome): (i32, &str),
        after: Option<AccountId>,
    ) -> ServiceResult<OutcomePage> {
        actor.require(Permission::StrategyRead)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let row = journeys::newest(db, org, id).await?.ok_or(ServiceError::NotFound)?;
        let version = Version { organization: org, journey: id, version: row.version };
        let journey = line(row)?;
        let mut lines = journeys::outcomes(db, version, (step, outcome), after, PAGE + 1).await?;
        let more = lines.len() as u64 > PAGE;
        lines.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
        let next = lines.last().map(|line| AccountId(line.account_id)).filter(|_| more);
        Ok(OutcomePage { journey, lines, next })
    }

    /// Saves a journey over the newest version of its segment, as its next version, not yet running.
    /// The same save twice is one.
    ///
    /// # Errors
    /// `Denied`; `Invalid` for what makes no sense, or when somebody saved meanwhile.
    pub async fn save_journey(&self, actor: &Actor, new: NewJourney) -> ServiceResult<i32> {
        actor.require(Permission::StrategyWrite)?;
        let name = name(&new.name)?;
        new.steps.check().map_err(|problem| {
            let says =
                Say::new(format!("Los pasos no se pueden guardar así: {problem}"), problem.to_string());
            ServiceError::told("steps", says)
        })?;
        let steps = serde_json::to_string(&new.steps)
            .map_err(|error| ServiceError::Outside { part: "journey", cause: error.to_string() })?;
        let org = actor.organization_id;
        let tx = self.begin().await?;
        let segment = segments::newest(&tx, org, new.segment).await?.ok_or_else(|| {
            ServiceError::invalid("segment", "Elegir a qué segmento se aplica", "Choose the segment")
        })?;
        self.check_templates(&tx, org, &templates_of(&new.steps), false).await?;
        let before = journeys::newest(&tx, org, new.id).await?;
        let version = before.as_ref().map_or(0, |row| row.version);
        let same = |row: &JourneyRow| {
            row.steps == steps
                && row.name == name
                && (row.segment_id, row.segment_version) == (segment.id, segment.version)
        };
        if let Some(same) = before.filter(same) {
            return Ok(same.version);
        }
        if version != new.based_on {
            return Err(saved_meanwhile());
        }
        let version = version.saturating_add(1);
        let row = JourneyRow {
            organization_id: org.0,
            id: new.id.0,
            version,
            name,
            segment_id: segment.id,
            segment_version: segment.version,
            steps,
            running: false,
            created_at: self.now(),
            created_by: actor.audit_name(),
        };
        journeys::save(&tx, row)
            .await
            .map_err(|error| if error.is_unique_violation() { saved_meanwhile() } else { error.into() })?;
        let details = json!({ "journey": new.id, "version": version });
        self.audit(&tx, actor, "journey.saved", format!("journey:{}", new.id), details).await?;
        tx.commit().await?;
        Ok(version)
    }

    /// Sets the newest version of a journey going, in the place of an earlier one, or stops the journey.
    ///
    /// # Errors
    /// `Denied`, `NotFound`; `Invalid` while a template that it writes with is not approved, or
    /// an experiment compares it.
    pub async fn run_journey(&self, actor: &Actor, id: JourneyId, running: bool) -> ServiceResult<()> {
        actor.require(Permission::StrategyWrite)?;
        let org = actor.organization_id;
        let tx = self.begin().await?;
        let row = journeys::newest(&tx, org, id).await?.ok_or(ServiceError::NotFound)?;
        let going = versions::of_journey(&tx, org, id).await?.iter().any(|row| row.running);
        if row.running == running && going == running {
            return Ok(());
        }
        self.not_in_experiment(&tx, actor, id).await?;
        self.switch(&tx, actor, row, running).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The templates that a journey writes with.
pub(super) fn templates_of(journey: &Journey) -> Vec<TemplateId> {
    journey.steps.iter().filter_map(|step| step.act.letter()).map(|letter| letter.template).collect()
}

pub(super) fn line(row: JourneyRow) -> ServiceResult<JourneyLine> {
    let steps = serde_json::from_str(&row.steps).map_err(StoreError::bad_row("journeys", row.id))?;
    Ok(JourneyLine {
        id: JourneyId(row.id),
        version: row.version,
        name: row.name,
        segment: SegmentId(row.segment_id),
        segment_version: row.segment_version,
        steps,
        running: row.running,
        going: row.running.then_some(row.version),
        saved_at: row.created_at,
    })
}
