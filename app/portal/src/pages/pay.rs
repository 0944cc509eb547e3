//! Choosing how much to pay. From here on the gateway's own page asks for the card.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::ids::AccountId;
use domain::money::Money;
use leptos::prelude::*;
use serde::Deserialize;
use services::accounts::AccountView;
use services::bank::TransferWay;
use services::payments::PayChoice;
use services::{ServiceError, Services};
use ui::prelude::*;
use web::{Debtor, Form, form_state, see_other};

use super::debt::{debt_name, total};
use super::{SIGN_OUT, plan};
use crate::amount::{amount_help, read_amount};
use crate::islands::{OtherAmount, split};
use crate::shell::{Answer, fail, id, own_page};

#[derive(Deserialize)]
pub struct Wish {
    /// `all`, `overdue`, `next` or `other`: chosen already on the page before.
    choice: Option<String>,
}

pub async fn show(
    State(services): State<Services>,
    debtor: Debtor,
    Path(account): Path<String>,
    Query(wish): Query<Wish>,
) -> Answer {
    let debt = load(&services, &debtor, &account).await?;
    if !total(&debt).is_positive() {
        return Ok(see_other(&format!("/deudas/{}", debt.summary.account.id)));
    }
    page(&services, &debtor, debt, wish.choice.unwrap_or_default(), None).await
}

pub async fn submit(
    State(services): State<Services>,
    debtor: Debtor,
    Path(account): Path<String>,
    form: Form,
) -> Answer {
    let debt = load(&services, &debtor, &account).await?;
    let chosen = form.get("choice").to_owned();
    let choice = match read_choice(&form, &debt, debtor.visitor.locale) {
        Ok(choice) => choice,
        Err(state) => return page(&services, &debtor, debt, chosen, Some(state)).await,
    };
    if form.get("step") == "preview" {
        let state = form_state(&form, &[], debtor.lang());
        return page(&services, &debtor, debt, chosen, Some(state)).await;
    }
    match services.start_payment(debtor.actor(), debt.summary.account.id, choice).await {
        Ok(url) => Ok(see_other(&url)),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, debtor.lang());
            page(&services, &debtor, debt, chosen, Some(state)).await
        }
        Err(error) => Err(fail(error, &debtor.visitor)),
    }
}

async fn load(services: &Services, debtor: &Debtor, account: &str) -> Result<AccountView, Response> {
    let account: AccountId = id(account, &debtor.visitor)?;
    services.my_debt(debtor.actor(), account).await.map_err(|error| fail(error, &debtor.visitor))
}

fn read_choice(form: &Form, debt: &AccountView, locale: Locale) -> Result<PayChoice, FormState> {
    let lang = locale.lang();
    let currency = debt.summary.account.currency;
    match (form.get("choice"), plan::next(debt)) {
        ("all", _) => Ok(PayChoice::All),
        ("overdue", _) if debt.summary.overdue.is_positive() => Ok(PayChoice::Overdue),
        ("next", Some(due)) => Ok(PayChoice::Other(due.left)),
        ("other", _) => {
            read_amount(form.get("amount"), currency, locale).map(PayChoice::Other).map_err(|error| {
                form_state(form, &[], lang).with_error("amount", amount_help(&error, currency, locale))
            })
        }
        // Also a choice that was paid meanwhile: ask again rather than charge something else.
        _ => {
            let says = tr!(
                lang,
                "Elige cuánto quieres pagar",
                "Choose how much you want to pay",
                "Escolha quanto quer pagar"
            );
            Err(form_state(form, &[], lang).with_error("choice", says))
        }
    }
}

async fn page(
    services: &Services,
    debtor: &Debtor,
    debt: AccountView,
    chosen: String,
    form: Option<FormState>,
) -> Answer {
    let way = services.my_transfer_way(debtor.actor(), debt.summary.account.id).await;
    let way = way.map_err(|error| fail(error, &debtor.visitor))?;
    let page = own_page(services, debtor, title(debtor.lang())).await?.form(form);
    Ok(page.render(move || view! { <Pay debt chosen way/> }))
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "¿Cuánto quieres pagar?", "How much do you want to pay?", "Quanto você quer pagar?")
}

#[component]
fn Pay(debt: AccountView, chosen: String, way: Option<TransferWay>) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let here = format!("/deudas/{}", debt.summary.account.id);
    let lead = format!("{} · {}", debt.summary.creditor.name, debt_name(&debt, lang));
    let country = debt.summary.creditor.country.clone();
    let balance = debt.summary.balance;
    let previews: Vec<_> = fixed_choices(&debt)
        .into_iter()
        .map(|(choice, amount)| view! { <div class=format!("when-{choice}")>{split(&balance, &country, amount, locale)}</div> })
        .collect();
    let typed = ui::forms::form_state();
    let value = typed.as_ref().and_then(|state| state.value("amount")).unwrap_or_default().to_owned();
    let error = typed.as_ref().and_then(|state| state.error("amount")).map(str::to_owned);
    view! {
        <PortalLayout title=title(lang) lead=lead back=here.clone() sign_out=SIGN_OUT>
            <ErrorSummary/>
            <PostForm action=format!("{here}/pagar") class="form pay">
                <RadioGroup
                    name="choice" legend=title(lang) legend_hidden=true value=chosen
                    options=options(&debt, lang, locale)
                />
                <OtherAmount owed=balance country=country.clone() locale value error/>
                {previews}
                <Button icon=Glyph::Lock>{tr!(lang, "Continuar al pago", "Continue to payment", "Continuar para o pagamento")}</Button>
                // Without scripts the split of one's own amount is shown by asking for it.
                <noscript>
                    <div class="when-other">
                    <Button kind=ButtonKind::Secondary name="step" value="preview">
                        {tr!(lang, "Ver antes a dónde va mi dinero", "See first where my money goes", "Ver antes para onde vai meu dinheiro")}
                    </Button>
                    </div>
                </noscript>
            </PostForm>
            <p class="soft small">{tr!(
                lang,
                "Te llevamos a la página de pago, que pide los datos de tu tarjeta: nosotros no los vemos ni los guardamos. Ahí puedes cancelar.",
                "We take you to the payment page, which asks for your card: we neither see nor keep its details. You can cancel there.", "Levamos você à página de pagamento, que pede os dados do seu cartão: nós não os vemos nem guardamos. Lá você pode cancelar.",
            )}</p>
            {way.map(|way| view! { <Transfer way here=here.clone()/> })}
            <p><a href=format!("{here}/no-puedo")>{tr!(lang, "No puedo pagar ahora", "I cannot pay now", "Não posso pagar agora")}</a></p>
        </PortalLayout>
    }
    .into_any()
}

/// Paying from one's own bank: where to, and by which reference.
#[component]
fn Transfer(way: TransferWay, here: String) -> impl IntoView {
    let lang = use_lang();
    let TransferWay { details, reference } = way;
    let note = details.note.map(|note| view! { <p>{note}</p> });
    view! {
        <Card title=tr!(lang, "Transferencia bancaria", "Bank transfer", "Transferência bancária")>
            <p>{trf!(
                lang,
                "Transfiere desde tu banco, en {}, la cantidad que quieras.",
                "Transfer from your bank, in {}, whatever amount you like.",
                "Transfira do seu banco, em {}, o valor que quiser.",
                details.currency.code()
            )}</p>
            <KeyValue>
                <Pair term=tr!(lang, "Banco", "Bank", "Banco")>{details.bank}</Pair>
                <Pair term=details.number_kind><code>{details.number}</code></Pair>
                <Pair term=tr!(lang, "A nombre de", "In the name of", "Em nome de")>{details.holder}</Pair>
                <Pair term=tr!(lang, "Referencia o concepto", "Reference or concept", "Referência ou descrição") strong=true><code>{reference.grouped()}</code></Pair>
            </KeyValue>
            {note}
            <p class="soft small">{tr!(
                lang,
                "Escribe la referencia tal cual: con ella tu pago se registra en esta deuda. Tu recibo aparece aquí cuando el banco nos informa, normalmente en uno o dos días hábiles.",
                "Write the reference as it is: by it your payment is posted on this debt. Your receipt appears here once the bank tells us, normally within one or two business days.",
                "Escreva a referência exatamente assim: por ela seu pagamento é registrado nesta dívida. Seu recibo aparece aqui quando o banco nos informa, normalmente em um ou dois dias úteis."
            )}</p>
            <p><a href=format!("{here}/ya-pague")>{tr!(lang, "Ya transferí sin la referencia", "I have transferred without the reference", "Já transferi sem a referência")}</a></p>
        </Card>
    }
    .into_any()
}

/// The amounts that are known beforehand. What is overdue, or due next, stands apart only when it
/// is less than the whole.
fn fixed_choices(debt: &AccountView) -> Vec<(&'static str, Money)> {
    let (all, overdue) = (total(debt), debt.summary.overdue);
    let overdue = overdue.is_positive().then_some(("overdue", overdue));
    let next = plan::next(debt).map(|due| ("next", due.left));
    overdue.into_iter().chain(next).filter(|(_, amount)| *amount < all).chain([("all", all)]).collect()
}

fn options(debt: &AccountView, lang: Lang, locale: Locale) -> Vec<Choice> {
    let due = plan::next(debt).map(|due| format::date_long(due.due_on, locale)).unwrap_or_default();
    let fixed = fixed_choices(debt).into_iter().map(|(choice, amount)| {
        let (label, hint) = match choice {
            "overdue" => (
                tr!(lang, "Lo vencido", "What is past due", "O que está vencido"),
                tr!(
                    lang,
                    "Con esto quedas al día.",
                    "This brings you up to date.",
                    "Com isto você fica em dia."
                )
                .to_owned(),
            ),
            "next" => (
                tr!(lang, "La próxima cuota", "The next instalment", "A próxima parcela"),
                trf!(lang, "Vence el {}.", "Due on {}.", "Vence em {}.", due),
            ),
            _ => (
                tr!(lang, "Todo", "Everything", "Tudo"),
                tr!(
                    lang,
                    "Con esto terminas de pagar.",
                    "This pays the debt off.",
                    "Com isto você termina de pagar."
                )
                .to_owned(),
            ),
        };
        Choice::new(choice, label).hint(hint).detail(format::money(&amount, locale))
    });
    let other = Choice::new("other", tr!(lang, "Otra cantidad", "Another amount", "Outro valor")).hint(tr!(
        lang,
        "Una parte: tú dices cuánto.",
        "A part: you say how much.",
        "Uma parte: você diz quanto."
    ));
    fixed.chain([other]).collect()
}
