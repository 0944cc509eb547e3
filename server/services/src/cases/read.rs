//! Looking at cases: the queue by deadline, one case, one's own.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use domain::access::{Actor, Permission};
use domain::ids::{AccountId, CaseId, PartyId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::StoreError;
use store::cases::{CaseFilter, queue};
use store::entities::{accounts, case_evidence, case_messages, cases, holds, parties};
use uuid::Uuid;

use super::{CaseLine, CaseMessage, CaseView, evidence, kind_of, progress_of};
use crate::accounts::debtor_of;
use crate::{ServiceError, ServiceResult, Services};

/// Lines on a page of the queue.
pub const PAGE_CASES: u64 = 50;

/// One page of the queue.
#[derive(Clone, Debug)]
pub struct QueuePage {
    pub lines: Vec<CaseLine>,
    /// Where the next page continues.
    pub next: Option<(NaiveDate, CaseId)>,
    pub today: NaiveDate,
}

impl Services {
    /// Cases by deadline, soonest first.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn case_queue(&self, actor: &Actor, filter: &CaseFilter) -> ServiceResult<QueuePage> {
        actor.require(Permission::CaseHandle)?;
        let org = actor.organization_id;
        let mut rows = queue(self.db.read(), org, filter, PAGE_CASES + 1).await?;
        let more = rows.len() as u64 > PAGE_CASES;
        rows.truncate(usize::try_from(PAGE_CASES).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(|row| (row.due_on, CaseId(row.id)));
        Ok(QueuePage { lines: self.lines(actor, &rows).await?, next, today: self.today(org).await? })
    }

    /// One case, for staff. That they looked is told to the audit trail.
    ///
    /// # Errors
    /// `Denied`; `NotFound` also for cases of other organizations.
    pub async fn case_view(&self, actor: &Actor, id: CaseId) -> ServiceResult<CaseView> {
        actor.require(Permission::CaseHandle)?;
        let row = cases::Entity::find_by_id((actor.organization_id.0, id.0)).one(self.db.read()).await?;
        let row = row.ok_or(ServiceError::NotFound)?;
        match row.account_id {
            Some(account) => self.note_view(actor, AccountId(account)).await?,
            None => self.note_view_of_person(actor, PartyId(row.party_id)).await?,
        }
        self.view(actor, row).await
    }

    /// The cases of an account that staff look at, newest first.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn cases_of(&self, actor: &Actor, account: AccountId) -> ServiceResult<Vec<CaseLine>> {
        actor.require(Permission::AccountRead)?;
        let rows = cases::Entity::find()
            .filter(cases::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(cases::Column::AccountId.eq(account.0))
            .order_by_desc(cases::Column::OpenedAt)
            .all(self.db.read())
            .await?;
        self.lines(actor, &rows).await
    }

    /// The signed-in debtor's own cases, newest first.
    ///
    /// # Errors
    /// `NotSignedIn` for anybody else.
    pub async fn my_cases(&self, actor: &Actor) -> ServiceResult<Vec<CaseLine>> {
        let party = debtor_of(actor)?;
        let rows = cases::Entity::find()
            .filter(cases::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(cases::Column::PartyId.eq(party.0))
            .order_by_desc(cases::Column::OpenedAt)
            .order_by_desc(cases::Column::Id)
            .all(self.db.read())
            .await?;
        self.lines(actor, &rows).await
    }

    /// One of the signed-in debtor's own cases.
    ///
    /// # Errors
    /// `NotFound` also for cases of others.
    pub async fn my_case(&self, actor: &Actor, id: CaseId) -> ServiceResult<CaseView> {
        let party = debtor_of(actor)?;
        let row = cases::Entity::find_by_id((actor.organization_id.0, id.0)).one(self.db.read()).await?;
        self.view(actor, row.filter(|row| row.party_id == party.0).ok_or(ServiceError::NotFound)?).await
    }

    pub(super) async fn lines(&self, actor: &Actor, rows: &[cases::Model]) -> ServiceResult<Vec<CaseLine>> {
        let (db, org) = (self.db.read(), actor.organization_id.0);
        let people: BTreeSet<Uuid> = rows.iter().map(|row| row.party_id).collect();
        let people = parties::Entity::find()
            .filter(parties::Column::OrganizationId.eq(org))
            .filter(parties::Column::Id.is_in(people))
            .all(db)
            .await?;
        let people: HashMap<_, _> = people.into_iter().map(|row| (row.id, row.name)).collect();
        let debts: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.account_id).collect();
        let debts = accounts::Entity::find()
            .filter(accounts::Column::OrganizationId.eq(org))
            .filter(accounts::Column::Id.is_in(debts))
            .all(db)
            .await?;
        let debts: HashMap<_, _> = debts.into_iter().map(|row| (row.id, row.external_id)).collect();
        let line = |row: &cases::Model| {
            Ok(CaseLine {
                id: CaseId(row.id),
                kind: kind_of(row)?,
                progress: progress_of(row)?,
                party_id: PartyId(row.party_id),
                debtor: people.get(&row.party_id).cloned().unwrap_or_default(),
                account_id: row.account_id.map(AccountId),
                account: row.account_id.and_then(|id| debts.get(&id).cloned()),
                opened_at: row.opened_at,
                due_on: row.due_on,
                taken_by: row.taken_by.clone(),
                closed_at: row.closed_at,
            })
        };
        rows.iter().map(line).collect()
    }

    async fn view(&self, actor: &Actor, row: cases::Model) -> ServiceResult<CaseView> {
        let (db, org) = (self.db.read(), actor.organization_id);
        let line =
            self.lines(actor, std::slice::from_ref(&row)).await?.pop().ok_or(ServiceError::NotFound)?;
        let messages = case_messages::Entity::find()
            .filter(case_messages::Column::OrganizationId.eq(org.0))
            .filter(case_messages::Column::CaseId.eq(row.id))
            .order_by_asc(case_messages::Column::At)
            .order_by_asc(case_messages::Column::Id)
            .all(db)
            .await?;
        let message = |row: case_messages::Model| {
            let case_messages::Model { author, from_person, body, at, .. } = row;
            CaseMessage { author, from_person, body, at }
        };
        let files = case_evidence::Entity::find()
            .filter(case_evidence::Column::OrganizationId.eq(org.0))
            .filter(case_evidence::Column::CaseId.eq(row.id))
            .order_by_asc(case_evidence::Column::At)
            .order_by_asc(case_evidence::Column::Id)
            .all(db)
            .await?;
        let standing = holds::Entity::find()
            .filter(holds::Column::OrganizationId.eq(org.0))
            .filter(holds::Column::CaseId.eq(row.id))
            .filter(holds::Column::LiftedAt.is_null())
            .all(db)
            .await?;
        let stops = standing.into_iter().map(|hold| {
            hold.stop.parse().map_err(StoreError::bad_row("holds", hold.id)).map_err(ServiceError::from)
        });
        Ok(CaseView {
            holds: stops.collect::<ServiceResult<_>>()?,
            line,
            says: row.says,
            call_hours: row.call_hours,
            answer: row.answer,
            answered_by: row.answered_by,
            messages: messages.into_iter().map(message).collect(),
            evidence: files.into_iter().map(evidence::line).collect(),
            today: self.today(org).await?,
        })
    }
}
