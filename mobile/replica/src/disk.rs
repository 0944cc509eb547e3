//! What is on the phone's disk, and the writes that change it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::field::{BoxLine, EventAck, Head, Stop, WireEvent};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// Who this phone is enrolled for, and its tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub device_code: String,
    pub collector_id: Uuid,
    pub collector_name: String,
    pub organization_name: String,
    pub access_token: String,
    /// The phone's clock at which the access token is taken as expired, Unix milliseconds.
    pub access_until_ms: i64,
    pub refresh_token: String,
    /// True once the server revoked the tokens: the person must enrol again; the outbox stays.
    pub revoked: bool,
}

/// How far this phone has seen the server's state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    pub epoch: String,
    pub cursor: String,
    pub day: Option<NaiveDate>,
    /// The state held includes this device's own events up to here.
    pub seen_seq: u64,
    pub cash_box: Vec<BoxLine>,
    /// The server's clock at the last page, Unix milliseconds.
    pub server_ms: Option<i64>,
    /// The phone's clock at the last complete pull, Unix milliseconds.
    pub pulled_ms: Option<i64>,
}

/// An own event and the server's answer to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptEvent {
    pub event: WireEvent,
    pub ack: Option<EventAck>,
}

/// The chain's head and the last receipt number given out, always written together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Chain {
    head: Head,
    last_receipt: u64,
}

/// Everything on disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Disk {
    pub device_id: Option<Uuid>,
    pub session: Option<Session>,
    pub head: Head,
    pub last_receipt: u64,
    /// The server holds every own event up to here.
    pub acked: u64,
    pub events: BTreeMap<u64, KeptEvent>,
    pub feed: Feed,
    pub stops: BTreeMap<Uuid, Stop>,
}

/// The three stores of the phone's database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Store {
    Meta,
    Events,
    Stops,
}

impl Store {
    pub const ALL: [Self; 3] = [Self::Meta, Self::Events, Self::Stops];

    pub fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Events => "events",
            Self::Stops => "stops",
        }
    }
}

/// One change of one store. Values are JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    Put { store: Store, key: String, value: String },
    Delete { store: Store, key: String },
    Clear(Store),
}

/// One change, as the replica thinks of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    Device(Uuid),
    Session(Session),
    Chain {
        head: Head,
        last_receipt: u64,
    },
    Acked(u64),
    Event(KeptEvent),
    DropEvent(u64),
    Feed(Feed),
    ClearStops,
    Stop(Stop),
    /// Everything goes. Used only when nothing is unsent.
    Wipe,
}

/// Writes that are committed together or not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WriteSet {
    /// When set, the head on disk must equal this inside the same transaction, or nothing is written: another tab
    /// recorded in between.
    pub expect_head: Option<Head>,
    pub writes: Vec<Write>,
}

/// Why the disk cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("what is stored under {0} cannot be read")]
pub struct DiskError(pub String);

const DEVICE: &str = "device";
const SESSION: &str = "session";
const ACKED: &str = "acked";
const FEED: &str = "feed";

impl WriteSet {
    /// The key of the record that holds the chain's head, in [`Store::Meta`].
    pub const CHAIN_KEY: &'static str = "chain";

    /// Whether the stored chain record still has the expected head.
    pub fn head_matches(&self, chain_record: Option<&str>) -> Result<bool, DiskError> {
        let Some(expected) = &self.expect_head else { return Ok(true) };
        let chain: Chain = match chain_record {
            Some(text) => read(Self::CHAIN_KEY, text)?,
            None => Chain::default(),
        };
        Ok(chain.head == *expected)
    }

    /// The writes as records.
    ///
    /// # Errors
    /// Only if JSON cannot hold a value, which no value of these types causes.
    pub fn records(&self) -> Result<Vec<Record>, serde_json::Error> {
        let mut records = Vec::with_capacity(self.writes.len());
        for write in &self.writes {
            match write {
                Write::Device(id) => records.push(put(Store::Meta, DEVICE, id)?),
                Write::Session(session) => records.push(put(Store::Meta, SESSION, session)?),
                Write::Chain { head, last_receipt } => {
                    let chain = Chain { head: head.clone(), last_receipt: *last_receipt };
                    records.push(put(Store::Meta, Self::CHAIN_KEY, &chain)?);
                }
                Write::Acked(seq) => records.push(put(Store::Meta, ACKED, seq)?),
                Write::Event(kept) => records.push(put(Store::Events, &event_key(kept.event.seq), kept)?),
                Write::DropEvent(seq) => {
                    records.push(Record::Delete { store: Store::Events, key: event_key(*seq) });
                }
                Write::Feed(feed) => records.push(put(Store::Meta, FEED, feed)?),
                Write::ClearStops => records.push(Record::Clear(Store::Stops)),
                Write::Stop(stop) => records.push(put(Store::Stops, &stop.assignment_id.to_string(), stop)?),
                Write::Wipe => records.extend(Store::ALL.map(Record::Clear)),
            }
        }
        Ok(records)
    }
}

/// Padded, so that the store's order is the chain's.
fn event_key(seq: u64) -> String {
    format!("{seq:012}")
}

fn put(store: Store, key: &str, value: &impl Serialize) -> Result<Record, serde_json::Error> {
    Ok(Record::Put { store, key: key.to_owned(), value: serde_json::to_string(value)? })
}

fn read<T: DeserializeOwned>(key: &str, text: &str) -> Result<T, DiskError> {
    serde_json::from_str(text).map_err(|_| DiskError(key.to_owned()))
}

impl Disk {
    /// Reads the disk back: `meta` answers for a key of [`Store::Meta`]; the others are all values of their store.
    pub fn from_records(
        meta: impl Fn(&str) -> Option<String>,
        events: &[String],
        stops: &[String],
    ) -> Result<Self, DiskError> {
        let mut disk = Self::default();
        if let Some(text) = meta(DEVICE) {
            disk.device_id = Some(read(DEVICE, &text)?);
        }
        if let Some(text) = meta(SESSION) {
            disk.session = Some(read(SESSION, &text)?);
        }
        if let Some(text) = meta(WriteSet::CHAIN_KEY) {
            let chain: Chain = read(WriteSet::CHAIN_KEY, &text)?;
            disk.head = chain.head;
            disk.last_receipt = chain.last_receipt;
        }
        if let Some(text) = meta(ACKED) {
            disk.acked = read(ACKED, &text)?;
        }
        if let Some(text) = meta(FEED) {
            disk.feed = read(FEED, &text)?;
        }
        for text in events {
            let kept: KeptEvent = read("events", text)?;
            disk.events.insert(kept.event.seq, kept);
        }
        for text in stops {
            let stop: Stop = read("stops", text)?;
            disk.stops.insert(stop.assignment_id, stop);
        }
        Ok(disk)
    }

    /// The keys [`Disk::from_records`] asks for.
    pub const META_KEYS: [&'static str; 5] = [DEVICE, SESSION, WriteSet::CHAIN_KEY, ACKED, FEED];

    /// Follows a committed write set.
    pub fn apply(&mut self, set: &WriteSet) {
        for write in &set.writes {
            match write.clone() {
                Write::Device(id) => self.device_id = Some(id),
                Write::Session(session) => self.session = Some(session),
                Write::Chain { head, last_receipt } => {
                    self.head = head;
                    self.last_receipt = last_receipt;
                }
                Write::Acked(seq) => self.acked = seq,
                Write::Event(kept) => {
                    self.events.insert(kept.event.seq, kept);
                }
                Write::DropEvent(seq) => {
                    self.events.remove(&seq);
                }
                Write::Feed(feed) => self.feed = feed,
                Write::ClearStops => self.stops.clear(),
                Write::Stop(stop) => {
                    self.stops.insert(stop.assignment_id, stop);
                }
                Write::Wipe => *self = Self::default(),
            }
        }
    }

    /// Own events that the server has not confirmed.
    pub fn unsent(&self) -> u64 {
        self.head.seq.saturating_sub(self.acked)
    }
}
