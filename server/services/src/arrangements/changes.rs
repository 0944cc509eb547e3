//! A plan changed by its debtor, within the limits of the policy, at once.

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, ActorKind, Permission};
use domain::arrangement::{
    Arrangement, ArrangementStatus, ChangeError, ChangeKind, ChangeLimits, ChangeOptions, Due, PlanChange,
};
use domain::ids::ArrangementId;
use domain::text::Say;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use store::entities::{payment_attempts, plan_changes as rows};
use store::{StoreError, arrangements, negotiations};
use uuid::Uuid;

use super::books::Books;
use super::offer::subject;
use super::refusal::{bad_change, bad_step};
use crate::payments::{AttemptStatus, AttemptView};
use crate::{ServiceError, ServiceResult, Services};

/// What a debtor asks to change.
#[derive(Clone, Debug)]
pub struct ChangePlan {
    /// Idempotency: the form carries it, so that sending it twice changes once.
    pub id: Uuid,
    pub arrangement_id: ArrangementId,
    /// The revision that was shown: what changed meanwhile is looked at first.
    pub revision: u32,
    pub change: PlanChange,
    /// The sentence that the debtor agreed to by sending.
    pub words: String,
    pub origin: Option<String>,
}

/// What can be changed, or why nothing can.
#[derive(Clone, Debug)]
pub struct PlanOptions {
    pub options: Result<ChangeOptions, ChangeError>,
    /// A payment is on its way: changes wait for it.
    pub is_paying: bool,
    /// What of it was started by hand and can be looked at or closed.
    pub left: Vec<AttemptView>,
}

/// A change that was made.
#[derive(Clone, Debug)]
pub struct PlanChangeLine {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    pub by: String,
    pub on: NaiveDate,
    pub change: PlanChange,
    pub policy_version: i32,
    pub rule: String,
    pub revision: i32,
    pub before: Vec<Due>,
    pub after: Vec<Due>,
}

/// Limits of the policy in force, with whose they are.
struct Limits {
    limits: ChangeLimits,
    version: i32,
    rule: String,
}

impl Services {
    /// What the debtor can change today in a plan of theirs.
    ///
    /// # Errors
    /// `NotFound`, also for plans of others.
    pub async fn plan_options(&self, actor: &Actor, id: ArrangementId) -> ServiceResult<PlanOptions> {
        let (db, org) = (self.db.read(), actor.organization_id);
        let of = arrangements::find(db, org, id).await?.ok_or(ServiceError::NotFound)?;
        own(actor, &of)?;
        if of.status != ArrangementStatus::Active {
            return Ok(PlanOptions {
                options: Err(ChangeError::NotActive),
                is_paying: false,
                left: Vec::new(),
            });
        }
        let today = self.today(org).await?;
        let books = self.arrangement_books(db, actor, &of, today).await?;
        let progress = of.progress(books.paid, today)?;
        let limits = self.change_limits(db, actor, &books, today).await?;
        let made = self.changes_of(db, actor, id).await?;
        let options = limits.limits.options(&of, &progress, &count(&made), today);
        let mut left = Vec::new();
        for debt in &of.debts {
            left.extend(self.my_open_attempts(actor, debt.account_id).await?);
        }
        Ok(PlanOptions { options, is_paying: self.is_paying(db, actor, &of).await?, left })
    }

    /// Changes the plan. Changing twice with one id is changing once; the schedule comes to the same.
    ///
    /// # Errors
    /// `NotFound`, also for plans of others; `Invalid` for what the policy or the plan does not
    /// allow, when the plan changed since it was shown, and while a payment is on its way.
    pub async fn change_plan(&self, actor: &Actor, new: ChangePlan) -> ServiceResult<()> {
        let org = actor.organization_id;
        let today = self.today(org).await?;
        let known = arrangements::find(self.db.read(), org, new.arrangement_id).await?;
        own(actor, &known.ok_or(ServiceError::NotFound)?)?;
        let tx = self.begin().await?;
        let before = self.lock_whole(&tx, actor, new.arrangement_id).await?;
        let made = self.changes_of(&tx, actor, before.id).await?;
        if made.iter().any(|line| line.id == new.id) {
            return Ok(());
        }
        if before.revision != new.revision {
            return Err(ServiceError::told("", changed_meanwhile()));
        }
        // Payments are started under the same locks, so none begins between this and the commit.
        if self.is_paying(&tx, actor, &before).await? {
            return Err(ServiceError::told("", paying()));
        }
        let books = self.arrangement_books(&tx, actor, &before, today).await?;
        let progress = before.progress(books.paid, today)?;
        let limits = self.change_limits(&tx, actor, &books, today).await?;
        let schedule = limits.limits.changed(&before, &progress, new.change, &count(&made), today);
        let schedule = schedule.map_err(|error| bad_change(&error))?;
        let after = before.clone().revise(schedule).map_err(bad_step)?;
        arrangements::update(&tx, org, &before, &after).await?;
        let kind = new.change.kind();
        let row = rows::Model {
            organization_id: org.0,
            id: new.id,
            arrangement_id: before.id.0,
            kind: kind.as_str().to_owned(),
            made_by: actor.audit_name(),
            made_at: self.now(),
            on_date: today,
            policy_version: limits.version,
            rule: limits.rule,
            revision: i32::try_from(after.revision).unwrap_or(i32::MAX),
            change: text(&new.change)?,
            before: text(&before.schedule)?,
            after: text(&after.schedule)?,
            evidence: json!({ "words": new.words, "origin": new.origin }).to_string(),
        };
        negotiations::add_change(&tx, row).await?;
        let details = json!({ "change": new.change, "revision": after.revision, "policy": limits.version });
        self.audit(&tx, actor, "arrangement.changed", format!("arrangement:{}", before.id), details).await?;
        tx.commit().await?;
        metrics::counter!("saldar_plan_changes_total", "kind" => kind.as_str()).increment(1);
        Ok(())
    }

    /// The changes that a plan's debtor made, for staff and for the debtor, the oldest first.
    ///
    /// # Errors
    /// `Denied`; `NotFound`, also for plans of others.
    pub async fn plan_changes(&self, actor: &Actor, id: ArrangementId) -> ServiceResult<Vec<PlanChangeLine>> {
        let found = arrangements::find(self.db.read(), actor.organization_id, id).await?;
        let found = found.ok_or(ServiceError::NotFound)?;
        if !matches!(actor.kind, ActorKind::Debtor { .. }) {
            actor.require(Permission::AccountRead)?;
        } else {
            own(actor, &found)?;
        }
        self.changes_of(self.db.read(), actor, id).await
    }

    async fn changes_of(
        &self,
        db: &impl ConnectionTrait,
        actor: &Actor,
        id: ArrangementId,
    ) -> ServiceResult<Vec<PlanChangeLine>> {
        let rows = negotiations::changes(db, actor.organization_id, id).await?;
        rows.into_iter().map(PlanChangeLine::read).collect()
    }

    async fn change_limits(
        &self,
        db: &impl ConnectionTrait,
        actor: &Actor,
        books: &Books,
        today: NaiveDate,
    ) -> ServiceResult<Limits> {
        let saved = self.offer_policy_in(db, actor).await?;
        let totals: Result<Vec<_>, _> = books.owed.iter().map(|(_, owed)| owed.total()).collect();
        let total = domain::money::Money::sum(books.paid.currency(), totals?)?;
        let rule = saved.policy.rule(&subject(&books.owed, total, today));
        let none = ChangeLimits { move_days: 0, moves: 0, skips: 0, splits: 0 };
        Ok(Limits {
            limits: rule.map_or(none, |rule| rule.changes),
            version: saved.version,
            rule: rule.map(|rule| rule.name.clone()).unwrap_or_default(),
        })
    }

    /// Is a payment on one of the debts on its way?
    async fn is_paying(
        &self,
        db: &impl ConnectionTrait,
        actor: &Actor,
        of: &Arrangement,
    ) -> ServiceResult<bool> {
        let debts: Vec<_> = of.debts.iter().map(|debt| debt.account_id.0).collect();
        let open = payment_attempts::Entity::find()
            .filter(payment_attempts::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(payment_attempts::Column::AccountId.is_in(debts))
            .filter(payment_attempts::Column::Status.is_in(AttemptStatus::OPEN.map(AttemptStatus::as_str)))
            .count(db)
            .await?;
        Ok(open > 0)
    }
}

impl PlanChangeLine {
    fn read(row: rows::Model) -> ServiceResult<Self> {
        let bad = || StoreError::bad_row("plan_changes", row.id);
        Ok(Self {
            change: serde_json::from_str(&row.change).map_err(bad())?,
            before: serde_json::from_str(&row.before).map_err(bad())?,
            after: serde_json::from_str(&row.after).map_err(bad())?,
            id: row.id,
            at: row.made_at,
            by: row.made_by,
            on: row.on_date,
            policy_version: row.policy_version,
            rule: row.rule,
            revision: row.revision,
        })
    }
}

fn own(actor: &Actor, of: &Arrangement) -> ServiceResult<()> {
    match actor.kind {
        ActorKind::Debtor { party_id } if party_id == of.debtor_id => Ok(()),
        _ => Err(ServiceError::NotFound),
    }
}

fn count(made: &[PlanChangeLine]) -> impl Fn(ChangeKind) -> u32 + use<'_> {
    |kind| {
        let times = made.iter().filter(|line| line.change.kind() == kind).count();
        u32::try_from(times).unwrap_or(u32::MAX)
    }
}

fn text(value: &impl serde::Serialize) -> ServiceResult<String> {
    serde_json::to_string(value)
        .map_err(|error| ServiceError::Outside { part: "plan change", cause: error.to_string() })
}

fn changed_meanwhile() -> Say {
    Say::new(
        "Tu plan cambió mientras lo mirabas. Revisa las fechas de ahora y vuelve a elegir.",
        "Your plan changed while you looked at it. Check the dates as they are now and choose again.",
    )
    .pt("Seu plano mudou enquanto você olhava. Confira as datas de agora e escolha de novo.")
}

fn paying() -> Say {
    Say::new(
        "Tienes un pago en curso. Termínalo o cancélalo antes de cambiar el plan, para no cobrarte de más.",
        "A payment of yours is on its way. Finish or cancel it before you change the plan, so that you are not charged twice.",
    )
    .pt("Você tem um pagamento em andamento. Termine ou cancele antes de mudar o plano, para não cobrar a mais.")
}
