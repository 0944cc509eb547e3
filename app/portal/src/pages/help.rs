//! Help and privacy: short, and nothing that is not so.

use axum::extract::State;
use axum::response::Response;
use leptos::prelude::*;
use services::Services;
use ui::prelude::*;
use web::Visitor;

use crate::shell::public_page;

pub async fn show(State(services): State<Services>, visitor: Visitor) -> Response {
    public_page(&services, &visitor, title(visitor.lang())).render(|| view! { <Help/> })
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Ayuda y privacidad", "Help and privacy", "Ajuda e privacidade")
}

#[component]
fn Help() -> impl IntoView {
    let lang = use_lang();
    view! {
        <PortalLayout title=title(lang) back="/">
            <section class="stack">
                <h2>{tr!(lang, "Qué es esta página", "What this page is", "O que é esta página")}</h2>
                <p>{tr!(
                    lang,
                    "Una empresa o un banco a quien debes dinero encargó a otra empresa que atienda esa deuda. Aquí la ves completa: cuánto es, de qué se compone y qué has pagado. Puedes pagar todo o una parte.",
                    "A company or a bank you owe money to has asked another company to look after that debt. Here you see all of it: how much it is, what it is made of and what you have paid. You can pay everything or a part.", "Uma empresa ou um banco a quem você deve dinheiro pediu a outra empresa que cuide dessa dívida. Aqui você a vê completa: quanto é, de que é formada e o que já pagou. Pode pagar tudo ou uma parte.",
                )}</p>
            </section>
            <section class="stack">
                <h2 id="no-reconozco">{tr!(lang, "No reconozco la deuda, o algo está mal", "I do not recognise the debt, or something is wrong", "Não reconheço a dívida, ou algo está errado")}</h2>
                <ol>
                    <li>{tr!(lang, "No pagues todavía.", "Do not pay yet.", "Não pague ainda.")}</li>
                    <li>{tr!(
                        lang,
                        "Mira en la deuda «Cómo se llegó a esta cantidad»: quizá falta un pago, o el nombre del acreedor no te suena porque cambió.",
                        "Look at \u{201c}How this amount came about\u{201d} in the debt: perhaps a payment is missing, or you do not know the creditor because its name has changed.", "Veja na dívida «Como se chegou a este valor»: talvez falte um pagamento, ou o nome do credor mudou.",
                    )}</li>
                    <li>{tr!(
                        lang,
                        "En la deuda elige «No estoy de acuerdo» y di qué no es correcto; puedes adjuntar fotos. Detenemos el cobro mientras lo revisamos y te respondemos por escrito.",
                        "In the debt choose \u{201c}I do not agree\u{201d} and say what is not right; you can attach photos. We stop collecting while we check it and answer you in writing.", "Na dívida escolha «Não concordo» e diga o que não está certo; você pode anexar fotos. Paramos a cobrança enquanto analisamos e respondemos por escrito.",
                    )}</li>
                </ol>
            </section>
            <section class="stack">
                <h2>{tr!(lang, "Cómo saber que somos nosotros", "How to know that it is us", "Como saber que somos nós")}</h2>
                <ul>
                    <li>{tr!(lang, "Nunca pedimos tu contraseña, el NIP de tu tarjeta ni el código que te enviamos.", "We never ask for your password, your card's PIN or the code we send you.", "Nunca pedimos sua senha, a do cartão nem o código que enviamos.")}</li>
                    <li>
                        {tr!(lang, "Cada pago deja un recibo con un código. ", "Every payment leaves a receipt with a code. ", "Cada pagamento deixa um recibo com um código. ")}
                        <a href="/verify">{tr!(lang, "Revisa aquí si es auténtico", "Check here whether it is genuine", "Confira aqui se é autêntico")}</a> "."
                    </li>
                    <li>{tr!(lang, "Nadie te puede obligar a pagar en el momento, por teléfono ni en tu puerta.", "Nobody can make you pay on the spot, by phone or at your door.", "Ninguém pode obrigar você a pagar na hora, por telefone ou na sua porta.")}</li>
                </ul>
            </section>
            <section class="stack">
                <h2>{tr!(lang, "Tus datos", "Your data", "Seus dados")}</h2>
                <ul>
                    <li>{tr!(
                        lang,
                        "Antes de que compruebes quién eres, esta página no dice a nadie si tienes una deuda.",
                        "Before you prove who you are, this page tells nobody whether you have a debt.", "Antes de você comprovar quem é, esta página não diz a ninguém se você tem uma dívida.",
                    )}</li>
                    <li>{tr!(
                        lang,
                        "Usamos solo dos cookies: la de tu sesión, que dura una hora, y la de tu idioma. No hay publicidad ni rastreo de terceros.",
                        "We use two cookies only: the one of your session, which lasts an hour, and the one of your language. There is no advertising and no tracking by others.", "Usamos só dois cookies: o da sua sessão, que dura uma hora, e o do seu idioma. Não há publicidade nem rastreamento de terceiros.",
                    )}</li>
                    <li>{tr!(
                        lang,
                        "Los datos de tu tarjeta los pide la página de pago; aquí no llegan.",
                        "The details of your card are asked for by the payment page; they do not come here.", "Os dados do seu cartão são pedidos pela página de pagamento; aqui não chegam.",
                    )}</li>
                    <li>{tr!(
                        lang,
                        "Guardamos cuándo entras y qué pagas, para poder responder si hay una duda.",
                        "We keep when you sign in and what you pay, to be able to answer if there is a doubt.", "Guardamos quando você entra e o que paga, para poder responder se houver dúvida.",
                    )}</li>
                </ul>
            </section>
        </PortalLayout>
    }
    .into_any()
}
