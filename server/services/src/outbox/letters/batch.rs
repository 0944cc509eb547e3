//! Making a batch: leave for each letter, for the last time, and what goes on paper.

use domain::access::Actor;
use domain::ids::{AccountId, CreditorId, OrganizationId, PartyId};
use domain::party::ContactKind;
use serde_json::json;
use store::letters::{self, Batch, Printed};
use store::outbox::{self, Ended, Row};
use store::{Tx, contact, ledger, parties};
use uuid::Uuid;

use super::{may_act, window};
use crate::{ServiceError, ServiceResult, Services};

/// Letters of one batch: a stack that one person folds, and a file that is made in seconds.
pub(super) const MOST: usize = 200;

/// A batch to make: of the letters of one creditor, so that it can be told whose they are.
#[derive(Clone, Copy, Debug)]
pub struct NewBatch {
    /// Made by the form, so that a double post makes one.
    pub id: Uuid,
    pub creditor: CreditorId,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MadeBatch {
    /// None: no letter may go, or none waits.
    pub batch: Option<Uuid>,
    pub letters: usize,
    /// Letters that may not go any more, or not yet: each keeps its reason.
    pub stopped: usize,
}

impl Services {
    /// Makes a batch of the letters that wait for a creditor. Each is decided again now, as the worker
    /// does at sending: what may not go any more is stopped with its reason, what may not go now keeps
    /// waiting. The same batch twice is one.
    ///
    /// # Errors
    /// `Denied`; `Invalid` while the sender has no address; the database.
    pub async fn make_letters(&self, actor: &Actor, new: NewBatch) -> ServiceResult<MadeBatch> {
        may_act(actor)?;
        let org = actor.organization_id;
        let organization = self.organization(org).await?;
        let tx = self.begin().await?;
        let number = letters::next_number(&tx, org).await?;
        if letters::batch(&tx, org, new.id).await?.is_some() {
            let there = letters::of_batch(&tx, org, new.id).await?.len();
            return Ok(MadeBatch { batch: Some(new.id), letters: there, stopped: 0 });
        }
        let Some(lines) = letters::sender(&tx, org).await? else {
            return Err(ServiceError::invalid(
                "sender",
                "Falta la dirección del remitente: escríbala antes de hacer un lote",
                "The sender's address is missing: write it before you make a batch",
            ));
        };
        let now = self.now();
        letters::expire(&tx, org, now).await?;
        let waiting = letters::waiting(&tx, org, now, u64::MAX >> 1).await?;
        let mut due: Vec<Row> = waiting
            .into_iter()
            .filter(|(creditor, row)| {
                *creditor == new.creditor && row.next_try_at.is_none_or(|from| from <= now)
            })
            .map(|(_, row)| row)
            .collect();
        due.truncate(MOST);
        // As the worker does: people first, then balances, then messages, each in the order of ids.
        parties::lock(&tx, org, due.iter().filter_map(|row| row.party_id).map(PartyId)).await?;
        let mut debts: Vec<Uuid> = due.iter().filter_map(|row| row.account_id).collect();
        debts.sort_unstable();
        debts.dedup();
        for debt in debts {
            ledger::lock_balance(&tx, org, AccountId(debt)).await?;
        }
        let mut printed: Vec<Printed> = Vec::new();
        let mut stopped = 0;
        for row in due {
            let Some(row) = letters::take(&tx, org, row.id).await? else { continue };
            match self.on_paper(&tx, &row, &organization.country).await? {
                Ok((address, language)) => {
                    let row = outbox::begun(&tx, row, now).await?;
                    printed.push(Printed {
                        organization_id: org.0,
                        message_id: row.id,
                        batch_id: new.id,
                        place: i32::try_from(printed.len() + 1).unwrap_or(i32::MAX),
                        address: address.join("\n"),
                        language,
                        came_back_at: None,
                    });
                }
                Err(ended) => {
                    outbox::finish(&tx, &row, ended).await?;
                    stopped += 1;
                }
            }
        }
        let count = printed.len();
        let made = MadeBatch { batch: (count > 0).then_some(new.id), letters: count, stopped };
        if count > 0 {
            let batch = Batch {
                organization_id: org.0,
                id: new.id,
                number,
                creditor_id: new.creditor.0,
                sender: format!("{}\n{lines}", organization.name),
                made_at: now,
                made_by: actor.audit_name(),
                sha256: None,
                posted_on: None,
                posted_by: None,
            };
            letters::keep(&tx, batch, printed).await?;
        }
        if count > 0 || stopped > 0 {
            let details = json!({ "number": number, "letters": count, "stopped": stopped });
            self.audit(&tx, actor, "letters.batch_made", format!("letter_batch:{}", new.id), details).await?;
        }
        tx.commit().await?;
        Ok(made)
    }

    /// What goes on paper: the lines in the window and the language. Or how the letter ends: there is no
    /// leave, or nowhere to send it.
    async fn on_paper(
        &self,
        tx: &Tx,
        row: &Row,
        from: &str,
    ) -> ServiceResult<Result<(Vec<String>, String), Ended>> {
        if let Err(ended) = self.leave(tx, row).await? {
            return Ok(Err(ended));
        }
        let org = OrganizationId(row.organization_id);
        let dropped = |code: &str| Ok(Err(Ended::Dropped { failure: code.to_owned() }));
        let Some(account) = row.account_id.map(AccountId) else { return dropped("no_debt") };
        let facts = contact::facts(tx, org, &[account], self.now().date_naive()).await?;
        let Some(facts) = facts.get(&account) else { return dropped("no_debt") };
        let here = |point: &&domain::party::ContactPoint| {
            point.kind == ContactKind::Address && point.value == row.recipient && !point.is_suppressed
        };
        let Some(point) = facts.points.iter().find(here) else { return dropped("no_address") };
        let country = (facts.debtor.country != from).then_some(facts.debtor.country.as_str());
        match window::address(&facts.debtor.name, point, country) {
            Some(lines) => Ok(Ok((lines, facts.debtor.language.clone()))),
            None => dropped("long_address"),
        }
    }
}
