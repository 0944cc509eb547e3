//! What the debtor and we wrote to each other by phone, and the answer to it.

use domain::contact::Channel;
use leptos::prelude::*;
use services::outbox::{AnswerForm, AnswerWay, ThreadLine};
use ui::prelude::*;
use uuid::Uuid;

use super::contact::because;
use super::hidden_key;
use crate::desk::Desk;
use crate::pages::messages::{channel_name, meaning, sent_state};

/// The newest messages of both, with when each was written, and the form to answer.
#[component]
pub fn Wrote(
    desk: Desk,
    lines: Vec<(String, ThreadLine)>,
    form: Option<AnswerForm>,
    action: String,
    key: Uuid,
) -> impl IntoView {
    let lang = use_lang();
    let lines: Vec<_> = lines.into_iter().map(|(when, line)| thread_line(&when, line, lang)).collect();
    let all = desk.may(domain::access::Permission::OutboxRead).then(|| {
        view! { <p><a href="/console/mensajes">{tr!(lang, "Ver todos los mensajes", "See all messages")}</a></p> }
    });
    let answer = form.map(|form| answer(&desk, form, action, key, lang));
    view! {
        <Card title=tr!(lang, "Mensajes con la persona", "Messages with the person")>
            {answer}
            <ul class="plain-list stack">{lines}</ul>
            {all}
        </Card>
    }
}

fn thread_line(when: &str, line: ThreadLine, lang: Lang) -> AnyView {
    match line {
        ThreadLine::Theirs(message) => {
            let (next, tone) = meaning(&message, lang);
            view! {
                <li>
                    <p class="soft small">{when.to_owned()}" · "{channel_name(&message.channel, lang)}" · "{message.sender}</p>
                    <p class="message-body">{message.body}</p>
                    <p><Badge tone>{next}</Badge></p>
                </li>
            }
            .into_any()
        }
        ThreadLine::Ours(message) => {
            let (says, tone) = sent_state(&message, lang);
            let why = message.failure_words().map(|words| {
                view! { <p class="soft small">{words.reason.pick(lang.tag()).to_owned()}"."</p> }
            });
            view! {
                <li>
                    <p class="soft small">{when.to_owned()}" · "{channel_name(&message.channel, lang)}" · "{tr!(lang, "nuestra respuesta", "our answer")}</p>
                    <p class="message-body">{message.body}</p>
                    <p><Badge tone>{says}</Badge></p>
                    {why}
                </li>
            }
            .into_any()
        }
    }
}

/// The form, or why there is none.
fn answer(desk: &Desk, form: AnswerForm, action: String, key: Uuid, lang: Lang) -> AnyView {
    if let AnswerWay::Closed(_) = form.way {
        let says = tr!(
            lang,
            "Por ese canal no sale nada ahora: está apagado o no tiene proveedor.",
            "Nothing goes out by that channel now: it is off or has no provider."
        );
        return view! { <p class="soft">{says}</p> }.into_any();
    }
    let refused = form_state().is_some_and(|state| state.error("answer").is_some());
    if !form.now.allowed && !refused {
        let why = because(&form.now, desk.zone, desk.locale());
        return view! {
            <Notice tone=Tone::Warn title=tr!(lang, "Ahora no se puede contestar", "No answer may be sent now")><p>{why}</p></Notice>
        }
        .into_any();
    }
    let to = trf!(
        lang,
        "Contestar por {0} a {1}",
        "Answer by {0} to {1}",
        labels::contact_channel(form.channel, lang),
        form.sender
    );
    let fields = match form.way {
        AnswerWay::Templates(templates) => {
            let options = templates.into_iter().map(|(id, name)| Choice::new(id.to_string(), name)).collect();
            view! {
                <input type="hidden" name="answer_kind" value="template"/>
                <Select
                    name="answer" label=to options blank=tr!(lang, "Elegir…", "Choose…")
                    hint=tr!(lang, "Pasaron más de 24 horas desde su último mensaje: WhatsApp exige una plantilla aprobada.", "More than 24 hours have passed since their last message: WhatsApp demands an approved template.")
                />
            }
            .into_any()
        }
        _ => {
            let hint = if form.channel == Channel::Whatsapp {
                tr!(
                    lang,
                    "Puede leerlo otra persona: no nombre la deuda ni importes.",
                    "Somebody else may read it: name neither the debt nor amounts."
                )
            } else {
                tr!(
                    lang,
                    "Hasta 400 letras. Puede leerlo otra persona: no nombre la deuda ni importes.",
                    "Up to 400 characters. Somebody else may read it: name neither the debt nor amounts."
                )
            };
            view! { <Textarea name="answer" label=to rows=3 maxlength=400 hint/> }.into_any()
        }
    };
    view! {
        <PostForm action>
            {hidden_key("answer_key", key)}
            <input type="hidden" name="answer_to" value=form.to.to_string()/>
            {fields}
            <Button>{tr!(lang, "Enviar la respuesta", "Send the answer")}</Button>
        </PostForm>
    }
    .into_any()
}
