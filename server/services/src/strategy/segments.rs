//! Segments: kept in versions, counted live, tried on one account.

use chrono::{DateTime, Utc};
use domain::access::{Actor, Permission};
use domain::ids::{AccountId, OrganizationId, SegmentId};
use domain::strategy::{Explained, Rule};
use domain::text::Say;
use sea_orm::ConnectionTrait;
use serde_json::json;
use store::segments::{self, Moment, SegmentRow};
use store::{StoreError, accounts};

use crate::{ServiceError, ServiceResult, Services};

/// Longest name, in characters.
const NAME: usize = 120;
/// Accounts on a page.
const PAGE: u64 = 50;

/// A segment with how many accounts it holds now.
#[derive(Clone, Debug)]
pub struct SegmentLine {
    pub id: SegmentId,
    pub version: i32,
    pub name: String,
    pub rule: Rule,
    pub saved_at: DateTime<Utc>,
    pub accounts: u64,
}

/// A segment to save.
#[derive(Clone, Debug)]
pub struct NewSegment {
    /// Made by the form, so that a double post saves once.
    pub id: SegmentId,
    /// The version it was made from; 0 for a new one.
    pub based_on: i32,
    pub name: String,
    pub rule: Rule,
}

/// A segment and some of its accounts.
#[derive(Clone, Debug)]
pub struct SegmentPage {
    pub segment: SegmentLine,
    pub accounts: Vec<segments::Match>,
    /// The next page begins after this one.
    pub next: Option<AccountId>,
}

/// Why an account is in a segment, or is not.
#[derive(Clone, Debug)]
pub struct Tested {
    pub account: AccountId,
    pub external_id: String,
    pub why: Explained,
}

impl Services {
    /// Business date and instant at which rules are asked.
    pub(crate) async fn moment(&self, org: OrganizationId) -> ServiceResult<Moment> {
        Ok(Moment { today: self.today(org).await?, now: self.now() })
    }

    /// Every segment, by name.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn segments(&self, actor: &Actor) -> ServiceResult<Vec<SegmentLine>> {
        actor.require(Permission::StrategyRead)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let at = self.moment(org).await?;
        let mut lines = Vec::new();
        for row in segments::all(db, org).await? {
            lines.push(line(db, org, row, at).await?);
        }
        Ok(lines)
    }

    /// One segment with a page of its accounts.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn segment_page(
        &self,
        actor: &Actor,
        id: SegmentId,
        after: Option<AccountId>,
    ) -> ServiceResult<SegmentPage> {
        actor.require(Permission::StrategyRead)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let at = self.moment(org).await?;
        let row = segments::newest(db, org, id).await?.ok_or(ServiceError::NotFound)?;
        let segment = line(db, org, row, at).await?;
        let mut ids = segments::page(db, org, &segment.rule, at, after, PAGE + 1).await?;
        let more = ids.len() as u64 > PAGE;
        ids.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
        let next = ids.last().copied().filter(|_| more);
        Ok(SegmentPage { segment, accounts: segments::lines(db, org, &ids).await?, next })
    }

    /// How many accounts a rule holds for that is not saved yet.
    ///
    /// # Errors
    /// `Denied`; `Invalid` for a rule that makes no sense.
    pub async fn count_rule(&self, actor: &Actor, rule: &Rule) -> ServiceResult<u64> {
        actor.require(Permission::StrategyRead)?;
        checked(rule)?;
        let org = actor.organization_id;
        let at = self.moment(org).await?;
        Ok(segments::count(self.db.read(), org, rule, at).await?)
    }

    /// Why the account with this external id is in the segment, or is not.
    ///
    /// # Errors
    /// `Denied`, `NotFound` for the segment, `Invalid` where no account has the number.
    pub async fn test_segment(
        &self,
        actor: &Actor,
        id: SegmentId,
        external_id: &str,
    ) -> ServiceResult<Tested> {
        actor.require(Permission::StrategyRead)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let at = self.moment(org).await?;
        let row = segments::newest(db, org, id).await?.ok_or(ServiceError::NotFound)?;
        let rule = rule_of(&row)?;
        let found = accounts::by_external_id(db, org, external_id.trim()).await?;
        let Some(account) = found.first() else {
            return Err(ServiceError::invalid(
                "account",
                "No hay una cuenta con ese número; copiarlo de la lista de cuentas",
                "There is no account of that number; copy it from the list of accounts",
            ));
        };
        let rows = segments::rows(db, org, &[account.id], at).await?;
        let why = rows.get(&account.id).map(|row| rule.explain(row)).ok_or(ServiceError::NotFound)?;
        Ok(Tested { account: account.id, external_id: account.external_id.clone(), why })
    }

    /// Saves a segment as its next version. The same save twice is one.
    ///
    /// # Errors
    /// `Denied`; `Invalid` for a name or rule that makes no sense, or when somebody saved meanwhile.
    pub async fn save_segment(&self, actor: &Actor, new: NewSegment) -> ServiceResult<i32> {
        actor.require(Permission::StrategyWrite)?;
        checked(&new.rule)?;
        let name = name(&new.name)?;
        let rule = serde_json::to_string(&new.rule)
            .map_err(|error| ServiceError::Outside { part: "segment", cause: error.to_string() })?;
        let org = actor.organization_id;
        let tx = self.begin().await?;
        let before = segments::newest(&tx, org, new.id).await?;
        let version = before.as_ref().map_or(0, |row| row.version);
        if let Some(same) = before.filter(|row| row.rule == rule && row.name == name) {
            return Ok(same.version);
        }
        if version != new.based_on {
            return Err(saved_meanwhile());
        }
        let version = version.saturating_add(1);
        let row = SegmentRow {
            organization_id: org.0,
            id: new.id.0,
            version,
            name,
            rule,
            created_at: self.now(),
            created_by: actor.audit_name(),
        };
        segments::save(&tx, row)
            .await
            .map_err(|error| if error.is_unique_violation() { saved_meanwhile() } else { error.into() })?;
        let details = json!({ "segment": new.id, "version": version });
        self.audit(&tx, actor, "segment.saved", format!("segment:{}", new.id), details).await?;
        tx.commit().await?;
        Ok(version)
    }
}

pub(super) fn rule_of(row: &SegmentRow) -> ServiceResult<Rule> {
    let bad = |cause: String| StoreError::BadRow { table: "segments", key: row.id.to_string(), cause };
    let rule: Rule = serde_json::from_str(&row.rule).map_err(|error| bad(error.to_string()))?;
    // A newer program may have kept it.
    rule.check().map_err(|problems| bad(problems.first().map(ToString::to_string).unwrap_or_default()))?;
    Ok(rule)
}

async fn line(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    row: SegmentRow,
    at: Moment,
) -> ServiceResult<SegmentLine> {
    let rule = rule_of(&row)?;
    let accounts = segments::count(db, org, &rule, at).await?;
    let SegmentRow { id, version, name, created_at, .. } = row;
    Ok(SegmentLine { id: SegmentId(id), version, name, rule, saved_at: created_at, accounts })
}

pub(super) fn name(text: &str) -> ServiceResult<String> {
    let name: String = text.trim().chars().take(NAME).collect();
    if name.is_empty() {
        return Err(ServiceError::invalid("name", "Escribir un nombre", "Write a name"));
    }
    Ok(name)
}

fn checked(rule: &Rule) -> ServiceResult<()> {
    rule.check().map_err(|problems| {
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let told = told.join("; ");
        let says = Say::new(
            format!("La regla no se puede guardar así: {told}"),
            format!("The rule cannot be saved: {told}"),
        );
        ServiceError::told("rule", says)
    })
}

pub(super) fn saved_meanwhile() -> ServiceError {
    ServiceError::invalid(
        "name",
        "Alguien guardó otra versión entretanto; revisarla y volver a cambiar",
        "Somebody saved another version meanwhile; look at it and change again",
    )
}
