//! Arrangements: instalment plans over a debt, and settlements for less than the debt.

pub mod autopay;
mod change;
mod lifecycle;
pub mod negotiation;
mod policy;
mod replan;
pub mod schedule;
mod settlement;
pub mod tranche;

pub use change::{ChangeError, ChangeKind, ChangeLimits, ChangeOptions, PlanChange};
pub use lifecycle::{
    Acceptance, Activation, Agreed, Approval, Arrangement, ArrangementError, ArrangementKind,
    ArrangementStatus, ArrangementTerms, BreachCharge, Cap, Consequence, DownPaymentTerms, Due, Ending,
    IncludedDebt, InstallmentState, InstallmentStatus, Offer, Prepayment, Progress, ScheduleSpec,
    TransitionError, WhenForgiven,
};
pub use policy::{
    BeyondLimit, Miss, OfferCondition, OfferLevel, OfferLimits, OfferPolicy, OfferRule, OfferSubject,
    PolicyError, PolicyFault,
};
pub use replan::{price, replan};
pub use settlement::{
    Concession, Discount, Forgiveness, Settlement, SettlementError, WriteOff, settle, write_off,
};
