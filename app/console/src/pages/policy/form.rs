//! The editor's fields: a policy written into them, and read back strictly.
//!
//! Rules and their offers are rows: `r0_name`, `r0_o1_payments`; `rules` and `r0_offers` say how many
//! there are, so that rows can be added, moved and removed without scripts.

use std::collections::BTreeMap;
use std::str::FromStr;

use domain::account::{Component, Stage};
use domain::arrangement::negotiation::{Menu, MenuError, PublishedOffer};
use domain::arrangement::schedule::Frequency;
use domain::arrangement::{
    ChangeLimits, OfferCondition, OfferLevel, OfferLimits, OfferPolicy, OfferRule, PolicyError, PolicyFault,
};
use domain::ids::CreditorId;
use domain::money::{Currency, Decimal, DecimalMark, Money};
use domain::text::Say;
use services::arrangements::say_fault;
use ui::prelude::*;
use web::Form;

use super::words;
use crate::pages::ledger::formula;
use crate::pages::terms::form::decimal;

/// More rows than this are nobody's policy.
pub const MOST_ROWS: usize = 12;

/// What is wrong with a field, by its name.
pub type Issue = (String, Say);

type Pairs = Vec<(String, String)>;

/// What the forms choose from, and how their reader writes numbers.
#[derive(Clone, Debug)]
pub struct Context {
    pub creditors: Vec<(CreditorId, String)>,
    pub products: Vec<String>,
    /// Of amounts that are written without one.
    pub currency: Currency,
    pub locale: Locale,
}

fn put(pairs: &mut Pairs, name: impl Into<String>, value: impl Into<String>) {
    pairs.push((name.into(), value.into()));
}

/// The fields of a policy.
pub fn fields(policy: &OfferPolicy, context: &Context) -> Pairs {
    let mut pairs = Pairs::new();
    put(&mut pairs, "rules", policy.rules.len().to_string());
    for (at, rule) in policy.rules.iter().enumerate() {
        rule_fields(&mut pairs, at, rule, context);
    }
    pairs
}

fn rule_fields(pairs: &mut Pairs, at: usize, rule: &OfferRule, context: &Context) {
    let (when, locale) = (&rule.when, context.locale);
    let field = |part: &str| format!("r{at}_{part}");
    put(pairs, field("name"), words::shown(&rule.name, locale.lang()));
    put(pairs, field("creditor"), when.creditor.map(|id| id.to_string()).unwrap_or_default());
    put(pairs, field("products"), when.products.join(", "));
    for stage in &when.stages {
        put(pairs, field("stages"), stage.as_str());
    }
    for (name, days) in [("days_from", when.days_from), ("days_to", when.days_to)] {
        put(pairs, field(name), days.map(|days| days.to_string()).unwrap_or_default());
    }
    for (name, total) in [("total_from", when.total_from), ("total_to", when.total_to)] {
        put(pairs, field(name), words::amounts(total.as_slice(), locale));
    }
    for level in OfferLevel::ALL {
        match rule.limits(*level) {
            Some(limits) => limit_fields(pairs, &field(level.as_str()), limits, locale),
            None => put(pairs, field("manager_free"), "true"),
        }
    }
    let changes = &rule.changes;
    put(pairs, field("changes_days"), changes.move_days.to_string());
    put(pairs, field("changes_moves"), changes.moves.to_string());
    put(pairs, field("changes_skips"), changes.skips.to_string());
    put(pairs, field("changes_splits"), changes.splits.to_string());
    put(pairs, field("offers"), rule.published.offers.len().to_string());
    for (row, offer) in rule.published.offers.iter().enumerate() {
        offer_fields(pairs, &field(&format!("o{row}")), offer, locale);
    }
}

fn number(value: Decimal, locale: Locale) -> String {
    formula::decimal(value, 0, 12, locale)
}

fn discount_fields(pairs: &mut Pairs, prefix: &str, list: &BTreeMap<Component, Decimal>, locale: Locale) {
    for (component, pct) in list {
        put(pairs, format!("{prefix}_{component}"), number(*pct, locale));
    }
}

fn limit_fields(pairs: &mut Pairs, prefix: &str, limits: &OfferLimits, locale: Locale) {
    discount_fields(pairs, prefix, &limits.discount_pct, locale);
    put(pairs, format!("{prefix}_months"), limits.max_months.to_string());
    put(pairs, format!("{prefix}_least"), words::amounts(&limits.min_installment, locale));
    let first = limits.min_down_payment_pct.map(|pct| number(pct, locale));
    put(pairs, format!("{prefix}_first"), first.unwrap_or_default());
    put(pairs, format!("{prefix}_grace"), limits.max_grace_days.to_string());
}

fn offer_fields(pairs: &mut Pairs, prefix: &str, offer: &PublishedOffer, locale: Locale) {
    put(pairs, format!("{prefix}_name"), words::shown(&offer.name, locale.lang()));
    discount_fields(pairs, prefix, &offer.discount_pct, locale);
    put(pairs, format!("{prefix}_payments"), offer.most_payments.to_string());
    for every in &offer.every {
        put(pairs, format!("{prefix}_every"), every_name(*every));
    }
    put(pairs, format!("{prefix}_first"), number(offer.first_pct, locale));
    put(pairs, format!("{prefix}_within"), offer.first_within_days.to_string());
    put(pairs, format!("{prefix}_least"), words::amounts(&offer.least_payment, locale));
    put(pairs, format!("{prefix}_grace"), offer.grace_days.to_string());
    put(pairs, format!("{prefix}_valid"), offer.valid_days.to_string());
}

pub fn every_name(every: Frequency) -> String {
    match every {
        Frequency::Days(n) => format!("days:{n}"),
        Frequency::Weeks(n) => format!("weeks:{n}"),
        Frequency::Months(n) => format!("months:{n}"),
    }
}

pub fn every_of(text: &str) -> Option<Frequency> {
    let (unit, n) = text.split_once(':')?;
    let n = n.parse().ok()?;
    match unit {
        "days" => Some(Frequency::Days(n)),
        "weeks" => Some(Frequency::Weeks(n)),
        "months" => Some(Frequency::Months(n)),
        _ => None,
    }
}

/// How many rows of a kind the form has.
pub fn rows(pairs: &[(String, String)], name: &str) -> usize {
    let count = pairs.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.trim().parse().ok());
    usize::min(count.unwrap_or(0), MOST_ROWS)
}

fn set(pairs: &mut Pairs, name: &str, count: usize) {
    pairs.retain(|(key, _)| key != name);
    put(pairs, name, count.to_string());
}

/// Adds, moves or removes a row, as the button `act` asks; false when it asks for something else.
pub fn change_rows(pairs: &mut Pairs, act: &str) -> bool {
    let mut parts = act.split(':');
    let what = parts.next().unwrap_or_default();
    let mut place = || parts.next().and_then(|text| text.parse::<usize>().ok()).filter(|at| *at < MOST_ROWS);
    match (what, place()) {
        ("add_rule", _) => {
            let row = rows(pairs, "rules");
            if row < MOST_ROWS {
                for (part, value) in [("offers", "0"), ("changes_days", "15"), ("changes_moves", "2")] {
                    put(pairs, format!("r{row}_{part}"), value);
                }
                // Limits of staff begin as those of the rule before it.
                let above = format!("r{}_", row.saturating_sub(1));
                let is_limit =
                    |part: &str| OfferLevel::ALL.iter().any(|level| part.starts_with(&format!("{level}_")));
                let copied: Pairs = pairs
                    .iter()
                    .filter_map(|(key, value)| Some((key.strip_prefix(&above)?, value)))
                    .filter(|(part, _)| is_limit(part))
                    .map(|(part, value)| (format!("r{row}_{part}"), value.clone()))
                    .collect();
                pairs.extend(copied);
                for part in ["changes_skips", "changes_splits"] {
                    put(pairs, format!("r{row}_{part}"), "1");
                }
                set(pairs, "rules", row + 1);
            }
        }
        ("drop_rule", Some(gone)) => drop_row(pairs, "rules", "r", gone),
        ("raise_rule", Some(at)) if at > 0 => swap(pairs, &format!("r{at}_"), &format!("r{}_", at - 1)),
        ("add_offer", Some(rule)) => {
            let name = format!("r{rule}_offers");
            let row = rows(pairs, &name);
            if row < MOST_ROWS {
                let defaults =
                    [("payments", "1"), ("first", "0"), ("within", "30"), ("grace", "5"), ("valid", "15")];
                for (part, value) in defaults {
                    put(pairs, format!("r{rule}_o{row}_{part}"), value);
                }
                set(pairs, &name, row + 1);
            }
        }
        ("drop_offer", Some(rule)) => match place() {
            Some(gone) => drop_row(pairs, &format!("r{rule}_offers"), &format!("r{rule}_o"), gone),
            None => return false,
        },
        _ => return false,
    }
    true
}

/// The rows after it move up.
fn drop_row(pairs: &mut Pairs, counter: &str, prefix: &str, gone: usize) {
    let count = rows(pairs, counter);
    if gone >= count {
        return;
    }
    pairs.retain(|(key, _)| !key.starts_with(&format!("{prefix}{gone}_")));
    for later in gone + 1..count {
        rename(pairs, &format!("{prefix}{later}_"), &format!("{prefix}{}_", later - 1));
    }
    set(pairs, counter, count - 1);
}

fn rename(pairs: &mut Pairs, from: &str, to: &str) {
    for (key, _) in pairs.iter_mut() {
        if let Some(rest) = key.strip_prefix(from) {
            *key = format!("{to}{rest}");
        }
    }
}

fn swap(pairs: &mut Pairs, one: &str, other: &str) {
    rename(pairs, one, "swapped_");
    rename(pairs, other, one);
    rename(pairs, "swapped_", other);
}

/// The policy, or everything that is wrong, each with rule and offer.
pub fn read(form: &Form, context: &Context) -> Result<OfferPolicy, Vec<Issue>> {
    let mut reader = Reader { form, context, issues: Vec::new(), whose: (String::new(), String::new()) };
    let rules = (0..rows(&form.0, "rules")).filter_map(|at| reader.rule(at)).collect();
    if !reader.issues.is_empty() {
        return Err(reader.issues);
    }
    let policy = OfferPolicy { rules };
    let issues: Vec<_> = policy.faults().iter().map(|error| place(error, &policy)).collect();
    if issues.is_empty() { Ok(policy) } else { Err(issues) }
}

/// Where a fault stands, and its words.
fn place(error: &PolicyError, policy: &OfferPolicy) -> Issue {
    let at = error.at;
    let own = |part: &str| format!("r{at}_{part}");
    let mut offer_name = None;
    let field = match &*error.fault {
        PolicyFault::Rules => "rules".to_owned(),
        PolicyFault::Name => own("name"),
        PolicyFault::Days { .. } => own("days_from"),
        PolicyFault::Totals => own("total_from"),
        PolicyFault::Percent { level, component, .. } => own(&format!("{level}_{component}")),
        PolicyFault::First { level, .. } => own(&format!("{level}_first")),
        PolicyFault::Months { level, .. } => own(&format!("{level}_months")),
        PolicyFault::Grace { level, .. } => own(&format!("{level}_grace")),
        PolicyFault::Installment { level, .. } => own(&format!("{level}_least")),
        PolicyFault::Changes => own("changes_days"),
        PolicyFault::Menu(error) => {
            let (offer, part) = menu_place(error);
            let offers =
                policy.rules.get(at).map(|rule| rule.published.offers.as_slice()).unwrap_or_default();
            // Of two with one name, the second is the one to change.
            let row = offers.iter().rposition(|one| one.name == offer);
            offer_name = row.map(|_| offer.to_owned());
            row.map_or_else(|| own("offers"), |row| own(&format!("o{row}_{part}")))
        }
    };
    let whose = (error.rule.clone(), offer_name.unwrap_or_default());
    (field, named(&whose, say_fault(error)))
}

fn menu_place(error: &MenuError) -> (&str, String) {
    let (offer, part): (&str, &str) = match error {
        MenuError::TooMany => ("", ""),
        MenuError::Name(offer) => (offer, "name"),
        MenuError::Percent { offer, .. } | MenuError::SmallFirst { offer, .. } => (offer, "first"),
        MenuError::Payments { offer, .. } | MenuError::Long { offer, .. } => (offer, "payments"),
        MenuError::Frequency { offer } => (offer, "every"),
        MenuError::Days { offer, .. } => (offer, "within"),
        MenuError::LeastPayment { offer, .. } | MenuError::SmallPayment { offer, .. } => (offer, "least"),
        MenuError::Discount { offer, component, .. } => return (offer, component.to_string()),
        MenuError::Grace { offer, .. } => (offer, "grace"),
    };
    (offer, part.to_owned())
}

/// A refusal with the rule, and the offer, that it is about.
fn named((rule, offer): &(String, String), says: Say) -> Say {
    let of = |lang: Lang, text: &str| {
        let mut head = Vec::new();
        if !rule.is_empty() {
            head.push(trf!(lang, "Regla «{}»", "Rule “{}”", words::shown(rule, lang)));
        }
        if !offer.is_empty() {
            head.push(trf!(lang, "oferta «{}»", "offer “{}”", words::shown(offer, lang)));
        }
        if head.is_empty() { text.to_owned() } else { format!("{}: {text}", head.join(", ")) }
    };
    Say::new(of(Lang::Es, says.pick("es")), of(Lang::En, says.pick("en")))
}

struct Reader<'a> {
    form: &'a Form,
    context: &'a Context,
    issues: Vec<Issue>,
    /// The rule and the offer that are being read.
    whose: (String, String),
}

impl Reader<'_> {
    fn refuse<T>(&mut self, field: &str, es: impl Into<String>, en: impl Into<String>) -> Option<T> {
        self.issues.push((field.to_owned(), named(&self.whose, Say::new(es, en))));
        None
    }

    fn count<T: FromStr>(&mut self, field: &str) -> Option<T> {
        match self.form.get(field).parse() {
            Ok(value) => Some(value),
            Err(_) => self.refuse(
                field,
                "Escriba un número entero, por ejemplo 5",
                "Write a whole number, for example 5",
            ),
        }
    }

    /// None for an empty field; `Some(None)` is not made, so that a refusal is one.
    fn optional_count<T: FromStr>(&mut self, field: &str) -> Option<T> {
        if self.form.get(field).is_empty() { None } else { self.count(field) }
    }

    fn percent(&mut self, field: &str) -> Option<Decimal> {
        let text = self.form.get(field);
        if text.is_empty() {
            return None;
        }
        match decimal(text.trim_end_matches('%').trim_end(), self.context.locale) {
            Some(value) => Some(value),
            None => self.refuse(
                field,
                "Escriba un porcentaje de 0 a 100, por ejemplo 50",
                "Write a percentage from 0 to 100, for example 50",
            ),
        }
    }

    fn discounts(&mut self, prefix: &str) -> BTreeMap<Component, Decimal> {
        let mut list = BTreeMap::new();
        for component in Component::ALL {
            if let Some(pct) = self.percent(&format!("{prefix}_{component}")) {
                list.insert(*component, pct);
            }
        }
        list
    }

    /// `MXN 200; COP 5,000`: one amount a currency.
    fn amounts(&mut self, field: &str) -> Vec<Money> {
        let text = self.form.get(field).to_owned();
        let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
        let read: Option<Vec<_>> = parts.map(|part| amount(part, self.context)).collect();
        match read {
            Some(amounts) => amounts,
            None => self
                .refuse(
                    field,
                    "Escriba el importe con su moneda, por ejemplo MXN 200; varios, separados por punto y coma",
                    "Write the amount with its currency, for example MXN 200; several, separated by semicolons",
                )
                .unwrap_or_default(),
        }
    }

    fn amount(&mut self, field: &str) -> Option<Money> {
        self.amounts(field).first().copied()
    }

    fn rule(&mut self, at: usize) -> Option<OfferRule> {
        let field = |part: &str| format!("r{at}_{part}");
        let name = words::kept(self.form.get(&field("name")));
        let shown = if name.is_empty() { format!("{}", at + 1) } else { name.clone() };
        self.whose = (shown, String::new());
        let before = self.issues.len();
        let creditor = match self.form.get(&field("creditor")) {
            "" => None,
            text => match text.parse() {
                Ok(id) => Some(id),
                Err(_) => self.refuse(&field("creditor"), "Elija de la lista", "Choose from the list"),
            },
        };
        let products = self.form.get(&field("products")).split(',').map(str::trim);
        let products = products.filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let stages =
            self.sent(&field("stages")).iter().filter_map(|text| text.parse::<Stage>().ok()).collect();
        let when = OfferCondition {
            creditor,
            products,
            stages,
            days_from: self.optional_count(&field("days_from")),
            days_to: self.optional_count(&field("days_to")),
            total_from: self.amount(&field("total_from")),
            total_to: self.amount(&field("total_to")),
        };
        let agent = self.limits(&field("agent"));
        let supervisor = self.limits(&field("supervisor"));
        let free = self.form.get(&field("manager_free")) == "true";
        let manager = if free { None } else { self.limits(&field("manager")) };
        let changes = ChangeLimits {
            move_days: self.count(&field("changes_days")).unwrap_or_default(),
            moves: self.count(&field("changes_moves")).unwrap_or_default(),
            skips: self.count(&field("changes_skips")).unwrap_or_default(),
            splits: self.count(&field("changes_splits")).unwrap_or_default(),
        };
        let count = rows(&self.form.0, &field("offers"));
        let offers = (0..count).filter_map(|row| self.offer(&field(&format!("o{row}")), row)).collect();
        self.whose = (String::new(), String::new());
        if self.issues.len() > before {
            return None;
        }
        let published = Menu { offers };
        Some(OfferRule { name, when, agent: agent?, supervisor: supervisor?, manager, published, changes })
    }

    fn sent(&self, name: &str) -> Vec<String> {
        self.form.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }

    fn limits(&mut self, prefix: &str) -> Option<OfferLimits> {
        let field = |part: &str| format!("{prefix}_{part}");
        let discount_pct = self.discounts(prefix);
        let max_months = self.count(&field("months"));
        let min_installment = self.amounts(&field("least"));
        let min_down_payment_pct = self.percent(&field("first"));
        let max_grace_days = self.count(&field("grace"));
        Some(OfferLimits {
            discount_pct,
            max_months: max_months?,
            min_installment,
            min_down_payment_pct,
            max_grace_days: max_grace_days?,
        })
    }

    fn offer(&mut self, prefix: &str, row: usize) -> Option<PublishedOffer> {
        let field = |part: &str| format!("{prefix}_{part}");
        let name = words::kept(self.form.get(&field("name")));
        self.whose.1 = if name.is_empty() { format!("{}", row + 1) } else { name.clone() };
        let discount_pct = self.discounts(prefix);
        let most_payments = self.count(&field("payments"));
        let every = self.sent(&field("every")).iter().filter_map(|text| every_of(text)).collect();
        let first_pct = self.percent(&field("first")).unwrap_or(Decimal::ZERO);
        let first_within_days = self.count(&field("within"));
        let least_payment = self.amounts(&field("least"));
        let (grace_days, valid_days) = (self.count(&field("grace")), self.count(&field("valid")));
        self.whose.1.clear();
        Some(PublishedOffer {
            name,
            discount_pct,
            most_payments: most_payments?,
            every,
            first_pct,
            first_within_days: first_within_days?,
            least_payment,
            grace_days: grace_days?,
            valid_days: valid_days?,
        })
    }
}

fn amount(text: &str, context: &Context) -> Option<Money> {
    let is_code = |code: &str| code.len() == 3 && code.chars().all(|c| c.is_ascii_alphabetic());
    let (code, figure) = text
        .split_once(char::is_whitespace)
        .filter(|(code, _)| is_code(code))
        .or_else(|| text.rsplit_once(char::is_whitespace).map(|(figure, code)| (code, figure)))
        .filter(|(code, _)| is_code(code))
        .map_or((None, text), |(code, figure)| (Some(code), figure));
    let currency = match code {
        Some(code) => code.to_uppercase().parse().ok()?,
        None => context.currency,
    };
    let (_, point) = context.locale.separators();
    let mark = if point == ',' { DecimalMark::Comma } else { DecimalMark::Point };
    Money::parse(figure.trim().trim_start_matches('$').trim(), currency, mark).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(locale: Locale) -> Context {
        Context { creditors: Vec::new(), products: Vec::new(), currency: Currency::MXN, locale }
    }

    fn policy() -> OfferPolicy {
        let mut policy = OfferPolicy::standard();
        let mut small = policy.rules[0].clone();
        "pequeñas".clone_into(&mut small.name);
        small.when = OfferCondition {
            products: vec!["Tarjeta".to_owned(), "Préstamo".to_owned()],
            stages: vec![Stage::Early, Stage::Late],
            days_from: Some(5),
            total_to: Some(Money::from_minor(1_000_050, Currency::MXN)),
            ..OfferCondition::default()
        };
        small.manager = None;
        small.agent.min_installment =
            vec![Money::from_minor(20_000, Currency::MXN), Money::from_minor(5_000_000, Currency::COP)];
        small.supervisor.min_down_payment_pct = Some("12.5".parse().unwrap());
        small.published.offers[1].every.push(Frequency::Days(10));
        policy.rules.insert(0, small);
        policy
    }

    #[test]
    fn a_policy_comes_back_from_its_fields() {
        for locale in [Locale::EsMx, Locale::EsCo, Locale::En] {
            let form = Form(fields(&policy(), &context(locale)));
            assert_eq!(read(&form, &context(locale)).unwrap(), policy());
        }
    }

    #[test]
    fn each_refusal_names_rule_offer_and_field() {
        let context = context(Locale::EsMx);
        let mut form = Form(fields(&policy(), &context));
        for (name, value) in &mut form.0 {
            match name.as_str() {
                "r0_agent_months" => "mucho".clone_into(value),
                "r1_o2_least" => "20 pesos mexicanos".clone_into(value),
                _ => {}
            }
        }
        let issues = read(&form, &context).unwrap_err();
        let fields: Vec<_> = issues.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["r0_agent_months", "r1_o2_least"]);
        assert!(issues[0].1.es.starts_with("Regla «pequeñas»: "), "{}", issues[0].1.es);
        assert!(issues[1].1.es.starts_with("Regla «General», oferta «Plan largo»: "), "{}", issues[1].1.es);
        // What can be read and cannot hold is told beside its field, too.
        let mut form = Form(fields_of_policy_with_too_much());
        let issues = read(&form, &context).unwrap_err();
        assert_eq!(issues[0].0, "r0_o0_principal");
        form.0.retain(|(name, _)| name != "r0_o0_principal");
        assert!(read(&form, &context).is_ok());
    }

    fn fields_of_policy_with_too_much() -> Pairs {
        let mut policy = OfferPolicy::standard();
        policy.rules[0].published.offers[0].discount_pct.insert(Component::Principal, Decimal::from(81));
        fields(&policy, &context(Locale::EsMx))
    }

    #[test]
    fn rows_come_move_and_go() {
        let context = context(Locale::EsMx);
        let mut pairs = fields(&policy(), &context);
        assert!(change_rows(&mut pairs, "raise_rule:1"));
        let raised = read(&Form(pairs.clone()), &context).unwrap();
        assert_eq!(raised.rules[0].name, "standard");
        assert!(change_rows(&mut pairs, "drop_offer:0:1"));
        let form = Form(pairs.clone());
        let names: Vec<_> =
            read(&form, &context).unwrap().rules[0].published.offers.iter().map(|o| o.name.clone()).collect();
        assert_eq!(names, ["single", "year"]);
        assert!(change_rows(&mut pairs, "drop_rule:0") && change_rows(&mut pairs, "add_rule"));
        assert!(change_rows(&mut pairs, "add_offer:1"));
        assert_eq!((rows(&pairs, "rules"), rows(&pairs, "r1_offers")), (2, 1));
        assert!(!change_rows(&mut pairs, "save") && !change_rows(&mut pairs, "drop_offer:0"));
    }

    #[test]
    fn a_difference_says_what_it_was_and_what_it_is() {
        let context = context(Locale::EsMx);
        let before = words::facts(&OfferPolicy::standard(), &context);
        let mut policy = OfferPolicy::standard();
        policy.rules[0].published.offers[0].valid_days = 20;
        policy.rules[0].published.offers.remove(2);
        let changes = words::changes(&before, &words::facts(&policy, &context));
        let told: Vec<_> =
            changes.iter().map(|change| (change.about.as_str(), change.after.is_some())).collect();
        assert_eq!(told, [("Oferta «Pago único»", true), ("Oferta «Plan largo»", false)]);
        assert!(changes[0].before.as_deref().unwrap().contains("vale 15 días"));
        assert!(changes[0].after.as_deref().unwrap().contains("vale 20 días"));
        assert_eq!(words::changes(&before, &before), []);
    }
}
