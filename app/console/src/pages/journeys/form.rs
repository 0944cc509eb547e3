//! Journeys by form: up to eight steps.

use domain::contact::Channel;
use domain::ids::{JourneyId, SegmentId, TemplateId};
use domain::strategy::{Act, Anchor, Event, Journey, Letter, Rule, Step};
use domain::text::Say;
use services::FieldIssue;
use services::strategy::JourneyLine;
use ui::forms::FormState;
use ui::i18n::Locale;
use web::Form;

use crate::pages::segments::form as condition;
use crate::typed;

/// The journey that a form is about.
#[derive(Clone, Copy, Debug)]
pub struct Draft {
    pub id: JourneyId,
    pub based_on: i32,
}

/// The names of a step's fields.
#[derive(Clone, Copy, Debug)]
pub struct Names {
    pub act: &'static str,
    pub day: &'static str,
    pub template: &'static str,
    pub channels: &'static str,
    pub collector: &'static str,
    pub if_field: &'static str,
    pub if_is: &'static str,
    pub if_value: &'static str,
    pub after: &'static str,
    pub pause: &'static str,
}

macro_rules! steps {
    ($($number:literal)*) => {
        [$(Names {
            act: concat!("s", $number, "_act"),
            day: concat!("s", $number, "_day"),
            template: concat!("s", $number, "_template"),
            channels: concat!("s", $number, "_channels"),
            collector: concat!("s", $number, "_collector"),
            if_field: concat!("s", $number, "_if_field"),
            if_is: concat!("s", $number, "_if_is"),
            if_value: concat!("s", $number, "_if_value"),
            after: concat!("s", $number, "_after"),
            pause: concat!("s", $number, "_pause"),
        }),*]
    };
}

pub const STEPS: [Names; 8] = steps!(0 1 2 3 4 5 6 7);

/// Orders of channels that the form offers.
pub const ORDERS: [&[Channel]; 10] = [
    &[Channel::Whatsapp, Channel::Sms, Channel::Email],
    &[Channel::Whatsapp, Channel::Email],
    &[Channel::Sms, Channel::Email],
    &[Channel::Email, Channel::Whatsapp],
    &[Channel::Email],
    &[Channel::Whatsapp],
    &[Channel::Sms],
    &[Channel::Email, Channel::Letter],
    &[Channel::Whatsapp, Channel::Sms, Channel::Email, Channel::Letter],
    &[Channel::Letter],
];

pub fn blank() -> FormState {
    FormState::new([("counts_from".to_owned(), Anchor::Due.as_str().to_owned())])
}

/// Channels as a form sends them.
pub fn order_value(channels: &[Channel]) -> String {
    channels.iter().map(|channel| channel.as_str()).collect::<Vec<_>>().join(" ")
}

/// The segment and steps that were typed.
///
/// # Errors
/// What is wrong, by field.
pub fn read(form: &Form, locale: Locale, country: &str) -> Result<(SegmentId, Journey), Vec<FieldIssue>> {
    let mut issues = Vec::new();
    let segment = typed::keep(&mut issues, typed::choice::<SegmentId>("segment", form.get("segment")));
    let from = typed::keep(&mut issues, typed::choice::<Anchor>("counts_from", form.get("counts_from")));
    let mut steps = Vec::new();
    for names in STEPS {
        if form.get(names.act).is_empty() {
            continue;
        }
        let act = typed::keep(&mut issues, act(form, names));
        let day = typed::keep(&mut issues, day(form, names));
        let only_if = typed::keep(&mut issues, only_if(form, names, (locale, country)));
        let after = typed::keep(&mut issues, after(form, names));
        if let (Some(act), Some(day), Some(only_if), Some(after)) = (act, day, only_if, after) {
            steps.push(Step { day, only_if, after, act });
        }
    }
    match (segment, from) {
        (Some(segment), Some(counts_from)) if issues.is_empty() => {
            Ok((segment, Journey { counts_from, steps }))
        }
        _ => Err(issues),
    }
}

fn act(form: &Form, names: Names) -> Result<Act, FieldIssue> {
    Ok(match form.get(names.act) {
        "message" => Act::Message(letter(form, names)?),
        "offer" => Act::Offer(letter(form, names)?),
        "visit" => Act::Visit { collector: typed::choice(names.collector, form.get(names.collector))? },
        "call" => Act::Call,
        "hold" => Act::Hold { days: pause(form, names)? },
        _ => {
            let says = Say::new("Elija una opción de la lista", "Choose one of the list");
            return Err(FieldIssue { field: names.act, says });
        }
    })
}

fn pause(form: &Form, names: Names) -> Result<u16, FieldIssue> {
    form.get(names.pause).trim().parse().map_err(|_| FieldIssue {
        field: names.pause,
        says: Say::new("Escriba cuántos días, por ejemplo 15", "Write how many days, for example 15"),
    })
}

fn letter(form: &Form, names: Names) -> Result<Letter, FieldIssue> {
    let template: TemplateId = typed::choice(names.template, form.get(names.template))?;
    let channels =
        form.get(names.channels).split_whitespace().map(|name| typed::choice(names.channels, name));
    let channels: Vec<Channel> = channels.collect::<Result<_, _>>()?;
    if channels.is_empty() {
        let says = Say::new("Elija por dónde se envía", "Choose by which channel it goes");
        return Err(FieldIssue { field: names.channels, says });
    }
    Ok(Letter { template, channels })
}

fn day(form: &Form, names: Names) -> Result<i16, FieldIssue> {
    // A minus that a phone or a word processor makes longer is a minus.
    let text = form.get(names.day).trim().replace(['−', '–'], "-");
    text.parse().map_err(|_| FieldIssue {
        field: names.day,
        says: Say::new(
            "Escriba el día con un número, por ejemplo 5; antes del vencimiento, -3",
            "Write the day as a number, for example 5; before the due date, -3",
        ),
    })
}

fn after(form: &Form, names: Names) -> Result<Option<Event>, FieldIssue> {
    let event = form.get(names.after);
    if event.is_empty() { Ok(None) } else { typed::choice(names.after, event).map(Some) }
}

fn only_if(form: &Form, names: Names, reader: (Locale, &str)) -> Result<Option<Rule>, FieldIssue> {
    let field = form.get(names.if_field);
    if field.is_empty() {
        return Ok(None);
    }
    let (is, value) = (form.get(names.if_is), form.get(names.if_value));
    condition::condition(field, is, value, reader, names.if_value).map(|part| Some(Rule::new(part)))
}

/// A journey as the form shows it; none if it is more than the form can say.
pub fn fields(journey: &JourneyLine, locale: Locale) -> Option<FormState> {
    let steps = &journey.steps.steps;
    if steps.len() > STEPS.len() {
        return None;
    }
    let mut pairs = vec![
        ("name".to_owned(), journey.name.clone()),
        ("segment".to_owned(), journey.segment.to_string()),
        ("counts_from".to_owned(), journey.steps.counts_from.as_str().to_owned()),
    ];
    for (names, step) in STEPS.iter().zip(steps) {
        let mut set = |name: &str, value: String| pairs.push((name.to_owned(), value));
        set(names.day, step.day.to_string());
        set(names.act, act_value(&step.act).to_owned());
        if let Some(letter) = step.act.letter() {
            set(names.template, letter.template.to_string());
            set(names.channels, order_value(&letter.channels));
        }
        if let Act::Visit { collector } = &step.act {
            set(names.collector, collector.to_string());
        }
        if let Act::Hold { days } = step.act {
            set(names.pause, days.to_string());
        }
        if let Some(event) = step.after {
            set(names.after, event.as_str().to_owned());
        }
        if let Some(rule) = &step.only_if {
            let (field, is, value) = condition::row(&rule.when, locale)?;
            set(names.if_field, field.to_string());
            set(names.if_is, is.to_owned());
            set(names.if_value, value);
        }
    }
    Some(FormState::new(pairs))
}

const fn act_value(act: &Act) -> &'static str {
    match act {
        Act::Message(_) => "message",
        Act::Offer(_) => "offer",
        Act::Call => "call",
        Act::Visit { .. } => "visit",
        Act::Hold { .. } => "hold",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "01890000-0000-7000-8000-000000000001";

    fn typed_form(pairs: &[(&str, &str)]) -> Form {
        Form(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn what_was_typed_is_read_and_shown_again() {
        let form = typed_form(&[
            ("segment", TEMPLATE),
            ("counts_from", "due"),
            ("s0_act", "message"),
            ("s0_day", "−3"),
            ("s0_template", TEMPLATE),
            ("s0_channels", "whatsapp email"),
            ("s2_act", "call"),
            ("s2_day", "5"),
            ("s2_if_field", "owed"),
            ("s2_if_is", "gt"),
            ("s2_if_value", "500.00 MXN"),
            ("s2_after", "silent"),
            ("s3_act", "hold"),
            ("s3_day", "6"),
            ("s3_pause", "15"),
        ]);
        let locale = Locale::default();
        let (segment, steps) = read(&form, locale, "MX").unwrap();
        steps.check().unwrap();
        assert_eq!((steps.steps.len(), steps.steps[0].day), (3, -3));
        assert_eq!(steps.steps[1].after, Some(Event::Silent));
        let line = JourneyLine {
            id: JourneyId(segment.0),
            version: 1,
            name: "x".to_owned(),
            segment,
            segment_version: 1,
            steps: steps.clone(),
            running: false,
            going: None,
            saved_at: chrono::DateTime::UNIX_EPOCH,
        };
        let again = Form(fields(&line, locale).unwrap().values);
        assert_eq!(read(&again, locale, "MX").unwrap().1, steps);
    }

    #[test]
    fn mistakes_stand_at_their_field() {
        let form = typed_form(&[
            ("counts_from", "entry"),
            ("s0_act", "message"),
            ("s0_day", "tres"),
            ("s1_act", "visit"),
            ("s1_day", "4"),
        ]);
        let issues = read(&form, Locale::default(), "MX").unwrap_err();
        let fields: Vec<_> = issues.iter().map(|issue| issue.field).collect();
        assert_eq!(fields, ["segment", "s0_template", "s0_day", "s1_collector"]);
    }
}
