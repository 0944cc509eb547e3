//! Reading a statement into the books: matched by reference, posted once, the rest waits.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Days, Utc};
use domain::access::{Actor, Permission};
use domain::ids::{AccountId, PaymentId};
use domain::ledger::{PaymentMethod, PaymentStatus};
use domain::money::{Currency, Money};
use domain::reference::{TransferReference, find};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::json;
use store::entities::{
    accounts, bank_lines as lines, bank_statements as rows, payments, transfer_references,
};
use store::{StoreError, Tx};
use uuid::Uuid;

use super::lines::LineStatus;
use super::parse::{self, Incoming, LineError, StatementFormat};
use crate::payments::{ExceptionKind, NewException, PaymentPosted, PostPayment, ReceiptSeries};
use crate::{ServiceError, ServiceResult, Services};

/// Lines that are looked up together.
const CHUNK: usize = 200;
/// Receipts of transfers seen on a statement.
const SERIES: &str = "B";
/// A payment so near with the same amount may be the same money, posted by hand.
const NEAR_DAYS: Days = Days::new(5);

/// What came of a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatementRead {
    /// None when every line was known: nothing was written.
    pub id: Option<Uuid>,
    /// Lines that are money which came in.
    pub lines: usize,
    /// Lines that are not: left alone.
    pub outgoing: usize,
    /// Read before, from this file or another.
    pub known: usize,
    pub posted: usize,
    /// For a person to assign.
    pub waiting: usize,
    /// Lines that cannot be read; nothing was written then.
    pub errors: Vec<LineError>,
}

/// A statement that was read.
#[derive(Clone, Debug)]
pub struct StatementLine {
    pub id: Uuid,
    pub currency: Currency,
    pub uploaded_at: DateTime<Utc>,
    pub read: StatementRead,
}

/// What a line's texts lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Match {
    One(AccountId),
    None,
}

impl Services {
    /// Reads a statement. A line whose reference is that of one debt in the statement's currency is
    /// posted; the others wait for a person. A file that was stopped half-way goes on when it is read
    /// again; a line that is known changes nothing.
    ///
    /// # Errors
    /// `Denied`, or the database. Lines that cannot be read are in the result, and nothing is written.
    pub async fn read_statement(
        &self,
        actor: &Actor,
        bytes: Vec<u8>,
        format: StatementFormat,
    ) -> ServiceResult<StatementRead> {
        actor.require(Permission::PaymentResolve)?;
        actor.require(Permission::PaymentPost)?;
        let today = self.today(actor.organization_id).await?;
        if let Err(errors) = parse::check(&bytes, format, today) {
            return Ok(StatementRead { errors, ..StatementRead::default() });
        }
        let id = self.new_id();
        let mut read = StatementRead::default();
        let mut source = parse::opened(&bytes, format, today)?;
        loop {
            let chunk = source.by_ref().take(CHUNK).filter_map(Result::ok).collect::<Vec<_>>();
            if chunk.is_empty() {
                break;
            }
            read.lines += chunk.len();
            self.read_chunk(actor, (id, format.currency), chunk, &mut read).await?;
        }
        read.outgoing = source.outgoing;
        if read.id.is_some() {
            self.close_statement(actor, id, &read).await?;
        }
        Ok(read)
    }

    async fn read_chunk(
        &self,
        actor: &Actor,
        (id, currency): (Uuid, Currency),
        chunk: Vec<Incoming>,
        read: &mut StatementRead,
    ) -> ServiceResult<()> {
        let org = actor.organization_id.0;
        let known = lines::Entity::find()
            .select_only()
            .column(lines::Column::Identity)
            .filter(lines::Column::OrganizationId.eq(org))
            .filter(lines::Column::Identity.is_in(chunk.iter().map(|line| line.identity.clone())))
            .into_tuple::<String>()
            .all(self.db.read())
            .await?;
        let known: HashSet<String> = known.into_iter().collect();
        let before = chunk.len();
        let chunk: Vec<_> = chunk.into_iter().filter(|line| !known.contains(&line.identity)).collect();
        read.known += before - chunk.len();
        if chunk.is_empty() {
            return Ok(());
        }
        if read.id.is_none() {
            self.open_statement(actor, id, currency).await?;
            read.id = Some(id);
        }
        let matches = self.matches(actor, currency, &chunk).await?;
        for (line, found) in chunk.iter().zip(matches) {
            // One transaction a line: a posting locks its account and the end of the audit chain, and
            // two statements that lock several in different orders would wait for each other for ever.
            let tx = self.begin().await?;
            let posted = self.keep_line(&tx, actor, id, line, found).await?;
            tx.commit().await?;
            match posted {
                None => read.known += 1,
                Some(true) => read.posted += 1,
                Some(false) => read.waiting += 1,
            }
        }
        Ok(())
    }

    /// What each line's texts lead to.
    async fn matches(
        &self,
        actor: &Actor,
        currency: Currency,
        chunk: &[Incoming],
    ) -> ServiceResult<Vec<Match>> {
        let org = actor.organization_id.0;
        let read = |line: &Incoming| -> BTreeSet<TransferReference> {
            find(&line.description).into_iter().chain(find(&line.reference)).collect()
        };
        let candidates: Vec<_> = chunk.iter().map(read).collect();
        let all: BTreeSet<String> = candidates.iter().flatten().map(ToString::to_string).collect();
        let mut found: HashMap<String, AccountId> = HashMap::new();
        // SQLite binds at most 32,766 values a statement.
        for part in all.into_iter().collect::<Vec<_>>().chunks(5_000) {
            let rows = transfer_references::Entity::find()
                .filter(transfer_references::Column::OrganizationId.eq(org))
                .filter(transfer_references::Column::Reference.is_in(part.iter().cloned()))
                .all(self.db.read())
                .await?;
            found.extend(rows.into_iter().map(|row| (row.reference, AccountId(row.account_id))));
        }
        let ids: BTreeSet<Uuid> = found.values().map(|id| id.0).collect();
        let same_currency = accounts::Entity::find()
            .select_only()
            .column(accounts::Column::Id)
            .filter(accounts::Column::OrganizationId.eq(org))
            .filter(accounts::Column::Id.is_in(ids))
            .filter(accounts::Column::Currency.eq(currency.code()))
            .into_tuple::<Uuid>()
            .all(self.db.read())
            .await?;
        let same_currency: HashSet<Uuid> = same_currency.into_iter().collect();
        let decide = |references: &BTreeSet<TransferReference>| {
            let debts: BTreeSet<AccountId> =
                references.iter().filter_map(|one| found.get(&one.to_string()).copied()).collect();
            match debts.first() {
                Some(debt) if debts.len() == 1 && same_currency.contains(&debt.0) => Match::One(*debt),
                _ => Match::None,
            }
        };
        Ok(candidates.iter().map(decide).collect())
    }

    /// Keeps a line, and posts it where it is sure whose it is; none when it is known already.
    async fn keep_line(
        &self,
        tx: &Tx,
        actor: &Actor,
        statement: Uuid,
        line: &Incoming,
        found: Match,
    ) -> ServiceResult<Option<bool>> {
        let row = lines::ActiveModel {
            organization_id: Set(actor.organization_id.0),
            id: Set(self.new_id()),
            identity: Set(line.identity.clone()),
            statement_id: Set(statement),
            line: Set(i32::try_from(line.line).unwrap_or(i32::MAX)),
            booked_on: Set(line.booked_on),
            amount_minor: Set(line.amount.minor()),
            currency: Set(line.amount.currency().to_string()),
            description: Set(line.description.clone()),
            reference: Set(line.reference.clone()),
            status: Set(LineStatus::Waiting.as_str().to_owned()),
            account_id: Set(None),
            payment_id: Set(None),
            decided_by: Set(None),
            decided_at: Set(None),
            note: Set(None),
        };
        let made = lines::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(tx).await?;
        if !matches!(made, sea_orm::TryInsertResult::Inserted(1..)) {
            return Ok(None);
        }
        let Match::One(account) = found else {
            return Ok(Some(self.line_of_payout_in(tx, actor, &line.identity).await?));
        };
        // Somebody may have posted this money by hand: then a person says whether it is the same.
        if !self.same_money(tx, actor, account, line.booked_on, line.amount).await?.is_empty() {
            return Ok(Some(false));
        }
        let posted = self.post_line(tx, actor, account, line).await?;
        lines::Entity::update_many()
            .col_expr(lines::Column::Status, Expr::value(LineStatus::Posted.as_str()))
            .col_expr(lines::Column::AccountId, Expr::value(Some(account.0)))
            .col_expr(lines::Column::PaymentId, Expr::value(Some(posted.payment_id.0)))
            .col_expr(lines::Column::DecidedBy, Expr::value(Some(actor.audit_name())))
            .col_expr(lines::Column::DecidedAt, Expr::value(Some(self.now())))
            .filter(lines::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(lines::Column::Identity.eq(&line.identity))
            .exec(tx)
            .await?;
        Ok(Some(true))
    }

    /// Posts the money of a line; what exceeds the debt goes the way of every overpayment.
    pub(super) async fn post_line(
        &self,
        tx: &Tx,
        actor: &Actor,
        account: AccountId,
        line: &Incoming,
    ) -> ServiceResult<PaymentPosted> {
        let source = format!("bank:{}", line.identity);
        let said = if line.reference.is_empty() { &line.description } else { &line.reference };
        let new = PostPayment {
            account_id: account,
            amount: line.amount,
            method: PaymentMethod::BankTransfer,
            received_on: line.booked_on,
            source: source.clone(),
            reference: Some(said.chars().take(80).collect::<String>()).filter(|said| !said.is_empty()),
            receipt: ReceiptSeries::Next(SERIES),
            designated: Vec::new(),
        };
        let posted = self.post_payment_in(tx, actor, new).await?;
        if posted.unapplied.is_positive() && !posted.already {
            let excess = NewException::on_account(ExceptionKind::Excess, source, posted.unapplied, account);
            self.open_exception_in(tx, actor, excess.of(posted.payment_id)).await?;
        }
        Ok(posted)
    }

    /// Payments of a debt that may be this money, posted by hand or for a reported payment: the same
    /// amount within a few days, and of no other line.
    pub(super) async fn same_money(
        &self,
        db: &impl sea_orm::ConnectionTrait,
        actor: &Actor,
        account: AccountId,
        on: chrono::NaiveDate,
        amount: Money,
    ) -> ServiceResult<Vec<(PaymentId, String)>> {
        let org = actor.organization_id.0;
        let found = payments::Entity::find()
            .filter(payments::Column::OrganizationId.eq(org))
            .filter(payments::Column::AccountId.eq(account.0))
            .filter(payments::Column::AmountMinor.eq(amount.minor()))
            .filter(payments::Column::Method.eq(PaymentMethod::BankTransfer.as_str()))
            .filter(payments::Column::Status.eq(PaymentStatus::Posted.as_str()))
            .filter(payments::Column::ReceivedOn.gte(on.checked_sub_days(NEAR_DAYS).unwrap_or(on)))
            .filter(payments::Column::ReceivedOn.lte(on.checked_add_days(NEAR_DAYS).unwrap_or(on)))
            .order_by_asc(payments::Column::RecordedAt)
            .all(db)
            .await?;
        let of_lines = lines::Entity::find()
            .select_only()
            .column(lines::Column::PaymentId)
            .filter(lines::Column::OrganizationId.eq(org))
            .filter(lines::Column::PaymentId.is_in(found.iter().map(|payment| payment.id)))
            .into_tuple::<Option<Uuid>>()
            .all(db)
            .await?;
        let of_lines: HashSet<Uuid> = of_lines.into_iter().flatten().collect();
        let free = found.into_iter().filter(|payment| !of_lines.contains(&payment.id));
        Ok(free.map(|payment| (PaymentId(payment.id), payment.receipt_no)).collect())
    }

    async fn open_statement(&self, actor: &Actor, id: Uuid, currency: Currency) -> ServiceResult<()> {
        let row = rows::ActiveModel {
            organization_id: Set(actor.organization_id.0),
            id: Set(id),
            currency: Set(currency.to_string()),
            uploaded_at: Set(self.now()),
            uploaded_by: Set(actor.audit_name()),
            lines: Set(0),
            outgoing: Set(0),
            known: Set(0),
            posted: Set(0),
            waiting: Set(0),
        };
        let tx = self.begin().await?;
        rows::Entity::insert(row).exec_without_returning(&tx).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn close_statement(&self, actor: &Actor, id: Uuid, read: &StatementRead) -> ServiceResult<()> {
        let small = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        let tx = self.begin().await?;
        rows::Entity::update_many()
            .col_expr(rows::Column::Lines, Expr::value(small(read.lines)))
            .col_expr(rows::Column::Outgoing, Expr::value(small(read.outgoing)))
            .col_expr(rows::Column::Known, Expr::value(small(read.known)))
            .col_expr(rows::Column::Posted, Expr::value(small(read.posted)))
            .col_expr(rows::Column::Waiting, Expr::value(small(read.waiting)))
            .filter(rows::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(rows::Column::Id.eq(id))
            .exec(&tx)
            .await?;
        let details = json!({
            "lines": read.lines, "known": read.known, "posted": read.posted, "waiting": read.waiting,
        });
        self.audit(&tx, actor, "bank_statement.read", format!("statement:{id}"), details).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Statements that were read, newest first.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn bank_statements(&self, actor: &Actor, most: u64) -> ServiceResult<Vec<StatementLine>> {
        actor.require(Permission::PaymentResolve)?;
        let found = rows::Entity::find()
            .filter(rows::Column::OrganizationId.eq(actor.organization_id.0))
            .order_by_desc(rows::Column::UploadedAt)
            .order_by_desc(rows::Column::Id)
            .limit(most)
            .all(self.db.read())
            .await?;
        let size = |count: i32| usize::try_from(count).unwrap_or_default();
        let line = |row: rows::Model| -> ServiceResult<StatementLine> {
            Ok(StatementLine {
                id: row.id,
                currency: row.currency.parse().map_err(StoreError::bad_row("bank_statements", row.id))?,
                uploaded_at: row.uploaded_at,
                read: StatementRead {
                    id: Some(row.id),
                    lines: size(row.lines),
                    outgoing: size(row.outgoing),
                    known: size(row.known),
                    posted: size(row.posted),
                    waiting: size(row.waiting),
                    errors: Vec::new(),
                },
            })
        };
        found.into_iter().map(line).collect()
    }
}

impl From<LineError> for ServiceError {
    fn from(error: LineError) -> Self {
        Self::told("file", error.says)
    }
}
