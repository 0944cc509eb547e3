//! Channels beyond e-mail, against servers with the shape of their providers.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]
#![allow(clippy::expect_used, clippy::string_slice, dead_code, reason = "tests fail by panicking")]

mod race;
mod shape;
mod sms;
mod twilio_server;
mod whatsapp;
mod whatsapp_server;

use std::sync::Arc;

use channels::sms::{Settings as SmsSettings, Sms};
use channels::whatsapp::{Settings as WhatsAppSettings, WhatsApp};
use chrono::Duration;
use domain::ids::{AccountId, OrganizationId, PartyId};
use domain::text::compact;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use services::Services;
use services::outbox::{Channel, Channels, ProviderTemplate, Receiver, Receivers};
use store::entities::{accounts, contact_points, outbox_messages, parties};
use testkit::Bench;
use twilio_server::Twilio;
use uuid::Uuid;
use whatsapp_server::WhatsAppServer;

/// The product with both channels, answering the calls of their providers.
pub struct Stage {
    pub services: Services,
    pub org: OrganizationId,
    pub channels: Channels,
    pub twilio: Twilio,
    pub whatsapp: WhatsAppServer,
}

impl Stage {
    pub async fn set(bench: &Bench, people: u32, pause: std::time::Duration) -> Self {
        let org = bench.demo(people).await;
        let twilio = Twilio::start(pause).await;
        let whatsapp = WhatsAppServer::start().await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut services = bench.services.clone();
        services.public_url = format!("http://{}", listener.local_addr().unwrap());
        let settings = SmsSettings {
            account: twilio_server::ACCOUNT.to_owned(),
            token: twilio_server::TOKEN.to_owned(),
            from: twilio_server::OURS.to_owned(),
            base: Some(twilio.url.clone()),
        };
        settings.check(false).unwrap();
        let sms = Arc::new(Sms::new(settings, &services.public_url).unwrap());
        let settings = WhatsAppSettings {
            phone_id: whatsapp_server::PHONE_ID.to_owned(),
            token: whatsapp_server::TOKEN.to_owned(),
            secrets: vec!["an-older-secret".to_owned(), whatsapp_server::SECRET.to_owned()],
            verify_token: whatsapp_server::VERIFY.to_owned(),
            base: Some(whatsapp.url.clone()),
        };
        settings.check(false).unwrap();
        let chat = Arc::new(WhatsApp::new(settings).unwrap());
        let receivers = Receivers::from([
            ("twilio", sms.clone() as Arc<dyn Receiver>),
            ("whatsapp", chat.clone() as Arc<dyn Receiver>),
        ]);
        let channels =
            Channels::from([("sms", sms as Arc<dyn Channel>), ("whatsapp", chat as Arc<dyn Channel>)]);
        let router = rest::routes().merge(rest::channel_routes(&receivers)).with_state(services.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { services, org, channels, twilio, whatsapp }
    }

    pub async fn deliver(&self) -> usize {
        self.services.deliver_messages(&self.channels).await.unwrap()
    }

    pub async fn work_off(&self) {
        self.services.process_channel_reports().await.unwrap();
    }

    /// Debts in Mexico that may be pursued, each of somebody else, with their person and phone.
    pub async fn debts(&self) -> Vec<Debt> {
        let db = self.services.db.read();
        let people = parties::Entity::find().all(db).await.unwrap();
        let points = contact_points::Entity::find().filter(contact_points::Column::Kind.eq("phone"));
        let points = points.all(db).await.unwrap();
        let debts = accounts::Entity::find().filter(accounts::Column::OrganizationId.eq(self.org.0));
        let debts = debts.all(db).await.unwrap();
        let promised = store::entities::promises::Entity::find().all(db).await.unwrap();
        let balances = store::entities::balances::Entity::find().all(db).await.unwrap();
        let mut seen = std::collections::HashSet::new();
        let mut found = Vec::new();
        for debt in debts {
            let person = people.iter().find(|party| party.id == debt.debtor_id).unwrap();
            let phone = points.iter().find(|point| point.party_id == person.id);
            let owed = balances.iter().find(|row| row.account_id == debt.id).map_or(0, |row| row.total);
            let open = promised.iter().any(|row| row.account_id == debt.id && row.status == "open");
            let Some(phone) = phone else { continue };
            if debt.consent_channels.as_deref().is_some_and(|channels| !channels.contains("sms")) {
                continue;
            }
            if person.country != "MX" || owed <= 0 || open || !seen.insert(person.id) {
                continue;
            }
            let shared = points.iter().filter(|point| point.value_key == phone.value_key).count() > 1;
            let (account, party) = (AccountId(debt.id), PartyId(person.id));
            if !shared {
                found.push(Debt { account, party, phone: phone.value.clone() });
            }
        }
        found
    }

    /// Gives somebody another phone.
    pub async fn phone(&self, party: PartyId, phone: &str) {
        let tx = self.services.db.begin().await.unwrap();
        let own = contact_points::Column::PartyId.eq(party.0);
        let rows =
            contact_points::Entity::find().filter(own).filter(contact_points::Column::Kind.eq("phone"));
        let mut row = rows.one(&tx).await.unwrap().unwrap().into_active_model();
        row.value = Set(phone.to_owned());
        row.value_key = Set(compact(phone));
        row.update(&tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A message that waits, as `pursue` (with a debt) and `enqueue` (without) leave it.
    pub async fn queue(
        &self,
        channel: &str,
        debt: &Debt,
        pursues: bool,
        template: Option<ProviderTemplate>,
    ) -> Uuid {
        let id = self.services.new_id();
        let row = outbox_messages::ActiveModel {
            organization_id: Set(self.org.0),
            id: Set(id),
            party_id: Set(Some(debt.party.0)),
            channel: Set(channel.to_owned()),
            recipient: Set(debt.phone.clone()),
            subject: Set(None),
            body: Set(format!("Hola. Mensaje {id}")),
            created_at: Set(self.services.now()),
            status: Set("queued".to_owned()),
            sent_at: Set(None),
            tries: Set(0),
            next_try_at: Set(None),
            leased_until: Set(None),
            expires_at: Set(pursues.then(|| self.services.now() + Duration::days(3))),
            failure: Set(None),
            service: Set((!pursues).then(|| "sign_in_code".to_owned())),
            account_id: Set(pursues.then_some(debt.account.0)),
            decision_id: Set(pursues.then(Uuid::nil)),
            template: Set(template.map(|template| serde_json::to_value(template).unwrap())),
            provider_ref: Set(None),
            began_at: Set(None),
            delivery: Set(None),
            delivery_at: Set(None),
        };
        let tx = self.services.db.begin().await.unwrap();
        outbox_messages::Entity::insert(row).exec_without_returning(&tx).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub async fn row(&self, id: Uuid) -> outbox_messages::Model {
        let found = outbox_messages::Entity::find_by_id((self.org.0, id)).one(self.services.db.read()).await;
        found.unwrap().unwrap()
    }

    /// How it stands: status, delivery, failure.
    pub async fn state(&self, id: Uuid) -> (String, Option<String>, Option<String>) {
        let row = self.row(id).await;
        (row.status, row.delivery, row.failure)
    }
}

#[derive(Clone, Debug)]
pub struct Debt {
    pub account: AccountId,
    pub party: PartyId,
    pub phone: String,
}

pub fn told(
    status: &str,
    delivery: Option<&str>,
    failure: Option<&str>,
) -> (String, Option<String>, Option<String>) {
    (status.to_owned(), delivery.map(str::to_owned), failure.map(str::to_owned))
}
