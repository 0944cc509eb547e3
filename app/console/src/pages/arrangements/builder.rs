//! The form of a proposal, with what it would come to.

use domain::account::Component;
use domain::arrangement::{ArrangementKind, WhenForgiven};
use domain::money::Money;
use leptos::prelude::*;
use services::arrangements::{ArrangementPreview, ArrangementView};
use ui::prelude::*;

use super::build::{Proposal, discount_field, first_date, last_day};
use super::view::Schedule;
use super::{ADDRESS, words};
use crate::desk::{ACCOUNTS, Desk, Frame, Section};

#[component]
pub fn BuilderPage(desk: Desk, proposal: Proposal) -> impl IntoView {
    let lang = use_lang();
    let account = &proposal.account;
    let id = account.summary.account.id;
    let back = format!("{ACCOUNTS}/{id}");
    let crumbs = vec![
        Crumb::new(ACCOUNTS, tr!(lang, "Cuentas", "Accounts")),
        Crumb::new(back, account.debtor.name.clone()),
        Crumb::here(tr!(lang, "Proponer convenio", "Propose an arrangement")),
    ];
    let nothing = proposal.debts.iter().all(|(_, _, _, owed)| !owed.is_positive());
    let others = proposal.others.clone();
    let preview = proposal.preview.clone();
    let title = trf!(lang, "Proponer convenio a {}", "Propose an arrangement to {}", account.debtor.name);
    view! {
        <Frame desk section=Section::Arrangements title crumbs>
            <ErrorSummary/>
            <p><a href=format!("{ACCOUNTS}/{id}/ofertas")>{tr!(lang, "Qué se le ofrece en el portal", "What the portal offers")}</a></p>
            {(!others.is_empty()).then(|| view! { <Others others/> })}
            {if nothing {
                view! { <Notice tone=Tone::Info title=tr!(lang, "No se debe nada: no hay qué convenir.", "Nothing is owed: there is nothing to arrange.")/> }.into_any()
            } else {
                view! { <div class="split"><div><ProposalForm proposal/></div><aside aria-live="polite" aria-label=tr!(lang, "Cómo queda", "How it comes out")><Preview preview/></aside></div> }.into_any()
            }}
        </Frame>
    }
}

/// What runs or was offered already: two at a time confuse everybody.
#[component]
fn Others(others: Vec<ArrangementView>) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let items: Vec<_> = others
        .into_iter()
        .map(|other| {
            let href = format!("{ADDRESS}/{}", other.arrangement.id);
            let status = other.arrangement.status;
            let text = format!(
                "{} · {}",
                words::kind(other.arrangement.terms.kind, lang),
                format::money(&other.to_pay, locale)
            );
            view! { <li class="row"><a href=href>{text}</a><Badge tone=words::status_tone(status)>{words::status(status, lang)}</Badge></li> }
        })
        .collect();
    view! {
        <Card title=tr!(lang, "Ya hay convenios de esta cuenta", "This account has arrangements already")>
            <ul class="plain-list stack">{items}</ul>
        </Card>
    }
    .into_any()
}

#[component]
fn ProposalForm(proposal: Proposal) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let summary = &proposal.account.summary;
    let action = format!("{ACCOUNTS}/{}/convenio", summary.account.id);
    let currency = summary.account.currency;
    let today = proposal.account.today;
    let own = summary.account.id;
    let debts: Vec<_> = proposal
        .debts
        .iter()
        .enumerate()
        .map(|(at, (id, number, creditor, owed))| {
            let field = if at == 0 { "debts".to_owned() } else { format!("debts-{at}") };
            let label = format!("{number} · {creditor}");
            view! {
                <CheckBox name="debts" id=field value=id.to_string() checked={*id == own} label hint=format::money(owed, locale)/>
            }
        })
        .collect();
    let kinds = vec![
        Choice::new(ArrangementKind::Plan.as_str(), words::kind(ArrangementKind::Plan, lang)).hint(tr!(
            lang,
            "Toda la deuda, en cuotas",
            "The whole debt, in instalments"
        )),
        Choice::new(ArrangementKind::Settlement.as_str(), words::kind(ArrangementKind::Settlement, lang))
            .hint(tr!(lang, "Menos que la deuda, y queda saldada", "Less than the debt, and it is settled")),
    ];
    let schedules = vec![
        Choice::new("regular", tr!(lang, "Cuotas iguales", "Equal instalments")),
        Choice::new("custom", tr!(lang, "Fechas e importes propios", "Dates and amounts of one's own")),
    ];
    let every = vec![
        Choice::new("monthly", tr!(lang, "Cada mes", "Every month")),
        Choice::new("biweekly", tr!(lang, "Cada dos semanas", "Every two weeks")),
        Choice::new("weekly", tr!(lang, "Cada semana", "Every week")),
    ];
    let when =
        WhenForgiven::ALL.iter().map(|w| Choice::new(w.as_str(), words::when_forgiven(*w, lang))).collect();
    let symbol = format::symbol(currency.code()).unwrap_or_default();
    let can_offer = proposal.preview.as_ref().is_some_and(|preview| preview.is_allowed);
    let discounts = discounts(&proposal, lang, locale);
    let limits = proposal.limits.as_ref().map(|limits| {
        let role = words::level(proposal.level, lang);
        trf!(
            lang,
            "Su función ({0}) permite hasta {1} meses y {2} días de gracia.",
            "Your role ({0}) may go up to {1} months and {2} days of grace.",
            role,
            limits.max_months,
            limits.max_grace_days
        )
    });
    view! {
        <Card>
            <PostForm action class="form proposal">
                <input type="hidden" name="id" value=proposal.id.to_string()/>
                <fieldset class="stack"><legend>{tr!(lang, "Deudas incluidas", "Debts included")}</legend>{debts}</fieldset>
                <RadioGroup name="kind" legend=tr!(lang, "Qué se propone", "What is proposed") options=kinds value=ArrangementKind::Plan.as_str()/>
                <fieldset class="stack when-settlement">
                    <legend>{tr!(lang, "Quita", "Discount")}</legend>
                    <p class="field-hint">{tr!(lang, "Solo para un convenio con quita: porcentaje de cada parte de la deuda.", "Only for a settlement: per cent of each part of the debt.")}</p>
                    <div class="grid">{discounts}</div>
                    <Select name="when_forgiven" label=tr!(lang, "Cuándo se condona", "When it is forgiven") options=when value=WhenForgiven::OnCompletion.as_str()/>
                </fieldset>
                <fieldset class="stack">
                    <legend>{tr!(lang, "Pagos", "Payments")}</legend>
                    {limits.map(|text| view! { <p class="field-hint">{text}</p> })}
                    <div class="grid">
                        <Field name="down_payment" label=tr!(lang, "Anticipo", "Down payment") required=false short=true inputmode="decimal" autocomplete="off" prefix=symbol suffix=currency.code()/>
                        <Field name="down_payment_on" kind="date" label=tr!(lang, "Día del anticipo", "Day of the down payment") required=false short=true value=today.to_string()/>
                    </div>
                    <RadioGroup name="schedule" legend=tr!(lang, "Cómo se reparte el resto", "How the rest is spread") options=schedules value="regular"/>
                    <div class="grid">
                        <Field name="count" label=tr!(lang, "Número de cuotas", "Number of instalments") short=true inputmode="numeric" value="6"/>
                        <Select name="every" label=tr!(lang, "Frecuencia", "Frequency") options=every short=true/>
                        <Field name="first_due_on" kind="date" label=tr!(lang, "Primera cuota", "First instalment") short=true value=first_date(today).to_string()/>
                    </div>
                    <Textarea
                        name="installments" label=tr!(lang, "Cuotas propias", "Instalments of one's own") rows=3 required=false
                        hint=tr!(lang, "Una por línea: fecha e importe, por ejemplo 2026-12-15 500.00", "One a line: date and amount, for example 2026-12-15 500.00")
                    />
                </fieldset>
                <div class="grid">
                    <Field name="grace_days" label=tr!(lang, "Días de gracia", "Days of grace") short=true inputmode="numeric" value="3" hint=tr!(lang, "Retraso que una cuota admite", "How late an instalment may be")/>
                    <Field name="valid_until" kind="date" label=tr!(lang, "Oferta válida hasta", "Offer valid until") short=true required=false value=last_day(today).to_string()/>
                </div>
                <div class="row">
                    <Button name="act" value="preview" kind=if can_offer { ButtonKind::Secondary } else { ButtonKind::Primary } icon=Glyph::Eye>{tr!(lang, "Ver cómo queda", "See how it comes out")}</Button>
                    {can_offer.then(|| view! { <Button name="act" value="offer" icon=Glyph::Handshake>{tr!(lang, "Ofrecer", "Offer")}</Button> })}
                </div>
            </PostForm>
        </Card>
    }
    .into_any()
}

/// A field for each part that is owed, with the most that the role may give.
fn discounts(proposal: &Proposal, lang: Lang, locale: Locale) -> Vec<AnyView> {
    let owed = |component: Component| proposal.account.summary.balance.of(component);
    let most = |component: Component| {
        proposal
            .limits
            .as_ref()
            .and_then(|limits| limits.discount_pct.get(&component))
            .map(ToString::to_string)
    };
    let several = proposal.debts.len() > 1;
    Component::ALL
        .iter()
        .filter(|component| several || owed(**component).is_positive())
        .map(|component| {
            let owed = format::money(&owed(*component), locale);
            let most = most(*component).unwrap_or_else(|| "0".to_owned());
            let hint = trf!(lang, "De {0}; hasta {1} %", "Of {0}; up to {1} %", owed, most);
            view! {
                <Field name=discount_field(*component) label=labels::component(*component, lang) hint required=false short=true inputmode="decimal" autocomplete="off" suffix="%"/>
            }
            .into_any()
        })
        .collect()
}

#[component]
fn Preview(preview: Option<ArrangementPreview>) -> impl IntoView {
    let lang = use_lang();
    let locale = use_locale();
    let title = tr!(lang, "Cómo queda", "How it comes out");
    let Some(preview) = preview else {
        return view! {
            <Card title>
                <p class="soft">{tr!(lang, "Complete la propuesta y pulse «Ver cómo queda»: nada se guarda hasta ofrecerla.", "Fill in the proposal and press “See how it comes out”: nothing is kept until it is offered.")}</p>
            </Card>
        }
        .into_any();
    };
    let ArrangementPreview { arrangement, level, beyond, needs_approval, is_allowed } = preview;
    let agreed = arrangement.agreed;
    let forgiven = agreed.forgiven_total().ok();
    let forgiven_parts: Vec<_> = agreed
        .forgiven
        .iter()
        .map(|(component, part)| {
            let term = trf!(
                lang,
                "Quita de {}",
                "Discount on {}",
                labels::component(*component, lang).to_lowercase()
            );
            let text = format::money_bare(part, locale);
            view! { <Pair term>{text}</Pair> }
        })
        .collect();
    let debt = agreed.debt.total().ok().map(|total| format::money(&total, locale));
    let advice = (!beyond.is_empty()).then(|| {
        let title = if needs_approval {
            tr!(
                lang,
                "Se puede ofrecer, pero gerencia debe aprobarlo antes de aceptar",
                "It can be offered, but a manager has to approve it before it is accepted"
            )
        } else if is_allowed {
            tr!(lang, "Fuera de lo usual", "Beyond what is usual")
        } else if level == domain::arrangement::OfferLevel::Agent {
            tr!(
                lang,
                "Su función no permite ofrecerlo así: ajústelo, o pida a supervisión que lo ofrezca",
                "Your role may not offer this: adjust it, or ask a supervisor to offer it"
            )
        } else {
            tr!(lang, "La política no permite ofrecerlo así", "The policy does not allow this offer")
        };
        let items: Vec<_> =
            beyond.iter().map(|limit| view! { <li>{words::limit(limit, locale).1}</li> }).collect();
        view! { <Notice tone=Tone::Warn title><ul>{items}</ul></Notice> }
    });
    let schedule = arrangement.schedule;
    view! {
        <Card title>
            <Amount money=agreed.to_pay label=tr!(lang, "Se paga en total", "To pay in all")/>
            {advice}
            <KeyValue>
                <Pair term=tr!(lang, "Deuda de hoy", "Debt today")>{debt}</Pair>
                {forgiven_parts}
                {forgiven.filter(Money::is_positive).map(|sum| view! {
                    <Pair term=tr!(lang, "Se condona", "Forgiven") strong=true>{format::money(&sum, locale)}</Pair>
                })}
            </KeyValue>
            <Schedule schedule/>
        </Card>
    }
    .into_any()
}
