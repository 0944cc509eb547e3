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
    tr!(lang, "Si no puedes pagar ahora", "If you cannot pay now")
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
                "It happens to many people. First the essentials: food, home and health. Then, this is what you can do.",
            )
        >
            <Promises promises today/>
            <Card title=tr!(lang, "Pagar una parte", "Pay a part")>
                <p>{tr!(
                    lang,
                    "Se acepta cualquier cantidad, sin mínimo. Tú eliges cuánto y se descuenta de lo que debes.",
                    "Any amount is accepted, there is no minimum. You choose how much and it comes off what you owe.",
                )}</p>
                <LinkButton href=format!("/deudas/{id}/pagar?choice=other") kind=ButtonKind::Secondary>
                    {tr!(lang, "Elegir cuánto pagar", "Choose how much to pay")}
                </LinkButton>
            </Card>
            <Card title=tr!(lang, "Hablar con una persona", "Talk to a person")>
                <p>{trf!(
                    lang,
                    "Responde a la llamada o al mensaje con que te contactó {}. Sirve tener a mano:",
                    "Answer the call or the message by which {} got in touch with you. It helps to have at hand:",
                    agency
                )}</p>
                <ul>
                    <li>{trf!(lang, "qué deuda es: {0}, {1}", "which debt it is: {0}, {1}", creditor, name)}</li>
                    <li>{tr!(lang, "cuánto podrías pagar, aunque sea poco", "how much you could pay, even if it is little")}</li>
                    <li>{tr!(lang, "desde qué fecha", "from which date")}</li>
                </ul>
                <p>{tr!(
                    lang,
                    "Si quedan en una fecha, la verás en la página de tu deuda. Pide siempre que lo acordado quede por escrito.",
                    "If you agree on a date, you will see it on the page of your debt. Always ask for what was agreed in writing.",
                )}</p>
            </Card>
            <Card title=tr!(lang, "Esperar", "Wait")>
                <p>{tr!(
                    lang,
                    "También puedes cerrar esta página y volver otro día. Haber entrado aquí no cambia tu deuda ni te compromete. Ten en cuenta que el acreedor puede sumar intereses si tu contrato lo dice.",
                    "You may also close this page and come back another day. Having been here neither changes your debt nor commits you. Bear in mind that the creditor may add interest if your contract says so.",
                )}</p>
            </Card>
            <p class="soft small">
                {tr!(lang, "¿La deuda no es tuya o la cantidad está mal? ", "Is the debt not yours, or the amount wrong? ")}
                <a href="/ayuda#no-reconozco">{tr!(lang, "Qué puedes hacer", "What you can do")}</a>
            </p>
        </PortalLayout>
    }
    .into_any()
}
