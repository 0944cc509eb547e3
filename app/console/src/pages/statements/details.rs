//! Where transfers go: what debtors are shown.

use axum::extract::{Query, State};
use axum::response::Response;
use domain::access::Permission;
use domain::money::Currency;
use leptos::prelude::*;
use serde::Deserialize;
use services::bank::BankDetails;
use services::{ServiceError, Services};
use ui::prelude::*;
use web::{Form, form_state, see_other};

use super::{ADDRESS, DETAILS};
use crate::desk::{Desk, Frame, Section};
use crate::typed;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    /// The currency whose details are changed.
    #[serde(rename = "moneda")]
    currency: String,
    #[serde(rename = "hecho")]
    what: String,
}

/// `GET /console/datos-bancarios`
pub async fn show(State(services): State<Services>, desk: Desk, Query(wish): Query<Wish>) -> Response {
    let result = page(&services, &desk, wish, None).await;
    desk.answer(result)
}

/// `POST /console/datos-bancarios`
pub async fn write(State(services): State<Services>, desk: Desk, form: Form) -> Response {
    let answer = match written(&services, &desk, &form).await {
        Ok(what) => Ok(see_other(&format!("{DETAILS}?hecho={what}"))),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, desk.lang());
            let wish = Wish { currency: form.get("currency").to_owned(), what: String::new() };
            page(&services, &desk, wish, Some(state)).await
        }
        Err(error) => Err(error),
    };
    desk.answer(answer)
}

async fn written(services: &Services, desk: &Desk, form: &Form) -> Result<&'static str, ServiceError> {
    let currency = form.get("currency").to_ascii_uppercase();
    let currency: Currency = typed::choice("currency", &currency).map_err(|_| {
        ServiceError::invalid(
            "currency",
            "Escriba la moneda con sus tres letras, por ejemplo MXN",
            "Write the currency by its three letters, for example MXN",
        )
    })?;
    if form.get("step") == "remove" {
        return services.remove_bank_details(desk.actor(), currency).await.map(|()| "quitados");
    }
    let new = BankDetails {
        currency,
        bank: form.get("bank").to_owned(),
        number_kind: form.get("number_kind").to_owned(),
        number: form.get("number").to_owned(),
        holder: form.get("holder").to_owned(),
        note: Some(form.get("note").to_owned()),
        updated_at: None,
    };
    services.save_bank_details(desk.actor(), &new).await.map(|()| "guardados")
}

async fn page(
    services: &Services,
    desk: &Desk,
    wish: Wish,
    form: Option<FormState>,
) -> Result<Response, ServiceError> {
    let all = services.bank_details(desk.actor()).await?;
    let page = desk.page(title(desk.lang())).form(form);
    let desk = desk.clone();
    Ok(page.render(move || view! { <Details desk all wish/> }))
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Datos bancarios", "Bank details")
}

#[component]
fn Details(desk: Desk, all: Vec<BankDetails>, wish: Wish) -> impl IntoView {
    let lang = use_lang();
    let crumbs = vec![Crumb::new(ADDRESS, Section::Statements.label(lang)), Crumb::here(title(lang))];
    let write = desk.may(Permission::TermsWrite);
    let none = all.is_empty();
    let told = match wish.what.as_str() {
        "guardados" => Some(tr!(lang, "Los deudores ya ven estos datos.", "Debtors see these details now.")),
        "quitados" => Some(tr!(
            lang,
            "Ya no se ofrece transferir en esa moneda.",
            "Transfers in that currency are no longer offered."
        )),
        _ => None,
    };
    let told = told.map(|title| view! { <Notice tone=Tone::Success title/> });
    let chosen = all.iter().find(|one| one.currency.code() == wish.currency).cloned();
    let cards: Vec<_> = all.into_iter().map(|one| card(one, &desk, write, lang)).collect();
    let form = write.then(|| view! { <Edit chosen/> });
    view! {
        <Frame desk section=Section::Statements title=title(lang) crumbs>
            <ErrorSummary/>
            {told}
            <p class="lead">{tr!(
                lang,
                "A dónde transfieren los deudores, en cada moneda. Cada cambio queda en la auditoría.",
                "Where debtors transfer to, in each currency. Every change is kept for audit.",
            )}</p>
            <div class="split">
                <div>
                    {if none {
                        view! { <Card><EmptyState title=tr!(lang, "No se ofrece transferencia", "Transfers are not offered") icon=Glyph::Landmark/></Card> }.into_any()
                    } else {
                        cards.into_any()
                    }}
                </div>
                <div>{form}</div>
            </div>
        </Frame>
    }
    .into_any()
}

fn card(one: BankDetails, desk: &Desk, write: bool, lang: Lang) -> AnyView {
    let code = one.currency.code().to_owned();
    let title = code.clone();
    let since = one.updated_at.map(|at| desk.time(at));
    let change = format!("{DETAILS}?moneda={code}");
    let note = one.note.map(|note| view! { <Pair term=tr!(lang, "Nota", "Note")>{note}</Pair> });
    let forms = write.then(|| view! {
        <div class="row">
            <LinkButton href=change kind=ButtonKind::Secondary>{tr!(lang, "Cambiar", "Change")}</LinkButton>
            <PostForm action=DETAILS>
                <input type="hidden" name="step" value="remove"/>
                <input type="hidden" name="currency" value=code/>
                <Button kind=ButtonKind::Danger>{tr!(lang, "Dejar de ofrecer", "Offer no more")}</Button>
            </PostForm>
        </div>
    });
    view! {
        <Card title>
            <KeyValue>
                <Pair term=tr!(lang, "Banco", "Bank")>{one.bank}</Pair>
                <Pair term=one.number_kind><code>{one.number}</code></Pair>
                <Pair term=tr!(lang, "A nombre de", "In the name of")>{one.holder}</Pair>
                {note}
                <Pair term=tr!(lang, "Desde", "Since")>{since}</Pair>
            </KeyValue>
            {forms}
        </Card>
    }
    .into_any()
}

#[component]
fn Edit(chosen: Option<BankDetails>) -> impl IntoView {
    let lang = use_lang();
    let is_new = chosen.is_none();
    let code = chosen.as_ref().map(|one| one.currency.code().to_owned()).unwrap_or_default();
    let [bank, number_kind, number, holder, note] = chosen
        .map(|one| [one.bank, one.number_kind, one.number, one.holder, one.note.unwrap_or_default()])
        .unwrap_or_default();
    let heading = if is_new {
        tr!(lang, "Ofrecer transferencia en una moneda", "Offer transfers in a currency")
    } else {
        tr!(lang, "Cambiar los datos", "Change the details")
    };
    view! {
        <Card title=heading>
            <PostForm action=DETAILS>
                <Field name="currency" short=true maxlength=3 autocomplete="off" label=tr!(lang, "Moneda", "Currency") hint="MXN, COP, USD…" value=code/>
                <Field name="bank" maxlength=120 autocomplete="off" label=tr!(lang, "Banco", "Bank") value=bank/>
                <Field name="number_kind" short=true maxlength=40 autocomplete="off" label=tr!(lang, "Qué número es", "What number it is") hint="CLABE, CBU, CCI…" value=number_kind/>
                <Field name="number" maxlength=60 autocomplete="off" label=tr!(lang, "Número", "Number") value=number/>
                <Field name="holder" maxlength=120 autocomplete="off" label=tr!(lang, "A nombre de", "In the name of") value=holder/>
                <Field name="note" maxlength=120 required=false autocomplete="off" label=tr!(lang, "Nota para quien transfiere", "Note for whoever transfers") value=note/>
                <Button>{tr!(lang, "Guardar", "Save")}</Button>
            </PostForm>
        </Card>
    }
    .into_any()
}
