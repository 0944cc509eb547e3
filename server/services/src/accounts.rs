//! Looking at accounts: the list, one account whole, and the debtor's own view.

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, ActorKind, Permission};
use domain::account::{
    Account, ActivityChannel, Balance, Disposition, PromiseStatus, Stage, left_of_installments,
};
use domain::calendar::days_past_due;
use domain::ids::{AccountId, PartyId, PaymentId};
use domain::ledger::{Entry, PaymentMethod, PaymentStatus};
use domain::money::Money;
use domain::party::{ContactPoint, Party, PartyRole};
use domain::terms::LimitationState;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::entities::{activities, documents, payments, plan_installments, plans, promises};
use store::parties::Creditor;
use store::{StoreError, accounts, ledger, limitation, parties};

pub use store::accounts::{AccountFilter, AccountLine, AccountSort, COUNT_LIMIT, PageKey};

use crate::ledger::Replacements;
use crate::payments::stored_money;
use crate::work::PromiseView;
use crate::{ServiceError, ServiceResult, Services};

/// Lines on a page of the list.
pub const PAGE_LINES: u64 = 50;

/// One page of the account list.
#[derive(Clone, Debug)]
pub struct AccountPage {
    pub lines: Vec<AccountLine>,
    /// How many the filter finds; beyond [`COUNT_LIMIT`] there are more.
    pub found: u64,
    pub next: Option<PageKey>,
    /// The business date that ages and stages are counted to.
    pub today: NaiveDate,
}

/// A debt as its debtor and our staff see it in short.
#[derive(Clone, Debug)]
pub struct DebtSummary {
    pub account: Account,
    pub creditor: Creditor,
    /// What is owed today, with the interest that has grown until today.
    pub balance: Balance,
    /// How much of it has grown and is not posted yet.
    pub grown: Money,
    pub stage: Stage,
    pub days_past_due: i64,
    /// What is due by today: the unpaid instalments of an active plan, else the whole debt
    /// once it is past due.
    pub overdue: Money,
}

#[derive(Clone, Debug)]
pub struct PaymentLine {
    pub id: PaymentId,
    pub amount: Money,
    pub method: PaymentMethod,
    pub received_on: NaiveDate,
    pub status: PaymentStatus,
    pub receipt_no: String,
    pub reference: Option<String>,
}

#[derive(Clone, Debug)]
pub struct ActivityLine {
    pub at: DateTime<Utc>,
    /// Name of the member of staff, else the surface it came from.
    pub by: String,
    pub channel: ActivityChannel,
    pub disposition: Disposition,
    pub note: Option<String>,
}

#[derive(Clone, Debug)]
pub struct PlanView {
    pub status: String,
    pub installments: Vec<InstallmentLine>,
}

#[derive(Clone, Debug)]
pub struct InstallmentLine {
    pub number: i32,
    pub due_on: NaiveDate,
    pub amount: Money,
    /// What is still to be paid of it.
    pub left: Money,
    pub status: String,
}

#[derive(Clone, Debug)]
pub struct DocumentLine {
    pub title: String,
    pub kind: String,
    pub created_at: DateTime<Utc>,
    pub payment_id: Option<PaymentId>,
}

/// What should be done next about an account, by plain rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Nothing is owed.
    Nothing,
    /// A promise is open: wait for its day.
    AwaitPromise { due_on: NaiveDate },
    /// A promise's day has passed without the money.
    FollowUpBrokenPromise { due_on: NaiveDate },
    /// A plan runs: wait for the next instalment.
    AwaitInstallment { due_on: NaiveDate },
    /// Remind before the due date.
    RemindBeforeDue { due_on: NaiveDate },
    /// First contact about a debt past due.
    FirstContact,
    /// Somebody spoke or tried before: go on.
    ContactAgain { last: DateTime<Utc> },
}

/// One account with all that hangs on it.
#[derive(Clone, Debug)]
pub struct AccountView {
    pub summary: DebtSummary,
    pub debtor: Party,
    pub contacts: Vec<ContactPoint>,
    pub others: Vec<(PartyRole, Party)>,
    pub journal: Vec<Entry>,
    pub payments: Vec<PaymentLine>,
    pub activities: Vec<ActivityLine>,
    pub promises: Vec<PromiseView>,
    pub plan: Option<PlanView>,
    pub documents: Vec<DocumentLine>,
    pub next_step: NextStep,
    /// The debts it replaced, and the one that replaced it.
    pub replacements: Replacements,
    /// Until when the debt can be claimed, where the terms say so.
    pub limitation: Option<LimitationState>,
    pub today: NaiveDate,
}

impl Services {
    /// A page of accounts; the filter's `after` continues an earlier page.
    ///
    /// # Errors
    /// `Denied`, or the database fails.
    pub async fn list_accounts(&self, actor: &Actor, filter: &AccountFilter) -> ServiceResult<AccountPage> {
        actor.require(Permission::AccountRead)?;
        let org = actor.organization_id;
        let today = self.today(org).await?;
        let mut lines = accounts::list(self.db.read(), org, filter, today, PAGE_LINES + 1).await?;
        let found = accounts::count(self.db.read(), org, filter, today).await?;
        let more = lines.len() as u64 > PAGE_LINES;
        lines.truncate(usize::try_from(PAGE_LINES).unwrap_or(usize::MAX));
        let next = lines.last().filter(|_| more).map(|line| line.key(filter.sort));
        Ok(AccountPage { lines, found, next, today })
    }

    /// The creditors of the actor's organization, for filters and imports.
    ///
    /// # Errors
    /// `Denied`, or the database fails.
    pub async fn creditors(&self, actor: &Actor) -> ServiceResult<Vec<Creditor>> {
        actor.require(Permission::AccountRead)?;
        Ok(parties::creditors(self.db.read(), actor.organization_id).await?)
    }

    /// One account whole, for staff. That they looked is told to the audit trail.
    ///
    /// # Errors
    /// `Denied`; `NotFound` also for accounts of other organizations.
    pub async fn account_view(&self, actor: &Actor, id: AccountId) -> ServiceResult<AccountView> {
        actor.require(Permission::AccountRead)?;
        let account =
            accounts::find(self.db.read(), actor.organization_id, id).await?.ok_or(ServiceError::NotFound)?;
        self.note_view(actor, id).await?;
        self.load_view(actor, account).await
    }

    /// The debts of the signed-in debtor, longest past due first.
    ///
    /// # Errors
    /// `NotSignedIn` for anybody else.
    pub async fn my_debts(&self, actor: &Actor) -> ServiceResult<Vec<DebtSummary>> {
        let party = debtor_of(actor)?;
        let org = actor.organization_id;
        let today = self.today(org).await?;
        let mut debts = Vec::new();
        for account in accounts::of_debtor(self.db.read(), org, party).await? {
            // The debt in its place is there; its page leads back to this one.
            if store::links::replacement(self.db.read(), org, account.id).await?.is_some() {
                continue;
            }
            debts.push(self.summary(actor, account, today).await?);
        }
        Ok(debts)
    }

    /// One of the signed-in debtor's own debts. It holds no internal notes.
    ///
    /// # Errors
    /// `NotFound` also for debts of others.
    pub async fn my_debt(&self, actor: &Actor, id: AccountId) -> ServiceResult<AccountView> {
        let party = debtor_of(actor)?;
        let account = accounts::find(self.db.read(), actor.organization_id, id).await?;
        let own = account.filter(|account| account.debtor_id == party).ok_or(ServiceError::NotFound)?;
        let mut view = self.load_view(actor, own).await?;
        view.activities.clear();
        Ok(view)
    }

    pub(crate) async fn summary(
        &self,
        actor: &Actor,
        account: Account,
        today: NaiveDate,
    ) -> ServiceResult<DebtSummary> {
        let org = actor.organization_id;
        let db = self.db.read();
        let (balance, grown) = self.balance_on(db, org, &account, today).await?;
        let creditor =
            parties::find_creditor(db, org, account.creditor_id).await?.ok_or(ServiceError::NotFound)?;
        let plan = self.plan_of(actor, account.id, balance.total()?).await?;
        let stage = account.stage(&balance, today);
        let overdue = overdue(&account, &balance, plan.as_ref(), today)?;
        let days = if balance.total_minor() > 0 { days_past_due(account.due_on, today) } else { 0 };
        Ok(DebtSummary { account, creditor, balance, grown, stage, days_past_due: days, overdue })
    }

    async fn load_view(&self, actor: &Actor, account: Account) -> ServiceResult<AccountView> {
        let org = actor.organization_id;
        let db = self.db.read();
        let today = self.today(org).await?;
        let id = account.id;
        let debtor = parties::find_party(db, org, account.debtor_id).await?.ok_or(ServiceError::NotFound)?;
        let contacts = parties::contact_points(db, org, account.debtor_id).await?;
        let mut others = Vec::new();
        for (role, party) in accounts::other_parties(db, org, id).await? {
            if let Some(party) = parties::find_party(db, org, party).await? {
                others.push((role, party));
            }
        }
        let summary = self.summary(actor, account, today).await?;
        let activities = self.activities_of(actor, id).await?;
        let promises = self.promises_of(actor, id).await?;
        let plan = self.plan_of(actor, id, summary.balance.total()?).await?;
        let next_step = next_step(&summary, &promises, plan.as_ref(), activities.first(), today);
        Ok(AccountView {
            journal: ledger::journal(db, org, id).await?,
            payments: self.payments_of(actor, id).await?,
            documents: self.documents_of(actor, id).await?,
            replacements: self.replacements(actor, id).await?,
            limitation: limitation::of_many(db, org, &[&summary.account], today).await?.remove(&id.0),
            summary,
            debtor,
            contacts,
            others,
            activities,
            promises,
            plan,
            next_step,
            today,
        })
    }

    async fn payments_of(&self, actor: &Actor, id: AccountId) -> ServiceResult<Vec<PaymentLine>> {
        let rows = payments::Entity::find()
            .filter(payments::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(payments::Column::AccountId.eq(id.0))
            .order_by_desc(payments::Column::ReceivedOn)
            .order_by_desc(payments::Column::RecordedAt)
            .all(self.db.read())
            .await?;
        rows.into_iter().map(payment_line).collect()
    }

    async fn activities_of(&self, actor: &Actor, id: AccountId) -> ServiceResult<Vec<ActivityLine>> {
        let org = actor.organization_id;
        let names = self.staff_names(org).await?;
        let rows = activities::Entity::find()
            .filter(activities::Column::OrganizationId.eq(org.0))
            .filter(activities::Column::AccountId.eq(id.0))
            .order_by_desc(activities::Column::At)
            .order_by_desc(activities::Column::Id)
            .all(self.db.read())
            .await?;
        rows.into_iter()
            .map(|row| {
                let by = names.iter().find(|(id, _)| row.actor.contains(id)).map(|(_, name)| name.clone());
                Ok(ActivityLine {
                    at: row.at,
                    by: by.unwrap_or_else(|| row.actor.split(':').next().unwrap_or_default().to_owned()),
                    channel: row.channel.parse().map_err(StoreError::bad_row("activities", row.id))?,
                    disposition: row
                        .disposition
                        .parse()
                        .map_err(StoreError::bad_row("activities", row.id))?,
                    note: row.note,
                })
            })
            .collect()
    }

    async fn staff_names(&self, org: domain::ids::OrganizationId) -> ServiceResult<Vec<(String, String)>> {
        use store::entities::users;
        let rows =
            users::Entity::find().filter(users::Column::OrganizationId.eq(org.0)).all(self.db.read()).await?;
        Ok(rows.into_iter().map(|row| (row.id.to_string(), row.name)).collect())
    }

    async fn promises_of(&self, actor: &Actor, id: AccountId) -> ServiceResult<Vec<PromiseView>> {
        let rows = promises::Entity::find()
            .filter(promises::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(promises::Column::AccountId.eq(id.0))
            .order_by_desc(promises::Column::TakenAt)
            .all(self.db.read())
            .await?;
        rows.into_iter()
            .map(|row| {
                Ok(PromiseView {
                    id: domain::ids::PromiseId(row.id),
                    amount: stored_money("promises", row.id, row.amount_minor, &row.currency)?,
                    due_on: row.due_on,
                    status: row.status.parse().map_err(StoreError::bad_row("promises", row.id))?,
                })
            })
            .collect()
    }

    async fn plan_of(&self, actor: &Actor, id: AccountId, owed: Money) -> ServiceResult<Option<PlanView>> {
        let org = actor.organization_id;
        let plan = plans::Entity::find()
            .filter(plans::Column::OrganizationId.eq(org.0))
            .filter(plans::Column::AccountId.eq(id.0))
            .order_by_desc(plans::Column::CreatedAt)
            .one(self.db.read())
            .await?;
        let Some(plan) = plan else { return Ok(None) };
        let rows = plan_installments::Entity::find()
            .filter(plan_installments::Column::OrganizationId.eq(org.0))
            .filter(plan_installments::Column::PlanId.eq(plan.id))
            .order_by_asc(plan_installments::Column::Number)
            .all(self.db.read())
            .await?;
        let installments = rows
            .into_iter()
            .map(|row| {
                let amount = stored_money("plan_installments", plan.id, row.amount_minor, &row.currency)?;
                Ok(InstallmentLine {
                    number: row.number,
                    due_on: row.due_on,
                    amount,
                    left: amount,
                    status: row.status,
                })
            })
            .collect::<ServiceResult<Vec<_>>>()?;
        let amounts: Vec<_> = installments.iter().map(|line| line.amount).collect();
        let left = left_of_installments(&amounts, owed);
        let installments =
            installments.into_iter().zip(left).map(|(line, left)| InstallmentLine { left, ..line }).collect();
        Ok(Some(PlanView { status: plan.status, installments }))
    }

    async fn documents_of(&self, actor: &Actor, id: AccountId) -> ServiceResult<Vec<DocumentLine>> {
        let rows = documents::Entity::find()
            .filter(documents::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(documents::Column::AccountId.eq(id.0))
            .order_by_desc(documents::Column::CreatedAt)
            .all(self.db.read())
            .await?;
        let line = |row: documents::Model| DocumentLine {
            title: row.title,
            kind: row.kind,
            created_at: row.created_at,
            payment_id: row.payment_id.map(PaymentId),
        };
        Ok(rows.into_iter().map(line).collect())
    }
}

/// The debtor behind an actor.
///
/// # Errors
/// `NotSignedIn` for anybody else.
pub(crate) fn debtor_of(actor: &Actor) -> ServiceResult<PartyId> {
    match actor.kind {
        ActorKind::Debtor { party_id } => Ok(party_id),
        _ => Err(ServiceError::NotSignedIn),
    }
}

fn payment_line(row: payments::Model) -> ServiceResult<PaymentLine> {
    Ok(PaymentLine {
        id: PaymentId(row.id),
        amount: stored_money("payments", row.id, row.amount_minor, &row.currency)?,
        method: row.method.parse().map_err(StoreError::bad_row("payments", row.id))?,
        received_on: row.received_on,
        status: row.status.parse().map_err(StoreError::bad_row("payments", row.id))?,
        receipt_no: row.receipt_no,
        reference: row.reference,
    })
}

fn overdue(
    account: &Account,
    balance: &Balance,
    plan: Option<&PlanView>,
    today: NaiveDate,
) -> ServiceResult<Money> {
    let total = balance.total()?;
    let zero = Money::zero(account.currency);
    if !total.is_positive() {
        return Ok(zero);
    }
    let Some(plan) = plan.filter(|plan| plan.status == "active") else {
        return Ok(if account.due_on <= today { total } else { zero });
    };
    let due = plan.installments.iter().filter(|i| i.due_on <= today).map(|i| i.left);
    Ok(Money::sum(account.currency, due)?.min(total)?)
}

fn next_step(
    summary: &DebtSummary,
    promises: &[PromiseView],
    plan: Option<&PlanView>,
    last: Option<&ActivityLine>,
    today: NaiveDate,
) -> NextStep {
    if summary.stage == Stage::Settled {
        return NextStep::Nothing;
    }
    if let Some(promise) = promises.iter().find(|p| p.status == PromiseStatus::Open) {
        let due_on = promise.due_on;
        let passed = due_on < today;
        return if passed {
            NextStep::FollowUpBrokenPromise { due_on }
        } else {
            NextStep::AwaitPromise { due_on }
        };
    }
    let plan = plan.filter(|plan| plan.status == "active");
    if let Some(next) =
        plan.and_then(|plan| plan.installments.iter().find(|i| i.left.is_positive() && i.due_on >= today))
    {
        return NextStep::AwaitInstallment { due_on: next.due_on };
    }
    if summary.stage == Stage::PreDelinquency {
        return NextStep::RemindBeforeDue { due_on: summary.account.due_on };
    }
    last.map_or(NextStep::FirstContact, |activity| NextStep::ContactAgain { last: activity.at })
}
