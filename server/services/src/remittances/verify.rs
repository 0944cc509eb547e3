//! What must hold of every remittance.

use std::collections::HashMap;

use domain::ids::OrganizationId;
use store::remittances;

use crate::verify::Difference;
use crate::{ServiceResult, Services};

impl Services {
    /// Each stated entry is on one remittance, with what it moved, and totals are what lines say.
    pub(crate) async fn verify_remittances(&self, org: OrganizationId) -> ServiceResult<Vec<Difference>> {
        let db = self.db.read();
        let mut differences = Vec::new();
        for (entry, times) in remittances::stated_twice(db, org).await? {
            let says = format!("it stands on {times} remittances");
            differences.push(Difference { kind: "remitted_twice", subject: format!("entry:{entry}"), says });
        }
        for (entry, stated, moved) in remittances::misstated(db, org).await? {
            let says = format!("a remittance states {stated}, but it moved {moved}");
            differences.push(Difference { kind: "remitted_amount", subject: format!("entry:{entry}"), says });
        }
        let totals = remittances::line_totals(db, org).await?;
        let totals: HashMap<_, _> = totals.into_iter().map(|sums| (sums.remittance_id, sums)).collect();
        for row in remittances::list(db, org, None, u64::MAX >> 1).await? {
            let lines = totals
                .get(&row.id)
                .map_or((0, 0, 0, 0), |sums| (sums.collected, sums.commission, sums.tax, sums.fees));
            let stored = (row.collected_minor, row.commission_minor, row.tax_minor, row.fees_minor);
            let net = row
                .collected_minor
                .checked_sub(row.commission_minor)
                .and_then(|net| net.checked_sub(row.tax_minor))
                .and_then(|net| net.checked_sub(row.fees_minor));
            if lines != stored || net != Some(row.net_minor) {
                let says =
                    format!("its totals are {stored:?} and {}, its lines give {lines:?}", row.net_minor);
                let subject = format!("remittance:{}", row.id);
                differences.push(Difference { kind: "remittance_totals", subject, says });
            }
        }
        Ok(differences)
    }
}
