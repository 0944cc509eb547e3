use chrono::NaiveDate;

use super::*;
use crate::contact::Channel;
use crate::ids::TemplateId;
use crate::money::Money;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn money(text: i64, currency: &str) -> Value {
    Value::Money(Money::from_minor(text, currency.parse().unwrap()))
}

fn row() -> Row {
    let mut row = Row::new(day("2026-11-20"));
    row.set(Field::DaysPastDue, Some(Value::Number(45)));
    row.set(Field::Owed, Some(money(150_000, "MXN")));
    row.set(Field::City, Some(Value::Text("Puebla".to_owned())));
    row.set(Field::LastPaidOn, Some(Value::Date(day("2026-11-10"))));
    row.set(Field::Product, None);
    row
}

fn compare(field: Field, is: Comparison, value: Value) -> Expr {
    Expr::Compare { field, is, value }
}

fn holds(when: Expr) -> bool {
    let rule = Rule::new(when);
    rule.check().unwrap();
    rule.holds(&row())
}

#[test]
fn conditions_hold_or_not() {
    assert!(holds(compare(Field::DaysPastDue, Comparison::Gt, Value::Number(44))));
    assert!(holds(Expr::Between {
        field: Field::DaysPastDue,
        from: Value::Number(45),
        to: Value::Number(45)
    }));
    assert!(holds(compare(Field::Owed, Comparison::Ge, money(150_000, "MXN"))));
    assert!(holds(Expr::In {
        field: Field::City,
        values: vec![Value::Text("León".to_owned()), Value::Text("Puebla".to_owned())]
    }));
    assert!(holds(Expr::DaysSince { field: Field::LastPaidOn, is: Comparison::Eq, days: 10 }));
    assert!(holds(Expr::All(Vec::new())));
    assert!(!holds(Expr::Any(Vec::new())));
}

#[test]
fn what_is_missing_is_false_and_its_negation_true() {
    let product = compare(Field::Product, Comparison::Ne, Value::Text("card".to_owned()));
    assert!(!holds(product.clone()));
    assert!(holds(Expr::Not(Box::new(product))));
    assert!(!holds(Expr::Exists { field: Field::Product }));
    assert!(!holds(compare(
        Field::Attribute("branch".to_owned()),
        Comparison::Ne,
        Value::Text("1".to_owned())
    )));
    // An amount of another currency is neither more nor less, nor different.
    for is in Comparison::ALL {
        assert!(!holds(compare(Field::Owed, *is, money(1, "COP"))));
    }
}

#[test]
fn problems_name_their_place() {
    let wrong = Rule::new(Expr::All(vec![
        Expr::Exists { field: Field::City },
        Expr::Not(Box::new(Expr::Any(vec![
            compare(Field::City, Comparison::Lt, Value::Text("A".to_owned())),
            compare(Field::Owed, Comparison::Lt, Value::Number(5)),
            Expr::DaysSince { field: Field::City, is: Comparison::Eq, days: 99_999 },
            Expr::In { field: Field::Bucket, values: Vec::new() },
        ]))),
    ]));
    let told: Vec<String> = wrong.check().unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "all[1].not.any[0]: texts such as city are equal or not, neither greater nor less",
            "all[1].not.any[1]: owed is a Money, and is compared with a Number",
            "all[1].not.any[2]: city is no date",
            "all[1].not.any[2]: 99999 days are more than 36500",
            "all[1].not.any[3]: bucket in a list of nothing never holds; name a value",
        ]
    );
    let mut deep = Expr::Exists { field: Field::City };
    for _ in 0..14 {
        deep = Expr::Not(Box::new(deep));
    }
    assert!(matches!(Rule::new(deep).check().unwrap_err().as_slice(), [RuleProblem::TooDeep { .. }]));
    assert!(Rule { version: 2, when: Expr::All(Vec::new()) }.check().is_err());
}

#[test]
fn rules_are_kept_as_json_and_unknown_fields_are_refused() {
    let text = r#"{"version":1,"when":{"all":[
        {"compare":{"field":"days_past_due","is":"ge","value":{"number":30}}},
        {"compare":{"field":"owed","is":"gt","value":{"money":{"amount_minor":50000,"currency":"MXN"}}}},
        {"not":{"exists":{"field":"attribute:branch"}}},
        {"compare":{"field":"contacts_7_days","is":"lt","value":{"number":2}}}]}}"#;
    let rule: Rule = serde_json::from_str(text).unwrap();
    rule.check().unwrap();
    let again: Rule = serde_json::from_str(&serde_json::to_string(&rule).unwrap()).unwrap();
    assert_eq!(again, rule);
    for wrong in ["color", "attribute:", "attribute:Some Name", "contacts_0_days", "contacts_x_days"] {
        assert!(serde_json::from_str::<Rule>(&text.replace("days_past_due", wrong)).is_err(), "{wrong}");
    }
    for field in Field::LISTED {
        assert_eq!(field.to_string().parse::<Field>().unwrap(), field);
    }
}

#[test]
fn an_explanation_tells_each_condition_with_its_value() {
    let rule = Rule::new(Expr::All(vec![
        compare(Field::DaysPastDue, Comparison::Ge, Value::Number(30)),
        compare(Field::Product, Comparison::Eq, Value::Text("card".to_owned())),
    ]));
    let told = rule.explain(&row());
    assert!(!told.holds);
    let parts: Vec<_> = told.parts.iter().map(|part| (part.holds, part.value.clone())).collect();
    assert_eq!(parts, [(true, Some(Value::Number(45))), (false, None)]);
}

#[test]
fn journeys_go_forward_in_time() {
    let step = |day| Step { day, only_if: None, after: None, act: Act::Call };
    let of = |counts_from, steps| Journey { counts_from, steps };
    assert!(of(Anchor::Entry, vec![step(0), step(3), step(3)]).check().is_ok());
    assert_eq!(of(Anchor::Entry, Vec::new()).check(), Err(JourneyProblem::Empty));
    assert_eq!(of(Anchor::Entry, vec![step(3), step(1)]).check(), Err(JourneyProblem::OutOfOrder(2)));
    assert_eq!(of(Anchor::Entry, vec![step(-1)]).check(), Err(JourneyProblem::FarDay(1, 0, 365)));
    assert!(of(Anchor::Due, vec![step(-3), step(30)]).check().is_ok());
    let template = TemplateId(uuid::Uuid::nil());
    for channels in [vec![], vec![Channel::Call], vec![Channel::Sms, Channel::Sms]] {
        let act = Act::Message(Letter { template, channels });
        let step = Step { day: 0, only_if: None, after: None, act };
        assert_eq!(of(Anchor::Entry, vec![step]).check(), Err(JourneyProblem::Channels(1)));
    }
    let nothing = Rule::new(Expr::In { field: Field::Product, values: Vec::new() });
    let step = Step { day: 0, only_if: Some(nothing), after: None, act: Act::Call };
    assert!(matches!(of(Anchor::Entry, vec![step]).check(), Err(JourneyProblem::Condition(1, _))));
}

#[test]
fn a_step_is_due_from_its_day_on_unless_the_account_came_later() {
    let on = |text: &str| -> NaiveDate { text.parse().unwrap() };
    let step = |day| Step { day, only_if: None, after: None, act: Act::Call };
    let (entered, due) = (on("2026-03-10"), on("2026-03-12"));
    let today = |day, from, text: &str| step(day).due_on(from, entered, due, on(text));
    assert_eq!(today(2, Anchor::Entry, "2026-03-11"), None);
    assert_eq!(today(2, Anchor::Entry, "2026-03-14"), Some(on("2026-03-12")));
    assert_eq!(today(-2, Anchor::Due, "2026-03-10"), Some(entered));
    assert_eq!(today(-3, Anchor::Due, "2026-03-20"), None, "it was over when the account came in");
    assert_eq!(today(5, Anchor::Due, "2026-03-16"), None);
    assert_eq!(today(5, Anchor::Due, "2026-03-17"), Some(on("2026-03-17")));
}
