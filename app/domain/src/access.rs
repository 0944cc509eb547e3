//! Who may do what: roles and permissions.

use serde::{Deserialize, Serialize};

use crate::ids::{ApiKeyId, DeviceId, OrganizationId, PartyId, UserId};
use crate::party::text_enum;

/// A member of staff's job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Agent,
    Supervisor,
    Manager,
    /// Sees everything, changes nothing.
    Auditor,
    /// Home visits; works through the field app.
    FieldCollector,
    Admin,
}

text_enum!(Role {
    Agent = "agent",
    Supervisor = "supervisor",
    Manager = "manager",
    Auditor = "auditor",
    FieldCollector = "field_collector",
    Admin = "admin",
});

/// One thing that can be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    AccountRead,
    ActivityRecord,
    PromiseTake,
    PaymentPost,
    PaymentReverse,
    PortfolioImport,
    ImportRead,
    AuditRead,
    DeviceEnrol,
    OutboxRead,
    StaffManage,
    /// Offer plans and settlements within the agent's limits, and record their acceptance.
    ArrangementOffer,
    /// Offer within the supervisor's limits; beyond them with a manager's approval.
    ArrangementExceed,
    ArrangementApprove,
    RemittanceRead,
    /// Agree commissions, state remittances and pay them.
    RemittanceMake,
    /// Keep new versions of product terms and of published series, and the bank details that debtors
    /// are shown.
    TermsWrite,
    /// Post charges, forgiveness and charge-offs by hand, and take them back.
    FactPost,
    /// Close a debt and open another in its place.
    DebtRestructure,
    /// Work on what debtors say: disputes, complaints, corrections, messages, reported payments.
    CaseHandle,
    /// Resolve payments that do not fit: unapplied money, mismatches, chargebacks, bank lines.
    PaymentResolve,
    /// Send money back to a payer.
    RefundMake,
    /// See segments and journeys, and what they did.
    StrategyRead,
    /// Save segments and journeys, run them, and change an operator's contact rules.
    StrategyWrite,
}

text_enum!(Permission {
    AccountRead = "account_read",
    ActivityRecord = "activity_record",
    PromiseTake = "promise_take",
    PaymentPost = "payment_post",
    PaymentReverse = "payment_reverse",
    PortfolioImport = "portfolio_import",
    ImportRead = "import_read",
    AuditRead = "audit_read",
    DeviceEnrol = "device_enrol",
    OutboxRead = "outbox_read",
    StaffManage = "staff_manage",
    ArrangementOffer = "arrangement_offer",
    ArrangementExceed = "arrangement_exceed",
    ArrangementApprove = "arrangement_approve",
    RemittanceRead = "remittance_read",
    RemittanceMake = "remittance_make",
    TermsWrite = "terms_write",
    FactPost = "fact_post",
    DebtRestructure = "debt_restructure",
    CaseHandle = "case_handle",
    PaymentResolve = "payment_resolve",
    RefundMake = "refund_make",
    StrategyRead = "strategy_read",
    StrategyWrite = "strategy_write",
});

impl Role {
    /// The permission matrix.
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Admin => true,
            Self::Manager => !matches!(permission, P::StaffManage),
            Self::Supervisor => !matches!(
                permission,
                P::StaffManage
                    | P::AuditRead
                    | P::ArrangementApprove
                    | P::RemittanceRead
                    | P::RemittanceMake
                    | P::TermsWrite
                    | P::DebtRestructure
                    | P::RefundMake
                    | P::StrategyWrite
            ),
            Self::Agent => matches!(
                permission,
                P::AccountRead
                    | P::ActivityRecord
                    | P::PromiseTake
                    | P::PaymentPost
                    | P::ArrangementOffer
                    | P::CaseHandle
            ),
            Self::Auditor => matches!(
                permission,
                P::AccountRead
                    | P::ImportRead
                    | P::AuditRead
                    | P::OutboxRead
                    | P::RemittanceRead
                    | P::StrategyRead
            ),
            // The field app's own use cases check the day's assignments instead.
            Self::FieldCollector => false,
        }
    }
}

/// Who acts, in which organization. Every use case takes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub organization_id: OrganizationId,
    pub kind: ActorKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActorKind {
    Staff {
        user_id: UserId,
        role: Role,
    },
    /// A debtor signed in to the portal: sees only their own.
    Debtor {
        party_id: PartyId,
    },
    /// A field collector through an enrolled device: sees only the day's assignments.
    Collector {
        user_id: UserId,
        device_id: DeviceId,
    },
    /// Another system, through the REST API: does what its key's role may.
    Machine {
        key_id: ApiKeyId,
        role: Role,
    },
    /// Saldar itself: webhooks, workers, the command line.
    System {
        process: &'static str,
    },
}

/// The actor lacks a permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this needs the permission {0}")]
pub struct Denied(pub Permission);

impl Actor {
    /// # Errors
    /// The actor is not staff or a machine with a role that has `permission`, nor Saldar itself.
    pub fn require(&self, permission: Permission) -> Result<(), Denied> {
        match &self.kind {
            ActorKind::Staff { role, .. } | ActorKind::Machine { role, .. } if role.may(permission) => Ok(()),
            ActorKind::System { .. } => Ok(()),
            _ => Err(Denied(permission)),
        }
    }

    /// The actor as the audit trail names it: kind and id, no personal data.
    pub fn audit_name(&self) -> String {
        match &self.kind {
            ActorKind::Staff { user_id, .. } => format!("staff:{user_id}"),
            ActorKind::Debtor { party_id } => format!("debtor:{party_id}"),
            ActorKind::Collector { user_id, device_id } => format!("collector:{user_id}/{device_id}"),
            ActorKind::Machine { key_id, .. } => format!("machine:{key_id}"),
            ActorKind::System { process } => format!("system:{process}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_is_what_was_decided() {
        let rows: Vec<String> = Role::ALL
            .iter()
            .map(|role| {
                let cells = Permission::ALL.iter().map(|p| if role.may(*p) { 'x' } else { '.' });
                format!("{:16}{}", role.as_str(), cells.collect::<String>())
            })
            .collect();
        let expected = [
            "agent           xxxx.......x.......x....",
            "supervisor      xxxxxxx.xx.xx....x.xx.x.",
            "manager         xxxxxxxxxx.xxxxxxxxxxxxx",
            "auditor         x.....xx.x....x.......x.",
            "field_collector ........................",
            "admin           xxxxxxxxxxxxxxxxxxxxxxxx",
        ];
        assert_eq!(rows, expected);
    }

    #[test]
    fn a_debtor_has_no_staff_permission() {
        let actor = Actor {
            organization_id: OrganizationId(uuid::Uuid::nil()),
            kind: ActorKind::Debtor { party_id: PartyId(uuid::Uuid::nil()) },
        };
        assert!(Permission::ALL.iter().all(|p| actor.require(*p).is_err()));
    }
}
