//! What the contact rules ask about debts, fetched table by table, and the decisions that are kept.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use domain::account::{Account, ActivityChannel, Disposition, PromiseStatus};
use domain::cases::{Hold, HoldScope};
use domain::contact::{Channel, Outcome};
use domain::ids::{AccountId, OrganizationId, PartyId};
use domain::party::{ContactKind, ContactPoint, Party};
use domain::terms::LimitationState;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use crate::entities::{
    accounts, activities, balances, contact_decisions, contact_points, contact_policies, holds,
    login_challenges, outbox_messages, parties, party_preferences, promises,
};
use crate::outbox::status;
use crate::wishes::{self, Wishes};
use crate::{StoreError, StoreResult, Tx, channel_refusals, limitation, suppressed, undeliverable};

/// A kept decision, as it lies in its table.
pub type DecisionRow = contact_decisions::Model;

/// What bears on contact about one debt.
#[derive(Clone, Debug)]
pub struct Facts {
    pub account: Account,
    pub debtor: Party,
    /// The debtor's, in the order in which they came.
    pub points: Vec<ContactPoint>,
    pub consents: BTreeSet<Channel>,
    /// Those on the debtor that nobody has lifted.
    pub holds: Vec<Hold>,
    /// Contacts about any debt of the debtor, and messages that wait to be sent.
    pub history: Vec<Past>,
    pub wishes: Wishes,
    /// Until when the debt can be claimed, where that is known.
    pub limitation: Option<LimitationState>,
    /// As the journal says, in minor units.
    pub owed_minor: i64,
    pub has_open_promise: bool,
}

impl Facts {
    /// The first point of a kind at which the debtor may be reached.
    pub fn point(&self, kind: ContactKind) -> Option<&ContactPoint> {
        self.points.iter().find(|point| point.kind == kind && !point.is_suppressed)
    }
}

/// A contact that was made or is on its way.
#[derive(Clone, Debug)]
pub struct Past {
    pub at: DateTime<Utc>,
    pub channel: Channel,
    pub outcome: Outcome,
    pub creditor: Uuid,
    pub debt: Uuid,
    /// The message, if it is one of the outbox.
    pub message: Option<Uuid>,
}

/// The facts about these debts; those that are not there are left out. `today` says which terms hold.
///
/// # Errors
/// The database fails or a row is invalid.
pub async fn facts(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    wanted: &[AccountId],
    today: NaiveDate,
) -> StoreResult<HashMap<AccountId, Facts>> {
    let rows = accounts::Entity::find()
        .filter(accounts::Column::OrganizationId.eq(org.0))
        .filter(accounts::Column::Id.is_in(wanted.iter().map(|id| id.0)))
        .all(db)
        .await?;
    let debtors: HashSet<Uuid> = rows.iter().map(|row| row.debtor_id).collect();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let people = people(db, org, &debtors).await?;
    let points = points(db, org, &debtors).await?;
    let holds = standing_holds(db, org, &debtors).await?;
    let history = history(db, org, &debtors).await?;
    let wishes = wishes::of_many(db, org, &points, debtors.iter().copied()).await?;
    let owed: HashMap<Uuid, i64> = balances::Entity::find()
        .select_only()
        .column(balances::Column::AccountId)
        .column(balances::Column::Total)
        .filter(balances::Column::OrganizationId.eq(org.0))
        .filter(balances::Column::AccountId.is_in(ids.iter().copied()))
        .into_tuple::<(Uuid, i64)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let promised: HashSet<Uuid> = promises::Entity::find()
        .select_only()
        .column(promises::Column::AccountId)
        .filter(promises::Column::OrganizationId.eq(org.0))
        .filter(promises::Column::AccountId.is_in(ids))
        .filter(promises::Column::Status.eq(PromiseStatus::Open.as_str()))
        .into_tuple::<Uuid>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let mut found = HashMap::new();
    let owned: HashMap<Uuid, Account> = rows
        .iter()
        .map(|row| Ok((row.id, crate::accounts::account(row.clone())?)))
        .collect::<StoreResult<_>>()?;
    let all: Vec<&Account> = owned.values().collect();
    let limitation = limitation::of_many(db, org, &all, today).await?;
    for row in rows {
        let Some(debtor) = people.get(&row.debtor_id) else { continue };
        let Some(account) = owned.get(&row.id).cloned() else { continue };
        let consents = row.consent_channels.as_deref().unwrap_or_default();
        let consents = consents.split(' ').filter_map(|name| name.parse().ok()).collect();
        let owed_minor = owed.get(&row.id).copied().unwrap_or(0);
        let has_open_promise = promised.contains(&row.id);
        let of = row.debtor_id;
        let facts = Facts {
            debtor: debtor.clone(),
            points: points.get(&of).cloned().unwrap_or_default(),
            consents,
            holds: holds.get(&of).cloned().unwrap_or_default(),
            history: history.get(&of).cloned().unwrap_or_default(),
            wishes: wishes.get(&of).cloned().unwrap_or_default(),
            limitation: limitation.get(&row.id).cloned(),
            owed_minor,
            has_open_promise,
            account,
        };
        found.insert(facts.account.id, facts);
    }
    Ok(found)
}

async fn people(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    debtors: &HashSet<Uuid>,
) -> StoreResult<HashMap<Uuid, Party>> {
    let rows = parties::Entity::find()
        .filter(parties::Column::OrganizationId.eq(org.0))
        .filter(parties::Column::Id.is_in(debtors.iter().copied()))
        .all(db)
        .await?;
    rows.into_iter().map(|row| Ok((row.id, crate::parties::party(row)?))).collect()
}

async fn points(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    debtors: &HashSet<Uuid>,
) -> StoreResult<HashMap<Uuid, Vec<ContactPoint>>> {
    let rows = contact_points::Entity::find()
        .filter(contact_points::Column::OrganizationId.eq(org.0))
        .filter(contact_points::Column::PartyId.is_in(debtors.iter().copied()))
        .order_by_asc(contact_points::Column::Id)
        .all(db)
        .await?;
    let barred = suppressed::among(db, org, rows.iter().map(|row| row.value.as_str())).await?;
    let mut all: HashMap<Uuid, Vec<ContactPoint>> = HashMap::new();
    for row in rows {
        let is_suppressed = barred.contains(&row.value_key);
        let of = row.party_id;
        let point = ContactPoint { is_suppressed, ..crate::parties::contact_point(row)? };
        all.entry(of).or_default().push(point);
    }
    Ok(all)
}

async fn standing_holds(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    debtors: &HashSet<Uuid>,
) -> StoreResult<HashMap<Uuid, Vec<Hold>>> {
    let rows = holds::Entity::find()
        .filter(holds::Column::OrganizationId.eq(org.0))
        .filter(holds::Column::PartyId.is_in(debtors.iter().copied()))
        .filter(holds::Column::LiftedAt.is_null())
        .order_by_asc(holds::Column::PlacedAt)
        .all(db)
        .await?;
    let mut all: HashMap<Uuid, Vec<Hold>> = HashMap::new();
    for row in rows {
        let hold = Hold {
            stop: row.stop.parse().map_err(StoreError::bad_row("holds", row.id))?,
            scope: row.account_id.map_or(HoldScope::Person, |id| HoldScope::Debt(AccountId(id))),
            placed_at: row.placed_at,
            lifted_at: row.lifted_at,
        };
        all.entry(row.party_id).or_default().push(hold);
    }
    Ok(all)
}

async fn history(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    debtors: &HashSet<Uuid>,
) -> StoreResult<HashMap<Uuid, Vec<Past>>> {
    let debts: HashMap<Uuid, (Uuid, Uuid)> = accounts::Entity::find()
        .select_only()
        .column(accounts::Column::Id)
        .column(accounts::Column::DebtorId)
        .column(accounts::Column::CreditorId)
        .filter(accounts::Column::OrganizationId.eq(org.0))
        .filter(accounts::Column::DebtorId.is_in(debtors.iter().copied()))
        .into_tuple::<(Uuid, Uuid, Uuid)>()
        .all(db)
        .await?
        .into_iter()
        .map(|(id, debtor, creditor)| (id, (debtor, creditor)))
        .collect();
    let made = activities::Entity::find()
        .filter(activities::Column::OrganizationId.eq(org.0))
        .filter(activities::Column::AccountId.is_in(debts.keys().copied()))
        .all(db)
        .await?;
    let mut all: HashMap<Uuid, Vec<Past>> = HashMap::new();
    for row in made {
        let channel: ActivityChannel =
            row.channel.parse().map_err(StoreError::bad_row("activities", row.id))?;
        let result: Disposition =
            row.disposition.parse().map_err(StoreError::bad_row("activities", row.id))?;
        let Some(channel) = contact_channel(channel) else { continue };
        let Some((debtor, creditor)) = debts.get(&row.account_id).copied() else { continue };
        let (at, outcome, debt) = (row.at, outcome(result), row.account_id);
        all.entry(debtor).or_default().push(Past { at, channel, outcome, creditor, debt, message: None });
    }
    let sent = outbox_messages::Entity::find()
        .filter(outbox_messages::Column::OrganizationId.eq(org.0))
        .filter(outbox_messages::Column::PartyId.is_in(debtors.iter().copied()))
        .filter(outbox_messages::Column::DecisionId.is_not_null())
        .filter(outbox_messages::Column::Status.is_in([status::QUEUED, status::SENDING, status::SENT]))
        .all(db)
        .await?;
    for row in sent {
        let Some((debtor, creditor)) = row.account_id.and_then(|id| debts.get(&id)).copied() else {
            continue;
        };
        let channel = row.channel.parse().map_err(StoreError::bad_row("outbox_messages", row.id))?;
        all.entry(debtor).or_default().push(Past {
            at: row.sent_at.or(row.next_try_at).unwrap_or(row.created_at),
            channel,
            outcome: Outcome::NoAnswer,
            creditor,
            debt: row.account_id.unwrap_or_default(),
            message: Some(row.id),
        });
    }
    for past in all.values_mut() {
        // By what they are about first: the ids of messages are made by chance.
        past.sort_by_key(|contact| (contact.at, contact.debt, contact.message));
    }
    Ok(all)
}

/// Under which channel the rules count an activity; none for what reaches nobody.
const fn contact_channel(channel: ActivityChannel) -> Option<Channel> {
    Some(match channel {
        ActivityChannel::Call => Channel::Call,
        ActivityChannel::Visit => Channel::Visit,
        ActivityChannel::Email => Channel::Email,
        ActivityChannel::Sms => Channel::Sms,
        ActivityChannel::Whatsapp => Channel::Whatsapp,
        ActivityChannel::Letter => Channel::Letter,
        ActivityChannel::Portal | ActivityChannel::Internal => return None,
    })
}

/// What the rules make of a result. Whatever is not surely no connection counts as a try.
const fn outcome(result: Disposition) -> Outcome {
    match result {
        Disposition::ThirdParty | Disposition::Deceased => Outcome::Answered,
        other if other.is_right_party() => Outcome::Conversation,
        _ => Outcome::NoAnswer,
    }
}

/// What is known of how people are reached.
#[derive(Clone, Debug, Default)]
pub struct Ways {
    /// Phones and e-mails at which a code or link was used, folded as in [`domain::text::compact`].
    proven: HashSet<(Uuid, String)>,
    /// Where they wish to be reached first.
    preferred: HashMap<Uuid, Uuid>,
}

impl Ways {
    /// Whether the person has proven to be reached there.
    pub fn is_proven(&self, person: PartyId, value: &str) -> bool {
        self.proven.contains(&(person.0, domain::text::compact(value)))
    }

    pub fn is_preferred(&self, person: PartyId, point: &ContactPoint) -> bool {
        self.preferred.get(&person.0) == Some(&point.id.0)
    }
}

/// How these people are reached.
///
/// # Errors
/// The database fails.
pub async fn ways(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    people: impl IntoIterator<Item = PartyId>,
) -> StoreResult<Ways> {
    let people: HashSet<Uuid> = people.into_iter().map(|id| id.0).collect();
    let used = login_challenges::Entity::find()
        .select_only()
        .column(login_challenges::Column::PartyId)
        .column(login_challenges::Column::Recipient)
        .filter(login_challenges::Column::OrganizationId.eq(org.0))
        .filter(login_challenges::Column::PartyId.is_in(people.iter().copied()))
        .filter(login_challenges::Column::UsedAt.is_not_null())
        .into_tuple::<(Option<Uuid>, Option<String>)>()
        .all(db)
        .await?;
    let proven =
        used.into_iter().filter_map(|(person, value)| Some((person?, domain::text::compact(&value?))));
    let preferred = party_preferences::Entity::find()
        .filter(party_preferences::Column::OrganizationId.eq(org.0))
        .filter(party_preferences::Column::PartyId.is_in(people))
        .all(db)
        .await?;
    let preferred = preferred.into_iter().filter_map(|row| Some((row.party_id, row.point_id?)));
    Ok(Ways { proven: proven.collect(), preferred: preferred.collect() })
}

/// Ways that are closed to these people, apart from what they refused (see [`Wishes::refuse`]).
#[derive(Clone, Debug, Default)]
pub struct Closed {
    /// Channels that have a provider here.
    providers: BTreeSet<Channel>,
    off: HashSet<String>,
    undeliverable: HashSet<(PartyId, String)>,
}

impl Closed {
    /// Why nobody is reached by a channel: `no_provider` or `channel_off`.
    pub fn why_all(&self, channel: Channel) -> Option<&'static str> {
        if !self.providers.contains(&channel) {
            Some("no_provider")
        } else if self.off.contains(channel.as_str()) {
            Some("channel_off")
        } else {
            None
        }
    }

    /// Why a person is not reached by a channel at an address: `refused` or `undeliverable`.
    pub fn why(&self, facts: &Facts, channel: Channel, point: &ContactPoint) -> Option<&'static str> {
        if facts.wishes.refuse(channel, point.id) {
            return Some("refused");
        }
        let own = (facts.debtor.id, domain::text::compact(&point.value));
        self.undeliverable.contains(&own).then_some("undeliverable")
    }
}

/// What has no provider here, what the organization switched off, and where nothing arrives for the
/// people of these debts.
///
/// # Errors
/// The database fails.
pub async fn closed(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    facts: impl Iterator<Item = &Facts>,
    providers: &BTreeSet<Channel>,
) -> StoreResult<Closed> {
    let people: HashSet<PartyId> = facts.map(|own| own.debtor.id).collect();
    Ok(Closed {
        off: channel_refusals::off(db, org).await?.into_iter().collect(),
        providers: providers.clone(),
        undeliverable: undeliverable::of_many(db, org, people).await?,
    })
}

/// Keeps decisions.
///
/// # Errors
/// The database fails.
pub async fn keep(tx: &Tx, decisions: Vec<DecisionRow>) -> StoreResult<()> {
    if decisions.is_empty() {
        return Ok(());
    }
    let rows = decisions.into_iter().map(|row| row.into_active_model().reset_all());
    contact_decisions::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// The newest decisions about a debt.
///
/// # Errors
/// The database fails.
pub async fn decisions(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    account: AccountId,
    limit: u64,
) -> StoreResult<Vec<DecisionRow>> {
    Ok(contact_decisions::Entity::find()
        .filter(contact_decisions::Column::OrganizationId.eq(org.0))
        .filter(contact_decisions::Column::AccountId.eq(account.0))
        .order_by_desc(contact_decisions::Column::DecidedAt)
        .order_by_desc(contact_decisions::Column::Id)
        .limit(limit)
        .all(db)
        .await?)
}

/// The versions of what an operator adds to the rules, the newest first.
///
/// # Errors
/// The database fails.
pub async fn policies(
    db: &impl ConnectionTrait,
    org: OrganizationId,
) -> StoreResult<Vec<contact_policies::Model>> {
    Ok(contact_policies::Entity::find()
        .filter(contact_policies::Column::OrganizationId.eq(org.0))
        .order_by_desc(contact_policies::Column::Version)
        .all(db)
        .await?)
}

/// The version in force: the newest that is approved; none until there is one.
///
/// # Errors
/// The database fails.
pub async fn policy(
    db: &impl ConnectionTrait,
    org: OrganizationId,
) -> StoreResult<Option<contact_policies::Model>> {
    Ok(contact_policies::Entity::find()
        .filter(contact_policies::Column::OrganizationId.eq(org.0))
        .filter(contact_policies::Column::ApprovedAt.is_not_null())
        .order_by_desc(contact_policies::Column::Version)
        .one(db)
        .await?)
}

/// # Errors
/// The database fails, also when the version is there already.
pub async fn add_policy(tx: &Tx, new: contact_policies::Model) -> StoreResult<()> {
    contact_policies::Entity::insert(new.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// Approves a version that waits; whether it still did.
///
/// # Errors
/// The database fails.
pub async fn approve_policy(
    tx: &Tx,
    org: OrganizationId,
    version: i32,
    (by, at): (String, DateTime<Utc>),
) -> StoreResult<bool> {
    let done = contact_policies::Entity::update_many()
        .col_expr(contact_policies::Column::ApprovedAt, Expr::value(at))
        .col_expr(contact_policies::Column::ApprovedBy, Expr::value(by))
        .filter(contact_policies::Column::OrganizationId.eq(org.0))
        .filter(contact_policies::Column::Version.eq(version))
        .filter(contact_policies::Column::ApprovedAt.is_null())
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}
