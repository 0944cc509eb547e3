//! What an agreement says besides its payments, for the debtor: page and paper say the same.

use domain::arrangement::{Activation, ArrangementTerms, Cap, WhenForgiven};

use crate::i18n::Locale;
use crate::{format, tr, trf};

/// The terms in plain sentences, only such as hold for these terms.
pub fn conditions(terms: &ArrangementTerms, locale: Locale) -> Vec<String> {
    let mut says = vec![late(terms, locale)];
    let lang = locale.lang();
    if let Some(charge) = terms.on_breach.charge {
        let amount = format::money(&charge.amount, locale);
        says.push(trf!(
            lang,
            "Si el acuerdo termina por un atraso, se suma un cargo de {}.",
            "If the agreement ends because a payment is late, a charge of {} is added.",
            "Se o acordo terminar por atraso, soma-se um encargo de {}.",
            amount
        ));
    }
    says.push(growth(terms.cap, locale));
    if terms.activation == Activation::OnDownPayment {
        says.push(
            tr!(
                lang,
                "Empieza a valer cuando llega el primer pago.",
                "It begins to count when the first payment is in.",
                "Começa a valer quando o primeiro pagamento chega."
            )
            .to_owned(),
        );
    }
    let early = tr!(
        lang,
        "Se puede pagar antes, sin costo.",
        "It may be paid earlier, at no cost.",
        "Pode ser pago antes, sem custo."
    );
    says.push(early.to_owned());
    says
}

/// When what is given up is given up.
pub const fn when_forgiven(when: WhenForgiven, locale: Locale) -> &'static str {
    let lang = locale.lang();
    match when {
        WhenForgiven::OnCompletion => tr!(
            lang,
            "Se condona al terminar de pagar",
            "Forgiven when all is paid",
            "Perdoado ao terminar de pagar"
        ),
        WhenForgiven::Proportional => {
            tr!(lang, "Se condona con cada pago", "Forgiven with each payment", "Perdoado com cada pagamento")
        }
        WhenForgiven::Upfront => {
            tr!(lang, "Se condona al aceptar", "Forgiven at acceptance", "Perdoado ao aceitar")
        }
    }
}

fn late(terms: &ArrangementTerms, locale: Locale) -> String {
    let lang = locale.lang();
    let days = terms.grace_days;
    let keeps = match terms.when_forgiven {
        WhenForgiven::OnCompletion => false,
        WhenForgiven::Proportional => true,
        WhenForgiven::Upfront => !terms.on_breach.reinstate,
    };
    if keeps && !terms.concession.is_empty() {
        trf!(
            lang,
            "Si un pago se atrasa más de {} día(s), el acuerdo termina y se debe lo que falta; lo ya condonado no vuelve.",
            "If a payment is more than {} day(s) late, the agreement ends and what is left is owed; what was forgiven does not come back.",
            "Se um pagamento atrasar mais de {} dia(s), o acordo termina e deve-se o que falta; o já perdoado não volta.",
            days
        )
    } else {
        trf!(
            lang,
            "Si un pago se atrasa más de {} día(s), el acuerdo termina y se vuelve a deber lo de antes, menos lo pagado.",
            "If a payment is more than {} day(s) late, the agreement ends and what was owed before is owed again, less what was paid.",
            "Se um pagamento atrasar mais de {} dia(s), o acordo termina e volta-se a dever o de antes, menos o pago.",
            days
        )
    }
}

fn growth(cap: Cap, locale: Locale) -> String {
    let lang = locale.lang();
    match cap {
        Cap::Open => tr!(
            lang,
            "Si la deuda genera intereses o cargos según su contrato, se suman a lo acordado.",
            "If the debt bears interest or charges by its contract, they are added to what was agreed.",
            "Se a dívida gera juros ou encargos pelo contrato, eles são somados ao combinado."
        )
        .to_owned(),
        Cap::Agreed => tr!(
            lang,
            "Mientras se cumpla, el total no crece.",
            "As long as it is kept, the total does not grow.",
            "Enquanto for cumprido, o total não cresce."
        )
        .to_owned(),
        Cap::GrowthPercent(percent) => trf!(
            lang,
            "El total puede crecer con los intereses del contrato, hasta {} % más.",
            "The total may grow by the contract's interest, up to {} % more.",
            "O total pode crescer com os juros do contrato, até {} % a mais.",
            percent
        ),
        Cap::Total(most) => trf!(
            lang,
            "El total puede crecer con los intereses del contrato, hasta {}.",
            "The total may grow by the contract's interest, up to {}.",
            "O total pode crescer com os juros do contrato, até {}.",
            format::money(&most, locale)
        ),
    }
}

#[cfg(test)]
mod tests {
    use domain::account::Component;
    use domain::arrangement::{
        ArrangementKind, BreachCharge, Consequence, Discount, Prepayment, ScheduleSpec,
    };
    use domain::money::{Currency, Decimal, Money};

    use super::*;

    fn terms() -> ArrangementTerms {
        ArrangementTerms {
            kind: ArrangementKind::Settlement,
            schedule: ScheduleSpec::Custom { installments: Vec::new() },
            down_payment: None,
            concession: vec![(Component::Interest, Discount::Percent(Decimal::from(50)))],
            when_forgiven: WhenForgiven::OnCompletion,
            cap: Cap::Agreed,
            grace_days: 3,
            on_breach: Consequence::default(),
            prepayment: Prepayment::Next,
            activation: Activation::OnAcceptance,
            min_installment: None,
        }
    }

    #[test]
    fn nothing_is_promised_that_the_terms_do_not_hold() {
        let all = |terms: &ArrangementTerms| conditions(terms, Locale::EsMx).join(" ");
        let fixed = all(&terms());
        assert!(fixed.contains("el total no crece") && fixed.contains("más de 3 día(s)"));
        assert!(fixed.contains("lo de antes"));
        let open = all(&ArrangementTerms { cap: Cap::Open, ..terms() });
        assert!(!open.contains("no crece") && open.contains("se suman"));
        let kept = all(&ArrangementTerms { when_forgiven: WhenForgiven::Proportional, ..terms() });
        assert!(kept.contains("no vuelve") && !kept.contains("lo de antes"));
        let amount = Money::from_minor(5_000, Currency::MXN);
        let charge = Some(BreachCharge { component: Component::LateCharge, amount });
        let charged = all(&ArrangementTerms {
            on_breach: Consequence { reinstate: true, charge },
            activation: Activation::OnDownPayment,
            ..terms()
        });
        let charge = format!("un cargo de {}", format::money(&amount, Locale::EsMx));
        assert!(charged.contains(&charge) && charged.contains("cuando llega el primer pago"));
        assert!(!fixed.contains("cargo de") && !fixed.contains("cuando llega"));
    }
}
