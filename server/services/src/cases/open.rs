//! What the person does: open a case, write in it, open it again.

use domain::access::Actor;
use domain::calendar::business_date;
use domain::cases::{CaseKind, CaseStatus, Progress, Step, answer_by, calendar, hold_of};
use domain::ids::{AccountId, CaseId, PartyId};
use domain::text::Say;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Set,
};
use serde_json::json;
use store::entities::{case_messages, cases, holds};
use store::{Tx, accounts, parties};
use uuid::Uuid;

use super::evidence::Kept;
use super::{NewFile, kind_of, locked_own, progress_of, refused, text};
use crate::accounts::debtor_of;
use crate::{ServiceError, ServiceResult, Services};

/// Cases of one person that may wait for an answer at a time.
const WAITING: u64 = 20;
const HOURS_CHARS: usize = 120;

/// A case as the person sends it.
#[derive(Clone)]
pub struct NewCase {
    /// Made with the form: the same form sent twice is one case.
    pub key: Uuid,
    /// None: about the person, not about one debt.
    pub account: Option<AccountId>,
    pub kind: CaseKind,
    pub says: String,
    /// When to call, for whom asks for a call.
    pub call_hours: String,
    pub files: Vec<NewFile>,
}

struct Checked {
    key: Uuid,
    account: Option<AccountId>,
    kind: CaseKind,
    says: String,
    call_hours: Option<String>,
    files: Vec<Kept>,
}

impl Services {
    /// Opens a case about one of the debtor's own debts, and places the hold of its kind.
    ///
    /// # Errors
    /// `NotSignedIn`, `NotFound` for debts of others, `Invalid`, or the database.
    pub async fn open_case(&self, actor: &Actor, new: NewCase) -> ServiceResult<CaseId> {
        let party = debtor_of(actor)?;
        let org = actor.organization_id;
        if let Some(id) = new.account {
            let account = accounts::find(self.db.read(), org, id).await?;
            account.filter(|account| account.debtor_id == party).ok_or(ServiceError::NotFound)?;
        }
        if self.opened_before(actor, party, new.key).await? {
            return Ok(CaseId(new.key));
        }
        let says = text("says", &new.says)?;
        let hours = text("hours", &new.call_hours)?;
        if new.kind == CaseKind::CallRequest && hours.is_empty() {
            let says = Say::new(
                "Escribe a qué hora podemos llamarte, por ejemplo: por la tarde, de 4 a 6",
                "Write when we may call you, for example: in the afternoon, from 4 to 6",
            );
            return Err(ServiceError::told(
                "hours",
                says.pt("Escreva a que horas podemos ligar, por exemplo: à tarde, das 4 às 6"),
            ));
        }
        let hours: String = hours.chars().take(HOURS_CHARS).collect();
        let checked = Checked {
            key: new.key,
            account: new.account,
            kind: new.kind,
            says,
            call_hours: (!hours.is_empty()).then_some(hours),
            files: self.keep_files(actor, new.files).await?,
        };
        match self.insert_case(actor, party, checked).await {
            // The other post of the same form was quicker.
            Err(ServiceError::Store(error)) if error.is_unique_violation() => {
                if self.opened_before(actor, party, new.key).await? {
                    Ok(CaseId(new.key))
                } else {
                    Err(ServiceError::NotFound)
                }
            }
            other => other,
        }
    }

    /// Whether this form was sent before; the key of somebody else's case is not found.
    async fn opened_before(&self, actor: &Actor, party: PartyId, key: Uuid) -> ServiceResult<bool> {
        let found = cases::Entity::find_by_id((actor.organization_id.0, key)).one(self.db.read()).await?;
        match found {
            None => Ok(false),
            Some(row) if row.party_id == party.0 => Ok(true),
            Some(_) => Err(ServiceError::NotFound),
        }
    }

    async fn insert_case(&self, actor: &Actor, party: PartyId, new: Checked) -> ServiceResult<CaseId> {
        let org = actor.organization_id;
        let tx = self.begin().await?;
        let waiting = cases::Entity::find()
            .filter(cases::Column::OrganizationId.eq(org.0))
            .filter(cases::Column::PartyId.eq(party.0))
            .filter(cases::Column::AnsweredAt.is_null())
            .count(&tx)
            .await?;
        if waiting >= WAITING {
            let says = Say::new(
                "Tienes muchos casos sin respuesta. Escribe en uno de ellos; todos se leen.",
                "Many of your cases wait for an answer. Write in one of them; all of them are read.",
            );
            let pt = "Você tem muitos casos sem resposta. Escreva em um deles; todos são lidos.";
            return Err(ServiceError::told("", says.pt(pt)));
        }
        let id = CaseId(new.key);
        let row = cases::ActiveModel {
            organization_id: Set(org.0),
            id: Set(id.0),
            party_id: Set(party.0),
            account_id: Set(new.account.map(|id| id.0)),
            kind: Set(new.kind.as_str().to_owned()),
            status: Set(CaseStatus::Open.as_str().to_owned()),
            outcome: Set(None),
            says: Set(new.says),
            call_hours: Set(new.call_hours),
            opened_at: Set(self.now()),
            due_on: Set(self.answer_by(actor, party, new.kind).await?),
            taken_by: Set(None),
            answer: Set(None),
            answered_by: Set(None),
            answered_at: Set(None),
            closed_at: Set(None),
        };
        cases::Entity::insert(row).exec_without_returning(&tx).await?;
        let files = new.files.len();
        self.attach(&tx, actor, id, new.files).await?;
        self.hold(&tx, actor, (id, new.kind), (party, new.account)).await?;
        // What the person wrote is in the case, not in the audit trail.
        let details = json!({ "kind": new.kind, "account": new.account, "files": files });
        self.audit(&tx, actor, "case.opened", format!("case:{id}"), details).await?;
        tx.commit().await?;
        metrics::counter!("saldar_cases_opened_total", "kind" => new.kind.as_str()).increment(1);
        Ok(id)
    }

    /// The day by which a case that is opened now is answered.
    async fn answer_by(
        &self,
        actor: &Actor,
        party: PartyId,
        kind: CaseKind,
    ) -> ServiceResult<chrono::NaiveDate> {
        let db = self.db.read();
        let person = parties::find_party(db, actor.organization_id, party).await?;
        let country = person.ok_or(ServiceError::NotFound)?.country;
        let zone = self.organization(actor.organization_id).await?.zone;
        let today = business_date(self.now(), zone);
        answer_by(kind, today, &calendar(&country))
            .map_err(|error| ServiceError::Outside { part: "calendar", cause: error.to_string() })
    }

    async fn hold(
        &self,
        tx: &Tx,
        actor: &Actor,
        (id, kind): (CaseId, CaseKind),
        (party, account): (PartyId, Option<AccountId>),
    ) -> ServiceResult<()> {
        let Some(rule) = hold_of(kind) else { return Ok(()) };
        // Whatever is about to be sent is sent before this, or sees it.
        parties::lock(tx, actor.organization_id, [party]).await?;
        let row = holds::ActiveModel {
            organization_id: Set(actor.organization_id.0),
            id: Set(self.new_id()),
            case_id: Set(id.0),
            party_id: Set(party.0),
            account_id: Set(account.filter(|_| rule.debt_only).map(|id| id.0)),
            stop: Set(rule.stop.as_str().to_owned()),
            placed_at: Set(self.now()),
            lifted_at: Set(None),
            lifted_by: Set(None),
        };
        holds::Entity::insert(row).exec_without_returning(tx).await?;
        Ok(())
    }

    /// Writes in one's own case, with files. The same form sent twice is one message.
    ///
    /// # Errors
    /// `NotFound` for cases of others, `Invalid`, or the database.
    pub async fn write_in_case(
        &self,
        actor: &Actor,
        id: CaseId,
        (key, body): (Uuid, &str),
        files: Vec<NewFile>,
    ) -> ServiceResult<()> {
        debtor_of(actor)?;
        let mut body = text("body", body)?;
        if body.is_empty() && files.is_empty() {
            let says =
                Say::new("Escribe tu mensaje o adjunta un archivo", "Write your message or attach a file");
            return Err(ServiceError::told("body", says.pt("Escreva sua mensagem ou anexe um arquivo")));
        }
        if body.is_empty() {
            "📎".clone_into(&mut body);
        }
        // Whose case it is comes before any byte is kept.
        self.my_case(actor, id).await?;
        let files = self.keep_files(actor, files).await?;
        let tx = self.begin().await?;
        let row = locked_own(&tx, actor, id).await?;
        if case_messages::Entity::find_by_id((actor.organization_id.0, key)).one(&tx).await?.is_some() {
            return Ok(());
        }
        let (kind, progress) = (kind_of(&row)?, progress_of(&row)?);
        let progress = progress.after(Step::Write, self.now()).map_err(refused)?;
        self.move_case(&tx, actor, row.into_active_model(), (kind, progress)).await?;
        self.add_message(&tx, actor, (id, key), (true, body)).await?;
        let details = json!({ "files": files.len() });
        self.attach(&tx, actor, id, files).await?;
        self.audit(&tx, actor, "case.written", format!("case:{id}"), details).await?;
        tx.commit().await?;
        Ok(())
    }

    pub(super) async fn add_message(
        &self,
        tx: &Tx,
        actor: &Actor,
        (case, key): (CaseId, Uuid),
        (from_person, body): (bool, String),
    ) -> ServiceResult<()> {
        let row = case_messages::ActiveModel {
            organization_id: Set(actor.organization_id.0),
            id: Set(key),
            case_id: Set(case.0),
            author: Set(actor.audit_name()),
            from_person: Set(from_person),
            body: Set(body),
            at: Set(self.now()),
        };
        case_messages::Entity::insert(row).exec_without_returning(tx).await?;
        Ok(())
    }

    /// Opens one's own case again, with the reason: the answer is not accepted. The hold comes
    /// back, and a new day by which to answer.
    ///
    /// # Errors
    /// `NotFound` for cases of others; `Invalid` when it is too late or nothing is said.
    pub async fn reopen_case(
        &self,
        actor: &Actor,
        id: CaseId,
        (key, why): (Uuid, &str),
    ) -> ServiceResult<()> {
        let party = debtor_of(actor)?;
        let why = text("why", why)?;
        if why.is_empty() {
            let says = Say::new("Escribe por qué no estás de acuerdo", "Write why you do not agree");
            return Err(ServiceError::told("why", says.pt("Escreva por que não concorda")));
        }
        let tx = self.begin().await?;
        let row = locked_own(&tx, actor, id).await?;
        if case_messages::Entity::find_by_id((actor.organization_id.0, key)).one(&tx).await?.is_some() {
            return Ok(());
        }
        let kind = kind_of(&row)?;
        let account = row.account_id.map(AccountId);
        let progress: Progress = progress_of(&row)?.after(Step::Reopen, self.now()).map_err(refused)?;
        // The answer that was given stays to be read among the messages.
        if let (Some(answer), Some(by), Some(at)) = (&row.answer, &row.answered_by, row.answered_at) {
            let before = case_messages::ActiveModel {
                organization_id: Set(row.organization_id),
                id: Set(self.new_id()),
                case_id: Set(row.id),
                author: Set(by.clone()),
                from_person: Set(false),
                body: Set(answer.clone()),
                at: Set(at),
            };
            before.insert(&tx).await?;
        }
        let mut row = row.into_active_model();
        row.answer = Set(None);
        row.answered_by = Set(None);
        row.closed_at = Set(None);
        row.taken_by = Set(None);
        row.due_on = Set(self.answer_by(actor, party, kind).await?);
        self.move_case(&tx, actor, row, (kind, progress)).await?;
        // One that outlived the closing is not doubled.
        self.lift(&tx, actor, id).await?;
        self.hold(&tx, actor, (id, kind), (party, account)).await?;
        self.add_message(&tx, actor, (id, key), (true, why)).await?;
        self.audit(&tx, actor, "case.reopened", format!("case:{id}"), json!({})).await?;
        tx.commit().await?;
        Ok(())
    }
}
