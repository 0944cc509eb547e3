//! Which gateways there are, and whose.

use std::sync::Arc;

use domain::ids::OrganizationId;
use store::parties;

use super::gateway::PaymentGateway;
use crate::{ServiceResult, Services};

/// A gateway with the name that attempts, sources and addresses have of it.
pub(crate) type Way = (String, Arc<dyn PaymentGateway>);

impl Services {
    /// The gateway of this name.
    pub(crate) async fn gateway(&self, key: &str) -> ServiceResult<Option<Arc<dyn PaymentGateway>>> {
        Ok(self.gateways.get(key).cloned())
    }

    /// Every gateway.
    pub(crate) async fn all_ways(&self) -> ServiceResult<Vec<Way>> {
        Ok(self.gateways.iter().map(|(key, gateway)| ((*key).to_owned(), gateway.clone())).collect())
    }

    /// The gateways whose money goes to an organization's bank. The deployment's own go to that of its
    /// first organization.
    pub(crate) async fn gateways_of(&self, org: OrganizationId) -> ServiceResult<Vec<Way>> {
        let all = parties::organizations(self.db.read()).await?;
        let first = all.iter().map(|one| one.id).min_by_key(|id| id.0);
        if first != Some(org) {
            return Ok(Vec::new());
        }
        Ok(self.gateways.iter().map(|(key, gateway)| ((*key).to_owned(), gateway.clone())).collect())
    }

    /// The organization to whose bank a gateway pays out.
    pub(crate) async fn paid_out_to(&self, key: &str) -> ServiceResult<Option<OrganizationId>> {
        for one in parties::organizations(self.db.read()).await? {
            if self.gateways_of(one.id).await?.iter().any(|(known, _)| known == key) {
                return Ok(Some(one.id));
            }
        }
        Ok(None)
    }
}
