//! The worker: tells of a charge, makes it on its day, and mends what a crash left half done.

use chrono::{DateTime, Days, Duration, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;
use domain::access::Actor;
use domain::arrangement::{Arrangement, InstallmentStatus, autopay};
use domain::calendar::business_date;
use domain::cases::is_held;
use domain::ids::{AccountId, ArrangementId, AutopayId, OrganizationId, PartyId};
use domain::money::Money;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::json;
use store::Tx;
use store::cases::standing_holds;
use store::entities::{autopay_charges, autopays, payment_attempts};

use super::{AutopayStatus, card_of, locked, status_of};
use crate::payments::{AttemptStatus, GatewayError, SavedCharge};
use crate::{ServiceError, ServiceResult, Services};

/// Who acts when a card is charged.
pub(super) const WORKER: &str = "autopay-worker";

/// What a round takes of each kind of work.
const BATCH: u64 = 50;

/// The hour, where the organization is, from which cards are charged and people told.
const MORNING: u32 = 8;

/// A page that its debtor opened and left for as long as this does not keep a charge back.
const LEFT: Duration = Duration::hours(1);

/// When to look again at an agreement that a payment of its debtor's is on its way to.
const BUSY: Duration = Duration::minutes(30);

/// A charge without an answer for as long as this is asked for again.
const SILENCE: Duration = Duration::minutes(2);

/// A page that saves a card is asked about this often.
const PAGE_SILENCE: Duration = Duration::minutes(10);

/// What looking at an agreement led to.
enum Looked {
    Nothing,
    /// These pages are in the way, and were left.
    CloseFirst(Vec<payment_attempts::Model>),
    Charge(Box<(payment_attempts::Model, autopays::Model)>),
}

/// Close enough to its day to be told of.
pub(super) fn is_soon(due_on: NaiveDate, today: NaiveDate) -> bool {
    today.checked_add_days(Days::new(autopay::NOTICE_DAYS)).is_some_and(|last| due_on <= last)
}

impl Services {
    /// One round of automatic payment: cards that were saved, charges that fall due or were left
    /// without an answer, notices, and cards to forget. Returns how many things were done. Several
    /// processes may do so at once: a charge is written under the locks of its agreement, and carries
    /// a key of its own to the gateway.
    ///
    /// # Errors
    /// The database fails; a failing gateway is asked again.
    pub async fn run_autopay(&self) -> ServiceResult<usize> {
        let mut done = self.finish_setups().await?;
        done += self.finish_charges().await?;
        let due = autopays::Entity::find()
            .filter(autopays::Column::Status.eq(AutopayStatus::Active.as_str()))
            .filter(autopays::Column::LookAt.lte(self.now()))
            .order_by_asc(autopays::Column::LookAt)
            .limit(BATCH)
            .all(self.db.read())
            .await?;
        done += due.len();
        for row in due {
            let id = row.id;
            if let Err(error) = self.look_at(row).await {
                // The others go on; this one is looked at again next round.
                tracing::error!(%error, autopay = %id, "automatic payment");
            }
        }
        Ok(done + self.forget_cards().await?)
    }

    async fn look_at(&self, row: autopays::Model) -> ServiceResult<()> {
        let actor = self.system(OrganizationId(row.organization_id), WORKER);
        for again in [false, true] {
            match self.look_once(&actor, &row, again).await? {
                Looked::Nothing => return Ok(()),
                Looked::Charge(charge) => {
                    let (attempt, row) = *charge;
                    return self.send_charge(&actor, attempt, &row).await;
                }
                Looked::CloseFirst(left) => {
                    for attempt in left {
                        self.close_attempt(&actor, attempt).await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Decides under the locks of the agreement, and writes the charge before its gateway hears of it.
    async fn look_once(&self, actor: &Actor, row: &autopays::Model, again: bool) -> ServiceResult<Looked> {
        let (org, id) = (actor.organization_id, ArrangementId(row.arrangement_id));
        let zone = self.organization(org).await?.zone;
        let (now, today) = (self.now(), business_date(self.now(), zone));
        let tx = self.begin().await?;
        let of = self.lock_whole(&tx, actor, id).await?;
        let row = locked(&tx, org, AutopayId(row.id)).await?;
        if status_of(&row)? != AutopayStatus::Active || (row.look_at > now && !again) {
            return Ok(Looked::Nothing);
        }
        if !of.status.is_running() {
            self.end(&tx, row, "plan_ended").await?;
            self.audit(
                &tx,
                actor,
                "autopay.off",
                format!("arrangement:{id}"),
                json!({ "why": "plan_ended" }),
            )
            .await?;
            tx.commit().await?;
            return Ok(Looked::Nothing);
        }
        let holds = standing_holds(&tx, org, of.debtor_id).await?;
        let accounts: Vec<_> = of.debts.iter().map(|debt| debt.account_id).collect();
        let tomorrow = morning(today.succ_opt().unwrap_or(today), zone);
        if accounts.iter().any(|account| is_held(&holds, *account)) {
            wait(&tx, row, tomorrow, None).await?;
            tx.commit().await?;
            return Ok(Looked::Nothing);
        }
        let books = self.arrangement_books(&tx, actor, &of, today).await?;
        let progress = of.progress(books.paid, today)?;
        let made = charges_of(&tx, org, id).await?;
        let tried = |due_on| {
            let of_it = made.iter().filter(|charge| charge.due_on == due_on);
            let own = of_it.clone().filter(|charge| charge.autopay_id == row.id).count();
            (own, of_it.map(|charge| charge.made_on).max())
        };
        let asks = |part: &InstallmentStatus| {
            let last =
                made.iter().filter(|charge| charge.due_on == part.due_on && charge.autopay_id == row.id);
            last.max_by_key(|charge| charge.number).and_then(|charge| charge.outcome.as_deref())
                == Some(super::AUTHENTICATION)
        };
        let due = autopay::due_now(&progress, of.terms.grace_days, today, tried).filter(|part| !asks(part));
        // Never more than is owed on the debt that the charge is for.
        let charge = due.and_then(|part| {
            let mut debts =
                books.owed.iter().filter_map(|(account, owed)| Some((account.id, owed.total().ok()?)));
            let (account, owed) = debts.find(|(_, owed)| owed.is_positive())?;
            Some((part, account, part.left.min(owed).ok()?))
        });
        let Some((part, account, amount)) = charge else {
            let announced = self.announce(&tx, actor, &of, &row, &progress, today).await?;
            wait(&tx, row, tomorrow, announced).await?;
            tx.commit().await?;
            return Ok(Looked::Nothing);
        };
        let in_the_way = open_attempts(&tx, org, &accounts).await?;
        if !in_the_way.is_empty() {
            let left = |one: &payment_attempts::Model| {
                one.status != AttemptStatus::Processing.as_str() && one.created_at < now - LEFT
            };
            let all_left = in_the_way.iter().all(left) && !again;
            wait(&tx, row, now + BUSY, None).await?;
            tx.commit().await?;
            return Ok(if all_left { Looked::CloseFirst(in_the_way) } else { Looked::Nothing });
        }
        let attempt = self.write_charge(&tx, actor, &row, (part, account, amount), &made, today).await?;
        let kept = row.clone();
        wait(&tx, row, tomorrow, None).await?;
        tx.commit().await?;
        Ok(Looked::Charge(Box::new((attempt, kept))))
    }

    /// Tells of the next charge, once, some days before it; gives its day if it is told now.
    async fn announce(
        &self,
        tx: &Tx,
        actor: &Actor,
        of: &Arrangement,
        row: &autopays::Model,
        progress: &domain::arrangement::Progress,
        today: NaiveDate,
    ) -> ServiceResult<Option<NaiveDate>> {
        let next = progress.next().filter(|next| next.due_on > today && is_soon(next.due_on, today));
        let Some(next) = next.filter(|next| row.announced_on != Some(next.due_on)) else { return Ok(None) };
        if let Some(card) = card_of(row) {
            let telling = self.told_before(tx, actor.organization_id, of, &card, next).await?;
            self.tell(tx, actor.organization_id, of.debtor_id, telling).await?;
        }
        Ok(Some(next.due_on))
    }

    async fn write_charge(
        &self,
        tx: &Tx,
        actor: &Actor,
        row: &autopays::Model,
        (part, account, amount): (InstallmentStatus, AccountId, Money),
        made: &[autopay_charges::Model],
        today: NaiveDate,
    ) -> ServiceResult<payment_attempts::Model> {
        let attempt = self.new_attempt(actor, account, PartyId(row.party_id), &row.gateway, amount);
        let before = made.iter().filter(|charge| charge.due_on == part.due_on).count();
        let charge = autopay_charges::Model {
            organization_id: actor.organization_id.0,
            attempt_id: attempt.id,
            autopay_id: row.id,
            arrangement_id: row.arrangement_id,
            due_on: part.due_on,
            number: i32::try_from(before).unwrap_or(i32::MAX).saturating_add(1),
            made_on: today,
            made_at: self.now(),
            outcome: None,
            failure: None,
        };
        autopay_charges::Entity::insert(charge.into_active_model().reset_all())
            .exec_without_returning(tx)
            .await?;
        self.insert_attempt(tx, actor, attempt.clone()).await?;
        Ok(attempt)
    }

    /// Has the gateway charge what was written. Without an answer, the charge waits for the next round.
    async fn send_charge(
        &self,
        actor: &Actor,
        attempt: payment_attempts::Model,
        row: &autopays::Model,
    ) -> ServiceResult<()> {
        let (Some(gateway), Some(card)) = (self.gateway(&row.gateway).await?, card_of(row)) else {
            return Err(ServiceError::Outside {
                part: "gateway",
                cause: format!("{} is not set up", row.gateway),
            });
        };
        let charge = SavedCharge {
            attempt: self.attempt_of(&attempt).await?,
            customer: card.customer,
            method: card.method,
        };
        // Stopped since it was written: then it must not happen any more.
        let stands = status_of(row)? == AutopayStatus::Active;
        let answer =
            if stands { gateway.charge_saved(&charge).await } else { gateway.withdraw_charge(&charge).await };
        match answer {
            Ok(snapshot) => self.settle(&row.gateway, &snapshot).await,
            Err(GatewayError::Unreachable(cause)) => {
                tracing::warn!(cause, gateway = row.gateway, "a charge has no answer; it is asked for again");
                Ok(())
            }
            Err(error) => {
                tracing::warn!(%error, gateway = row.gateway, "a charge was refused");
                let status = if stands { AttemptStatus::Failed } else { AttemptStatus::Canceled };
                self.end_attempt(actor, &attempt, status).await?;
                let key = (attempt.organization_id, attempt.id);
                match payment_attempts::Entity::find_by_id(key).one(self.db.read()).await? {
                    Some(attempt) => self.note_charge(&attempt).await,
                    None => Ok(()),
                }
            }
        }
    }

    /// Charges whose answer was lost, or whose end was not noted.
    async fn finish_charges(&self) -> ServiceResult<usize> {
        let silent = autopay_charges::Entity::find()
            .filter(autopay_charges::Column::Outcome.is_null())
            .filter(autopay_charges::Column::MadeAt.lt(self.now() - SILENCE))
            .order_by_asc(autopay_charges::Column::MadeAt)
            .limit(BATCH)
            .all(self.db.read())
            .await?;
        let mut done = 0;
        for charge in silent {
            let key = (charge.organization_id, charge.attempt_id);
            let Some(attempt) = payment_attempts::Entity::find_by_id(key).one(self.db.read()).await? else {
                continue;
            };
            let row = autopays::Entity::find_by_id((charge.organization_id, charge.autopay_id));
            let Some(row) = row.one(self.db.read()).await? else { continue };
            let actor = self.system(OrganizationId(charge.organization_id), WORKER);
            let outcome = if attempt.status == AttemptStatus::Created.as_str() {
                self.send_charge(&actor, attempt, &row).await
            } else {
                // One that a bank works on is asked about with the other payments.
                self.note_charge(&attempt).await
            };
            match outcome {
                Ok(()) => done += 1,
                Err(error) => tracing::warn!(%error, "a charge without an answer was not finished"),
            }
        }
        Ok(done)
    }

    async fn finish_setups(&self) -> ServiceResult<usize> {
        let now = self.now();
        let open = autopays::Entity::find()
            .filter(autopays::Column::Status.eq(AutopayStatus::Pending.as_str()))
            .filter(autopays::Column::UpdatedAt.lt(now - PAGE_SILENCE))
            .order_by_asc(autopays::Column::UpdatedAt)
            .limit(BATCH)
            .all(self.db.read())
            .await?;
        let asked = open.len();
        for row in open {
            let key = (row.organization_id, row.id);
            if let Err(error) = self.sync_setup(row).await {
                tracing::warn!(%error, "a card that is being saved was not asked about");
            }
            let tx = self.begin().await?;
            autopays::Entity::update_many()
                .col_expr(autopays::Column::UpdatedAt, now.into())
                .filter(autopays::Column::OrganizationId.eq(key.0))
                .filter(autopays::Column::Id.eq(key.1))
                .exec(&tx)
                .await?;
            tx.commit().await?;
        }
        Ok(asked)
    }

    /// A card that is charged no more is forgotten at its gateway, too, once no charge of it is open.
    async fn forget_cards(&self) -> ServiceResult<usize> {
        let ended = autopays::Entity::find()
            .filter(autopays::Column::Status.eq(AutopayStatus::Ended.as_str()))
            .filter(autopays::Column::CustomerRef.is_not_null())
            .filter(autopays::Column::ForgottenAt.is_null())
            .limit(BATCH)
            .all(self.db.read())
            .await?;
        let mut done = 0;
        for row in ended {
            let open = autopay_charges::Entity::find()
                .filter(autopay_charges::Column::OrganizationId.eq(row.organization_id))
                .filter(autopay_charges::Column::AutopayId.eq(row.id))
                .filter(autopay_charges::Column::Outcome.is_null())
                .one(self.db.read())
                .await?;
            let (Some(gateway), Some(card), None) = (self.gateway(&row.gateway).await?, card_of(&row), open)
            else {
                continue;
            };
            if let Err(error) = gateway.forget(&card).await {
                tracing::warn!(%error, gateway = row.gateway, "a saved card was not forgotten");
                continue;
            }
            let tx = self.begin().await?;
            let mut row = row.into_active_model();
            row.forgotten_at = Set(Some(self.now()));
            row.update(&tx).await?;
            tx.commit().await?;
            done += 1;
        }
        Ok(done)
    }
}

/// Every charge of an agreement.
pub(super) async fn charges_of(
    db: &impl sea_orm::ConnectionTrait,
    org: OrganizationId,
    of: ArrangementId,
) -> ServiceResult<Vec<autopay_charges::Model>> {
    Ok(autopay_charges::Entity::find()
        .filter(autopay_charges::Column::OrganizationId.eq(org.0))
        .filter(autopay_charges::Column::ArrangementId.eq(of.0))
        .order_by_desc(autopay_charges::Column::MadeAt)
        .order_by_desc(autopay_charges::Column::Number)
        .all(db)
        .await?)
}

async fn open_attempts(
    tx: &Tx,
    org: OrganizationId,
    accounts: &[AccountId],
) -> ServiceResult<Vec<payment_attempts::Model>> {
    Ok(payment_attempts::Entity::find()
        .filter(payment_attempts::Column::OrganizationId.eq(org.0))
        .filter(payment_attempts::Column::AccountId.is_in(accounts.iter().map(|account| account.0)))
        .filter(payment_attempts::Column::Status.is_in(AttemptStatus::OPEN.map(AttemptStatus::as_str)))
        .all(tx)
        .await?)
}

/// The agreement is looked at again at `at`.
async fn wait(
    tx: &Tx,
    row: autopays::Model,
    at: DateTime<Utc>,
    announced: Option<NaiveDate>,
) -> ServiceResult<()> {
    let mut row = row.into_active_model();
    row.look_at = Set(at);
    if announced.is_some() {
        row.announced_on = Set(announced);
    }
    row.update(tx).await?;
    Ok(())
}

/// The hour from which cards are charged on a day.
fn morning(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let hour = day.and_hms_opt(MORNING, 0, 0).unwrap_or_default();
    zone.from_local_datetime(&hour).earliest().map_or_else(|| hour.and_utc(), |at| at.with_timezone(&Utc))
}
