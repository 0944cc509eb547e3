//! Late charges that fall due by product terms: computed account by account, posted as facts.
//!
//! A run looks at the days since the last finished one, so a missed night is caught up; terms
//! that were kept since are looked at from their own first day. A charge's source names the
//! account and the occurrence, so none is ever posted twice.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::access::Actor;
use domain::account::{Account, Component};
use domain::charge::{DueCharge, Occurrence, charges_due};
use domain::ids::{AccountId, OrganizationId};
use domain::ledger::{Entry, FactKind};
use domain::money::Money;
use domain::terms::{ChargeTerms, ProductTerms};
use store::batch::{self, AccountRange, Chargeable};
use store::entities::batch_runs;
use store::{StoreError, Tx, accounts, ledger, terms};
use uuid::Uuid;

use super::PROCESS;
use crate::ledger::NewFact;
use crate::{ServiceError, ServiceResult, Services};

/// Accounts a transaction: posting reads each journal, so fewer than in a chunk.
const ACCOUNTS_AT_ONCE: usize = 50;

/// Charges of a chunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Charged {
    /// Posted by this run, now or before it was stopped.
    pub due: u64,
    /// Posted now.
    pub new: u64,
    /// Accounts whose charges could not be computed; the log says why.
    pub failed: u64,
}

/// One version of a product's terms, and the days on which its charges fall due.
struct Version {
    from: NaiveDate,
    /// The first day on which another version holds.
    until: Option<NaiveDate>,
    recorded_at: DateTime<Utc>,
    terms: ProductTerms,
}

/// The versions with late charges, by creditor and product.
type Tariffs = BTreeMap<(Uuid, String), Vec<Version>>;

/// The days a run looks at.
struct Window {
    /// The date of the last finished run and when it started.
    last: Option<(NaiveDate, DateTime<Utc>)>,
    date: NaiveDate,
}

impl Window {
    /// The days of one version on one account: after the first, up to and with the second.
    fn of(&self, version: &Version, account: &Chargeable) -> (NaiveDate, NaiveDate) {
        let before = |day: NaiveDate| day.checked_sub_days(Days::new(1)).unwrap_or(day);
        let mut after = before(version.from).max(account.placed_on);
        if let Some((date, started_at)) = self.last
            && version.recorded_at <= started_at
        {
            after = after.max(date);
        }
        (after, version.until.map_or(self.date, |until| before(until).min(self.date)))
    }

    /// When a charge falls due on an account.
    fn occurrences(
        &self,
        version: &Version,
        charge: &ChargeTerms,
        account: &Chargeable,
    ) -> ServiceResult<Vec<Occurrence>> {
        let (after, until) = self.of(version, account);
        if after >= until {
            return Ok(Vec::new());
        }
        charge.rule.occurrences(account.due_on, after, until).map_err(failed)
    }
}

impl Services {
    /// Posts the charges that fall due on a chunk's accounts, in transactions of their own.
    pub(super) async fn post_due_charges(
        &self,
        run: &batch_runs::Model,
        range: &AccountRange,
    ) -> ServiceResult<Charged> {
        let mut charged = Charged::default();
        let tariffs = self.tariffs(range.organization_id).await?;
        if tariffs.is_empty() {
            return Ok(charged);
        }
        let mut creditors: Vec<Uuid> = tariffs.keys().map(|(creditor, _)| *creditor).collect();
        creditors.dedup();
        let last = batch::finished_before(self.db.read(), range.organization_id, run.on_date).await?;
        let last = last.map(|last| (last.on_date, last.started_at));
        let window = Window { last, date: run.on_date };
        let mut due = Vec::new();
        for account in batch::chargeable(self.db.read(), range, &creditors, run.on_date).await? {
            match falls_due(&tariffs, &window, &account) {
                Ok(true) => due.push(account),
                Ok(false) => {}
                Err(error) => charged.failed += give_up(account.id, error)?,
            }
        }
        for group in due.chunks(ACCOUNTS_AT_ONCE) {
            let begun = std::time::Instant::now();
            let tx = self.begin().await?;
            for account in group {
                match self.charge(&tx, run, &tariffs, &window, account).await {
                    Ok((due, new)) => {
                        charged.due += due;
                        charged.new += new;
                    }
                    Err(error) => charged.failed += give_up(account.id, error)?,
                }
            }
            tx.commit().await?;
            self.let_others_write(begun.elapsed()).await;
        }
        Ok(charged)
    }

    /// Every version of every product's terms, where any version has late charges.
    async fn tariffs(&self, org: OrganizationId) -> ServiceResult<Tariffs> {
        let mut tariffs = Tariffs::new();
        for row in terms::all(self.db.read(), org).await? {
            let terms: ProductTerms =
                serde_json::from_str(&row.terms).map_err(StoreError::bad_row("product_terms", row.id))?;
            let (from, recorded_at) = (row.effective_from, row.recorded_at);
            let versions = tariffs.entry((row.creditor_id, row.product)).or_default();
            versions.push(Version { from, until: None, recorded_at, terms });
        }
        for versions in tariffs.values_mut() {
            // Stable: of versions from one day the last one kept counts.
            versions.sort_by_key(|version| version.from);
            let mut next = None;
            for version in versions.iter_mut().rev() {
                version.until = next;
                next = Some(version.from);
            }
        }
        // A product without charges of its own still hides what its creditor set for all.
        let charging = |versions: &Vec<Version>| versions.iter().any(|v| !v.terms.charges.is_empty());
        if !tariffs.values().any(charging) {
            tariffs.clear();
        }
        Ok(tariffs)
    }

    /// Posts what falls due on one account: how many charges this run has posted on it, and how
    /// many of them now.
    async fn charge(
        &self,
        tx: &Tx,
        run: &batch_runs::Model,
        tariffs: &Tariffs,
        window: &Window,
        due: &Chargeable,
    ) -> ServiceResult<(u64, u64)> {
        let org = OrganizationId(run.organization_id);
        let id = AccountId(due.id);
        ledger::lock_balance(tx, org, id).await?.ok_or(ServiceError::NotFound)?;
        let account = accounts::find(tx, org, id).await?.ok_or(ServiceError::NotFound)?;
        let journal = ledger::journal(tx, org, id).await?;
        let actor = self.system(org, PROCESS);
        let (mut posted, mut new) = (0, 0);
        for version in versions(tariffs, due) {
            for charge in &version.terms.charges {
                for falling in amounts(version, charge, window, due, &account, &journal)? {
                    let done = self.post_charge(tx, &actor, run, id, charge, falling).await?;
                    posted += u64::from(done.is_some());
                    new += u64::from(done == Some(true));
                }
            }
        }
        Ok((posted, new))
    }

    /// Whether the charge was posted now, or by this run before it was stopped; nothing if it was
    /// posted by another.
    async fn post_charge(
        &self,
        tx: &Tx,
        actor: &Actor,
        run: &batch_runs::Model,
        account: AccountId,
        charge: &ChargeTerms,
        falling: DueCharge,
    ) -> ServiceResult<Option<bool>> {
        let source = format!("charge:{account}:{}", falling.key);
        let what = FactKind::Charge {
            component: charge.component,
            amount: falling.amount,
            only_while_owed: true,
            beneficiary: charge.beneficiary,
        };
        let name = [run.organization_id.as_bytes().as_slice(), source.as_bytes()];
        let still = self.at_standstill(run.started_at, &name);
        let fact = NewFact { source, effective_on: falling.on, what };
        let done = still.post_fact_in(tx, actor, account, fact).await?;
        if !done.already {
            return Ok(Some(true));
        }
        let entry = ledger::find_entry(tx, actor.organization_id, done.entry_id).await?;
        Ok(entry.filter(|entry| entry.recorded_at == run.started_at).map(|_| false))
    }
}

/// The versions that hold for an account: its product's own, or else those for all products.
fn versions<'a>(tariffs: &'a Tariffs, account: &Chargeable) -> &'a [Version] {
    let of = |product: &str| tariffs.get(&(account.creditor_id, product.to_owned()));
    let own = account.product.as_deref().filter(|product| !product.is_empty()).and_then(of);
    own.or_else(|| of("")).map_or(&[], Vec::as_slice)
}

fn falls_due(tariffs: &Tariffs, window: &Window, account: &Chargeable) -> ServiceResult<bool> {
    for version in versions(tariffs, account) {
        for charge in &version.terms.charges {
            if !window.occurrences(version, charge, account)?.is_empty() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// What falls due, with its amounts. What is overdue is the principal, so that a charge is never
/// made on charges or interest.
fn amounts(
    version: &Version,
    charge: &ChargeTerms,
    window: &Window,
    due: &Chargeable,
    account: &Account,
    journal: &[Entry],
) -> ServiceResult<Vec<DueCharge>> {
    let mut overdue = BTreeMap::new();
    for occurrence in window.occurrences(version, charge, due)? {
        let owed = ledger::replay(account.currency, journal, Some(occurrence.on))?;
        overdue.insert(occurrence.on, owed.of(Component::Principal));
    }
    let Some(last) = overdue.keys().next_back().copied() else { return Ok(Vec::new()) };
    let nothing = Money::zero(account.currency);
    let overdue_on = |day| overdue.get(&day).copied().unwrap_or(nothing);
    let after = window.of(version, due).0;
    let rules = std::slice::from_ref(&charge.rule);
    charges_due(rules, due.due_on, overdue_on, (after, last), version.terms.rounding).map_err(failed)
}

fn failed(error: domain::charge::ChargeError) -> ServiceError {
    ServiceError::Outside { part: "late charges", cause: error.to_string() }
}

/// One account whose figures cannot be computed must not keep the night from all others; a
/// database that fails does.
fn give_up(account: Uuid, error: ServiceError) -> ServiceResult<u64> {
    match error {
        ServiceError::Store(StoreError::Db(_) | StoreError::BadUrl | StoreError::Folder(_)) => Err(error),
        error => {
            tracing::error!(%account, %error, "late charges of an account cannot be posted");
            Ok(1)
        }
    }
}
