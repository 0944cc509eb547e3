//! "I cannot pay now": what one really can do, without feigned help.

use axum::extract::{Path, State};
use chrono::NaiveDate;
use domain::ids::AccountId;
use leptos::prelude::*;
use services::Services;
use services::accounts::AccountView;
use services::work::PromiseView;
use ui::prelude::*;
use web::Debtor;

use super::SIGN_OUT;
use super::debt::debt_name;
use super::debt_parts::Promises;
use crate::shell::{Answer, agency, fail, id, own_page};

pub async fn show(State(services): State<Services>, debtor: Debtor, Path(account): Path<String>) -> Answer {
    let account: AccountId = id(&account, &debtor.visitor)?;
    let debt =
        services.my_debt(debtor.actor(), account).await.map_err(|error| fail(error, &debtor.visitor))?;
    let agency = agency(&services, &debtor).await?;
    let page = own_page(&services, &debtor, title(debtor.lang())).await?;
    Ok(page.render(move || view! { <CannotPay debt agency/> }))
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Si no puedes pagar ahora", "If you cannot pay now", "Se você não pode pagar agora")
}

#[component]
fn CannotPay(debt: AccountView, agency: String) -> impl IntoView {
    let lang = use_lang();
    let id = debt.summary.account.id;
    let creditor = debt.summary.creditor.name.clone();
    let name = debt_name(&debt, lang);
    let (promises, today): (Vec<PromiseView>, NaiveDate) = (debt.promises, debt.today);
    view! {
        <PortalLayout
            title=title(lang) back=format!("/deudas/{id}") sign_out=SIGN_OUT
            lead=tr!(
                lang,
                "Le pasa a mucha gente. Primero lo básico: comida, casa y salud. Después, esto es lo que puedes hacer.",
                "It happens to many people. First the essentials: food, home and health. Then, this is what you can do.", "Acontece com muita gente. Primeiro o básico: comida, casa e saúde. Depois, isto é o que você pode fazer.",
            )
        >
            <Promises promises today/>
            <Card title=tr!(lang, "Pagar una parte", "Pay a part", "Pagar uma parte")>
                <p>{tr!(
                    lang,
                    "Se acepta cualquier cantidad, sin mínimo. Tú eliges cuánto y se descuenta de lo que debes.",
                    "Any amount is accepted, there is no minimum. You choose how much and it comes off what you owe.", "Aceitamos qualquer valor, sem mínimo. Você escolhe quanto e ele é descontado do que deve.",
                )}</p>
                <LinkButton href=format!("/deudas/{id}/pagar?choice=other") kind=ButtonKind::Secondary>
                    {tr!(lang, "Elegir cuánto pagar", "Choose how much to pay", "Escolher quanto pagar")}
                </LinkButton>
            </Card>
            <Card title=tr!(lang, "Pagar en partes o con descuento", "Pay in parts or with a discount", "Pagar em partes ou com desconto")>
                <p>{tr!(
                    lang,
                    "Mira lo que se ofrece para esta deuda, o propón lo que tú puedes pagar. Nada te compromete hasta que lo aceptes.",
                    "See what is offered for this debt, or propose what you can pay. Nothing commits you until you accept it.", "Veja o que é oferecido para esta dívida, ou proponha o que você pode pagar. Nada compromete você até aceitar.",
                )}</p>
                <LinkButton href=format!("/deudas/{id}/acuerdo") kind=ButtonKind::Secondary>
                    {tr!(lang, "Ver opciones", "See the options", "Ver opções")}
                </LinkButton>
            </Card>
            <Ways>
                <Way
                    href=format!("/deudas/{id}/ayuda") icon=Glyph::HandHeart
                    title=tr!(lang, "Necesito ayuda", "I need help", "Preciso de ajuda")
                    hint=tr!(lang, "Pausamos los contactos mientras una persona lo ve contigo", "We pause contact while a person looks at it with you", "Pausamos os contatos enquanto uma pessoa vê isso com você")
                />
            </Ways>
            <Card title=tr!(lang, "Hablar con una persona", "Talk to a person", "Falar com uma pessoa")>
                <p>{trf!(
                    lang,
                    "Responde a la llamada o al mensaje con que te contactó {}. Sirve tener a mano:",
                    "Answer the call or the message by which {} got in touch with you. It helps to have at hand:", "Responda à ligação ou à mensagem de {}. Ajuda ter à mão:",
                    agency
                )}</p>
                <ul>
                    <li>{trf!(lang, "qué deuda es: {0}, {1}", "which debt it is: {0}, {1}", "qual é a dívida: {0}, {1}", creditor, name)}</li>
                    <li>{tr!(lang, "cuánto podrías pagar, aunque sea poco", "how much you could pay, even if it is little", "quanto você poderia pagar, mesmo que seja pouco")}</li>
                    <li>{tr!(lang, "desde qué fecha", "from which date", "a partir de que data")}</li>
                </ul>
                <p>{tr!(
                    lang,
                    "Si quedan en una fecha, la verás en la página de tu deuda. Pide siempre que lo acordado quede por escrito.",
                    "If you agree on a date, you will see it on the page of your debt. Always ask for what was agreed in writing.", "Se combinarem uma data, você a verá na página da sua dívida. Peça sempre o combinado por escrito.",
                )}</p>
            </Card>
            <Card title=tr!(lang, "Esperar", "Wait", "Esperar")>
                <p>{tr!(
                    lang,
                    "También puedes cerrar esta página y volver otro día. Haber entrado aquí no cambia tu deuda ni te compromete. Ten en cuenta que el acreedor puede sumar intereses si tu contrato lo dice.",
                    "You may also close this page and come back another day. Having been here neither changes your debt nor commits you. Bear in mind that the creditor may add interest if your contract says so.", "Você também pode fechar esta página e voltar outro dia. Ter entrado aqui não muda sua dívida nem compromete você. Lembre que o credor pode somar juros se o contrato disser.",
                )}</p>
            </Card>
            <p class="soft small">
                {tr!(lang, "¿La deuda no es tuya o la cantidad está mal? ", "Is the debt not yours, or the amount wrong? ", "A dívida não é sua ou o valor está errado? ")}
                <a href=format!("/deudas/{id}/no-estoy-de-acuerdo")>{tr!(lang, "Qué puedes hacer", "What you can do", "O que você pode fazer")}</a>
            </p>
        </PortalLayout>
    }
    .into_any()
}
