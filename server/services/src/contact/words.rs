//! A refusal in words, for people.

use chrono_tz::Tz;
use domain::contact::{NextSlot, Reason};
use domain::text::Say;

use super::Answer;

/// Why a contact is not lawful, in a few plain words.
pub fn reason_words(reason: Reason) -> Say {
    match reason {
        Reason::LegalStop => {
            Say::new("Un caso o un hecho detiene el contacto", "A case or a fact stops contact")
        }
        Reason::RecipientNotAllowed => {
            Say::new("No se puede contactar a esa persona", "That person may not be contacted")
        }
        Reason::ChannelNotAuthorised => {
            Say::new("La persona no ha autorizado este canal", "The person has not authorised this channel")
        }
        Reason::ChannelRefused => {
            Say::new("La persona rechazó este canal", "The person refused this channel")
        }
        Reason::OutsideOwnHours => {
            Say::new("Fuera del horario que pidió la persona", "Outside the hours that the person asked for")
        }
        Reason::BeforeWindow => Say::new("Todavía no es hora", "It is too early"),
        Reason::AfterWindow => Say::new("Ya no es hora", "It is too late in the day"),
        Reason::DayNotAllowed => Say::new("Ese día no se permite", "That day is not allowed"),
        Reason::Holiday => Say::new("Es día festivo", "It is a holiday"),
        Reason::Frequency => {
            Say::new("Ya hubo los contactos que se permiten", "There were as many contacts as are allowed")
        }
        Reason::VisitNotAllowed => Say::new("No se permite visitar", "A visit is not allowed"),
    }
}

/// A refusal for the form that asked: why, by which rule, and what to do.
pub(crate) fn why_not(answer: &Answer, zone: Tz) -> Say {
    let refusal = match answer {
        Answer::Yes(_) => return Say::new("Se permite", "It is allowed"),
        Answer::Unknown(error) => {
            return Say::new(
                format!("No se conocen las reglas de contacto para esta persona ({error})"),
                format!("The contact rules for this person are not known ({error})"),
            );
        }
        Answer::No(refusal) => refusal,
    };
    let why = reason_words(refusal.reason);
    let rule = &refusal.cite;
    let (then_es, then_en) = match &refusal.next {
        NextSlot::At(at) => {
            let local = at.with_timezone(&zone);
            let day = local.format("%Y-%m-%d %H:%M");
            (
                format!("Se permite desde {day}; elija otro día"),
                format!("It is allowed from {day}; choose another day"),
            )
        }
        NextSlot::Never => (
            "Esperar no lo cambia; use otro canal".to_owned(),
            "Waiting does not change it; use another channel".to_owned(),
        ),
        NextSlot::NotWithin { .. } | NextSlot::Unknown { .. } => (
            "No se conoce un día próximo; use otro canal".to_owned(),
            "No day soon is known; use another channel".to_owned(),
        ),
    };
    let (es, en) = (why.pick("es"), why.pick("en"));
    Say::new(format!("{es} ({rule}). {then_es}"), format!("{en} ({rule}). {then_en}"))
}
