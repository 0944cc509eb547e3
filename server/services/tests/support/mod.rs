//! A deployment of its own for each test.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::ids::OrganizationId;
use services::clock::{ManualClock, SeededEntropy};
use services::demo::DemoPlan;
use services::{Db, Mode, Services};
use tempfile::TempDir;

/// Services on an empty SQLite database, which goes when the folder does.
pub async fn empty(mode: Mode) -> (Services, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("test.db").display()).parse().unwrap();
    let db = Db::connect(&url).await.unwrap();
    db.migrate().await.unwrap();
    let services = Services {
        db,
        clock: Arc::new(ManualClock::at("2026-11-20T18:00:00Z".parse().unwrap())),
        entropy: Arc::new(SeededEntropy::from_seed(1)),
        mode,
        public_url: "http://127.0.0.1:3000".to_owned(),
        gateways: BTreeMap::new(),
    };
    (services, folder)
}

pub fn plan(accounts: u32) -> DemoPlan {
    DemoPlan { accounts, seed: 1, as_of: "2026-11-20".parse().unwrap() }
}

/// Services with a small demo book, and its organization.
pub async fn demo(accounts: u32) -> (Services, OrganizationId, TempDir) {
    let (services, folder) = empty(Mode::Demo).await;
    services.load_demo(plan(accounts)).await.unwrap();
    let organization = store::parties::organizations(services.db.read()).await.unwrap().remove(0);
    (services, organization.id, folder)
}
