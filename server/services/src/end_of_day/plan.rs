//! Which date, and how it is cut into chunks.

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::check_date;
use domain::ids::OrganizationId;
use serde_json::json;
use store::batch::{self, NewRun};
use store::entities::batch_runs;

use super::report::{BatchReport, BatchStatus, parse};
use super::{EndOfDay, PROCESS};
use crate::{Mode, ServiceError, ServiceResult, Services};

impl Services {
    pub(super) async fn plan_run(
        &self,
        org: OrganizationId,
        request: &EndOfDay,
    ) -> ServiceResult<BatchReport> {
        let organization = self.organization(org).await?.code;
        let date = self.checked_date(org, request).await?;
        let started_at = self.instant(request)?;
        if let Some(run) = batch::find_run(self.db.read(), org, date).await? {
            return told(organization, &run);
        }
        let latest = batch::latest_run(self.db.read(), org).await?;
        if let Some(later) = latest.filter(|run| run.on_date > date) {
            return Err(too_late(date, later.on_date));
        }
        let boundaries = batch::boundaries(self.db.read(), org, request.chunk_accounts).await?;
        let new = NewRun { organization_id: org, on_date: date, started_at, boundaries };
        match self.write_plan(&new).await {
            // Another process has planned it meanwhile.
            Err(ServiceError::Store(error)) if error.is_unique_violation() => {}
            other => other?,
        }
        let run = batch::find_run(self.db.read(), org, date).await?.ok_or(ServiceError::NotFound)?;
        Ok(BatchReport { resumed: false, ..told(organization, &run)? })
    }

    async fn checked_date(&self, org: OrganizationId, request: &EndOfDay) -> ServiceResult<NaiveDate> {
        let today = self.today(org).await?;
        let date = request.date.unwrap_or(today);
        check_date(date).map_err(|error| {
            ServiceError::invalid(
                "date",
                format!("La fecha {date} no sirve: use una de este siglo"),
                error.to_string(),
            )
        })?;
        if date > today && self.mode == Mode::Production {
            return Err(ServiceError::invalid(
                "date",
                format!("{date} aún no llega: hoy es {today}; ejecute el cierre de hoy o de un día anterior"),
                format!("{date} is still to come: today is {today}; run today or an earlier date"),
            ));
        }
        Ok(date)
    }

    fn instant(&self, request: &EndOfDay) -> ServiceResult<DateTime<Utc>> {
        match (request.at, self.mode) {
            (None, _) => Ok(self.now()),
            (Some(at), Mode::Demo) => Ok(domain::calendar::to_micros(at)),
            (Some(_), Mode::Production) => Err(ServiceError::invalid(
                "at",
                "El instante solo se elige en modo demo; quite la opción",
                "The instant can be chosen in demo mode only; leave it out",
            )),
        }
    }

    async fn write_plan(&self, new: &NewRun) -> ServiceResult<()> {
        let still = self.at_standstill(new.started_at, &[]);
        let tx = self.begin().await?;
        batch::insert_run(&tx, new).await?;
        let actor = self.system(new.organization_id, PROCESS);
        let details = json!({ "chunks": new.boundaries.len() + 1 });
        still.audit(&tx, &actor, "end_of_day.started", format!("batch:{}", new.on_date), details).await?;
        Ok(tx.commit().await?)
    }
}

/// A run that is there already, as this call finds it.
fn told(organization: String, run: &batch_runs::Model) -> ServiceResult<BatchReport> {
    let counts = run.summary.as_deref().map(|summary| parse(run, summary)).transpose()?;
    let finished = run.finished_at.is_some();
    Ok(BatchReport {
        organization,
        date: run.on_date,
        status: if finished { BatchStatus::Already } else { BatchStatus::Open },
        started_at: run.started_at,
        resumed: !finished,
        earlier: Vec::new(),
        chunks_done: 0,
        rows_written: 0,
        counts: counts.unwrap_or_default(),
    })
}

fn too_late(date: NaiveDate, later: NaiveDate) -> ServiceError {
    ServiceError::invalid(
        "date",
        format!(
            "Ya se ejecutó el cierre de {later}, y {date} es anterior; lo que vencía se hizo entonces: ejecute {later} o un día posterior"
        ),
        format!(
            "The batch of {later} has run, and {date} is before it; what fell due was done then: run {later} or a later date"
        ),
    )
}
