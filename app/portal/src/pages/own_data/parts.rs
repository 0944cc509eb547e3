//! The sections of what is held about a person: the same on the page and on paper.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::party::{ContactKind, ContactPoint, DeviceKind, Party};
use leptos::prelude::*;
use services::accounts::DebtSummary;
use services::cases::CaseLine;
use services::own_data::{ContactMade, ContactWhat, Decided, FileHeld, FileOpened, OpenSession, Refused};
use services::reports::ReportLine;
use ui::prelude::*;
use uuid::Uuid;

use super::ADDRESS;

fn when(at: DateTime<Utc>, zone: Tz, locale: Locale) -> String {
    format::date_time(&at.with_timezone(&zone), locale)
}

pub const fn point_kind(kind: ContactKind, lang: Lang) -> &'static str {
    match kind {
        ContactKind::Email => tr!(lang, "Correo", "E-mail", "E-mail"),
        ContactKind::Phone => tr!(lang, "Teléfono", "Phone", "Telefone"),
        ContactKind::Address => tr!(lang, "Domicilio", "Address", "Endereço"),
    }
}

/// Who the person is for us, how we reach them, and who told us.
#[component]
pub fn Held(person: Party, points: Vec<ContactPoint>, debts: Vec<DebtSummary>) -> impl IntoView {
    let lang = use_lang();
    let document = person.document.map(|number| {
        let term = person
            .document_type
            .unwrap_or_else(|| tr!(lang, "Documento", "Document", "Documento").to_owned());
        view! { <Pair term>{number}</Pair> }
    });
    let points: Vec<_> = points
        .into_iter()
        .map(|point| {
            let place: Vec<_> = [point.city, point.region, point.postal_code].into_iter().flatten().collect();
            let place = (!place.is_empty()).then(|| format!(", {}", place.join(", ")));
            let unused = point.is_suppressed.then(|| {
                view! { " "<Badge>{tr!(lang, "Ya no lo usamos", "We no longer use it", "Não usamos mais")}</Badge> }
            });
            view! { <Pair term=point_kind(point.kind, lang)>{point.value}{place}{unused}</Pair> }
        })
        .collect();
    let creditors: Vec<_> = debts
        .into_iter()
        .map(|debt| {
            let href = format!("/deudas/{}", debt.account.id);
            view! { <li><strong>{debt.creditor.name}</strong>" · "<a href=href>{debt.account.external_id}</a></li> }
        })
        .collect();
    view! {
        <Card title=tr!(lang, "Quién eres para nosotros", "Who you are to us", "Quem você é para nós")>
            <KeyValue>
                <Pair term=tr!(lang, "Nombre", "Name", "Nome")>{person.name}</Pair>
                {document}
                <Pair term=tr!(lang, "País", "Country", "País")>{person.country}</Pair>
                {points}
            </KeyValue>
        </Card>
        <Card title=tr!(lang, "Quién nos dio tus datos", "Who gave us your data", "Quem nos deu seus dados")>
            <p>{tr!(lang, "Tu acreedor, al encargarnos cada deuda:", "Your creditor, on handing us each debt:", "Seu credor, ao nos entregar cada dívida:")}</p>
            <ul>{creditors}</ul>
        </Card>
    }
    .into_any()
}

/// Who opened the file, by their part.
#[component]
pub fn Opened(opened: Vec<FileOpened>, zone: Tz) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let none = opened.is_empty();
    let rows: Vec<_> = opened
        .into_iter()
        .map(|look| {
            let who = if look.machine {
                tr!(lang, "Otro sistema autorizado", "Another authorised system", "Outro sistema autorizado")
            } else {
                labels::role(look.role, lang)
            };
            let at = when(look.at, zone, locale);
            view! {
                <li class="pair" data-look=look.seq.to_string()>
                    <span>{who}</span>
                    <span class="push">{at}</span>
                    <small class="means">{trf!(lang, "Deuda {}", "Debt {}", "Dívida {}", look.account)}</small>
                </li>
            }
        })
        .collect();
    view! {
        <Card title=tr!(lang, "Quién abrió tu expediente", "Who opened your file", "Quem abriu seu registro")>
            <p class="soft small">{tr!(
                lang,
                "Quien lo abre varias veces en la misma hora aparece una vez. Decimos el puesto, no el nombre.",
                "Whoever opens it several times within the same hour appears once. We tell the position, not the name.",
                "Quem abre várias vezes na mesma hora aparece uma vez. Dizemos o cargo, não o nome."
            )}</p>
            {if none {
                view! { <p>{tr!(lang, "Nadie todavía.", "Nobody yet.", "Ninguém ainda.")}</p> }.into_any()
            } else {
                view! { <ul class="plain-list parts">{rows}</ul> }.into_any()
            }}
        </Card>
    }
    .into_any()
}

fn message_channel(channel: &str, lang: Lang) -> &'static str {
    match channel {
        "email" => tr!(lang, "Correo", "E-mail", "E-mail"),
        "sms" => "SMS",
        "whatsapp" => "WhatsApp",
        _ => tr!(lang, "Mensaje", "Message", "Mensagem"),
    }
}

fn message_status(status: &str, lang: Lang) -> &'static str {
    match status {
        "sent" => tr!(lang, "enviado", "sent", "enviado"),
        "queued" | "sending" => tr!(lang, "por enviar", "to be sent", "a enviar"),
        "expired" => tr!(lang, "venció sin enviarse", "expired before it was sent", "venceu sem ser enviado"),
        "cancelled" => tr!(lang, "no se envió", "was not sent", "não foi enviado"),
        _ => tr!(lang, "no se pudo enviar", "could not be sent", "não foi possível enviar"),
    }
}

/// How we have contacted the person, or tried to.
#[component]
pub fn Contacts(
    contacts: Vec<ContactMade>,
    zone: Tz,
    /// How many older ones are not listed.
    #[prop(optional)]
    more: usize,
) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let none = contacts.is_empty();
    let rows: Vec<_> = contacts
        .into_iter()
        .map(|contact| {
            let at = when(contact.at, zone, locale);
            let (what, how) = match contact.what {
                ContactWhat::Activity { account, channel, disposition } => (
                    format!(
                        "{} · {}",
                        labels::channel(channel, lang),
                        labels::disposition(disposition, lang)
                    ),
                    trf!(lang, "Deuda {}", "Debt {}", "Dívida {}", account),
                ),
                ContactWhat::Message { channel, recipient, subject, status } => (
                    format!("{} · {}", message_channel(&channel, lang), message_status(&status, lang)),
                    subject.map_or(recipient.clone(), |subject| format!("{recipient} · {subject}")),
                ),
                ContactWhat::Received { channel, sender, body } => (
                    trf!(
                        lang,
                        "{} · Nos escribiste",
                        "{} · You wrote to us",
                        "{} · Você nos escreveu",
                        message_channel(&channel, lang)
                    ),
                    format!("{sender} · {body}"),
                ),
            };
            view! {
                <li class="pair">
                    <span>{what}</span>
                    <span class="push">{at}</span>
                    <small class="means">{how}</small>
                </li>
            }
        })
        .collect();
    let rest = (more > 0).then(|| {
        let says = trf!(
            lang,
            "Hay {} más antiguos: están todos en «Llevarme mis datos».",
            "There are {} older ones: all of them are in “Take my data with me”.",
            "Há {} mais antigos: estão todos em “Levar meus dados”.",
            more
        );
        view! { <p class="soft small">{says}</p> }
    });
    view! {
        <Card title=tr!(lang, "Cómo te hemos buscado", "How we have contacted you", "Como procuramos você")>
            {if none {
                view! { <p>{tr!(lang, "Todavía no te hemos buscado.", "We have not contacted you yet.", "Ainda não procuramos você.")}</p> }.into_any()
            } else {
                view! { <ul class="plain-list parts">{rows}</ul> }.into_any()
            }}
            {rest}
        </Card>
    }
    .into_any()
}

/// Where the person does not wish to be reached, and where that can be changed.
#[component]
pub fn Refusals(refused: Vec<Refused>, zone: Tz) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let rows: Vec<_> = refused
        .into_iter()
        .map(|one| {
            let channel = one.channel.as_deref().map_or_else(
                || tr!(lang, "Por ningún medio", "By no channel", "Por nenhum meio").to_owned(),
                |channel| message_channel(channel, lang).to_owned(),
            );
            let since = one.since.map(|at| when(at, zone, locale));
            view! {
                <li class="pair">
                    <span>{one.point}</span>
                    <span class="push">{since}</span>
                    <small class="means">{channel}</small>
                </li>
            }
        })
        .collect();
    let none = rows.is_empty();
    view! {
        <Card title=tr!(lang, "Dónde pediste que no te busquemos", "Where you asked not to be contacted", "Onde você pediu para não ser procurado")>
            {if none {
                view! { <p>{tr!(lang, "No nos has pedido que dejemos de usar ningún medio.", "You have not asked us to stop using any channel.", "Você não pediu que deixássemos de usar nenhum meio.")}</p> }.into_any()
            } else {
                view! { <ul class="plain-list parts">{rows}</ul> }.into_any()
            }}
            <p><a href="/mis-preferencias">{tr!(lang, "Cambiar cómo contactarme", "Change how to contact me", "Mudar como falar comigo")}</a></p>
        </Card>
    }
    .into_any()
}

const fn device_name(device: Option<DeviceKind>, lang: Lang) -> &'static str {
    match device {
        Some(DeviceKind::Phone) => tr!(lang, "Teléfono", "Phone", "Telefone"),
        Some(DeviceKind::Tablet) => tr!(lang, "Tableta", "Tablet", "Tablet"),
        Some(DeviceKind::Computer) => tr!(lang, "Computadora", "Computer", "Computador"),
        None => tr!(lang, "Otro aparato", "Another device", "Outro aparelho"),
    }
}

/// Where the person is signed in, each to be ended.
#[component]
pub fn Sessions(sessions: Vec<OpenSession>, zone: Tz, this: Option<Uuid>) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let several = sessions.len() > 1;
    let rows: Vec<_> = sessions
        .into_iter()
        .map(|session| {
            let since = trf!(lang, "desde el {}", "since {}", "desde {}", when(session.since, zone, locale));
            let here = session.id.is_some() && session.id == this;
            let end = session.id.filter(|_| !here).map(|id| {
                view! {
                    <PostForm action=format!("{ADDRESS}/sesiones/{id}/cerrar") class="push">
                        <Button kind=ButtonKind::Quiet>{tr!(lang, "Cerrar esta sesión", "End this session", "Encerrar esta sessão")}</Button>
                    </PostForm>
                }
            });
            let mark = here.then(|| view! { " "<Badge tone=Tone::Info>{tr!(lang, "Esta", "This one", "Esta")}</Badge> });
            view! {
                <li class="pair">
                    <span>{device_name(session.device, lang)}{mark}</span>
                    {end}
                    <small class="means">{since}</small>
                </li>
            }
        })
        .collect();
    let others = several.then(|| {
        view! {
            <PostForm action=format!("{ADDRESS}/sesiones/cerrar-otras")>
                <Button kind=ButtonKind::Secondary>{tr!(lang, "Cerrar todas las demás", "End all others", "Encerrar todas as outras")}</Button>
            </PostForm>
        }
    });
    view! {
        <section class="card" id="sesiones" aria-labelledby="sesiones-titulo">
            <h2 id="sesiones-titulo">{tr!(lang, "Dónde tienes abierta tu cuenta", "Where you are signed in", "Onde sua conta está aberta")}</h2>
            <ul class="plain-list parts">{rows}</ul>
            {others}
        </section>
    }
    .into_any()
}

fn outcome(text: &str, lang: Lang) -> &'static str {
    match text {
        "accepted" => tr!(lang, "Aceptado", "Accepted", "Aceito"),
        "countered" => {
            tr!(lang, "Te propusimos otra cosa", "We proposed something else", "Propusemos outra coisa")
        }
        _ => tr!(lang, "Lo revisa una persona", "A person looks into it", "Uma pessoa analisa"),
    }
}

/// What was decided on what the person asked for.
#[component]
pub fn Decisions(decisions: Vec<Decided>, zone: Tz) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    (!decisions.is_empty()).then(|| {
        let rows: Vec<_> = decisions
            .into_iter()
            .map(|decided| {
                let at = when(decided.at, zone, locale);
                let how = trf!(
                    lang,
                    "Deuda {0} · con la versión {1} de nuestras reglas",
                    "Debt {0} · by version {1} of our rules",
                    "Dívida {0} · pela versão {1} das nossas regras",
                    decided.account,
                    decided.policy_version
                );
                view! {
                    <li class="pair">
                        <span>{outcome(&decided.outcome, lang)}</span>
                        <span class="push">{at}</span>
                        <small class="means">{how}</small>
                    </li>
                }
            })
            .collect();
        view! {
            <Card title=tr!(lang, "Qué decidimos sobre tus propuestas", "What we decided on your proposals", "O que decidimos sobre suas propostas")>
                <ul class="plain-list parts">{rows}</ul>
            </Card>
        }
    })
}

/// What the person told and sent us.
#[component]
pub fn Files(
    cases: Vec<CaseLine>,
    reports: Vec<ReportLine>,
    files: Vec<FileHeld>,
    zone: Tz,
) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let none = cases.is_empty() && reports.is_empty() && files.is_empty();
    let line = |href: String, what: String, at: String, how: String| {
        view! {
            <li class="pair">
                <a href=href>{what}</a>
                <span class="push">{at}</span>
                <small class="means">{how}</small>
            </li>
        }
    };
    let cases: Vec<_> = cases
        .into_iter()
        .map(|case| {
            let what = labels::case_kind(case.kind, lang).to_owned();
            let how = labels::case_status(case.progress.status, lang).to_owned();
            line(format!("/casos/{}", case.id), what, when(case.opened_at, zone, locale), how)
        })
        .collect();
    let reports: Vec<_> = reports
        .into_iter()
        .map(|report| {
            let amount = format::money(&report.amount, locale);
            let what = trf!(
                lang,
                "Aviso de pago de {}",
                "Reported payment of {}",
                "Aviso de pagamento de {}",
                amount
            );
            let how = labels::report_status(report.status, lang).to_owned();
            line(
                format!("/pagos-reportados/{}", report.id),
                what,
                when(report.reported_at, zone, locale),
                how,
            )
        })
        .collect();
    let files: Vec<_> = files
        .into_iter()
        .map(|file| {
            let how = format!("{} kB", format::count((file.bytes + 1023) / 1024, locale));
            line(file.address, file.name, when(file.at, zone, locale), how)
        })
        .collect();
    (!none).then(|| {
        view! {
            <Card title=tr!(lang, "Lo que nos dijiste y enviaste", "What you told and sent us", "O que você nos disse e enviou")>
                <ul class="plain-list parts">{cases}{reports}{files}</ul>
            </Card>
        }
    })
}
