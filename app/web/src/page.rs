//! The page around a view: one complete HTML document, rendered at once.

use std::sync::Arc;

use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use ui::forms::FormState;
use ui::layout::Brand;

use crate::visitor::Visitor;

/// Which sheet a page wears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    Portal,
    Console,
}

/// A page to answer with.
///
/// ```ignore
/// Page::new(Surface::Portal, &visitor, "Tus deudas").render(move || view! { <DebtList debts/> })
/// ```
pub struct Page {
    surface: Surface,
    locale: ui::i18n::Locale,
    title: String,
    brand: Brand,
    form: Option<FormState>,
    status: StatusCode,
}

impl Page {
    pub fn new(surface: Surface, visitor: &Visitor, title: impl Into<String>) -> Self {
        Self {
            surface,
            locale: visitor.locale,
            title: title.into(),
            brand: Brand::default(),
            form: None,
            status: StatusCode::OK,
        }
    }

    /// Who speaks on the page.
    #[must_use]
    pub fn brand(mut self, brand: Brand) -> Self {
        self.brand = brand;
        self
    }

    /// After a refused POST: what was typed, and the errors. The status becomes 422.
    #[must_use]
    pub fn form(mut self, form: Option<FormState>) -> Self {
        if form.as_ref().is_some_and(|form| !form.is_valid()) {
            self.status = StatusCode::UNPROCESSABLE_ENTITY;
        }
        self.form = form;
        self
    }

    #[must_use]
    pub const fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Renders the view into the document. Pages hold personal data, so none is stored by
    /// caches.
    pub fn render<V: IntoView>(self, view: impl FnOnce() -> V) -> Response {
        let status = self.status;
        let html = self.document(view);
        let mut response = (status, Html(html)).into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    fn document<V: IntoView>(self, view: impl FnOnce() -> V) -> String {
        let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
        let body = owner.with(|| {
            provide_context(self.locale);
            provide_context(self.brand.clone());
            if let Some(form) = self.form.clone() {
                provide_context(form);
            }
            view().into_view().to_html()
        });
        owner.unset_with_forced_cleanup();
        let sheet = match self.surface {
            Surface::Portal => "portal",
            Surface::Console => "console",
        };
        let error = if self.form.is_some_and(|form| !form.is_valid()) { "Error: " } else { "" };
        let title = escape(&format!("{error}{} · {}", self.title, self.brand.name));
        format!(
            "<!DOCTYPE html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" content=\"noindex\">\
             <title>{title}</title><link rel=\"icon\" href=\"/pkg/icon.svg\" type=\"image/svg+xml\">\
             <link rel=\"stylesheet\" href=\"/pkg/{sheet}.css\">\
             <script type=\"module\" src=\"/pkg/boot.js\"></script></head>\
             <body>{body}</body></html>",
            lang = self.locale.tag(),
        )
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// 303: after a POST, look there.
pub fn see_other(to: &str) -> Response {
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}
