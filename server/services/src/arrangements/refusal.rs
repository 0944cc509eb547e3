//! What the domain refuses, for people.

use domain::account::Component;
use domain::arrangement::negotiation::MenuError;
use domain::arrangement::{
    ArrangementError, ArrangementStatus, BeyondLimit, ChangeError, OfferLevel, PolicyError, PolicyFault,
    TransitionError,
};
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

const fn level_es(level: OfferLevel) -> &'static str {
    match level {
        OfferLevel::Agent => "agente",
        OfferLevel::Supervisor => "supervisión",
        OfferLevel::Manager => "gerencia",
    }
}

const fn part_es(part: Component) -> &'static str {
    match part {
        Component::Principal => "capital",
        Component::Interest => "interés",
        Component::DefaultInterest => "interés moratorio",
        Component::LateCharge => "recargos",
        Component::CollectionCost => "gastos de cobranza",
        Component::Tax => "impuestos",
    }
}

/// Why a policy cannot be saved. The rule is named by whoever shows it.
pub fn say_fault(error: &PolicyError) -> Say {
    use PolicyFault as F;
    let en = error.fault.to_string();
    let es = match &*error.fault {
        F::Rules => "La política lleva de 1 a 12 reglas".to_owned(),
        F::Name => "Cada regla necesita un nombre propio; este falta o está repetido".to_owned(),
        F::Days { from, to } => {
            format!("Empieza a los {from} días de atraso y termina a los {to}; invertirlos")
        }
        F::Totals => "Los importes deben ser mayores que cero, en una misma moneda, y el primero no puede \
                      superar al segundo"
            .to_owned(),
        F::Percent { level, component, value } => format!(
            "{}, {}: {value} no es un porcentaje; escribir de 0 a 100",
            level_es(*level),
            part_es(*component)
        ),
        F::First { level, value } => {
            format!("{}: un primer pago de {value} % no es posible; escribir de 0 a 100", level_es(*level))
        }
        F::Months { level, value } => {
            format!("{}: {value} meses son demasiados; escribir hasta 240", level_es(*level))
        }
        F::Grace { level, value } => {
            format!("{}: {value} días de gracia son demasiados; escribir hasta 366", level_es(*level))
        }
        F::Installment { level, value } => format!(
            "{}: la cuota mínima de {value} debe ser mayor que cero, y una sola por moneda",
            level_es(*level)
        ),
        F::Changes => "Cambios del deudor: hasta 366 días, y hasta 24 veces cada uno".to_owned(),
        F::Menu(error) => say_menu(error),
    };
    Say::new(es, en)
}

fn say_menu(error: &MenuError) -> String {
    use MenuError as E;
    match error {
        E::TooMany => "Una regla lleva hasta 20 ofertas; quitar algunas".to_owned(),
        E::Name(_) => "Cada oferta necesita un nombre propio; este falta o está repetido".to_owned(),
        E::Percent { value, .. } => format!("{value} no es un porcentaje; escribir de 0 a 100"),
        E::Payments { value, .. } => format!("{value} pagos no son posibles; escribir de 1 a 520"),
        E::Frequency { .. } => "Elegir cada cuánto se puede pagar".to_owned(),
        E::Days { value, .. } => format!("{value} días son demasiados; escribir hasta 366"),
        E::LeastPayment { value, .. } => {
            format!("El pago mínimo de {value} debe ser mayor que cero, y uno solo por moneda")
        }
        E::Discount { component, given, most, .. } => format!(
            "Un descuento de {given} % en {} supera el {most} % que puede dar gerencia",
            part_es(*component)
        ),
        E::Long { months, .. } => {
            format!("El último pago puede pasar de los {months} mes(es) que puede dar gerencia; menos pagos")
        }
        E::SmallPayment { minimum, .. } => {
            format!("Gerencia da cuotas de {minimum} o más; publicar al menos ese pago mínimo")
        }
        E::SmallFirst { most, .. } => {
            format!("Gerencia pide {most} % de primer pago; publicar al menos eso")
        }
        E::Grace { given, most, .. } => {
            format!("{given} días de gracia superan los {most} que puede dar gerencia")
        }
    }
}

/// Why a plan is not changed, for its debtor; `day` writes dates as the reader does.
pub(super) fn bad_change(error: &ChangeError) -> ServiceError {
    use ChangeError as E;
    let says = match error {
        E::NotActive => Say::new(
            "Este acuerdo no está vigente: no se puede cambiar.",
            "This agreement is not active: it cannot be changed.",
        )
        .pt("Este acordo não está vigente: não pode ser alterado."),
        E::NotKept => Say::new(
            "Hay un pago vencido. Ponte al día o escríbenos, y lo vemos contigo.",
            "A payment is past due. Catch up or write to us, and we will look at it with you.",
        )
        .pt("Há um pagamento vencido. Fique em dia ou escreva para nós, e vemos isso com você."),
        E::NothingLeft => Say::new("No queda ningún pago por cambiar.", "No payment is left to change.")
            .pt("Não resta nenhum pagamento para mudar."),
        E::NoMore(_) => Say::new(
            "Ya usaste este cambio. Si lo necesitas otra vez, escríbenos: lo ve una persona contigo.",
            "You have used this change. If you need it again, write to us: a person will look at it with you.",
        )
        .pt("Você já usou esta mudança. Se precisar de novo, escreva para nós: uma pessoa vai ver isso com você."),
        E::Day { from, to, .. } => Say::new(
            format!("Elige un día del {} al {}.", dmy(*from), dmy(*to)),
            format!("Choose a day from {} to {}.", dmy(*from), dmy(*to)),
        )
        .pt(format!("Escolha um dia de {} a {}.", dmy(*from), dmy(*to))),
        E::NoDay => Say::new(
            "Elige otro día; entre este pago y el siguiente tiene que haber lugar.",
            "Choose another day; it has to lie between this payment and the one after it.",
        )
        .pt("Escolha outro dia; precisa estar entre este pagamento e o seguinte."),
        E::Last => Say::new(
            "Es tu último pago: no se puede dejar para después. Sí puedes moverlo unos días.",
            "It is your last payment: it cannot be left for later. You can move it by some days.",
        )
        .pt("É o seu último pagamento: não pode ficar para depois. Você pode mudá-lo alguns dias."),
        E::Small(_) => Say::new(
            "Este pago es muy pequeño para dividirlo.",
            "This payment is too small to be split.",
        )
        .pt("Este pagamento é pequeno demais para dividir."),
        E::Plan(_) | E::Money(_) => Say::new(
            "Con esa fecha no sale un plan; elige otra.",
            "That date makes no plan; choose another.",
        )
        .pt("Com essa data não sai um plano; escolha outra."),
    };
    let field = match error {
        E::Day { .. } | E::NoDay | E::Plan(_) => "to",
        _ => "",
    };
    ServiceError::told(field, says)
}

fn dmy(day: chrono::NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}
