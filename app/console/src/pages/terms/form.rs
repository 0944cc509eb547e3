//! The editor's fields: terms written into them, and read back strictly.
//!
//! Charges and their tiers are rows: `c0_code`, `c0_t1_value`; `charges` and `c0_tiers` say how
//! many there are, so that rows can be added and removed without scripts.

use chrono::NaiveDate;
use domain::account::Component;
use domain::charge::{ChargeAmount, LateChargeRule, Recurrence, Tier, TierBasis, Value};
use domain::interest::{EffectiveStyle, Grace, GraceMode, Method};
use domain::ledger::{AllocationOrder, Beneficiary};
use domain::money::{DayCount, Decimal};
use domain::terms::{AccrualTerms, ChargeTerms, InterestKind, Limitation, ProductTerms, RateSource};
use domain::text::Say;
use ui::i18n::Locale;
use web::Form;

use super::super::ledger::formula;

/// More rows than this are nobody's contract.
pub const MOST_ROWS: usize = 12;
pub const KINDS: [(InterestKind, &str); 2] =
    [(InterestKind::Contract, "contract"), (InterestKind::Default, "default")];

/// What is wrong with a field, by its name.
pub type Issue = (String, Say);

type Pairs = Vec<(String, String)>;

/// The fields of terms.
pub fn fields(terms: &ProductTerms, locale: Locale) -> Pairs {
    let mut pairs = Pairs::new();
    for (kind, name) in KINDS {
        if let Some(accrual) = terms.accruals.iter().find(|accrual| accrual.kind == kind) {
            accrual_fields(&mut pairs, name, accrual, locale);
        }
    }
    put(&mut pairs, "charges", terms.charges.len().to_string());
    for (at, charge) in terms.charges.iter().enumerate() {
        charge_fields(&mut pairs, at, charge, locale);
    }
    put(&mut pairs, "order", if terms.allocation.is_some() { "own" } else { "law" });
    let order = terms.allocation.unwrap_or(AllocationOrder::COSTS_INTEREST_PRINCIPAL);
    for (at, part) in order.components().iter().enumerate() {
        put(&mut pairs, &format!("order_{at}"), part.as_str());
    }
    put(&mut pairs, "rounding", terms.rounding.as_str());
    if let Some(limitation) = &terms.limitation {
        limitation_fields(&mut pairs, limitation);
    }
    pairs
}

/// The boxes of the limitation.
pub const LIMITATION_BOXES: [&str; 3] = ["limit_payment", "limit_agreement", "limit_stops"];

fn limitation_fields(pairs: &mut Pairs, limitation: &Limitation) {
    put(pairs, "limit_months", limitation.months.to_string());
    put(pairs, "limit_norm", limitation.norm.clone());
    let ticked = [limitation.payment_restarts, limitation.agreement_restarts, limitation.stops_contact];
    for (name, _) in LIMITATION_BOXES.iter().zip(ticked).filter(|(_, ticked)| *ticked) {
        put(pairs, name, "true");
    }
}

fn put(pairs: &mut Pairs, name: &str, value: impl Into<String>) {
    pairs.push((name.to_owned(), value.into()));
}

fn number_text(value: Decimal, locale: Locale) -> String {
    formula::decimal(value, 0, 12, locale)
}

fn accrual_fields(pairs: &mut Pairs, name: &str, accrual: &AccrualTerms, locale: Locale) {
    let field = |part: &str| format!("{name}_{part}");
    let source = match &accrual.rate {
        RateSource::Account => "account",
        RateSource::Fixed(pct) => {
            put(pairs, &field("pct"), number_text(*pct, locale));
            "fixed"
        }
        RateSource::Series { code, plus_points } => {
            put(pairs, &field("series"), code.clone());
            put(pairs, &field("plus"), number_text(*plus_points, locale));
            "series"
        }
    };
    put(pairs, &field("source"), source);
    put(pairs, &field("method"), method_name(accrual.method));
    if let Some(grace) = accrual.grace {
        put(pairs, &field("grace_days"), grace.days.to_string());
        let mode = if grace.mode == GraceMode::Excluded { "excluded" } else { "retroactive" };
        put(pairs, &field("grace_mode"), mode);
    }
    put(pairs, &field("cap"), accrual.cap_series.clone().unwrap_or_default());
    if let Some(vat) = accrual.vat_pct {
        put(pairs, &field("vat"), number_text(vat, locale));
    }
}

fn charge_fields(pairs: &mut Pairs, at: usize, charge: &ChargeTerms, locale: Locale) {
    let field = |part: &str| format!("c{at}_{part}");
    let rule = &charge.rule;
    put(pairs, &field("code"), rule.code.clone());
    put(pairs, &field("component"), charge.component.as_str());
    let keeper = if charge.beneficiary == Beneficiary::Agency { "agency" } else { "creditor" };
    put(pairs, &field("beneficiary"), keeper);
    put(pairs, &field("grace_days"), rule.grace_days.to_string());
    let (by, tiers) = match &rule.amount {
        ChargeAmount::Flat(value) => ("flat", vec![Tier { from: Decimal::ZERO, value: *value }]),
        ChargeAmount::Tiered { by: TierBasis::DaysPastDue, tiers } => ("days", tiers.clone()),
        ChargeAmount::Tiered { by: TierBasis::OverdueAmount, tiers } => ("overdue", tiers.clone()),
    };
    put(pairs, &field("by"), by);
    put(pairs, &field("tiers"), tiers.len().to_string());
    for (row, tier) in tiers.iter().enumerate() {
        let (kind, value) = match tier.value {
            Value::Fixed(value) => ("fixed", value),
            Value::Percent(value) => ("percent", value),
        };
        put(pairs, &field(&format!("t{row}_from")), number_text(tier.from, locale));
        put(pairs, &field(&format!("t{row}_kind")), kind);
        put(pairs, &field(&format!("t{row}_value")), number_text(value, locale));
    }
    let (recurs, every) = match rule.recurrence {
        Recurrence::Once => ("once", 1),
        Recurrence::EveryDays(days) => ("days", days),
        Recurrence::EveryMonths(months) => ("months", months),
    };
    put(pairs, &field("recurs"), recurs);
    put(pairs, &field("every"), every.to_string());
    for (part, bound) in [("least", rule.least), ("most", rule.most)] {
        if let Some(bound) = bound {
            put(pairs, &field(part), number_text(bound, locale));
        }
    }
    if let Some(times) = rule.most_times {
        put(pairs, &field("most_times"), times.to_string());
    }
}

pub fn method_name(method: Method) -> String {
    match method {
        Method::Simple(count) => format!("simple:{count}"),
        Method::EffectiveAnnual { basis_days, style: EffectiveStyle::Compound } => {
            format!("compound:{basis_days}")
        }
        Method::EffectiveAnnual { basis_days, .. } => format!("daily:{basis_days}"),
    }
}

/// The methods to choose from: every day count that arrears can have, and effective rates.
pub fn methods() -> Vec<Method> {
    let simple = DayCount::ALL
        .iter()
        .filter(|count| **count != DayCount::ActActIcma)
        .map(|count| Method::Simple(*count));
    let effective = [EffectiveStyle::Compound, EffectiveStyle::SimpleOnDailyEquivalent]
        .into_iter()
        .flat_map(|style| [365, 360].map(|basis_days| Method::EffectiveAnnual { basis_days, style }));
    simple.chain(effective).collect()
}

/// How many rows of a kind the form has.
pub fn rows(pairs: &[(String, String)], name: &str) -> usize {
    let count = pairs.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.trim().parse().ok());
    usize::min(count.unwrap_or(0), MOST_ROWS)
}

/// Adds or removes a row, as the button `act` asks; false when it asks for something else.
pub fn change_rows(pairs: &mut Pairs, act: &str) -> bool {
    let (what, at) = act.split_once(':').unwrap_or((act, ""));
    let at: Option<usize> = at.parse().ok();
    match (what, at) {
        ("add_charge", _) => {
            let row = rows(pairs, "charges");
            set(pairs, "charges", (row + 1).min(MOST_ROWS));
            set(pairs, &format!("c{row}_tiers"), 1);
        }
        ("add_tier", Some(charge)) => {
            let name = format!("c{charge}_tiers");
            let count = rows(pairs, &name) + 1;
            set(pairs, &name, count.min(MOST_ROWS));
        }
        ("drop_tier", Some(charge)) => {
            let name = format!("c{charge}_tiers");
            let count = rows(pairs, &name).saturating_sub(1).max(1);
            pairs.retain(|(key, _)| !key.starts_with(&format!("c{charge}_t{count}_")));
            set(pairs, &name, count);
        }
        ("drop_charge", Some(gone)) => drop_charge(pairs, gone),
        _ => return false,
    }
    true
}

fn set(pairs: &mut Pairs, name: &str, count: usize) {
    pairs.retain(|(key, _)| key != name);
    put(pairs, name, count.to_string());
}

/// The rows after it move up.
fn drop_charge(pairs: &mut Pairs, gone: usize) {
    let count = rows(pairs, "charges");
    pairs.retain(|(key, _)| !key.starts_with(&format!("c{gone}_")));
    for later in gone + 1..count {
        for (key, _) in pairs.iter_mut() {
            if let Some(rest) = key.strip_prefix(&format!("c{later}_")) {
                *key = format!("c{}_{rest}", later - 1);
            }
        }
    }
    set(pairs, "charges", count.saturating_sub(1));
}

/// The terms, the day from which they hold, and the note; or everything that is wrong.
pub fn read(form: &Form, locale: Locale) -> Result<(ProductTerms, NaiveDate, Option<String>), Vec<Issue>> {
    let mut reader = Reader { form, locale, issues: Vec::new() };
    let accruals = KINDS.into_iter().filter_map(|(kind, name)| reader.accrual(kind, name)).collect();
    let charges = (0..rows(&form.0, "charges")).filter_map(|at| reader.charge(at)).collect();
    let allocation = reader.order();
    let rounding = reader.choice("rounding").unwrap_or_default();
    let from = reader.day("effective_from");
    let note = Some(form.get("note").to_owned()).filter(|note| !note.is_empty());
    let limitation = reader.limitation();
    let terms = ProductTerms { accruals, charges, allocation, rounding, limitation };
    match from {
        Some(from) if reader.issues.is_empty() => Ok((terms, from, note)),
        _ => Err(reader.issues),
    }
}

struct Reader<'a> {
    form: &'a Form,
    locale: Locale,
    issues: Vec<Issue>,
}

impl Reader<'_> {
    fn refuse<T>(&mut self, field: &str, es: impl Into<String>, en: impl Into<String>) -> Option<T> {
        self.issues.push((field.to_owned(), Say::new(es, en)));
        None
    }

    fn choice<T: std::str::FromStr>(&mut self, field: &str) -> Option<T> {
        match self.form.get(field).parse() {
            Ok(value) => Some(value),
            Err(_) => self.refuse(field, "Elija una opción de la lista", "Choose one of the list"),
        }
    }

    fn day(&mut self, field: &str) -> Option<NaiveDate> {
        let day = NaiveDate::parse_from_str(self.form.get(field), "%Y-%m-%d").ok();
        match day.filter(|day| domain::calendar::check_date(*day).is_ok()) {
            Some(day) => Some(day),
            None => self.refuse(
                field,
                "Elija desde qué día rigen; sin calendario, escríbalo como 2026-11-30",
                "Choose from which day they hold; without a calendar, write it like 2026-11-30",
            ),
        }
    }

    fn number(&mut self, field: &str) -> Option<Decimal> {
        match decimal(self.form.get(field), self.locale) {
            Some(value) if !value.is_negative() => Some(value),
            _ => {
                let (_, point) = self.locale.separators();
                self.refuse(
                    field,
                    format!("Escriba un número desde cero, por ejemplo 12{point}5"),
                    format!("Write a number from zero, for example 12{point}5"),
                )
            }
        }
    }

    fn optional(&mut self, field: &str) -> Option<Decimal> {
        if self.form.get(field).is_empty() { None } else { self.number(field) }
    }

    fn count<T: std::str::FromStr>(&mut self, field: &str) -> Option<T> {
        match self.form.get(field).parse() {
            Ok(value) => Some(value),
            Err(_) => self.refuse(
                field,
                "Escriba un número entero, por ejemplo 5",
                "Write a whole number, for example 5",
            ),
        }
    }

    fn limitation(&mut self) -> Option<Limitation> {
        let ticked = |name: &str| !self.form.get(name).is_empty();
        let [payment, agreement, stops] = LIMITATION_BOXES.map(ticked);
        let norm = self.form.get("limit_norm").to_owned();
        let months = self.form.get("limit_months");
        if months.is_empty() && norm.is_empty() {
            return None;
        }
        let Ok(months) = months.parse() else {
            return self.refuse(
                "limit_months",
                "Escriba en cuántos meses prescribe, por ejemplo 60; o deje vacía también la norma",
                "Write after how many months it is barred, for example 60; or leave the norm empty too",
            );
        };
        let found = Limitation {
            months,
            payment_restarts: payment,
            agreement_restarts: agreement,
            stops_contact: stops,
            norm,
        };
        if found.is_possible() {
            return Some(found);
        }
        let field = if found.norm.is_empty() { "limit_norm" } else { "limit_months" };
        self.refuse(
            field,
            "La prescripción necesita de 1 a 1200 meses y la norma que lo dice",
            "The limitation needs 1 to 1200 months and the norm that says so",
        )
    }

    fn accrual(&mut self, kind: InterestKind, name: &str) -> Option<AccrualTerms> {
        let field = |part: &str| format!("{name}_{part}");
        let rate = match self.form.get(&field("source")) {
            "" => return None,
            "account" => Some(RateSource::Account),
            "fixed" => self.number(&field("pct")).map(RateSource::Fixed),
            "series" => self.series(&field("series"), &field("plus")),
            _ => self.refuse(&field("source"), "Elija una opción de la lista", "Choose one of the list"),
        };
        let method = self.method(&field("method"));
        let grace = self.grace(&field("grace_days"), &field("grace_mode"));
        let vat_pct = self.optional(&field("vat"));
        let cap = self.form.get(&field("cap"));
        let cap_series = (!cap.is_empty()).then(|| cap.to_owned());
        Some(AccrualTerms { kind, rate: rate?, method: method?, grace, cap_series, vat_pct })
    }

    fn series(&mut self, code: &str, plus: &str) -> Option<RateSource> {
        let plus_points =
            if self.form.get(plus).is_empty() { Some(Decimal::ZERO) } else { self.number(plus) };
        match self.form.get(code) {
            "" => self.refuse(
                code,
                "Elija una serie; si falta, cárguela en Series publicadas",
                "Choose a series; if it is missing, load it under Published series",
            ),
            text => Some(RateSource::Series { code: text.to_owned(), plus_points: plus_points? }),
        }
    }

    fn method(&mut self, field: &str) -> Option<Method> {
        let text = self.form.get(field);
        // A kept version may have a year that the list does not offer.
        let effective = |text: &str, style| {
            let basis_days = text.parse().ok()?;
            Some(Method::EffectiveAnnual { basis_days, style })
        };
        let found = match text.split_once(':') {
            Some(("simple", count)) => count.parse().ok().map(Method::Simple),
            Some(("compound", days)) => effective(days, EffectiveStyle::Compound),
            Some(("daily", days)) => effective(days, EffectiveStyle::SimpleOnDailyEquivalent),
            _ => None,
        };
        found.or_else(|| self.refuse(field, "Elija cómo se cuentan los días", "Choose how days are counted"))
    }

    fn grace(&mut self, days: &str, mode: &str) -> Option<Grace> {
        if matches!(self.form.get(days), "" | "0") {
            return None;
        }
        let mode =
            if self.form.get(mode) == "excluded" { GraceMode::Excluded } else { GraceMode::Retroactive };
        Some(Grace { days: self.count(days)?, mode })
    }

    fn charge(&mut self, at: usize) -> Option<ChargeTerms> {
        let field = |part: &str| format!("c{at}_{part}");
        let code = self.form.get(&field("code")).to_owned();
        if code.is_empty() || code.contains(':') {
            self.refuse::<()>(
                &field("code"),
                "Escriba un nombre corto sin dos puntos, por ejemplo mora",
                "Write a short name without a colon, for example late",
            );
        }
        let component: Option<Component> = self.choice(&field("component"));
        let beneficiary = if self.form.get(&field("beneficiary")) == "agency" {
            Beneficiary::Agency
        } else {
            Beneficiary::Creditor
        };
        let grace_days = if self.form.get(&field("grace_days")).is_empty() {
            Some(0)
        } else {
            self.count(&field("grace_days"))
        };
        let amount = self.amount(at);
        let recurrence = match self.form.get(&field("recurs")) {
            "days" => self.count(&field("every")).map(Recurrence::EveryDays),
            "months" => self.count(&field("every")).map(Recurrence::EveryMonths),
            _ => Some(Recurrence::Once),
        };
        let (least, most) = (self.optional(&field("least")), self.optional(&field("most")));
        let most_times = if self.form.get(&field("most_times")).is_empty() {
            None
        } else {
            self.count(&field("most_times"))
        };
        let rule = LateChargeRule {
            code,
            amount: amount?,
            recurrence: recurrence?,
            grace_days: grace_days?,
            least,
            most,
            most_times,
        };
        if let Err(error) = rule.check()
            && !rule.code.is_empty()
        {
            return self.refuse(
                &field("by"),
                format!("El cargo no se puede usar: {error}"),
                format!("This charge cannot be used: {error}"),
            );
        }
        Some(ChargeTerms { component: component?, beneficiary, rule })
    }

    fn amount(&mut self, at: usize) -> Option<ChargeAmount> {
        let by = match self.form.get(&format!("c{at}_by")) {
            "days" => Some(TierBasis::DaysPastDue),
            "overdue" => Some(TierBasis::OverdueAmount),
            _ => None,
        };
        let count = if by.is_some() { rows(&self.form.0, &format!("c{at}_tiers")).max(1) } else { 1 };
        let mut tiers = Vec::new();
        for row in 0..count {
            let field = |part: &str| format!("c{at}_t{row}_{part}");
            let from = if by.is_some() { self.number(&field("from")) } else { Some(Decimal::ZERO) };
            let value = self.number(&field("value"));
            let percent = self.form.get(&field("kind")) == "percent";
            if let (Some(from), Some(value)) = (from, value) {
                let value = if percent { Value::Percent(value) } else { Value::Fixed(value) };
                tiers.push(Tier { from, value });
            }
        }
        if tiers.len() < count {
            return None;
        }
        match by {
            Some(by) => Some(ChargeAmount::Tiered { by, tiers }),
            None => tiers.first().map(|tier| ChargeAmount::Flat(tier.value)),
        }
    }

    fn order(&mut self) -> Option<AllocationOrder> {
        if self.form.get("order") != "own" {
            return None;
        }
        let names: Vec<_> =
            (0..Component::ALL.len()).map(|at| self.form.get(&format!("order_{at}"))).collect();
        let twice =
            names.iter().enumerate().find(|(at, name)| names.iter().skip(at + 1).any(|other| other == *name));
        if let Some((at, _)) = twice {
            return self.refuse(
                &format!("order_{at}"),
                "Cada parte de la deuda va una sola vez en el orden; esta está repetida",
                "Each part of the debt stands once in the order; this one is repeated",
            );
        }
        match serde_json::from_value(serde_json::json!(names)) {
            Ok(order) => Some(order),
            Err(_) => self.refuse("order_0", "Elija una opción de la lista", "Choose one of the list"),
        }
    }
}

/// A number as people of `locale` write it; groups of thousands must be whole.
pub fn decimal(text: &str, locale: Locale) -> Option<Decimal> {
    let (group, point) = locale.separators();
    let (whole, fraction) = text.trim().split_once(point).unwrap_or((text.trim(), ""));
    let mut groups = whole.split(group);
    let first = groups.next()?;
    let rest: Vec<_> = groups.collect();
    if (!rest.is_empty() && first.len() > 3) || rest.iter().any(|part| part.len() != 3) {
        return None;
    }
    let whole = format!("{first}{}", rest.concat());
    if fraction.is_empty() { whole.parse().ok() } else { format!("{whole}.{fraction}").parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{
        "accruals": [{
            "kind": "default", "rate": {"series": {"code": "TIIE", "plus_points": "8.5"}}, "method": {"simple": "ACT/360"},
            "grace": {"days": 5, "mode": "retroactive"}, "cap_series": "cap", "vat_pct": "16"
        }],
        "charges": [{
            "component": "late_charge", "beneficiary": "agency", "code": "mora", "grace_days": 3,
            "amount": {"tiered": {"by": "days_past_due", "tiers": [
                {"from": "1", "value": {"fixed": "1250.50"}}, {"from": "30", "value": {"percent": "2"}}]}},
            "recurrence": {"every_months": 1}, "most": "500000"
        }],
        "allocation": ["default_interest", "interest", "collection_cost", "late_charge", "tax", "principal"]
    }"#;

    fn form(locale: Locale) -> Form {
        let terms: ProductTerms = serde_json::from_str(TEXT).unwrap();
        let mut pairs = fields(&terms, locale);
        put(&mut pairs, "effective_from", "2026-01-01");
        Form(pairs)
    }

    #[test]
    fn terms_come_back_from_their_fields() {
        let terms: ProductTerms = serde_json::from_str(TEXT).unwrap();
        for locale in [Locale::EsMx, Locale::EsCo, Locale::En] {
            let (read, from, note) = read(&form(locale), locale).unwrap();
            assert_eq!((read, from, note), (terms.clone(), "2026-01-01".parse().unwrap(), None));
        }
    }

    #[test]
    fn each_refusal_names_its_field() {
        let mut form = form(Locale::EsMx);
        for (name, value) in &mut form.0 {
            match name.as_str() {
                "default_plus" => "mucho".clone_into(value),
                "c0_t1_value" => "-2".clone_into(value),
                "order_0" => "interest".clone_into(value),
                "effective_from" => "ayer".clone_into(value),
                _ => {}
            }
        }
        let fields: Vec<_> =
            read(&form, Locale::EsMx).unwrap_err().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["default_plus", "c0_t1_value", "order_0", "effective_from"]);
    }

    #[test]
    fn rows_come_and_go() {
        let mut pairs = form(Locale::EsMx).0;
        assert!(change_rows(&mut pairs, "add_charge") && change_rows(&mut pairs, "add_tier:0"));
        assert_eq!((rows(&pairs, "charges"), rows(&pairs, "c0_tiers"), rows(&pairs, "c1_tiers")), (2, 3, 1));
        put(&mut pairs, "c1_code", "segundo");
        assert!(change_rows(&mut pairs, "drop_charge:0"));
        assert_eq!(rows(&pairs, "charges"), 1);
        assert_eq!(Form(pairs.clone()).get("c0_code"), "segundo");
        assert!(!change_rows(&mut pairs, "preview"));
    }

    #[test]
    fn numbers_are_read_as_the_country_writes_them() {
        let read = |text: &str, locale| decimal(text, locale).map(|value| value.to_string());
        assert_eq!(read("1,250.5", Locale::EsMx).as_deref(), Some("1250.5"));
        assert_eq!(read("1.250,5", Locale::EsCo).as_deref(), Some("1250.5"));
        assert_eq!(read("27.44", Locale::EsCo), None);
    }
}
