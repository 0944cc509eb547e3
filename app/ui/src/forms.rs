//! Forms that work by POST without scripts.
//!
//! A page shows its form with [`PostForm`] and the fields of [`crate::fields`]. When the POST handler
//! refuses the input it provides a [`FormState`] in context and renders the same page: the fields find
//! their typed values and errors by name, and [`ErrorSummary`] lists what to mend.
//!
//! ```
//! use ui::forms::FormState;
//!
//! let state = FormState::new([("email".to_owned(), "ana@".to_owned())])
//!     .with_error("email", "Escriba el correo completo, por ejemplo ana@correo.mx");
//! assert_eq!(state.value("email"), Some("ana@"));
//! assert!(state.error("email").is_some() && !state.is_valid());
//! ```
use leptos::prelude::*;

use crate::i18n::use_lang;
use crate::icon::{Glyph, Icon};
use crate::tr;

/// Why one field was refused, in the reader's language, with the remedy. An empty `field` speaks of the
/// form as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pub field: String,
    pub message: String,
}

/// What the reader typed and what was wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormState {
    pub values: Vec<(String, String)>,
    pub errors: Vec<FieldError>,
}

impl FormState {
    /// Keeps the typed values, as parsed from the form body.
    pub fn new(values: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { values: values.into_iter().collect(), errors: Vec::new() }
    }

    /// Adds an error; chains.
    #[must_use]
    pub fn with_error(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.add_error(field, message);
        self
    }

    /// Adds an error.
    pub fn add_error(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.errors.push(FieldError { field: field.into(), message: message.into() });
    }

    /// The first value typed under a name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether a value was sent under a name: the state of check boxes that share one.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.values.iter().any(|(key, sent)| key == name && sent == value)
    }

    /// The first error of a field.
    pub fn error(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.field == name).map(|error| error.message.as_str())
    }

    /// Whether nothing was refused.
    pub fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }
}

/// The state of a refused form, if this page answers one.
pub fn form_state() -> Option<FormState> {
    use_context::<FormState>()
}

/// Token against forged posts; [`PostForm`] sends it back as the hidden field `csrf`.
#[derive(Clone, Debug)]
pub struct CsrfToken(pub String);

/// A form that posts to `action`. The browser's own checks are off, so that the server's messages, in the
/// reader's language, are the only ones. `upload` allows files. `id` lets a button outside send it.
#[component]
pub fn PostForm(
    #[prop(into)] action: String,
    #[prop(optional)] upload: bool,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] class: String,
    children: Children,
) -> impl IntoView {
    let token =
        use_context::<CsrfToken>().map(|token| view! { <input type="hidden" name="csrf" value=token.0/> });
    let class = if class.is_empty() { "form".to_owned() } else { class };
    view! {
        <form method="post" action=action enctype=upload.then_some("multipart/form-data") id=id class=class novalidate>
            {token}
            {children()}
        </form>
    }
    .into_any()
}

/// How strongly a button asks to be pressed. One primary a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    #[default]
    Primary,
    Secondary,
    /// Looks like a link, for what is there but not urged.
    Quiet,
    /// Undoes or removes something.
    Danger,
}

impl ButtonKind {
    /// The class list, for an element that is neither [`Button`] nor [`LinkButton`].
    pub const fn class(self) -> &'static str {
        match self {
            Self::Primary => "btn btn-primary",
            Self::Secondary => "btn btn-secondary",
            Self::Quiet => "btn btn-quiet",
            Self::Danger => "btn btn-danger",
        }
    }
}

/// A submit button. `name` and `value` tell several apart in one form; `form` names a form outside it.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional, into)] name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional, into)] form: Option<String>,
    #[prop(optional)] icon: Option<Glyph>,
    #[prop(optional)] disabled: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <button type="submit" class=kind.class() name=name value=value form=form disabled=disabled>
            {icon.map(|glyph| view! { <Icon glyph/> })}
            <span>{children()}</span>
        </button>
    }
    .into_any()
}

/// A link that looks like a button, for going somewhere.
#[component]
pub fn LinkButton(
    #[prop(into)] href: String,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional)] icon: Option<Glyph>,
    #[prop(optional)] download: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <a class=kind.class() href=href download=download.then_some("")>
            {icon.map(|glyph| view! { <Icon glyph/> })}
            <span>{children()}</span>
        </a>
    }
    .into_any()
}

/// The list of everything to mend, at the top of the page; takes focus by itself and links to each field.
/// Shows nothing when there is no error.
#[component]
pub fn ErrorSummary() -> impl IntoView {
    let lang = use_lang();
    let errors = form_state().map(|state| state.errors).unwrap_or_default();
    (!errors.is_empty()).then(|| {
        let items: Vec<_> = errors
            .into_iter()
            .map(|FieldError { field, message }| {
                if field.is_empty() {
                    view! { <li>{message}</li> }.into_any()
                } else {
                    view! { <li><a href=format!("#{field}")>{message}</a></li> }.into_any()
                }
            })
            .collect();
        view! {
            <div class="error-summary" role="alert" tabindex="-1" autofocus aria-labelledby="error-summary-title">
                <h2 id="error-summary-title">
                    <Icon glyph=Glyph::CircleAlert/>
                    {tr!(lang, "Falta corregir algo", "Something needs correcting", "Falta corrigir algo")}
                </h2>
                <ul>{items}</ul>
            </div>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_finds_values_and_errors_by_name() {
        let state = FormState::new([
            ("channel".to_owned(), "sms".to_owned()),
            ("channel".to_owned(), "email".to_owned()),
        ])
        .with_error("amount", "Escriba un importe");
        assert_eq!(state.value("channel"), Some("sms"));
        assert!(state.has("channel", "email") && !state.has("channel", "call"));
        assert_eq!(state.error("amount"), Some("Escriba un importe"));
        assert_eq!(state.error("channel"), None);
    }
}
