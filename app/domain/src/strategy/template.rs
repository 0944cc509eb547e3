//! What messages of journeys say, by language.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The texts of a template. Debtors read their own language, or the organization's first: Spanish.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// By language: `es`, `en`, `pt`.
    pub languages: BTreeMap<String, Wording>,
    /// What WhatsApp's provider approved for messages that open a conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whatsapp: Option<ProviderName>,
}

/// The texts in one language. All but `detailed` and `letter` may reach somebody who is not the debtor:
/// they name no debt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// Of an e-mail.
    pub subject: String,
    pub body: String,
    /// The e-mail to an address at which the debtor has proven to be reached; it may name the debt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detailed: Option<String>,
    /// For SMS and WhatsApp.
    pub short: String,
    /// A letter in a closed envelope that carries the debtor's name: it may name the debt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<String>,
}

/// A template as WhatsApp's provider knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderName {
    pub name: String,
    /// Names of our variables, in the order of its placeholders.
    pub params: Vec<String>,
}

impl Texts {
    /// Languages that templates may be in.
    pub const LANGUAGES: [&str; 3] = ["es", "en", "pt"];
    /// The language that every template has.
    pub const FIRST: &str = "es";

    /// The wording for a reader of this language (BCP 47), and its language.
    pub fn wording(&self, language: &str) -> Option<(&str, &Wording)> {
        let own = language.get(..2).unwrap_or_default().to_ascii_lowercase();
        let found = self.languages.get_key_value(&own).or_else(|| self.languages.get_key_value(Self::FIRST));
        found.map(|(language, wording)| (language.as_str(), wording))
    }

    /// The wording whose letter a reader of this language gets: in their own language, else the first.
    pub fn letter(&self, language: &str) -> Option<(&str, &Wording)> {
        let has_letter = |found: &(&str, &Wording)| found.1.letter.is_some();
        self.wording(language).filter(has_letter).or_else(|| self.wording(Self::FIRST).filter(has_letter))
    }
}
