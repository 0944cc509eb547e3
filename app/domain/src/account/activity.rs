//! Collection activities (gestiones) and their results.

use serde::{Deserialize, Serialize};

use crate::party::text_enum;

/// How an activity reached, or tried to reach, the debtor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivityChannel {
    Call,
    Visit,
    Email,
    Sms,
    Whatsapp,
    Letter,
    Portal,
    /// A note without contact.
    Internal,
}

text_enum!(ActivityChannel {
    Call = "call",
    Visit = "visit",
    Email = "email",
    Sms = "sms",
    Whatsapp = "whatsapp",
    Letter = "letter",
    Portal = "portal",
    Internal = "internal",
});

/// Result of an activity (tipificación).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    PromiseTaken,
    Paid,
    /// Right party reached, will think about it or call back.
    CallBack,
    RefusesToPay,
    CannotPay,
    Disputes,
    NoAnswer,
    WrongNumber,
    /// Someone else answered; nothing was disclosed.
    ThirdParty,
    NotAtHome,
    /// Unable to locate (ilocalizable).
    GoneAway,
    Deceased,
    Note,
}

text_enum!(Disposition {
    PromiseTaken = "promise_taken",
    Paid = "paid",
    CallBack = "call_back",
    RefusesToPay = "refuses_to_pay",
    CannotPay = "cannot_pay",
    Disputes = "disputes",
    NoAnswer = "no_answer",
    WrongNumber = "wrong_number",
    ThirdParty = "third_party",
    NotAtHome = "not_at_home",
    GoneAway = "gone_away",
    Deceased = "deceased",
    Note = "note",
});

impl Disposition {
    /// Was the debtor in person reached (right-party contact)?
    pub const fn is_right_party(self) -> bool {
        matches!(
            self,
            Self::PromiseTaken
                | Self::Paid
                | Self::CallBack
                | Self::RefusesToPay
                | Self::CannotPay
                | Self::Disputes
        )
    }
}
