//! Templates by form: the texts in three languages, and the name at WhatsApp.

use domain::ids::TemplateId;
use domain::strategy::{ProviderName, Texts, Wording};
use services::strategy::TemplateVersion;
use ui::forms::FormState;
use web::Form;

/// The template that a form is about.
#[derive(Clone, Copy, Debug)]
pub struct Draft {
    pub id: TemplateId,
    pub based_on: i32,
}

/// The names of a language's fields.
pub struct Names {
    pub language: &'static str,
    pub subject: &'static str,
    pub body: &'static str,
    pub detailed: &'static str,
    pub short: &'static str,
    pub letter: &'static str,
}

macro_rules! languages {
    ($($language:literal)*) => {
        [$(Names {
            language: $language,
            subject: concat!($language, "_subject"),
            body: concat!($language, "_body"),
            detailed: concat!($language, "_detailed"),
            short: concat!($language, "_short"),
            letter: concat!($language, "_letter"),
        }),*]
    };
}

pub const LANGUAGES: [Names; 3] = languages!("es" "en" "pt");

/// What was typed. A language of which nothing was typed is left out.
pub fn read(form: &Form) -> Texts {
    let mut texts = Texts::default();
    for names in LANGUAGES {
        let of = |name: &str| form.get(name).trim().to_owned();
        let wording = Wording {
            subject: of(names.subject),
            body: of(names.body),
            detailed: Some(of(names.detailed)).filter(|text| !text.is_empty()),
            short: of(names.short),
            letter: Some(of(names.letter)).filter(|text| !text.is_empty()),
        };
        if wording != Wording::default() {
            texts.languages.insert(names.language.to_owned(), wording);
        }
    }
    let name = form.get("whatsapp_name").trim().to_owned();
    if !name.is_empty() {
        let params = form.get("whatsapp_params").split([',', ' ']).map(str::trim);
        let params = params.filter(|name| !name.is_empty()).map(str::to_owned).collect();
        texts.whatsapp = Some(ProviderName { name, params });
    }
    texts
}

/// A version as the form shows it.
pub fn fields(version: &TemplateVersion) -> FormState {
    let mut pairs = vec![("name".to_owned(), version.name.clone())];
    for names in LANGUAGES {
        let Some(wording) = version.texts.languages.get(names.language) else { continue };
        for (name, text) in [
            (names.subject, wording.subject.clone()),
            (names.body, wording.body.clone()),
            (names.detailed, wording.detailed.clone().unwrap_or_default()),
            (names.short, wording.short.clone()),
            (names.letter, wording.letter.clone().unwrap_or_default()),
        ] {
            pairs.push((name.to_owned(), text));
        }
    }
    if let Some(known) = &version.texts.whatsapp {
        pairs.push(("whatsapp_name".to_owned(), known.name.clone()));
        pairs.push(("whatsapp_params".to_owned(), known.params.join(", ")));
    }
    FormState::new(pairs)
}
