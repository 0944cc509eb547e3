//! `Services`: what every use case needs, built once by the server.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, ActorKind};
use domain::calendar::business_date;
use domain::contact::Channel;
use domain::ids::OrganizationId;
use sea_orm::{EntityTrait, Set};
use store::entities::organizations;
use store::parties::Organization;
use store::{Db, Tx};
use uuid::Uuid;

use crate::clock::{Clock, Entropy, new_id};
use crate::files::Files;
use crate::gateway_accounts::OwnGateways;
use crate::payments::PaymentGateway;
use crate::{ServiceError, ServiceResult};

/// What this deployment may do. Stamped into the database at first start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Sandbox gateway, outbox viewer, demo sign-ins.
    Demo,
    Production,
}

impl Mode {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Production => "production",
        }
    }
}

/// All use cases hang on this. Cheap to clone.
#[derive(Clone)]
pub struct Services {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub mode: Mode,
    /// Where debtors reach us, without a slash at the end: for links in messages.
    pub public_url: String,
    pub files: Files,
    /// The deployment's own.
    pub gateways: BTreeMap<&'static str, Arc<dyn PaymentGateway>>,
    /// Those of single organizations.
    pub own_gateways: OwnGateways,
    /// Channels of messages that have a provider in this deployment; in a demo all that can be written
    /// by, which shows messages and sends none.
    pub providers: BTreeSet<Channel>,
}

impl Services {
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub fn new_id(&self) -> Uuid {
        new_id(&*self.clock, &*self.entropy)
    }

    /// Random text of `bytes` bytes, as lower hex: for tokens.
    pub fn new_token(&self, bytes: usize) -> String {
        let mut random = vec![0; bytes];
        self.entropy.fill(&mut random);
        hex::encode(random)
    }

    /// Do postings count for real? In demo mode none does.
    pub const fn livemode(&self) -> bool {
        matches!(self.mode, Mode::Production)
    }

    /// Saldar itself, acting as `process` for one organization.
    pub const fn system(&self, organization_id: OrganizationId, process: &'static str) -> Actor {
        Actor { organization_id, kind: ActorKind::System { process } }
    }

    /// # Errors
    /// The organization is gone, or the database fails.
    pub async fn organization(&self, id: OrganizationId) -> ServiceResult<Organization> {
        store::parties::find_organization(self.db.read(), id).await?.ok_or(ServiceError::NotFound)
    }

    /// Today in the organization's zone.
    ///
    /// # Errors
    /// See [`Services::organization`].
    pub async fn today(&self, id: OrganizationId) -> ServiceResult<NaiveDate> {
        Ok(business_date(self.now(), self.organization(id).await?.zone))
    }

    /// Makes the organization of an empty database, so that a first import needs no set-up.
    ///
    /// # Errors
    /// The database fails.
    pub async fn add_first_organization(&self) -> ServiceResult<OrganizationId> {
        let id = OrganizationId(self.new_id());
        let row = organizations::ActiveModel {
            id: Set(id.0),
            code: Set("main".to_owned()),
            name: Set("Saldar".to_owned()),
            country: Set("MX".to_owned()),
            time_zone: Set("America/Mexico_City".to_owned()),
            currency: Set("MXN".to_owned()),
            language: Set("es".to_owned()),
            created_at: Set(self.now()),
        };
        let tx = self.begin().await?;
        organizations::Entity::insert(row).exec_without_returning(&tx).await?;
        tx.commit().await?;
        Ok(id)
    }

    pub(crate) async fn begin(&self) -> ServiceResult<Tx> {
        Ok(self.db.begin().await?)
    }
}
