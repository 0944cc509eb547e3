//! The server's half of the field protocol: enrolment, tokens, push and pull.
//!
//! A device may only push its own chain and pull its collector's stops of today. Every event is applied in the
//! same transaction that stores it, so that an answer that was lost on the way changes nothing.

mod apply;
mod enrol;
mod pull;
mod push;
mod tokens;

use domain::access::{Actor, ActorKind};
use domain::field::error_code;
use domain::ids::{DeviceId, OrganizationId, UserId};

use crate::ServiceError;

pub use enrol::EnrolmentCode;

/// A request that came with a good access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldSession {
    pub organization_id: OrganizationId,
    pub user_id: UserId,
    pub device_id: DeviceId,
}

impl FieldSession {
    /// The collector as an actor.
    pub const fn actor(&self) -> Actor {
        let kind = ActorKind::Collector { user_id: self.user_id, device_id: self.device_id };
        Actor { organization_id: self.organization_id, kind }
    }
}

/// Why a device is refused.
#[derive(Debug, thiserror::Error)]
pub enum FieldFault {
    #[error("the access token is missing, wrong or expired")]
    Unauthorized,
    #[error("the device's tokens were revoked")]
    Revoked,
    #[error("the enrolment code is wrong, used or expired")]
    BadCode,
    #[error("the device is enrolled for somebody else")]
    OtherCollector,
    #[error("the device is suspended")]
    Suspended,
    #[error("a device may only send its own events")]
    OtherDevice,
    #[error("too many events in one push")]
    TooMany,
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl FieldFault {
    /// The HTTP status, the code the phone acts upon, and a sentence for a person.
    pub const fn answer(&self) -> (u16, &'static str, &'static str) {
        match self {
            Self::Unauthorized => (401, error_code::UNAUTHORIZED, "El acceso venció; se renueva solo"),
            Self::Revoked => (401, error_code::REVOKED, "Registre de nuevo este teléfono"),
            Self::BadCode => (400, error_code::BAD_CODE, "Ese código no sirve; pida uno nuevo"),
            Self::OtherCollector => (409, error_code::OTHER_COLLECTOR, "Este teléfono es de otra persona"),
            Self::Suspended => (403, error_code::SUSPENDED, "Teléfono suspendido; llévelo a la oficina"),
            Self::OtherDevice => (403, "other_device", "Un teléfono solo envía lo suyo"),
            Self::TooMany => (413, "too_many", "Demasiados registros en un envío"),
            Self::Service(ServiceError::Throttled { .. }) => {
                (429, "throttled", "Demasiados intentos; espere unos minutos")
            }
            Self::Service(_) => (500, "failed", "No se pudo atender; intente de nuevo"),
        }
    }
}

impl From<store::StoreError> for FieldFault {
    fn from(error: store::StoreError) -> Self {
        Self::Service(error.into())
    }
}

impl From<sea_orm::DbErr> for FieldFault {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Service(error.into())
    }
}

/// Sequence numbers are counted from 1 and never near the limit.
fn to_i64(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn to_u64(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
