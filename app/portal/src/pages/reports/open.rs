//! The form: when, how much, where, and a photo of the slip.

use axum::extract::{Path, State};
use chrono::NaiveDate;
use domain::ids::AccountId;
use domain::money::ParseMoneyError;
use domain::reported::ReportWay;
use domain::text::Say;
use leptos::prelude::*;
use services::accounts::AccountView;
use services::reports::{NewReport, PLACE_CHARS, REFERENCE_CHARS};
use services::{FieldIssue, ServiceError, Services};
use ui::prelude::*;
use uuid::Uuid;
use web::{Debtor, Upload, form_state, see_other};

use super::ADDRESS;
use crate::amount::{amount_help, read_amount};
use crate::pages::SIGN_OUT;
use crate::pages::cases::{Files, Key, files_of, key_of};
use crate::pages::debt::debt_name;
use crate::shell::{Answer, fail, id, own_page};

/// `GET /deudas/{id}/ya-pague`
pub async fn ask(State(services): State<Services>, debtor: Debtor, Path(account): Path<String>) -> Answer {
    let account: AccountId = id(&account, &debtor.visitor)?;
    page(&services, &debtor, account, services.new_id(), None).await
}

/// `POST /deudas/{id}/ya-pague`
pub async fn send(
    State(services): State<Services>,
    debtor: Debtor,
    Path(account): Path<String>,
    upload: Upload,
) -> Answer {
    let account: AccountId = id(&account, &debtor.visitor)?;
    let key = key_of(&upload.form, services.new_id());
    let debt =
        services.my_debt(debtor.actor(), account).await.map_err(|error| fail(error, &debtor.visitor))?;
    let form = upload.form.clone();
    let sent = match read(&debtor, &debt, key, upload) {
        Ok(new) => services.report_payment(debtor.actor(), new).await,
        Err(issues) => Err(ServiceError::Invalid(issues)),
    };
    match sent {
        Ok(report) => Ok(see_other(&format!("{ADDRESS}/{report}?hecho=avisado"))),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, debtor.lang());
            page(&services, &debtor, account, key, Some(state)).await
        }
        Err(error) => Err(fail(error, &debtor.visitor)),
    }
}

/// Every field is judged, so that all that is wrong is told at once.
fn read(
    debtor: &Debtor,
    debt: &AccountView,
    key: Uuid,
    upload: Upload,
) -> Result<NewReport, Vec<FieldIssue>> {
    let form = upload.form.clone();
    let mut issues = Vec::new();
    let (locale, currency) = (debtor.visitor.locale, debt.summary.account.currency);
    let amount = read_amount(form.get("amount"), currency, locale).map_err(|error| {
        // Said in the reader's language already.
        let says = if error == ParseMoneyError::Empty {
            let lang = locale.lang();
            tr!(lang, "Escribe cuánto pagaste", "Write how much you paid", "Escreva quanto você pagou")
                .to_owned()
        } else {
            amount_help(&error, currency, locale)
        };
        issues.push(FieldIssue { field: "amount", says: Say::new(says.clone(), says.clone()).pt(says) });
    });
    let paid_on = form.get("paid_on").parse::<NaiveDate>().map_err(|_| {
        let says = Say::new(
            "Elige el día en que pagaste; sin calendario, escríbelo así: 2026-11-30",
            "Choose the day on which you paid; without a calendar, write it like this: 2026-11-30",
        );
        let pt = "Escolha o dia em que você pagou; sem calendário, escreva assim: 2026-11-30";
        issues.push(FieldIssue { field: "paid_on", says: says.pt(pt) });
    });
    let way = form.get("way").parse::<ReportWay>().map_err(|_| {
        let says = Say::new("Elige cómo pagaste", "Choose how you paid").pt("Escolha como você pagou");
        issues.push(FieldIssue { field: "way", says });
    });
    if form.get("place").is_empty() {
        let says = Say::new(
            "Escribe dónde pagaste, por ejemplo el nombre del banco o de la tienda",
            "Write where you paid, for example the name of the bank or the shop",
        );
        let pt = "Escreva onde você pagou, por exemplo o nome do banco ou da loja";
        issues.push(FieldIssue { field: "place", says: says.pt(pt) });
    }
    let files = files_of(upload).map_err(|issue| issues.push(issue));
    match (amount, paid_on, way, files) {
        (Ok(amount), Ok(paid_on), Ok(way), Ok(files)) if issues.is_empty() => Ok(NewReport {
            key,
            account: debt.summary.account.id,
            amount,
            paid_on,
            way,
            place: form.get("place").to_owned(),
            reference: form.get("reference").to_owned(),
            files,
        }),
        _ => Err(issues),
    }
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Ya pagué", "I have paid", "Já paguei")
}

async fn page(
    services: &Services,
    debtor: &Debtor,
    account: AccountId,
    key: Uuid,
    form: Option<FormState>,
) -> Answer {
    let debt =
        services.my_debt(debtor.actor(), account).await.map_err(|error| fail(error, &debtor.visitor))?;
    let page = own_page(services, debtor, title(debtor.lang())).await?.form(form);
    Ok(page.render(move || view! { <Open debt key/> }))
}

#[component]
fn Open(debt: AccountView, key: Uuid) -> impl IntoView {
    let lang = use_lang();
    let account = debt.summary.account.id;
    let currency = debt.summary.account.currency;
    let name = format!("{} · {}", debt.summary.creditor.name, debt_name(&debt, lang));
    let ways = ReportWay::ALL.iter().map(|way| Choice::new(way.as_str(), labels::report_way(*way, lang)));
    let options: Vec<_> = ways.collect();
    view! {
        <PortalLayout
            title=title(lang) back=format!("/deudas/{account}") sign_out=SIGN_OUT
            lead=tr!(
                lang,
                "Si pagaste de otra forma y no lo ves aquí, cuéntanos. Una persona busca tu pago y te da tu recibo o te dice qué falta.",
                "If you paid another way and do not see it here, tell us. A person looks for your payment and gives you your receipt or tells you what is missing.",
                "Se você pagou de outra forma e não vê aqui, conte-nos. Uma pessoa procura seu pagamento e dá o recibo ou diz o que falta."
            )
        >
            <ErrorSummary/>
            <p class="soft small">{name}</p>
            <PostForm action=format!("/deudas/{account}/ya-pague") upload=true>
                <Key key/>
                <Field
                    name="amount" short=true inputmode="decimal" autocomplete="off"
                    label=tr!(lang, "¿Cuánto pagaste?", "How much did you pay?", "Quanto você pagou?")
                    prefix=format::symbol(currency.code()).unwrap_or_default() suffix=currency.code()
                />
                <Field
                    name="paid_on" kind="date" short=true max=debt.today.to_string()
                    label=tr!(lang, "¿Qué día?", "On which day?", "Em que dia?")
                />
                <RadioGroup name="way" legend=tr!(lang, "¿Cómo pagaste?", "How did you pay?", "Como você pagou?") options/>
                <Field
                    name="place" maxlength=u32::try_from(PLACE_CHARS).unwrap_or(u32::MAX) autocomplete="off"
                    label=tr!(lang, "¿Dónde?", "Where?", "Onde?")
                    hint=tr!(lang, "El banco, la tienda o la persona que recibió el dinero", "The bank, the shop or the person who took the money", "O banco, a loja ou a pessoa que recebeu o dinheiro")
                />
                <Field
                    name="reference" maxlength=u32::try_from(REFERENCE_CHARS).unwrap_or(u32::MAX) required=false autocomplete="off"
                    label=tr!(lang, "Número o referencia del comprobante", "Number or reference on the slip", "Número ou referência do comprovante")
                />
                <Files/>
                <Button>{tr!(lang, "Avisar de mi pago", "Tell us of my payment", "Avisar do meu pagamento")}</Button>
            </PostForm>
        </PortalLayout>
    }
    .into_any()
}
