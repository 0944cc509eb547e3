//! Debtors and guarantors of a file: found by document among those known, or new.

use std::collections::{HashMap, HashSet};

use domain::ids::{ContactPointId, OrganizationId, PartyId};
use domain::party::{ContactKind, ContactPoint, Party, PartyKind};
use domain::text::{compact, fold};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::entities::{contact_points, parties};
use store::{Tx, search};

use super::bulk::{self, KEYS};
use super::row::{Document, Guarantor, PortfolioRow};
use crate::{ServiceResult, Services};

/// Whom a document may belong to.
struct Holder {
    id: PartyId,
    document_type: Option<String>,
    country: String,
    name: String,
}

/// The people of one import.
pub struct Persons {
    org: OrganizationId,
    holders: HashMap<String, Vec<Holder>>,
    /// Contact points there are, by party, kind and folded value.
    known_points: HashSet<(PartyId, ContactKind, String)>,
    new_parties: Vec<Party>,
    new_points: Vec<ContactPoint>,
}

impl Persons {
    /// Loads the parties whose documents the rows name.
    pub async fn load(tx: &Tx, org: OrganizationId, rows: &[&PortfolioRow]) -> ServiceResult<Self> {
        let mut persons = Self {
            org,
            holders: HashMap::new(),
            known_points: HashSet::new(),
            new_parties: Vec::new(),
            new_points: Vec::new(),
        };
        let keys: HashSet<String> = rows.iter().flat_map(|row| document_keys(row)).collect();
        let keys: Vec<String> = keys.into_iter().collect();
        for chunk in keys.chunks(KEYS) {
            let found = parties::Entity::find()
                .filter(parties::Column::OrganizationId.eq(org.0))
                .filter(parties::Column::DocumentKey.is_in(chunk))
                .all(tx)
                .await?;
            let points = contact_points::Entity::find()
                .filter(contact_points::Column::OrganizationId.eq(org.0))
                .filter(contact_points::Column::PartyId.is_in(found.iter().map(|party| party.id)))
                .all(tx)
                .await?;
            persons.remember(found, points);
        }
        Ok(persons)
    }

    fn remember(&mut self, found: Vec<parties::Model>, points: Vec<contact_points::Model>) {
        for party in found {
            let holder = Holder {
                id: PartyId(party.id),
                document_type: party.document_type,
                country: party.country,
                name: party.name,
            };
            self.holders.entry(party.document_key.unwrap_or_default()).or_default().push(holder);
        }
        for point in points {
            if let Ok(kind) = point.kind.parse() {
                self.known_points.insert((PartyId(point.party_id), kind, point.value_key));
            }
        }
    }

    /// The debtor of a row, with every contact point that was not known.
    pub fn debtor(&mut self, services: &Services, row: &PortfolioRow) -> PartyId {
        let debtor = &row.debtor;
        let name = debtor.name.clone();
        let known = debtor.document.as_ref().and_then(|d| self.find(d, &debtor.country, name.as_deref()));
        let id = known.unwrap_or_else(|| {
            let number = debtor.document.as_ref().map(|document| document.number.clone());
            self.add(Party {
                id: PartyId(services.new_id()),
                kind: debtor.kind,
                name: name.or(number).unwrap_or_default(),
                document_type: debtor.document.as_ref().and_then(|document| document.kind.clone()),
                document: debtor.document.as_ref().map(|document| document.number.clone()),
                language: debtor.language.clone().unwrap_or_else(|| "es".to_owned()),
                country: debtor.country.clone(),
                time_zone: debtor.time_zone,
            })
        });
        for email in &row.emails {
            self.point(id, ContactKind::Email, email, services);
        }
        for phone in &row.phones {
            self.point(id, ContactKind::Phone, phone, services);
        }
        self.address(id, row, services);
        id
    }

    /// The guarantor of a row, if it names one; never the debtor again.
    pub fn guarantor(&mut self, services: &Services, row: &PortfolioRow, debtor: PartyId) -> Option<PartyId> {
        let Guarantor { document, name, phone } = row.guarantor.as_ref()?;
        let document = document.clone().map(|number| Document { kind: None, number });
        let country = row.debtor.country.clone();
        let known = document.as_ref().and_then(|d| self.find(d, &country, name.as_deref()));
        let id = known.unwrap_or_else(|| {
            let number = document.as_ref().map(|document| document.number.clone());
            self.add(Party {
                id: PartyId(services.new_id()),
                kind: PartyKind::Person,
                name: name.clone().or(number.clone()).or(phone.clone()).unwrap_or_default(),
                document_type: None,
                document: number,
                language: row.debtor.language.clone().unwrap_or_else(|| "es".to_owned()),
                country,
                time_zone: None,
            })
        });
        if let Some(phone) = phone {
            self.point(id, ContactKind::Phone, phone, services);
        }
        (id != debtor).then_some(id)
    }

    /// The holder of a document. One without a type may be a mere customer number, so there
    /// the names, where both are known, must agree too.
    fn find(&self, document: &Document, country: &str, name: Option<&str>) -> Option<PartyId> {
        let holders = self.holders.get(&compact(&document.number))?;
        let same = |holder: &&Holder| {
            let agree = match (&document.kind, &holder.document_type) {
                (Some(ours), Some(theirs)) => ours == theirs,
                _ => name.is_none_or(|name| fold(name) == fold(&holder.name)),
            };
            agree && holder.country == country
        };
        holders.iter().find(same).map(|holder| holder.id)
    }

    fn add(&mut self, party: Party) -> PartyId {
        let id = party.id;
        if let Some(document) = &party.document {
            let holder = Holder {
                id,
                document_type: party.document_type.clone(),
                country: party.country.clone(),
                name: party.name.clone(),
            };
            self.holders.entry(compact(document)).or_default().push(holder);
        }
        self.new_parties.push(party);
        id
    }

    fn point(&mut self, party_id: PartyId, kind: ContactKind, value: &str, services: &Services) {
        if self.known_points.insert((party_id, kind, compact(value))) {
            self.new_points.push(ContactPoint {
                id: ContactPointId(services.new_id()),
                party_id,
                kind,
                value: value.to_owned(),
                city: None,
                region: None,
                postal_code: None,
                latitude: None,
                longitude: None,
            });
        }
    }

    fn address(&mut self, party_id: PartyId, row: &PortfolioRow, services: &Services) {
        let Some(address) = &row.address else { return };
        let known = [&address.street, &address.city, &address.region, &address.postal_code];
        let first = known.into_iter().flatten().next().cloned();
        let value = first.unwrap_or_else(|| "—".to_owned());
        if self.known_points.insert((party_id, ContactKind::Address, compact(&value))) {
            self.new_points.push(ContactPoint {
                id: ContactPointId(services.new_id()),
                party_id,
                kind: ContactKind::Address,
                value,
                city: address.city.clone(),
                region: address.region.clone(),
                postal_code: address.postal_code.clone(),
                latitude: address.position.map(|(latitude, _)| latitude),
                longitude: address.position.map(|(_, longitude)| longitude),
            });
        }
    }

    /// Writes the new parties and contact points and the words by which they are found.
    pub async fn save(self, tx: &Tx) -> ServiceResult<()> {
        let org = self.org;
        let terms = search_rows(org, &self.new_parties, &self.new_points);
        bulk::insert(
            tx,
            self.new_parties.iter().map(|party| store::parties::party_row(org, party)).collect(),
        )
        .await?;
        let points = self.new_points.iter().map(|point| store::parties::contact_point_row(org, point));
        bulk::insert(tx, points.collect()).await?;
        bulk::insert_missing(tx, terms).await
    }
}

/// Search terms of new parties and of new contact points, whoever they belong to.
pub fn search_rows(
    org: OrganizationId,
    new_parties: &[Party],
    new_points: &[ContactPoint],
) -> Vec<store::entities::search_terms::ActiveModel> {
    let mut points_of: HashMap<PartyId, Vec<ContactPoint>> = HashMap::new();
    for point in new_points {
        points_of.entry(point.party_id).or_default().push(point.clone());
    }
    let mut rows = Vec::new();
    for party in new_parties {
        let points = points_of.remove(&party.id).unwrap_or_default();
        rows.extend(search::rows(org, party.id, search::terms(party, &points)));
    }
    let mut rest: Vec<_> = points_of.into_iter().collect();
    rest.sort_by_key(|(party_id, _)| *party_id);
    for (party_id, points) in rest {
        rows.extend(search::rows(org, party_id, search::terms(&nameless(party_id), &points)));
    }
    rows
}

/// A party that adds no words of its own: its name and document are indexed already.
fn nameless(id: PartyId) -> Party {
    Party {
        id,
        kind: PartyKind::Person,
        name: String::new(),
        document_type: None,
        document: None,
        language: String::new(),
        country: String::new(),
        time_zone: None,
    }
}

fn document_keys(row: &PortfolioRow) -> Vec<String> {
    let guarantor = row.guarantor.as_ref().and_then(|guarantor| guarantor.document.as_deref());
    let debtor = row.debtor.document.as_ref().map(|document| document.number.as_str());
    guarantor.into_iter().chain(debtor).map(compact).collect()
}
