//! The list of one's debts.

use axum::extract::State;
use chrono::NaiveDate;
use domain::account::{Balance, Stage};
use domain::cases::Hold;
use domain::ids::AccountId;
use domain::money::{Currency, Money};
use domain::party::{Party, PartyKind};
use leptos::prelude::*;
use services::Services;
use services::accounts::DebtSummary;
use ui::prelude::*;
use web::Debtor;

use super::SIGN_OUT;
use super::cases::ADDRESS;
use super::debt::Held;
use crate::shell::{Answer, agency, fail, own_page};
use crate::words;

pub async fn show(State(services): State<Services>, debtor: Debtor) -> Answer {
    let no = |error| fail(error, &debtor.visitor);
    let debts = services.my_debts(debtor.actor()).await.map_err(no)?;
    let today = services.today(debtor.actor().organization_id).await.map_err(no)?;
    let holds = services.my_holds(debtor.actor()).await.map_err(no)?;
    let agency = agency(&services, &debtor).await?;
    let title = title(debtor.lang());
    let party = debtor.session.party.clone();
    Ok(own_page(&services, &debtor, title)
        .await?
        .render(move || view! { <Debts debts holds today party agency/> }))
}

const fn title(lang: Lang) -> &'static str {
    tr!(lang, "Tus deudas", "Your debts", "Suas dívidas")
}

/// What is owed in each currency, in order of first appearance. Currencies are never added up.
fn totals(debts: &[&DebtSummary]) -> Vec<Money> {
    let mut currencies: Vec<Currency> = Vec::new();
    for debt in debts {
        if !currencies.contains(&debt.account.currency) {
            currencies.push(debt.account.currency);
        }
    }
    let owed = |currency| {
        let same = debts.iter().filter(move |debt| debt.account.currency == currency);
        let minor = same.fold(0_i64, |sum, debt| sum.saturating_add(debt.balance.total_minor().max(0)));
        Money::from_minor(minor, currency)
    };
    currencies.into_iter().map(owed).filter(Money::is_positive).collect()
}

/// `Hola, Ana` for people; companies are not greeted.
fn greeting(party: &Party, lang: Lang) -> Option<String> {
    let first = party.name.split_whitespace().next()?;
    (party.kind == PartyKind::Person).then(|| trf!(lang, "Hola, {}. ", "Hello, {}. ", "Olá, {}. ", first))
}

#[component]
fn Debts(
    debts: Vec<DebtSummary>,
    holds: Vec<Hold>,
    today: NaiveDate,
    party: Party,
    agency: String,
) -> impl IntoView {
    let lang = use_lang();
    let (paid, open): (Vec<_>, Vec<_>) = debts.into_iter().partition(|debt| debt.stage == Stage::Settled);
    let lead = format!(
        "{}{}",
        greeting(&party, lang).unwrap_or_default(),
        if open.is_empty() {
            trf!(
                lang,
                "No tienes nada por pagar en {}.",
                "You have nothing to pay at {}.",
                "Você não tem nada a pagar em {}.",
                agency
            )
        } else {
            trf!(
                lang,
                "Esto es lo que debes hoy en las cuentas que atiende {}.",
                "This is what you owe today on the accounts that {} looks after.",
                "Isto é o que você deve hoje nas contas atendidas por {}.",
                agency
            )
        }
    );
    let several = open.len() > 1;
    // What its debtor disputes is not asked for: it stands apart until somebody has answered.
    let is_disputed = |debt: &&DebtSummary| Held::of(&holds, debt.account.id) == Held::Disputed;
    let (disputed, asked): (Vec<_>, Vec<_>) = open.iter().partition(is_disputed);
    let sums: Vec<_> = totals(&asked)
        .into_iter()
        .map(|money| view! { <Amount money label=tr!(lang, "En total", "In total", "No total")/> })
        .collect();
    let apart: Vec<_> = totals(&disputed)
        .into_iter()
        .map(|money| view! {
            <Amount money small=true label=tr!(lang, "En disputa: no está en el total ni te lo pedimos", "In dispute: not in the total, and not asked of you", "Em disputa: não está no total nem cobramos")/>
        })
        .collect();
    view! {
        <PortalLayout title=title(lang) lead=lead sign_out=SIGN_OUT>
            {several.then(|| view! { <div class="stack">{sums}{apart}</div> })}
            {(!open.is_empty()).then(|| view! { <DebtList debts=open holds=holds.clone() today/> })}
            {(!paid.is_empty()).then(|| view! {
                <section class="stack">
                    <h2>{tr!(lang, "Ya pagadas", "Already paid", "Já pagas")}</h2>
                    <DebtList debts=paid holds=Vec::new() today/>
                </section>
            })}
            <Ways>
                <Way
                    href=ADDRESS icon=Glyph::MessageCircle
                    title=tr!(lang, "Mis casos", "My cases", "Meus casos")
                    hint=tr!(lang, "Lo que nos dijiste y lo que te respondimos", "What you told us and what we answered", "O que você nos disse e o que respondemos")
                />
                <Way
                    href="/mis-datos" icon=Glyph::User
                    title=tr!(lang, "Mis datos", "My data", "Meus dados")
                    hint=tr!(lang, "Qué guardamos de ti y quién lo vio", "What we hold about you and who has seen it", "O que guardamos sobre você e quem viu")
                />
                <Way
                    href="/ayuda" icon=Glyph::Help
                    title=tr!(lang, "¿Algo no cuadra?", "Something looks wrong?", "Algo não bate?")
                    hint=tr!(lang, "Qué hacer si no reconoces una deuda o un pago", "What to do if you do not recognise a debt or a payment", "O que fazer se não reconhece uma dívida ou um pagamento")
                />
            </Ways>
        </PortalLayout>
    }
    .into_any()
}

#[component]
fn DebtList(debts: Vec<DebtSummary>, holds: Vec<Hold>, today: NaiveDate) -> impl IntoView {
    // Nothing urges more than the rest.
    let kind = if debts.len() == 1 { ButtonKind::Primary } else { ButtonKind::Secondary };
    let line = |debt: DebtSummary| {
        let held = Held::of(&holds, debt.account.id);
        view! { <li><DebtLine debt held today kind/></li> }
    };
    let items: Vec<_> = debts.into_iter().map(line).collect();
    view! { <ul class="debts">{items}</ul> }.into_any()
}

#[component]
fn DebtLine(debt: DebtSummary, held: Held, today: NaiveDate, kind: ButtonKind) -> impl IntoView {
    let locale = use_locale();
    let total = Money::from_minor(debt.balance.total_minor(), debt.account.currency);
    let product = debt.account.product.clone();
    let lang = locale.lang();
    let stands = match held {
        Held::Not => standing(&debt, today, locale),
        Held::Disputed => {
            tr!(lang, "La estamos revisando", "We are checking it", "Estamos analisando").to_owned()
        }
        Held::Paused => tr!(lang, "En pausa", "Paused", "Em pausa").to_owned(),
    };
    let pay = (held == Held::Not && debt.stage != Stage::Settled && total.is_positive())
        .then(|| view! { <PayAll id=debt.account.id balance=debt.balance total kind/> });
    view! {
        <a class="way debt" href=format!("/deudas/{}", debt.account.id)>
            <span class="debt-who">
                <strong>{debt.creditor.name.clone()}</strong>
                <small>{product.map(|product| format!("{product} · "))}{debt.account.external_id.clone()}</small>
                <small>{stands}</small>
            </span>
            <span class="debt-amount">{format::money(&total, locale)}</span>
            <Icon glyph=Glyph::ChevronRight/>
        </a>
        {pay}
    }
    .into_any()
}

/// Paying all of a debt at once. Where the money goes is what the debt is made of.
#[component]
fn PayAll(id: AccountId, balance: Balance, total: Money, kind: ButtonKind) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let parts: Vec<_> = balance
        .components()
        .filter(|(_, part)| part.is_positive())
        .map(|(component, part)| {
            view! { <Pair term=labels::component(component, lang)>{format::money(&part, locale)}</Pair> }
        })
        .collect();
    let pay = format!("/deudas/{id}/pagar");
    view! {
        <div class="debt-pay">
            <PostForm action=pay.clone() class="inline">
                <input type="hidden" name="choice" value="all"/>
                <Button icon=Glyph::Lock kind>
                    {trf!(lang, "Pagar {}", "Pay {}", "Pagar {}", format::money(&total, locale))}
                </Button>
            </PostForm>
            <a href=pay>{tr!(lang, "Pagar otra cantidad", "Pay another amount", "Pagar outro valor")}</a>
            <details>
                <summary>{tr!(lang, "A dónde va tu dinero", "Where your money goes", "Para onde vai seu dinheiro")}</summary>
                <KeyValue>{parts}</KeyValue>
            </details>
        </div>
    }
    .into_any()
}

/// How the debt stands, in a few words.
pub fn standing(debt: &DebtSummary, today: NaiveDate, locale: Locale) -> String {
    let lang = locale.lang();
    if debt.stage == Stage::Settled {
        return tr!(lang, "Pagada", "Paid", "Paga").to_owned();
    }
    // Nothing is due although the date has passed: a plan is running and kept.
    if debt.overdue.is_zero() && debt.account.due_on <= today {
        return tr!(
            lang,
            "Con plan de pagos, vas al día",
            "On a payment plan, you are up to date",
            "Com plano de pagamento, em dia"
        )
        .to_owned();
    }
    words::lateness(debt.account.due_on, today, locale)
}
