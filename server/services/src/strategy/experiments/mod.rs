//! Experiments: two ways or more of treating the people of one segment, compared; and the permanent
//! holdout, whom no journey treats, against which everything is measured.
//!
//! People fall into an arm by a keyed hash ([`assign`]) and stay there. Everybody who was assigned
//! counts, whatever was done about them (intention to treat), each debt for the same span of days.

mod assign;
mod enrol;
mod results;

use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::ids::{ExperimentId, JourneyId, OrganizationId, SegmentId};
use serde_json::json;
use store::experiments::{self, ArmRow, ExperimentRow, kind, status};
use store::{Tx, journeys, segments, versions};

pub use assign::{arm as arm_of, point as point_of};
pub use inference::{Difference, TooLittle, UNLIKELY};
pub use results::{ArmRate, ExperimentResults, MoneyResults};

use super::segments::name;
use crate::{ServiceError, ServiceResult, Services};

/// Arms that a comparison may have.
pub const MOST_ARMS: usize = 4;
/// Longest span whose payments count, in days.
const LONGEST_WINDOW: u16 = 365;
/// Largest permanent holdout, in per cent.
const LARGEST_HOLDOUT: i32 = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExperimentStatus {
    Draft,
    Running,
    Ended,
}

/// An experiment in a list.
#[derive(Clone, Debug)]
pub struct ExperimentLine {
    pub id: ExperimentId,
    /// The permanent holdout of the organization, not a comparison over one segment.
    pub is_holdout: bool,
    pub name: String,
    pub segment: Option<SegmentId>,
    /// Payments of so many days since a debt came in count.
    pub window_days: i32,
    pub status: ExperimentStatus,
    pub started_on: Option<NaiveDate>,
    pub ended_on: Option<NaiveDate>,
}

/// What is done about the people of an arm, and how many they are.
#[derive(Clone, Debug)]
pub struct ArmView {
    /// From 0, the champion.
    pub arm: i32,
    /// None: nothing is done, or, for arm 0 of the permanent holdout, whatever is usual.
    pub journey: Option<(JourneyId, String)>,
    pub share_pct: i32,
    pub people: i64,
    pub accounts: i64,
    /// Accounts whose span is over: they count in the result.
    pub complete: i64,
}

/// An experiment with its arms and what can be told.
#[derive(Clone, Debug)]
pub struct ExperimentView {
    pub line: ExperimentLine,
    pub segment_name: String,
    pub arms: Vec<ArmView>,
    /// How likely so uneven a split is by chance; none: too few people to tell.
    pub split_chance: Option<f64>,
    pub results: ExperimentResults,
}

/// An arm to be.
#[derive(Clone, Copy, Debug)]
pub struct NewArm {
    /// None: nothing is done.
    pub journey: Option<JourneyId>,
    pub share_pct: i32,
}

/// An experiment to save.
#[derive(Clone, Debug)]
pub struct NewExperiment {
    /// Made by the form, so that a double post saves once.
    pub id: ExperimentId,
    pub name: String,
    pub segment: SegmentId,
    pub window_days: u16,
    /// The champion first.
    pub arms: Vec<NewArm>,
}

impl Services {
    /// Every experiment, newest first, the permanent holdouts among them.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn experiments(&self, actor: &Actor) -> ServiceResult<Vec<ExperimentLine>> {
        actor.require(Permission::StrategyRead)?;
        let rows = experiments::all(self.db.read(), actor.organization_id).await?;
        Ok(rows.iter().map(line).collect())
    }

    /// One experiment with what can be told today.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn experiment(&self, actor: &Actor, id: ExperimentId) -> ServiceResult<ExperimentView> {
        actor.require(Permission::StrategyRead)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let today = self.today(org).await?;
        let row = experiments::find(db, org, id).await?.ok_or(ServiceError::NotFound)?;
        let sizes = experiments::sizes(db, org, id, today).await?;
        let mut arms = Vec::new();
        for arm in experiments::arms(db, org, id).await? {
            let size = sizes.iter().find(|size| size.arm == arm.arm).copied().unwrap_or_default();
            let journey = match arm.journey_id.map(JourneyId) {
                Some(id) => journeys::newest(db, org, id).await?.map(|row| (id, row.name)),
                None => None,
            };
            let (people, accounts, complete) = (size.people, size.accounts, size.complete);
            arms.push(ArmView {
                arm: arm.arm,
                journey,
                share_pct: arm.share_pct,
                people,
                accounts,
                complete,
            });
        }
        let groups: Vec<_> = arms.iter().map(|arm| (arm.people, arm.share_pct.unsigned_abs())).collect();
        let split_chance = inference::split_chance(&groups);
        let outcomes = experiments::outcomes(db, org, id, today).await?;
        let results = results::tell(arms.iter().map(|arm| arm.arm), &outcomes);
        let segment = match (row.segment_id, row.segment_version) {
            (Some(id), Some(version)) => segments::version(db, org, SegmentId(id), version).await?,
            _ => None,
        };
        let segment_name = segment.map(|row| row.name).unwrap_or_default();
        Ok(ExperimentView { line: line(&row), segment_name, arms, split_chance, results })
    }

    /// Saves a comparison over the newest version of a segment, not yet started. The same save twice
    /// is one.
    ///
    /// # Errors
    /// `Denied`; `Invalid` for what makes no sense.
    pub async fn save_experiment(&self, actor: &Actor, new: NewExperiment) -> ServiceResult<()> {
        actor.require(Permission::StrategyWrite)?;
        let name = name(&new.name)?;
        check(&new)?;
        let org = actor.organization_id;
        let tx = self.begin().await?;
        if experiments::find(&tx, org, new.id).await?.is_some() {
            return Ok(());
        }
        let segment = segments::newest(&tx, org, new.segment).await?.ok_or_else(|| {
            ServiceError::invalid("segment", "Elegir el segmento que se compara", "Choose the segment")
        })?;
        for arm in &new.arms {
            if let Some(journey) = arm.journey {
                going(&tx, org, journey, (segment.id, segment.version)).await?;
            }
        }
        let row = ExperimentRow {
            organization_id: org.0,
            id: new.id.0,
            kind: kind::COMPARISON.to_owned(),
            name,
            segment_id: Some(segment.id),
            segment_version: Some(segment.version),
            seed: self.new_token(32),
            window_days: i32::from(new.window_days),
            status: status::DRAFT.to_owned(),
            started_on: None,
            ended_on: None,
            created_at: self.now(),
            created_by: actor.audit_name(),
        };
        let arms = arm_rows(&row, &new.arms);
        let shares: Vec<_> = new.arms.iter().map(|arm| arm.share_pct).collect();
        experiments::add(&tx, row, arms).await?;
        let details = json!({ "experiment": new.id, "shares": shares, "window_days": new.window_days });
        self.audit(&tx, actor, "experiment.saved", format!("experiment:{}", new.id), details).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Starts a comparison: sets the journeys of its arms going, and assigns everybody who is in the
    /// segment today. Who comes later is assigned by each run.
    ///
    /// # Errors
    /// `Denied`, `NotFound`; `Invalid` when a journey is of another segment, or compared already.
    pub async fn start_experiment(&self, actor: &Actor, id: ExperimentId) -> ServiceResult<()> {
        actor.require(Permission::StrategyWrite)?;
        let org = actor.organization_id;
        let at = self.moment(org).await?;
        let tx = self.begin().await?;
        let row = experiments::find(&tx, org, id).await?.ok_or(ServiceError::NotFound)?;
        if row.status == status::RUNNING {
            return Ok(());
        }
        let segment = row.segment_id.zip(row.segment_version);
        let Some(segment) = segment.filter(|_| row.status == status::DRAFT) else {
            return Err(ServiceError::invalid(
                "act",
                "Este experimento ya terminó",
                "This experiment is over",
            ));
        };
        for arm in experiments::arms(&tx, org, id).await? {
            let Some(journey) = arm.journey_id.map(JourneyId) else { continue };
            if let Some(other) = experiments::running_with(&tx, org, journey).await? {
                return Err(ServiceError::invalid(
                    "act",
                    format!(
                        "Otro experimento, «{}», ya usa un recorrido de este; termínelo antes",
                        other.name
                    ),
                    format!("Another experiment, “{}”, has one of these journeys; end it first", other.name),
                ));
            }
            let of_arm = going(&tx, org, journey, segment).await?;
            if !of_arm.running {
                self.switch(&tx, actor, of_arm, true).await?;
            }
        }
        experiments::switch(&tx, row, status::RUNNING, at.today).await?;
        let details = json!({ "experiment": id, "on": at.today });
        self.audit(&tx, actor, "experiment.started", format!("experiment:{id}"), details).await?;
        tx.commit().await?;
        self.enrol(actor, at).await
    }

    /// Ends a comparison. The journey of arm `keep` goes on, over the whole segment; those of the other
    /// arms stop. Debts that were taken in still count until their span is over.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, `Invalid` for an arm that is not there.
    pub async fn end_experiment(&self, actor: &Actor, id: ExperimentId, keep: i32) -> ServiceResult<()> {
        actor.require(Permission::StrategyWrite)?;
        let org = actor.organization_id;
        let today = self.today(org).await?;
        let tx = self.begin().await?;
        let row = experiments::find(&tx, org, id).await?.ok_or(ServiceError::NotFound)?;
        if row.status == status::ENDED {
            return Ok(());
        }
        let arms = experiments::arms(&tx, org, id).await?;
        if row.kind == kind::COMPARISON && !arms.iter().any(|arm| arm.arm == keep) {
            return Err(ServiceError::invalid("keep", "Elegir con qué se sigue", "Choose what goes on"));
        }
        for arm in arms.iter().filter(|arm| arm.arm != keep && row.status == status::RUNNING) {
            let Some(journey) = arm.journey_id.map(JourneyId) else { continue };
            let all = versions::of_journey(&tx, org, journey).await?;
            if let Some(of_arm) = all.into_iter().find(|row| row.running) {
                self.switch(&tx, actor, of_arm, false).await?;
            }
        }
        experiments::switch(&tx, row, status::ENDED, today).await?;
        let details = json!({ "experiment": id, "keep": keep, "on": today });
        self.audit(&tx, actor, "experiment.ended", format!("experiment:{id}"), details).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Keeps a share of all people from every journey, for good; or, with 0, nobody any more. Who was
    /// kept out by an earlier one falls out again while the share is not smaller: the draw is the same.
    ///
    /// # Errors
    /// `Denied`; `Invalid` for a share beyond 20.
    pub async fn set_holdout(&self, actor: &Actor, share_pct: i32, window_days: u16) -> ServiceResult<()> {
        actor.require(Permission::StrategyWrite)?;
        if !(0..=LARGEST_HOLDOUT).contains(&share_pct) {
            return Err(ServiceError::invalid(
                "share",
                format!("Escriba un porcentaje de 0 a {LARGEST_HOLDOUT}"),
                format!("Write a share from 0 to {LARGEST_HOLDOUT} per cent"),
            ));
        }
        check_window(window_days)?;
        let org = actor.organization_id;
        let at = self.moment(org).await?;
        let tx = self.begin().await?;
        let all = experiments::all(&tx, org).await?;
        let mut before = all.into_iter().filter(|row| row.kind == kind::HOLDOUT);
        let last = before.next();
        let seed = last.as_ref().map_or_else(|| self.new_token(32), |row| row.seed.clone());
        if let Some(last) = last.filter(|row| row.status == status::RUNNING) {
            let same = experiments::arms(&tx, org, ExperimentId(last.id)).await?;
            let same = same.iter().any(|arm| arm.arm == 1 && arm.share_pct == share_pct);
            if same && last.window_days == i32::from(window_days) {
                return Ok(());
            }
            experiments::switch(&tx, last, status::ENDED, at.today).await?;
        }
        if share_pct > 0 {
            let row = ExperimentRow {
                organization_id: org.0,
                id: self.new_id(),
                kind: kind::HOLDOUT.to_owned(),
                name: String::new(),
                segment_id: None,
                segment_version: None,
                seed,
                window_days: i32::from(window_days),
                status: status::RUNNING.to_owned(),
                started_on: Some(at.today),
                ended_on: None,
                created_at: self.now(),
                created_by: actor.audit_name(),
            };
            let shares = [100 - share_pct, share_pct].map(|share_pct| NewArm { journey: None, share_pct });
            let arms = arm_rows(&row, &shares);
            experiments::add(&tx, row, arms).await?;
        }
        let details = json!({ "share_pct": share_pct, "window_days": window_days });
        self.audit(&tx, actor, "holdout.changed", format!("organization:{org}"), details).await?;
        tx.commit().await?;
        self.enrol(actor, at).await
    }
}

/// The version of a journey that an arm has: the one that is going, else the newest; of that version
/// of the segment.
async fn going(
    tx: &Tx,
    org: OrganizationId,
    id: JourneyId,
    segment: (uuid::Uuid, i32),
) -> ServiceResult<journeys::JourneyRow> {
    let all = versions::of_journey(tx, org, id).await?;
    let running = all.iter().find(|row| row.running);
    let row = running.or(all.first()).ok_or_else(|| {
        ServiceError::invalid("arms", "Elegir los recorridos que se comparan", "Choose the journeys")
    })?;
    if (row.segment_id, row.segment_version) != segment {
        return Err(ServiceError::invalid(
            "arms",
            format!(
                "El recorrido «{}» es de otro segmento, o de una versión anterior de este; guárdelo con este",
                row.name
            ),
            format!(
                "The journey “{}” is of another segment, or of an earlier version of it; save it with this one",
                row.name
            ),
        ));
    }
    Ok(row.clone())
}

fn arm_rows(of: &ExperimentRow, arms: &[NewArm]) -> Vec<ArmRow> {
    (0..)
        .zip(arms)
        .map(|(arm, new)| ArmRow {
            organization_id: of.organization_id,
            experiment_id: of.id,
            arm,
            journey_id: new.journey.map(|id| id.0),
            share_pct: new.share_pct,
        })
        .collect()
}

fn check(new: &NewExperiment) -> ServiceResult<()> {
    check_window(new.window_days)?;
    if !(2..=MOST_ARMS).contains(&new.arms.len()) {
        return Err(ServiceError::invalid(
            "arms",
            format!("Un experimento compara de 2 a {MOST_ARMS} grupos"),
            format!("An experiment compares 2 to {MOST_ARMS} groups"),
        ));
    }
    if new.arms.iter().any(|arm| arm.share_pct < 1)
        || new.arms.iter().map(|arm| arm.share_pct).sum::<i32>() != 100
    {
        return Err(ServiceError::invalid(
            "arms",
            "Los porcentajes son enteros desde 1 y suman 100",
            "The shares are whole numbers from 1 and come to 100",
        ));
    }
    let mut seen = Vec::new();
    for arm in &new.arms {
        if seen.contains(&arm.journey) {
            return Err(ServiceError::invalid(
                "arms",
                "Cada grupo recibe un trato distinto; hay dos iguales",
                "Each group is treated in another way; two are the same",
            ));
        }
        seen.push(arm.journey);
    }
    Ok(())
}

fn check_window(days: u16) -> ServiceResult<()> {
    if (1..=LONGEST_WINDOW).contains(&days) {
        return Ok(());
    }
    Err(ServiceError::invalid(
        "window",
        format!("Escriba cuántos días cuentan, de 1 a {LONGEST_WINDOW}"),
        format!("Write how many days count, from 1 to {LONGEST_WINDOW}"),
    ))
}

fn line(row: &ExperimentRow) -> ExperimentLine {
    ExperimentLine {
        id: ExperimentId(row.id),
        is_holdout: row.kind == kind::HOLDOUT,
        name: row.name.clone(),
        segment: row.segment_id.map(SegmentId),
        window_days: row.window_days,
        status: match row.status.as_str() {
            status::DRAFT => ExperimentStatus::Draft,
            status::RUNNING => ExperimentStatus::Running,
            _ => ExperimentStatus::Ended,
        },
        started_on: row.started_on,
        ended_on: row.ended_on,
    }
}
