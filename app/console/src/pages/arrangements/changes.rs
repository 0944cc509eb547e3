//! What the debtor changed in a plan.

use domain::arrangement::{Due, PlanChange};
use leptos::prelude::*;
use services::arrangements::PlanChangeLine;
use ui::prelude::*;

use crate::desk::Desk;
use crate::pages::policy::words;

/// Every change with when, by which policy, and the dates before and after; nothing without one.
pub fn card(changes: Vec<PlanChangeLine>, desk: &Desk) -> Option<AnyView> {
    let (lang, locale) = (desk.lang(), desk.locale());
    if changes.is_empty() {
        return None;
    }
    let rows: Vec<_> = changes
        .into_iter()
        .map(|line| {
            let what = match line.change {
                PlanChange::Move { .. } => tr!(lang, "Movió un pago", "Moved a payment"),
                PlanChange::Skip => tr!(lang, "Dejó un pago para el final", "Left a payment for the end"),
                PlanChange::Split { .. } => tr!(lang, "Dividió un pago", "Split a payment"),
            };
            let rule = trf!(
                lang,
                "«{0}», versión {1}",
                "“{0}”, version {1}",
                words::shown(&line.rule, lang),
                line.policy_version
            );
            view! {
                <tr>
                    <th scope="row">{desk.time(line.at)}</th>
                    <td data-label=tr!(lang, "Qué hizo", "What was done")>{what}</td>
                    <td data-label=tr!(lang, "Antes", "Before")>{only(&line.before, &line.after, locale)}</td>
                    <td data-label=tr!(lang, "Después", "After")>{only(&line.after, &line.before, locale)}</td>
                    <td data-label=tr!(lang, "Política", "Policy")>{rule}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let columns = vec![
        Column::new(tr!(lang, "Cuándo", "When")),
        Column::new(tr!(lang, "Qué hizo", "What was done")),
        Column::new(tr!(lang, "Antes", "Before")),
        Column::new(tr!(lang, "Después", "After")),
        Column::new(tr!(lang, "Política", "Policy")),
    ];
    let title = tr!(lang, "Cambios que hizo el deudor", "Changes made by the debtor");
    Some(
        view! { <Card title><DataTable caption=title caption_hidden=true stacked=true columns>{rows}</DataTable></Card> }
            .into_any(),
    )
}

/// The instalments of one schedule that the other does not have.
fn only(one: &[Due], other: &[Due], locale: Locale) -> String {
    let says: Vec<_> = one
        .iter()
        .filter(|due| !other.contains(due))
        .map(|due| {
            format!("{}: {}", format::date_short(due.due_on, locale), format::money(&due.amount, locale))
        })
        .collect();
    says.join("; ")
}
