//! The payment plan of a debt.

use chrono::NaiveDate;
use leptos::prelude::*;
use services::accounts::{AccountView, InstallmentLine, PlanView};
use ui::prelude::*;

/// The next instalment to pay, when none is overdue.
pub fn next(debt: &AccountView) -> Option<InstallmentLine> {
    let plan =
        debt.plan.as_ref().filter(|plan| plan.status == "active" && !debt.summary.overdue.is_positive())?;
    plan.installments.iter().find(|line| line.left.is_positive()).cloned()
}

/// The plan with how each instalment stands.
#[component]
pub fn Plan(plan: PlanView, today: NaiveDate) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let lines = plan.installments;
    (plan.status == "active" && !lines.is_empty()).then(|| {
        let paid = lines.iter().filter(|line| line.left.is_zero()).count();
        let count = lines.len();
        let rows: Vec<_> = lines.iter().map(|line| row(line, today, lang, locale)).collect();
        view! {
            <Card title=tr!(lang, "Tu plan de pagos", "Your payment plan", "Seu plano de pagamento")>
                <p>{trf!(lang, "Llevas {0} de {1} cuotas pagadas.", "You have paid {0} of {1} instalments.", "Você já pagou {0} de {1} parcelas.", paid, count)}</p>
                <ol class="plain-list parts">{rows}</ol>
            </Card>
        }
    })
}

fn row(line: &InstallmentLine, today: NaiveDate, lang: Lang, locale: Locale) -> impl IntoView + use<> {
    let left = &line.left;
    let (tone, status) = if left.is_zero() {
        (Tone::Success, tr!(lang, "Pagada", "Paid", "Paga").to_owned())
    } else if *left < line.amount {
        let left = format::money(left, locale);
        (Tone::Info, trf!(lang, "Faltan {}", "{} to go", "Faltam {}", left))
    } else if line.due_on < today {
        (Tone::Neutral, tr!(lang, "Vencida", "Past due", "Vencida").to_owned())
    } else {
        (Tone::Info, tr!(lang, "Por pagar", "To pay", "A pagar").to_owned())
    };
    view! {
        <li class="pair">
            <strong>{format::date_short(line.due_on, locale)}</strong>
            <span class="num">{format::money(&line.amount, locale)}</span>
            <small class="means"><Badge tone>{status}</Badge></small>
        </li>
    }
    .into_any()
}
