//! Which gateways there are, and whose.

use std::sync::Arc;

use domain::ids::OrganizationId;
use store::parties;

use super::gateway::PaymentGateway;
use super::online::no_gateway;
use crate::{ServiceResult, Services};

/// A gateway with the name that attempts, sources and addresses have of it: `stripe` for the
/// deployment's own, `stripe-…` for that of one organization.
pub(crate) type Way = (String, Arc<dyn PaymentGateway>);

impl Services {
    /// The gateway of this name.
    pub(crate) async fn gateway(&self, key: &str) -> ServiceResult<Option<Arc<dyn PaymentGateway>>> {
        match self.gateways.get(key) {
            Some(gateway) => Ok(Some(gateway.clone())),
            None => self.own_gateway(key).await,
        }
    }

    /// The gateway by which an organization is paid: its own account, else the deployment's.
    pub(crate) async fn way_to_pay(&self, org: OrganizationId) -> ServiceResult<Option<Way>> {
        if let Some(own) = self.own_way(org).await? {
            return Ok(Some(own));
        }
        let first = self.gateways.iter().next();
        Ok(first.map(|(key, gateway)| ((*key).to_owned(), gateway.clone())))
    }

    /// The same, for somebody who wants to pay.
    ///
    /// # Errors
    /// `Invalid` where nobody takes online payments.
    pub(crate) async fn must_pay_by(&self, org: OrganizationId) -> ServiceResult<Way> {
        self.way_to_pay(org).await?.ok_or_else(no_gateway)
    }

    /// Every gateway.
    pub(crate) async fn all_ways(&self) -> ServiceResult<Vec<Way>> {
        let mut ways = self.own_ways(None).await?;
        ways.extend(self.gateways.iter().map(|(key, gateway)| ((*key).to_owned(), gateway.clone())));
        Ok(ways)
    }

    /// The gateways whose money goes to an organization's bank: its own accounts. The deployment's go to
    /// that of its first organization.
    pub(crate) async fn gateways_of(&self, org: OrganizationId) -> ServiceResult<Vec<Way>> {
        let mut ways = self.own_ways(Some(org)).await?;
        let all = parties::organizations(self.db.read()).await?;
        if all.iter().map(|one| one.id).min_by_key(|id| id.0) == Some(org) {
            ways.extend(self.gateways.iter().map(|(key, gateway)| ((*key).to_owned(), gateway.clone())));
        }
        Ok(ways)
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
