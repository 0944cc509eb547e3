//! When and where people wish to be contacted, as the contact rules take it.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{NaiveTime, Timelike};
use domain::contact::{Channel, OwnHours, OwnSlot, Window};
use domain::ids::{ContactPointId, OrganizationId, PartyId};
use domain::party::{ContactKind, ContactPoint};
use domain::text::{compact, phone_key};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::entities::party_preferences as rows;
use crate::{StoreError, StoreResult, channel_refusals, refusals};

/// What a person asked for; the default is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    pub own_hours: Option<OwnHours>,
    /// Channels that are refused at every point that they reach.
    pub refused: BTreeSet<Channel>,
    /// Channels that are refused at single points.
    at: HashSet<(Channel, ContactPointId)>,
}

impl Wishes {
    /// Whether the person refused to be reached there by this channel.
    pub fn refuse(&self, channel: Channel, point: ContactPointId) -> bool {
        self.at.contains(&(channel, point))
    }
}

/// The channels that reach a kind of point.
const fn channels_of(kind: ContactKind) -> &'static [Channel] {
    match kind {
        ContactKind::Email => &[Channel::Email],
        ContactKind::Phone => &[Channel::Call, Channel::Sms, Channel::Whatsapp, Channel::InstantMessage],
        ContactKind::Address => &[Channel::Visit, Channel::Letter],
    }
}

/// The wishes of people, by person; whoever wishes nothing is left out.
///
/// # Errors
/// The database fails or a row is invalid.
pub async fn of_many(
    db: &impl ConnectionTrait,
    org: OrganizationId,
    points: &HashMap<Uuid, Vec<ContactPoint>>,
    people: impl Iterator<Item = Uuid> + Clone,
) -> StoreResult<HashMap<Uuid, Wishes>> {
    let mut found: HashMap<Uuid, Wishes> = HashMap::new();
    let preferences = rows::Entity::find()
        .filter(rows::Column::OrganizationId.eq(org.0))
        .filter(rows::Column::PartyId.is_in(people.clone()))
        .all(db)
        .await?;
    for row in preferences {
        if let Some(slot) = own_slot(&row)? {
            let hours = OwnHours { slots: vec![slot], separate_instrument: false };
            found.entry(row.party_id).or_default().own_hours = Some(hours);
        }
    }
    let refused = refusals::of_many(db, org, people.map(PartyId)).await?;
    let phones = points.values().flatten().filter(|point| point.kind == ContactKind::Phone);
    let stopped = channel_refusals::of_many(db, org, phones.map(|point| point.value.as_str())).await?;
    if refused.is_empty() && stopped.is_empty() {
        return Ok(found);
    }
    for (person, own) in points {
        let closed = |point: &ContactPoint, channel: Channel| {
            refused.contains(&(PartyId(*person), compact(&point.value)))
                || stopped.contains(&(channel.as_str().to_owned(), phone_key(&point.value)))
        };
        for kind in [ContactKind::Email, ContactKind::Phone, ContactKind::Address] {
            let of_kind = || own.iter().filter(|point| point.kind == kind && !point.is_suppressed);
            for channel in channels_of(kind) {
                let here: Vec<_> = of_kind().filter(|point| closed(point, *channel)).collect();
                if here.is_empty() {
                    continue;
                }
                let wishes = found.entry(*person).or_default();
                if here.len() == of_kind().count() {
                    wishes.refused.insert(*channel);
                }
                wishes.at.extend(here.into_iter().map(|point| (*channel, point.id)));
            }
        }
    }
    Ok(found)
}

/// The days and hours of a row of preferences; none: whenever the law allows.
///
/// # Errors
/// The row is invalid.
pub fn own_slot(row: &rows::Model) -> StoreResult<Option<OwnSlot>> {
    let (Some(days), Some(from), Some(to)) = (&row.days, row.from_minute, row.to_minute) else {
        return Ok(None);
    };
    let bad = |cause: &'static str| StoreError::bad_row("party_preferences", row.party_id)(cause);
    let days = days
        .split(' ')
        .map(|day| day.parse().map_err(|_| bad("no day of the week")))
        .collect::<StoreResult<_>>()?;
    let open = time(from).zip(time(to)).and_then(|(from, to)| Window::new(from, to));
    Ok(Some(OwnSlot { days, open: open.ok_or_else(|| bad("no hours"))? }))
}

/// A time of day as it is kept: minutes since midnight.
pub fn minute(time: NaiveTime) -> i32 {
    i32::try_from(time.num_seconds_from_midnight() / 60).unwrap_or_default()
}

fn time(minute: i32) -> Option<NaiveTime> {
    NaiveTime::from_num_seconds_from_midnight_opt(u32::try_from(minute).ok()?.checked_mul(60)?, 0)
}
