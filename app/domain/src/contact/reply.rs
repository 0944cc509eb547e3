//! What a person means who answers a message with one word.

use crate::text::fold;

/// What a reply asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// No more messages by this channel.
    Stop,
    /// `CANCELAR` alone: to stop the messages, or to pay the debt off ("cancelar la deuda")? Contact
    /// stops, and a person asks.
    Unclear,
    /// Messages are welcome again.
    Start,
    /// Something for a person to read.
    Words,
}

const STOP: [&str; 18] = [
    "stop",
    "stopall",
    "stop all",
    "unsubscribe",
    "end",
    "quit",
    "baja",
    "dar de baja",
    "darme de baja",
    "alto",
    "parar",
    "pare",
    "salir",
    "no molestar",
    "no me escriban",
    "sair",
    "remover",
    "descadastrar",
];
const UNCLEAR: [&str; 2] = ["cancelar", "cancel"];
const START: [&str; 4] = ["start", "unstop", "alta", "voltar"];

/// Reads a whole message, whatever its case, accents and punctuation. A word among others decides
/// nothing: "no puedo parar de trabajar para ir al banco" is no refusal.
pub fn reply(text: &str) -> Reply {
    let folded = fold(text);
    let is = |words: &[&str]| words.contains(&folded.as_str());
    if is(&STOP) {
        Reply::Stop
    } else if is(&UNCLEAR) {
        Reply::Unclear
    } else if is(&START) {
        Reply::Start
    } else {
        Reply::Words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_messages_decide_however_they_are_written() {
        for text in ["STOP", " stop. ", "Bája", "¡NO  MOLESTAR!", "no-molestar", "Sair", "StopAll", "«Alto»"]
        {
            assert_eq!(reply(text), Reply::Stop, "{text}");
        }
        for text in ["CANCELAR", "cancelar…", "Cancel"] {
            assert_eq!(reply(text), Reply::Unclear, "{text}");
        }
        for text in ["ALTA", "start!"] {
            assert_eq!(reply(text), Reply::Start, "{text}");
        }
        for text in ["", "👍", "quiero cancelar mi deuda", "no paren", "pago el alto costo mañana", "stop by"]
        {
            assert_eq!(reply(text), Reply::Words, "{text}");
        }
    }
}
