//! What staff see of letters.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Permission};
use domain::contact::{Channel, NextSlot};
use domain::ids::{AccountId, CreditorId, OrganizationId};
use domain::text::Say;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::entities::parties as people_rows;
use store::letters::{self, Batch, Printed};
use store::outbox::{Row, status};
use store::{accounts, contact, parties};
use uuid::Uuid;

use super::may_read;
use crate::contact::{Act, Answer, Ask, no_longer_wanted, reason_words};
use crate::outbox::failure_words;
use crate::{ServiceError, ServiceResult, Services};

/// Letters and batches that a page shows.
const SHOWN: u64 = 200;
const BATCHES: u64 = 30;
const OF_ACCOUNT: u64 = 30;

/// Letters that wait, by creditor, and the newest batches.
#[derive(Clone, Debug)]
pub struct LetterDesk {
    /// The sender's address, a line each; empty until somebody wrote it.
    pub sender: Vec<String>,
    pub groups: Vec<WaitingGroup>,
    pub batches: Vec<BatchLine>,
}

#[derive(Clone, Debug)]
pub struct WaitingGroup {
    pub creditor: CreditorId,
    pub creditor_name: String,
    pub letters: Vec<WaitingLetter>,
    /// How many of them a batch would take up now.
    pub ready: usize,
}

#[derive(Clone, Debug)]
pub struct WaitingLetter {
    pub account: AccountId,
    pub name: String,
    pub address: String,
    pub written_at: DateTime<Utc>,
    /// It is not lawful before then.
    pub from: Option<DateTime<Utc>>,
    /// Why it waited when a batch was made.
    pub why: Option<Say>,
}

#[derive(Clone, Debug)]
pub struct BatchLine {
    pub id: Uuid,
    pub number: i32,
    pub creditor_name: String,
    pub letters: i64,
    pub made_at: DateTime<Utc>,
    pub posted_on: Option<NaiveDate>,
}

/// A batch with its letters.
#[derive(Clone, Debug)]
pub struct BatchView {
    pub line: BatchLine,
    pub letters: Vec<LetterLine>,
}

#[derive(Clone, Debug)]
pub struct LetterLine {
    pub message: Uuid,
    pub account: AccountId,
    /// What stands on it: `12-3`.
    pub reference: String,
    /// As in the window.
    pub address: Vec<String>,
    pub state: LetterState,
    /// Why it should stay here all the same, while it is not posted.
    pub stop: Option<Say>,
}

/// How far a letter came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LetterState {
    Waiting,
    /// In a batch that was not posted yet.
    Printed,
    Posted(DateTime<Utc>),
    CameBack(DateTime<Utc>),
    /// It did not go, for the reason.
    Stopped(Option<Say>),
}

/// A letter as the timeline of an account tells it.
#[derive(Clone, Debug)]
pub struct AccountLetter {
    pub at: DateTime<Utc>,
    pub state: LetterState,
    /// The number on it, once it is on paper.
    pub printed: Option<String>,
}

fn state(row: &Row, printed: Option<&Printed>) -> LetterState {
    let reason = || row.failure.as_deref().map(|code| failure_words(code, false).reason);
    match (row.status.as_str(), printed.and_then(|letter| letter.came_back_at)) {
        (_, Some(at)) => LetterState::CameBack(at),
        (status::SENT, None) => LetterState::Posted(row.sent_at.unwrap_or(row.created_at)),
        (status::SENDING, None) => LetterState::Printed,
        (status::QUEUED, None) => LetterState::Waiting,
        (status::EXPIRED, None) => {
            LetterState::Stopped(Some(Say::new("Esperó demasiado tiempo", "It waited too long")))
        }
        _ => LetterState::Stopped(reason()),
    }
}

fn batch_line(batch: &Batch, letters: i64, creditors: &HashMap<Uuid, String>) -> BatchLine {
    BatchLine {
        id: batch.id,
        number: batch.number,
        creditor_name: creditors.get(&batch.creditor_id).cloned().unwrap_or_default(),
        letters,
        made_at: batch.made_at,
        posted_on: batch.posted_on,
    }
}

impl Services {
    /// Letters that wait, by creditor, and the newest batches.
    ///
    /// # Errors
    /// `Denied`, or the database.
    pub async fn letter_desk(&self, actor: &Actor) -> ServiceResult<LetterDesk> {
        may_read(actor)?;
        let (db, org, now) = (self.db.read(), actor.organization_id, self.now());
        let creditors = self.creditor_names(org).await?;
        let waiting = letters::waiting(db, org, now, SHOWN).await?;
        let names = self.names_of(org, waiting.iter().filter_map(|(_, row)| row.party_id)).await?;
        let mut groups: BTreeMap<String, WaitingGroup> = BTreeMap::new();
        for (creditor, row) in waiting {
            let creditor_name = creditors.get(&creditor.0).cloned().unwrap_or_default();
            let group = groups.entry(format!("{creditor_name} {creditor}")).or_insert(WaitingGroup {
                creditor,
                creditor_name,
                letters: Vec::new(),
                ready: 0,
            });
            let from = row.next_try_at.filter(|from| *from > now);
            group.ready += usize::from(from.is_none());
            group.letters.push(WaitingLetter {
                account: AccountId(row.account_id.unwrap_or_default()),
                name: row.party_id.and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
                address: row.recipient,
                written_at: row.created_at,
                why: row.failure.as_deref().map(|code| failure_words(code, true).reason),
                from,
            });
        }
        let batches = letters::batches(db, org, BATCHES).await?;
        let sender = letters::sender(db, org).await?.unwrap_or_default();
        Ok(LetterDesk {
            sender: sender.lines().map(str::to_owned).collect(),
            groups: groups.into_values().collect(),
            batches: batches.iter().map(|(batch, count)| batch_line(batch, *count, &creditors)).collect(),
        })
    }

    /// A batch with its letters, each with what speaks against posting it now.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn letter_batch(&self, actor: &Actor, id: Uuid) -> ServiceResult<BatchView> {
        may_read(actor)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let batch = letters::batch(db, org, id).await?.ok_or(ServiceError::NotFound)?;
        let rows = letters::of_batch(db, org, id).await?;
        let stops = self.stops(org, &rows).await?;
        let creditors = self.creditor_names(org).await?;
        let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let line = |(letter, row): (Printed, Row)| LetterLine {
            message: row.id,
            account: AccountId(row.account_id.unwrap_or_default()),
            reference: format!("{}-{}", batch.number, letter.place),
            address: letter.address.lines().map(str::to_owned).collect(),
            state: state(&row, Some(&letter)),
            stop: stops.get(&row.id).cloned(),
        };
        Ok(BatchView {
            line: batch_line(&batch, count, &creditors),
            letters: rows.into_iter().map(line).collect(),
        })
    }

    /// What speaks by now against letters that are printed and not posted: the debt is paid or promised,
    /// or no waiting would make the contact lawful. The hours of the day are those of the batch.
    async fn stops(&self, org: OrganizationId, rows: &[(Printed, Row)]) -> ServiceResult<HashMap<Uuid, Say>> {
        let here: Vec<&Row> =
            rows.iter().map(|(_, row)| row).filter(|row| row.status == status::SENDING).collect();
        let debts: Vec<AccountId> = here.iter().filter_map(|row| row.account_id).map(AccountId).collect();
        let (db, now) = (self.db.read(), self.now());
        let facts = contact::facts(db, org, &debts, now.date_naive()).await?;
        let policy = self.contact_policy_in(db, org).await?.policy;
        let mut stops = HashMap::new();
        for row in here {
            let own = row.account_id.and_then(|id| facts.get(&AccountId(id)));
            let Some(own) = own else { continue };
            if let Some(code) = no_longer_wanted(own) {
                stops.insert(row.id, failure_words(code, false).reason);
                continue;
            }
            let ask = Ask { act: Act::Send, channel: Channel::Letter, at: now, message: Some(row.id) };
            if let Answer::No(refusal) = self.decided(org, own, &policy, ask).0
                && refusal.next == NextSlot::Never
            {
                stops.insert(row.id, reason_words(refusal.reason));
            }
        }
        Ok(stops)
    }

    /// Letters about a debt, for its timeline. The caller has noted the look.
    ///
    /// # Errors
    /// `Denied`, `NotFound`, or the database.
    pub async fn letters_of(&self, actor: &Actor, id: AccountId) -> ServiceResult<Vec<AccountLetter>> {
        actor.require(Permission::AccountRead)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let account = accounts::find(db, org, id).await?.ok_or(ServiceError::NotFound)?;
        let rows = letters::about(db, org, (account.debtor_id, id), OF_ACCOUNT).await?;
        let told = |(row, printed): (Row, Option<(Printed, Batch)>)| AccountLetter {
            state: state(&row, printed.as_ref().map(|(letter, _)| letter)),
            at: row.sent_at.or(row.began_at).unwrap_or(row.created_at),
            printed: printed.map(|(letter, batch)| format!("{}-{}", batch.number, letter.place)),
        };
        Ok(rows.into_iter().map(told).collect())
    }

    async fn creditor_names(&self, org: OrganizationId) -> ServiceResult<HashMap<Uuid, String>> {
        let all = parties::creditors(self.db.read(), org).await?;
        Ok(all.into_iter().map(|creditor| (creditor.id.0, creditor.name)).collect())
    }

    async fn names_of(
        &self,
        org: OrganizationId,
        people: impl Iterator<Item = Uuid>,
    ) -> ServiceResult<HashMap<Uuid, String>> {
        let rows = people_rows::Entity::find()
            .filter(people_rows::Column::OrganizationId.eq(org.0))
            .filter(people_rows::Column::Id.is_in(people))
            .all(self.db.read())
            .await?;
        Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
    }
}
