//! Cases: a debtor says that a debt is not right, or that they need help; staff answer. What holds
//! collection back meanwhile is written in the same transaction.

mod complaints;
mod evidence;
mod handle;
mod open;
mod read;

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Actor;
use domain::cases::{
    CaseKind, CaseOutcome, CaseStatus, Hold, Progress, Step, StepRefused, is_held, legal_stops, still_holds,
};
use domain::contact::{LegalStop, StopKind};
use domain::ids::{AccountId, CaseId, PartyId, PaymentId};
use domain::text::Say;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, Set};
use store::cases::standing_holds;
use store::entities::{cases, holds};
use store::{StoreError, Tx, accounts};
use uuid::Uuid;

pub use complaints::{Complaint, ComplaintFile, ContactBefore, REDECO, SERNAC};
pub(crate) use evidence::Kept;
pub use evidence::{FILE_BYTES, FILES_A_POST, NewFile};
pub use open::NewCase;
pub use read::{PAGE_CASES, QueuePage};
pub use store::cases::CaseFilter;

use crate::accounts::debtor_of;
use crate::{ServiceError, ServiceResult, Services};

/// The longest text of a case, message or answer.
pub const TEXT_CHARS: usize = 4_000;

/// One line of the queue, or of a person's own cases.
#[derive(Clone, Debug)]
pub struct CaseLine {
    pub id: CaseId,
    pub kind: CaseKind,
    pub progress: Progress,
    pub party_id: PartyId,
    pub debtor: String,
    pub account_id: Option<AccountId>,
    /// The creditor's number of the debt.
    pub account: Option<String>,
    pub opened_at: DateTime<Utc>,
    /// The last day on which the answer is in time.
    pub due_on: NaiveDate,
    /// The audit name of who looks into it.
    pub taken_by: Option<String>,
    pub closed_at: Option<DateTime<Utc>>,
}

impl CaseLine {
    /// Not answered although the day has passed.
    pub fn is_late(&self, today: NaiveDate) -> bool {
        self.progress.outcome.is_none() && self.due_on < today
    }
}

#[derive(Clone, Debug)]
pub struct CaseMessage {
    pub author: String,
    pub from_person: bool,
    pub body: String,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub struct EvidenceLine {
    pub id: Uuid,
    pub name: String,
    pub media_type: String,
    pub bytes: i64,
    pub at: DateTime<Utc>,
}

impl EvidenceLine {
    /// The name under which it is given out: it says nothing of a person or debt, since it stays in
    /// lists of downloads, and nothing that its sender chose.
    pub fn file_name(&self) -> String {
        let ending = match self.media_type.as_str() {
            "application/pdf" => "pdf",
            "image/jpeg" => "jpg",
            _ => "png",
        };
        let id = self.id.simple().to_string();
        format!("archivo-{}.{ending}", id.get(24..).unwrap_or_default())
    }
}

/// One case with all that hangs on it.
#[derive(Clone, Debug)]
pub struct CaseView {
    pub line: CaseLine,
    pub says: String,
    pub call_hours: Option<String>,
    pub answer: Option<String>,
    /// The audit name.
    pub answered_by: Option<String>,
    pub messages: Vec<CaseMessage>,
    pub evidence: Vec<EvidenceLine>,
    /// What this case keeps back today.
    pub holds: Vec<StopKind>,
    pub today: NaiveDate,
}

impl CaseView {
    /// Whether the person can reopen it now.
    pub fn can_reopen(&self, now: DateTime<Utc>) -> bool {
        self.line.progress.after(Step::Reopen, now).is_ok()
    }
}

impl Services {
    /// What stands against contact about a debt: for `domain::contact::decide`.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn contact_stops(&self, actor: &Actor, account: AccountId) -> ServiceResult<Vec<LegalStop>> {
        actor.require(domain::access::Permission::AccountRead)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let account = accounts::find(db, org, account).await?.ok_or(ServiceError::NotFound)?;
        let holds = standing_holds(db, org, account.debtor_id).await?;
        Ok(legal_stops(&holds, account.id))
    }

    /// What the signed-in debtor's own cases keep back.
    ///
    /// # Errors
    /// `NotSignedIn` for anybody else.
    pub async fn my_holds(&self, actor: &Actor) -> ServiceResult<Vec<Hold>> {
        let party = debtor_of(actor)?;
        Ok(standing_holds(self.db.read(), actor.organization_id, party).await?)
    }

    /// Refuses, for staff, to go after a debt that is held.
    pub(crate) async fn require_not_held(
        &self,
        tx: &Tx,
        actor: &Actor,
        account: &domain::account::Account,
        field: &'static str,
    ) -> ServiceResult<()> {
        let holds = standing_holds(tx, actor.organization_id, account.debtor_id).await?;
        if !is_held(&holds, account.id) {
            return Ok(());
        }
        Err(ServiceError::invalid(
            field,
            "Un caso abierto detiene la cobranza de esta deuda; respóndalo antes de programar algo",
            "An open case holds collection of this debt; answer it before planning anything",
        ))
    }
}

/// A row that is locked until the transaction ends.
async fn locked(tx: &Tx, actor: &Actor, id: CaseId) -> ServiceResult<cases::Model> {
    let key = (actor.organization_id.0, id.0);
    let row = cases::Entity::find_by_id(key).lock_exclusive().one(tx).await?;
    row.ok_or(ServiceError::NotFound)
}

/// The same for the person whose case it is; of others nothing is told.
async fn locked_own(tx: &Tx, actor: &Actor, id: CaseId) -> ServiceResult<cases::Model> {
    let party = debtor_of(actor)?;
    let row = locked(tx, actor, id).await?;
    if row.party_id == party.0 { Ok(row) } else { Err(ServiceError::NotFound) }
}

fn kind_of(row: &cases::Model) -> ServiceResult<CaseKind> {
    Ok(row.kind.parse().map_err(StoreError::bad_row("cases", row.id))?)
}

fn progress_of(row: &cases::Model) -> ServiceResult<Progress> {
    let outcome = row.outcome.as_deref().map(str::parse::<CaseOutcome>).transpose();
    Ok(Progress {
        status: row.status.parse::<CaseStatus>().map_err(StoreError::bad_row("cases", row.id))?,
        outcome: outcome.map_err(StoreError::bad_row("cases", row.id))?,
        answered_at: row.answered_at,
    })
}

fn refused(error: StepRefused) -> ServiceError {
    let says = match error {
        StepRefused::NotNow(_) => Say::new(
            "El caso ya cambió. Revisa cómo está ahora y vuelve a intentarlo.",
            "The case has changed. Look at how it is now and try again.",
        )
        .pt("O caso já mudou. Veja como está agora e tente de novo."),
        StepRefused::TooLate => Say::new(
            "Ya pasó el plazo para reabrir este caso. Puedes abrir uno nuevo desde la deuda.",
            "The time to reopen this case has passed. You can open a new one from the debt.",
        )
        .pt("O prazo para reabrir este caso passou. Você pode abrir um novo pela dívida."),
    };
    ServiceError::told("", says)
}

/// A text for people, without what no keyboard types; `Invalid` when it is too long.
pub(crate) fn text(field: &'static str, typed: &str) -> ServiceResult<String> {
    let clean: String =
        typed.replace("\r\n", "\n").chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    let clean = clean.trim().to_owned();
    if clean.chars().count() > TEXT_CHARS {
        let says = Say::new(
            format!("El texto es muy largo; escribe hasta {TEXT_CHARS} letras o adjunta un archivo"),
            format!("The text is too long; write up to {TEXT_CHARS} letters or attach a file"),
        );
        let pt = format!("O texto é muito longo; escreva até {TEXT_CHARS} letras ou anexe um arquivo");
        return Err(ServiceError::told(field, says.pt(pt)));
    }
    Ok(clean)
}

impl Services {
    /// Writes how far a case is, and lifts its hold where it has ended.
    async fn move_case(
        &self,
        tx: &Tx,
        actor: &Actor,
        row: cases::ActiveModel,
        (kind, progress): (CaseKind, Progress),
    ) -> ServiceResult<()> {
        let mut row = row;
        row.status = Set(progress.status.as_str().to_owned());
        row.outcome = Set(progress.outcome.map(|outcome| outcome.as_str().to_owned()));
        row.answered_at = Set(progress.answered_at);
        let row = row.update(tx).await?;
        if !still_holds(kind, &progress) {
            self.lift(tx, actor, CaseId(row.id)).await?;
        }
        Ok(())
    }

    /// Pauses contact about a debt whose payment was charged back; the hold's cause is the payment.
    pub(crate) async fn hold_for_chargeback(
        &self,
        tx: &Tx,
        actor: &Actor,
        payment: PaymentId,
        (party, account): (PartyId, AccountId),
    ) -> ServiceResult<()> {
        let row = holds::Model {
            organization_id: actor.organization_id.0,
            id: self.new_id(),
            case_id: payment.0,
            party_id: party.0,
            account_id: Some(account.0),
            stop: StopKind::Dispute.as_str().to_owned(),
            placed_at: self.now(),
            lifted_at: None,
            lifted_by: None,
        };
        holds::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
        Ok(())
    }

    /// Contact may go on: the dispute was won, or staff decided.
    pub(crate) async fn lift_chargeback(
        &self,
        tx: &Tx,
        actor: &Actor,
        payment: PaymentId,
    ) -> ServiceResult<()> {
        self.lift(tx, actor, CaseId(payment.0)).await?;
        Ok(())
    }

    /// Lifts what a case holds; how many holds there were.
    async fn lift(&self, tx: &Tx, actor: &Actor, id: CaseId) -> ServiceResult<usize> {
        let standing = holds::Entity::find()
            .filter(holds::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(holds::Column::CaseId.eq(id.0))
            .filter(holds::Column::LiftedAt.is_null())
            .all(tx)
            .await?;
        let count = standing.len();
        for hold in standing {
            let mut hold = hold.into_active_model();
            hold.lifted_at = Set(Some(self.now()));
            hold.lifted_by = Set(Some(actor.audit_name()));
            hold.update(tx).await?;
        }
        Ok(count)
    }
}
