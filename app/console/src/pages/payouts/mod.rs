//! What gateways paid out to the bank, held against the journal: the list, and one payout.

mod list;
mod show;

use services::payments::MovementKind;
use services::settlements::{DifferenceKind, LineKind, PayoutState, PayoutStatus};
use ui::prelude::*;

pub use list::{list, reconcile};
pub use show::show;

pub const ADDRESS: &str = "/console/conciliacion";

const fn state(state: PayoutState, lang: Lang) -> (Tone, &'static str) {
    match state {
        PayoutState::Waiting => (Tone::Info, tr!(lang, "En camino", "On its way")),
        PayoutState::Matched => (Tone::Success, tr!(lang, "Concuerda", "Matches")),
        PayoutState::Differs => (Tone::Error, tr!(lang, "Hay diferencias", "Differs")),
        PayoutState::Manual => {
            (Tone::Warn, tr!(lang, "Manual: no se puede comparar", "By hand: cannot be compared"))
        }
        PayoutState::Returned => (Tone::Error, tr!(lang, "No llegó al banco", "Did not reach the bank")),
    }
}

const fn status(status: PayoutStatus, lang: Lang) -> &'static str {
    match status {
        PayoutStatus::Pending => tr!(lang, "Por salir", "To be sent"),
        PayoutStatus::InTransit => tr!(lang, "En camino al banco", "On its way to the bank"),
        PayoutStatus::Paid => tr!(lang, "Pagado al banco", "Paid to the bank"),
        PayoutStatus::Failed => tr!(lang, "Devuelto por el banco", "Sent back by the bank"),
        PayoutStatus::Canceled => tr!(lang, "Cancelado", "Called off"),
    }
}

const fn kind(kind: LineKind, lang: Lang) -> &'static str {
    match kind {
        LineKind::Movement(MovementKind::Received) => tr!(lang, "Pago", "Payment"),
        LineKind::Movement(MovementKind::Refunded) => tr!(lang, "Devolución", "Refund"),
        LineKind::Movement(MovementKind::RefundFailed) => {
            tr!(lang, "Devolución que no llegó", "Refund that did not arrive")
        }
        LineKind::Movement(MovementKind::Withdrawn) => tr!(lang, "Contracargo", "Chargeback"),
        LineKind::Movement(MovementKind::Reinstated) => tr!(lang, "Contracargo ganado", "Chargeback won"),
        LineKind::Fee => tr!(lang, "Cargo del proveedor", "Charge of the provider"),
        LineKind::Payout => tr!(lang, "El depósito mismo", "The payout itself"),
        LineKind::PayoutBack => tr!(lang, "Depósito devuelto", "Payout that came back"),
        LineKind::Other => tr!(lang, "Otro movimiento", "Other movement"),
    }
}

/// What differs, and what to do about it.
pub const fn difference(kind: DifferenceKind, lang: Lang) -> (&'static str, &'static str) {
    match kind {
        DifferenceKind::Arithmetic => (
            tr!(lang, "El neto no es el importe menos el cargo", "The net is not the amount less the charge"),
            tr!(
                lang,
                "Así lo dice el proveedor: pregúntele por este movimiento.",
                "So says the provider: ask it about this movement."
            ),
        ),
        DifferenceKind::Unknown => (
            tr!(
                lang,
                "El proveedor movió dinero que no está en el libro",
                "The provider moved money that is not in the ledger"
            ),
            tr!(
                lang,
                "Búsquelo en el panel del proveedor: si es de una deuda, regístrelo en su cuenta; si no, devuélvalo.",
                "Look it up on the provider's dashboard: if it belongs to a debt, post it there; if not, give it back."
            ),
        ),
        DifferenceKind::Amount => (
            tr!(lang, "El importe en el libro es otro", "The ledger has another amount"),
            tr!(
                lang,
                "Compare el libro de la cuenta con el panel del proveedor. ¿Se anuló el pago aquí y no allá?",
                "Compare the account's ledger with the provider's dashboard. Was the payment taken back here and not there?"
            ),
        ),
        DifferenceKind::Fee => (
            tr!(lang, "El cargo en el libro es otro", "The ledger has another charge"),
            tr!(
                lang,
                "Compare el cargo del movimiento en el libro de la cuenta con el del proveedor.",
                "Compare the movement's charge in the account's ledger with the provider's."
            ),
        ),
        DifferenceKind::Currency => (
            tr!(lang, "El proveedor liquida en otra moneda", "The provider settles in another currency"),
            tr!(
                lang,
                "Registre el cambio en su contabilidad, o pida al proveedor que liquide en la moneda del pago.",
                "Book the exchange in your accounts, or ask the provider to settle in the payment's currency."
            ),
        ),
        DifferenceKind::Twice => (
            tr!(lang, "El mismo movimiento está dos veces", "The same movement is there twice"),
            tr!(lang, "Pregunte al proveedor por las dos líneas.", "Ask the provider about both lines."),
        ),
        DifferenceKind::Unexpected => (
            tr!(lang, "Un movimiento que no es de ningún pago", "A movement that belongs to no payment"),
            tr!(
                lang,
                "Reserva, transferencia o corrección del proveedor: averigüe por qué y regístrela en su contabilidad.",
                "A reserve, transfer or correction of the provider: find out why and book it in your accounts."
            ),
        ),
        DifferenceKind::Total => (
            tr!(lang, "Las líneas no suman lo depositado", "The lines do not come to what was paid out"),
            tr!(
                lang,
                "Pregunte al proveedor qué falta en la lista.",
                "Ask the provider what the list lacks."
            ),
        ),
        DifferenceKind::Returned => (
            tr!(lang, "El banco devolvió el depósito", "The bank sent the payout back"),
            tr!(
                lang,
                "El dinero sigue con el proveedor: revise los datos bancarios en su panel.",
                "The money is still with the provider: check the bank details on its dashboard."
            ),
        ),
        DifferenceKind::Unsettled => (
            tr!(
                lang,
                "Está en el libro y el proveedor no lo ha depositado",
                "The ledger has it and the provider has not paid it out"
            ),
            tr!(
                lang,
                "Pasaron más de 14 días: búsquelo en el panel del proveedor.",
                "More than 14 days have passed: look it up on the provider's dashboard."
            ),
        ),
    }
}

/// `stripe` is a name.
fn gateway_name(key: &str) -> String {
    match key.split('-').next() {
        Some("stripe") => "Stripe".to_owned(),
        _ => key.to_owned(),
    }
}
