//! What has to be posted so that the journal says what the facts say.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::{Book, Entry, EntryHead, EntryKind, Fact, History, LedgerError, Posting, Replay};
use crate::ids::{AccountId, EntryId};
use crate::money::{Currency, Money};

/// The differences between `replay` and what the journal of `history` has, as entries to post:
/// new facts as themselves, facts taken back as reversals, and for facts that a late one moved,
/// the difference. Each has the effective date of what it belongs to, so that a balance as of any
/// day, as known at any instant, is the sum of a prefix of the journal.
///
/// `next_id` gives ids in ascending order; `cause` is unique and stands in the sources of the
/// corrections, so that a later late fact can correct the same entry again.
///
/// # Errors
/// Overflow.
pub fn reconcile(
    account: AccountId,
    currency: Currency,
    history: &History,
    replay: &Replay,
    cause: EntryId,
    at: DateTime<Utc>,
    next_id: &mut dyn FnMut() -> EntryId,
) -> Result<Vec<Entry>, LedgerError> {
    let facts: BTreeMap<&str, &Fact> =
        history.facts.iter().map(|fact| (fact.source.as_str(), fact)).collect();
    let mut entries = Vec::new();
    let mut seen = BTreeSet::new();
    for effect in &replay.effects {
        seen.insert(effect.source.as_str());
        let standing = history.posted.get(&effect.source);
        let delta = difference(&effect.postings, standing.map(|standing| &standing.sums), currency)?;
        if delta.is_empty() {
            continue;
        }
        let (kind, source) = match standing {
            None => (effect.kind, effect.source.clone()),
            Some(_) => (EntryKind::Reallocation, format!("replay:{}:{}", cause.0.simple(), effect.source)),
        };
        let head = EntryHead {
            id: next_id(),
            account_id: account,
            kind,
            source,
            effective_on: effect.effective_on,
            recorded_at: at,
        };
        let details = facts.get(effect.source.as_str()).filter(|_| standing.is_none());
        let details = details.and_then(|fact| serde_json::to_string(&fact.what).ok());
        entries.push(Entry::new(head, delta)?.explained(details));
    }
    for (source, standing) in &history.posted {
        if seen.contains(source.as_str()) {
            continue;
        }
        let delta = difference(&[], Some(&standing.sums), currency)?;
        if delta.is_empty() {
            continue;
        }
        let whole = history.removed.contains(source);
        let (kind, source) = if whole && standing.kind != EntryKind::Accrual {
            (EntryKind::Reversal, format!("reversal:{}", standing.entry))
        } else {
            (EntryKind::Reallocation, format!("replay:{}:{source}", cause.0.simple()))
        };
        let head = EntryHead {
            id: next_id(),
            account_id: account,
            kind,
            source,
            effective_on: standing.effective_on,
            recorded_at: at,
        };
        let reverses = (kind == EntryKind::Reversal).then_some(standing.entry);
        entries.push(Entry::new(head, delta)?.reversing(reverses));
    }
    Ok(entries)
}

/// What must be added to `have` so that it says `want`, book by book; none when it says so.
fn difference(
    want: &[Posting],
    have: Option<&BTreeMap<Book, i64>>,
    currency: Currency,
) -> Result<Vec<Posting>, LedgerError> {
    let overflow = crate::money::MoneyError::Overflow;
    let mut delta: BTreeMap<Book, i64> = BTreeMap::new();
    for posting in want {
        let sum = delta.entry(posting.book).or_default();
        *sum = sum.checked_add(posting.amount.minor()).ok_or(overflow)?;
    }
    for (book, minor) in have.into_iter().flatten() {
        let sum = delta.entry(*book).or_default();
        *sum = sum.checked_sub(*minor).ok_or(overflow)?;
    }
    let posting = |(book, minor)| Posting { book, amount: Money::from_minor(minor, currency) };
    Ok(delta.into_iter().filter(|(_, minor)| *minor != 0).map(posting).collect())
}
