//! Messages: what people write to us, what we wrote and how far it came, and which channels are in use.

mod received;
mod sent;

use axum::extract::State;
use axum::response::Response;
use domain::access::Permission;
use leptos::prelude::*;
use services::outbox::{ChannelState, Inbox, MessageView};
use services::{ServiceError, Services};
use ui::prelude::*;
use web::{Form, see_other};

use super::account::id_of;
use crate::desk::{Desk, Frame, Section};
use received::Received;
pub use received::meaning;
use sent::Sent;
pub use sent::state as sent_state;

const ADDRESS: &str = "/console/mensajes";

/// `GET /console/mensajes`
pub async fn show(State(services): State<Services>, desk: Desk) -> Response {
    let result = page(&services, &desk).await;
    desk.answer(result)
}

/// `POST /console/mensajes`: a received message was looked at, or a channel is switched.
pub async fn act(State(services): State<Services>, desk: Desk, form: Form) -> Response {
    let done = match form.get("step") {
        "handled" => match id_of(form.get("message")) {
            Ok(id) => services.message_handled(desk.actor(), id).await,
            Err(error) => Err(error),
        },
        "switch" => services.switch_channel(desk.actor(), form.get("channel"), form.get("on") == "yes").await,
        _ => Err(ServiceError::NotFound),
    };
    desk.answer(done.map(|()| see_other(ADDRESS)))
}

async fn page(services: &Services, desk: &Desk) -> Result<Response, ServiceError> {
    let actor = desk.actor();
    let inbox = services.inbox(actor).await?;
    let sent = services.outbox(actor).await?;
    let states = services.channel_states(actor).await?;
    let page = desk.page(Section::Messages.label(desk.lang()));
    let desk = desk.clone();
    Ok(page.render(move || view! { <Messages desk inbox sent states/> }))
}

#[component]
fn Messages(desk: Desk, inbox: Inbox, sent: Vec<MessageView>, states: Vec<ChannelState>) -> impl IntoView {
    let lang = use_lang();
    let may_handle = desk.may(Permission::CaseHandle);
    let may_switch = desk.may(Permission::StrategyWrite);
    let received: Vec<_> =
        inbox.messages.into_iter().map(|message| (desk.time(message.at), message)).collect();
    let sent: Vec<_> = sent
        .into_iter()
        .map(|message| {
            let next = message.next_try_at.map(|at| desk.time(at));
            (desk.time(message.created_at), next, message)
        })
        .collect();
    let lines: Vec<_> = states
        .into_iter()
        .map(|state| {
            let times =
                state.stopped.as_ref().map(|stopped| (desk.time(stopped.since), desk.time(stopped.retry_at)));
            Line { state, times }
        })
        .collect();
    view! {
        <Frame desk section=Section::Messages title=tr!(lang, "Mensajes", "Messages")>
            <Received messages=received waiting=inbox.waiting may_handle/>
            <Sent messages=sent/>
            <Switches lines may_switch/>
        </Frame>
    }
}

/// How a channel is called.
pub fn channel_name(channel: &str, lang: Lang) -> String {
    match channel {
        "email" => tr!(lang, "Correo", "E-mail").to_owned(),
        "sms" => "SMS".to_owned(),
        "whatsapp" => "WhatsApp".to_owned(),
        "letter" => tr!(lang, "Carta", "Letter").to_owned(),
        other => other.to_owned(),
    }
}

/// How a channel stands, and what is known of its provider.
struct Line {
    state: ChannelState,
    /// Since when the provider fails, and when it is tried again.
    times: Option<(String, String)>,
}

/// Which channels the organization uses, and which providers fail.
#[component]
fn Switches(lines: Vec<Line>, may_switch: bool) -> impl IntoView {
    let lang = use_lang();
    let rows: Vec<_> = lines
        .into_iter()
        .map(|Line { state: ChannelState { channel, is_on, has_provider, stopped }, times }| {
            let name = channel_name(channel, lang);
            let (state, tone) = if !has_provider {
                (tr!(lang, "Sin proveedor", "No provider"), Tone::Neutral)
            } else if !is_on {
                (tr!(lang, "Apagado", "Off"), Tone::Warn)
            } else if stopped.is_some() {
                (tr!(lang, "El proveedor falla", "The provider fails"), Tone::Error)
            } else {
                (tr!(lang, "Encendido", "On"), Tone::Success)
            };
            let act = if is_on {
                trf!(lang, "Apagar {}", "Switch {} off", name)
            } else {
                trf!(lang, "Encender {}", "Switch {} on", name)
            };
            let value = if is_on { "no" } else { "yes" };
            let fault = stopped.zip(times).map(|(stopped, (since, retry))| {
                let when = trf!(
                    lang,
                    "Falla desde el {}; se vuelve a probar el {}. Lo que espera no pierde intentos.",
                    "It fails since {}; it is tried again at {}. What waits loses no tries.",
                    since,
                    retry
                );
                let why = stopped.words.reason.pick(lang.tag()).to_owned();
                view! { <p class="soft small">{why}". "{when}</p> }
            });
            let none = (!has_provider).then(|| {
                view! {
                    <p class="soft small">{tr!(
                        lang,
                        "Aquí no hay proveedor para este canal: los recorridos pasan al siguiente.",
                        "There is no provider for this channel here: journeys go on to the next one.",
                    )}</p>
                }
            });
            view! {
                <li class="stack">
                    <div class="row">
                        <span>{name}</span>
                        <Badge tone>{state}</Badge>
                        {may_switch.then(|| view! {
                            <PostForm action=ADDRESS>
                                <input type="hidden" name="step" value="switch"/>
                                <input type="hidden" name="channel" value=channel/>
                                <input type="hidden" name="on" value=value/>
                                <Button kind=ButtonKind::Quiet>{act}</Button>
                            </PostForm>
                        })}
                    </div>
                    {fault}{none}
                </li>
            }
        })
        .collect();
    view! {
        <Card title=tr!(lang, "Canales", "Channels")>
            <p class="soft">{tr!(
                lang,
                "Por un canal apagado no sale nada. Lo que espera sale cuando se enciende, si todavía sirve.",
                "Nothing goes out by a channel that is off. What waits goes out once it is on, if it is still of use.",
            )}</p>
            <ul class="plain-list stack">{rows}</ul>
        </Card>
    }
}
