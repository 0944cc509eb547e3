//! Why a figure is what it is: every step from the opening balance to what is owed, so that the
//! steps can be added up by hand.

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Permission};
use domain::account::{Account, Balance, Component};
use domain::ids::AccountId;
use domain::interest::{Grace, Method, Segment};
use domain::ledger::{
    AccountTerms, AccrualLine, AllocationOrder, EntryKind, History, Posting, Replay, replay,
};
use domain::money::{Decimal, Money, Rounding};
use sea_orm::ConnectionTrait;
use store::parties::Creditor;
use store::{accounts, ledger, parties, terms};

use super::terms::line;
use super::{Owed, TermsLine};
use crate::{ServiceError, ServiceResult, Services};

/// What an account owes on a day, with all that it follows from.
#[derive(Clone, Debug)]
pub struct Explained {
    pub account: Account,
    pub creditor: Creditor,
    pub debtor: String,
    pub owed: Owed,
    /// What happened and the interest before it, in value-date order, as the terms count it.
    pub steps: Vec<Step>,
    /// Interest that has grown since the last step, by component.
    pub grown: Vec<(Component, Money)>,
    /// How each kind of interest came about.
    pub accrued: Vec<AccruedPart>,
    /// Every kept version that holds for the account, oldest first.
    pub versions: Vec<TermsLine>,
    pub rounding: Rounding,
}

/// One fact, or the interest grown up to it, and what it did.
#[derive(Clone, Debug)]
pub struct Step {
    pub kind: EntryKind,
    pub effective_on: NaiveDate,
    /// The source of the journal entry that says the same.
    pub source: String,
    pub postings: Vec<Posting>,
    pub before: Balance,
    pub after: Balance,
    /// The order in which a payment was allocated.
    pub order: Option<AppliedOrder>,
}

/// The order of one payment and where it comes from.
#[derive(Clone, Copy, Debug)]
pub struct AppliedOrder {
    pub order: AllocationOrder,
    /// The terms set it; otherwise the law of the creditor's country does.
    pub agreed: bool,
}

/// One kind of interest since the debt was placed.
#[derive(Clone, Debug)]
pub struct AccruedPart {
    pub component: Component,
    pub lines: Vec<AccruedLine>,
    /// The sum of the lines, unrounded, in major units.
    pub exact: Decimal,
    /// The tax on it, unrounded.
    pub vat: Decimal,
    /// The sum rounded once: what was added to the debt.
    pub rounded: Money,
}

/// Days of one rate on one principal, with the terms they were counted by.
#[derive(Clone, Debug)]
pub struct AccruedLine {
    pub segment: Segment,
    pub method: Method,
    pub grace: Option<Grace>,
    pub vat_pct: Option<Decimal>,
}

impl Services {
    /// How what an account owed at the end of `as_of`, as known at `known_at` (now, if left out),
    /// came about.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or a figure that cannot be computed.
    pub async fn explain(
        &self,
        actor: &Actor,
        account_id: AccountId,
        as_of: NaiveDate,
        known_at: Option<DateTime<Utc>>,
    ) -> ServiceResult<Explained> {
        actor.require(Permission::AccountRead)?;
        let org = actor.organization_id;
        let db = self.db.read();
        let account = accounts::find(db, org, account_id).await?.ok_or(ServiceError::NotFound)?;
        let owed = self.owed_in(db, actor, &account, as_of, known_at).await?;
        let mut journal = ledger::journal(db, org, account_id).await?;
        journal.retain(|entry| known_at.is_none_or(|at| entry.recorded_at <= at));
        let terms = self.account_terms_known(db, org, &account, known_at).await?;
        let facts = History::of(&journal)?.facts;
        let replay = replay(account.currency, &terms, &facts, as_of)?;
        let orders = |source: &str| {
            let fact = facts.iter().find(|fact| fact.source == source)?;
            (fact.what.entry_kind() == EntryKind::Payment).then(|| applied(&terms, fact.effective_on))
        };
        let steps = steps(&account, &replay, orders)?;
        let accrued = accrued(&account, &terms, &replay)?;
        let creditor =
            parties::find_creditor(db, org, account.creditor_id).await?.ok_or(ServiceError::NotFound)?;
        let debtor = parties::find_party(db, org, account.debtor_id).await?.ok_or(ServiceError::NotFound)?;
        Ok(Explained {
            versions: self.versions_of(db, actor, &account, known_at).await?,
            rounding: terms.rounding,
            grown: replay.grown,
            debtor: debtor.name,
            account,
            creditor,
            owed,
            steps,
            accrued,
        })
    }

    async fn versions_of(
        &self,
        db: &impl ConnectionTrait,
        actor: &Actor,
        account: &Account,
        known_at: Option<DateTime<Utc>>,
    ) -> ServiceResult<Vec<TermsLine>> {
        let org = actor.organization_id;
        let rows = terms::for_product(db, org, account.creditor_id, account.product.as_deref()).await?;
        let known = rows.into_iter().filter(|row| known_at.is_none_or(|at| row.recorded_at <= at));
        known.map(line).collect()
    }
}

fn applied(terms: &AccountTerms, day: NaiveDate) -> AppliedOrder {
    let version = terms.versions.iter().rev().find(|version| version.from <= day);
    let agreed = version.is_some_and(|version| version.order.is_some());
    AppliedOrder { order: *terms.order(day), agreed }
}

fn steps(
    account: &Account,
    replay: &Replay,
    order_of: impl Fn(&str) -> Option<AppliedOrder>,
) -> ServiceResult<Vec<Step>> {
    let mut balance = Balance::zero(account.currency);
    let mut steps = Vec::new();
    for effect in replay.effects.iter().filter(|effect| !effect.postings.is_empty()) {
        let before = balance;
        for posting in &effect.postings {
            if let Some(component) = posting.book.component() {
                balance = balance.add(component, posting.amount)?;
            }
        }
        steps.push(Step {
            kind: effect.kind,
            effective_on: effect.effective_on,
            source: effect.source.clone(),
            postings: effect.postings.clone(),
            before,
            after: balance,
            order: order_of(&effect.source),
        });
    }
    Ok(steps)
}

fn accrued(account: &Account, terms: &AccountTerms, replay: &Replay) -> ServiceResult<Vec<AccruedPart>> {
    let mut parts: Vec<AccruedPart> = Vec::new();
    for (component, segment) in &replay.segments {
        let Some(rule) = rule_of(terms, *component, segment.from) else { continue };
        let at = if let Some(at) = parts.iter().position(|part| part.component == *component) {
            at
        } else {
            parts.push(AccruedPart {
                component: *component,
                lines: Vec::new(),
                exact: Decimal::ZERO,
                vat: Decimal::ZERO,
                rounded: grown_of(account, replay, *component)?,
            });
            parts.len() - 1
        };
        let Some(part) = parts.get_mut(at) else { continue };
        part.exact = part.exact.add(segment.interest)?;
        if let Some(pct) = rule.interest.vat_pct {
            part.vat = part.vat.add(segment.interest.mul(pct)?.div(Decimal::from(100))?)?;
        }
        part.lines.push(AccruedLine {
            segment: segment.clone(),
            method: rule.interest.method,
            grace: rule.interest.grace,
            vat_pct: rule.interest.vat_pct,
        });
    }
    Ok(parts)
}

/// Everything that grew of a component: taken by facts, and since.
fn grown_of(account: &Account, replay: &Replay, component: Component) -> ServiceResult<Money> {
    let accruals = replay.effects.iter().filter(|effect| effect.kind == EntryKind::Accrual);
    let posted = accruals
        .flat_map(|effect| &effect.postings)
        .filter(|posting| posting.book.component() == Some(component))
        .map(|posting| posting.amount);
    let since = replay.grown.iter().filter(|(part, _)| *part == component).map(|(_, amount)| *amount);
    Ok(Money::sum(account.currency, posted.chain(since))?)
}

/// A segment lies within one version: a run begins and ends with its version.
fn rule_of(terms: &AccountTerms, component: Component, day: NaiveDate) -> Option<&AccrualLine> {
    let version = terms.versions.iter().rev().find(|version| version.from <= day)?;
    version.accruals.iter().find(|line| line.component == component)
}
