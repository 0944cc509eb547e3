//! Product terms: loading them for an account, and keeping new versions.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Permission};
use domain::account::{Account, Component};
use domain::ids::{AccountId, CreditorId, OrganizationId};
use domain::ledger::{AccountTerms, AllocationOrder, History, replay};
use domain::money::{Decimal, Money};
use domain::terms::{InterestKind, ProductTerms, Sources, TermsError, account_terms};
use sea_orm::ConnectionTrait;
use serde_json::json;
use store::entities::product_terms;
use store::{StoreError, accounts, ledger, parties, terms};

use crate::{ServiceError, ServiceResult, Services};

/// A new version of a product's terms.
#[derive(Clone, Debug)]
pub struct NewTerms {
    pub creditor_id: CreditorId,
    /// Empty: every product of the creditor that has no terms of its own.
    pub product: String,
    pub effective_from: NaiveDate,
    pub terms: ProductTerms,
    /// Why it changed, for those who come after.
    pub note: Option<String>,
}

/// One kept version.
#[derive(Clone, Debug)]
pub struct TermsLine {
    pub id: uuid::Uuid,
    pub creditor_id: CreditorId,
    pub product: String,
    pub version: i32,
    pub effective_from: NaiveDate,
    pub terms: ProductTerms,
    pub note: Option<String>,
    pub recorded_at: DateTime<Utc>,
    pub recorded_by: String,
}

/// What a new version would change, before it is kept.
#[derive(Clone, Debug)]
pub struct TermsPreview {
    /// Accounts of the product.
    pub accounts: u64,
    /// The first accounts, each as it is owed today and as it would be.
    pub changes: Vec<TermsChange>,
}

#[derive(Clone, Debug)]
pub struct TermsChange {
    pub account_id: AccountId,
    pub external_id: String,
    pub now: Money,
    pub then: Money,
    /// The components that differ, as they would be.
    pub parts: Vec<(Component, Money)>,
}

/// How many accounts a preview computes.
const PREVIEWED: u64 = 50;

/// What terms need to know of an account beside itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given<'a> {
    /// ISO 3166 code of the creditor's country.
    pub country: &'a str,
    pub rates: &'a accounts::Rates,
}

/// What the rates of one account are read from.
struct Known {
    rates: BTreeMap<bool, Decimal>,
    series: BTreeMap<String, Vec<(NaiveDate, String)>>,
}

impl Sources for Known {
    fn account_rate(&self, kind: InterestKind) -> Option<Decimal> {
        self.rates.get(&(kind == InterestKind::Default)).copied()
    }
    fn series(&self, code: &str) -> Vec<(NaiveDate, String)> {
        self.series.get(code).cloned().unwrap_or_default()
    }
}

impl Services {
    /// The terms of one account, version by version, with its rates looked up.
    ///
    /// # Errors
    /// A row that cannot be read, or terms that cannot be used.
    pub(crate) async fn account_terms(
        &self,
        db: &impl ConnectionTrait,
        org: OrganizationId,
        account: &Account,
    ) -> ServiceResult<AccountTerms> {
        self.account_terms_known(db, org, account, None).await
    }

    /// The same for somebody who has looked up the creditor's country and the account's rates.
    pub(crate) async fn account_terms_given(
        &self,
        db: &impl ConnectionTrait,
        org: OrganizationId,
        account: &Account,
        given: Given<'_>,
    ) -> ServiceResult<AccountTerms> {
        let rows = terms::for_product(db, org, account.creditor_id, account.product.as_deref()).await?;
        let versions =
            rows.iter().map(|row| Ok((row.effective_from, read(row)?))).collect::<ServiceResult<Vec<_>>>()?;
        self.terms_of_given(db, org, account, &versions, given).await
    }

    /// The same without the versions that were recorded after `known_at`. Published series are
    /// taken as they stand: they say what held, whenever somebody loaded them.
    pub(crate) async fn account_terms_known(
        &self,
        db: &impl ConnectionTrait,
        org: OrganizationId,
        account: &Account,
        known_at: Option<DateTime<Utc>>,
    ) -> ServiceResult<AccountTerms> {
        let rows = terms::for_product(db, org, account.creditor_id, account.product.as_deref()).await?;
        let rows = rows.into_iter().filter(|row| known_at.is_none_or(|at| row.recorded_at <= at));
        let versions =
            rows.map(|row| Ok((row.effective_from, read(&row)?))).collect::<ServiceResult<Vec<_>>>()?;
        self.terms_of_versions(db, org, account, &versions).await
    }

    async fn terms_of_versions(
        &self,
        db: &impl ConnectionTrait,
        org: OrganizationId,
        account: &Account,
        versions: &[(NaiveDate, ProductTerms)],
    ) -> ServiceResult<AccountTerms> {
        let creditor =
            parties::find_creditor(db, org, account.creditor_id).await?.ok_or(ServiceError::NotFound)?;
        let rates = accounts::rates(db, org, account.id).await?;
        let given = Given { country: &creditor.country, rates: &rates };
        self.terms_of_given(db, org, account, versions, given).await
    }

    async fn terms_of_given(
        &self,
        db: &impl ConnectionTrait,
        org: OrganizationId,
        account: &Account,
        versions: &[(NaiveDate, ProductTerms)],
        given: Given<'_>,
    ) -> ServiceResult<AccountTerms> {
        let order = AllocationOrder::for_country(given.country);
        if versions.is_empty() {
            return Ok(AccountTerms::plain(account.due_on, order));
        }
        let codes: BTreeSet<&str> = versions.iter().flat_map(|(_, terms)| terms.series()).collect();
        let series = terms::series(db, org, codes).await?;
        let mut known = Known { rates: BTreeMap::new(), series };
        for (late, text) in [(false, &given.rates.contract), (true, &given.rates.default)] {
            if let Some(rate) = text.as_deref().and_then(|text| text.parse().ok()) {
                known.rates.insert(late, rate);
            }
        }
        account_terms(account.due_on, versions, order, &known).map_err(bad_terms)
    }

    /// Every version of every product, for the console.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn terms(&self, actor: &Actor) -> ServiceResult<Vec<TermsLine>> {
        actor.require(Permission::AccountRead)?;
        terms::all(self.db.read(), actor.organization_id).await?.into_iter().map(line).collect()
    }

    /// The products that a creditor's accounts name, with how many accounts each.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn products(
        &self,
        actor: &Actor,
        creditor: CreditorId,
    ) -> ServiceResult<Vec<(Option<String>, i64)>> {
        actor.require(Permission::AccountRead)?;
        Ok(terms::products(self.db.read(), actor.organization_id, creditor).await?)
    }

    /// What a new version would change today.
    ///
    /// # Errors
    /// `Denied`, `Invalid`, or the database.
    pub async fn preview_terms(&self, actor: &Actor, new: &NewTerms) -> ServiceResult<TermsPreview> {
        actor.require(Permission::TermsWrite)?;
        new.terms.check().map_err(bad_terms)?;
        let org = actor.organization_id;
        let db = self.db.read();
        let today = self.today(org).await?;
        let products = terms::products(db, org, new.creditor_id).await?;
        let of_product =
            |name: &Option<String>| new.product.is_empty() || name.as_deref() == Some(new.product.as_str());
        let count: i64 = products.iter().filter(|(name, _)| of_product(name)).map(|(_, count)| *count).sum();
        let mut changes = Vec::new();
        for id in terms::some_accounts(db, org, new.creditor_id, &new.product, PREVIEWED).await? {
            let account = accounts::find(db, org, AccountId(id)).await?.ok_or(ServiceError::NotFound)?;
            let rows = terms::for_product(db, org, account.creditor_id, account.product.as_deref()).await?;
            let mut versions = rows
                .into_iter()
                .filter(|row| row.product == new.product)
                .map(|row| Ok((row.effective_from, read(&row)?)))
                .collect::<ServiceResult<Vec<_>>>()?;
            versions.push((new.effective_from, new.terms.clone()));
            versions.sort_by_key(|(from, _)| *from);
            let then = self.terms_of_versions(db, org, &account, &versions).await?;
            let now = self.account_terms(db, org, &account).await?;
            let facts = History::of(&ledger::journal(db, org, account.id).await?)?.facts;
            let now = replay(account.currency, &now, &facts, today)?.owed()?;
            let then = replay(account.currency, &then, &facts, today)?.owed()?;
            let parts =
                then.components().filter(|(component, amount)| now.of(*component) != *amount).collect();
            changes.push(TermsChange {
                account_id: account.id,
                external_id: account.external_id,
                now: now.total()?,
                then: then.total()?,
                parts,
            });
        }
        Ok(TermsPreview { accounts: u64::try_from(count).unwrap_or(0), changes })
    }

    /// Keeps a new version. Earlier ones stay as they are; accounts follow from its date on.
    ///
    /// # Errors
    /// `Denied`, `Invalid`, or the database.
    pub async fn add_terms(&self, actor: &Actor, new: NewTerms) -> ServiceResult<i32> {
        actor.require(Permission::TermsWrite)?;
        new.terms.check().map_err(bad_terms)?;
        let org = actor.organization_id;
        for code in new.terms.series() {
            if terms::series(self.db.read(), org, [code]).await?.is_empty() {
                return Err(bad_terms(TermsError::NoSeries(code.to_owned())));
            }
        }
        let tx = self.begin().await?;
        parties::find_creditor(&tx, org, new.creditor_id).await?.ok_or(ServiceError::NotFound)?;
        let version = terms::last_version(&tx, org, new.creditor_id, &new.product).await? + 1;
        let text = serde_json::to_string(&new.terms)
            .map_err(|error| ServiceError::Outside { part: "terms", cause: error.to_string() })?;
        let row = product_terms::Model {
            organization_id: org.0,
            id: self.new_id(),
            creditor_id: new.creditor_id.0,
            product: new.product.clone(),
            version,
            effective_from: new.effective_from,
            terms: text,
            note: new.note.map(|note| note.chars().take(500).collect()),
            recorded_at: self.now(),
            recorded_by: actor.audit_name(),
        };
        terms::insert(&tx, row).await?;
        let details = json!({ "product": new.product, "version": version, "from": new.effective_from });
        self.audit(&tx, actor, "terms.added", format!("creditor:{}", new.creditor_id), details).await?;
        tx.commit().await?;
        Ok(version)
    }
}

fn read(row: &product_terms::Model) -> ServiceResult<ProductTerms> {
    Ok(serde_json::from_str(&row.terms).map_err(StoreError::bad_row("product_terms", row.id))?)
}

pub(super) fn line(row: product_terms::Model) -> ServiceResult<TermsLine> {
    Ok(TermsLine {
        id: row.id,
        creditor_id: CreditorId(row.creditor_id),
        terms: read(&row)?,
        product: row.product,
        version: row.version,
        effective_from: row.effective_from,
        note: row.note,
        recorded_at: row.recorded_at,
        recorded_by: row.recorded_by,
    })
}

fn bad_terms(error: TermsError) -> ServiceError {
    let says = error.to_string();
    ServiceError::invalid(
        "terms",
        format!("Las condiciones no se pueden usar: {says}"),
        format!("These terms cannot be used: {says}"),
    )
}
