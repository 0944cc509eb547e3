//! Who collects in the field, and with which phones.

use chrono::{DateTime, NaiveDate, Utc};
use domain::access::{Actor, Permission, Role};
use domain::contact::Channel;
use domain::ids::{AccountId, AssignmentId, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::json;
use store::entities::{assignments, field_devices, organizations, users};
use store::{Tx, accounts};

use crate::contact::{self, Act, Answer, Permitted};
use crate::{ServiceError, ServiceResult, Services};

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

impl Services {
    /// Puts an account last on a collector's day, where the law allows a visit on that day of the
    /// debtor's calendar. Doing so twice plans one visit.
    ///
    /// # Errors
    /// `Denied`, `NotFound` for the account, `Invalid` for the collector, a day that has passed or
    /// one on which no visit is lawful.
    pub async fn plan_visit(
        &self,
        actor: &Actor,
        account: AccountId,
        collector: UserId,
        on_date: NaiveDate,
    ) -> ServiceResult<AssignmentId> {
        actor.require(Permission::DeviceEnrol)?;
        let org = actor.organization_id;
        if on_date < self.today(org).await? {
            let (es, en) =
                ("El día ya pasó; elija hoy o después", "The day has passed; choose today or later");
            return Err(ServiceError::invalid("visit_on", es, en));
        }
        if !self.collectors(actor).await?.iter().any(|line| line.id == collector) {
            let (es, en) = ("Elija quién hará la visita", "Choose who will visit");
            return Err(ServiceError::invalid("collector", es, en));
        }
        let tx = self.begin().await?;
        // Two plans at once must not get the same place of the day.
        organizations::Entity::find_by_id(org.0).lock_exclusive().one(&tx).await?;
        let debt = accounts::find(&tx, org, account).await?.ok_or(ServiceError::NotFound)?;
        self.require_not_held(&tx, actor, &debt, "visit_on").await?;
        let day = assignments::Entity::find()
            .filter(assignments::Column::OrganizationId.eq(org.0))
            .filter(assignments::Column::UserId.eq(collector.0))
            .filter(assignments::Column::OnDate.eq(on_date))
            .all(&tx)
            .await?;
        if let Some(planned) = day.iter().find(|stop| stop.account_id == account.0) {
            return Ok(AssignmentId(planned.id));
        }
        let permitted =
            match self.ask_on_day(&tx, org, account, (Act::PlanVisit, Channel::Visit), on_date).await? {
                Answer::Yes(permitted) => permitted,
                refused => {
                    // The decision is kept although nothing is planned.
                    tx.commit().await?;
                    let zone = self.organization(org).await?.zone;
                    return Err(ServiceError::told("visit_on", contact::why_not(&refused, zone)));
                }
            };
        let id = self.add_visit(&tx, permitted, collector, on_date).await?;
        let details = json!({ "assignment": id, "collector": collector, "on_date": on_date });
        self.audit(&tx, actor, "visit.planned", format!("account:{account}"), details).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Puts a permitted visit last on a day; the caller has authorised it.
    pub(crate) async fn add_visit(
        &self,
        tx: &Tx,
        permitted: Permitted,
        collector: UserId,
        on_date: NaiveDate,
    ) -> ServiceResult<AssignmentId> {
        let org = permitted.organization();
        // Two plans at once must not get the same place of the day.
        organizations::Entity::find_by_id(org.0).lock_exclusive().one(tx).await?;
        let last: Option<i32> = assignments::Entity::find()
            .filter(assignments::Column::OrganizationId.eq(org.0))
            .filter(assignments::Column::UserId.eq(collector.0))
            .filter(assignments::Column::OnDate.eq(on_date))
            .order_by_desc(assignments::Column::Position)
            .one(tx)
            .await?
            .map(|stop| stop.position);
        let id = AssignmentId(self.new_id());
        let row = assignments::ActiveModel {
            organization_id: Set(org.0),
            id: Set(id.0),
            user_id: Set(collector.0),
            account_id: Set(permitted.account().0),
            on_date: Set(on_date),
            position: Set(last.unwrap_or(0) + 1),
            decision_id: Set(Some(permitted.decision().0)),
        };
        assignments::Entity::insert(row).exec_without_returning(tx).await?;
        Ok(id)
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
