//! What a payout posts: the money moves from the gateway to the bank; fees that were not known when
//! a payment was posted, and those that belong to no payment, go to the agency's fees.

use chrono::NaiveDate;
use domain::access::Actor;
use domain::calendar::business_date;
use domain::ids::{AccountId, EntryId};
use domain::ledger::{Book, CashBook, Entry, EntryHead, EntryKind, FactKind, Posting};
use domain::money::Money;
use serde_json::json;
use store::payouts::{LineRow, PayoutRow};
use store::{Tx, ledger, remittances};

use super::port::{LineKind, PayoutStatus};
use crate::ledger::NewFact;
use crate::payments::stored_money;
use crate::{ServiceResult, Services};

/// The journal's name of a payout's arrival at the bank.
pub(super) fn arrival(gateway: &str, reference: &str) -> String {
    format!("payout:{gateway}:{reference}")
}

/// The journal's name of a payout's coming back.
pub(super) fn coming_back(gateway: &str, reference: &str) -> String {
    format!("payout_back:{gateway}:{reference}")
}

pub(super) fn fee_of(movement: &str) -> String {
    format!("fee:{movement}")
}

impl Services {
    /// Posts what the payout's status says and the journal does not have: gives the entries of its
    /// arrival and of its coming back.
    pub(super) async fn post_payout(
        &self,
        tx: &Tx,
        actor: &Actor,
        row: &PayoutRow,
        status: PayoutStatus,
    ) -> ServiceResult<(Option<EntryId>, Option<EntryId>)> {
        let (mut there, mut back) = (row.entry_id.map(EntryId), row.back_entry_id.map(EntryId));
        let amount = stored_money("payouts", row.id, row.amount_minor, &row.currency)?;
        if amount.is_zero() {
            return Ok((there, back));
        }
        let returned = matches!(status, PayoutStatus::Failed | PayoutStatus::Canceled);
        let on = row.arrives_on.min(self.today(actor.organization_id).await?);
        // One that came back left first: its lines are in two payouts, and the journal has both ways.
        if there.is_none() && (status == PayoutStatus::Paid || returned) {
            let postings = vec![
                Posting { book: Book::Cash(CashBook::Bank), amount },
                Posting { book: Book::Cash(CashBook::GatewayClearing), amount: amount.negate()? },
            ];
            let source = arrival(&row.gateway, &row.reference);
            there = Some(self.post_own(tx, actor, EntryKind::Transfer, source, on, postings).await?);
        }
        if back.is_none() && returned {
            let postings = vec![
                Posting { book: Book::Cash(CashBook::GatewayClearing), amount },
                Posting { book: Book::Cash(CashBook::Bank), amount: amount.negate()? },
            ];
            let source = coming_back(&row.gateway, &row.reference);
            back = Some(self.post_own(tx, actor, EntryKind::Transfer, source, on, postings).await?);
        }
        Ok((there, back))
    }

    /// Posts a fee that belongs to no payment; posted before, nothing happens.
    pub(super) async fn post_own_fee(&self, tx: &Tx, actor: &Actor, line: &LineRow) -> ServiceResult<()> {
        let net = stored_money("payout_lines", &line.id, line.net_minor, &line.currency)?;
        let Some(source) = line.movement.clone().filter(|_| !net.is_zero()) else { return Ok(()) };
        if ledger::entry_of_source(tx, actor.organization_id, &source).await?.is_some() {
            return Ok(());
        }
        let zone = self.organization(actor.organization_id).await?.zone;
        let postings = vec![
            Posting { book: Book::GatewayFees, amount: net.negate()? },
            Posting { book: Book::Cash(CashBook::GatewayClearing), amount: net },
        ];
        let on = business_date(line.at.min(self.now()), zone);
        self.post_own(tx, actor, EntryKind::GatewayFee, source, on, postings).await?;
        Ok(())
    }

    /// Posts on the organization's own control account.
    async fn post_own(
        &self,
        tx: &Tx,
        actor: &Actor,
        kind: EntryKind,
        source: String,
        on: NaiveDate,
        postings: Vec<Posting>,
    ) -> ServiceResult<EntryId> {
        let org = actor.organization_id;
        if let Some(known) = ledger::entry_of_source(tx, org, &source).await? {
            return Ok(known);
        }
        let head = EntryHead {
            id: EntryId(self.new_id()),
            account_id: AccountId(org.0),
            kind,
            source,
            effective_on: on,
            recorded_at: self.now(),
        };
        let entry = Entry::new(head, postings)?;
        remittances::insert_entry(tx, org, &entry, self.livemode()).await?;
        Ok(entry.id)
    }

    /// Posts the fee of a movement that was posted before its fee was known, in a transaction of its
    /// own: it locks the account.
    pub(super) async fn post_late_fee(
        &self,
        actor: &Actor,
        line: &LineRow,
        account: AccountId,
    ) -> ServiceResult<()> {
        let Some(movement) = &line.movement else { return Ok(()) };
        let amount: Money = stored_money("payout_lines", &line.id, line.fee_minor, &line.currency)?;
        let zone = self.organization(actor.organization_id).await?.zone;
        let effective_on = business_date(line.at.min(self.now()), zone);
        let fact = NewFact { source: fee_of(movement), effective_on, what: FactKind::GatewayFee { amount } };
        let tx = self.begin().await?;
        let posted = self.post_fact_in(&tx, actor, account, fact).await?;
        if !posted.already {
            let details = json!({ "line": line.id, "minor": amount.minor(), "currency": amount.currency() });
            self.audit(&tx, actor, "gateway_fee.posted", format!("account:{account}"), details).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// The journal's name of what a line should be; none where it is nothing of ours.
pub(super) fn source_of(gateway: &str, kind: LineKind, id: &str, subject: Option<&str>) -> Option<String> {
    match kind {
        LineKind::Movement(kind) => subject.map(|subject| kind.source(gateway, subject)),
        LineKind::Fee => Some(format!("fee:{gateway}:{id}")),
        LineKind::Payout => subject.map(|subject| arrival(gateway, subject)),
        LineKind::PayoutBack => subject.map(|subject| coming_back(gateway, subject)),
        LineKind::Other => None,
    }
}
