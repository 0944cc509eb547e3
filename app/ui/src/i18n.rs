//! Languages and locales. Texts stand beside their use, in every language at once:
//!
//! ```
//! use ui::i18n::Lang;
//! use ui::{tr, trf};
//!
//! let lang = Lang::Es;
//! assert_eq!(tr!(lang, "Pagar", "Pay"), "Pagar");
//! assert_eq!(trf!(lang, "Faltan {} días", "{} days left", 1 + 2), "Faltan 3 días");
//! assert_eq!(tr!(Lang::Pt, "Deuda", "Debt", "Dívida"), "Dívida");
//! ```
//!
//! What debtors read has Portuguese as a third text; what only staff read has not, and a reader of
//! Portuguese then sees Spanish.
use leptos::prelude::use_context;
use serde::{Deserialize, Serialize};

/// A language the screens are written in. Spanish is the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Lang {
    #[default]
    Es,
    En,
    Pt,
}

impl Lang {
    /// All languages, in the order a switch offers them.
    pub const ALL: [Self; 3] = [Self::Es, Self::En, Self::Pt];

    /// The languages that have texts for staff.
    pub const STAFF: [Self; 2] = [Self::Es, Self::En];

    /// The same, or Spanish where a language has no texts for staff.
    pub const fn for_staff(self) -> Self {
        match self {
            Self::En => Self::En,
            Self::Es | Self::Pt => Self::Es,
        }
    }

    /// Reads a BCP 47 tag such as `es`, `es-MX` or `en-US`; `None` for a language without texts.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "es" => Some(Self::Es),
            "en" => Some(Self::En),
            "pt" => Some(Self::Pt),
            _ => None,
        }
    }

    /// The best language for an `Accept-Language` header: the first that has texts. Browsers list
    /// languages by preference, so the weights need no reading.
    pub fn from_accept_language(header: &str) -> Option<Self> {
        header.split(',').find_map(|part| Self::from_tag(part.split(';').next().unwrap_or_default()))
    }

    /// The primary tag: `es`, `en` or `pt`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::En => "en",
            Self::Pt => "pt",
        }
    }

    /// The language's name in itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es => "Español",
            Self::En => "English",
            Self::Pt => "Português",
        }
    }
}

/// A language with the country whose number and date forms it follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Locale {
    #[default]
    EsMx,
    EsCo,
    EsCl,
    EsAr,
    EsPe,
    En,
    PtBr,
}

impl Locale {
    /// The locale for a language in a country (ISO 3166 alpha-2). A country without an entry of its own
    /// follows the form its neighbours use: decimal comma in the south, decimal point elsewhere.
    pub fn new(lang: Lang, country: &str) -> Self {
        match lang {
            Lang::En => return Self::En,
            Lang::Pt => return Self::PtBr,
            Lang::Es => {}
        }
        match country.to_ascii_uppercase().as_str() {
            "CO" | "EC" | "VE" => Self::EsCo,
            "CL" => Self::EsCl,
            "AR" | "UY" | "PY" | "BO" | "BR" | "ES" | "CR" => Self::EsAr,
            "PE" => Self::EsPe,
            _ => Self::EsMx,
        }
    }

    /// Reads a tag such as `es-CO`; `None` for an unknown language.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let (primary, country) = tag.split_once(['-', '_']).unwrap_or((tag, ""));
        Lang::from_tag(primary).map(|lang| Self::new(lang, country))
    }

    /// The language of texts.
    pub const fn lang(self) -> Lang {
        match self {
            Self::En => Lang::En,
            Self::PtBr => Lang::Pt,
            _ => Lang::Es,
        }
    }

    /// The BCP 47 tag, for `<html lang>`. Names the language of the texts, with the country's forms.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::EsMx => "es-MX",
            Self::EsCo => "es-CO",
            Self::EsCl => "es-CL",
            Self::EsAr => "es-AR",
            Self::EsPe => "es-PE",
            Self::En => "en",
            Self::PtBr => "pt-BR",
        }
    }

    /// Thousands separator and decimal separator.
    pub const fn separators(self) -> (char, char) {
        match self {
            Self::EsMx | Self::EsPe | Self::En => (',', '.'),
            Self::EsCo | Self::EsCl | Self::EsAr | Self::PtBr => ('.', ','),
        }
    }
}

/// The reader's locale from context; Mexican Spanish if the shell gave none.
pub fn use_locale() -> Locale {
    use_context::<Locale>().unwrap_or_default()
}

/// The reader's language from context.
pub fn use_lang() -> Lang {
    use_locale().lang()
}

/// Chooses a text by language: `tr!(lang, "español", "English", "português")`, or without the
/// last for what only staff read. All must have the same type.
#[macro_export]
macro_rules! tr {
    ($lang:expr, $es:expr, $en:expr $(,)?) => {
        match $lang {
            $crate::i18n::Lang::Es | $crate::i18n::Lang::Pt => $es,
            $crate::i18n::Lang::En => $en,
        }
    };
    ($lang:expr, $es:expr, $en:expr, $pt:expr $(,)?) => {
        match $lang {
            $crate::i18n::Lang::Es => $es,
            $crate::i18n::Lang::En => $en,
            $crate::i18n::Lang::Pt => $pt,
        }
    };
}

/// Chooses and fills a text: `trf!(lang, "Faltan {} días", "{} days left", days)`, with Portuguese as
/// a third literal for what debtors read. Use numbered arguments (`{0}`, `{1}`) where the languages
/// differ in order, or names in scope (`{name}`).
#[macro_export]
macro_rules! trf {
    ($lang:expr, $es:literal, $en:literal, $pt:literal $(, $arg:expr)* $(,)?) => {
        match $lang {
            $crate::i18n::Lang::Es => ::std::format!($es $(, $arg)*),
            $crate::i18n::Lang::En => ::std::format!($en $(, $arg)*),
            $crate::i18n::Lang::Pt => ::std::format!($pt $(, $arg)*),
        }
    };
    ($lang:expr, $es:literal, $en:literal $(, $arg:expr)* $(,)?) => {
        match $lang {
            $crate::i18n::Lang::Es | $crate::i18n::Lang::Pt => ::std::format!($es $(, $arg)*),
            $crate::i18n::Lang::En => ::std::format!($en $(, $arg)*),
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_leniently() {
        assert_eq!(Lang::from_tag("es-MX"), Some(Lang::Es));
        assert_eq!(Lang::from_tag(" EN_us"), Some(Lang::En));
        assert_eq!(Lang::from_tag("fr"), None);
        assert_eq!(Locale::from_tag("es-CO"), Some(Locale::EsCo));
        assert_eq!(Locale::from_tag("pt-BR"), Some(Locale::PtBr));
        assert_eq!(Locale::from_tag("es"), Some(Locale::EsMx));
    }

    #[test]
    fn the_first_language_with_texts_wins() {
        assert_eq!(Lang::from_accept_language("fr-FR,fr;q=0.9,en;q=0.8,es;q=0.7"), Some(Lang::En));
        assert_eq!(Lang::from_accept_language("pt-BR,pt;q=0.9"), Some(Lang::Pt));
        assert_eq!(Lang::from_accept_language("de"), None);
    }

    #[test]
    fn every_locale_reads_its_own_tag() {
        for locale in
            [Locale::EsMx, Locale::EsCo, Locale::EsCl, Locale::EsAr, Locale::EsPe, Locale::En, Locale::PtBr]
        {
            assert_eq!(Locale::from_tag(locale.tag()), Some(locale));
        }
    }
}
