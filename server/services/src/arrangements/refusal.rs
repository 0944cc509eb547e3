//! What the domain refuses, for people.

use domain::arrangement::{ArrangementError, ArrangementStatus, BeyondLimit, TransitionError};
use domain::text::Say;

use crate::{FieldIssue, ServiceError};

/// The form field that a refusal is about, and its words.
pub(super) fn bad_terms(error: ArrangementError) -> ServiceError {
    use ArrangementError as E;
    let en = error.to_string();
    let (field, es): (&'static str, String) = match &error {
        E::NoDebts => ("debts", "Elegir al menos una deuda".to_owned()),
        E::NothingOwed => ("debts", "No se debe nada en las deudas elegidas".to_owned()),
        E::PlanForgives => ("concession", "Un plan no condona nada; elegir convenio con quita".to_owned()),
        E::SettlementForgivesNothing => {
            ("concession", "Un convenio con quita necesita un descuento".to_owned())
        }
        E::NothingToPay => {
            ("concession", "El descuento no deja nada por pagar; condonar la deuda".to_owned())
        }
        E::DueBeforeOffer(due, today) => {
            ("first_due_on", format!("El primer pago vence el {due}, antes de la oferta del {today}"))
        }
        E::ValidUntil(until) => (
            "valid_until",
            format!("La oferta no puede valer hasta el {until}; elegir desde hoy hasta un año"),
        ),
        E::DownPaymentLate { down, first } => {
            ("down_payment", format!("El anticipo vence el {down}, después de la primera cuota del {first}"))
        }
        E::NoDownPayment => ("down_payment", "Falta el anticipo con el que empieza el convenio".to_owned()),
        E::NotTheBalance { found, to_pay } => {
            ("installments", format!("Las cuotas suman {found}, pero se pagan {to_pay}"))
        }
        E::Disordered(on) => (
            "installments",
            format!("Las cuotas deben ser positivas y en orden de fecha; revisar la del {on}"),
        ),
        E::Grace(days) => ("grace_days", format!("Una gracia de {days} días es demasiado larga")),
        E::Cap(agreed) => ("cap", format!("El tope no puede ser menor que lo acordado, {agreed}")),
        E::Charge => ("on_breach", "El cargo por incumplimiento debe ser positivo".to_owned()),
        E::Plan(_) => ("installments", format!("Estas cuotas no forman un plan: {en}")),
        E::Settlement(_) => ("concession", format!("Este descuento no se puede aplicar: {en}")),
        E::Money(_) => ("", "El importe es demasiado grande".to_owned()),
    };
    ServiceError::invalid(field, es, en)
}

const fn status_es(status: ArrangementStatus) -> &'static str {
    match status {
        ArrangementStatus::Offered => "ofrecido",
        ArrangementStatus::Accepted => "aceptado",
        ArrangementStatus::Active => "vigente",
        ArrangementStatus::Completed => "cumplido",
        ArrangementStatus::Broken => "incumplido",
        ArrangementStatus::Cancelled => "cancelado",
        ArrangementStatus::Expired => "vencido",
    }
}

pub(super) fn bad_step(error: TransitionError) -> ServiceError {
    use TransitionError as E;
    let en = error.to_string();
    let es = match &error {
        E::Wrong { from, to } => {
            format!("Un convenio {} no puede pasar a {}", status_es(*from), status_es(*to))
        }
        E::NeedsApproval => "Falta la aprobación de gerencia".to_owned(),
        E::NothingToApprove => "La oferta no necesita aprobación".to_owned(),
        E::Expired(until) => format!("La oferta valía hasta el {until}; hacer otra"),
        E::StillValid => "La oferta sigue vigente".to_owned(),
        E::OtherTerms => "Las condiciones no son las que se mostraron; mostrarlas de nuevo".to_owned(),
        E::NotPaid => "Todavía no está todo pagado".to_owned(),
        E::NothingMissed => "No hay ninguna cuota incumplida".to_owned(),
        E::Money(_) => "El importe es demasiado grande".to_owned(),
    };
    ServiceError::invalid("status", es, en)
}

/// Limits that an offer goes beyond.
pub(super) fn beyond_limits(beyond: &[BeyondLimit]) -> ServiceError {
    ServiceError::Invalid(
        beyond.iter().map(|limit| FieldIssue { field: field_of(limit), says: say(limit) }).collect(),
    )
}

const fn field_of(limit: &BeyondLimit) -> &'static str {
    match limit {
        BeyondLimit::Discount { .. } => "concession",
        BeyondLimit::Months { .. } | BeyondLimit::Installment { .. } => "installments",
        BeyondLimit::DownPayment { .. } => "down_payment",
        BeyondLimit::Grace { .. } => "grace_days",
        BeyondLimit::NoRule => "debts",
    }
}

/// A limit in the words of people.
pub fn say(limit: &BeyondLimit) -> Say {
    let es = match limit {
        BeyondLimit::Discount { component, given, most_pct } => {
            format!("El descuento de {given} en {component} supera el {most_pct} % permitido")
        }
        BeyondLimit::Months { last, months } => {
            format!("La última cuota, el {last}, pasa del plazo permitido de {months} mes(es)")
        }
        BeyondLimit::Installment { amount, minimum } => {
            format!("Una cuota de {amount} es menor que la mínima de {minimum}")
        }
        BeyondLimit::DownPayment { first, percent, to_pay } => {
            format!("El primer pago de {first} es menor que el {percent} % de {to_pay}")
        }
        BeyondLimit::Grace { days, most } => {
            format!("Una gracia de {days} días supera los {most} permitidos")
        }
        BeyondLimit::NoRule => "Ninguna regla de la política se ajusta a esta deuda".to_owned(),
    };
    Say::new(es, limit.to_string())
}
