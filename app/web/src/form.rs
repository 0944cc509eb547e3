//! Forms sent by POST.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use domain::text::cover_cards;
use http::StatusCode;
use services::FieldIssue;
use ui::forms::FormState;
use ui::i18n::Lang;

/// The fields of a form, as typed, but for card numbers: those are covered up here, once for all pages,
/// because nothing that we ask for is one.
#[derive(Clone, Debug, Default)]
pub struct Form(pub Vec<(String, String)>);

impl Form {
    /// Takes what was typed.
    pub fn of(fields: impl IntoIterator<Item = (String, String)>) -> Self {
        let covered = |(name, value): (String, String)| (name, cover_cards(&value).into_owned());
        Self(fields.into_iter().map(covered).collect())
    }

    /// The first value of a field, trimmed; empty when it was not sent.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let body = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let fields: Result<Vec<_>, _> = serde_urlencoded::from_bytes(&body);
        fields.map(Self::of).map_err(|_| StatusCode::BAD_REQUEST.into_response())
    }
}

/// What was typed and what was wrong with it, in the reader's language, for rendering the
/// page again.
pub fn form_state(form: &Form, issues: &[FieldIssue], lang: Lang) -> FormState {
    // Secrets are typed again, never echoed.
    let typed = form.0.iter().filter(|(name, _)| name != "password" && name != "code").cloned();
    let mut state = FormState::new(typed);
    for issue in issues {
        state.add_error(issue.field, issue.says.pick(lang.tag()).to_owned());
    }
    state
}
