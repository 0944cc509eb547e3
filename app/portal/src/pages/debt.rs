//! One debt: what is owed, what it is made of, how it came about.

use axum::extract::{Path, State};
use domain::account::Account;
use domain::ids::AccountId;
use domain::money::Money;
use leptos::prelude::*;
use services::Services;
use services::accounts::AccountView;
use services::arrangements::ArrangementView;
use ui::prelude::*;
use web::Debtor;

use super::SIGN_OUT;
use super::agreement::Agreements;
use super::debt_parts::{Breakdown, Documents, HowItCameAbout, Payments, Promises};
use super::debts::standing;
use super::plan::Plan;
use crate::shell::{Answer, fail, id, own_page};

pub async fn show(State(services): State<Services>, debtor: Debtor, Path(account): Path<String>) -> Answer {
    let account: AccountId = id(&account, &debtor.visitor)?;
    let debt =
        services.my_debt(debtor.actor(), account).await.map_err(|error| fail(error, &debtor.visitor))?;
    let agreements = services.arrangements_of(debtor.actor(), account).await;
    let agreements = agreements.map_err(|error| fail(error, &debtor.visitor))?;
    let page = own_page(&services, &debtor, debt.summary.creditor.name.clone()).await?;
    Ok(page.render(move || view! { <Debt debt agreements/> }))
}

/// Product and number: how its debtor tells a debt from another.
pub fn debt_name(debt: &AccountView, lang: Lang) -> String {
    let account = &debt.summary.account;
    let number = trf!(lang, "Número {}", "Number {}", "Número {}", account.external_id);
    account.product.as_ref().map_or_else(|| number.clone(), |product| format!("{product} · {number}"))
}

/// What is owed in all.
pub fn total(debt: &AccountView) -> Money {
    Money::from_minor(debt.summary.balance.total_minor(), debt.summary.account.currency)
}

#[component]
fn Debt(debt: AccountView, agreements: Vec<ArrangementView>) -> impl IntoView {
    let lang = use_lang();
    let title = debt.summary.creditor.name.clone();
    let lead = debt_name(&debt, lang);
    let owed = total(&debt);
    let owes = owed.is_positive();
    let journal = debt.journal.clone();
    let grown = debt.summary.grown;
    let currency = debt.summary.account.currency;
    let before = (!debt.replacements.replaces.is_empty()).then(|| {
        let link = |old: &Account| {
            view! { <a href=format!("/deudas/{}", old.id)>{old.external_id.clone()}</a>" " }
        };
        let links: Vec<_> = debt.replacements.replaces.iter().map(link).collect();
        view! { <p class="soft small">{tr!(lang, "Esta deuda reemplaza a: ", "This debt replaces: ", "Esta dívida substitui: ")}{links}</p> }
    });
    view! {
        <PortalLayout title=title lead=lead back="/deudas" sign_out=SIGN_OUT>
            <Owed debt=debt.clone()/>
            {before}
            <Agreements agreements/>
            {owes.then(|| view! { <Breakdown balance=debt.summary.balance/> })}
            <Promises promises=debt.promises today=debt.today/>
            {debt.plan.map(|plan| view! { <Plan plan today=debt.today/> })}
            <HowItCameAbout journal grown currency/>
            <Payments payments=debt.payments/>
            <Documents documents=debt.documents/>
            <p class="soft small">
                {tr!(lang, "¿Ves algo que no es correcto? ", "Do you see something that is not right? ", "Viu algo que não está certo? ")}
                <a href="/ayuda#no-reconozco">{tr!(lang, "Qué puedes hacer", "What you can do", "O que você pode fazer")}</a>
            </p>
        </PortalLayout>
    }
    .into_any()
}

/// The amount, how it stands, and the two ways on: both as easy to find.
#[component]
fn Owed(debt: AccountView) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let total = total(&debt);
    if let Some(new) = debt.replacements.replaced_by.clone() {
        let href = format!("/deudas/{}", new.id);
        return view! {
            <Notice tone=Tone::Info title=tr!(lang, "Esta deuda se cambió por otra", "This debt was changed for another", "Esta dívida foi trocada por outra")>
                <p>{tr!(
                    lang,
                    "Aquí ya no debes nada. Lo que faltaba está en la deuda nueva.",
                    "You owe nothing here any more. What was left is in the new debt.",
                    "Aqui você não deve mais nada. O que faltava está na dívida nova.",
                )}</p>
                <p><a href=href>{trf!(lang, "Ver la deuda {}", "See debt {}", "Ver a dívida {}", new.external_id)}</a></p>
            </Notice>
        }
        .into_any();
    }
    if !total.is_positive() {
        return view! {
            <Notice tone=Tone::Success title=tr!(lang, "Esta deuda está pagada", "This debt is paid", "Esta dívida está paga")>
                {tr!(lang, "No debes nada aquí. Guarda tus recibos.", "You owe nothing here. Keep your receipts.", "Você não deve nada aqui. Guarde seus recibos.")}
            </Notice>
            <PostForm action=format!("/deudas/{}/constancia", debt.summary.account.id)>
                <Button icon=Glyph::ShieldCheck>{labels::certificate(&debt.summary.creditor.country, lang)}</Button>
            </PostForm>
        }
        .into_any();
    }
    let overdue = debt.summary.overdue;
    let at = |page: &str| format!("/deudas/{}/{page}", debt.summary.account.id);
    view! {
        <section class="card" aria-label=tr!(lang, "Lo que debes", "What you owe", "O que você deve")>
            <Amount money=total label=tr!(lang, "Debes hoy", "You owe today", "Você deve hoje")/>
            <p>{standing(&debt.summary, debt.today, locale)}"."</p>
            {(overdue.is_positive() && overdue < total).then(|| view! {
                <p>{trf!(lang, "Para ponerte al día bastan {}.", "To be up to date, {} is enough.", "Para ficar em dia bastam {}.", format::money(&overdue, locale))}</p>
            })}
            <LinkButton href=at("pagar")>{tr!(lang, "Pagar", "Pay", "Pagar")}</LinkButton>
            <LinkButton href=at("acuerdo") kind=ButtonKind::Secondary>
                {tr!(lang, "Pagar en partes", "Pay in parts", "Pagar em partes")}
            </LinkButton>
            <LinkButton href=at("no-puedo") kind=ButtonKind::Secondary>
                {tr!(lang, "No puedo pagar ahora", "I cannot pay now", "Não posso pagar agora")}
            </LinkButton>
        </section>
    }
    .into_any()
}
