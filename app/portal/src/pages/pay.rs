//! Choosing how much to pay. From here on the gateway's own page asks for the card.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use chrono::NaiveDate;
use domain::account::Component;
use domain::ids::AccountId;
use domain::money::Money;
use leptos::prelude::*;
use serde::Deserialize;
use services::accounts::AccountView;
use services::arrangements::ArrangementView;
use services::bank::TransferWay;
use services::payments::{AttemptView, Imputation, PayChoice};
use services::{ServiceError, Services};
use ui::prelude::*;
use web::{Debtor, Form, form_state, see_other};

use super::debt::{Barred, debt_name, total};
use super::returned::LeftOpen;
use super::{SIGN_OUT, plan};
use crate::amount::{amount_help, read_amount};
use crate::islands::{OtherAmount, split};
use crate::shell::{Answer, fail, id, own_page};

#[derive(Deserialize)]
pub struct Wish {
    /// `all`, `overdue`, `next` or `other`: chosen already on the page before.
    choice: Option<String>,
}

/// The amounts that are known beforehand: of the agreement that runs on the debt, else of the debt.
#[derive(Clone, Copy, Debug)]
struct Amounts {
    all: Money,
    overdue: Money,
    next: Option<(NaiveDate, Money)>,
    agreed: bool,
}

impl Amounts {
    fn of(debt: &AccountView, agreements: &[ArrangementView]) -> Self {
        let all = total(debt);
        let running = agreements.iter().find(|one| one.arrangement.status.is_running());
        let Some(progress) = running.map(|one| &one.progress) else {
            let next = plan::next(debt).map(|due| (due.due_on, due.left));
            return Self { all, overdue: debt.summary.overdue, next, agreed: false };
        };
        // An agreement over several debts is paid debt by debt.
        let most = |amount: Money| amount.min(all).unwrap_or(all);
        let next = progress.next().map(|due| (due.due_on, most(due.left)));
        let next = next.filter(|_| !progress.overdue.is_positive());
        Self { all: most(progress.left), overdue: most(progress.overdue), next, agreed: true }
    }

    /// What stands apart only when it is less than the whole.
    fn fixed(&self) -> Vec<(&'static str, Money)> {
        let overdue = self.overdue.is_positive().then_some(("overdue", self.overdue));
        let next = self.next.map(|(_, left)| ("next", left));
        overdue
            .into_iter()
            .chain(next)
            .filter(|(_, amount)| *amount < self.all)
            .chain([("all", self.all)])
            .collect()
    }

    /// What was wished for on the page before, as this page has it.
    fn chosen(&self, wish: &str) -> String {
        let known = self.fixed();
        match wish {
            "next" | "overdue" if !known.iter().any(|(name, _)| *name == wish) => {
                let other = known.first().map_or("all", |(name, _)| *name);
                other.to_owned()
            }
            other => other.to_owned(),
        }
    }
}

pub async fn show(
    State(services): State<Services>,
    debtor: Debtor,
    Path(account): Path<String>,
    Query(wish): Query<Wish>,
) -> Answer {
    let (debt, amounts) = load(&services, &debtor, &account).await?;
    if !total(&debt).is_positive() {
        return Ok(see_other(&format!("/deudas/{}", debt.summary.account.id)));
    }
    let chosen = amounts.chosen(&wish.choice.unwrap_or_default());
    page(&services, &debtor, (debt, amounts), chosen, None).await
}

pub async fn submit(
    State(services): State<Services>,
    debtor: Debtor,
    Path(account): Path<String>,
    form: Form,
) -> Answer {
    let (debt, amounts) = load(&services, &debtor, &account).await?;
    let chosen = form.get("choice").to_owned();
    let choice = match read_choice(&form, &amounts, debtor.visitor.locale) {
        Ok(choice) => choice,
        Err(state) => return page(&services, &debtor, (debt, amounts), chosen, Some(state)).await,
    };
    if form.get("step") == "preview" {
        let state = form_state(&form, &[], debtor.lang());
        return page(&services, &debtor, (debt, amounts), chosen, Some(state)).await;
    }
    // The order of parts makes a difference to a part only, and is asked there only.
    let first = form.get("designated").parse::<Component>().into_iter();
    let first: Vec<Component> = first.filter(|_| form.get("choice") == "other").collect();
    match services.start_payment(debtor.actor(), debt.summary.account.id, choice, &first).await {
        Ok(url) => Ok(see_other(&url)),
        Err(ServiceError::Invalid(issues)) => {
            let state = form_state(&form, &issues, debtor.lang());
            page(&services, &debtor, (debt, amounts), chosen, Some(state)).await
        }
        Err(error) => Err(fail(error, &debtor.visitor)),
    }
}

async fn load(
    services: &Services,
    debtor: &Debtor,
    account: &str,
) -> Result<(AccountView, Amounts), Response> {
    let account: AccountId = id(account, &debtor.visitor)?;
    let fault = |error: ServiceError| fail(error, &debtor.visitor);
    let debt = services.my_debt(debtor.actor(), account).await.map_err(fault)?;
    let agreements = services.arrangements_of(debtor.actor(), account).await.map_err(fault)?;
    let amounts = Amounts::of(&debt, &agreements);
    Ok((debt, amounts))
}

fn read_choice(form: &Form, amounts: &Amounts, locale: Locale) -> Result<PayChoice, FormState> {
    let lang = locale.lang();
    let currency = amounts.all.currency();
    match (form.get("choice"), amounts.next) {
        // Who keeps an agreement pays what was agreed, not the whole debt.
        ("all", _) if amounts.agreed && amounts.all.is_positive() => Ok(PayChoice::Other(amounts.all)),
        ("all", _) => Ok(PayChoice::All),
        ("overdue", _) if amounts.overdue.is_positive() && amounts.agreed => {
            Ok(PayChoice::Other(amounts.overdue))
        }
        ("overdue", _) if amounts.overdue.is_positive() => Ok(PayChoice::Overdue),
        ("next", Some((_, left))) => Ok(PayChoice::Other(left)),
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
    (debt, amounts): (AccountView, Amounts),
    chosen: String,
    form: Option<FormState>,
) -> Answer {
    let way = services.my_transfer_way(debtor.actor(), debt.summary.account.id).await;
    let way = way.map_err(|error| fail(error, &debtor.visitor))?;
    let left = services.my_open_attempts(debtor.actor(), debt.summary.account.id).await;
    let left = left.map_err(|error| fail(error, &debtor.visitor))?;
    let imputation = services.imputation(debtor.actor(), &debt.summary).await;
    let imputation = imputation.map_err(|error| fail(error, &debtor.visitor))?;
    let page = own_page(services, debtor, title(debtor.lang())).await?.form(form);
    Ok(page.render(move || view! { <Pay debt amounts imputation chosen way left/> }))
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "¿Cuánto quieres pagar?", "How much do you want to pay?", "Quanto você quer pagar?")
}

#[component]
fn Pay(
    debt: AccountView,
    amounts: Amounts,
    imputation: Imputation,
    chosen: String,
    way: Option<TransferWay>,
    left: Vec<AttemptView>,
) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let here = format!("/deudas/{}", debt.summary.account.id);
    let lead = format!("{} · {}", debt.summary.creditor.name, debt_name(&debt, lang));
    let Imputation { order, law, choices } = imputation;
    let balance = debt.summary.balance;
    let previews: Vec<_> = amounts
        .fixed()
        .into_iter()
        .map(|(choice, amount)| view! { <div class=format!("when-{choice}")>{split(&balance, &order, amount, locale)}</div> })
        .collect();
    let typed = ui::forms::form_state();
    let value = typed.as_ref().and_then(|state| state.value("amount")).unwrap_or_default().to_owned();
    let error = typed.as_ref().and_then(|state| state.error("amount")).map(str::to_owned);
    let first = typed.as_ref().and_then(|state| state.value("designated")).unwrap_or_default().to_owned();
    let interest_first = law.map(|law| law.interest_first).unwrap_or_default().to_owned();
    let own_choice = law.map(|law| {
        let says = trf!(
            lang,
            "Tu pago es para esta deuda, la que tú elegiste ({}).",
            "Your payment is for this debt, the one that you chose ({}).",
            "Seu pagamento é para esta dívida, a que você escolheu ({}).",
            law.debtor_chooses
        );
        view! { <p class="soft small">{says}</p> }
    });
    view! {
        <PortalLayout title=title(lang) lead=lead back=here.clone() sign_out=SIGN_OUT>
            <ErrorSummary/>
            <LeftOpen attempts=left/>
            <Barred debt=debt.clone()/>
            <PostForm action=format!("{here}/pagar") class="form pay">
                <RadioGroup
                    name="choice" legend=title(lang) legend_hidden=true value=chosen
                    options=options(&amounts, lang, locale)
                />
                <OtherAmount owed=balance order choices interest_first locale value error first/>
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
            {own_choice}
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

fn options(amounts: &Amounts, lang: Lang, locale: Locale) -> Vec<Choice> {
    let due = amounts.next.map(|(due_on, _)| format::date_long(due_on, locale)).unwrap_or_default();
    let fixed = amounts.fixed().into_iter().map(|(choice, amount)| {
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
