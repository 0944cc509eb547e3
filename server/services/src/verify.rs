//! `saldar verify`: recomputes every balance, the audit chain and the receipts from the facts,
//! and says what differs.

use std::collections::BTreeMap;

use domain::audit::GENESIS;
use domain::ids::OrganizationId;
use serde::Serialize;
use store::{audit, parties, verify};

use crate::{ServiceResult, Services};

/// What to recompute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyScope {
    Ledger,
    Audit,
    Receipts,
    All,
}

impl VerifyScope {
    const fn covers(self, part: Self) -> bool {
        matches!(self, Self::All) || self as u8 == part as u8
    }
}

/// What was looked at, and everything that differs.
#[derive(Clone, Debug, Default, Serialize)]
pub struct VerifyReport {
    pub accounts: u64,
    pub entries: u64,
    pub audit_rows: u64,
    pub receipts: u64,
    pub differences: Vec<Difference>,
}

/// One place where the books and the facts disagree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// For example `balance`, `unbalanced_entry`, `audit_chain`, `receipt_gap`.
    pub kind: &'static str,
    pub subject: String,
    pub says: String,
}

const AUDIT_PAGE: u64 = 5_000;

impl Services {
    /// Recomputes from the facts. The report is empty of differences when all is well.
    ///
    /// # Errors
    /// The database fails; a difference is not an error.
    pub async fn verify(&self, scope: VerifyScope) -> ServiceResult<VerifyReport> {
        let mut report = VerifyReport::default();
        for organization in parties::organizations(self.db.read()).await? {
            if scope.covers(VerifyScope::Ledger) {
                self.verify_ledger(organization.id, &mut report).await?;
            }
            if scope.covers(VerifyScope::Audit) {
                self.verify_audit(organization.id, &mut report).await?;
            }
            if scope.covers(VerifyScope::Receipts) {
                self.verify_receipts(organization.id, &mut report).await?;
            }
        }
        Ok(report)
    }

    async fn verify_ledger(&self, org: OrganizationId, report: &mut VerifyReport) -> ServiceResult<()> {
        let db = self.db.read();
        report.accounts += verify::count_balances(db, org).await?;
        report.entries += verify::count_entries(db, org).await?;
        for row in verify::wrong_balances(db, org).await? {
            let subject = format!("account:{}", row.account_id);
            let says = format!("{} stands at {} but the journal gives {}", row.book, row.stored, row.journal);
            report.differences.push(Difference { kind: "balance", subject, says });
        }
        for (entry, sum) in verify::unbalanced_entries(db, org).await? {
            let says = format!("its postings sum to {sum}");
            report.differences.push(Difference {
                kind: "unbalanced_entry",
                subject: format!("entry:{entry}"),
                says,
            });
        }
        for (payment, says) in verify::payments_without_entry(db, org).await? {
            report.differences.push(Difference {
                kind: "payment",
                subject: format!("payment:{payment}"),
                says,
            });
        }
        report.differences.extend(self.verify_remittances(org).await?);
        Ok(())
    }

    async fn verify_audit(&self, org: OrganizationId, report: &mut VerifyReport) -> ServiceResult<()> {
        let db = self.db.read();
        // The head first: rows appended meanwhile lie beyond it.
        let (last_seq, last_hash) = audit::head(db, org).await?;
        let (mut seq, mut hash) = (0, GENESIS.to_owned());
        let mut broken = |seq: i64, says: &str| {
            let subject = format!("audit:{seq}");
            report.differences.push(Difference { kind: "audit_chain", subject, says: says.to_owned() });
        };
        while seq < last_seq {
            let rows = audit::page(db, org, seq, AUDIT_PAGE).await?;
            if rows.is_empty() {
                break;
            }
            for row in rows.into_iter().filter(|row| row.record.seq <= last_seq) {
                if row.record.seq != seq + 1 {
                    broken(row.record.seq, "rows before it are missing");
                }
                if row.prev_hash != hash || row.record.hash(&row.prev_hash) != row.hash {
                    broken(row.record.seq, "its hash does not follow from its content and the row before");
                }
                seq = row.record.seq;
                hash = row.hash;
            }
        }
        if (seq, &hash) != (last_seq, &last_hash) {
            broken(last_seq, "the chain ends elsewhere than its head says");
        }
        report.audit_rows += u64::try_from(seq).unwrap_or(0);
        Ok(())
    }

    /// Our own series have no gap and no double; the numbers of field devices belong to their
    /// chains.
    async fn verify_receipts(&self, org: OrganizationId, report: &mut VerifyReport) -> ServiceResult<()> {
        let db = self.db.read();
        let next = verify::series_counters(db, org).await?;
        let mut series: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for number in verify::receipt_numbers(db, org).await? {
            report.receipts += 1;
            if let Some((name, number)) = number.rsplit_once('-') {
                series.entry(name.to_owned()).or_default().push(number.parse().unwrap_or(0));
            }
        }
        for (name, counter) in next {
            let mut numbers = series.remove(&name).unwrap_or_default();
            numbers.sort_unstable();
            let gap = (1..).zip(&numbers).find(|(expected, number)| expected != *number);
            if let Some((expected, _)) = gap {
                let says = format!("number {expected} is missing or double");
                report.differences.push(Difference {
                    kind: "receipt_gap",
                    subject: format!("series:{name}"),
                    says,
                });
            }
            let last = numbers.last().copied().unwrap_or(0);
            if counter != last + 1 {
                let says = format!("the counter does not follow number {last}");
                report.differences.push(Difference {
                    kind: "receipt_series",
                    subject: format!("series:{name}"),
                    says,
                });
            }
        }
        Ok(())
    }
}
