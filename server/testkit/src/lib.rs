//! For tests: the same body on SQLite and on a real PostgreSQL, with a clock and a randomness
//! that the test holds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "only tests use this crate")]

mod postgres;

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::access::{Actor, ActorKind, Role};
use domain::ids::{OrganizationId, TemplateId, UserId};
use sea_orm::prelude::Uuid;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};
use services::clock::{ManualClock, SeededEntropy};
use services::debtors::DebtorSession;
use services::demo::DemoPlan;
use services::{Db, Mode, Services};
use store::entities::{contact_points, login_challenges, outbox_messages};
use tempfile::TempDir;

use postgres::Postgres;

/// The moment at which tests begin: noon in Mexico City on the demo book's date.
pub const START: &str = "2026-11-20T18:00:00Z";

/// A product on a database of its own; both go when this is dropped.
pub struct Bench {
    pub services: Services,
    pub clock: Arc<ManualClock>,
    /// `sqlite` or `postgres`, for messages.
    pub database: &'static str,
    /// The address, for tests that start the program itself.
    pub url: String,
    _folder: TempDir,
    _postgres: Option<Postgres>,
}

impl Bench {
    /// On a SQLite file.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        Self::on(url, "sqlite", folder, None).await
    }

    /// On a PostgreSQL that is started for it.
    pub async fn postgres() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let postgres = Postgres::start(folder.path()).await;
        Self::on(postgres.url(), "postgres", folder, Some(postgres)).await
    }

    async fn on(url: String, database: &'static str, folder: TempDir, postgres: Option<Postgres>) -> Self {
        let db = Db::connect(&url.parse().unwrap()).await.unwrap();
        db.migrate().await.unwrap();
        let clock = Arc::new(ManualClock::at(START.parse().unwrap()));
        let services = Services {
            db,
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::from_seed(1)),
            mode: Mode::Demo,
            public_url: "http://127.0.0.1:3000".to_owned(),
            files: services::files::Files::in_memory(),
            gateways: BTreeMap::new(),
            own_gateways: services::gateway_accounts::OwnGateways::default(),
            providers: domain::strategy::WRITTEN.into(),
        };
        Self { services, clock, database, url, _folder: folder, _postgres: postgres }
    }

    /// Loads a demo book of so many accounts; gives its organization.
    pub async fn demo(&self, accounts: u32) -> OrganizationId {
        let plan = DemoPlan { accounts, seed: 1, as_of: "2026-11-20".parse().unwrap() };
        self.services.load_demo(plan).await.unwrap();
        store::parties::organizations(self.services.db.read()).await.unwrap().remove(0).id
    }
}

/// Somebody of staff who is in no table: for use cases that only ask for the role.
pub fn staff(organization_id: OrganizationId, role: Role) -> Actor {
    let user_id = UserId(domain::ids::uuid_v7(START.parse().unwrap(), [7; 10]));
    Actor { organization_id, kind: ActorKind::Staff { user_id, role } }
}

/// Puts an e-mail to somebody into the outbox, as what `service` it is; gives its id.
pub async fn queue_email(services: &Services, to: &contact_points::Model, service: &str) -> Uuid {
    let id = services.new_id();
    let row = outbox_messages::ActiveModel {
        organization_id: Set(to.organization_id),
        id: Set(id),
        party_id: Set(Some(to.party_id)),
        channel: Set("email".to_owned()),
        recipient: Set(to.value.clone()),
        subject: Set(Some("Un aviso".to_owned())),
        body: Set("Hola".to_owned()),
        created_at: Set(services.now()),
        status: Set("queued".to_owned()),
        tries: Set(0),
        service: Set(Some(service.to_owned())),
        ..Default::default()
    };
    let tx = services.db.begin().await.unwrap();
    outbox_messages::Entity::insert(row).exec_without_returning(&tx).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// The demo's templates, all in use: a reminder, a notice, an offer.
pub async fn templates(services: &Services, org: OrganizationId) -> [TemplateId; 3] {
    let all = services.templates(&staff(org, Role::Manager)).await.unwrap();
    ["Recordatorio antes de vencer", "Aviso de atraso", "Oferta de plan"]
        .map(|name| all.iter().find(|line| line.in_use().unwrap().name == name).unwrap().id)
}

/// The session of a debtor who has just answered a code that went to `ana@example.com`.
pub async fn signed_in(services: &Services, debtor: &Actor) -> DebtorSession {
    let ActorKind::Debtor { party_id } = debtor.kind else { panic!("no debtor") };
    let (org, now) = (debtor.organization_id, services.now());
    let answered = login_challenges::Model {
        organization_id: org.0,
        id: services.new_id(),
        party_id: Some(party_id.0),
        secret_hash: String::new(),
        kind: "code".to_owned(),
        created_at: now,
        expires_at: now,
        attempts: 0,
        used_at: Some(now),
        recipient: Some("ana@example.com".to_owned()),
    };
    let tx = services.db.begin().await.unwrap();
    login_challenges::Entity::insert(answered.into_active_model().reset_all())
        .exec_without_returning(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let party = store::parties::find_party(services.db.read(), org, party_id).await.unwrap().unwrap();
    DebtorSession { actor: debtor.clone(), party, id: None, signed_in_at: now }
}

/// Runs one body on both databases.
///
/// ```ignore
/// testkit::both!(a_payment_posts_once, |bench| { … });
/// ```
#[macro_export]
macro_rules! both {
    ($name:ident, |$bench:ident| $body:block) => {
        mod $name {
            use super::*;

            async fn body($bench: testkit::Bench) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                body(testkit::Bench::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                body(testkit::Bench::postgres().await).await;
            }
        }
    };
}
