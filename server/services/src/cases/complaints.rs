//! The register of complaints: each with the contacts that came before it, the rules that were in force
//! for them, and how it was answered; and the files that are filled from it for those who supervise.
//!
//! **REDECO (Mexico).** The columns are the 25 fields of CONDUSEF's REDECO service for the complaints
//! that a financial institution reports each month (`https://api.condusef.gob.mx/redeco/quejas`). Its
//! manual is given to institutions only and was not read: names, date format (`dd/mm/aaaa`) and the
//! values of status, kind of person and answer follow what several public clients of the service send.
//! Saldar does not hold the institution's sector, its own catalogues (channel, level of attention,
//! product, cause), the PORI mark, the SEPOMEX numbers of state, municipality, locality and
//! neighbourhood, sex, age and penalties; these stay empty, for the institution to fill in.
//!
//! **SERNAC (Chile).** SERNAC publishes no file for suppliers: complaints are answered one by one in
//! its Portal del Proveedor ("Guía de uso Portal del Proveedor", SERNAC, August 2019). The file holds
//! what an answer there needs. SERNAC's own case number and its legal grounds are not held.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::access::{Actor, Permission};
use domain::cases::{CaseKind, CaseOutcome, CaseStatus};
use domain::contact::RuleBook;
use domain::ids::OrganizationId;
use domain::party::{ContactKind, PartyKind};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use store::entities::{accounts, activities, cases, contact_points, creditors, outbox_messages, parties};
use uuid::Uuid;

use super::CaseLine;
use crate::export::neutral;
use crate::{ServiceError, ServiceResult, Services};

/// Days before a complaint whose contacts stand beside it.
const CONTACT_DAYS: i64 = 30;
/// Complaints that one page or file holds.
const MOST: usize = 1000;
/// Activities that reach somebody, or try to.
const REACHING: [&str; 6] = ["call", "visit", "sms", "whatsapp", "email", "letter"];

/// Whose columns a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComplaintFile {
    Redeco,
    Sernac,
}

impl ComplaintFile {
    pub const ALL: [Self; 2] = [Self::Redeco, Self::Sernac];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Redeco => "redeco",
            Self::Sernac => "sernac",
        }
    }

    /// Debtors of this country.
    pub const fn country(self) -> &'static str {
        match self {
            Self::Redeco => "MX",
            Self::Sernac => "CL",
        }
    }
}

/// A contact before a complaint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactBefore {
    pub at: DateTime<Utc>,
    /// As activities and messages name it.
    pub channel: String,
    /// The disposition of an activity, or how far a message came.
    pub result: String,
    /// Who made it: staff, or what wrote the message.
    pub by: String,
    /// The version of the country's contact rules that were in force on that day; none if there are none.
    pub rules: Option<String>,
}

/// A complaint in the register.
#[derive(Clone, Debug)]
pub struct Complaint {
    pub line: CaseLine,
    pub country: String,
    pub says: String,
    pub answer: Option<String>,
    pub outcome: Option<CaseOutcome>,
    pub answered_at: Option<DateTime<Utc>>,
    /// The creditor of the debt that it is about.
    pub creditor: Option<String>,
    /// About that debt, or about any of the person's where it names none; the newest first.
    pub contacts: Vec<ContactBefore>,
    /// What files ask for.
    person: Person,
}

#[derive(Clone, Debug)]
struct Person {
    is_company: bool,
    document: Option<String>,
    postal_code: Option<String>,
}

impl Services {
    /// Complaints that were opened from one day to another, both included, on the organization's
    /// clock, the newest first: at most a thousand.
    ///
    /// # Errors
    /// `Denied`; `Invalid` when the days are turned around; the database.
    pub async fn complaints(
        &self,
        actor: &Actor,
        (from, to): (NaiveDate, NaiveDate),
    ) -> ServiceResult<Vec<Complaint>> {
        actor.require(Permission::CaseHandle)?;
        if to < from {
            return Err(ServiceError::invalid(
                "hasta",
                "El último día no puede ser anterior al primero",
                "The last day cannot come before the first",
            ));
        }
        let (db, org) = (self.db.read(), actor.organization_id);
        let zone = self.organization(org).await?.zone;
        let rows = cases::Entity::find()
            .filter(cases::Column::OrganizationId.eq(org.0))
            .filter(cases::Column::Kind.eq(CaseKind::Complaint.as_str()))
            .filter(cases::Column::OpenedAt.gte(begin(from, zone)))
            .filter(cases::Column::OpenedAt.lt(begin(to.succ_opt().unwrap_or(to), zone)))
            .order_by_desc(cases::Column::OpenedAt)
            .order_by_desc(cases::Column::Id)
            .all(db)
            .await?;
        let rows: Vec<_> = rows.into_iter().take(MOST).collect();
        let lines = self.lines(actor, &rows).await?;
        let people_ids: HashSet<Uuid> = rows.iter().map(|row| row.party_id).collect();
        let people: HashMap<Uuid, parties::Model> = parties::Entity::find()
            .filter(parties::Column::OrganizationId.eq(org.0))
            .filter(parties::Column::Id.is_in(people_ids.iter().copied()))
            .all(db)
            .await?
            .into_iter()
            .map(|row| (row.id, row))
            .collect();
        let addresses = contact_points::Entity::find()
            .filter(contact_points::Column::OrganizationId.eq(org.0))
            .filter(contact_points::Column::PartyId.is_in(people_ids.iter().copied()))
            .filter(contact_points::Column::Kind.eq(ContactKind::Address.as_str()))
            .order_by_asc(contact_points::Column::Id)
            .all(db)
            .await?;
        let debts = accounts::Entity::find()
            .filter(accounts::Column::OrganizationId.eq(org.0))
            .filter(accounts::Column::DebtorId.is_in(people_ids))
            .all(db)
            .await?;
        let names: HashMap<Uuid, String> = creditors::Entity::find()
            .filter(creditors::Column::OrganizationId.eq(org.0))
            .all(db)
            .await?
            .into_iter()
            .map(|row| (row.id, row.name))
            .collect();
        let made = self.contacts_of(org, &debts).await?;
        let mut found = Vec::new();
        for (row, line) in rows.into_iter().zip(lines) {
            let Some(person) = people.get(&row.party_id) else { continue };
            let debt = debts.iter().find(|debt| Some(debt.id) == row.account_id);
            let since = row.opened_at - TimeDelta::days(CONTACT_DAYS);
            let is_about = |of: &Uuid| {
                debts.iter().any(|debt| {
                    debt.id == *of
                        && debt.debtor_id == row.party_id
                        && row.account_id.is_none_or(|own| own == *of)
                })
            };
            let mut contacts: Vec<ContactBefore> = made
                .iter()
                .filter(|(of, made)| made.at >= since && made.at <= row.opened_at && is_about(of))
                .map(|(_, made)| ContactBefore {
                    rules: rules_on(&person.country, made.at, zone),
                    ..made.clone()
                })
                .collect();
            contacts.sort_by(|one, other| (other.at, &other.channel).cmp(&(one.at, &one.channel)));
            let address = addresses.iter().find(|point| point.party_id == row.party_id);
            found.push(Complaint {
                line,
                country: person.country.clone(),
                outcome: row.outcome.as_deref().and_then(|text| text.parse().ok()),
                says: row.says,
                answer: row.answer,
                answered_at: row.answered_at,
                creditor: debt.and_then(|debt| names.get(&debt.creditor_id).cloned()),
                contacts,
                person: Person {
                    is_company: person.kind == PartyKind::Company.as_str(),
                    document: person.document.clone(),
                    postal_code: address.and_then(|point| point.postal_code.clone()),
                },
            });
        }
        Ok(found)
    }

    /// Every contact about these debts: activities, and messages that were sent.
    async fn contacts_of(
        &self,
        org: OrganizationId,
        debts: &[accounts::Model],
    ) -> ServiceResult<Vec<(Uuid, ContactBefore)>> {
        let ids: Vec<Uuid> = debts.iter().map(|debt| debt.id).collect();
        let activities = activities::Entity::find()
            .filter(activities::Column::OrganizationId.eq(org.0))
            .filter(activities::Column::AccountId.is_in(ids.iter().copied()))
            .filter(activities::Column::Channel.is_in(REACHING))
            .all(self.db.read())
            .await?;
        let sent = outbox_messages::Entity::find()
            .filter(outbox_messages::Column::OrganizationId.eq(org.0))
            .filter(outbox_messages::Column::AccountId.is_in(ids))
            .filter(outbox_messages::Column::SentAt.is_not_null())
            .all(self.db.read())
            .await?;
        let made = activities.into_iter().map(|row| {
            let (at, channel, result, by) = (row.at, row.channel, row.disposition, row.actor);
            (row.account_id, ContactBefore { at, channel, result, by, rules: None })
        });
        let wrote = sent.into_iter().filter_map(|row| {
            let result = row.delivery.unwrap_or(row.status);
            let by = "journey".to_owned();
            let made = ContactBefore { at: row.sent_at?, channel: row.channel, result, by, rules: None };
            Some((row.account_id?, made))
        });
        Ok(made.chain(wrote).collect())
    }

    /// The complaints of debtors of one country as a file for its authority; see the module for what
    /// its columns are and which stay empty. That it was made is audited.
    ///
    /// # Errors
    /// The same as [`Services::complaints`].
    pub async fn complaints_csv(
        &self,
        actor: &Actor,
        file: ComplaintFile,
        days: (NaiveDate, NaiveDate),
    ) -> ServiceResult<String> {
        let mut found = self.complaints(actor, days).await?;
        found.retain(|complaint| complaint.country == file.country());
        found.reverse();
        let zone = self.organization(actor.organization_id).await?.zone;
        let rows = found.iter().map(|one| match file {
            ComplaintFile::Redeco => redeco(one, zone).to_vec(),
            ComplaintFile::Sernac => sernac(one, zone).to_vec(),
        });
        let head: Vec<String> = match file {
            ComplaintFile::Redeco => REDECO.map(str::to_owned).to_vec(),
            ComplaintFile::Sernac => SERNAC.map(str::to_owned).to_vec(),
        };
        let outside = |cause: String| ServiceError::Outside { part: "csv", cause };
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        for row in std::iter::once(head).chain(rows) {
            let row = row.iter().map(|cell| neutral(cell));
            writer.write_record(row).map_err(|error| outside(error.to_string()))?;
        }
        let bytes = writer.into_inner().map_err(|error| outside(error.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|error| outside(error.to_string()))?;
        let tx = self.begin().await?;
        let details =
            json!({ "file": file.as_str(), "from": days.0, "to": days.1, "complaints": found.len() });
        self.audit(&tx, actor, "complaints.exported", format!("file:{}", file.as_str()), details).await?;
        tx.commit().await?;
        Ok(text)
    }
}

/// The fields of REDECO, in their order.
pub const REDECO: [&str; 25] = [
    "QuejasDenominacion",
    "QuejasSector",
    "QuejasNoMes",
    "QuejasNum",
    "QuejasFolio",
    "QuejasFecRecepcion",
    "QuejasMedio",
    "QuejasNivelAT",
    "QuejasProducto",
    "QuejasCausa",
    "QuejasPORI",
    "QuejasEstatus",
    "QuejasEstados",
    "QuejasMunId",
    "QuejasLocId",
    "QuejasColId",
    "QuejasCP",
    "QuejasTipoPersona",
    "QuejasSexo",
    "QuejasEdad",
    "QuejasFecResolucion",
    "QuejasFecNotificacion",
    "QuejasRespuesta",
    "QuejasNumPenal",
    "QuejasPenalizacion",
];

fn redeco(one: &Complaint, zone: Tz) -> [String; 25] {
    let day = |at: DateTime<Utc>| at.with_timezone(&zone).format("%d/%m/%Y").to_string();
    let is_done = matches!(one.line.progress.status, CaseStatus::Answered | CaseStatus::Closed);
    let answered = one.answered_at.filter(|_| is_done).map(day).unwrap_or_default();
    // 1 for the person, 2 against, 3 in part.
    let answer = one.outcome.filter(|_| is_done).map(|outcome| match outcome {
        CaseOutcome::Upheld => "1",
        CaseOutcome::Rejected => "2",
        CaseOutcome::PartlyUpheld => "3",
    });
    let none = String::new;
    [
        one.creditor.clone().unwrap_or_default(),
        none(),
        one.line.opened_at.with_timezone(&zone).month().to_string(),
        // One line is one complaint.
        "1".to_owned(),
        one.line.id.to_string(),
        day(one.line.opened_at),
        none(),
        none(),
        none(),
        none(),
        none(),
        // 1 pending, 2 concluded.
        (if is_done { "2" } else { "1" }).to_owned(),
        none(),
        none(),
        none(),
        none(),
        one.person.postal_code.clone().unwrap_or_default(),
        // 1 a person, 2 a company.
        (if one.person.is_company { "2" } else { "1" }).to_owned(),
        none(),
        none(),
        answered.clone(),
        // The portal tells the answer as soon as it is given.
        answered,
        answer.unwrap_or_default().to_owned(),
        none(),
        none(),
    ]
}

/// What an answer in SERNAC's Portal del Proveedor needs.
pub const SERNAC: [&str; 13] = [
    "folio_interno",
    "numero_caso_sernac",
    "fecha_reclamo",
    "consumidor",
    "rut",
    "acreedor",
    "cuenta",
    "relato",
    "gestiones_30_dias",
    "reglas_de_contacto",
    "responder_hasta",
    "fecha_respuesta",
    "respuesta",
];

fn sernac(one: &Complaint, zone: Tz) -> [String; 13] {
    let day = |at: DateTime<Utc>| at.with_timezone(&zone).format("%Y-%m-%d").to_string();
    let told = one.contacts.iter().map(|made| {
        let at = made.at.with_timezone(&zone).format("%Y-%m-%d %H:%M");
        format!("{at} {} {}", made.channel, made.result)
    });
    let rules: std::collections::BTreeSet<&str> =
        one.contacts.iter().filter_map(|made| made.rules.as_deref()).collect();
    [
        one.line.id.to_string(),
        String::new(),
        day(one.line.opened_at),
        one.line.debtor.clone(),
        one.person.document.clone().unwrap_or_default(),
        one.creditor.clone().unwrap_or_default(),
        one.line.account.clone().unwrap_or_default(),
        one.says.clone(),
        told.collect::<Vec<_>>().join("; "),
        rules.into_iter().collect::<Vec<_>>().join("; "),
        one.line.due_on.to_string(),
        one.answered_at.map(day).unwrap_or_default(),
        one.answer.clone().unwrap_or_default(),
    ]
}

/// The first instant of a day; where a clock jumps over midnight, midnight of the world's clock.
fn begin(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let at = day.and_time(NaiveTime::MIN);
    at.and_local_timezone(zone).earliest().map_or_else(|| at.and_utc(), |at| at.with_timezone(&Utc))
}

fn rules_on(country: &str, at: DateTime<Utc>, zone: Tz) -> Option<String> {
    let date = at.with_timezone(&zone).date_naive();
    RuleBook::embedded().ok()?.pack(country, date).ok().map(|pack| pack.version.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_on_the_clock_of_the_organization() {
        let day = "2026-11-20".parse().unwrap();
        assert_eq!(begin(day, Tz::America__Mexico_City).to_string(), "2026-11-20 06:00:00 UTC");
    }
}
