//! The page of an account, from top to bottom.

use domain::access::Permission;
use domain::account::{Account, Component};
use domain::contact::{LegalStop, StopKind};
use domain::ids::ArrangementId;
use leptos::prelude::*;
use services::accounts::{AccountView, DebtSummary, NextStep};
use services::autopay::{AutopayStatus, AutopayView};
use services::calls::CallLine;
use services::cases::CaseLine;
use services::contact::{DecisionLine, Outlook};
use services::ledger::Replacements;
use services::outbox::{AccountLetter, AnswerForm, ThreadLine};
use services::payments::PaymentException;
use services::preferences::ContactWishes;
use services::reports::ReportLine;
use services::roster::CollectorLine;
use services::strategy::{Control, InJourney};
use ui::prelude::*;
use uuid::Uuid;

use super::Done;
use super::actions::Actions;
use super::contact::MayContact;
use super::facts::{Breakdown, Contacts, Documents, Facts, Others};
use super::history::{Activities, Journal, Payments, Plan, Promises};
use super::journeys::Journeys;
use super::wrote::Wrote as Thread;
use crate::desk::{ACCOUNTS, Desk, Frame, Section};

/// Whether and how the debtor may be reached.
pub struct Contact {
    /// What the contact rules were asked, and said.
    pub decisions: Vec<DecisionLine>,
    /// What they would say now.
    pub outlook: Outlook,
    /// How the debtor wishes it.
    pub wishes: ContactWishes,
    pub letters: Vec<AccountLetter>,
}

/// What was written between the debtor and us, and what is to be said.
pub struct Wrote {
    /// Messages by phone with when each was written, the newest first.
    pub thread: Vec<(String, ThreadLine)>,
    pub answer: Option<AnswerForm>,
    /// Of the form that answers.
    pub key: Uuid,
    /// Calls that journeys ask for.
    pub calls: Vec<CallLine>,
}

/// What belongs to the debt's money and stands in no ledger.
pub struct Beside {
    /// By which transfers are known to be for it.
    pub reference: Option<String>,
    /// Payments that the payer's bank took back and nobody has closed, and since when.
    pub chargebacks: Vec<(String, PaymentException)>,
    /// Parts of the debt that a payer may put first.
    pub choices: Vec<Component>,
}

#[component]
pub fn AccountPage(
    desk: Desk,
    account: AccountView,
    money: Beside,
    done: Done,
    keys: (Uuid, Uuid),
    collectors: Vec<CollectorLine>,
    /// What stands against contact, and the cases of this account.
    held: (Vec<LegalStop>, Vec<CaseLine>),
    contact: Contact,
    /// Payments that the debtor says they made, and nobody has decided about.
    reports: Vec<ReportLine>,
    wrote: Wrote,
    /// Automatic payment of its arrangements.
    automatic: Vec<(ArrangementId, AutopayView)>,
    /// What is said of all journeys, and those that it is in.
    journeys: (Option<Control>, Vec<InJourney>),
) -> impl IntoView {
    let lang = use_lang();
    let crumbs = vec![
        Crumb::new(ACCOUNTS, tr!(lang, "Cuentas", "Accounts")),
        Crumb::here(account.summary.account.external_id.clone()),
    ];
    let zone = desk.zone;
    let may_open = desk.may(Permission::CaseHandle);
    let may_reverse = desk.may(Permission::PaymentReverse);
    let may_resolve = desk.may(Permission::PaymentResolve);
    let actions = view! { <Actions desk=desk.clone() account=account.clone() keys collectors choices=money.choices.clone()/> };
    let AccountView {
        summary,
        debtor,
        contacts,
        others,
        journal,
        payments,
        activities,
        promises,
        plan,
        documents,
        next_step,
        replacements,
        limitation,
        today,
    } = account;
    let activities: Vec<_> =
        activities.into_iter().map(|line| (line.at.with_timezone(&zone), line)).collect();
    let documents: Vec<_> =
        documents.into_iter().map(|line| (line.created_at.with_timezone(&zone), line)).collect();
    let Contact { decisions, outlook, wishes, letters } = contact;
    let letters: Vec<_> = letters.into_iter().map(|one| (one.at.with_timezone(&zone), one)).collect();
    let decisions: Vec<_> =
        decisions.into_iter().map(|line| (line.decided_at.with_timezone(&zone), line)).collect();
    let id = summary.account.id;
    let currency = summary.account.currency;
    let may_propose = desk.may(Permission::ArrangementOffer) && summary.balance.total_minor() > 0;
    let may_restructure = desk.may(Permission::DebtRestructure) && summary.balance.total_minor() > 0;
    let restructure_at = format!("{ACCOUNTS}/{}/reestructura", summary.account.id);
    let propose_at = format!("{ACCOUNTS}/{}/convenio", summary.account.id);
    let propose = move || {
        let arrangement = may_propose.then(|| {
            let href = propose_at.clone();
            view! { <LinkButton href kind=ButtonKind::Secondary icon=Glyph::Handshake>{tr!(lang, "Proponer convenio", "Propose an arrangement")}</LinkButton> }
        });
        let restructure = may_restructure.then(|| {
            let href = restructure_at.clone();
            view! { <LinkButton href kind=ButtonKind::Quiet>{tr!(lang, "Reestructurar", "Restructure")}</LinkButton> }
        });
        view! { {restructure}{arrangement} }
    };
    let (rest, journeys) = journeys;
    let ledger = crate::pages::ledger::address(summary.account.id);
    let Wrote { thread, answer, key: answer_key, calls } = wrote;
    let answer_at = format!("{}/respuestas", super::address(summary.account.id));
    let lift_at = may_open.then(|| format!("{}/contactos", super::address(summary.account.id)));
    let asked: Vec<_> = calls.iter().take(1).map(|call| asked_call(&desk, call, lang)).collect();
    let at_desk = desk.clone();
    let steer_at = format!("{}/recorridos", super::address(summary.account.id));
    view! {
        <Frame desk section=Section::Accounts title=debtor.name.clone() crumbs actions=propose>
            <ErrorSummary/>
            <DoneNotice done/>
            <Replaced replacements/>
            <Held stops=held.0 cases=held.1 may_open/>
            {money.chargebacks.into_iter().map(|(since, one)| charged_back(since, &one, may_resolve, lang)).collect_view()}
            <Reported reports may_open/>
            {asked}
            {automatic.into_iter().map(|(id, one)| automatic_line(id, &one, lang)).collect_view()}
            <Head summary=summary.clone() next_step today zone/>
            <div class="split account">
                <div>
                    {actions}
                    {(!promises.is_empty()).then(|| view! { <Promises promises today/> })}
                    {plan.map(|plan| view! { <Plan plan today/> })}
                    {(!thread.is_empty()).then(|| view! { <Thread desk=at_desk lines=thread form=answer action=answer_at key=answer_key/> })}
                    <Activities lines=activities decisions letters/>
                    <Payments payments may_reverse/>
                    <Journal entries=journal currency href=ledger/>
                </div>
                <aside aria-label=tr!(lang, "Datos de la cuenta", "Account data")>
                    <Contacts debtor contacts wishes lift_at/>
                    <MayContact outlook zone/>
                    {(!journeys.is_empty() || rest.is_some()).then(|| view! { <Journeys lines=journeys rest action=steer_at today may_steer=may_open/> })}
                    <Breakdown balance=summary.balance/>
                    <Facts summary limitation reference=money.reference today/>
                    {(!others.is_empty()).then(|| view! { <Others others/> })}
                    <Documents account=id today documents/>
                </aside>
            </div>
        </Frame>
    }
}

/// The debts before and after this one, when it was restructured.
#[component]
fn Replaced(replacements: Replacements) -> impl IntoView {
    let lang = use_lang();
    let link = |account: Account| view! { <a href=super::address(account.id)>{account.external_id}</a>" " };
    let after = replacements.replaced_by.map(|account| {
        view! {
            <Notice tone=Tone::Warn title=tr!(lang, "Esta deuda se reestructuró", "This debt was restructured")>
                {tr!(lang, "En su lugar está la deuda ", "In its place stands debt ")}{link(account)}
            </Notice>
        }
    });
    let before = (!replacements.replaces.is_empty()).then(|| {
        let links: Vec<_> = replacements.replaces.into_iter().map(link).collect();
        view! {
            <Notice tone=Tone::Info title=tr!(lang, "Deuda reestructurada", "Restructured debt")>
                {tr!(lang, "Reemplaza a ", "It replaces ")}{links}
            </Notice>
        }
    });
    view! { {after}{before} }.into_any()
}

/// That a journey asks for a call, and whether it may be made now.
fn asked_call(desk: &Desk, call: &CallLine, lang: Lang) -> AnyView {
    let (_, says, why) = crate::pages::calls::verdict(desk, call, lang);
    let title =
        trf!(lang, "Hay una llamada pedida para {}", "A call is asked for at {}", desk.time(call.due_at));
    view! {
        <Notice tone=Tone::Info title>
            <p>{says}{why.map(|why| format!(": {why}"))}</p>
            <p class="soft small">{tr!(lang, "Registre el resultado de la llamada para cerrarla.", "Record what came of the call to close it.")}</p>
        </Notice>
    }
    .into_any()
}

/// What the debtor says was paid elsewhere: to be known before anybody calls about it.
#[component]
fn Reported(reports: Vec<ReportLine>, may_open: bool) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let lines: Vec<_> = reports
        .into_iter()
        .map(|report| {
            let amount = format::money(&report.amount, locale);
            let on = format::date_short(report.paid_on, locale);
            let says = trf!(lang, "{0} el {1}", "{0} on {1}", amount, on);
            let href = format!("{}/{}", crate::pages::reports::ADDRESS, report.id);
            if may_open {
                view! { <li><a href=href>{says}</a></li> }.into_any()
            } else {
                view! { <li>{says}</li> }.into_any()
            }
        })
        .collect();
    (!lines.is_empty()).then(|| {
        view! {
            <Notice tone=Tone::Info title=tr!(lang, "Dice que ya pagó; falta buscar el pago", "The debtor says it was paid; the payment is still to be found")>
                <ul>{lines}</ul>
            </Notice>
        }
    })
}

/// That a card is charged by itself, with the way to its arrangement.
fn automatic_line(id: ArrangementId, one: &AutopayView, lang: Lang) -> AnyView {
    let href = format!("{}/{id}", crate::pages::arrangements::ADDRESS);
    let card = one.card.as_ref().map(|card| card.last4.clone()).unwrap_or_default();
    let says = match one.status {
        AutopayStatus::Active => trf!(
            lang,
            "Pago automático activado, con la tarjeta terminada en {}",
            "Automatic payment is on, with the card ending in {}",
            card
        ),
        AutopayStatus::Paused => trf!(
            lang,
            "Pago automático en pausa: el banco rechazó la tarjeta terminada en {}",
            "Automatic payment is paused: the bank declined the card ending in {}",
            card
        ),
        _ => return ().into_any(),
    };
    view! { <p><a href=href>{says}</a></p> }.into_any()
}

/// A payment that the payer's bank took back: where it is dealt with.
fn charged_back(since: String, one: &PaymentException, may_resolve: bool, lang: Lang) -> AnyView {
    let amount = format::money(&one.amount, use_locale());
    let title = trf!(
        lang,
        "El banco del pagador retiró {0} el {1}",
        "The payer's bank took {0} back on {1}",
        amount,
        since
    );
    let href = format!("{}/{}", crate::pages::exceptions::ADDRESS, one.id);
    let link = may_resolve
        .then(|| view! { " "<a href=href>{tr!(lang, "Ver el contracargo", "See the chargeback")}</a> });
    view! {
        <Notice tone=Tone::Warn title>
            {tr!(lang, "Mientras se resuelve no se contacta por esta deuda.", "Until it is settled, nobody is contacted about this debt.")}
            {link}
        </Notice>
    }
    .into_any()
}

/// What a debtor's case holds back, and the cases of the account.
#[component]
fn Held(stops: Vec<LegalStop>, cases: Vec<CaseLine>, may_open: bool) -> impl IntoView {
    let lang = use_lang();
    let links: Vec<_> = cases
        .into_iter()
        .map(|case| {
            let href = format!("{}/{}", crate::pages::cases::ADDRESS, case.id);
            let says = format!(
                "{} ({})",
                labels::case_kind(case.kind, lang),
                labels::case_status(case.progress.status, lang)
            );
            if may_open {
                view! { <a href=href>{says}</a>" " }.into_any()
            } else {
                format!("{says} ").into_any()
            }
        })
        .collect();
    let any = !links.is_empty();
    if stops.is_empty() {
        return any
            .then(|| view! { <p class="small">{tr!(lang, "Casos: ", "Cases: ")}{links}</p> })
            .into_any();
    }
    let disputed = stops.iter().any(|stop| stop.kind == StopKind::Dispute);
    let title = if disputed {
        tr!(lang, "En disputa: no cobrar esta deuda", "In dispute: do not collect this debt")
    } else {
        tr!(lang, "No contactar a esta persona para cobrar", "Do not contact this person to collect")
    };
    view! { <Notice tone=Tone::Warn title>{links}</Notice> }.into_any()
}

/// What was just done, and where to go from there.
#[component]
fn DoneNotice(done: Done) -> impl IntoView {
    let lang = use_lang();
    let receipt = done.payment.parse::<Uuid>().ok().map(|payment| {
        let href = format!("/console/recibos/{payment}");
        view! { <a href=href>{tr!(lang, "Ver el recibo", "See the receipt")}</a> }
    });
    let title = match done.what.as_str() {
        "gestion" => tr!(lang, "La gestión quedó registrada.", "The activity is recorded."),
        "recorrido" => {
            tr!(lang, "El cambio del recorrido quedó guardado.", "The change of the journey is saved.")
        }
        "respuesta" => tr!(
            lang,
            "La respuesta sale en un momento, si todavía se puede.",
            "The answer goes out in a moment, if it still may."
        ),
        "contacto" => tr!(lang, "Esa dirección se vuelve a usar.", "That address is used again."),
        "visita" => tr!(lang, "La visita quedó en la ruta de ese día.", "The visit is on that day's route."),
        "promesa" => tr!(lang, "La promesa quedó registrada.", "The promise is recorded."),
        "pago" => tr!(
            lang,
            "El pago quedó aplicado. Los saldos ya lo incluyen.",
            "The payment is posted. The balances include it."
        ),
        "devolucion" => tr!(
            lang,
            "La devolución está en camino. La deuda la incluye desde hoy.",
            "The refund is on its way. The debt includes it from today.",
        ),
        "reverso" => tr!(
            lang,
            "El pago quedó revertido. La deuda vuelve a contarlo.",
            "The payment is reversed. The debt counts it again."
        ),
        "reestructura" => tr!(
            lang,
            "La deuda nueva quedó abierta y las anteriores, cerradas.",
            "The new debt is open, and the old ones are closed."
        ),
        "movimiento" => tr!(
            lang,
            "El movimiento quedó asentado. El saldo ya lo incluye.",
            "The entry is posted. The balance includes it."
        ),
        "anulado" => tr!(
            lang,
            "El movimiento quedó anulado. El saldo ya no lo incluye.",
            "The entry was taken back. The balance no longer includes it."
        ),
        _ => return ().into_any(),
    };
    match receipt {
        Some(link) => view! { <Notice tone=Tone::Success title>{link}</Notice> }.into_any(),
        None => view! { <Notice tone=Tone::Success title/> }.into_any(),
    }
}

/// The debt at a glance: how much, how late, what next.
#[component]
fn Head(
    summary: DebtSummary,
    next_step: NextStep,
    today: chrono::NaiveDate,
    zone: chrono_tz::Tz,
) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let currency = summary.account.currency;
    let total = domain::money::Money::from_minor(summary.balance.total_minor(), currency);
    let days = summary.days_past_due;
    let late = if days > 0 {
        trf!(lang, "{} de mora", "{} past due", format::days(days, locale))
    } else {
        trf!(lang, "Vence {}", "Due {}", format::relative_day(summary.account.due_on, today, locale))
    };
    let overdue = summary.overdue.is_positive() && summary.overdue != total;
    let explain = crate::pages::ledger::explanation(summary.account.id);
    let grown = (!summary.grown.is_zero()).then(|| {
        let figure = format::money(&summary.grown, locale);
        let says = if summary.grown.is_negative() {
            trf!(
                lang,
                "Cuenta {} por asentar según las condiciones.",
                "Counts {} still to be posted by the terms.",
                figure
            )
        } else {
            trf!(
                lang,
                "Incluye {} de intereses desde el último movimiento.",
                "Includes {} of interest since the last entry.",
                figure
            )
        };
        view! { <span>{says}" "</span> }
    });
    view! {
        <section class="card account-head" aria-label=tr!(lang, "Resumen", "Summary")>
            <Amount money=total label=tr!(lang, "Saldo de hoy", "Balance today")/>
            <div class="account-state">
                <p class="row"><StageBadge stage=summary.stage/>{(total.is_positive()).then_some(late)}</p>
                {overdue.then(|| view! {
                    <p class="soft small">
                        {trf!(lang, "Exigible hoy: {}", "Due by today: {}", format::money(&summary.overdue, locale))}
                    </p>
                })}
                <p class="soft small">
                    {grown}
                    <a href=explain>{tr!(lang, "¿Cómo se calcula?", "How is it computed?")}</a>
                </p>
            </div>
            <div class="next-step">
                <p class="soft small">{tr!(lang, "Siguiente paso", "Next step")}</p>
                <p><strong>{next_text(&next_step, today, zone, locale)}</strong></p>
            </div>
        </section>
    }
    .into_any()
}

fn next_text(step: &NextStep, today: chrono::NaiveDate, zone: chrono_tz::Tz, locale: Locale) -> String {
    let lang = locale.lang();
    let day = |on: chrono::NaiveDate| {
        format!("{} ({})", format::date_short(on, locale), format::relative_day(on, today, locale))
    };
    match step {
        NextStep::Nothing => {
            tr!(lang, "Nada: la deuda está saldada", "Nothing: the debt is settled").to_owned()
        }
        NextStep::AwaitPromise { due_on } => {
            trf!(
                lang,
                "Esperar el pago prometido para el {}",
                "Await the payment promised for {}",
                day(*due_on)
            )
        }
        NextStep::FollowUpBrokenPromise { due_on } => {
            trf!(
                lang,
                "Llamar: prometió pagar el {} y no llegó",
                "Call: a payment promised for {} did not come",
                day(*due_on)
            )
        }
        NextStep::AwaitInstallment { due_on } => {
            trf!(lang, "Esperar la cuota del {}", "Await the instalment of {}", day(*due_on))
        }
        NextStep::RemindBeforeDue { due_on } => {
            trf!(lang, "Recordar antes del vencimiento: {}", "Remind before the due date: {}", day(*due_on))
        }
        NextStep::FirstContact => tr!(lang, "Hacer el primer contacto", "Make first contact").to_owned(),
        NextStep::ContactAgain { last } => {
            let on = last.with_timezone(&zone).date_naive();
            trf!(lang, "Volver a contactar; última gestión {}", "Contact again; last activity {}", day(on))
        }
    }
}
