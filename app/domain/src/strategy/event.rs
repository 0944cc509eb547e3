//! What must have happened since a journey last wrote, for a step to be done.

use serde::{Deserialize, Serialize};

use crate::party::text_enum;

/// What a step waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The person wrote to us.
    Replied,
    /// The journey wrote, and the person neither wrote to us nor came to the portal.
    Silent,
    /// A promise to pay was not kept.
    PromiseBroken,
    /// An arrangement ended because an instalment was missed beyond its grace.
    PlanMissed,
    /// Something was paid on the debt, and not all of it: whoever owes nothing is left alone anyway.
    Paid,
    /// The link to the portal in one of our messages was followed. Programs that check mail follow links,
    /// too; those that do not act as a browser in a person's hands are not counted, but it stays a hint.
    ///
    /// Whether a message was *opened* is not known and not asked: it would take a picture fetched from
    /// us, by which a worried person is watched while reading, without being told; many mail programs
    /// fetch it for everybody, and others for nobody, so it would not even be true.
    Clicked,
}

text_enum!(Event {
    Replied = "replied",
    Silent = "silent",
    PromiseBroken = "promise_broken",
    PlanMissed = "plan_missed",
    Paid = "paid",
    Clicked = "clicked",
});

/// What happened since the journey's last message; since the account came in, where it has not written.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Since {
    /// The journey has written.
    pub wrote: bool,
    /// The person wrote to us.
    pub replied: bool,
    /// The person was at the portal.
    pub visited: bool,
    pub promise_broken: bool,
    pub plan_missed: bool,
    /// Something was paid on the debt.
    pub paid: bool,
    /// A link in one of our messages was followed.
    pub clicked: bool,
}

impl Event {
    /// Why it has not happened, as a stable code; none if it has.
    pub const fn why_not(self, since: Since) -> Option<&'static str> {
        match self {
            Self::Replied if !since.replied => Some("no_reply"),
            Self::Silent if !since.wrote => Some("no_message_yet"),
            Self::Silent if since.replied => Some("replied"),
            Self::Silent if since.visited => Some("visited"),
            Self::PromiseBroken if !since.promise_broken => Some("no_broken_promise"),
            Self::PlanMissed if !since.plan_missed => Some("no_missed_plan"),
            Self::Paid if !since.paid => Some("no_payment"),
            Self::Clicked if !since.clicked => Some("no_click"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_needs_a_message_and_nothing_after_it() {
        let wrote = Since { wrote: true, ..Since::default() };
        assert_eq!(Event::Silent.why_not(Since::default()), Some("no_message_yet"));
        assert_eq!(Event::Silent.why_not(wrote), None);
        assert_eq!(Event::Silent.why_not(Since { visited: true, ..wrote }), Some("visited"));
        assert_eq!(Event::Silent.why_not(Since { replied: true, ..wrote }), Some("replied"));
        assert_eq!(Event::Replied.why_not(Since { replied: true, ..wrote }), None);
        assert_eq!(Event::Paid.why_not(Since { paid: true, ..wrote }), None);
        assert_eq!(Event::Clicked.why_not(Since { clicked: true, ..wrote }), None);
        for event in Event::ALL.iter().copied() {
            assert_eq!(event.as_str().parse::<Event>().unwrap(), event);
            assert!(event.why_not(Since::default()).is_some(), "nothing has happened");
        }
    }
}
