//! What a failure means to people, and what to do next.

use domain::text::Say;

use super::letters::RETURNED;

/// Why a message did not arrive, and the next step, for staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureWords {
    pub reason: Say,
    pub next: Say,
}

/// The provider says that nobody can be reached at this number; a person has to find another.
pub(super) fn is_dead_number(code: &str) -> bool {
    matches!(code, "bad_number" | "unreachable_number" | "landline" | "not_on_whatsapp")
}

/// What an enhanced status code says of the address, not of the message or of us: an address that does
/// not exist, cannot exist, or is switched off for good (RFC 3463 sections 3.2, 3.3 and 3.5, RFC 7505
/// section 4.2), or from which the post brought a letter back. A full mailbox (5.2.2), a message that is too big or refused by policy (5.3, 5.6, 5.7),
/// and a code without detail (5.0.0) say nothing of the next message.
pub(super) fn is_dead_address(code: &str) -> bool {
    if code == RETURNED {
        return true;
    }
    let Some(status) = code.strip_prefix("bounced:") else { return false };
    matches!(status, "5.1.0" | "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.2.0" | "5.2.1" | "5.4.4")
}

fn words(reason: (&str, &str), next: (&str, &str)) -> FailureWords {
    FailureWords { reason: Say::new(reason.0, reason.1), next: Say::new(next.0, next.1) }
}

/// Explains the stable code of a message that did not go out or did not arrive. `waits` says that it
/// will be tried again by itself.
pub fn failure_words(code: &str, waits: bool) -> FailureWords {
    let correct = (
        "Pida otro número o escriba por otro canal; la cuenta tiene una nota",
        "Ask for another number or write by another channel; the account has a note",
    );
    let nothing = ("No hay nada que hacer", "There is nothing to do");
    let by_itself = ("Se vuelve a intentar solo", "It is tried again by itself");
    let other = (
        "Escriba por otro canal, o llame en horario permitido",
        "Write by another channel, or call within the hours allowed",
    );
    let operator = (
        "Avise a quien administra Saldar: hay que revisar la cuenta del proveedor",
        "Tell whoever runs Saldar: the provider's account needs a look",
    );
    let (kind, detail) = code.split_once(':').unwrap_or((code, ""));
    match (kind, detail) {
        ("bad_number", _) => words(
            ("El número no existe o está mal escrito", "The number does not exist or is misspelt"),
            correct,
        ),
        ("landline", _) => {
            words(("Es un teléfono fijo: no recibe SMS", "It is a landline: it takes no SMS"), correct)
        }
        ("unreachable_number", _) => {
            words(("El teléfono no está disponible", "The phone cannot be reached"), correct)
        }
        ("not_on_whatsapp", _) => {
            words(("El número no usa WhatsApp", "The number does not use WhatsApp"), correct)
        }
        ("bad_address" | "bad_message", _) => words(
            ("La dirección está mal escrita", "The address is misspelt"),
            ("Corrija el contacto", "Correct the contact"),
        ),
        ("bounced", _) if is_dead_address(code) => words(
            (
                "El correo volvió: esa dirección no existe o ya no recibe",
                "The e-mail came back: there is no such address, or it takes none any more",
            ),
            (
                "Pida otro correo o escriba por otro canal; ahí ya no se escribe",
                "Ask for another e-mail or write by another channel; nothing is sent there any more",
            ),
        ),
        ("bounced", "5.2.2" | "4.2.2") => words(
            ("El correo volvió: el buzón está lleno", "The e-mail came back: the mailbox is full"),
            other,
        ),
        ("bounced", status) if status.starts_with("5.7") => words(
            (
                "El correo volvió: el servidor no acepta nuestros envíos",
                "The e-mail came back: the server does not accept what we send",
            ),
            operator,
        ),
        ("bounced", _) => words(("El correo volvió", "The e-mail came back"), other),
        ("returned", _) => words(
            (
                "La carta volvió: ahí no se pudo entregar",
                "The letter came back: it could not be delivered there",
            ),
            (
                "Pida otro domicilio o escriba por otro canal; ahí ya no se envían cartas",
                "Ask for another address or write by another channel; no letter is posted there any more",
            ),
        ),
        ("no_address", _) => words(
            ("La persona ya no tiene ese domicilio", "The person does not have that address any more"),
            other,
        ),
        ("long_address", _) => words(
            (
                "El domicilio no cabe en la ventana del sobre",
                "The address does not fit the envelope's window",
            ),
            ("Corrija el domicilio: hasta cinco líneas", "Correct the address: up to five lines"),
        ),
        ("left_out", _) => words(
            ("Se sacó del lote antes de enviarla", "It was taken out of its batch before it was posted"),
            nothing,
        ),
        ("undeliverable", _) => words(
            ("Lo que se envía a esa dirección no llega", "What is sent to that address does not arrive"),
            (
                "Pida otra dirección o escriba por otro canal",
                "Ask for another address or write by another channel",
            ),
        ),
        ("opted_out" | "refused", "") => words(
            ("La persona no quiere mensajes ahí", "The person does not want messages there"),
            (
                "No insista; use otro canal que haya autorizado",
                "Do not insist; use another channel that they authorised",
            ),
        ),
        ("wrong_person", _) => words(
            (
                "Quien lo recibe dice que no es la persona",
                "Whoever receives it says that they are not the person",
            ),
            ("Corrija el contacto antes de volver a escribir", "Correct the contact before writing again"),
        ),
        ("blocked", _) => words(("La operadora lo bloqueó", "The carrier blocked it"), other),
        ("needs_template", _) => words(
            (
                "Fuera de las 24 horas de conversación WhatsApp exige una plantilla aprobada",
                "Outside the 24 hours of a conversation WhatsApp demands an approved template",
            ),
            ("Elija una plantilla, o use otro canal", "Choose a template, or use another channel"),
        ),
        ("bad_template", _) => {
            words(("WhatsApp no aceptó la plantilla", "WhatsApp did not accept the template"), operator)
        }
        ("account" | "country", _) => words(
            ("El proveedor no acepta nuestros envíos", "The provider does not accept what we send"),
            operator,
        ),
        ("held", "channel_off") => words(
            ("El canal está apagado", "The channel is switched off"),
            (
                "Sale solo cuando se encienda, si todavía sirve",
                "It goes out by itself once it is on, if it is still of use",
            ),
        ),
        ("held", _) => words(
            ("Ahora no es un momento permitido", "This is no lawful moment"),
            ("Sale solo cuando se pueda", "It goes out by itself when it may"),
        ),
        ("settled", _) => words(("La deuda ya está pagada", "The debt is paid"), nothing),
        ("promised", _) => {
            words(("Hay una promesa de pago vigente", "There is an open promise to pay"), nothing)
        }
        ("refused", "legal_stop") => words(
            ("Un caso abierto detiene la cobranza", "An open case holds collection"),
            ("Conteste el caso", "Answer the case"),
        ),
        ("refused", detail) if detail.chars().all(|c| c.is_ascii_digit()) => words(
            ("El servidor de correo lo rechazó", "The mail server refused it"),
            ("Revise la dirección o use otro canal", "Check the address or use another channel"),
        ),
        ("refused", _) => words(
            ("La ley o la persona no lo permite", "The law or the person does not allow it"),
            ("Vea el motivo en la cuenta", "See the reason on the account"),
        ),
        ("throttled" | "deferred" | "unreachable" | "provider", _) if waits => {
            words(("El proveedor no lo tomó todavía", "The provider has not taken it yet"), by_itself)
        }
        ("throttled" | "deferred" | "unreachable" | "provider", _) => words(
            (
                "El proveedor no lo tomó tras varios intentos",
                "The provider did not take it after several tries",
            ),
            other,
        ),
        _ => words(
            (
                "No llegó, y el proveedor no dice por qué",
                "It did not arrive, and the provider does not say why",
            ),
            other,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_not_told_as_lost() {
        assert_ne!(failure_words("throttled", true), failure_words("throttled", false));
        assert_eq!(failure_words("refused:550", false).reason.en, "The mail server refused it");
        assert_eq!(failure_words("refused", false), failure_words("opted_out", false));
    }

    #[test]
    fn only_what_says_something_of_the_address_ends_it() {
        for code in ["bounced:5.1.1", "bounced:5.1.10", "bounced:5.2.1"] {
            assert!(is_dead_address(code), "{code}");
        }
        for code in ["bounced:5.2.2", "bounced:4.4.1", "bounced:5.7.1", "refused:550", "bounced:5.1.8"] {
            assert!(!is_dead_address(code), "{code}");
        }
    }
}
