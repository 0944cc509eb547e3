//! Looking at reported payments: one's own, the queue, one of them with its slips.

use std::collections::{BTreeSet, HashMap};

use domain::access::{Actor, ActorKind, Permission};
use domain::ids::{AccountId, PartyId, PaymentId, ReportId};
use domain::ledger::PaymentStatus;
use domain::reported::ReportStatus;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use store::StoreError;
use store::entities::{accounts, parties, payment_report_files as files, payment_reports as rows, payments};
use uuid::Uuid;

use super::{Lookalike, ReportLine, ReportView, amount_of, status_of};
use crate::accounts::debtor_of;
use crate::cases::EvidenceLine;
use crate::{ServiceError, ServiceResult, Services};

/// The most lines one page shows.
const MOST: u64 = 200;

impl Services {
    /// The signed-in debtor's own reports, newest first.
    ///
    /// # Errors
    /// `NotSignedIn` for anybody else.
    pub async fn my_reports(&self, actor: &Actor) -> ServiceResult<Vec<ReportLine>> {
        let party = debtor_of(actor)?;
        let found = rows::Entity::find()
            .filter(rows::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(rows::Column::PartyId.eq(party.0))
            .order_by_desc(rows::Column::ReportedAt)
            .order_by_desc(rows::Column::Id)
            .all(self.db.read())
            .await?;
        self.report_lines(actor, found).await
    }

    /// One of the signed-in debtor's own reports.
    ///
    /// # Errors
    /// `NotFound` also for reports of others.
    pub async fn my_report(&self, actor: &Actor, id: ReportId) -> ServiceResult<ReportView> {
        let party = debtor_of(actor)?;
        let row = self.report_row(actor, id).await?;
        if row.party_id != party.0 {
            return Err(ServiceError::NotFound);
        }
        self.report_with_files(actor, row).await
    }

    /// Reports that wait, oldest first; with `closed`, those that were decided, newest first.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn report_queue(&self, actor: &Actor, closed: bool) -> ServiceResult<Vec<ReportLine>> {
        actor.require(Permission::CaseHandle)?;
        let statuses = ReportStatus::ALL
            .iter()
            .filter(|status| status.is_open() != closed)
            .map(|status| status.as_str());
        let find = rows::Entity::find()
            .filter(rows::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(rows::Column::Status.is_in(statuses))
            .limit(MOST);
        let find = if closed {
            find.order_by_desc(rows::Column::DecidedAt)
        } else {
            find.order_by_asc(rows::Column::ReportedAt)
        };
        let found = find.order_by_asc(rows::Column::Id).all(self.db.read()).await?;
        self.report_lines(actor, found).await
    }

    /// One report, for staff, with what looks like the same payment. That they looked is told to the
    /// audit trail.
    ///
    /// # Errors
    /// `Denied`; `NotFound` also for reports of other organizations.
    pub async fn report_view(&self, actor: &Actor, id: ReportId) -> ServiceResult<ReportView> {
        actor.require(Permission::CaseHandle)?;
        let row = self.report_row(actor, id).await?;
        self.note_view(actor, AccountId(row.account_id)).await?;
        let (org, db) = (actor.organization_id.0, self.db.read());
        let same = payments::Entity::find()
            .filter(payments::Column::OrganizationId.eq(org))
            .filter(payments::Column::AccountId.eq(row.account_id))
            .filter(payments::Column::ReceivedOn.eq(row.paid_on))
            .filter(payments::Column::AmountMinor.eq(row.amount_minor))
            .filter(payments::Column::Status.eq(PaymentStatus::Posted.as_str()))
            .order_by_asc(payments::Column::RecordedAt)
            .all(db)
            .await?;
        let again = rows::Entity::find()
            .filter(rows::Column::OrganizationId.eq(org))
            .filter(rows::Column::AccountId.eq(row.account_id))
            .filter(rows::Column::PaidOn.eq(row.paid_on))
            .filter(rows::Column::AmountMinor.eq(row.amount_minor))
            .filter(rows::Column::Id.ne(row.id))
            .order_by_asc(rows::Column::ReportedAt)
            .all(db)
            .await?;
        // The payment that came of this report is no double of it.
        let own = row.payment_id;
        let same = same
            .into_iter()
            .filter(|payment| Some(payment.id) != own)
            .map(|payment| Lookalike { payment_id: PaymentId(payment.id), receipt_no: payment.receipt_no });
        let same = same.collect();
        let view = self.report_with_files(actor, row).await?;
        Ok(ReportView {
            same,
            reported_again: again.into_iter().map(|row| ReportId(row.id)).collect(),
            ..view
        })
    }

    /// The reports of an account that nobody has decided, for whoever is about to contact its debtor.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn open_reports_of(&self, actor: &Actor, account: AccountId) -> ServiceResult<Vec<ReportLine>> {
        actor.require(Permission::AccountRead)?;
        let found = rows::Entity::find()
            .filter(rows::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(rows::Column::AccountId.eq(account.0))
            .filter(rows::Column::DecidedAt.is_null())
            .order_by_asc(rows::Column::ReportedAt)
            .all(self.db.read())
            .await?;
        self.report_lines(actor, found).await
    }

    /// A slip, for the person who sent it and for staff who look for the money.
    ///
    /// # Errors
    /// `Denied`; `NotFound` also for files of other reports and other people.
    pub async fn report_file(
        &self,
        actor: &Actor,
        id: ReportId,
        file: Uuid,
    ) -> ServiceResult<(EvidenceLine, Vec<u8>)> {
        let org = actor.organization_id;
        let own = if let ActorKind::Debtor { party_id } = actor.kind {
            Some(party_id)
        } else {
            actor.require(Permission::CaseHandle)?;
            None
        };
        let report = self.report_row(actor, id).await?;
        if own.is_some_and(|party| party.0 != report.party_id) {
            return Err(ServiceError::NotFound);
        }
        let row = files::Entity::find_by_id((org.0, file)).one(self.db.read()).await?;
        let row = row.filter(|row| row.report_id == id.0).ok_or(ServiceError::NotFound)?;
        let bytes = self.files.get(org, &row.sha256).await?;
        Ok((file_line(row), bytes))
    }

    async fn report_row(&self, actor: &Actor, id: ReportId) -> ServiceResult<rows::Model> {
        let row = rows::Entity::find_by_id((actor.organization_id.0, id.0)).one(self.db.read()).await?;
        row.ok_or(ServiceError::NotFound)
    }

    async fn report_with_files(&self, actor: &Actor, row: rows::Model) -> ServiceResult<ReportView> {
        let kept = files::Entity::find()
            .filter(files::Column::OrganizationId.eq(row.organization_id))
            .filter(files::Column::ReportId.eq(row.id))
            .order_by_asc(files::Column::Id)
            .all(self.db.read())
            .await?;
        let line = self.report_lines(actor, vec![row]).await?.pop().ok_or(ServiceError::NotFound)?;
        let files = kept.into_iter().map(file_line).collect();
        Ok(ReportView { line, files, same: Vec::new(), reported_again: Vec::new() })
    }

    async fn report_lines(&self, actor: &Actor, found: Vec<rows::Model>) -> ServiceResult<Vec<ReportLine>> {
        let (db, org) = (self.db.read(), actor.organization_id.0);
        let people: BTreeSet<Uuid> = found.iter().map(|row| row.party_id).collect();
        let people = parties::Entity::find()
            .filter(parties::Column::OrganizationId.eq(org))
            .filter(parties::Column::Id.is_in(people))
            .all(db)
            .await?;
        let people: HashMap<_, _> = people.into_iter().map(|row| (row.id, row.name)).collect();
        let debts: BTreeSet<Uuid> = found.iter().map(|row| row.account_id).collect();
        let debts = accounts::Entity::find()
            .filter(accounts::Column::OrganizationId.eq(org))
            .filter(accounts::Column::Id.is_in(debts))
            .all(db)
            .await?;
        let debts: HashMap<_, _> = debts.into_iter().map(|row| (row.id, row.external_id)).collect();
        let line = |row: rows::Model| {
            Ok(ReportLine {
                id: ReportId(row.id),
                party_id: PartyId(row.party_id),
                debtor: people.get(&row.party_id).cloned().unwrap_or_default(),
                account_id: AccountId(row.account_id),
                account: debts.get(&row.account_id).cloned().unwrap_or_default(),
                amount: amount_of(&row)?,
                status: status_of(&row)?,
                way: row.way.parse().map_err(StoreError::bad_row("payment_reports", row.id))?,
                paid_on: row.paid_on,
                place: row.place,
                reference: row.reference,
                reported_at: row.reported_at,
                taken_by: row.taken_by,
                decided_at: row.decided_at,
                payment_id: row.payment_id.map(PaymentId),
                reason: row.reason,
            })
        };
        found.into_iter().map(line).collect()
    }
}

fn file_line(row: files::Model) -> EvidenceLine {
    let files::Model { id, name, media_type, bytes, at, .. } = row;
    EvidenceLine { id, name, media_type, bytes, at }
}
