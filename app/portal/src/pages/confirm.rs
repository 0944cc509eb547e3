//! Saying yes: the sentence that is agreed to, and a code where the sign-in is no longer fresh. Works
//! without scripts: asking for the code is a button of the same form.

use leptos::prelude::*;
use services::debtors::{SentTo, Standing};
use ui::prelude::*;

/// The form under an agreement. One question at a time: who has to ask for a code first sees only that.
#[component]
pub fn Accept(
    action: String,
    /// Of the terms that are shown.
    terms_hash: String,
    /// What is agreed to, word for word.
    sentence: String,
    standing: Standing,
    demo: bool,
    /// What the button says, if not that an agreement is accepted.
    #[prop(optional)]
    button: Option<&'static str>,
) -> impl IntoView {
    let lang = use_lang();
    let button =
        button.unwrap_or(tr!(lang, "Aceptar el acuerdo", "Accept the agreement", "Aceitar o acordo"));
    let code = match standing {
        Standing::Fresh => None,
        Standing::Sent { challenge, to } => {
            Some(view! { <Code challenge=challenge.to_string() to demo/> }.into_any())
        }
        Standing::Needed(to) => return view! { <Ask action to/> }.into_any(),
    };
    let again = code.is_some().then(|| ask_again(action.clone(), lang));
    view! {
        <PostForm action id="aceptar">
            <input type="hidden" name="terms" value=terms_hash/>
            <CheckBox name="consent" label=sentence/>
            {code}
            <Button icon=Glyph::Handshake>{button}</Button>
        </PostForm>
        {again}
    }
    .into_any()
}

/// Where the code goes, in words.
fn place(to: &SentTo, lang: Lang) -> String {
    let target = to.target.clone();
    if to.channel == "email" {
        trf!(lang, "tu correo {}", "your e-mail {}", "seu e-mail {}", target)
    } else {
        trf!(lang, "tu teléfono {}", "your phone {}", "seu telefone {}", target)
    }
}

/// Before the code: the button that sends it, or how to go on without one.
#[component]
fn Ask(action: String, to: Option<SentTo>) -> impl IntoView {
    let lang = use_lang();
    let title = tr!(
        lang,
        "Para aceptar, confirma que eres tú",
        "To accept, confirm that it is you",
        "Para aceitar, confirme que é você"
    );
    let Some(to) = to else {
        return view! {
            <Card title=title>
                <p>
                    {tr!(
                        lang,
                        "No tenemos un correo o teléfono tuyo al que enviar un código. ",
                        "We have no e-mail or phone of yours to send a code to. ",
                        "Não temos um e-mail ou telefone seu para enviar um código. ",
                    )}
                    <a href="/ayuda">{tr!(lang, "Escríbenos y lo vemos contigo", "Write to us and we will see to it with you", "Escreva para nós e vemos isso com você")}</a>"."
                </p>
            </Card>
        }
        .into_any();
    };
    let says = trf!(
        lang,
        "Hace rato que entraste. Te enviamos un código a {}; con él nadie más puede aceptar en tu nombre.",
        "You signed in a while ago. We send a code to {}; with it nobody else can accept in your name.",
        "Faz um tempo que você entrou. Enviamos um código para {}; com ele ninguém mais pode aceitar em seu nome.",
        place(&to, lang)
    );
    view! {
        // Where an error about a spent code leads.
        <div id="code">
            <Card title=title>
                <p>{says}</p>
                <PostForm action>
                    <input type="hidden" name="step" value="code"/>
                    <Button>{tr!(lang, "Enviarme un código", "Send me a code", "Enviar um código")}</Button>
                </PostForm>
            </Card>
        </div>
    }
    .into_any()
}

#[component]
fn Code(challenge: String, to: SentTo, demo: bool) -> impl IntoView {
    let lang = use_lang();
    let hint = trf!(
        lang,
        "Lo enviamos a {}. Sirve 10 minutos. No se lo des a nadie.",
        "We sent it to {}. It works for 10 minutes. Give it to nobody.",
        "Enviamos para {}. Vale por 10 minutos. Não o dê a ninguém.",
        place(&to, lang)
    );
    view! {
        <input type="hidden" name="challenge" value=challenge/>
        <Field
            name="code" short=true maxlength=12 inputmode="numeric" autocomplete="one-time-code" hint
            label=tr!(lang, "Código de 6 cifras", "Code of 6 figures", "Código de 6 números")
        />
        {demo.then(|| view! {
            <Notice title=tr!(lang, "En la demostración no se envía nada", "The demonstration sends nothing", "Na demonstração nada é enviado")>
                <a href="/demo/mensajes">{tr!(lang, "Ver los mensajes", "See the messages", "Ver as mensagens")}</a>
            </Notice>
        })}
    }
    .into_any()
}

fn ask_again(action: String, lang: Lang) -> AnyView {
    view! {
        <PostForm action>
            <input type="hidden" name="step" value="code"/>
            <Button kind=ButtonKind::Quiet>{tr!(lang, "No me llegó: enviar otro código", "I did not get it: send another code", "Não recebi: enviar outro código")}</Button>
        </PostForm>
    }
    .into_any()
}
