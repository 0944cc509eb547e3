//! Enrolment: the office makes a code, a phone uses it once.

use chrono::{DateTime, Duration, Utc};
use domain::access::{Actor, ActorKind, Permission, Role};
use domain::field::{EnrolRequest, EnrolResponse};
use domain::ids::{DeviceId, OrganizationId, UserId};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QuerySelect, Set};
use serde_json::json;
use store::entities::{field_devices, field_enrolments, users};
use store::{Tx, field};

use super::{FieldFault, to_u64};
use crate::secret::hash_token;
use crate::{ServiceError, ServiceResult, Services};

/// Letters and digits that are not mistaken for one another.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const CODE_LETTERS: usize = 8;
const CODE_HOURS: i64 = 72;
/// Tries from everywhere in ten minutes.
const TRY_LIMIT: i32 = 200;

/// A fresh code; shown once, kept only as a hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolmentCode {
    /// Eight letters and digits.
    pub code: String,
    pub expires_at: DateTime<Utc>,
    /// Opens the field app with the code filled in: for a link or a QR.
    pub link: String,
}

impl Services {
    /// Makes a code that enrols one phone for a collector.
    ///
    /// # Errors
    /// `Denied`, or `NotFound` when the user is no active field collector of the organization.
    pub async fn issue_enrolment(&self, actor: &Actor, user_id: UserId) -> ServiceResult<EnrolmentCode> {
        let mut random = [0; CODE_LETTERS];
        self.entropy.fill(&mut random);
        let code: String =
            random.iter().filter_map(|b| LETTERS.get(usize::from(b % 32))).map(|b| char::from(*b)).collect();
        self.issue_enrolment_as(actor, user_id, &code).await
    }

    /// The same with a given code, for demo sign-ins.
    ///
    /// # Errors
    /// See [`Services::issue_enrolment`].
    pub async fn issue_enrolment_as(
        &self,
        actor: &Actor,
        user_id: UserId,
        code: &str,
    ) -> ServiceResult<EnrolmentCode> {
        actor.require(Permission::DeviceEnrol)?;
        let org = actor.organization_id;
        let tx = self.begin().await?;
        collector(&tx, org, user_id).await?.ok_or(ServiceError::NotFound)?;
        let now = self.now();
        let expires_at = now + Duration::hours(CODE_HOURS);
        let row = field_enrolments::ActiveModel {
            code_hash: Set(hash_token(&plain(code))),
            organization_id: Set(org.0),
            user_id: Set(user_id.0),
            created_at: Set(now),
            created_by: Set(actor.audit_name()),
            expires_at: Set(expires_at),
            used_at: Set(None),
            device_id: Set(None),
        };
        field_enrolments::Entity::insert(row).exec_without_returning(&tx).await?;
        self.audit(&tx, actor, "device.code_issued", format!("user:{user_id}"), json!({})).await?;
        tx.commit().await?;
        let link = format!("{}/field/#enrol={code}", self.public_url);
        Ok(EnrolmentCode { code: code.to_owned(), expires_at, link })
    }

    /// Enrols a phone. The same phone may repeat the request with the same code: its first answer may have been
    /// lost.
    ///
    /// # Errors
    /// `BadCode`, `OtherCollector`, `Suspended`, or the database fails.
    pub async fn enrol_device(&self, request: &EnrolRequest) -> Result<EnrolResponse, FieldFault> {
        let now = self.now();
        let tries = store::throttle::hit(&self.db, "field-enrol", Duration::minutes(10), now).await?;
        if tries > TRY_LIMIT {
            return Err(ServiceError::Throttled { retry_after_s: 600 }.into());
        }
        let tx = self.begin().await?;
        let enrolment = field_enrolments::Entity::find_by_id(hash_token(&plain(&request.code)))
            .lock_exclusive()
            .one(&tx)
            .await?
            .filter(|row| row.expires_at > now)
            .filter(|row| row.device_id.is_none_or(|id| id == request.device_id))
            .ok_or(FieldFault::BadCode)?;
        let org = OrganizationId(enrolment.organization_id);
        let user_id = UserId(enrolment.user_id);
        let user = collector(&tx, org, user_id).await?.ok_or(FieldFault::BadCode)?;
        let device = self.device_for(&tx, org, user_id, request).await?;
        let mut used = enrolment.into_active_model();
        used.used_at = Set(Some(now));
        used.device_id = Set(Some(request.device_id));
        used.update(&tx).await?;
        let response = EnrolResponse {
            device_id: device.id,
            device_code: device.code.clone(),
            collector_id: user.id,
            collector_name: user.name,
            organization_name: self.organization_in(&tx, org).await?,
            acked_seq: to_u64(device.head_seq),
            last_receipt: to_u64(device.last_receipt),
            tokens: self.new_family(&tx, device).await?,
        };
        let kind = ActorKind::Collector { user_id, device_id: DeviceId(request.device_id) };
        let actor = Actor { organization_id: org, kind };
        self.audit(&tx, &actor, "device.enrolled", format!("device:{}", request.device_id), json!({}))
            .await?;
        tx.commit().await.map_err(ServiceError::from)?;
        Ok(response)
    }

    async fn organization_in(&self, tx: &Tx, org: OrganizationId) -> ServiceResult<String> {
        Ok(store::parties::find_organization(tx, org).await?.ok_or(ServiceError::NotFound)?.name)
    }

    async fn device_for(
        &self,
        tx: &Tx,
        org: OrganizationId,
        user_id: UserId,
        request: &EnrolRequest,
    ) -> Result<field_devices::Model, FieldFault> {
        if let Some(device) = field::device_anywhere(tx, request.device_id).await? {
            if device.organization_id != org.0 || device.user_id != user_id.0 {
                return Err(FieldFault::OtherCollector);
            }
            if device.status != ACTIVE {
                return Err(FieldFault::Suspended);
            }
            return field::lock_device(tx, org, device.id).await?.ok_or(FieldFault::BadCode);
        }
        let number = field::next_device_number(tx, org).await?;
        let device = field_devices::Model {
            organization_id: org.0,
            id: request.device_id,
            user_id: user_id.0,
            code: format!("D{number:02}"),
            label: request.label.chars().take(120).collect(),
            status: ACTIVE.to_owned(),
            token_family: None,
            head_seq: 0,
            head_hash: String::new(),
            last_receipt: 0,
            enrolled_at: self.now(),
            last_seen_at: None,
        };
        field_devices::Entity::insert(device.clone().into_active_model()).exec_without_returning(tx).await?;
        Ok(device)
    }
}

pub(super) const ACTIVE: &str = "active";
pub(super) const SUSPENDED: &str = "suspended";

/// A code as it is compared: without spaces and dashes, in capitals.
fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

async fn collector(tx: &Tx, org: OrganizationId, id: UserId) -> ServiceResult<Option<users::Model>> {
    let user = users::Entity::find_by_id((org.0, id.0)).one(tx).await?;
    Ok(user.filter(|user| user.active && user.role == Role::FieldCollector.as_str()))
}
