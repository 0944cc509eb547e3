//! What a debt would be offered, and by which rule.

use domain::arrangement::negotiation::Deal;
use leptos::prelude::*;
use services::arrangements::{PolicyTrial, Trial};
use ui::prelude::*;

use super::words;
use crate::pages::account::address;

/// The results of trying a policy on debts; under the one in force, and a draft beside it.
pub fn results(trials: Vec<PolicyTrial>) -> Vec<AnyView> {
    trials.into_iter().map(result).collect()
}

fn result(trial: PolicyTrial) -> AnyView {
    let (lang, locale) = (use_lang(), use_locale());
    let title = trf!(lang, "Cuenta {0} · {1}", "Account {0} · {1}", trial.external_id, trial.creditor_name);
    let facts = trf!(
        lang,
        "Debe {0}, {1} días de atraso, {2}.",
        "Owes {0}, {1} days past due, {2}.",
        format::money(&trial.subject.total, locale),
        trial.subject.days_past_due,
        labels::stage(trial.subject.stage, lang)
    );
    let running = trial.running.is_some().then(|| {
        let title = tr!(
            lang,
            "Ya hay un convenio vigente: mientras dure no se ofrece nada más.",
            "An arrangement runs already: while it lasts nothing else is offered."
        );
        view! { <Notice title/> }
    });
    let now = tr!(lang, "Con la política vigente", "Under the policy in force");
    let then = tr!(lang, "Con este borrador", "Under this draft");
    let mut names: Vec<String> = Vec::new();
    let drafted = trial.draft.as_ref().map(|draft| draft.deals.as_slice()).unwrap_or_default();
    for deal in trial.in_force.deals.iter().chain(drafted) {
        if !names.contains(&deal.offer) {
            names.push(deal.offer.clone());
        }
    }
    let has_draft = trial.draft.is_some();
    let rows: Vec<_> = names
        .iter()
        .map(|name| {
            let cell = |deals: &[Deal]| {
                let deal = deals.iter().find(|deal| deal.offer == *name);
                deal.map_or_else(
                    || tr!(lang, "No se ofrece", "Not offered").to_owned(),
                    |deal| told(deal, locale),
                )
            };
            let draft = has_draft.then(|| view! { <td data-label=then>{cell(drafted)}</td> });
            view! {
                <tr>
                    <th scope="row">{words::shown(name, lang)}</th>
                    <td data-label=now>{cell(&trial.in_force.deals)}</td>
                    {draft}
                </tr>
            }
            .into_any()
        })
        .collect();
    let mut columns = vec![Column::new(tr!(lang, "Oferta", "Offer")), Column::new(now)];
    if has_draft {
        columns.push(Column::new(then));
    }
    let none = rows.is_empty();
    let caption = tr!(lang, "Qué se ofrecería", "What would be offered");
    let table = if none {
        view! { <p>{tr!(lang, "No se ofrece nada sin una persona.", "Nothing is offered without a person.")}</p> }.into_any()
    } else {
        view! { <DataTable caption caption_hidden=true stacked=true columns>{rows}</DataTable> }.into_any()
    };
    let draft = trial.draft.as_ref().map(|draft| rules(then, draft, locale));
    view! {
        <Card title class="trial">
            <p>{facts}" "<a href=address(trial.account_id)>{tr!(lang, "Ver la cuenta", "See the account")}</a></p>
            {running}
            <div class="grid">
                {rules(now, &trial.in_force, locale)}
                {draft}
            </div>
            {table}
        </Card>
    }
    .into_any()
}

fn told(deal: &Deal, locale: Locale) -> String {
    let lang = locale.lang();
    let to_pay = format::money(&deal.agreed.to_pay, locale);
    let mut says = match deal.schedule.len() {
        1 => trf!(lang, "{} en un pago", "{} in one payment", to_pay),
        several => trf!(lang, "{0} en {1} pagos", "{0} in {1} payments", to_pay, several),
    };
    if let Some(off) = deal.agreed.forgiven_total().ok().filter(domain::money::Money::is_positive) {
        says.push_str(&trf!(lang, "; se condonan {}", "; {} are forgiven", format::money(&off, locale)));
    }
    if let Some(first) = deal.schedule.first() {
        let (amount, on) = (format::money(&first.amount, locale), format::date_short(first.due_on, locale));
        says.push_str(&trf!(
            lang,
            "; el primero, de {0}, el {1}",
            "; the first one, of {0}, on {1}",
            amount,
            on
        ));
    }
    let until = format::date_short(deal.valid_until, locale);
    says.push_str(&trf!(lang, "; vale hasta el {}", "; valid until {}", until));
    says
}

fn rules(title: &'static str, trial: &Trial, locale: Locale) -> AnyView {
    let lang = locale.lang();
    let lines: Vec<_> = trial
        .rules
        .iter()
        .map(|(name, misses)| {
            let name = words::shown(name, lang);
            let says = if misses.is_empty() {
                trf!(lang, "Rige «{}».", "“{}” holds.", name)
            } else {
                let why: Vec<_> = misses.iter().map(|miss| words::miss(miss, locale)).collect();
                trf!(lang, "No rige «{0}»: {1}.", "“{0}” does not hold: {1}.", name, why.join("; "))
            };
            view! { <li>{says}</li> }
        })
        .collect();
    let none = trial.rule.is_none().then(|| {
        view! { <p>{tr!(lang, "Ninguna regla se ajusta: decide una persona.", "No rule fits: a person decides.")}</p> }
    });
    view! { <div><h3>{title}</h3><ol>{lines}</ol>{none}</div> }.into_any()
}
