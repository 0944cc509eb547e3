//! One debt: what is owed, what it is made of, how it came about.

use axum::extract::{Path, State};
use domain::account::Account;
use domain::cases::Hold;
use domain::contact::StopKind;
use domain::ids::AccountId;
use domain::money::Money;
use leptos::prelude::*;
use services::Services;
use services::accounts::AccountView;
use services::arrangements::ArrangementView;
use services::reports::ReportLine;
use ui::prelude::*;
use web::Debtor;

use super::SIGN_OUT;
use super::agreement::Agreements;
use super::cases::{ADDRESS, held_says};
use super::debt_parts::{Breakdown, Documents, HowItCameAbout, Payments, Promises};
use super::debts::standing;
use super::plan::Plan;
use super::reports::Reported;
use crate::shell::{Answer, fail, id, own_page};

pub async fn show(State(services): State<Services>, debtor: Debtor, Path(account): Path<String>) -> Answer {
    let account: AccountId = id(&account, &debtor.visitor)?;
    let debt =
        services.my_debt(debtor.actor(), account).await.map_err(|error| fail(error, &debtor.visitor))?;
    let agreements = services.arrangements_of(debtor.actor(), account).await;
    let agreements = agreements.map_err(|error| fail(error, &debtor.visitor))?;
    let holds = services.my_holds(debtor.actor()).await.map_err(|error| fail(error, &debtor.visitor))?;
    let held = Held::of(&holds, account);
    let mut reports =
        services.my_reports(debtor.actor()).await.map_err(|error| fail(error, &debtor.visitor))?;
    reports.retain(|report| report.account_id == account);
    let page = own_page(&services, &debtor, debt.summary.creditor.name.clone()).await?;
    Ok(page.render(move || view! { <Debt debt agreements held reports/> }))
}

/// What a debtor's case keeps back of a debt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    Not,
    /// The debtor does not agree with it.
    Disputed,
    /// Nobody goes after the debtor for now.
    Paused,
}

impl Held {
    pub fn of(holds: &[Hold], debt: AccountId) -> Self {
        let mut standing = holds.iter().filter(|hold| hold.covers(debt)).peekable();
        if standing.peek().is_none() {
            Self::Not
        } else if standing.any(|hold| hold.stop == StopKind::Dispute) {
            Self::Disputed
        } else {
            Self::Paused
        }
    }
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
fn Debt(
    debt: AccountView,
    agreements: Vec<ArrangementView>,
    held: Held,
    reports: Vec<ReportLine>,
) -> impl IntoView {
    let lang = use_lang();
    let title = debt.summary.creditor.name.clone();
    let lead = debt_name(&debt, lang);
    let id = debt.summary.account.id;
    let owed = total(&debt);
    let owes = owed.is_positive();
    let is_held = held != Held::Not;
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
            <Owed debt=debt.clone() held/>
            {before}
            <Agreements agreements/>
            {owes.then(|| view! { <Breakdown balance=debt.summary.balance/> })}
            <Promises promises=debt.promises today=debt.today/>
            {debt.plan.map(|plan| view! { <Plan plan today=debt.today/> })}
            <HowItCameAbout journal grown currency held=is_held/>
            <Payments payments=debt.payments/>
            <Reported reports/>
            <Documents account=id documents=debt.documents/>
            <Ways>
                {owes.then(|| view! {
                    <Way
                        href=format!("/deudas/{id}/ya-pague") icon=Glyph::Receipt
                        title=tr!(lang, "Ya pagué", "I have paid", "Já paguei")
                        hint=tr!(lang, "Pagaste en otro lado y no lo ves aquí", "You paid elsewhere and do not see it here", "Você pagou em outro lugar e não vê aqui")
                    />
                })}
                <Way
                    href=format!("/deudas/{id}/no-estoy-de-acuerdo") icon=Glyph::Scale
                    title=tr!(lang, "No estoy de acuerdo", "I do not agree", "Não concordo")
                    hint=tr!(lang, "La cantidad está mal, la deuda no es tuya o te trataron mal", "The amount is wrong, the debt is not yours or you were treated badly", "O valor está errado, a dívida não é sua ou trataram você mal")
                />
                <Way
                    href=format!("/deudas/{id}/ayuda") icon=Glyph::HandHeart
                    title=tr!(lang, "Necesito ayuda", "I need help", "Preciso de ajuda")
                    hint=tr!(lang, "No te alcanza, hay enfermedad o duelo, o quieres que te llamen", "Money is short, there is illness or mourning, or you want a call", "O dinheiro não dá, há doença ou luto, ou quer que liguem")
                />
                <Way
                    href=ADDRESS icon=Glyph::MessageCircle
                    title=tr!(lang, "Mis casos", "My cases", "Meus casos")
                />
            </Ways>
        </PortalLayout>
    }
    .into_any()
}

/// The amount, how it stands, and the two ways on: both as easy to find.
#[component]
fn Owed(debt: AccountView, held: Held) -> impl IntoView {
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
    if held != Held::Not {
        return view! { <Calm debt held/> }.into_any();
    }
    let overdue = debt.summary.overdue;
    let at = |page: &str| format!("/deudas/{}/{page}", debt.summary.account.id);
    view! {
        <Barred debt=debt.clone()/>
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

/// Nobody can be made to pay any more; and what a payment would change about that.
#[component]
pub fn Barred(debt: AccountView) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let state = debt.limitation.filter(|state| state.barred_from <= debt.today)?;
    let says = trf!(
        lang,
        "El plazo para reclamarla en juicio terminó el {0} ({1}). Pagar es decisión tuya.",
        "The time to claim it in court ended on {0} ({1}). Whether to pay is up to you.",
        "O prazo para cobrá-la na Justiça terminou em {0} ({1}). Pagar é decisão sua.",
        format::date_long(state.barred_from.pred_opt().unwrap_or(state.barred_from), locale),
        state.norm
    );
    let restarts = state.payment_restarts.then(|| {
        view! {
            <p>{tr!(
                lang,
                "Si pagas una parte, el plazo puede empezar de nuevo para lo que falte. Si tienes dudas, consulta antes a un abogado o a una oficina de defensa del consumidor.",
                "If you pay a part, that time may begin again for the rest. If in doubt, ask a lawyer or a consumer protection office first.",
                "Se você pagar uma parte, o prazo pode recomeçar para o que faltar. Em caso de dúvida, consulte antes um advogado ou um órgão de defesa do consumidor."
            )}</p>
        }
    });
    let view = view! {
        <Notice tone=Tone::Info title=tr!(lang, "Esta deuda prescribió", "This debt is barred by time", "Esta dívida prescreveu")>
            <p>{says}</p>
            {restarts}
        </Notice>
    };
    Some(view.into_any())
}

/// A debt that nobody goes after for now: what it says, and that it can wait. Paying stays possible,
/// and nothing urges it.
#[component]
fn Calm(debt: AccountView, held: Held) -> impl IntoView {
    let lang = use_lang();
    let disputed = held == Held::Disputed;
    let title = if disputed {
        tr!(lang, "La estamos revisando", "We are checking it", "Estamos analisando")
    } else {
        tr!(lang, "Está en pausa", "It is paused", "Está em pausa")
    };
    let label = if disputed {
        tr!(lang, "Cantidad que se revisa", "Amount being checked", "Valor em análise")
    } else {
        tr!(lang, "Lo que falta por pagar", "What is left to pay", "O que falta pagar")
    };
    let money = total(&debt);
    view! {
        <Notice tone=Tone::Info title>
            <p>{held_says(disputed, lang)}" "<a href=ADDRESS>{tr!(lang, "Ver mi caso", "See my case", "Ver meu caso")}</a></p>
        </Notice>
        <section class="card" aria-label=label>
            <Amount money label small=true/>
            <LinkButton href=format!("/deudas/{}/pagar", debt.summary.account.id) kind=ButtonKind::Quiet>
                {tr!(lang, "Pagar de todos modos", "Pay all the same", "Pagar mesmo assim")}
            </LinkButton>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::cases::HoldScope;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_dispute_says_so_on_its_own_debt_only() {
        let (debt, other) = (AccountId(Uuid::from_u128(1)), AccountId(Uuid::from_u128(2)));
        let hold =
            |stop, scope| Hold { stop, scope, placed_at: chrono::DateTime::UNIX_EPOCH, lifted_at: None };
        let dispute = hold(StopKind::Dispute, HoldScope::Debt(debt));
        let pause = hold(StopKind::Hardship, HoldScope::Person);
        assert_eq!(Held::of(&[], debt), Held::Not);
        assert_eq!((Held::of(&[dispute], debt), Held::of(&[dispute], other)), (Held::Disputed, Held::Not));
        assert_eq!(Held::of(&[pause, dispute], debt), Held::Disputed);
        assert_eq!(Held::of(&[pause, dispute], other), Held::Paused);
    }
}
