//! The names under which cases know channels, outcomes, recipients and stops.

use domain::contact::{Channel, Outcome, Recipient, StopKind};
use serde_json::Value;

use crate::CalcError;
use crate::case::malformed;

/// Other names for what Saldar calls by one.
const CHANNELS: &[(&str, Channel)] = &[
    ("phone", Channel::Call),
    ("telephone", Channel::Call),
    ("voicemail", Channel::Call),
    ("ivr", Channel::Call),
    ("home_visit", Channel::Visit),
    ("work_visit", Channel::Visit),
    ("text", Channel::Sms),
    ("im", Channel::InstantMessage),
    ("chat", Channel::InstantMessage),
    ("e_mail", Channel::Email),
    ("post", Channel::Letter),
];

const OUTCOMES: &[(&str, Outcome)] = &[
    ("", Outcome::NoAnswer),
    ("unanswered", Outcome::NoAnswer),
    ("voicemail", Outcome::NoAnswer),
    ("sent", Outcome::NoAnswer),
    ("delivered", Outcome::NoAnswer),
    ("read", Outcome::NoAnswer),
    ("left_message", Outcome::NoAnswer),
    ("left_voicemail", Outcome::NoAnswer),
    ("attempt", Outcome::NoAnswer),
    ("contact", Outcome::Answered),
    ("reached", Outcome::Answered),
    ("hung_up", Outcome::Answered),
    ("wrong_number", Outcome::Answered),
    ("spoke", Outcome::Conversation),
    ("busy", Outcome::NotConnected),
    ("no_connection", Outcome::NotConnected),
    ("unconnected", Outcome::NotConnected),
    ("no_connect", Outcome::NotConnected),
    ("disconnected", Outcome::NotConnected),
    ("failed", Outcome::NotConnected),
    ("invalid", Outcome::NotConnected),
    ("invalid_number", Outcome::NotConnected),
    ("out_of_service", Outcome::NotConnected),
];

const RECIPIENTS: &[(&str, Recipient)] = &[
    ("", Recipient::Debtor),
    ("consumer", Recipient::Debtor),
    ("co_debtor", Recipient::Codebtor),
    ("spouse", Recipient::Family),
    ("relative", Recipient::Family),
    ("neighbor", Recipient::Neighbour),
    ("co_worker", Recipient::Coworker),
    ("third_party", Recipient::Other),
];

const STOPS: &[(&str, StopKind)] = &[
    ("cease", StopKind::CeaseRequest),
    ("written_cease", StopKind::CeaseRequest),
    ("lawyer", StopKind::Attorney),
    ("disputed", StopKind::Dispute),
    ("served", StopKind::SuitServed),
    ("suit", StopKind::SuitServed),
    ("bankruptcy", StopKind::Insolvency),
];

pub fn channel(field: &str, value: &Value) -> Result<Channel, CalcError> {
    named(field, value, CHANNELS, "a channel such as call, visit, sms, whatsapp, email or letter")
}

pub fn outcome(field: &str, value: &Value) -> Result<Outcome, CalcError> {
    named(field, value, OUTCOMES, "one of no_answer, answered, conversation or not_connected")
}

pub fn recipient(field: &str, value: &Value) -> Result<Recipient, CalcError> {
    named(field, value, RECIPIENTS, "a recipient such as debtor, guarantor, reference, family or employer")
}

pub fn stop(field: &str, value: &Value) -> Result<StopKind, CalcError> {
    named(field, value, STOPS, "a stop such as cease_request, attorney, dispute, suit_served or insolvency")
}

/// The value under its own name or another.
fn named<T: Copy + std::str::FromStr>(
    field: &str,
    value: &Value,
    others: &[(&str, T)],
    form: &'static str,
) -> Result<T, CalcError> {
    let wrong = || malformed(field, value, form);
    let name = value.as_str().ok_or_else(wrong)?.trim().to_ascii_lowercase().replace(['-', ' '], "_");
    let other = others.iter().find(|(other, _)| *other == name).map(|(_, kind)| *kind);
    other.map_or_else(|| name.parse().map_err(|_| wrong()), Ok)
}
