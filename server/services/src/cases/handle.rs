//! What staff do with a case: take it, ask, answer, close, lift its hold.

use domain::access::{Actor, Permission};
use domain::cases::{CaseOutcome, CaseStatus, Step, StepRefused};
use domain::ids::{CaseId, PartyId};
use sea_orm::{EntityTrait, IntoActiveModel, Set};
use serde_json::json;
use store::Tx;
use store::entities::case_messages;
use uuid::Uuid;

use super::{kind_of, locked, progress_of, refused, text};
use crate::outbox::Telling;
use crate::{ServiceError, ServiceResult, Services};

impl Services {
    /// Looks into a case. Who takes what another took already changes nothing.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn take_case(&self, actor: &Actor, id: CaseId) -> ServiceResult<()> {
        actor.require(Permission::CaseHandle)?;
        let tx = self.begin().await?;
        let row = locked(&tx, actor, id).await?;
        let (kind, progress) = (kind_of(&row)?, progress_of(&row)?);
        if progress.status != CaseStatus::Open {
            return Ok(());
        }
        let progress = progress.after(Step::Take, self.now()).map_err(refused)?;
        let mut row = row.into_active_model();
        row.taken_by = Set(Some(actor.audit_name()));
        self.move_case(&tx, actor, row, (kind, progress)).await?;
        self.audit(&tx, actor, "case.taken", format!("case:{id}"), json!({})).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Writes to the person; with `asks`, the case waits for what they say. The same form sent
    /// twice is one message.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, `Invalid`, or the database.
    pub async fn write_to_person(
        &self,
        actor: &Actor,
        id: CaseId,
        (key, body): (Uuid, &str),
        asks: bool,
    ) -> ServiceResult<()> {
        actor.require(Permission::CaseHandle)?;
        let body = text("body", body)?;
        if body.is_empty() {
            return Err(ServiceError::invalid("body", "Escriba el mensaje", "Write the message"));
        }
        let tx = self.begin().await?;
        let row = locked(&tx, actor, id).await?;
        if case_messages::Entity::find_by_id((actor.organization_id.0, key)).one(&tx).await?.is_some() {
            return Ok(());
        }
        let (kind, mut progress) = (kind_of(&row)?, progress_of(&row)?);
        let party = PartyId(row.party_id);
        if asks {
            progress = progress.after(Step::Ask, self.now()).map_err(refused)?;
        } else if progress.status == CaseStatus::Closed {
            return Err(refused(StepRefused::NotNow(progress.status)));
        }
        self.move_case(&tx, actor, row.into_active_model(), (kind, progress)).await?;
        self.add_message(&tx, actor, (id, key), (false, body)).await?;
        self.tell_of_case(&tx, actor, party, id).await?;
        self.audit(&tx, actor, "case.written", format!("case:{id}"), json!({ "asks": asks })).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Answers a case, with what was decided and why. A hold ends with an answer that rejects.
    ///
    /// # Errors
    /// `Denied`, `NotFound`; `Invalid` when nothing is said or nobody took the case.
    pub async fn answer_case(
        &self,
        actor: &Actor,
        id: CaseId,
        outcome: CaseOutcome,
        answer: &str,
    ) -> ServiceResult<()> {
        actor.require(Permission::CaseHandle)?;
        let answer = text("answer", answer)?;
        if answer.is_empty() {
            return Err(ServiceError::invalid(
                "answer",
                "Escriba la respuesta: qué se decidió y por qué",
                "Write the answer: what was decided and why",
            ));
        }
        let tx = self.begin().await?;
        let row = locked(&tx, actor, id).await?;
        let kind = kind_of(&row)?;
        let party = PartyId(row.party_id);
        let progress = progress_of(&row)?.after(Step::Answer(outcome), self.now()).map_err(refused)?;
        let mut row = row.into_active_model();
        row.answer = Set(Some(answer));
        row.answered_by = Set(Some(actor.audit_name()));
        self.move_case(&tx, actor, row, (kind, progress)).await?;
        self.tell_of_case(&tx, actor, party, id).await?;
        let details = json!({ "outcome": outcome });
        self.audit(&tx, actor, "case.answered", format!("case:{id}"), details).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Tells the person that there is something to read. A case does not say it itself: whoever reads a
    /// message over a shoulder learns nothing.
    async fn tell_of_case(&self, tx: &Tx, actor: &Actor, party: PartyId, id: CaseId) -> ServiceResult<()> {
        let url = format!("{}/casos/{id}", self.public_url);
        self.tell(tx, actor.organization_id, party, Telling::answered(&url)).await
    }

    /// Closes a case that was answered and acted upon. Closing twice changes nothing.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, `Invalid` before the answer.
    pub async fn close_case(&self, actor: &Actor, id: CaseId) -> ServiceResult<()> {
        actor.require(Permission::CaseHandle)?;
        let tx = self.begin().await?;
        let row = locked(&tx, actor, id).await?;
        let (kind, progress) = (kind_of(&row)?, progress_of(&row)?);
        if progress.status == CaseStatus::Closed {
            return Ok(());
        }
        let progress = progress.after(Step::Close, self.now()).map_err(refused)?;
        let mut row = row.into_active_model();
        row.closed_at = Set(Some(self.now()));
        self.move_case(&tx, actor, row, (kind, progress)).await?;
        self.audit(&tx, actor, "case.closed", format!("case:{id}"), json!({})).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Lifts what a closed case still holds, with the reason: the lawyer is gone, say. A case that
    /// waits for its answer keeps its hold.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, `Invalid` before the case is closed or without a reason.
    pub async fn lift_hold(&self, actor: &Actor, id: CaseId, reason: &str) -> ServiceResult<()> {
        actor.require(Permission::CaseHandle)?;
        let reason = text("reason", reason)?;
        if reason.is_empty() {
            return Err(ServiceError::invalid(
                "reason",
                "Escriba por qué se levanta la suspensión",
                "Write why the hold is lifted",
            ));
        }
        let tx = self.begin().await?;
        let progress = progress_of(&locked(&tx, actor, id).await?)?;
        if progress.status != CaseStatus::Closed {
            return Err(refused(StepRefused::NotNow(progress.status)));
        }
        if self.lift(&tx, actor, id).await? == 0 {
            return Ok(());
        }
        // The person reads why; the audit trail holds no text that may name people.
        self.add_message(&tx, actor, (id, self.new_id()), (false, reason)).await?;
        self.audit(&tx, actor, "case.hold_lifted", format!("case:{id}"), json!({})).await?;
        tx.commit().await?;
        Ok(())
    }
}
