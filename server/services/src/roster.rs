//! Who collects in the field, and with which phones.

use chrono::{DateTime, Utc};
use domain::access::{Actor, Permission, Role};
use domain::ids::UserId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::entities::{field_devices, users};

use crate::{ServiceResult, Services};

/// A field collector of the organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectorLine {
    pub id: UserId,
    pub name: String,
    /// The phones enrolled for this collector, newest first.
    pub devices: Vec<DeviceLine>,
}

/// An enrolled phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceLine {
    /// Stands in its receipt numbers, for example `D07`.
    pub code: String,
    /// What the phone calls itself.
    pub label: String,
    /// `active`, or why it is not.
    pub status: String,
    pub enrolled_at: DateTime<Utc>,
    /// Events that have arrived from it.
    pub events: i64,
}

impl Services {
    /// The active field collectors of the actor's organization, by name.
    ///
    /// # Errors
    /// `Denied`, or the database fails.
    pub async fn collectors(&self, actor: &Actor) -> ServiceResult<Vec<CollectorLine>> {
        actor.require(Permission::DeviceEnrol)?;
        let org = actor.organization_id.0;
        let people = users::Entity::find()
            .filter(users::Column::OrganizationId.eq(org))
            .filter(users::Column::Role.eq(Role::FieldCollector.as_str()))
            .filter(users::Column::Active.eq(true))
            .order_by_asc(users::Column::Name)
            .all(self.db.read())
            .await?;
        let devices = field_devices::Entity::find()
            .filter(field_devices::Column::OrganizationId.eq(org))
            .order_by_desc(field_devices::Column::EnrolledAt)
            .all(self.db.read())
            .await?;
        let of = |user| devices.iter().filter(move |row| row.user_id == user).map(device).collect();
        Ok(people
            .into_iter()
            .map(|row| CollectorLine { id: UserId(row.id), devices: of(row.id), name: row.name })
            .collect())
    }
}

fn device(row: &field_devices::Model) -> DeviceLine {
    DeviceLine {
        code: row.code.clone(),
        label: row.label.clone(),
        status: row.status.clone(),
        enrolled_at: row.enrolled_at,
        events: row.head_seq,
    }
}
