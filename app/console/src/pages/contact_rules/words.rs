//! Contact rules in words.

use domain::contact::{
    Channel, ChannelScope, Citation, Confidence, Counted, DayKind, Duty, DutyMoment, Exemption, Limit,
    LimitRule, Loosening, Period, Recipient, Scope, SiteRule, StopKind,
};
use ui::prelude::*;

/// The country's name; its code where none is known.
pub fn country(code: &str, lang: Lang) -> String {
    let name = match code {
        "AR" => "Argentina",
        "BR" => tr!(lang, "Brasil", "Brazil"),
        "CL" => "Chile",
        "CO" => "Colombia",
        "EC" => "Ecuador",
        "ES" => tr!(lang, "España", "Spain"),
        "GT" => "Guatemala",
        "MX" => tr!(lang, "México", "Mexico"),
        "PA" => tr!(lang, "Panamá", "Panama"),
        "PE" => tr!(lang, "Perú", "Peru"),
        "PY" => "Paraguay",
        "US" => tr!(lang, "Estados Unidos", "United States"),
        other => other,
    };
    name.to_owned()
}

pub const fn day(day: DayKind, lang: Lang) -> &'static str {
    match day {
        DayKind::Mon => tr!(lang, "Lunes", "Monday"),
        DayKind::Tue => tr!(lang, "Martes", "Tuesday"),
        DayKind::Wed => tr!(lang, "Miércoles", "Wednesday"),
        DayKind::Thu => tr!(lang, "Jueves", "Thursday"),
        DayKind::Fri => tr!(lang, "Viernes", "Friday"),
        DayKind::Sat => tr!(lang, "Sábado", "Saturday"),
        DayKind::Sun => tr!(lang, "Domingo", "Sunday"),
        DayKind::Holiday => tr!(lang, "Día feriado", "Public holiday"),
    }
}

/// Law and article.
pub fn cite(of: &Citation, lang: Lang) -> String {
    if of.policy {
        let article = Some(of.article.as_str()).filter(|text| of.law == "policy" && !text.is_empty());
        return article.map_or_else(
            || format!("{}, {} ({})", of.law, of.article, tr!(lang, "por prudencia", "by prudence")),
            |_| tr!(lang, "Ninguna norma: por prudencia", "No norm: by prudence").to_owned(),
        );
    }
    format!("{}, {}", of.law, of.article)
}

/// How sure a rule is.
pub const fn confidence(of: Confidence, lang: Lang) -> &'static str {
    match of {
        Confidence::Read => tr!(lang, "Norma leída", "Norm read"),
        Confidence::Corroborated => tr!(lang, "Varias fuentes", "Several sources"),
        Confidence::Single => tr!(lang, "Una fuente: consulte a su abogado", "One source: ask your lawyer"),
    }
}

fn joined(channels: impl IntoIterator<Item = Channel>, lang: Lang) -> String {
    channels.into_iter().map(|channel| labels::contact_channel(channel, lang)).collect::<Vec<_>>().join(", ")
}

/// A limit of frequency as a sentence.
pub fn limit(of: &Limit, lang: Lang) -> String {
    let rule = match of.rule {
        LimitRule::AtMost { count, counted, period } => {
            let what = match counted {
                Counted::Attempts => tr!(lang, "contactos o intentos", "contacts or tries"),
                Counted::Unanswered => tr!(lang, "intentos sin respuesta", "unanswered tries"),
                Counted::Channels => tr!(lang, "canales distintos", "different channels"),
                Counted::AfterAnswer => {
                    tr!(lang, "contactos después de una respuesta", "contacts after an answer")
                }
            };
            let when = match period {
                Period::Day => tr!(lang, "por día", "a day").to_owned(),
                Period::Week => tr!(lang, "por semana", "a week").to_owned(),
                Period::RollingDays(days) => trf!(lang, "en {} días seguidos", "in {} days in a row", days),
            };
            format!("{} {count} {what} {when}", tr!(lang, "A lo más", "At most"))
        }
        LimitRule::DaysApart(days) => {
            trf!(
                lang,
                "{} días entre un contacto y el siguiente",
                "{} days between one contact and the next",
                days
            )
        }
        LimitRule::QuietAfterConversation(days) => trf!(
            lang,
            "Ninguno durante {} días después de una conversación",
            "None for {} days after a conversation",
            days
        ),
    };
    let channels = match &of.channels {
        ChannelScope::All => tr!(lang, "todos los canales juntos", "all channels together").to_owned(),
        ChannelScope::Each => tr!(lang, "cada canal por separado", "each channel by itself").to_owned(),
        ChannelScope::Only(channels) => joined(channels.iter().copied(), lang),
    };
    let scope = match of.scope {
        Scope::Debtor => tr!(lang, "por deudor", "per debtor"),
        Scope::Creditor => tr!(lang, "por acreedor", "per creditor"),
        Scope::Debt => tr!(lang, "por deuda", "per debt"),
    };
    let exempt: Vec<_> = of
        .exempt
        .iter()
        .map(|exemption| match exemption {
            Exemption::NotConnected => tr!(lang, "las llamadas que no conectan", "calls that do not connect"),
            Exemption::PriorConsent => {
                tr!(lang, "lo que el deudor consintió antes", "what the debtor agreed to before")
            }
        })
        .collect();
    let but = if exempt.is_empty() {
        String::new()
    } else {
        format!("; {} {}", tr!(lang, "no cuentan", "not counted:"), exempt.join(", "))
    };
    format!("{rule} ({channels}, {scope}{but})")
}

pub const fn recipient(of: Recipient, lang: Lang) -> &'static str {
    match of {
        Recipient::Debtor => tr!(lang, "El deudor", "The debtor"),
        Recipient::Codebtor => tr!(lang, "Codeudor", "Co-debtor"),
        Recipient::Guarantor => tr!(lang, "Aval o fiador", "Guarantor"),
        Recipient::Reference => tr!(lang, "Referencia", "Reference"),
        Recipient::Beneficiary => tr!(lang, "Beneficiario", "Beneficiary"),
        Recipient::Family => tr!(lang, "Familiar", "Family"),
        Recipient::Employer => tr!(lang, "Empleador", "Employer"),
        Recipient::Coworker => tr!(lang, "Compañero de trabajo", "Co-worker"),
        Recipient::Neighbour => tr!(lang, "Vecino", "Neighbour"),
        Recipient::Other => tr!(lang, "Otra persona", "Somebody else"),
    }
}

pub const fn site(of: SiteRule, lang: Lang) -> &'static str {
    match of {
        SiteRule::Allowed => tr!(lang, "permitida", "allowed"),
        SiteRule::Barred => tr!(lang, "prohibida", "barred"),
        SiteRule::GivenAddress => {
            tr!(lang, "solo en el domicilio que dieron", "only at the address that was given")
        }
        SiteRule::UnlessEmployerForbids => {
            tr!(lang, "permitida si el empleador no la prohíbe", "allowed unless the employer forbids it")
        }
    }
}

pub const fn stop(of: StopKind, lang: Lang) -> &'static str {
    match of {
        StopKind::CeaseRequest => {
            tr!(lang, "Pidió por escrito que no lo contacten", "Asked in writing to be left alone")
        }
        StopKind::Attorney => tr!(lang, "Lo representa un abogado", "A lawyer represents them"),
        StopKind::Dispute => tr!(lang, "Deuda en disputa", "Disputed debt"),
        StopKind::SuitServed => tr!(lang, "Demanda notificada", "Suit served"),
        StopKind::Insolvency => tr!(lang, "Insolvencia", "Insolvency"),
        StopKind::Deceased => tr!(lang, "Falleció", "Died"),
        StopKind::WrongPerson => {
            tr!(lang, "El contacto es de otra persona", "The contact is somebody else's")
        }
        StopKind::DoNotContact => tr!(lang, "Inscrito para no ser contactado", "On a do-not-contact list"),
        StopKind::Hardship => tr!(lang, "No puede pagar y lo dijo", "Cannot pay, and said so"),
        StopKind::Vulnerability => tr!(lang, "Situación vulnerable", "Vulnerable"),
        StopKind::Bereavement => tr!(lang, "Duelo", "Bereavement"),
        StopKind::TimeBarred => tr!(lang, "Deuda prescrita", "Time-barred debt"),
    }
}

pub const fn moment(of: DutyMoment, lang: Lang) -> &'static str {
    match of {
        DutyMoment::Every => tr!(lang, "Siempre", "Always"),
        DutyMoment::First => tr!(lang, "En el primer contacto", "At the first contact"),
        DutyMoment::Written => tr!(lang, "Por escrito", "In writing"),
        DutyMoment::Call => tr!(lang, "En llamadas", "On calls"),
        DutyMoment::Visit => tr!(lang, "En visitas", "On visits"),
    }
}

/// What a waiting version would allow.
pub const fn loosening(of: Loosening, lang: Lang) -> &'static str {
    match of {
        Loosening::CalledOff => tr!(lang, "un feriado deja de serlo", "a holiday is none any more"),
        Loosening::OwnHoliday => {
            tr!(lang, "se quita un feriado propio", "a holiday of your own is taken out")
        }
        Loosening::LongerHoliday => {
            tr!(
                lang,
                "un feriado propio con más horas que ese día",
                "a holiday of your own with more hours than that day"
            )
        }
        Loosening::Days => tr!(lang, "días en que no se contactaba", "days without contact so far"),
        Loosening::Hours => tr!(lang, "horas en que no se contactaba", "hours without contact so far"),
        Loosening::Caps => tr!(lang, "más contactos por persona", "more contacts with a person"),
        Loosening::Reading => {
            tr!(lang, "la lectura menos estricta de la norma", "the less strict reading of the norm")
        }
    }
}

/// What a contact must say or must not do; in English where no translation is known.
pub fn duty(of: &Duty, lang: Lang) -> String {
    if lang == Lang::En {
        return of.text.clone();
    }
    let text = match of.code.as_str() {
        "no_judicial_look" => {
            "Nada que parezca o mencione un acto judicial; nada visible por fuera del sobre."
        }
        "no_shaming" | "no_embarrassment" => "Sin ridiculizar, avergonzar ni intimidar.",
        "no_threats" => "Cobrar con amenazas es delito.",
        "creditor_named" => "Nombrar al acreedor con su domicilio y su CPF o CNPJ en cada cobro.",
        "useful_contact" => {
            "Hacer un contacto útil y gratuito dentro de los 15 días de cada vencimiento impago; si no, baja el tope de gastos en 0,2 UF."
        }
        "no_reason_asked" => "No preguntar por qué no ha pagado; se pueden ofrecer alternativas de pago.",
        "number_shown" => "El número que llama debe poder identificarse.",
        "identify_agency" => "Decir el nombre del despacho, su domicilio y teléfono, y quién llama.",
        "identify_debt" => {
            "Decir el acreedor, el contrato, el monto con su fecha de cálculo y cómo liquidarlo."
        }
        "pay_creditor_only" => "Se paga solo al acreedor, nunca al despacho ni al gestor.",
        "written_agreement" => "Poner por escrito todo plan, reestructura o descuento.",
        "work_undisturbed" => "El contacto no debe afectar el trabajo del deudor.",
        "no_exposure" => "Sin carteles, disfraces ni listas publicadas.",
        "own_address_only" => "Sin correspondencia a la dirección de otra persona.",
        "validation_notice" => "Dar el aviso de validación con la primera comunicación o dentro de 5 días.",
        "mini_miranda" => "Decir que llama o escribe un cobrador de deudas.",
        "opt_out_line" => "Ofrecer en cada correo y mensaje cómo no recibir más.",
        "limited_voicemail" => {
            "En el buzón de voz: un nombre que no revele la cobranza, el pedido de responder, quién llama y un número."
        }
        "no_time_barred_threat" => "No demandar ni amenazar con demandar por una deuda prescrita.",
        "keep_records" => {
            "Guardar los registros 3 años desde la última actividad y las grabaciones 3 años desde la llamada."
        }
        _ => of.text.as_str(),
    };
    text.to_owned()
}
