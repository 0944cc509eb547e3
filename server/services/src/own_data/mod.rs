//! What is held about a person, shown to that person: data, contacts, who opened the file, sessions
//! (the right of access: LFPDPPP 2025 art. 22 in Mexico, Ley 1581 de 2012 art. 8 in Colombia,
//! LGPD art. 18 in Brazil, GDPR art. 15).

mod export;
mod sessions;
mod views;

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Role};
use domain::account::{ActivityChannel, Disposition};
use domain::ids::AccountId;
use domain::party::{ContactKind, ContactPoint, DeviceKind, Party};
use domain::text::{compact, phone_key};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use store::entities::{activities, case_evidence, cases, channel_refusals, inbound_messages};
use store::entities::{negotiations, outbox_messages};
use store::entities::{payment_report_files, payment_reports};
use store::{StoreError, accounts, parties, refusals};
use uuid::Uuid;

pub use export::Export;

use crate::accounts::{DebtSummary, debtor_of};
use crate::cases::CaseLine;
use crate::reports::ReportLine;
use crate::{ServiceResult, Services};

/// Contacts on the page; the export has them all.
pub const CONTACTS_SHOWN: usize = 100;
/// The most rows of one kind that are read.
const MOST: u64 = 5_000;

/// A contact that was made or tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactMade {
    pub at: DateTime<Utc>,
    pub what: ContactWhat,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactWhat {
    /// Somebody called, visited, wrote: how it went, without what was noted.
    Activity { account: String, channel: ActivityChannel, disposition: Disposition },
    /// A message of ours, and how it stands: `queued`, `sent`, `failed`, `expired`, `cancelled`.
    Message { channel: String, recipient: String, subject: Option<String>, status: String },
    /// What the person wrote to us by phone.
    Received { channel: String, sender: String, body: String },
}

/// Where the person does not wish to be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// `sms`, `whatsapp` …; none: whatever the channel.
    pub channel: Option<String>,
    pub point: String,
    /// None where the day was not kept.
    pub since: Option<DateTime<Utc>>,
}

/// A look into the file of a debt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileOpened {
    /// The number of the row in the audit trail, by which it can be proven.
    pub seq: i64,
    pub at: DateTime<Utc>,
    pub account: String,
    /// The part of whoever looked; a person's name is not told.
    pub role: Role,
    /// Another system, through its key.
    pub machine: bool,
}

/// What was decided on what the person asked to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    pub at: DateTime<Utc>,
    pub account: String,
    /// `accepted`, `countered`, `referred` …: as the domain names it.
    pub outcome: String,
    /// The version of the policy that decided.
    pub policy_version: i32,
}

/// A file that the person sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileHeld {
    pub at: DateTime<Utc>,
    pub name: String,
    pub media_type: String,
    pub bytes: i64,
    /// Where it can be downloaded.
    pub address: String,
}

/// A place where the person is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// None for one that was opened before sessions had names; it ends by itself.
    pub id: Option<Uuid>,
    pub device: Option<DeviceKind>,
    pub since: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

/// All that is held about one person.
#[derive(Clone, Debug)]
pub struct OwnData {
    pub person: Party,
    pub points: Vec<ContactPoint>,
    /// Each debt with the creditor who gave the data.
    pub debts: Vec<DebtSummary>,
    pub contacts: Vec<ContactMade>,
    pub refused: Vec<Refused>,
    pub opened: Vec<FileOpened>,
    pub sessions: Vec<OpenSession>,
    pub decisions: Vec<Decided>,
    pub cases: Vec<CaseLine>,
    pub reports: Vec<ReportLine>,
    pub files: Vec<FileHeld>,
    pub today: NaiveDate,
}

impl Services {
    /// What is held about the signed-in debtor.
    ///
    /// # Errors
    /// `NotSignedIn` for anybody else, or the database.
    pub async fn own_data(&self, actor: &Actor) -> ServiceResult<OwnData> {
        let party = debtor_of(actor)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let person = parties::find_party(db, org, party).await?.ok_or(crate::ServiceError::NotFound)?;
        let today = self.today(org).await?;
        let mut debts = Vec::new();
        // Also debts that were replaced: their data are held, too.
        for account in accounts::of_debtor(db, org, party).await? {
            debts.push(self.summary(actor, account, today).await?);
        }
        let known: Vec<(AccountId, String)> =
            debts.iter().map(|debt| (debt.account.id, debt.account.external_id.clone())).collect();
        let mut contacts = self.activities_with(actor, &known).await?;
        contacts.extend(self.messages_to(actor).await?);
        contacts.extend(self.messages_of(actor).await?);
        contacts.sort_by_key(|contact| std::cmp::Reverse(contact.at));
        let points = parties::contact_points(db, org, party).await?;
        Ok(OwnData {
            person,
            refused: self.refused_by(actor, &points).await?,
            points,
            contacts,
            opened: self.file_opened(actor, &known).await?,
            sessions: self.my_sessions(actor).await?,
            decisions: self.decisions_told(actor, &known).await?,
            cases: self.my_cases(actor).await?,
            reports: self.my_reports(actor).await?,
            files: self.files_held(actor).await?,
            debts,
            today,
        })
    }

    async fn activities_with(
        &self,
        actor: &Actor,
        known: &[(AccountId, String)],
    ) -> ServiceResult<Vec<ContactMade>> {
        let rows = activities::Entity::find()
            .filter(activities::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(activities::Column::AccountId.is_in(known.iter().map(|(id, _)| id.0)))
            .filter(activities::Column::Channel.ne(ActivityChannel::Internal.as_str()))
            .order_by_desc(activities::Column::At)
            .limit(MOST)
            .all(self.db.read())
            .await?;
        rows.into_iter()
            .map(|row| {
                let channel = row.channel.parse().map_err(StoreError::bad_row("activities", row.id))?;
                let disposition =
                    row.disposition.parse().map_err(StoreError::bad_row("activities", row.id))?;
                let account = number_of(known, row.account_id);
                Ok(ContactMade { at: row.at, what: ContactWhat::Activity { account, channel, disposition } })
            })
            .collect()
    }

    async fn messages_to(&self, actor: &Actor) -> ServiceResult<Vec<ContactMade>> {
        let party = debtor_of(actor)?;
        let rows = outbox_messages::Entity::find()
            .filter(outbox_messages::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(outbox_messages::Column::PartyId.eq(party.0))
            .order_by_desc(outbox_messages::Column::CreatedAt)
            .limit(MOST)
            .all(self.db.read())
            .await?;
        let made = |row: outbox_messages::Model| ContactMade {
            at: row.sent_at.unwrap_or(row.created_at),
            what: ContactWhat::Message {
                channel: row.channel,
                recipient: row.recipient,
                subject: row.subject,
                status: row.status,
            },
        };
        Ok(rows.into_iter().map(made).collect())
    }

    async fn messages_of(&self, actor: &Actor) -> ServiceResult<Vec<ContactMade>> {
        let party = debtor_of(actor)?;
        let rows = inbound_messages::Entity::find()
            .filter(inbound_messages::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(inbound_messages::Column::PartyId.eq(party.0))
            .order_by_desc(inbound_messages::Column::At)
            .limit(MOST)
            .all(self.db.read())
            .await?;
        let made = |row: inbound_messages::Model| ContactMade {
            at: row.at,
            what: ContactWhat::Received { channel: row.channel, sender: row.sender, body: row.body },
        };
        Ok(rows.into_iter().map(made).collect())
    }

    /// Points that were refused whole, and channels that were refused at a phone.
    async fn refused_by(&self, actor: &Actor, points: &[ContactPoint]) -> ServiceResult<Vec<Refused>> {
        let party = debtor_of(actor)?;
        let (db, org) = (self.db.read(), actor.organization_id);
        let whole = refusals::of(db, org, party).await?;
        let mut refused: Vec<Refused> = points
            .iter()
            .filter(|point| whole.contains(&compact(&point.value)))
            .map(|point| Refused { channel: None, point: point.value.clone(), since: None })
            .collect();
        for point in points.iter().filter(|point| point.kind == ContactKind::Phone && !point.is_suppressed) {
            let rows = channel_refusals::Entity::find()
                .filter(channel_refusals::Column::OrganizationId.eq(org.0))
                .filter(channel_refusals::Column::PhoneKey.eq(phone_key(&point.value)))
                .order_by_asc(channel_refusals::Column::Channel)
                .all(db)
                .await?;
            refused.extend(rows.into_iter().map(|row| Refused {
                channel: Some(row.channel),
                point: point.value.clone(),
                since: Some(row.since),
            }));
        }
        Ok(refused)
    }

    async fn decisions_told(
        &self,
        actor: &Actor,
        known: &[(AccountId, String)],
    ) -> ServiceResult<Vec<Decided>> {
        let rows = negotiations::Entity::find()
            .filter(negotiations::Column::OrganizationId.eq(actor.organization_id.0))
            .filter(negotiations::Column::AccountId.is_in(known.iter().map(|(id, _)| id.0)))
            .order_by_desc(negotiations::Column::AskedAt)
            .limit(MOST)
            .all(self.db.read())
            .await?;
        let decided = |row: negotiations::Model| Decided {
            at: row.asked_at,
            account: number_of(known, row.account_id),
            outcome: row.outcome,
            policy_version: row.policy_version,
        };
        Ok(rows.into_iter().map(decided).collect())
    }

    async fn files_held(&self, actor: &Actor) -> ServiceResult<Vec<FileHeld>> {
        let party = debtor_of(actor)?;
        let (db, org) = (self.db.read(), actor.organization_id.0);
        let own_cases = cases::Entity::find()
            .select_only()
            .column(cases::Column::Id)
            .filter(cases::Column::OrganizationId.eq(org))
            .filter(cases::Column::PartyId.eq(party.0))
            .into_tuple::<Uuid>()
            .all(db)
            .await?;
        let of_cases = case_evidence::Entity::find()
            .filter(case_evidence::Column::OrganizationId.eq(org))
            .filter(case_evidence::Column::CaseId.is_in(own_cases))
            .all(db)
            .await?;
        let own_reports = payment_reports::Entity::find()
            .select_only()
            .column(payment_reports::Column::Id)
            .filter(payment_reports::Column::OrganizationId.eq(org))
            .filter(payment_reports::Column::PartyId.eq(party.0))
            .into_tuple::<Uuid>()
            .all(db)
            .await?;
        let of_reports = payment_report_files::Entity::find()
            .filter(payment_report_files::Column::OrganizationId.eq(org))
            .filter(payment_report_files::Column::ReportId.is_in(own_reports))
            .all(db)
            .await?;
        let of_cases = of_cases.into_iter().map(|row| FileHeld {
            at: row.at,
            address: format!("/casos/{}/archivos/{}", row.case_id, row.id),
            name: row.name,
            media_type: row.media_type,
            bytes: row.bytes,
        });
        let of_reports = of_reports.into_iter().map(|row| FileHeld {
            at: row.at,
            address: format!("/pagos-reportados/{}/archivos/{}", row.report_id, row.id),
            name: row.name,
            media_type: row.media_type,
            bytes: row.bytes,
        });
        let mut files: Vec<_> = of_cases.chain(of_reports).collect();
        files.sort_by_key(|file| std::cmp::Reverse(file.at));
        Ok(files)
    }
}

fn number_of(known: &[(AccountId, String)], id: Uuid) -> String {
    known.iter().find(|(account, _)| account.0 == id).map(|(_, number)| number.clone()).unwrap_or_default()
}
