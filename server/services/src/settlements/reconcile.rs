//! Reconciling: payouts are fetched, kept, posted, and each of their lines held against the journal.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use domain::access::{Actor, Permission};
use domain::calendar::business_date;
use domain::ids::{AccountId, OrganizationId};
use domain::money::Money;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set};
use serde::Serialize;
use serde_json::json;
use store::entities::{payment_exceptions, payout_lines, payouts};
use store::payouts::{self as kept, InTransit, LineRow, PayoutRow};
use store::{StoreError, Tx};
use uuid::Uuid;

use super::book::{fee_of, source_of};
use super::check::{DifferenceKind, Judged, PayoutState, judge};
use super::port::{LineKind, Payout, PayoutStatus, Settlement};
use crate::payments::{ExceptionKind, GatewayRef, MovementKind, NewException, Way, outside, stored_money};
use crate::{ServiceError, ServiceResult, Services};

/// How far back a first look goes, and every later one.
const FIRST_LOOK: TimeDelta = TimeDelta::days(90);
const LOOK_BACK: TimeDelta = TimeDelta::days(35);

/// Gateways pay out within days; what is in no payout after as long as this differs.
const PATIENCE: Days = Days::new(14);

/// What a look at the gateways gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReconcileReport {
    /// Payouts that were looked at.
    pub payouts: usize,
    pub matched: usize,
    /// Not at the bank yet, or not all of their lines known.
    pub waiting: usize,
    /// Asked for by hand: nobody can say what is in them.
    pub manual: usize,
    /// All that differs and that nobody has explained yet.
    pub differences: Vec<DifferenceTold>,
}

/// A difference for the command line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DifferenceTold {
    pub kind: &'static str,
    /// What of the gateway, or the journal, it is about.
    pub subject: String,
    pub minor: i64,
    pub currency: String,
    /// Cause and remedy.
    pub says: &'static str,
}

impl Services {
    /// Fetches the payouts of an organization's gateways and holds them against the journal. Payouts
    /// that matched before are left alone.
    ///
    /// # Errors
    /// `Denied`; `Outside` when a gateway does not answer; the database fails.
    pub async fn reconcile(&self, actor: &Actor, from: Option<NaiveDate>) -> ServiceResult<ReconcileReport> {
        actor.require(Permission::RemittanceMake)?;
        let org = actor.organization_id;
        let mut report = ReconcileReport::default();
        for (key, gateway) in self.gateways_of(org).await? {
            let since = match from {
                Some(day) => day.and_time(chrono::NaiveTime::MIN).and_utc(),
                None => self.look_since(org, &key).await?,
            };
            let mut names = Vec::new();
            for payout in gateway.payouts(since).await.map_err(outside)? {
                let known = kept::by_name(self.db.read(), org, &key, &payout.id.0).await?;
                if known.is_none_or(|row| !is_settled(&row, &payout)) {
                    names.push(payout.id);
                }
            }
            // What was open before may be older than what is asked for.
            for row in self.open_payouts(org, &key).await? {
                let name = GatewayRef(row.reference);
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            for name in names {
                let settlement = gateway.settlement(&name).await.map_err(outside)?;
                let way = (key.clone(), gateway.clone());
                let state = self.keep_settlement(actor, &way, &settlement).await?;
                report.payouts += 1;
                match state {
                    PayoutState::Matched => report.matched += 1,
                    PayoutState::Waiting => report.waiting += 1,
                    PayoutState::Manual => report.manual += 1,
                    PayoutState::Differs | PayoutState::Returned => {}
                }
            }
            self.find_unsettled(actor, &key).await?;
        }
        report.differences = self.open_differences(org).await?;
        Ok(report)
    }

    /// Brings one payout to where the gateway has it: what a webhook asks for.
    ///
    /// # Errors
    /// `NotFound` for a payout that is nobody's; else see [`Services::reconcile`].
    pub(crate) async fn sync_payout(&self, key: &str, reference: &GatewayRef) -> ServiceResult<()> {
        let gateway = self.gateway(key).await?.ok_or(ServiceError::NotFound)?;
        let org = self.paid_out_to(key).await?.ok_or(ServiceError::NotFound)?;
        let settlement = gateway.settlement(reference).await.map_err(outside)?;
        let actor = self.system(org, "gateway-worker");
        self.keep_settlement(&actor, &(key.to_owned(), gateway), &settlement).await?;
        Ok(())
    }

    async fn look_since(&self, org: OrganizationId, key: &str) -> ServiceResult<DateTime<Utc>> {
        let known = payouts::Entity::find()
            .filter(payouts::Column::OrganizationId.eq(org.0))
            .filter(payouts::Column::Gateway.eq(key))
            .one(self.db.read())
            .await?;
        Ok(self.now() - if known.is_some() { LOOK_BACK } else { FIRST_LOOK })
    }

    async fn open_payouts(&self, org: OrganizationId, key: &str) -> ServiceResult<Vec<PayoutRow>> {
        let open = [PayoutState::Waiting, PayoutState::Differs].map(PayoutState::as_str);
        Ok(payouts::Entity::find()
            .filter(payouts::Column::OrganizationId.eq(org.0))
            .filter(payouts::Column::Gateway.eq(key))
            .filter(payouts::Column::State.is_in(open))
            .order_by_asc(payouts::Column::CreatedAt)
            .all(self.db.read())
            .await?)
    }

    /// Keeps a payout with its lines, posts what it moves, and judges it.
    async fn keep_settlement(
        &self,
        actor: &Actor,
        way: &Way,
        settlement: &Settlement,
    ) -> ServiceResult<PayoutState> {
        let payout = &settlement.payout;
        if payout.livemode != self.livemode() {
            let cause = format!("livemode is {} and should be {}", payout.livemode, self.livemode());
            return Err(ServiceError::Outside { part: "gateway", cause });
        }
        let org = actor.organization_id;
        let id = self.keep_rows(actor, &way.0, settlement).await?;
        let lines = kept::lines(self.db.read(), org, id).await?;
        self.fetch_missing(way, &lines).await?;
        self.post_late_fees(actor, &lines).await?;
        let tx = self.begin().await?;
        let row = kept::lock(&tx, org, &way.0, &payout.id.0).await?.ok_or(ServiceError::NotFound)?;
        let (entry, back) = self.post_payout(&tx, actor, &row, payout.status).await?;
        for line in lines.iter().filter(|line| line.kind == LineKind::Fee.as_str()) {
            self.post_own_fee(&tx, actor, line).await?;
        }
        let mut differs = self.judge_lines(&tx, actor, &row, &lines).await?;
        differs |= self.judge_payout(&tx, actor, &row, payout, &lines).await?;
        let state = state_of(payout, settlement.lines.is_some(), differs);
        let was = row.state.clone();
        let waiting_for_bank = row.bank_line_id.is_none() && payout.status == PayoutStatus::Paid;
        let mut change = row.clone().into_active_model();
        change.status = Set(payout.status.as_str().to_owned());
        change.complete = Set(payout.complete);
        change.arrives_on = Set(payout.arrives_on);
        change.bank_reference = Set(payout.bank_reference.clone());
        change.lines = Set(i32::try_from(lines.len()).unwrap_or(i32::MAX));
        change.state = Set(state.as_str().to_owned());
        change.entry_id = Set(entry.map(|id| id.0));
        change.back_entry_id = Set(back.map(|id| id.0));
        change.checked_at = Set(self.now());
        let row = change.update(&tx).await?;
        if waiting_for_bank {
            self.find_bank_line(&tx, actor, row).await?;
        }
        if was != state.as_str() {
            let details = json!({ "payout": payout.id.0, "state": state.as_str() });
            self.audit(&tx, actor, "payout.reconciled", format!("payout:{id}"), details).await?;
        }
        tx.commit().await?;
        metrics::counter!("saldar_payouts_total", "state" => state.as_str()).increment(1);
        Ok(state)
    }

    /// The payout and every line that is new; a line is never changed, only judged again.
    async fn keep_rows(&self, actor: &Actor, key: &str, settlement: &Settlement) -> ServiceResult<Uuid> {
        let (org, payout) = (actor.organization_id, &settlement.payout);
        let tx = self.begin().await?;
        let row = payouts::ActiveModel {
            organization_id: Set(org.0),
            id: Set(self.new_id()),
            gateway: Set(key.to_owned()),
            reference: Set(payout.id.0.clone()),
            amount_minor: Set(payout.amount.minor()),
            currency: Set(payout.amount.currency().to_string()),
            status: Set(payout.status.as_str().to_owned()),
            automatic: Set(payout.automatic),
            complete: Set(payout.complete),
            created_at: Set(payout.created_at),
            arrives_on: Set(payout.arrives_on),
            bank_reference: Set(payout.bank_reference.clone()),
            lines: Set(0),
            state: Set(PayoutState::Waiting.as_str().to_owned()),
            entry_id: Set(None),
            back_entry_id: Set(None),
            bank_line_id: Set(None),
            checked_at: Set(self.now()),
            livemode: Set(payout.livemode),
        };
        let known = OnConflict::new().do_nothing().to_owned();
        payouts::Entity::insert(row).on_conflict(known).exec_without_returning(&tx).await?;
        let row = kept::lock(&tx, org, key, &payout.id.0).await?.ok_or(ServiceError::NotFound)?;
        for line in settlement.lines.iter().flatten() {
            let new = payout_lines::ActiveModel {
                organization_id: Set(org.0),
                gateway: Set(key.to_owned()),
                id: Set(line.id.clone()),
                payout_id: Set(row.id),
                kind: Set(line.kind.as_str().to_owned()),
                category: Set(line.category.clone()),
                movement: Set(source_of(key, line.kind, &line.id, line.subject.as_deref())),
                payment_ref: Set(line.payment.as_ref().map(|payment| payment.0.clone())),
                gross_minor: Set(line.gross.minor()),
                fee_minor: Set(line.fee.minor()),
                net_minor: Set(line.net.minor()),
                currency: Set(line.gross.currency().to_string()),
                at: Set(line.at),
                entry_id: Set(None),
                account_id: Set(None),
                expected_minor: Set(None),
                difference: Set(None),
            };
            payout_lines::Entity::insert(new).on_conflict_do_nothing().exec_without_returning(&tx).await?;
        }
        tx.commit().await?;
        Ok(row.id)
    }

    /// Payments whose news never came are asked for, the way that every payment goes.
    async fn fetch_missing(&self, way: &Way, lines: &[LineRow]) -> ServiceResult<()> {
        let known = self.in_books(lines).await?;
        let missing = |line: &&LineRow| line.movement.as_ref().is_some_and(|name| !known.contains_key(name));
        let payments: HashSet<&String> =
            lines.iter().filter(missing).filter_map(|line| line.payment_ref.as_ref()).collect();
        for payment in payments {
            match self.sync(&way.0, &GatewayRef(payment.clone())).await {
                // Somebody else's payment, or one that cannot be read: it stays a difference.
                Ok(()) | Err(ServiceError::NotFound | ServiceError::Outside { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn in_books(&self, lines: &[LineRow]) -> ServiceResult<HashMap<String, InTransit>> {
        let Some(first) = lines.first() else { return Ok(HashMap::new()) };
        let org = OrganizationId(first.organization_id);
        let sources: Vec<String> = lines.iter().filter_map(|line| line.movement.clone()).collect();
        Ok(kept::in_transit(self.db.read(), org, &sources).await?)
    }

    async fn post_late_fees(&self, actor: &Actor, lines: &[LineRow]) -> ServiceResult<()> {
        let known = self.in_books(lines).await?;
        let fees: Vec<String> = known.keys().map(|movement| fee_of(movement)).collect();
        let posted = kept::in_transit(self.db.read(), actor.organization_id, &fees).await?;
        for line in lines.iter().filter(|line| line.fee_minor != 0 && is_movement(line)) {
            let Some(movement) = &line.movement else { continue };
            let Some(books) = known.get(movement).filter(|books| books.currency == line.currency) else {
                continue;
            };
            if !posted.contains_key(&fee_of(movement)) {
                self.post_late_fee(actor, line, AccountId(books.account_id)).await?;
            }
        }
        Ok(())
    }

    /// Judges every line; whether any differs.
    async fn judge_lines(
        &self,
        tx: &Tx,
        actor: &Actor,
        payout: &PayoutRow,
        lines: &[LineRow],
    ) -> ServiceResult<bool> {
        let org = actor.organization_id;
        let sources: Vec<String> = lines.iter().filter_map(|line| line.movement.clone()).collect();
        let fees: Vec<String> = sources.iter().map(|movement| fee_of(movement)).collect();
        let known = kept::in_transit(tx, org, &sources).await?;
        let fees = kept::in_transit(tx, org, &fees).await?;
        let elsewhere = kept::said_elsewhere(tx, org, lines).await?;
        let mut any = false;
        for line in lines {
            let kind: LineKind = line.kind.parse().map_err(StoreError::bad_row("payout_lines", &line.id))?;
            let movement = line.movement.as_deref().unwrap_or_default();
            let own = own_line(payout);
            let books = if kind == LineKind::Payout { Some(&own) } else { known.get(movement) };
            let others = elsewhere.get(movement).map(Vec::as_slice).unwrap_or_default();
            // The first by name keeps the movement.
            let twice = others.iter().any(|other| *other < line.id);
            let (difference, expected) = judge(line, kind, books, fees.get(&fee_of(movement)), twice);
            any |= difference.is_some();
            self.note_judged(
                tx,
                actor,
                line,
                books.filter(|_| kind != LineKind::Payout),
                (difference, expected),
            )
            .await?;
        }
        Ok(any)
    }

    async fn note_judged(
        &self,
        tx: &Tx,
        actor: &Actor,
        line: &LineRow,
        books: Option<&InTransit>,
        (difference, expected): Judged,
    ) -> ServiceResult<()> {
        let name = |kind: &str| format!("settlement:{}:{}:{kind}", line.gateway, line.id);
        let was = line.difference.as_deref();
        let now = difference.map(DifferenceKind::as_str);
        if let Some(gone) = was.filter(|_| was != now) {
            self.close_difference(tx, &name(gone)).await?;
        }
        let account = books.map(|books| AccountId(books.account_id));
        let account = account.filter(|id| id.0 != actor.organization_id.0);
        if let Some(kind) = difference {
            let of = line.gross_minor.saturating_sub(expected.unwrap_or(0));
            let off = if kind == DifferenceKind::Fee {
                line.fee_minor.saturating_sub(expected.unwrap_or(0))
            } else {
                of
            };
            let amount = stored_money("payout_lines", &line.id, off, &line.currency)?;
            let new =
                NewException::of_payout(kind, name(kind.as_str()), amount, Some(line.payout_id), account);
            self.open_exception_in(tx, actor, new).await?;
        }
        let entry = books.map(|books| books.entry_id);
        let same = was == now
            && line.expected_minor == expected
            && line.entry_id == entry
            && line.account_id == account.map(|id| id.0);
        if same {
            return Ok(());
        }
        let mut row = line.clone().into_active_model();
        row.entry_id = Set(entry);
        row.account_id = Set(account.map(|id| id.0));
        row.expected_minor = Set(expected);
        row.difference = Set(now.map(str::to_owned));
        row.update(tx).await?;
        Ok(())
    }

    /// What differs with the payout as a whole.
    async fn judge_payout(
        &self,
        tx: &Tx,
        actor: &Actor,
        row: &PayoutRow,
        payout: &Payout,
        lines: &[LineRow],
    ) -> ServiceResult<bool> {
        let name =
            |kind: DifferenceKind| format!("settlement:{}:{}:{}", row.gateway, row.reference, kind.as_str());
        let paid_in = lines.iter().filter(|line| line.kind != LineKind::Payout.as_str());
        let sum = Money::sum(
            payout.amount.currency(),
            paid_in
                .map(|line| stored_money("payout_lines", &line.id, line.net_minor, &line.currency))
                .collect::<ServiceResult<Vec<_>>>()?,
        );
        let off = match sum {
            _ if lines.is_empty() => None,
            Ok(sum) => Some(payout.amount.sub(sum)?).filter(|off| !off.is_zero()),
            // Lines in another currency than their payout.
            Err(_) => Some(payout.amount),
        };
        let id = Some(row.id);
        if let Some(off) = off {
            let kind = DifferenceKind::Total;
            let new = NewException::of_payout(kind, name(kind), off, id, None);
            self.open_exception_in(tx, actor, new).await?;
        } else {
            self.close_difference(tx, &name(DifferenceKind::Total)).await?;
        }
        if payout.status == PayoutStatus::Failed {
            let kind = DifferenceKind::Returned;
            let new = NewException::of_payout(kind, name(kind), payout.amount, id, None);
            self.open_exception_in(tx, actor, new).await?;
        }
        Ok(off.is_some())
    }

    /// What the journal has and no payout had in due time. Only where the gateway pays out by itself,
    /// and since the first payout that is known whole.
    async fn find_unsettled(&self, actor: &Actor, key: &str) -> ServiceResult<()> {
        let org = actor.organization_id;
        let Some(first) = kept::first_line(self.db.read(), org, key).await? else { return Ok(()) };
        let zone = self.organization(org).await?.zone;
        let today = self.today(org).await?;
        let from = business_date(first.at, zone).checked_add_days(Days::new(1)).unwrap_or(today);
        let until = today.checked_sub_days(PATIENCE).unwrap_or(today);
        if from > until {
            return Ok(());
        }
        let prefixes = MovementKind::ALL.map(|kind| kind.source(key, ""));
        let found = kept::unsettled(self.db.read(), org, &prefixes, (from, until)).await?;
        let tx = self.begin().await?;
        for (source, books) in &found {
            if books.minor == 0 || is_undone(source, &found) {
                continue;
            }
            let amount = stored_money("entries", books.entry_id, books.minor, &books.currency)?;
            let account = Some(AccountId(books.account_id));
            let kind = DifferenceKind::Unsettled;
            let new = NewException::of_payout(kind, format!("unsettled:{source}"), amount, None, account);
            self.open_exception_in(&tx, actor, new).await?;
        }
        self.close_settled(&tx, org, key, &found).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What a payout has brought since is no difference any more.
    async fn close_settled(
        &self,
        tx: &Tx,
        org: OrganizationId,
        key: &str,
        found: &HashMap<String, InTransit>,
    ) -> ServiceResult<()> {
        let open = payment_exceptions::Entity::find()
            .filter(payment_exceptions::Column::OrganizationId.eq(org.0))
            .filter(payment_exceptions::Column::Cause.eq(DifferenceKind::Unsettled.as_str()))
            .filter(payment_exceptions::Column::ResolvedAt.is_null())
            .all(tx)
            .await?;
        for row in open {
            let source = row.source.strip_prefix("unsettled:").unwrap_or_default();
            let of_key = source.split(':').nth(1) == Some(key);
            if of_key && !found.contains_key(source) {
                self.close_difference(tx, &row.source).await?;
            }
        }
        Ok(())
    }

    /// A difference is gone: its line in the queue is closed.
    async fn close_difference(&self, tx: &Tx, source: &str) -> ServiceResult<()> {
        let open = payment_exceptions::Entity::find()
            .filter(payment_exceptions::Column::Source.eq(source))
            .filter(payment_exceptions::Column::ResolvedAt.is_null())
            .all(tx)
            .await?;
        for row in open {
            let org = OrganizationId(row.organization_id);
            let (id, actor) = (row.id, self.system(org, "reconciliation"));
            let mut row = row.into_active_model();
            row.resolved_at = Set(Some(self.now()));
            row.resolved_by = Set(Some(actor.audit_name()));
            row.resolution = Set(Some("Ya concuerda · It agrees now".to_owned()));
            // Should it differ once more, that is another line of the queue.
            row.source = Set(format!("{source}:agreed:{id}"));
            row.update(tx).await?;
            let subject = format!("exception:{id}");
            self.audit(tx, &actor, "payment_exception.agrees", subject, json!({ "exception": id })).await?;
        }
        Ok(())
    }

    async fn open_differences(&self, org: OrganizationId) -> ServiceResult<Vec<DifferenceTold>> {
        let open = payment_exceptions::Entity::find()
            .filter(payment_exceptions::Column::OrganizationId.eq(org.0))
            .filter(payment_exceptions::Column::Kind.eq(ExceptionKind::Settlement.as_str()))
            .filter(payment_exceptions::Column::ResolvedAt.is_null())
            .order_by_asc(payment_exceptions::Column::OpenedAt)
            .order_by_asc(payment_exceptions::Column::Source)
            .all(self.db.read())
            .await?;
        let told = |row: payment_exceptions::Model| -> ServiceResult<DifferenceTold> {
            let cause = row.cause.unwrap_or_default();
            let kind: DifferenceKind =
                cause.parse().map_err(StoreError::bad_row("payment_exceptions", row.id))?;
            let subject = row.source;
            Ok(DifferenceTold {
                kind: kind.as_str(),
                subject,
                minor: row.amount_minor,
                currency: row.currency,
                says: kind.says(),
            })
        };
        open.into_iter().map(told).collect()
    }
}

/// Nothing more can come of it.
fn is_settled(row: &PayoutRow, payout: &Payout) -> bool {
    let closed = [PayoutState::Matched, PayoutState::Manual, PayoutState::Returned].map(PayoutState::as_str);
    closed.contains(&row.state.as_str())
        && row.status == payout.status.as_str()
        && row.complete == payout.complete
}

fn is_movement(line: &LineRow) -> bool {
    matches!(line.kind.parse(), Ok(LineKind::Movement(_)))
}

/// A refund that the gateway refused was reserved and restored here, and never was there.
fn is_undone(source: &str, found: &HashMap<String, InTransit>) -> bool {
    let (refund, failed) = (MovementKind::Refunded.as_str(), MovementKind::RefundFailed.as_str());
    let Some((kind, rest)) = source.split_once(':') else { return false };
    let other = if kind == refund { failed } else { refund };
    (kind == refund || kind == failed) && found.contains_key(&format!("{other}:{rest}"))
}

/// What the payout itself should be among its lines.
fn own_line(row: &PayoutRow) -> InTransit {
    InTransit {
        entry_id: row.entry_id.unwrap_or_default(),
        account_id: row.organization_id,
        effective_on: row.arrives_on,
        minor: row.amount_minor.saturating_neg(),
        currency: row.currency.clone(),
    }
}

fn state_of(payout: &Payout, lines_known: bool, differs: bool) -> PayoutState {
    match payout.status {
        PayoutStatus::Failed | PayoutStatus::Canceled => PayoutState::Returned,
        _ if differs => PayoutState::Differs,
        PayoutStatus::Paid if !payout.automatic => PayoutState::Manual,
        PayoutStatus::Paid if lines_known => PayoutState::Matched,
        _ => PayoutState::Waiting,
    }
}
