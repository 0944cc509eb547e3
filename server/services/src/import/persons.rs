//! Debtors and guarantors of a file: found by document among those known, or new.

use std::collections::{HashMap, HashSet};

use domain::ids::{ContactPointId, OrganizationId, PartyId};
use domain::party::{ContactKind, ContactPoint, Party, PartyKind};
use domain::text::{compact, fold};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use store::bulk::{Cell, Rows};
use store::entities::{contact_points, parties};
use store::{Tx, search};

use super::bulk::KEYS;
use super::familiar::{Familiar, KEYS_LOADED, SMALL_FILE};
use super::ids::Ids;
use super::row::{Document, Guarantor, PortfolioRow};
use crate::{ServiceResult, Services};

/// Whom a document may belong to.
struct Holder {
    id: PartyId,
    document_type: Option<String>,
    country: String,
    name: String,
}

/// The people of one import, batch by batch.
pub struct Persons {
    org: OrganizationId,
    /// Documents that the database may have, from before or from an earlier batch.
    familiar: Familiar,
    /// Whom this batch may meet.
    holders: HashMap<String, Vec<Holder>>,
    /// Contact points there are, by party, kind and folded value.
    known_points: HashSet<(PartyId, ContactKind, String)>,
    new_parties: Vec<Party>,
    new_points: Vec<ContactPoint>,
    /// New parties so far.
    pub added: u64,
    /// Rows so far that named a known party.
    pub met: u64,
    /// New contact points so far.
    pub points: u64,
    ids: Ids,
    tables: Tables,
}

const PARTY: [&str; 9] =
    ["id", "kind", "name", "document_type", "document", "document_key", "language", "country", "time_zone"];

const POINT: [&str; 10] = [
    "id",
    "party_id",
    "kind",
    "value",
    "value_key",
    "city",
    "region",
    "postal_code",
    "latitude",
    "longitude",
];

/// Terms gathered before they are written: sorted, so many meet on a page of their index.
const TERMS: usize = 250_000;

/// Terms written at a time.
const TERMS_AT_ONCE: usize = 16_384;

struct Tables {
    parties: Rows,
    points: Rows,
    terms: Rows,
    waiting: Vec<(String, PartyId)>,
}

impl Persons {
    /// For a file of so many rows.
    pub async fn new(services: &Services, tx: &Tx, org: OrganizationId, rows: u64) -> ServiceResult<Self> {
        let familiar = if rows <= SMALL_FILE {
            Familiar::Any
        } else {
            let keys: Vec<Option<String>> = parties::Entity::find()
                .select_only()
                .column(parties::Column::DocumentKey)
                .filter(parties::Column::OrganizationId.eq(org.0))
                .filter(parties::Column::DocumentKey.is_not_null())
                .limit(KEYS_LOADED + 1)
                .into_tuple()
                .all(tx)
                .await?;
            Familiar::of(keys.into_iter().flatten().collect())
        };
        Ok(Self {
            org,
            familiar,
            holders: HashMap::new(),
            known_points: HashSet::new(),
            new_parties: Vec::new(),
            new_points: Vec::new(),
            added: 0,
            met: 0,
            points: 0,
            ids: Ids::new(services),
            tables: Tables::new(org),
        })
    }

    /// Loads the parties whose documents a batch names, and forgets those of the batch before.
    pub async fn meet(&mut self, tx: &Tx, rows: &[PortfolioRow]) -> ServiceResult<()> {
        self.holders.clear();
        self.known_points.clear();
        let familiar = |key: &String| self.familiar.may_know(key);
        let keys: HashSet<String> = rows.iter().flat_map(document_keys).filter(familiar).collect();
        let mut keys: Vec<String> = keys.into_iter().collect();
        keys.sort_unstable();
        for chunk in keys.chunks(KEYS) {
            let found = parties::Entity::find()
                .filter(parties::Column::OrganizationId.eq(self.org.0))
                .filter(parties::Column::DocumentKey.is_in(chunk))
                .all(tx)
                .await?;
            if found.is_empty() {
                continue;
            }
            let points = contact_points::Entity::find()
                .filter(contact_points::Column::OrganizationId.eq(self.org.0))
                .filter(contact_points::Column::PartyId.is_in(found.iter().map(|party| party.id)))
                .all(tx)
                .await?;
            self.remember(found, points);
        }
        Ok(())
    }

    fn remember(&mut self, mut found: Vec<parties::Model>, points: Vec<contact_points::Model>) {
        // Whoever came first is found first, whatever order the database gives.
        found.sort_unstable_by_key(|party| party.id);
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
        self.met += u64::from(known.is_some());
        let id = known.unwrap_or_else(|| {
            let number = debtor.document.as_ref().map(|document| document.number.clone());
            let id = PartyId(self.ids.next(services));
            self.add(Party {
                id,
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
        self.met += u64::from(known.is_some());
        let id = known.unwrap_or_else(|| {
            let number = document.as_ref().map(|document| document.number.clone());
            let id = PartyId(self.ids.next(services));
            self.add(Party {
                id,
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
            let key = compact(document);
            self.familiar.remember(&key);
            self.holders.entry(key).or_default().push(holder);
        }
        self.added += 1;
        self.new_parties.push(party);
        id
    }

    fn point(&mut self, party_id: PartyId, kind: ContactKind, value: &str, services: &Services) {
        if self.known_points.insert((party_id, kind, compact(value))) {
            self.points += 1;
            let id = ContactPointId(self.ids.next(services));
            self.new_points.push(ContactPoint {
                id,
                party_id,
                kind,
                value: value.to_owned(),
                city: None,
                region: None,
                postal_code: None,
                latitude: None,
                longitude: None,
                is_suppressed: false,
            });
        }
    }

    fn address(&mut self, party_id: PartyId, row: &PortfolioRow, services: &Services) {
        let Some(address) = &row.address else { return };
        let known = [&address.street, &address.city, &address.region, &address.postal_code];
        let first = known.into_iter().flatten().next().cloned();
        let value = first.unwrap_or_else(|| "—".to_owned());
        if self.known_points.insert((party_id, ContactKind::Address, compact(&value))) {
            self.points += 1;
            let id = ContactPointId(self.ids.next(services));
            self.new_points.push(ContactPoint {
                id,
                party_id,
                kind: ContactKind::Address,
                value,
                city: address.city.clone(),
                region: address.region.clone(),
                postal_code: address.postal_code.clone(),
                latitude: address.position.map(|(latitude, _)| latitude),
                longitude: address.position.map(|(_, longitude)| longitude),
                is_suppressed: false,
            });
        }
    }

    /// Writes the batch's new parties and contact points. The words by which they are found
    /// wait for more; [`Persons::finish`] writes the last.
    pub async fn save(&mut self, tx: &Tx) -> ServiceResult<()> {
        let tables = &mut self.tables;
        each_term(&self.new_parties, &self.new_points, |party, terms| {
            tables.waiting.extend(terms.into_iter().map(|term| (term, party)));
        });
        for party in self.new_parties.drain(..) {
            tables.party(party);
        }
        for point in self.new_points.drain(..) {
            tables.point(point);
        }
        tables.parties.save(tx).await?;
        tables.points.save(tx).await?;
        if tables.waiting.len() >= TERMS { self.finish(tx).await } else { Ok(()) }
    }

    /// Writes the words that wait, in the index's own order.
    pub async fn finish(&mut self, tx: &Tx) -> ServiceResult<()> {
        let Tables { terms, waiting, .. } = &mut self.tables;
        waiting.sort_unstable();
        for (term, party) in waiting.drain(..) {
            terms.push([Cell::Text(term), Cell::Uuid(party.0)]);
            if terms.len() == TERMS_AT_ONCE {
                terms.save(tx).await?;
            }
        }
        Ok(terms.save(tx).await?)
    }
}

impl Tables {
    fn new(org: OrganizationId) -> Self {
        let shared = || vec![("organization_id", Cell::Uuid(org.0))];
        Self {
            parties: Rows::new("parties", shared(), &PARTY),
            points: Rows::new("contact_points", shared(), &POINT),
            terms: Rows::new("search_terms", shared(), &["term", "party_id"]).skipping_known(),
            waiting: Vec::new(),
        }
    }

    fn party(&mut self, party: Party) {
        let key = party.document.as_deref().map_or(Cell::Null, |document| Cell::Text(compact(document)));
        self.parties.push([
            Cell::Uuid(party.id.0),
            Cell::text(Some(party.kind.as_str())),
            Cell::Text(party.name),
            party.document_type.map_or(Cell::Null, Cell::Text),
            party.document.map_or(Cell::Null, Cell::Text),
            key,
            Cell::Text(party.language),
            Cell::Text(party.country),
            Cell::text(party.time_zone.map(chrono_tz::Tz::name)),
        ]);
    }

    fn point(&mut self, point: ContactPoint) {
        let key = compact(&point.value);
        self.points.push([
            Cell::Uuid(point.id.0),
            Cell::Uuid(point.party_id.0),
            Cell::text(Some(point.kind.as_str())),
            Cell::Text(point.value),
            Cell::Text(key),
            point.city.map_or(Cell::Null, Cell::Text),
            point.region.map_or(Cell::Null, Cell::Text),
            point.postal_code.map_or(Cell::Null, Cell::Text),
            Cell::double(point.latitude),
            Cell::double(point.longitude),
        ]);
    }
}

/// Search terms of new parties and of new contact points, whoever they belong to.
pub fn search_rows(
    org: OrganizationId,
    new_parties: &[Party],
    new_points: &[ContactPoint],
) -> Vec<store::entities::search_terms::ActiveModel> {
    let mut rows = Vec::new();
    each_term(new_parties, new_points, |party, terms| rows.extend(search::rows(org, party, terms)));
    rows
}

fn each_term(new_parties: &[Party], new_points: &[ContactPoint], mut give: impl FnMut(PartyId, Vec<String>)) {
    let mut points_of: HashMap<PartyId, Vec<ContactPoint>> = HashMap::new();
    for point in new_points {
        points_of.entry(point.party_id).or_default().push(point.clone());
    }
    for party in new_parties {
        let points = points_of.remove(&party.id).unwrap_or_default();
        give(party.id, search::terms(party, &points));
    }
    let mut rest: Vec<_> = points_of.into_iter().collect();
    rest.sort_by_key(|(party_id, _)| *party_id);
    for (party_id, points) in rest {
        give(party_id, search::terms(&nameless(party_id), &points));
    }
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
