//! The payment plan of a debt.

use chrono::NaiveDate;
use domain::money::Money;
use leptos::prelude::*;
use services::accounts::{AccountView, InstallmentLine, PlanView};
use ui::prelude::*;

use super::debt::total;

/// An instalment with what is still to be paid of it.
#[derive(Clone, Debug)]
pub struct Due {
    pub line: InstallmentLine,
    pub left: Money,
}

/// The instalments of a running plan. What is owed in all fills them from the last one backwards,
/// so that every payment shortens the first ones, whichever way it came.
pub fn due(plan: &PlanView, owed: Money) -> Vec<Due> {
    if plan.status != "active" {
        return Vec::new();
    }
    let mut rest = owed.minor().max(0);
    let mut lines: Vec<_> = plan
        .installments
        .iter()
        .rev()
        .map(|line| {
            let open = if line.status == "paid" { 0 } else { line.amount.minor().min(rest) };
            rest -= open;
            Due { line: line.clone(), left: Money::from_minor(open, line.amount.currency()) }
        })
        .collect();
    lines.reverse();
    lines
}

/// The next instalment to pay, when none is overdue.
pub fn next(debt: &AccountView) -> Option<Due> {
    let plan = debt.plan.as_ref().filter(|_| !debt.summary.overdue.is_positive())?;
    due(plan, total(debt)).into_iter().find(|due| due.left.is_positive())
}

/// The plan with how each instalment stands.
#[component]
pub fn Plan(plan: PlanView, owed: Money, today: NaiveDate) -> impl IntoView {
    let (lang, locale) = (use_lang(), use_locale());
    let lines = due(&plan, owed);
    (!lines.is_empty()).then(|| {
        let paid = lines.iter().filter(|due| due.left.is_zero()).count();
        let count = lines.len();
        let rows: Vec<_> = lines.iter().map(|due| row(due, today, lang, locale)).collect();
        view! {
            <Card title=tr!(lang, "Tu plan de pagos", "Your payment plan")>
                <p>{trf!(lang, "Llevas {0} de {1} cuotas pagadas.", "You have paid {0} of {1} instalments.", paid, count)}</p>
                <ol class="plain-list parts">{rows}</ol>
            </Card>
        }
    })
}

fn row(due: &Due, today: NaiveDate, lang: Lang, locale: Locale) -> impl IntoView + use<> {
    let Due { line, left } = due;
    let (tone, status) = if left.is_zero() {
        (Tone::Success, tr!(lang, "Pagada", "Paid").to_owned())
    } else if *left < line.amount {
        let left = format::money(left, locale);
        (Tone::Info, trf!(lang, "Faltan {}", "{} to go", left))
    } else if line.due_on < today {
        (Tone::Neutral, tr!(lang, "Vencida", "Past due").to_owned())
    } else {
        (Tone::Info, tr!(lang, "Por pagar", "To pay").to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;
    use domain::money::Currency;

    fn pesos(minor: i64) -> Money {
        Money::from_minor(minor, Currency::MXN)
    }

    fn plan(status: &str) -> PlanView {
        let line = |number: i32| InstallmentLine {
            number,
            due_on: NaiveDate::from_ymd_opt(2026, 11, number.unsigned_abs()).unwrap(),
            amount: pesos(100),
            status: "pending".to_owned(),
        };
        PlanView { status: status.to_owned(), installments: (1..=3).map(line).collect() }
    }

    fn left(owed: i64) -> Vec<i64> {
        due(&plan("active"), pesos(owed)).iter().map(|due| due.left.minor()).collect()
    }

    #[test]
    fn payments_shorten_the_first_instalments() {
        assert_eq!(left(300), [100, 100, 100]);
        assert_eq!(left(150), [0, 50, 100]);
        assert_eq!(left(0), [0, 0, 0]);
    }

    #[test]
    fn a_debt_beyond_the_plan_leaves_every_instalment_open() {
        assert_eq!(left(1_000), [100, 100, 100]);
    }

    #[test]
    fn a_plan_that_does_not_run_has_nothing_due() {
        assert!(due(&plan("broken"), pesos(300)).is_empty());
    }
}
