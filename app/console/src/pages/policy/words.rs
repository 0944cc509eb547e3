//! A policy in words: names of the standard one, every fact of it, and why a rule does not fit.

use domain::account::Component;
use domain::arrangement::negotiation::PublishedOffer;
use domain::arrangement::schedule::Frequency;
use domain::arrangement::{Miss, OfferLevel, OfferLimits, OfferPolicy, OfferRule};
use domain::money::{Decimal, Money};
use ui::prelude::*;

use super::form::Context;
use crate::pages::ledger::formula;

/// The names that the standard policy brings, and what people read for them.
const STANDARD: [(&str, &str, &str); 4] = [
    ("standard", "General", "General"),
    ("single", "Pago único", "Single payment"),
    ("quarter", "Plan corto", "Short plan"),
    ("year", "Plan largo", "Long plan"),
];

/// The name of a rule or an offer, for people.
pub fn shown(name: &str, lang: Lang) -> String {
    let standard = STANDARD.iter().find(|(kept, ..)| *kept == name);
    standard.map_or_else(|| name.to_owned(), |(_, es, en)| tr!(lang, *es, *en).to_owned())
}

/// The name that is kept, from what people typed.
pub fn kept(text: &str) -> String {
    let text = text.trim();
    let standard = STANDARD.iter().find(|(_, es, en)| text == *es || text == *en);
    standard.map_or(text, |(kept, ..)| kept).to_owned()
}

/// One thing that a policy says: in which rule, about what, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub rule: String,
    pub about: String,
    pub says: String,
}

/// A change from one policy to another; none stands for what is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub rule: String,
    pub about: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

pub fn percent(value: Decimal, locale: Locale) -> String {
    format!("{} %", formula::decimal(value, 0, 4, locale))
}

pub fn amounts(list: &[Money], locale: Locale) -> String {
    let text: Vec<_> = list
        .iter()
        .map(|amount| format!("{} {}", amount.currency(), format::money_bare(amount, locale)))
        .collect();
    text.join("; ")
}

pub fn frequency(every: Frequency, lang: Lang) -> String {
    match every {
        Frequency::Months(1) => tr!(lang, "cada mes", "every month").to_owned(),
        Frequency::Weeks(1) => tr!(lang, "cada semana", "every week").to_owned(),
        Frequency::Weeks(n) => trf!(lang, "cada {} semanas", "every {} weeks", n),
        Frequency::Months(n) => trf!(lang, "cada {} meses", "every {} months", n),
        Frequency::Days(n) => trf!(lang, "cada {} días", "every {} days", n),
    }
}

const fn level(level: OfferLevel, lang: Lang) -> &'static str {
    match level {
        OfferLevel::Agent => tr!(lang, "Agente", "Agent"),
        OfferLevel::Supervisor => tr!(lang, "Supervisión", "Supervisor"),
        OfferLevel::Manager => tr!(lang, "Gerencia", "Manager"),
    }
}

/// Everything that a policy says, rule by rule.
pub fn facts(policy: &OfferPolicy, context: &Context) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (at, rule) in policy.rules.iter().enumerate() {
        let name = shown(&rule.name, context.locale.lang());
        let mut tell = |about: String, says: String| facts.push(Fact { rule: name.clone(), about, says });
        rule_facts(at, rule, context, &mut tell);
    }
    facts
}

fn rule_facts(at: usize, rule: &OfferRule, context: &Context, tell: &mut impl FnMut(String, String)) {
    let locale = context.locale;
    let lang = locale.lang();
    let place = at.saturating_add(1).to_string();
    tell(tr!(lang, "Lugar en el orden", "Place in the order").to_owned(), place);
    tell(tr!(lang, "Para qué deudas", "For which debts").to_owned(), debts(rule, context));
    if rule.published.offers.is_empty() {
        let says = tr!(lang, "ninguna: decide una persona", "none: a person decides").to_owned();
        tell(tr!(lang, "Ofertas", "Offers").to_owned(), says);
    }
    for offer in &rule.published.offers {
        let about = trf!(lang, "Oferta «{}»", "Offer “{}”", shown(&offer.name, lang));
        tell(about, offered(offer, locale));
    }
    for one in OfferLevel::ALL {
        let about = trf!(lang, "Límites: {}", "Limits: {}", level(*one, lang));
        let says = rule
            .limits(*one)
            .map_or_else(|| tr!(lang, "sin límite", "no limit").to_owned(), |limits| limited(limits, locale));
        tell(about, says);
    }
    let changes = &rule.changes;
    tell(
        tr!(lang, "Cambios del deudor en su plan", "Changes by the debtor").to_owned(),
        trf!(
            lang,
            "mover hasta {1} días (veces: {0}); saltar (veces: {2}); dividir (veces: {3})",
            "move by up to {1} days (times: {0}); skip (times: {2}); split (times: {3})",
            changes.moves,
            changes.move_days,
            changes.skips,
            changes.splits
        ),
    );
}

fn debts(rule: &OfferRule, context: &Context) -> String {
    let (when, locale) = (&rule.when, context.locale);
    let lang = locale.lang();
    let mut says = Vec::new();
    if let Some(id) = when.creditor {
        let name = context.creditors.iter().find(|(own, _)| *own == id).map(|(_, name)| name.clone());
        says.push(name.unwrap_or_else(|| tr!(lang, "otro acreedor", "another creditor").to_owned()));
    }
    if !when.products.is_empty() {
        says.push(trf!(lang, "producto {}", "product {}", when.products.join(", ")));
    }
    if !when.stages.is_empty() {
        let stages: Vec<_> = when.stages.iter().map(|stage| labels::stage(*stage, lang)).collect();
        says.push(stages.join(", "));
    }
    match (when.days_from, when.days_to) {
        (Some(from), Some(to)) => {
            says.push(trf!(lang, "de {0} a {1} días de atraso", "{0} to {1} days past due", from, to));
        }
        (Some(from), None) => says.push(trf!(lang, "desde {} días de atraso", "from {} days past due", from)),
        (None, Some(to)) => says.push(trf!(lang, "hasta {} días de atraso", "up to {} days past due", to)),
        (None, None) => {}
    }
    if let Some(from) = when.total_from {
        says.push(trf!(lang, "desde {}", "from {}", format::money(&from, locale)));
    }
    if let Some(to) = when.total_to {
        says.push(trf!(lang, "hasta {}", "up to {}", format::money(&to, locale)));
    }
    if says.is_empty() { tr!(lang, "todas", "all").to_owned() } else { says.join("; ") }
}

fn discounts<'a>(
    list: impl IntoIterator<Item = (&'a Component, &'a Decimal)>,
    locale: Locale,
) -> Option<String> {
    let says: Vec<_> = list
        .into_iter()
        .filter(|(_, pct)| !pct.is_zero())
        .map(|(part, pct)| format!("{} {}", labels::component(*part, locale.lang()), percent(*pct, locale)))
        .collect();
    (!says.is_empty()).then(|| says.join(", "))
}

fn offered(offer: &PublishedOffer, locale: Locale) -> String {
    let lang = locale.lang();
    let mut says = vec![if offer.most_payments == 1 {
        tr!(lang, "un solo pago", "one payment").to_owned()
    } else {
        let every: Vec<_> = offer.every.iter().map(|every| frequency(*every, lang)).collect();
        let or = tr!(lang, " o ", " or ");
        trf!(lang, "hasta {0} pagos, {1}", "up to {0} payments, {1}", offer.most_payments, every.join(or))
    }];
    says.push(discounts(&offer.discount_pct, locale).map_or_else(
        || tr!(lang, "sin descuento", "no discount").to_owned(),
        |all| trf!(lang, "descuento: {}", "discount: {}", all),
    ));
    if !offer.first_pct.is_zero() {
        let pct = percent(offer.first_pct, locale);
        says.push(trf!(lang, "primer pago de {} o más", "first payment of {} or more", pct));
    }
    says.push(trf!(lang, "primer pago en {} días", "first payment within {} days", offer.first_within_days));
    if !offer.least_payment.is_empty() {
        says.push(trf!(
            lang,
            "pagos de {} o más",
            "payments of {} or more",
            amounts(&offer.least_payment, locale)
        ));
    }
    says.push(trf!(lang, "{} días de gracia", "{} days of grace", offer.grace_days));
    says.push(trf!(lang, "vale {} días", "valid for {} days", offer.valid_days));
    says.join("; ")
}

fn limited(limits: &OfferLimits, locale: Locale) -> String {
    let lang = locale.lang();
    let mut says = vec![discounts(&limits.discount_pct, locale).map_or_else(
        || tr!(lang, "sin descuento", "no discount").to_owned(),
        |all| trf!(lang, "descuento: {}", "discount: {}", all),
    )];
    says.push(trf!(lang, "hasta {} meses", "up to {} months", limits.max_months));
    if !limits.min_installment.is_empty() {
        let least = amounts(&limits.min_installment, locale);
        says.push(trf!(lang, "cuotas de {} o más", "instalments of {} or more", least));
    }
    if let Some(pct) = limits.min_down_payment_pct {
        says.push(trf!(lang, "primer pago de {} o más", "first payment of {} or more", percent(pct, locale)));
    }
    says.push(trf!(lang, "{} días de gracia", "{} days of grace", limits.max_grace_days));
    says.join("; ")
}

/// What one policy says that another did not.
pub fn changes(before: &[Fact], after: &[Fact]) -> Vec<Change> {
    let find = |facts: &[Fact], of: &Fact| {
        let same = |fact: &&Fact| fact.rule == of.rule && fact.about == of.about;
        facts.iter().find(same).map(|fact| fact.says.clone())
    };
    let change =
        |of: &Fact, before, after| Change { rule: of.rule.clone(), about: of.about.clone(), before, after };
    let new = after.iter().filter_map(|fact| {
        let was = find(before, fact);
        (was.as_ref() != Some(&fact.says)).then(|| change(fact, was, Some(fact.says.clone())))
    });
    let gone = before.iter().filter(|fact| find(after, fact).is_none());
    new.chain(gone.map(|fact| change(fact, Some(fact.says.clone()), None))).collect()
}

/// Why a rule does not hold for a debt.
pub fn miss(miss: &Miss, locale: Locale) -> String {
    let lang = locale.lang();
    let money = |amount: &Money| format::money(amount, locale);
    match miss {
        Miss::Creditor => tr!(lang, "es de otro acreedor", "it is another creditor's").to_owned(),
        Miss::Product => tr!(lang, "es de otro producto", "it is of another product").to_owned(),
        Miss::Stage(stage) => {
            trf!(lang, "está en «{}»", "its stage is “{}”", labels::stage(*stage, lang))
        }
        Miss::TooEarly { days, from } => trf!(
            lang,
            "lleva {0} días de atraso y la regla empieza a los {1}",
            "it is {0} days past due and the rule begins at {1}",
            days,
            from
        ),
        Miss::TooLate { days, to } => trf!(
            lang,
            "lleva {0} días de atraso y la regla llega hasta {1}",
            "it is {0} days past due and the rule ends at {1}",
            days,
            to
        ),
        Miss::TooSmall { total, from } => trf!(
            lang,
            "se deben {0} y la regla empieza en {1}",
            "{0} are owed and the rule begins at {1}",
            money(total),
            money(from)
        ),
        Miss::TooLarge { total, to } => trf!(
            lang,
            "se deben {0} y la regla llega hasta {1}",
            "{0} are owed and the rule ends at {1}",
            money(total),
            money(to)
        ),
        Miss::Currency => {
            tr!(lang, "sus importes son de otra moneda", "its amounts are of another currency").to_owned()
        }
    }
}
