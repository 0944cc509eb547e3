//! Steps in words: what they do, when, and how one ended for an account.

use domain::contact::{Channel, Reason};
use domain::strategy::{Act, Anchor, Event};
use services::contact::reason_words as law_words;
use ui::prelude::*;

/// "WhatsApp; if not, e-mail".
pub fn channels_words(channels: &[Channel], lang: Lang) -> String {
    let names: Vec<_> = channels.iter().map(|channel| labels::contact_channel(*channel, lang)).collect();
    names.join(tr!(lang, ", si no ", ", if not "))
}

/// What a step does, without the names of what it uses.
pub fn act_name(act: &Act, lang: Lang) -> String {
    let by = |letter: &domain::strategy::Letter| channels_words(&letter.channels, lang);
    match act {
        Act::Message(letter) => trf!(lang, "Mensaje por {}", "Message by {}", by(letter)),
        Act::Offer(letter) => trf!(lang, "Oferta por {}", "Offer by {}", by(letter)),
        Act::Call => tr!(lang, "Pedir una llamada", "Ask for a call").to_owned(),
        Act::Visit { .. } => tr!(lang, "Planear una visita", "Plan a visit").to_owned(),
        Act::Hold { days } => hold_words(*days, lang),
    }
}

/// "Leave in peace for 15 days".
pub fn hold_words(days: u16, lang: Lang) -> String {
    trf!(
        lang,
        "Dejar en paz {} días, en todos los recorridos",
        "Leave in peace for {} days, in every journey",
        days
    )
}

/// What must have happened since the journey's last message.
pub const fn event_words(event: Event, lang: Lang) -> &'static str {
    match event {
        Event::Replied => tr!(lang, "respondió al último mensaje", "they answered the last message"),
        Event::Silent => {
            tr!(lang, "no respondió ni entró al portal", "they neither answered nor came to the portal")
        }
        Event::PromiseBroken => tr!(lang, "incumplió una promesa", "they broke a promise"),
        Event::PlanMissed => tr!(lang, "incumplió su convenio", "they missed their arrangement"),
        Event::Paid => tr!(lang, "pagó una parte", "they paid a part"),
        Event::Clicked => tr!(lang, "abrió el enlace de un mensaje", "they followed the link in a message"),
    }
}

/// "3 days before the due date".
pub fn day_words(day: i16, from: Anchor, lang: Lang) -> String {
    match (from, day) {
        (Anchor::Entry, 0) => tr!(lang, "El día en que entra", "On the day of entry").to_owned(),
        (Anchor::Entry, 1) => tr!(lang, "1 día después de entrar", "1 day after entry").to_owned(),
        (Anchor::Entry, days) => trf!(lang, "{} días después de entrar", "{} days after entry", days),
        (Anchor::Due, 0) => tr!(lang, "El día del vencimiento", "On the due date").to_owned(),
        (Anchor::Due, 1) => tr!(lang, "1 día después de vencer", "1 day after the due date").to_owned(),
        (Anchor::Due, -1) => tr!(lang, "1 día antes de vencer", "1 day before the due date").to_owned(),
        (Anchor::Due, days) if days < 0 => {
            trf!(lang, "{} días antes de vencer", "{} days before the due date", days.unsigned_abs())
        }
        (Anchor::Due, days) => trf!(lang, "{} días después de vencer", "{} days after the due date", days),
    }
}

/// How a step ended for one account.
pub fn outcome_words(name: &str, lang: Lang) -> String {
    let known = match name {
        "message" => tr!(lang, "mensaje preparado", "message prepared"),
        "call" => tr!(lang, "llamada pedida", "call asked for"),
        "visit" => tr!(lang, "visita planeada", "visit planned"),
        "hold" => tr!(lang, "se deja en paz", "left in peace"),
        "held" => tr!(lang, "espera un día permitido", "waits for a lawful day"),
        "refused" => tr!(lang, "no permitido o no posible", "not lawful or not possible"),
        "dropped" => tr!(lang, "ya no hace falta", "not needed any more"),
        "skipped" => tr!(lang, "no se hizo", "not done"),
        other => return other.to_owned(),
    };
    known.to_owned()
}

/// `whatsapp:no_phone sms:frequency email` in words: what was tried, why not, and what took it.
pub fn reason_words(detail: &str, lang: Lang) -> String {
    let parts: Vec<String> = detail.split_whitespace().map(|part| part_words(part, lang)).collect();
    parts.join(" · ")
}

fn part_words(part: &str, lang: Lang) -> String {
    match part.split_once(':') {
        Some(("until", day)) => trf!(lang, "hasta el {}", "until {}", day),
        Some((channel, code)) => format!("{}: {}", channel_words(channel, lang), code_words(code, lang)),
        None if part.parse::<Channel>().is_ok() => channel_words(part, lang),
        None => code_words(part, lang),
    }
}

fn channel_words(name: &str, lang: Lang) -> String {
    name.parse().map_or_else(|_| name.to_owned(), |channel| labels::contact_channel(channel, lang).to_owned())
}

fn code_words(code: &str, lang: Lang) -> String {
    let known = match code {
        "settled" => tr!(lang, "ya no debe nada", "nothing is owed any more"),
        "promised" => tr!(lang, "prometió pagar", "promised to pay"),
        "condition" => tr!(lang, "no cumple la condición del paso", "the step's condition does not hold"),
        "no_reply" => tr!(lang, "no ha respondido", "they have not answered"),
        "no_message_yet" => {
            tr!(lang, "el recorrido todavía no le escribió", "the journey has not written to them yet")
        }
        "replied" => tr!(lang, "respondió", "they answered"),
        "visited" => tr!(lang, "entró al portal", "they came to the portal"),
        "no_broken_promise" => tr!(lang, "no incumplió ninguna promesa", "no promise was broken"),
        "no_missed_plan" => tr!(lang, "no incumplió ningún convenio", "no arrangement was missed"),
        "no_payment" => tr!(lang, "no ha pagado nada", "nothing was paid"),
        "no_click" => tr!(lang, "no abrió el enlace", "they did not follow the link"),
        "paused" => tr!(lang, "alguien lo puso en pausa", "somebody paused it"),
        "stopped" => tr!(lang, "alguien lo terminó para esta cuenta", "somebody ended it for this account"),
        "no_offer" => tr!(lang, "la política no le ofrece nada hoy", "the policy offers nothing today"),
        "no_phone" => tr!(lang, "no hay teléfono", "there is no phone"),
        "no_email" => tr!(lang, "no hay correo", "there is no e-mail"),
        "no_address" => tr!(lang, "no hay domicilio", "there is no postal address"),
        "no_letter_text" => {
            tr!(lang, "la plantilla no tiene texto para cartas", "the template has no text for letters")
        }
        "refused" => tr!(
            lang,
            "la persona no quiere que la busquen ahí",
            "the person does not want to be reached there"
        ),
        "undeliverable" => {
            tr!(lang, "lo que se envía ahí no llega", "what is sent there does not arrive")
        }
        "no_provider" => {
            tr!(lang, "aquí no hay proveedor para ese canal", "there is no provider for that channel here")
        }
        "channel_off" => tr!(lang, "el canal está apagado", "the channel is switched off"),
        "no_template" => tr!(lang, "la plantilla no está aprobada", "the template is not approved"),
        "no_provider_template" => {
            tr!(lang, "la plantilla no tiene nombre en WhatsApp", "the template has no name at WhatsApp")
        }
        "template" => tr!(lang, "el texto no se pudo llenar", "the text could not be filled"),
        "unknown_rules" => {
            tr!(lang, "no se conocen las reglas de su país", "the rules of that country are not known")
        }
        other => {
            return other
                .parse::<Reason>()
                .map_or_else(|_| other.to_owned(), |reason| law_words(reason).pick(lang.tag()).to_owned());
        }
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_try_is_told() {
        let told = reason_words("whatsapp:no_phone sms:frequency email", Lang::En);
        assert_eq!(
            told,
            "WhatsApp: there is no phone · SMS: There were as many contacts as are allowed · E-mail"
        );
        assert_eq!(reason_words("condition", Lang::En), "the step's condition does not hold");
    }
}
