//! What is offered for a debt, and what one would rather propose.

use axum::extract::{Path, State};
use chrono::NaiveDate;
use domain::arrangement::negotiation::{Affordability, Deal, Decision, Proposal};
use domain::arrangement::schedule::Frequency;
use domain::ids::AccountId;
use domain::money::{Currency, Money};
use leptos::prelude::*;
use services::accounts::AccountView;
use services::arrangements::{Ask, NewNegotiation, Offers};
use services::{ServiceError, Services};
use ui::prelude::*;
use uuid::Uuid;
use web::{Debtor, Form, form_state, see_other};

use super::SIGN_OUT;
use super::deal::{DealParts, name};
use super::debt::{debt_name, total};
use crate::amount::{amount_help, read_amount};
use crate::shell::{Answer, fail, id, own_page};

/// `GET /deudas/{id}/acuerdo`
pub async fn show(State(services): State<Services>, debtor: Debtor, Path(account): Path<String>) -> Answer {
    let account: AccountId = id(&account, &debtor.visitor)?;
    page(&services, &debtor, account, None).await
}

/// `POST /deudas/{id}/acuerdo`: chooses an offer (`ask=offer`), proposes (`proposal`), or says what one
/// lives on (`household`).
pub async fn ask(
    State(services): State<Services>,
    debtor: Debtor,
    Path(account): Path<String>,
    form: Form,
) -> Answer {
    let account_id: AccountId = id(&account, &debtor.visitor)?;
    let fault = |error: ServiceError| fail(error, &debtor.visitor);
    let debt = services.my_debt(debtor.actor(), account_id).await.map_err(fault)?;
    let ask = match read(&form, debt.summary.account.currency, debtor.visitor.locale) {
        Ok(ask) => ask,
        Err(state) => return page(&services, &debtor, account_id, Some(state)).await,
    };
    let key = form.get("id").parse().unwrap_or_else(|_| services.new_id());
    let new = NewNegotiation { id: key, account_id, ask, surface: "portal" };
    match services.negotiate(debtor.actor(), new).await {
        Ok(found) if matches!(found.decision, Decision::Accepted { .. }) => {
            match services.take_deal(debtor.actor(), found.id, 0).await {
                Ok(agreement) => Ok(see_other(&format!("/acuerdos/{agreement}"))),
                Err(ServiceError::Invalid(_)) => Ok(see_other(&format!("/propuestas/{}", found.id))),
                Err(error) => Err(fault(error)),
            }
        }
        Ok(found) => Ok(see_other(&format!("/propuestas/{}", found.id))),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, debtor.lang());
            page(&services, &debtor, account_id, Some(state)).await
        }
        Err(error) => Err(fault(error)),
    }
}

#[expect(clippy::result_large_err, reason = "the form goes back to its page with what was typed")]
fn read(form: &Form, currency: Currency, locale: Locale) -> Result<Ask, FormState> {
    let lang = locale.lang();
    let mut state = form_state(form, &[], lang);
    let amount = |state: &mut FormState, field: &'static str| {
        let read = read_amount(form.get(field), currency, locale);
        read.map_err(|error| state.add_error(field, amount_help(&error, currency, locale))).ok()
    };
    let first_on = |state: &mut FormState| {
        let read = NaiveDate::parse_from_str(form.get("first_on").trim(), "%Y-%m-%d");
        let says = tr!(
            lang,
            "Elige una fecha; sin calendario, escríbela como 2026-11-30.",
            "Choose a date; without a calendar, write it like 2026-11-30.",
            "Escolha uma data; sem calendário, escreva como 2026-11-30."
        );
        read.map_err(|_| state.add_error("first_on", says)).ok()
    };
    let ask = match form.get("ask") {
        "offer" => Some(Ask::Offer(form.get("offer").to_owned())),
        "household" => {
            let (income, expenses) = (amount(&mut state, "income"), amount(&mut state, "expenses"));
            let first_on = first_on(&mut state);
            let household = income.zip(expenses).map(|(income, expenses)| Affordability { income, expenses });
            household.zip(first_on).map(|(household, first_on)| Ask::Household { household, first_on })
        }
        _ => {
            let optional = |state: &mut FormState, field: &'static str| -> Option<Money> {
                if form.get(field).trim().is_empty() { None } else { amount(state, field) }
            };
            let (total, first) = (optional(&mut state, "total"), optional(&mut state, "first"));
            let first_on = first_on(&mut state);
            // What is no number is refused as none, by the rule that refuses none.
            let payments = form.get("payments").trim().parse().unwrap_or(0);
            let every = match form.get("every") {
                "weekly" => Frequency::Weeks(1),
                "biweekly" => Frequency::BIWEEKLY,
                _ => Frequency::MONTHLY,
            };
            let is_all_they_can = form.get("all_i_can") == "true";
            first_on.map(|first_on| {
                Ask::Proposal(Proposal { total, first, first_on, payments, every, is_all_they_can })
            })
        }
    };
    ask.filter(|_| state.is_valid()).ok_or(state)
}

async fn page(services: &Services, debtor: &Debtor, account: AccountId, form: Option<FormState>) -> Answer {
    let fault = |error: ServiceError| fail(error, &debtor.visitor);
    let debt = services.my_debt(debtor.actor(), account).await.map_err(fault)?;
    let offers = services.offers_for(debtor.actor(), account).await.map_err(fault)?;
    if let Some(running) = offers.running {
        return Ok(see_other(&format!("/acuerdos/{running}")));
    }
    if !total(&debt).is_positive() {
        return Ok(see_other(&format!("/deudas/{account}")));
    }
    // A key for each form: an offer, another one, the proposal and the household.
    let keys = (0..offers.deals.len().saturating_add(2)).map(|_| services.new_id()).collect();
    let page = own_page(services, debtor, title(debtor.lang())).await?.form(form);
    Ok(page.render(move || view! { <Options debt offers keys/> }))
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Opciones para pagar", "Options to pay", "Opções para pagar")
}

#[component]
fn Options(debt: AccountView, offers: Offers, keys: Vec<Uuid>) -> impl IntoView {
    let lang = use_lang();
    let here = format!("/deudas/{}", debt.summary.account.id);
    let action = format!("{here}/acuerdo");
    let lead = format!("{} · {}", debt.summary.creditor.name, debt_name(&debt, lang));
    let owed = total(&debt);
    let currency = debt.summary.account.currency;
    // As the offers have it.
    let first = offers.deals.first().and_then(|deal| deal.schedule.first());
    let first_on = first.map_or(offers.today, |due| due.due_on).to_string();
    let mut keys = keys.into_iter();
    let mut key = move || keys.next().unwrap_or_default().to_string();
    let none = offers.deals.is_empty();
    let cards: Vec<_> =
        offers.deals.into_iter().map(|deal| offer(deal, action.clone(), key(), lang)).collect();
    view! {
        <PortalLayout title=title(lang) lead=lead back=here sign_out=SIGN_OUT>
            <ErrorSummary/>
            <Amount money=owed label=tr!(lang, "Debes hoy", "You owe today", "Você deve hoje") small=true/>
            <p class="soft">{tr!(
                lang,
                "Mirar y proponer no te compromete. Las mismas opciones te dan por teléfono o en una visita.",
                "Looking and proposing does not commit you. By phone or at a visit you are told the same options.",
                "Olhar e propor não compromete você. Por telefone ou em uma visita as opções são as mesmas.",
            )}</p>
            {none.then(|| view! {
                <Notice tone=Tone::Info title=tr!(lang, "Para esta deuda lo ve una persona contigo", "For this debt a person will look at it with you", "Para esta dívida, uma pessoa vai ver isso com você")/>
            })}
            {cards}
            <ProposalCard action=action.clone() key=key() currency first_on=first_on.clone()/>
            <HouseholdCard action key=key() currency first_on/>
        </PortalLayout>
    }
    .into_any()
}

fn offer(deal: Deal, action: String, key: String, lang: Lang) -> AnyView {
    let title = name(deal.schedule.len(), lang);
    let value = deal.offer.clone();
    view! {
        <Card title=title>
            <DealParts deal/>
            <PostForm action>
                <input type="hidden" name="id" value=key/>
                <input type="hidden" name="ask" value="offer"/>
                <input type="hidden" name="offer" value=value/>
                <Button kind=ButtonKind::Secondary>{tr!(lang, "Elegir esta", "Choose this one", "Escolher esta")}</Button>
            </PostForm>
        </Card>
    }
    .into_any()
}

#[component]
fn ProposalCard(action: String, key: String, currency: Currency, first_on: String) -> impl IntoView {
    let lang = use_lang();
    let symbol = format::symbol(currency.code()).unwrap_or_default();
    let every = vec![
        Choice::new("monthly", tr!(lang, "Cada mes", "Every month", "Todo mês")),
        Choice::new("biweekly", tr!(lang, "Cada dos semanas", "Every two weeks", "A cada duas semanas")),
        Choice::new("weekly", tr!(lang, "Cada semana", "Every week", "Toda semana")),
    ];
    view! {
        <Card title=tr!(lang, "Proponer otra cosa", "Propose something else", "Propor outra coisa")>
            <p>{tr!(lang, "Dinos cómo podrías pagar. La respuesta es inmediata.", "Tell us how you could pay. The answer comes at once.", "Diga como você poderia pagar. A resposta é imediata.")}</p>
            <PostForm action=action class="form">
                <input type="hidden" name="id" value=key/>
                <input type="hidden" name="ask" value="proposal"/>
                <Field name="payments" label=tr!(lang, "¿En cuántos pagos?", "In how many payments?", "Em quantos pagamentos?") inputmode="numeric" short=true value="6"/>
                <Select name="every" label=tr!(lang, "¿Cada cuánto?", "How often?", "De quanto em quanto tempo?") options=every short=true/>
                <Field name="first_on" kind="date" label=tr!(lang, "Día del primer pago", "Day of the first payment", "Dia do primeiro pagamento") short=true value=first_on/>
                <Field name="first" label=tr!(lang, "Primer pago", "First payment", "Primeiro pagamento") hint=tr!(lang, "Si quieres empezar con más o con menos que en los demás.", "If you want to begin with more or less than in the others.", "Se quiser começar com mais ou menos que nos outros.") required=false inputmode="decimal" autocomplete="off" prefix=symbol suffix=currency.code() short=true/>
                <Field name="total" label=tr!(lang, "Total que pagarías", "Total that you would pay", "Total que você pagaria") hint=tr!(lang, "Déjalo vacío si pagarías lo que se pida.", "Leave it empty if you would pay what is asked.", "Deixe vazio se pagaria o que for pedido.") required=false inputmode="decimal" autocomplete="off" prefix=symbol suffix=currency.code() short=true/>
                <CheckBox name="all_i_can" label=tr!(lang, "Es todo lo que puedo", "It is all that I can", "É tudo o que eu posso") hint=tr!(lang, "Si no alcanza, lo ve una persona contigo.", "If it is not enough, a person will look at it with you.", "Se não for suficiente, uma pessoa vai ver isso com você.")/>
                <Button kind=ButtonKind::Secondary>{tr!(lang, "Proponer", "Propose", "Propor")}</Button>
            </PostForm>
        </Card>
    }
    .into_any()
}

#[component]
fn HouseholdCard(action: String, key: String, currency: Currency, first_on: String) -> impl IntoView {
    let lang = use_lang();
    let symbol = format::symbol(currency.code()).unwrap_or_default();
    view! {
        <Card title=tr!(lang, "No sé cuánto puedo pagar", "I do not know how much I can pay", "Não sei quanto posso pagar")>
            <p>{tr!(
                lang,
                "Con lo que entra y lo que gastas en un mes buscamos opciones que dejen para vivir. Solo se usa para esto.",
                "From what comes in and what you spend in a month we look for options that leave enough to live on. It is used for this only.",
                "Com o que entra e o que você gasta em um mês, buscamos opções que deixem o suficiente para viver. Só usamos para isso.",
            )}</p>
            <PostForm action=action class="form">
                <input type="hidden" name="id" value=key/>
                <input type="hidden" name="ask" value="household"/>
                <Field name="income" label=tr!(lang, "Lo que entra al mes", "What comes in a month", "O que entra por mês") inputmode="decimal" autocomplete="off" prefix=symbol suffix=currency.code() short=true/>
                <Field name="expenses" label=tr!(lang, "Lo que gastas al mes", "What you spend a month", "O que você gasta por mês") hint=tr!(lang, "Comida, casa, salud, escuela, transporte y otras deudas.", "Food, home, health, school, transport and other debts.", "Comida, casa, saúde, escola, transporte e outras dívidas.") inputmode="decimal" autocomplete="off" prefix=symbol suffix=currency.code() short=true/>
                <Field name="first_on" id="household_first_on" kind="date" label=tr!(lang, "Día del primer pago", "Day of the first payment", "Dia do primeiro pagamento") short=true value=first_on/>
                <Button kind=ButtonKind::Secondary>{tr!(lang, "Buscar opciones", "Look for options", "Buscar opções")}</Button>
            </PostForm>
        </Card>
    }
    .into_any()
}
